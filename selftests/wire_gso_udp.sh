#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP aggregates count as the datagrams they stand for: those that a program makes (UDP_SEGMENT), those that the
# receiving stack makes for a program (UDP_GRO), and those that a router makes of what it forwards, as one datagram
# (rx-udp-gro-forwarding) or as a list of datagrams (rx-gro-list).
. "$(dirname "$0")/wire_lib.sh"
need ethtool tcpdump tshark jq nft python3

load_module
segmented_path
for ns in "$A" "$R" "$B"; do
	count_hooks "$ns"
	tuplestat -N "$ns" start
done
capture "$R" right

# send FIRST-PORT: from that port on, aggregates of several sizes, over IPv4 and IPv6; each is received before the next
# is sent. The program fails where an octet is missing.
send()
{
	run_python "$A" "$B" "$1" <<-'END'
		import sys
		from socket import AF_INET, AF_INET6, SOCK_DGRAM
		from wire_packets import sockets

		UDP_SEGMENT, UDP_GRO = 103, 104
		SIZES = (
		    (1000, 4000),   # whole segments
		    (1000, 4001),   # one octet in the last
		    (1000, 999),    # none at all
		    (1452, 40000),  # as large as they can be over IPv6
		    (100, 6400),    # as many as there can be
		    (1, 3),         # as small as they can be
		)
		sender_ns, receiver_ns, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
		for family, here, there in (AF_INET, "10.0.1.2", "10.0.2.2"), (AF_INET6, "fd00:1::2", "fd00:2::2"):
		    sender, = sockets(sender_ns, (family, SOCK_DGRAM))
		    receiver, = sockets(receiver_ns, (family, SOCK_DGRAM))
		    sender.bind((here, port))
		    receiver.bind((there, 5000))
		    receiver.settimeout(10)
		    receiver.setsockopt(17, UDP_GRO, 1)
		    for segment, size in SIZES:
		        sender.setsockopt(17, UDP_SEGMENT, segment)
		        sender.sendto(bytes(size), (there, 5000))
		        while size > 0:
		            size -= len(receiver.recv(65536))
		    assert size == 0
	END
}

check "a program's aggregates are sent" send 40000
check_aggregates "the sender's stack had aggregates" "$A" out
if ip netns exec "$A" ethtool -k veth0 | grep -q "^tx-udp-segmentation: on"; then
	check_aggregates "so had the router's" "$R" in
else
	skip "so had the router's" "this kernel's veth does not carry them"
fi
check_received_aggregates "and the receiver's, of its own" "$B"

# check_router_aggregates NAME PORT FEATURE...: what the router does to datagrams that come one by one
check_router_aggregates()
{
	local large

	if ! veth_has_gro; then
		skip "$1" "this kernel's veth does not aggregate"
		return
	fi
	ip netns exec "$R" ethtool -K left "${@:3}"
	large=$(hook_packets "$R" in_large)
	check "$1" send "$2"
	check "there were such" [ "$(hook_packets "$R" in_large)" -gt "$large" ]
}

# From now on A sends datagrams, one by one.
no_offloads "$A" veth0
check_router_aggregates "datagrams are sent, which the router aggregates" 41000 gro on rx-udp-gro-forwarding on
check_router_aggregates "datagrams are sent, of which the router makes lists" 42000 \
	rx-udp-gro-forwarding off rx-gro-list on

end_capture 10.0.2.2
count_now "$A" "$R" "$B"
check_segments "the capture has no aggregates"
for side in "sender $A" "router $R" "receiver $B"; do
	for kind in udp4 udp6; do
		check_captured "$kind, ${side% *}: packets and bytes as captured" "${side#* }" bytes "$kind"
	done
done
check_ledgers "the ledgers balance" "$A" "$R" "$B"
finish
