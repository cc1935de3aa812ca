#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A VRF shows each of its packets to the hooks twice: once for the device, and once for itself; what it sends takes
# one of two ways in the kernel, by whether it has a queue. Each packet counts once: what is received on one of its
# devices, what is sent there, what is forwarded between two of them, and what is sent to an address of the VRF itself.
. "$(dirname "$0")/wire_lib.sh"
need tcpdump tshark jq nft python3
modprobe vrf || skip_all "the kernel has no VRF"

load_module
setup_ns A B V
veth_pair "$A" veth0 10.0.1.2/24,fd00:1::2/64 "$V" left ""
veth_pair "$B" veth0 10.0.2.2/24,fd00:2::2/64 "$V" right ""
# Addresses come last: a device loses those of IPv6 when it becomes part of a VRF.
{
	printf '%s\n' "link add vrf0 type vrf table 10" "link set left master vrf0" "link set right master vrf0"
	_addresses left 10.0.1.1/24,fd00:1::1/64
	_addresses right 10.0.2.1/24,fd00:2::1/64
	_addresses vrf0 10.0.9.1/32,fd00:9::1/128
} | ip -n "$V" -batch -
default_routes "$A" 1
default_routes "$B" 2
forward "$V"
tuplestat -N "$V" start

# On a way of its own: what is sent to the VRF itself. nftables sees it come in once, on the VRF's device.
ip netns exec "$V" nft -f - <<-END
	table inet own {
		counter packets4 { }
		counter packets6 { }
		chain in {
			type filter hook prerouting priority -398
			ip daddr 10.0.9.1 ip saddr 10.0.9.1 iifname vrf0 counter name packets4
			ip6 daddr fd00:9::1 ip6 saddr fd00:9::1 iifname vrf0 counter name packets6
		}
	}
END

# exchange PORT: conversations from that port on
exchange()
{
	run_python "$A" "$B" "$V" "$1" <<-'END'
		import sys
		from socket import *
		from wire_packets import sockets

		a, b, v, port = *sys.argv[1:4], int(sys.argv[4])
		for family, net in (AF_INET, "10.0.{}.{}"), (AF_INET6, "fd00:{}::{}"):
		    for sender_ns, receiver_ns, here, there in (
		            (a, v, (1, 2), (1, 1)),    # received on a device
		            (v, a, (1, 1), (1, 2)),    # sent by one
		            (a, b, (1, 2), (2, 2)),    # forwarded from one to the other
		            (v, v, (9, 1), (9, 1))):   # to itself
		        for kind in SOCK_DGRAM, SOCK_STREAM:
		            sender, = sockets(sender_ns, (family, kind))
		            receiver, = sockets(receiver_ns, (family, kind))
		            for end, namespace in (sender, sender_ns), (receiver, receiver_ns):
		                end.settimeout(10)
		                if namespace == v:
		                    end.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, b"vrf0")
		            sender.bind((net.format(*here), port))
		            receiver.bind((net.format(*there), 5000))
		            if kind == SOCK_STREAM:
		                receiver.listen()
		            sender.connect(receiver.getsockname())
		            if kind == SOCK_STREAM:
		                listener, (receiver, _) = receiver, receiver.accept()
		                listener.close()
		            else:
		                receiver.connect(sender.getsockname())
		            for number in range(3):
		                sender.send(bytes(100 + number))
		                assert len(receiver.recv(1000)) == 100 + number
		                receiver.send(bytes(200 + number))
		                assert len(sender.recv(1000)) == 200 + number
		            if kind == SOCK_STREAM:
		                sender.shutdown(SHUT_WR)
		                assert receiver.recv(1) == b""
		                receiver.close()
		                assert sender.recv(1) == b""
		            sender.close()
		            receiver.close()
		            port += 1
	END
}

# own_packets 4|6: packets and bytes that nftables has seen the VRF send to itself, since the last time
declare -A before=([4]="0 0" [6]="0 0")
own_packets()
{
	local packets bytes old_packets old_bytes

	read -r packets bytes < <(ip netns exec "$V" nft -j list counter inet own "packets$1" |
		jq -r '.nftables[] | .counter // empty | "\(.packets) \(.bytes)"')
	read -r old_packets old_bytes <<<"${before[$1]}"
	before[$1]="$packets $bytes"
	OWN="$((packets - old_packets)) $((bytes - old_bytes))"
}

# What is sent to the VRF itself, then all that passes the device.
check_own()
{
	local name=$1 ports=$2 net

	for net in "4 10.0.9.1" "6 fd00:9::1"; do
		own_packets "${net% *}"
		check_equal "$name, IPv${net% *}: sent to itself, as nftables has it" "$OWN" \
			"$(tuplestat -N "$V" -j host "${net#* }" port "$ports" | jq -r '[.[] | .orig, .reply] |
				"\(map(.packets) | add) \(map(.ip_bytes) | add)"')"
		check_equal "$name, IPv${net% *}: as many datagrams as the program says" 6 \
			"$(tuplestat -N "$V" -j udp host "${net#* }" port "$ports" |
				jq -r '[.[] | .orig, .reply] | map(.packets) | add')"
	done
}

capture "$A" veth0 # the other end of "left"
check "conversations, VRF without a queue" exchange 41000
check_own "without a queue" 41000-41999
tc -n "$V" qdisc add dev vrf0 root pfifo
check "conversations, VRF with a queue" exchange 42000
check_own "with a queue" 42000-42999
end_capture 10.0.1.1
count_now "$V"

for phase in "41 without a queue" "42 with a queue"; do
	for kind in tcp4 tcp6 udp4 udp6; do
		witnessed bytes "$kind" | sed -n "/ ${phase%% *}... /p" >"$WORK/wanted"
		counted_of "$V" bytes "$kind" | sed -n "/ 10\.0\.9\.1 \| fd00:9::1 /d; / ${phase%% *}... /p" >"$WORK/got"
		compare_lines "${phase#* }, $kind: as captured on a device of the VRF" "$WORK/wanted" "$WORK/got"
		check_equal "received, sent and forwarded, both directions each" 6 "$(wc -l <"$WORK/wanted")"
	done
done
check_ledgers "the ledger balances" "$V"
finish
