#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where nobody listens nothing is told, and flows are gone as soon as they end. Listeners may come late, leave at any
# time, and be there when the namespace or the module goes.
# timeout: 300
. "${0%/*}/events_lib.sh"
need jq

readonly FLOWS=2000
load_module
[ -w /sys/kernel/slab/tuplestat_flow/shrink ] || skip_all "this kernel has no /sys/kernel/slab"
setup_ns A B
tuplestat -N "$A" start

# make_flows NS PORT
make_flows()
{
	client "$1" udp flood 127.0.0.1 "$2" --source-port 10000 --ports $FLOWS --count $FLOWS
}

# memory: of flows and buckets, which knows no delay
memory()
{
	stats "$A" .table.memory
}

# --- nobody listens ---

empty=$(memory)
make_flows "$A" 5000
# slab.sh says how much that is; locks that are being debugged are larger
flow=$(</sys/kernel/slab/tuplestat_flow/object_size)
check_equal "flows are in memory" $((empty + FLOWS * flow)) "$(memory)"
tuplestat -N "$A" flush >/dev/null
check_equal "nobody listens: what has ended is gone when flush returns" "$empty" "$(memory)"
check "and is given back" wait_for flows_in_memory_are 0
check_equal "no event was made" "0 0" "$(stats "$A" '"\(.events.seq) \(.events.lost)"')"

# --- who comes late ---

make_flows "$A" 5001
listener late "$A"
monitor late-monitor "$A" -j monitor
tuplestat -N "$A" flush >/dev/null
check "who comes late: all is told" wait_for printed_all late-monitor "$A"
ended late
ended late-monitor
check_equal "ends of flows that it did not see begin, and nothing else" "$FLOWS 0 0 0 $FLOWS" "$(heard late)"
check_equal "by the monitor as well, with what they had" "$FLOWS 1 60 forced-end" "$(jq -rs '
	"\(length) \(map("\(.orig.packets) \(.orig.ip_bytes) \(.end_reason)") | unique | join(" "))"' "$WORK/late-monitor")"
check_equal "all is gone then" "$empty" "$(memory)"

# --- who leaves ---

# begun COUNT: for wait_for: that many events were made
begun()
{
	[ "$(event_seq "$A")" -ge "$1" ]
}

# memory_is BYTES: for wait_for
memory_is()
{
	[ "$(memory)" = "$1" ]
}

# A flow that ends while somebody listens stays until the worker takes its event. That is 20 ms after the event was
# noted, or when the worker gets a CPU; it does not matter whether the listener is still there.
gone=0
for ((i = 0; i < 5; i++)); do
	listener leaves "$A"
	before=$(event_seq "$A")
	background ip netns exec "$A" "$TRAFFIC/traffic_client" udp flood 127.0.0.1 $((6000 + i)) \
		--source-port 10000 --ports $FLOWS --count $FLOWS
	flood=$PID
	wait_for begun $((before + 1))
	# These end in front of it.
	tuplestat -N "$A" flush >/dev/null
	ended leaves KILL
	# in turn before and after the flood is over
	[ $((i % 2)) -eq 0 ] || wait "$flood"
	tuplestat -N "$A" flush >/dev/null
	wait "$flood" || true
	tuplestat -N "$A" flush >/dev/null
	wait_for memory_is "$empty" && gone=$((gone + 1))
done
check_equal "the listener leaves amid a flood: the worker frees each flow, 5 times of 5" 5 $gone
before=$(event_seq "$A")
make_flows "$A" 5002
tuplestat -N "$A" flush >/dev/null
check_equal "nothing is told any more" "$before" "$(event_seq "$A")"

listener leaves "$A"
make_flows "$A" 5003
ended leaves KILL
tuplestat -N "$A" stop
check "stop, with flows whose event nobody took: all is given back" wait_for flows_in_memory_are 0

# --- a namespace goes ---

# The listener's socket keeps it: it goes with that.
tuplestat -N "$B" start
listener stays "$B"
make_flows "$B" 5004
delete_ns "$B"
check "a namespace goes while somebody listens: it stays with its flows" [ "$(flows_in_memory)" -ge $FLOWS ]
ended stays
check_equal "who listens has all events" "$FLOWS $FLOWS 0 0 0" "$(heard stays)"
check "with the last listener it is gone" wait_for flows_in_memory_are 0

# --- the module goes ---

tuplestat -N "$A" start
listener stays "$A"
monitor stays-monitor "$A" monitor
make_flows "$A" 5005
check "the module can go while somebody listens" unload_module
awaited stays-monitor
check_equal "the monitor notices, and ends with 2" 2 "$STATUS"
note "it says: $(<"$WORK/stays-monitor.err")"
check "our own listens on" signal 0 stays
load_module
tuplestat -N "$A" start
make_flows "$A" 5006
check_equal "a module that comes then is told nothing by it: nobody listens" 0 "$(event_seq "$A")"
ended stays
check_equal "who listened has the flows of before" "$FLOWS $FLOWS 0 0 0" "$(heard stays)"
finish
