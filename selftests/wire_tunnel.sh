#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP in bulk through VXLAN and GENEVE, with segmentation offload: the aggregates inside make aggregates outside, and
# those count as the packets of UDP that a capture behind a device without offloads has. At the ends of the tunnel the
# connection inside counts as the segments that it is.
. "$(dirname "$0")/wire_lib.sh"
need ethtool tcpdump tshark editcap mergecap jq nft

SNAPLEN=256 # two of each header
load_module
segmented_path
for ns in "$A" "$R" "$B"; do
	count_hooks "$ns"
	tuplestat -N "$ns" start
done

# tunnel NS PEER-HOST HOST: from 10.0.HOST.2 to 10.0.PEER.2, over both families of IP
tunnel()
{
	{
		printf 'link add vxlan4 mtu 1400 type vxlan id 4 dstport 4789 local 10.0.%s.2 remote 10.0.%s.2\n' "$3" "$2"
		printf 'link add vxlan6 mtu 1400 type vxlan id 6 dstport 4790 local fd00:%s::2 remote fd00:%s::2\n' "$3" "$2"
		printf 'link add geneve4 mtu 1400 type geneve id 4 remote 10.0.%s.2\n' "$2"
		_addresses vxlan4 "10.1.4.$3/24,fd01:4::$3/64"
		_addresses vxlan6 "10.1.6.$3/24,fd01:6::$3/64"
		_addresses geneve4 "10.1.1.$3/24,fd01:1::$3/64"
	} | ip -n "$1" -batch -
}

tunnel "$A" 2 1
tunnel "$B" 1 2
capture "$R" right
for addr in 10.1.4.2 fd01:4::2 10.1.6.2 fd01:6::2 10.1.1.2 fd01:1::2; do
	converse "$B" "$A" tcp general "$addr" 5000 40000 --size 100001
done
end_capture 10.0.2.2
count_now "$A" "$R" "$B"
check_aggregates "the sender's stack sent aggregates" "$A" out
check_aggregates "the router received aggregates" "$R" in

# Of the tunnels' packets, tshark is not to look inside. Each connection inside has a source port outside; what else
# there is, of IPv6's own, comes whenever it likes, also when the capture has ended, and is a few packets each.
DISSECT=(--disable-protocol vxlan --disable-protocol geneve)
check_segments "the capture has no aggregates"
for kind in "udp4 8" "udp6 4"; do
	witnessed bytes "${kind% *}" | awk '$6 > 20' >"$WORK/wanted"
	check_equal "${kind% *}: a flow outside for each connection inside, in each direction" "${kind#* }" \
		"$(wc -l <"$WORK/wanted")"
	for side in "sender $A" "router $R" "receiver $B"; do
		counted_of "${side#* }" bytes "${kind% *}" | awk '$6 > 20' >"$WORK/got"
		compare_lines "${kind% *}, ${side% *}: packets and bytes as captured" "$WORK/wanted" "$WORK/got"
	done
done

# What is inside: without the outer headers, VXLAN's 8 octets or GENEVE's, and the capture's own are frames again.
inside()
{
	tcpdump -r "$CAPTURE" -w "$WORK/outside.pcap" "udp dst port $1" 2>/dev/null
	editcap -C "$2" "$WORK/outside.pcap" "$WORK/$1.pcap"
}

inside 4789 $((14 + 20 + 8 + 8))
inside 4790 $((14 + 40 + 8 + 8))
inside 6081 $((14 + 20 + 8 + 8))
mergecap -w "$WORK/inside.pcap" "$WORK/4789.pcap" "$WORK/4790.pcap" "$WORK/6081.pcap"
CAPTURE=$WORK/inside.pcap
rm "$WORK/packets"
for side in "sender $A" "receiver $B"; do
	for kind in tcp4 tcp6; do
		check_captured "inside, $kind, ${side% *}: packets and bytes as captured" "${side#* }" bytes "$kind"
	done
done
check_ledgers "the ledgers balance" "$A" "$R" "$B"
finish
