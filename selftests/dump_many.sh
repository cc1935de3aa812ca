#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Thousands of flows: each is listed once, by every command that counts flows, also while the table is being resized
# and while other flows come.
. "$(dirname "$0")/lib.sh"
need jq

readonly FLOWS=5000
load_module
setup_tmp
setup_ns A
tuplestat -N "$A" start

# One flow a source port. The witness is the program, which says how many ports it used.
REPORT=$(client "$A" udp flood 127.0.0.1 5000 --source-port 40000 --ports $FLOWS --count $FLOWS --report)
check_equal "the program has sent from $FLOWS ports" $FLOWS "$(reported connections)"

check_equal "statistics" $FLOWS "$(stats "$A" .live.flows)"
tuplestat -N "$A" -n >"$WORK/table"
check_equal "the table: lines, and different ones" "$FLOWS $FLOWS" \
	"$(awk 'NR > 1 && !seen[$4]++ { different++ } END { print NR - 1, different }' "$WORK/table")"
tuplestat -N "$A" -j >"$WORK/json"
check_equal "JSON: flows, and different ones" "$FLOWS $FLOWS" \
	"$(jq -r '[.[].orig.port] | "\(length) \(unique | length)"' "$WORK/json")"

# each_flow_once NAME: of all that is dumped, and of what the kernel is asked for alone
each_flow_once()
{
	local what

	for what in all term; do
		check "each flow once, $1, a dump of $what" \
			ip netns exec "$A" "$TRAFFIC/dump_while_resizing" $what 5000 $FLOWS
	done
}

each_flow_once "with a resize after each message of the dump"

# New flows to another port all the while. The table takes them all, up to the least size of dump_while_resizing.
background ip netns exec "$A" "$TRAFFIC/traffic_client" udp flood 127.0.0.1 5001 --source-port 30000 --ports 3000 \
	--count 3000
flood=$PID
each_flow_once "with new flows coming"
wait "$flood"
check_equal "none was refused" 0 \
	"$(stats "$A" '.unattributed[] | select(.reason == "table-full") | .packets')"
check_equal "and all are there" 3000 "$(tuplestat -N "$A" -j dport 5001 | jq length)"
finish
