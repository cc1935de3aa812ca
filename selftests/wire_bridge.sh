#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# A bridge that shows its packets to the hooks of IP (br_netfilter) counts each packet once: bridged, to the bridge
# itself, and routed. The same holds for a bridge that is part of a VRF, which shows a packet up to three times.
. "$(dirname "$0")/wire_lib.sh"
need tcpdump tshark jq nft
modprobe br_netfilter || skip_all "the kernel has no br_netfilter"

load_module "${NO_TIMEOUTS[@]}"
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

# check_bridge NAME PORT: conversations with a host behind the bridge, with the bridge and with a host behind it as a
# router, from PORT on
check_bridge()
{
	local port addresses addr servers=("$B" "$BRIDGE" "$C") kind

	capture "$BRIDGE" port1
	for addresses in "10.0.1.3 10.0.1.1 10.0.2.2" "fd00:1::3 fd00:1::1 fd00:2::2"; do
		port=$2
		for addr in $addresses; do
			converse "${servers[port - $2]}" "$A" tcp general "$addr" 5000 "$port" --count 3
			converse "${servers[port - $2]}" "$A" udp echo "$addr" 5001 "$port" --count 4
			port=$((port + 1))
		done
	done
	end_capture 10.0.1.2
	count_now "$BRIDGE"
	rm -f "$WORK/packets"
	for kind in tcp4 tcp6 udp4 udp6; do
		check_captured "$1, $kind: as captured on a port of the bridge" "$BRIDGE" bytes "$kind"
		check_equal "$1, $kind: bridged, to the bridge, and routed" 6 "$(witnessed bytes "$kind" | wc -l)"
	done
	check_ledgers "$1: the ledger balances" "$BRIDGE"
}

check_bridge "no VRF" 40000

# Without br_netfilter's switch the hooks see nothing that is only bridged.
ip netns exec "$BRIDGE" bash -c 'echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables'
converse "$B" "$A" udp echo 10.0.1.3 5002 40003
check_equal "packets that the hooks do not see are not counted" "[]" "$(tuplestat -N "$BRIDGE" -j udp port 5002)"
ip netns exec "$BRIDGE" bash -c 'echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables'

if ! modprobe vrf; then
	skip "in a VRF" "the kernel has no VRF"
	finish
fi
# Addresses come last: a device loses its IPv6 addresses when it becomes part of a VRF. The servers bind to no device:
# the sysctls let them bind to an address of the VRF and receive its packets, and a rule finds its routes for answers.
{
	printf '%s\n' "link add vrf0 type vrf table 10" "link set vrf0 up" "link set br0 master vrf0" \
		"link set right master vrf0"
	_addresses br0 fd00:1::1/64
	_addresses right fd00:2::1/64
} | ip -n "$BRIDGE" -batch -
ip -n "$BRIDGE" -4 rule add pref 40000 lookup 10
ip -n "$BRIDGE" -6 rule add pref 40000 lookup 10
ip netns exec "$BRIDGE" bash -c 'echo 1 >/proc/sys/net/ipv4/tcp_l3mdev_accept
	echo 1 >/proc/sys/net/ipv4/udp_l3mdev_accept
	echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind
	echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind'
tuplestat -N "$BRIDGE" flush >/dev/null
check_bridge "in a VRF" 41000

# What IPsec decrypts is still marked as bridged, but is another packet than the encrypted one.
decrypted="decrypted by a device of a VRF: each packet that nftables sees there"
if ! ip -n "$BRIDGE" link add xfrm0 type xfrm dev br0 if_id 7 2>/dev/null; then
	skip "$decrypted" "the kernel has no xfrm interfaces"
	finish
fi
printf '%s\n' "link set xfrm0 master vrf0" "link set xfrm0 up" "address add 10.0.7.1/24 dev xfrm0" |
	ip -n "$BRIDGE" -batch -
printf '%s\n' "address add 10.0.7.2/32 dev veth0" "route add 10.0.7.1 via 10.0.1.1 src 10.0.7.2" |
	ip -n "$A" -batch -
for interface in "$A 0" "$BRIDGE 7"; do
	ip -n "${interface% *}" xfrm state add src 10.0.1.2 dst 10.0.1.1 proto esp spi 7 mode tunnel \
		if_id "${interface#* }" aead "rfc4106(gcm(aes))" 0x0102030405060708090a0b0c0d0e0f1011121314 128
done
ip -n "$A" xfrm policy add src 10.0.7.2 dst 10.0.7.1 dir out tmpl src 10.0.1.2 dst 10.0.1.1 proto esp mode tunnel
ip netns exec "$BRIDGE" nft -f - <<-END
	table inet decrypted {
		counter seen { }
		chain in {
			type filter hook prerouting priority -398
			iifname xfrm0 udp dport 5003 counter name seen
		}
	}
END
client "$A" udp flood 10.0.7.1 5003 --source-port 42000 --count 5
all_decrypted()
{
	[ "$(ip netns exec "$BRIDGE" nft -j list counter inet decrypted seen |
		jq '.nftables[] | .counter // empty | .packets')" -eq 5 ]
}
wait_for all_decrypted
check_equal "$decrypted" 5 "$(tuplestat -N "$BRIDGE" -j udp port 5003 | jq '[.[].orig.packets] | add')"
check_ledgers "the ledger balances" "$BRIDGE"
finish
