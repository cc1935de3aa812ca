#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP in bulk, with TSO and GRO: where the stack handles aggregates, tuplestat counts the segments that a capture has
# where they are segments, with their headers and flags. For the sender, a router and the receiver, in both directions.
. "$(dirname "$0")/wire_lib.sh"
need ethtool tcpdump tshark jq nft

load_module
segmented_path
for ns in "$A" "$R" "$B"; do
	count_hooks "$ns"
	tuplestat -N "$ns" start
done
capture "$R" right

# Not a multiple of any segment's size: the last segment of an aggregate is shorter than the others.
converse "$B" "$A" tcp general 10.0.2.2 5000 40000 --size 600001
converse "$B" "$A" tcp general fd00:2::2 5000 40000 --size 600001

end_capture 10.0.2.2
count_now "$A" "$R" "$B"
check_aggregates "the sender's stack sent aggregates" "$A" out
check_aggregates "the router's stack received aggregates" "$R" in
check_received_aggregates "the receiver's stack received aggregates" "$B"
check_aggregates "the receiver's stack sent aggregates" "$B" out
check_received_aggregates "the sender's stack received aggregates" "$A"
check_segments "the capture has none"

for side in "sender $A" "router $R" "receiver $B"; do
	for kind in tcp4 tcp6; do
		check_captured "$kind, ${side% *}: packets and bytes as captured" "${side#* }" bytes "$kind"
		check_captured "$kind, ${side% *}: flags as captured" "${side#* }" flags "$kind"
	done
done
check_ledgers "the ledgers balance" "$A" "$R" "$B"
finish
