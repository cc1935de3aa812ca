#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tracepoints tuplestat:flow_new, flow_established and flow_end: each once for each connection of a capture that
# got so far, with the ends and the counts that the capture has.
. "${0%/*}/lib.sh"
need tcpdump tshark jq

readonly TRACING=/sys/kernel/tracing
[ -e $TRACING/events ] || mount -t tracefs tracefs $TRACING 2>/dev/null || skip_all "this kernel has no tracefs"
load_module
[ -d $TRACING/events/tuplestat ] || skip_all "this kernel has no tracepoints of modules"
setup_tmp
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
capture "$A" veth0
tuplestat -N "$A" start

check_equal "the tracepoints" "flow_end flow_established flow_new" \
	"$(cd $TRACING/events/tuplestat && printf '%s\n' flow_* | sort | paste -sd ' ')"
echo >$TRACING/trace
echo 1 >$TRACING/events/tuplestat/enable

for kind in "4 10.0.0.2" "6 fd00::2"; do
	read -r family addr <<<"$kind"
	converse "$B" "$A" tcp general "$addr" 5000 "4000$family" --count 2 --size "10$family"
	converse "$B" "$A" tcp thanks "$addr" 5001 "4100$family"
	converse "$B" "$A" udp echo "$addr" 5002 "4200$family" --count 3
	# refused, and not answered
	client "$A" tcp general "$addr" 5003 --source-port "4300$family" 2>/dev/null || true
	client "$A" udp flood "$addr" 5004 --source-port "4400$family" --count 2
done
capture_end 10.0.0.2
tuplestat -N "$A" flush >"$WORK/flush"
echo 0 >$TRACING/events/tuplestat/enable
grep -o 'flow_[a-z]*: .*' $TRACING/trace | grep -v ':9 ' >"$WORK/trace" || true

# fired EVENT: its lines, without what is told of the end: "PROTO ORIG -> REPLY"
fired()
{
	sed -n "s/^flow_$1: \(.*\) state=.*/\1/p" "$WORK/trace" | sort
}

# The capture's connections: of the two directions of each, the one from an ephemeral port. COLUMN: of what is to be
# there besides, packets and bytes of both directions
_dissect
connections()
{
	awk -v answered="$1" -v counts="$2" '
		function end(addr, port) { return (addr ~ /:/ ? "[" addr "]" : addr) ":" port }
		{
			from = end($2, $3)
			to = end($4, $5)
			orig = $3 >= 40000
			key = substr($1, 1, 3) " " (orig ? from " -> " to : to " -> " from)
			packets[key]++
			bytes[key] += $6
			# an answer that is no refusal: without RST
			open[key] += !orig && !$11
		}
		END {
			for (key in packets)
				if (!answered || open[key])
					print key (counts ? " packets=" packets[key] " bytes=" bytes[key] : "")
		}' "$WORK/packets" | sort
}

all=$(connections 0 0)
check_equal "the capture has 10 connections" 10 "$(wc -l <<<"$all")"
check_equal "flow_new: once for each" "$all" "$(fired new)"
check_equal "flow_established: once for each that was answered" "$(connections 1 0)" "$(fired established)"
check_equal "flow_end: once for each" "$all" "$(fired end)"
check_equal "flow_end: packets and bytes as captured" "$(connections 0 1)" \
	"$(sed -n 's/^flow_end: \(.*\) state=[0-9]* \(packets=.*\) end_reason=.*/\1 \2/p' "$WORK/trace" | sort)"
check_equal "flow_end: the reason, flushed (4)" "10 end_reason=4" \
	"$(sed -n 's/^flow_end: .* \(end_reason=.*\)/\1/p' "$WORK/trace" | uniq -c | xargs)"
check_equal "of what lives, no reason" "0" \
	"$(sed -n '/^flow_end/!s/.* end_reason=//p' "$WORK/trace" | sort -u | xargs)"
check_equal "flow_new: its first packet is counted" "packets=1" \
	"$(sed -n 's/^flow_new: .* \(packets=[0-9]*\) bytes=[1-9].*/\1/p' "$WORK/trace" | sort -u)"
# enum tuplestat_state: established is 3, and a datagram's flow with an answer 11
check_equal "flow_established: the states, of TCP and UDP" "tcp 3 udp 11" \
	"$(sed -n 's/^flow_established: \(...\) .* state=\([0-9]*\) .*/\1 \2/p' "$WORK/trace" | sort -u | xargs)"
check_equal "in time, one flow after the other: new, established, end" "" "$(awk '
	{ rank = $1 == "flow_new:" ? 1 : $1 == "flow_established:" ? 2 : 3; key = $2 $3 $5 }
	rank <= last[key] { print }
	{ last[key] = rank }' "$WORK/trace")"

# --- who leaves it on ---

echo 1 >$TRACING/events/tuplestat/enable
client "$A" udp flood 10.0.0.2 5005 --source-port 45000 --ports 100 --count 100
check "the module can be unloaded while it is traced" unload_module
check "with it the tracepoints are gone" [ ! -d $TRACING/events/tuplestat ]
load_module
echo >$TRACING/trace
tuplestat -N "$A" start
client "$A" udp flood 10.0.0.2 5006 --source-port 46000
check_equal "in a new one they are off" 0 "$(grep -c 'flow_' $TRACING/trace || true)"
finish
