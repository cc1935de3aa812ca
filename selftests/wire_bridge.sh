#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A bridge that shows its packets to the hooks of IP (br_netfilter) counts each once: what it bridges, what is for
# itself, and what it routes.
. "$(dirname "$0")/wire_lib.sh"
need tcpdump tshark jq
modprobe br_netfilter || skip_all "the kernel has no br_netfilter"

load_module
setup_ns A B C BRIDGE
ip -n "$BRIDGE" link add br0 type bridge
_addresses br0 10.0.1.1/24,fd00:1::1/64 | ip -n "$BRIDGE" -batch -
veth_pair "$A" veth0 10.0.1.2/24,fd00:1::2/64 "$BRIDGE" port1 ""
veth_pair "$B" veth0 10.0.1.3/24,fd00:1::3/64 "$BRIDGE" port2 ""
veth_pair "$C" veth0 10.0.2.2/24,fd00:2::2/64 "$BRIDGE" right 10.0.2.1/24,fd00:2::1/64
printf '%s\n' "link set port1 master br0" "link set port2 master br0" | ip -n "$BRIDGE" -batch -
default_routes "$A" 1
default_routes "$C" 2
forward "$BRIDGE"
ip netns exec "$BRIDGE" bash -c 'echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-ip6tables'
tuplestat -N "$BRIDGE" start
capture "$BRIDGE" port1

for addresses in "10.0.1.3 10.0.1.1 10.0.2.2" "fd00:1::3 fd00:1::1 fd00:2::2"; do
	port=40000
	servers=("$B" "$BRIDGE" "$C")
	for addr in $addresses; do
		converse "${servers[port - 40000]}" "$A" tcp general "$addr" 5000 $port --count 3
		converse "${servers[port - 40000]}" "$A" udp echo "$addr" 5001 $port --count 4
		port=$((port + 1))
	done
done
end_capture 10.0.1.2
count_now "$BRIDGE"

for kind in tcp4 tcp6 udp4 udp6; do
	check_captured "$kind: as captured on a port of the bridge" "$BRIDGE" bytes "$kind"
	check_equal "$kind: bridged, for itself, and routed" 6 "$(witnessed bytes "$kind" | wc -l)"
done
check_ledgers "the ledger balances" "$BRIDGE"

# Without br_netfilter's switch nothing of what is only bridged comes by.
ip netns exec "$BRIDGE" bash -c 'echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables'
converse "$B" "$A" udp echo 10.0.1.3 5002 40003
check_equal "what the hooks are not shown is not counted" "[]" "$(tuplestat -N "$BRIDGE" -j udp port 5002)"
finish
