#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a host sends to itself passes the hooks twice, on its way out and in, and is counted once: over the loopback
# device, and as the local copy of a multicast or broadcast.
. "$(dirname "$0")/lib.sh"
need tcpdump tshark jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 "" # nobody at the other end
tuplestat -N "$A" start
capture "$A" lo

# 10.0.0.1 is an address of another device, but what goes there stays on the loopback device.
for addr in 127.0.0.1 ::1 10.0.0.1; do
	converse "$A" "$A" tcp general "$addr" 5000 40000 --count 3
	converse "$A" "$A" udp echo "$addr" 5001 40001 --count 3
done
capture_end 127.0.0.1
for kind in tcp4 tcp6 udp4 udp6; do
	check_witness "$kind over the loopback device: as captured there" "$A" bytes "$kind"
done

# Three datagrams to a group that the sender itself has joined, or to all. The witness is the program: it has sent three
# and received three copies, without which this would show nothing.
check "three datagrams to each group, and a copy of each" ip netns exec "$A" python3 -c '
from socket import *

device = if_nametoindex("veth0")
groups = (
    (AF_INET, "239.1.1.1", 6000, IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("239.1.1.1") + inet_aton("10.0.0.1")),
    (AF_INET6, "ff15::1", 6001, IPPROTO_IPV6, IPV6_JOIN_GROUP,
     inet_pton(AF_INET6, "ff15::1") + device.to_bytes(4, "little")),
    (AF_INET, "10.0.0.255", 6002, SOL_SOCKET, SO_BROADCAST, (1).to_bytes(4, "little")),
)
for family, group, port, level, option, value in groups:
    receiver = socket(family, SOCK_DGRAM)
    receiver.settimeout(10)
    receiver.bind(("", port))
    receiver.setsockopt(level, option, value)
    sender = socket(family, SOCK_DGRAM)
    sender.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, b"veth0")
    sender.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
    sender.bind(("", port + 100))
    for _ in range(3):
        sender.sendto(b"to all", (group, port))
    for _ in range(3):
        receiver.recv(16)
'

# packets PORT: what tuplestat has of the flow to that port, over both directions
packets()
{
	tuplestat -N "$A" -j dport "$1" | jq '.[] | .orig.packets + .reply.packets'
}

check_equal "multicast: as many as were sent" 3 "$(packets 6000)"
check_equal "multicast, IPv6: as many as were sent" 3 "$(packets 6001)"
check_equal "broadcast: as many as were sent" 3 "$(packets 6002)"

# What somebody else put on the loopback device was not seen on its way out: it counts where it comes in.
ip netns exec "$A" python3 -c '
from socket import *

udp = bytes.fromhex("1773 1774 000c 0000") + b"test"
ip = bytes.fromhex("4500 0020 0000 0000 4011 7ccb 7f000001 7f000001") + udp
lo = socket(AF_PACKET, SOCK_RAW)
lo.bind(("lo", 0x0800))
lo.send(bytes(12) + bytes.fromhex("0800") + ip)
'
check_equal "put on the loopback device by a program: once" 1 "$(packets 6004)"
finish
