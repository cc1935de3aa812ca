#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Two senders, on a CPU each. CPUs wait for each other in the way of a packet where they share a flow, and nowhere else:
# the kernel says where each wait for a lock was (a probe where spinlocks begin to wait, by call trace). Nothing is lost.
. "${0%/*}/races_lib.sh"
need nft jq taskset

readonly TRACING=/sys/kernel/tracing FLOWS=500 ROUNDS=20
[ "$(nproc)" -ge 4 ] || skip_all "not four CPUs: two send, others have to go on with all else"
[ -e $TRACING/events ] || mount -t tracefs tracefs $TRACING 2>/dev/null || skip_all "this kernel has no tracefs"
# The tracepoint lock:contention_begin does not tell of the first who waits, see queued_spin_lock_slowpath().
waits=$(sed -n 's/^.* [tT] \(\(native_\)\?queued_spin_lock_slowpath\)$/\1/p' /proc/kallsyms | sort | head -n 1)
readonly WAITS=$TRACING/events/kprobes/lock_waits
echo "p:lock_waits $waits" >>$TRACING/kprobe_events || true
[ -e $WAITS/trigger ] || skip_all "this kernel does not say where it waits for locks"
# Debian's 5.10 has no histograms; nothing is to be lost there either.
histograms=yes
[ -e $WAITS/hist ] || histograms=no

scaled EACH 60000 1000000
load_module
setup_tmp
setup_ns A B
flood_path "$A" "$B"
tuplestat stop
tuplestat -N "$B" start
tuplestat -N "$B" set timeout-udp-unreplied 1h

watch()
{
	[ $histograms = no ] || echo 'hist:keys=stacktrace' >$WAITS/trigger
}

unwatch()
{
	: >"$WORK/hist"
	[ $histograms = yes ] || return 0
	cat $WAITS/hist >"$WORK/hist"
	echo '!hist:keys=stacktrace' >$WAITS/trigger
}

# waits: how often a CPU had to wait, by what called for the lock from our module; of all. A trace begins with the lock
# itself. What lies below an interrupt was only interrupted: it is not our module that waits.
waits()
{
	awk '/^\{/ { ours = 0; interrupted = 0 }
		/asm_sysvec_|asm_common_interrupt/ { interrupted = 1 }
		/\[tuplestat\]/ && !interrupted { ours = 1 }
		/hitcount:/ { n = $0; sub(/.*hitcount: */, "", n); all += n; if (ours) mine += n }
		END { print mine + 0, all + 0 }' "$WORK/hist"
}

# senders NAME TUPLES PORT PORT: sets OURS and ALL, the waits, once all flows are known
senders()
{
	local name=$1 tuples=$2 cpu=0 port pids=()

	shift 2
	for port; do
		flood_command "$A" "$B" --tuples "$tuples" --port "$port" --count $FLOWS
		"${FLOOD[@]}" >"$WORK/$name-first.$cpu"
		reports+=("$name-first.$cpu")
		cpu=$((cpu + 1))
	done
	cpu=0
	watch
	for port; do
		flood_command "$A" "$B" --tuples "$tuples" --port "$port" --count "$EACH"
		background taskset -c $cpu "${FLOOD[@]}" >"$WORK/$name.$cpu"
		pids+=("$PID")
		reports+=("$name.$cpu")
		cpu=$((cpu + 1))
	done
	wait "${pids[@]}"
	unwatch
	read -r OURS ALL < <(waits)
	[ $histograms = no ] || note "$name: waits for a lock of ours: $OURS; for any: $ALL"
}

# check_waits NAME COMMAND...: of OURS; skipped where the kernel does not count them
check_waits()
{
	if [ $histograms = yes ]; then
		check "$@"
	else
		skip "$1" "this kernel does not count events by call trace (CONFIG_HIST_TRIGGERS)"
	fi
}
reports=()

senders different $FLOWS 5000 6000
check_waits "2 senders, $FLOWS flows each: nobody waits for a lock of ours" [ "$OURS" -eq 0 ]
[ "$OURS" -eq 0 ] || awk -v RS= '/\[tuplestat\]/' "$WORK/hist" | sed 's/^/# /'

# They have to be at it in the same moment, which is rare where this machine has not two CPUs to spare for ours.
for ((round = 1; round <= ROUNDS; round++)); do
	senders same-$round 1 7000 7000
	if [ "$OURS" -gt 0 ] || [ $histograms = no ]; then
		break
	fi
done
check_waits "2 senders, the same flow: they wait for each other" [ "$OURS" -gt 0 ]

read -r packets bytes <<<"$(sent "${reports[@]}")"
check_arrived "$B" "$packets $bytes"
check_equal "seen is what was sent" "$packets $bytes" "$(stats "$B" '"\(.seen.packets) \(.seen.bytes)"')"
check_equal "flows" $((2 * FLOWS + 1)) "$(stats "$B" .live.flows)"
check_exact "2 senders" "$B"
echo -:lock_waits >>$TRACING/kprobe_events
finish
