#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Network namespaces come and go while a flood comes in and a dump is open in them; nothing is left of their flows.
. "${0%/*}/flood_lib.sh"
need nft jq

scaled CYCLES 20 100
readonly ENOUGH=500
load_module
need_slabinfo
setup_tmp
setup_ns A
tuplestat stop

# flooded NS: it has that many flows
flooded()
{
	local json

	json=$(tuplestat -N "$1" -j stats)
	[[ $json =~ \"live\":\{\"flows\":([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$ENOUGH" ]
}

good=0 cut_off=0
for ((i = 1; i <= CYCLES; i++)); do
	setup_ns B
	flood_path "$A" "$B"
	tuplestat -N "$B" start
	begin_flood flood "$A" "$B" --random $i
	flood=$PID
	wait_for flooded "$B" && good=$((good + 1))
	rm -f "$WORK/open"
	background ip netns exec "$B" "$TRAFFIC/dump_unread" "$WORK/open"
	reader=$PID
	wait_for [ -e "$WORK/open" ]
	# The name goes now, the namespace itself with its last process: the reader.
	delete_ns "$B"
	kill "$reader"
	wait "$reader" || true
	# The other end of the pair goes with it, which is how the sender ends.
	rc=0
	wait "$flood" || rc=$?
	[ $rc -ne 3 ] || cut_off=$((cut_off + 1))
done
check_equal "$CYCLES namespaces: each had $ENOUGH flows when it went" "$CYCLES" $good
check_equal "$CYCLES namespaces: each was flooded until it was gone" "$CYCLES" $cut_off

given_back()
{
	echo 1 >/sys/kernel/slab/tuplestat_flow/shrink
	[ "$(objects)" -eq 0 ]
}
check "$CYCLES namespaces: no flow is left in memory" wait_for -t 30 given_back
unload_module
check "$CYCLES namespaces: the module unloads, and its slab cache is gone" [ -z "$(objects)" ]
finish
