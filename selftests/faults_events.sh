#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# No memory for messages of events: what they would have told of is counted as lost and missing in the numbers, the
# monitor says so, and the flows are as they were.
. "$(dirname "$0")/faults_lib.sh"
. "$(dirname "$0")/events_lib.sh"
need jq

readonly FLOWS=60
faults_allowed
watch_leaks
load_module
setup_ns A
tuplestat -N "$A" start
tuplestat -N "$A" set timeout-udp-unreplied 1h

# workers_fail 0|1: allocations of the kernel's workers, and of those yet to be born, fail now and then
workers_fail()
{
	local stat

	for stat in /proc/[0-9]*/stat; do
		# One may have ended meanwhile.
		if grep -qE '^[0-9]+ \((kworker/.*|kthreadd)\)' "$stat" 2>/dev/null; then
			echo "$1" >"${stat%stat}make-it-fail" || true
		fi
	done
	failslab task-filter Y times -1 interval 1 probability "$((30 * $1))"
}

# make_flows PORT: one after the other, so that each is told of by a message of its own
make_flows()
{
	local i

	for ((i = 0; i < FLOWS; i++)); do
		client "$A" udp flood 127.0.0.1 "$1" --source-port $((10000 + i)) --count 1
		pause 0.03
	done
}

# The messages to one listener of two may be lost on their own: one at a time.
listener fast "$A"
workers_fail 1
make_flows 5000
workers_fail 0
check "each flow is told of, or lost" wait_for numbered $FLOWS
ended fast
lost=$(stats "$A" .events.lost)
check "some were lost ($lost)" [ "$lost" -gt 0 ]
check "and some were not" [ "$lost" -lt $FLOWS ]
check_equal "what came and what was lost is what was numbered" "$FLOWS" "$(($(jq .events "$WORK/fast") + lost))"

monitor told "$A" -j monitor
workers_fail 1
make_flows 5001
workers_fail 0
# The last numbers may be missing: one more tells. What flows were like may come after it.
client "$A" udp flood 127.0.0.1 5002 --source-port 10000 --count 1
check "one more" wait_for numbered $((2 * FLOWS + 1))
check "with memory again, the next is told of" wait_for grep -q "\"seq\":$(event_seq "$A")," "$WORK/told"
ended told
missed=$(($(stats "$A" .events.lost) - lost))
check "some were lost again ($missed)" [ "$missed" -gt 0 ]
check_equal "the monitor misses as many" "$((FLOWS + 1 - missed)) events, $missed missed" "$(<"$WORK/told.err")"
check_equal "and its status says so" 3 "$STATUS"
check_equal "each flow is there" $((2 * FLOWS + 1)) "$(tuplestat -N "$A" -j | jq length)"
check "and the ledger is exact" tuplestat -N "$A" check
delete_ns "$A"
unload_module
check_leaks "events without memory"
finish
