#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Network namespaces together never have more flows than the module parameter all_max_flows says, and one that belongs
# to an unprivileged user no more than userns_max_flows; what found no room is in the ledger.
. "${0%/*}/flood_lib.sh"
need nft jq unshare nsenter

scaled CEILING 1000 20000
readonly USERNS=100 TUPLES=$((CEILING * 2))
load_module all_max_flows="$CEILING" userns_max_flows=$USERNS
need_slabinfo
setup_tmp
setup_ns A B C D
tuplestat stop
flood_path "$A" "$B"
flood_path "$C" "$D"
for ns in "$B" "$D"; do
	tuplestat -N "$ns" set max-flows $((CEILING * 4)) timeout-udp-unreplied 1h
	tuplestat -N "$ns" start
done

together()
{
	echo $(($(stats "$B" .live.flows) + $(stats "$D" .live.flows)))
}

# check_lines NAME NS PACKETS: what was sent is live, or has ended, or was refused; which of it, is the rest of the name
check_lines()
{
	local live ended refused

	live=$(stats "$2" .live.packets)
	ended=$(line "$2" lack-of-resources packets)
	refused=$(line "$2" table-full packets)
	check_equal "$1: of $3 packets $live live, $ended made room, $refused refused: all" "$3" \
		$((live + ended + refused))
	check_exact "$1" "$2"
}

# --- one after the other ---

flood "$A" "$B" --tuples $TUPLES --count $TUPLES
check_equal "a ceiling of $CEILING, $TUPLES tuples: one namespace alone" "$CEILING" "$(stats "$B" .live.flows)"
check_lines "a ceiling of $CEILING, one namespace" "$B" $TUPLES
flood "$C" "$D" --tuples $TUPLES --count $TUPLES
check "a ceiling of $CEILING: together" [ "$(together)" -le "$CEILING" ]
check_lines "a ceiling of $CEILING, the other namespace" "$D" $TUPLES

# Half the room is given back, which the other one can have.
tuplestat -N "$B" -4 flush >/dev/null
left=$(stats "$B" .live.flows)
check "half of the flows were deleted" [ "$left" -lt $((CEILING * 3 / 4)) ]
flood "$C" "$D" --tuples $TUPLES --count $TUPLES
check_equal "a ceiling of $CEILING: the other has what was given back" $((CEILING - left)) \
	"$(stats "$D" .live.flows)"

# --- at once ---

tuplestat -N "$B" flush >/dev/null
tuplestat -N "$D" flush >/dev/null
check_equal "all room is given back" 0 "$(together)"
before_b=$(stats "$B" .seen.packets) before_d=$(stats "$D" .seen.packets)
begin_flood to_b "$A" "$B" --random 1 --count $((TUPLES * 5))
first=$PID
begin_flood to_d "$C" "$D" --random 2 --count $((TUPLES * 5))
second=$PID
most=0
while kill -0 "$first" 2>/dev/null || kill -0 "$second" 2>/dev/null; do
	now=$(together)
	[ "$now" -le "$most" ] || most=$now
done
wait "$first" "$second"
check "a ceiling of $CEILING, two floods of $((TUPLES * 5)) packets: never more together ($most)" \
	[ "$most" -le "$CEILING" ]
check_equal "a ceiling of $CEILING, two floods: at the end" "$CEILING" "$(together)"
for ns in "$B" "$D"; do
	before=$before_b name=to_b
	[ "$ns" = "$B" ] || before=$before_d name=to_d
	check_equal "a ceiling of $CEILING, two floods: $name: seen = sent" "$(sent $name | cut -d ' ' -f 1)" \
		$(($(stats "$ns" .seen.packets) - before))
	check_exact "a ceiling of $CEILING, two floods: $name" "$ns"
done
slab=/sys/kernel/slab/tuplestat_flow
slack=$(($(nproc) * (2 * $(<$slab/cpu_partial) + 2 * $(<$slab/objs_per_slab))))
echo 1 >$slab/shrink
check "a ceiling of $CEILING: slab objects, but for $slack that CPUs keep" [ "$(objects)" -le $((CEILING + slack)) ]
tuplestat -N "$B" stop
tuplestat -N "$D" stop

# --- a namespace of an unprivileged user ---

# shellcheck disable=SC2016 # for the inner shell
background unshare --user --map-root-user --net bash -c 'ip link set lo up; : >"$1"; exec sleep 1000' - "$WORK/there"
wait_for [ -e "$WORK/there" ]
# its root's own words
inside=(nsenter --target "$PID" --user --net --preserve-credentials)
check "a user's namespace: its root can start" "${inside[@]}" "$ROOT/build/tuplestat" start
check "a user's namespace: it has userns_max_flows" \
	grep -qx "max-flows $USERNS" <("${inside[@]}" "$ROOT/build/tuplestat" config)
rc=0
"${inside[@]}" "$ROOT/build/tuplestat" set max-flows $((USERNS + 1)) 2>"$WORK/error" || rc=$?
check_equal "a user's namespace: its root cannot set more" 2 $rc
check "a user's namespace: and is told why" grep -q userns_max_flows "$WORK/error"
check "a user's namespace: less it can" "${inside[@]}" "$ROOT/build/tuplestat" set max-flows $((USERNS - 1))
check "a user's namespace: and back" "${inside[@]}" "$ROOT/build/tuplestat" set max-flows $USERNS
REPORT=$("${inside[@]}" "$TRAFFIC/traffic_client" udp flood 127.0.0.1 5000 --source-port 40000 --ports 500 --count 500 \
	--report)
check_equal "a user's namespace, 500 tuples: never more flows" $USERNS \
	"$("${inside[@]}" "$ROOT/build/tuplestat" -j stats | jq .live.flows)"
check_equal "a user's namespace, 500 tuples: all is live, made room or was refused" "$(reported datagrams_sent)" \
	"$("${inside[@]}" "$ROOT/build/tuplestat" -j stats |
		jq "$ACCOUNTED accounted(.packets) - (.unattributed[] | select(.reason == \"protocol\") | .packets)")"

# Whatever they may have each, users' namespaces have half of the ceiling together.
echo $((CEILING * 2)) >/sys/module/tuplestat/parameters/userns_max_flows
"${inside[@]}" "$ROOT/build/tuplestat" set max-flows "$CEILING"
REPORT=$("${inside[@]}" "$TRAFFIC/traffic_client" udp flood 127.0.0.1 5000 --source-port 40000 --ports "$CEILING" \
	--count "$CEILING" --report)
check_equal "a user's namespace, a ceiling of $CEILING, as many tuples: half of it" $((CEILING / 2)) \
	"$("${inside[@]}" "$ROOT/build/tuplestat" -j stats | jq .live.flows)"
finish
