#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router counts each packet that it forwards once: as a capture on one of its devices has it.
. "$(dirname "$0")/lib.sh"
need tcpdump tshark jq

load_module
setup_ns A ROUTER B
veth_pair "$A" veth0 10.0.1.2/24,fd00:1::2/64 "$ROUTER" left 10.0.1.1/24,fd00:1::1/64
veth_pair "$B" veth0 10.0.2.2/24,fd00:2::2/64 "$ROUTER" right 10.0.2.1/24,fd00:2::1/64
for ns in "$A 1" "$B 2"; do
	printf '%s\n' "route add default via 10.0.${ns#* }.1" "route add default via fd00:${ns#* }::1" |
		ip -n "${ns% *}" -batch -
done
ip netns exec "$ROUTER" bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
tuplestat -N "$ROUTER" start
capture "$ROUTER" right

for addr in 10.0.2.2 fd00:2::2; do
	converse "$B" "$A" tcp general "$addr" 5000 40000 --count 3
	converse "$B" "$A" tcp thanks "$addr" 5001 40001
	converse "$B" "$A" udp echo "$addr" 5002 40002 --count 4
done
capture_end 10.0.2.2

for kind in tcp4 tcp6 udp4 udp6; do
	check_witness "$kind: as captured where they leave" "$ROUTER" bytes "$kind"
done
finish
