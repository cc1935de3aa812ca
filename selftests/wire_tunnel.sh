#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP in bulk through VXLAN and GENEVE, with segmentation offload: the aggregates inside make aggregates outside, and
# those count as the packets of UDP that a capture behind a device without offloads has. At the ends of the tunnel the
# connection inside counts as the segments that it is.
. "$(dirname "$0")/wire_lib.sh"
need ethtool tcpdump tshark jq nft

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
check_aggregates "the sender's stack sent aggregates" "$A" out
check_aggregates "the router received aggregates" "$R" in

# Of the tunnels' packets, tshark is not to look inside.
DISSECT=(--disable-protocol vxlan --disable-protocol geneve)
check_segments "the capture has no aggregates"
for side in "sender $A" "router $R" "receiver $B"; do
	for kind in udp4 udp6; do
		check_witness "$kind, ${side% *}: packets and bytes as captured" "${side#* }" bytes "$kind"
	done
done
finish
