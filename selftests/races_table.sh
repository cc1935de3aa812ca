#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Two senders, on a CPU each, begin and continue the same flows and different ones, while the table is resized and
# dumped; then also while flows are flushed, deleted one by one, expire and make room for others, and somebody listens.
# Not a packet is lost, by the senders' own word and that of nftables, and what every flow has adds up.
. "${0%/*}/races_lib.sh"
need nft jq taskset

# together no more flows than races_table leaves room for
scaled BURSTS 2 4 3
scaled EACH 10000 500000 4000
scaled STORMS 1 10 2
scaled STORM 10000 400000 8000
readonly SAME=2000
load_module
need_slabinfo
setup_tmp
setup_ns A B
flood_path "$A" "$B"
tuplestat stop
tuplestat -N "$B" set timeout-udp-unreplied 1h
tuplestat -N "$B" start
last_cpu=$(($(nproc) - 1))

# senders NAME [OPTION]... [-- OPTION]...: two at once, on the first and on the last CPU, each with options of its own
# if there are any; reports in $WORK/NAME.0 and .1
senders()
{
	local name=$1 first=() pid

	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		first+=("$1")
		shift
	done
	[ $# -eq 0 ] || shift
	[ $# -gt 0 ] || set -- "${first[@]}"
	flood_command "$A" "$B" "${first[@]}"
	background taskset -c 0 "${FLOOD[@]}" >"$WORK/$name.0"
	pid=$PID
	flood_command "$A" "$B" "$@"
	background taskset -c $last_cpu "${FLOOD[@]}" >"$WORK/$name.1"
	wait "$pid" "$PID"
	reports+=("$name.0" "$name.1")
}
reports=()

# race quiet|all: begins to do that to the table; sets RACE
race()
{
	rm -f "$WORK/ready"
	background ip netns exec "$B" "$TRAFFIC/races_table" "$1" "$WORK/ready" "$PATIENCE" >"$WORK/race"
	RACE=$PID
	wait_for -t "$PATIENCE" [ -e "$WORK/ready" ]
}

# check_race NAME: ends it: nothing has gone wrong, and each thing was done
check_race()
{
	local rc=0

	kill "$RACE"
	wait "$RACE" || rc=$?
	note "$(<"$WORK/race")"
	check_equal "$1: nothing went wrong in what was done meanwhile" 0 $rc
	check "$1: and each thing was done" jq -e 'all(. > 0)' <(tail -n 1 "$WORK/race" | jq '[.[]]')
}

# --- the same flows, begun and continued by both at once; none ends ---

race quiet
for ((i = 0; i < BURSTS; i++)); do
	senders same-$i --tuples $SAME --port $((5000 + i)) --count "$EACH"
done
name="2 senders, $((BURSTS * SAME)) flows, $((BURSTS * EACH)) packets each"
check_race "$name"
read -r packets bytes <<<"$(sent "${reports[@]}")"
check_equal "$name: packets sent" $((BURSTS * EACH * 2)) "$packets"
check_arrived "$B" "$packets $bytes"
check_equal "$name: seen is what was sent" "$packets $bytes" "$(stats "$B" '"\(.seen.packets) \(.seen.bytes)"')"
check_equal "$name: each flow is there once, with all of its packets" \
	"$((BURSTS * SAME)) $((EACH * 2 / SAME)) $((EACH * 2 / SAME))" \
	"$(tuplestat -N "$B" -n | awk 'NR > 1 && !seen[$4 " " $5]++ { split($6, n, "/"); count++
		if (count == 1 || n[1] + n[2] < least) least = n[1] + n[2]
		if (n[1] + n[2] > most) most = n[1] + n[2] }
		END { print count + 0, least + 0, most + 0 }')"
check_equal "$name: none has ended" 0 "$(stats "$B" '[.ended[].flows] | add')"
check_exact "$name" "$B"

# --- everything at once ---

# The collector finds work in every round.
tuplestat -N "$B" set timeout-udp-unreplied 1 timeout-syn-sent 1
race all
for ((i = 0; i < STORMS; i++)); do
	senders storm-$i --tuples 3000 --port 6000 --count "$STORM" --rate 20000 -- --random $((i + 1)) --syn \
		--count "$STORM" --rate 20000
	senders storm-$i-same --tuples 300 --port 7000 --count $((STORM / 4))
done
name="2 senders, everything at once, $((STORMS * STORM * 5 / 4)) packets each"
ended()
{
	[ "$(line "$B" "$1" flows)" -gt 0 ]
}
for reason in idle-timeout forced-end lack-of-resources; do
	check "$name: flows ended for $reason" wait_for -t "$PATIENCE" ended $reason
done
check_race "$name"
read -r packets bytes <<<"$(sent "${reports[@]}")"
check_arrived "$B" "$packets $bytes"
check_equal "$name: seen is what was sent" "$packets $bytes" "$(stats "$B" '"\(.seen.packets) \(.seen.bytes)"')"
check_exact "$name" "$B"

# What is left ends as well, and then nothing is live, and nothing in memory.
tuplestat -N "$B" flush >/dev/null
check_equal "$name: at the end nothing is live" "0 0 0" "$(stats "$B" '.live | "\(.flows) \(.packets) \(.bytes)"')"
check_exact "$name, and all has ended" "$B"
given_back()
{
	echo 1 >/sys/kernel/slab/tuplestat_flow/shrink
	[ "$(objects)" -eq 0 ]
}
check "$name: no flow is left in memory" wait_for -t "$PATIENCE" given_back
finish
