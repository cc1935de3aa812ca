#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# However the table changes meanwhile, a dump has each flow that lives through it, once: while others come, others are
# deleted, and the table is resized after each message. And of very many flows, all that look at them find the same.
. "${0%/*}/flood_lib.sh"
need nft jq

scaled SECONDS_LONG 6 20
scaled FLOWS 10000 100000
readonly STEADY=2000 OTHERS=3000
load_module
setup_tmp
setup_ns A B
flood_path "$A" "$B"
tuplestat -N "$B" set timeout-udp-unreplied 1h
tuplestat -N "$B" start

# --- come and go ---

# By their port all have the same originator, and from one address each has a source port of its own.
client "$B" udp flood 127.0.0.1 5000 --source-port 40000 --ports $STEADY --count $STEADY
begin_flood others "$A" "$B" --tuples $OTHERS --port 5001
flood=$PID
# shellcheck disable=SC2016 # for the inner shell
background bash -c 'while [ ! -e "$2/stop" ]; do tuplestat -N "$1" flush port 5001; done' - "$B" "$WORK" \
	>"$WORK/flushed"
flushes=$PID
flushed() { [ -s "$WORK/flushed" ]; }
wait_for flushed
name="$SECONDS_LONG s, $STEADY flows that stay, $OTHERS that come and go"
if ip netns exec "$B" "$TRAFFIC/dump_while_resizing" all 5000 $STEADY "$SECONDS_LONG" >"$WORK/dumps"; then
	pass "$name, a resize after each message: each dump has each that stays once"
else
	fail "$name, a resize after each message: each dump has each that stays once" \
		"$(grep -v "^# $STEADY flows once, 0 twice" "$WORK/dumps" | head -n 20)"
fi
dumps=$(tail -n 1 "$WORK/dumps")
note "${dumps#\# }, $(wc -l <"$WORK/flushed") flushes of $(awk '{ sum += $1 } END { print sum + 0 }' \
	"$WORK/flushed") flows together"
: >"$WORK/stop"
wait "$flushes"
end_flood "$flood"
check "$name: others were deleted" [ "$(line "$B" forced-end flows)" -gt $OTHERS ]
check_equal "$name: none had to make room" 0 "$(line "$B" lack-of-resources flows)"
check_equal "$name: the flows that stay are those of the beginning" $STEADY \
	"$(tuplestat -N "$B" -j dport 5000 | jq 'map(select(.orig.packets == 1)) | length')"
check_exact "$name" "$B"

# --- many ---

tuplestat -N "$B" stop
tuplestat -N "$B" set max-flows 262144
tuplestat -N "$B" start
flood "$A" "$B" --tuples "$FLOWS" --count "$FLOWS"
check_equal "$FLOWS tuples: packets sent" "$FLOWS" "$(reported packets)"
check_equal "$FLOWS tuples: flows in the statistics" "$FLOWS" "$(stats "$B" .live.flows)"
tuplestat -N "$B" -n >"$WORK/table"
check_equal "$FLOWS tuples: lines of the table, and different ones" "$FLOWS $FLOWS" \
	"$(awk 'NR > 1 && !seen[$4 " " $5]++ { different++ } END { print NR - 1, different + 0 }' "$WORK/table")"
tuplestat -N "$B" -j >"$WORK/json"
# jq would take minutes for them all
ends='"(orig|reply)":\{"addr":"[^"]*","port":[0-9]*'
check_equal "$FLOWS tuples: flows of JSON, and different ones" "$FLOWS $FLOWS" \
	"$(grep -Eo "$ends" "$WORK/json" | awk '{ if (NR % 2) first = $0; else if (!seen[first $0]++) different++ }
		END { print NR / 2, different + 0 }')"
finish
