#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# nftables' "dup to", like iptables' TEE, sends a copy of a packet by nf_dup_ipv4() or nf_dup_ipv6(), through LOCAL_OUT.
# The packet counts once, wherever it is duplicated. The receiver of the copy counts the copy.
#
#	A veth0 --- left R right --- veth0 B
#	               R mirror --- veth0 W
. "$(dirname "$0")/wire_lib.sh"
need tcpdump tshark jq nft
modprobe -a nft_dup_ipv4 nft_dup_ipv6 || skip_all "the kernel has no nft_dup_ipv4"

SNAPLEN=256 # two of each header
load_module "${NO_TIMEOUTS[@]}"
setup_ns A B R W
veth_pair "$A" veth0 10.0.1.2/24,fd00:1::2/64 "$R" left 10.0.1.1/24,fd00:1::1/64
veth_pair "$B" veth0 10.0.2.2/24,fd00:2::2/64 "$R" right 10.0.2.1/24,fd00:2::1/64
veth_pair "$W" veth0 10.0.3.2/24,fd00:3::2/64 "$R" mirror 10.0.3.1/24,fd00:3::1/64
default_routes "$A" 1
default_routes "$B" 2
forward "$R"

# vxlan HOST PEER: a tunnel for copies. Nothing is in it but these.
vxlan()
{
	printf 'link add vxlan0 type vxlan id 4 dstport 4789 local 10.0.3.%s remote 10.0.3.%s\n' "$@"
	printf 'link set vxlan0 address 02:00:00:00:00:0%s arp off\n' "$1"
	_addresses vxlan0 "10.0.4.$1/24"
	printf 'neighbour add 10.0.4.%s lladdr 02:00:00:00:00:0%s dev vxlan0\n' "$2" "$2"
}
quiet_devices "$R" "$W"
vxlan 1 2 | ip -n "$R" -batch -
vxlan 2 1 | ip -n "$W" -batch -

# Packets are duplicated by their ports: 5000 in prerouting, 5001 in prerouting before tuplestat sees them, 5002 in
# postrouting, 5003 in output (answers: in input), 5004 into a tunnel, 5005 at the device. Copies are untracked; packets
# to port 5003 are already untracked when tuplestat sees them.
# dup_table FAMILY ADDRESS
dup_table()
{
	cat <<-END
		table $1 copies {
			chain before {
				type filter hook prerouting priority -450
				meta l4proto { tcp, udp } th dport 5001 dup to $2 device mirror
				meta l4proto { tcp, udp } th sport 5001 dup to $2 device mirror
			}
			chain prerouting {
				type filter hook prerouting priority 0
				meta l4proto { tcp, udp } th dport 5000 dup to $2 device mirror
				meta l4proto { tcp, udp } th sport 5000 dup to $2 device mirror
			}
			chain postrouting {
				type filter hook postrouting priority 0
				meta l4proto { tcp, udp } th dport 5002 dup to $2 device mirror
				meta l4proto { tcp, udp } th sport 5002 dup to $2 device mirror
			}
			chain untracked {
				type filter hook output priority -450
				meta l4proto { tcp, udp } th dport 5003 notrack
			}
			chain output {
				type filter hook output priority 0
				meta l4proto { tcp, udp } th dport 5003 dup to $2 device mirror
			}
			chain input {
				type filter hook input priority 0
				meta l4proto { tcp, udp } th sport 5003 dup to $2 device mirror
			}
		}
	END
}
{
	dup_table ip 10.0.3.2
	dup_table ip6 fd00:3::2
	echo 'add chain ip copies tunnel { type filter hook prerouting priority 1; }'
	echo 'add rule ip copies tunnel meta l4proto { tcp, udp } th dport 5004 dup to 10.0.4.2 device vxlan0'
	echo 'add table netdev copies'
	echo 'add chain netdev copies ingress { type filter hook ingress device left priority 0; }'
	echo 'add rule netdev copies ingress udp dport 5005 dup to mirror'
} | ip netns exec "$R" nft -f -
for ns in "$R" "$W"; do
	tuplestat -N "$ns" start
done

capture "$R" any
for addr in 10.0.2.2 fd00:2::2; do
	for port in 5000 5001 5002 5003; do
		client=$A
		[ $port != 5003 ] || client=$R
		converse "$B" "$client" tcp general $addr $port 40000 --count 3
		converse "$B" "$client" udp echo $addr $port 40000 --count 3
	done
done
converse "$B" "$A" tcp general 10.0.2.2 5004 40000 --count 3
converse "$B" "$A" udp echo 10.0.2.2 5004 40000 --count 3
converse "$B" "$A" udp echo 10.0.2.2 5005 40000 --count 3
end_capture 10.0.3.2
count_now "$R" "$W"

# index DEVICE: of R, as the capture has it
index()
{
	ip -n "$R" -j link show "$1" | jq '.[0].ifindex'
}

# R counts the packets that it received, that it sent by "right", and that its tunnel sent by "mirror". W counts the
# copies, and those inside the tunnel. A copy that the device "left" made is addressed to R, so W's stack drops it.
DISSECT=(--disable-protocol vxlan)
mirror="outbound and ifindex $(index mirror)"
witness_part once "inbound or ($mirror and src host 10.0.3.1) or \
	(outbound and ifindex $(index right) and (src host 10.0.2.1 or src host fd00:2::1))"
witness_part copies "($mirror and not port 5005) or (outbound and ifindex $(index vxlan0))"
for expected in "tcp4 5000 5001 5002 5003 5004" "tcp6 5000 5001 5002 5003" "udp4 4789 5000 5001 5002 5003 5004" \
	"udp6 5000 5001 5002 5003"; do
	kind=${expected%% *}
	check_part "$kind: as received, and as sent by the router itself" "$R" "$kind" once
	check_part "$kind: the copies, at their receiver" "$W" "$kind" copies
	check_equal "$kind: there were copies of each port" "${expected#* }" \
		"$(awk '{ print ($3 < $5 ? $3 : $5) }' "$WORK/copies-$kind" | sort -u | xargs)"
done
check_equal "udp4: there were copies by the device" 3 \
	"$(tcpdump -r "$CAPTURE" "$mirror and udp dst port 5005" 2>/dev/null | wc -l)"
check_ledgers "the ledgers balance" "$R" "$W"
finish
