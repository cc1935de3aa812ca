#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# Very many flows whose time is over at once: all end, all memory is given back, and collecting them never keeps a CPU
# for long: what else passes the hooks meanwhile does not wait.
. "${0%/*}/flood_lib.sh"
need nft jq ping

scaled WANTED 20000 1000000
# A flow takes 256 bytes, and the machine is to have as much again for the rest.
while read -r name kib _; do
	[ "$name" != MemAvailable: ] || available=$((kib * 1024 / 512))
done </proc/meminfo
# shellcheck disable=SC2153 # scaled has set it
readonly FLOWS=$((WANTED < available ? WANTED : available / 10000 * 10000))
# The longest that a packet may wait because of the collector; on an emulated machine, whose own CPU may be busy.
readonly BOUND_MS=50
# Buckets and flows of one slice of its work, of which it does one each jiffy; and the most, in percent of what all slices
# take, that one may: three times the share of that many flows, since the host makes some longer.
SLICE_BUDGET=$(sed -n 's/^#define SLICE_BUDGET //p' "$ROOT/module/gc.c")
readonly SLICE_BUDGET SLICE_PERCENT=$((300 * SLICE_BUDGET / FLOWS < 75 ? 300 * SLICE_BUDGET / FLOWS : 75))
load_module max_flows=1048576 all_max_flows=1048576
need_slabinfo
setup_tmp
setup_ns A B
flood_path "$A" "$B" 10.0.0.1/24 10.0.0.2/24
tuplestat stop
tuplestat -N "$B" start

# begin_pings NAME: an echo request each 2 ms, which passes the hook as well
begin_pings()
{
	background ip netns exec "$A" ping -n -i 0.002 10.0.0.2 >"$WORK/$1"
	wait_for grep -q 'icmp_seq=10 ' "$WORK/$1"
}

# end_pings NAME: prints the longest time of a round trip, in microseconds, and how many there were
end_pings()
{
	kill -INT "$PID"
	wait "$PID" || true
	awk -F'time=' '/icmp_seq=/ { us = int($2 * 1000); if (us > most) most = us; n++ } END { print most + 0, n + 0 }' \
		"$WORK/$1"
}

# trace_slices: from now on the kernel notes how long each slice of the collector takes, what it sleeps aside
trace_slices()
{
	TRACING=/sys/kernel/debug/tracing
	[ -e $TRACING/set_ftrace_filter ] && grep -qw function_graph $TRACING/available_tracers || return 0
	echo tstat_table_expire >$TRACING/set_ftrace_filter
	echo function_graph >$TRACING/current_tracer
	echo nosleep-time >$TRACING/trace_options
}

# slices: sets SLICES to how many there were, and SLICE_US, SLICES_US to how long the longest and all together took
slices()
{
	SLICES=0 SLICE_US=0 SLICES_US=0
	[ "$(cat $TRACING/current_tracer 2>/dev/null)" = function_graph ] || return 0
	read -r SLICES SLICE_US SLICES_US < <(sed -n 's/.* \([0-9.]*\) us .*tstat_table_expire.*/\1/p' $TRACING/trace |
		awk '{ sum += $1; if ($1 > most) most = $1 } END { print NR, int(most), int(sum) }')
	echo sleep-time >$TRACING/trace_options
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
	note "$SLICES slices, the longest took $SLICE_US us, all together $SLICES_US us"
}

over() { [ "$(stats "$B" .live.flows)" = 0 ]; }

# expire: makes the flows and lets their time run out; sets idle_us and busy_us, the longest round trips in rounds in
# which nothing is over (the collector looks at each flow and keeps it) and in those in which all is
expire()
{
	tuplestat -N "$B" set timeout-udp-unreplied 1h
	flood "$A" "$B" --tuples $FLOWS --count $FLOWS
	began_flows=$(stats "$B" .live.flows)
	begin_pings idle
	pause 3
	read -r idle_us idle_count <<<"$(end_pings idle)"

	begin_pings busy
	trace_slices
	tuplestat -N "$B" set timeout-udp-unreplied 1
	began=${EPOCHREALTIME//[!0-9]/}
	wait_for -t 120 over || true
	took=$((${EPOCHREALTIME//[!0-9]/} - began))
	read -r busy_us busy_count <<<"$(end_pings busy)"
	slices
	note "$FLOWS flows ended within $((took / 1000)) ms; round trips took $idle_us us at the most before" \
		"($idle_count of them), $busy_us us meanwhile ($busy_count)"
}

# What the host does meanwhile makes a round trip long now and then; what the collector does, each time.
for ((attempts = 1; attempts <= 3; attempts++)); do
	expire
	[ "$busy_us" -gt $((idle_us + BOUND_MS * 1000)) ] || break
done
check_equal "$FLOWS flows" $FLOWS "$began_flows"
check_equal "$FLOWS flows: all ended, by idle-timeout" "0 $((FLOWS * (attempts < 3 ? attempts : 3)))" \
	"$(stats "$B" .live.flows) $(line "$B" idle-timeout flows)"
check "$FLOWS flows: in one of three attempts no packet waited for more than $BOUND_MS ms longer than without" \
	[ "$busy_us" -le $((idle_us + BOUND_MS * 1000)) ]
if [ "$SLICES" -gt 0 ]; then
	check "$FLOWS flows: no slice took more than $SLICE_PERCENT % of what all took" \
		[ $((100 * SLICE_US)) -le $((SLICE_PERCENT * SLICES_US)) ]
else
	skip "$FLOWS flows: no slice took more than $SLICE_PERCENT % of what all took" "no function_graph tracer"
fi
check "$FLOWS flows: packets passed meanwhile" [ "$busy_count" -gt 20 ]
check_exact "$FLOWS flows" "$B"

# Memory comes back when the last readers are gone; CPUs keep some until they are told.
given_back()
{
	echo 1 >/sys/kernel/slab/tuplestat_flow/shrink
	[ "$(objects)" -eq 0 ]
}
check "$FLOWS flows: all memory is given back" wait_for -t 30 given_back
finish
