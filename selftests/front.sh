#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Flows that talk have a place in the front of the table (module/table_front.h), and leave it when they end: flushed,
# expired, or as another makes them give way; also where the table was resized meanwhile. What comes on their 5-tuples
# then begins flows anew. A debug kernel says where one was looked at that is gone.
. "${0%/*}/races_lib.sh"
need nft jq

readonly FLOWS=200
load_module
need_slabinfo
setup_tmp
setup_ns A B
flood_path "$A" "$B"
tuplestat -N "$B" start

# send PACKETS: from all tuples; adds what the sender says of it to sent and bytes
send()
{
	flood "$A" "$B" --tuples $FLOWS --count "$1"
	sent=$((sent + $(reported packets))) bytes=$((bytes + $(reported bytes)))
}

# talk NAME PACKETS [ALL]: of each flow; all that lives is these flows, with these packets, or that many
talk()
{
	local all=${3:-$2}

	send $((FLOWS * $2))
	check_equal "$1: each flow has what came since" "$FLOWS $all $all" \
		"$(tuplestat -N "$B" -j | jq -r '[.[].orig.packets] | "\(length) \(min) \(max)"')"
}

# gone: memory of flows that have ended was given back
gone()
{
	echo 1 >/sys/kernel/slab/tuplestat_flow/shrink
	[ "$(objects)" -eq 0 ]
}

ended()
{
	[ "$(stats "$B" .live.flows)" -eq 0 ]
}

sent=0 bytes=0
talk "new" 5
tuplestat -N "$B" flush >/dev/null
check "flushed" wait_for -t "$PATIENCE" gone
talk "after a flush" 4
tuplestat -N "$B" set timeout-udp-unreplied 1
check "expired" wait_for -t "$PATIENCE" ended
check "and gone" wait_for -t "$PATIENCE" gone
tuplestat -N "$B" set timeout-udp-unreplied 1h
talk "after their end" 3
tuplestat -N "$B" set max-flows 1000
talk "resized, and the same flows go on" 2 5
tuplestat -N "$B" flush >/dev/null
check "after a resize: flushed" wait_for -t "$PATIENCE" gone
talk "after a resize and a flush" 2

# Room for a tenth: what one flow had becomes another's, again and again.
tuplestat -N "$B" flush >/dev/null
tuplestat -N "$B" set max-flows $((FLOWS / 10))
send $((FLOWS * 20))
check "some made room for others" [ "$(line "$B" lack-of-resources flows)" -gt $FLOWS ]
check_arrived "$B" "$sent $bytes"
check_equal "seen is what was sent" "$sent $bytes" "$(stats "$B" '.seen | "\(.packets) \(.bytes)"')"
check_exact "front" "$B"
finish
