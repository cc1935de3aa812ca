#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "tuplestat check" proves the ledger: exact at rest, after traffic of either address family; and amid a flood whose
# flows begin and end all the time it is consistent or exact, never broken.
# timeout: 300
. "${0%/*}/flood_lib.sh"
need jq tc

scaled LOOPS 20 200
readonly FLOWS=5000 RATE=2000
load_module
setup_ns A B
flood_path "$B" "$A" 10.0.0.2/24,fd00::2/64 10.0.0.1/24,fd00::1/64
tuplestat -N "$A" start

# proof: sets STATUS, and PROOF to what check says in JSON
proof()
{
	STATUS=0
	PROOF=$(tuplestat -N "$A" -j check) || STATUS=$?
}

# Whether no packet came meanwhile: IPv6 sends some of its own accord.
at_rest()
{
	proof
	[ "$(jq -r .ledger <<<"$PROOF")" != consistent ]
}

# check_proof NAME
check_proof()
{
	wait_for at_rest || true
	check_equal "$1: exact, the exit status is 0" "exact 0" "$(jq -r .ledger <<<"$PROOF") $STATUS"
	check_equal "$1: all that was seen is accounted for" true \
		"$(jq '.seen_before == .accounted and .accounted == .seen and (keys | length) == 4' <<<"$PROOF")"
	# There may be more by now
	check "$1: in words" grep -qxE "exact: [0-9]+ packets and [0-9]+ bytes seen, and all accounted for" \
		<(tuplestat -N "$A" check)
}

check_proof "before the first packet"
for kind in "4 10.0.0.2" "6 fd00::2"; do
	read -r family addr <<<"$kind"
	before=$(stats "$A" .seen.packets)
	converse "$B" "$A" tcp general "$addr" 5000 "4000$family" --count 3
	converse "$B" "$A" tcp thanks "$addr" 5001 "4100$family"
	converse "$B" "$A" udp echo "$addr" 5002 "4200$family" --count 3 --size 4000
	check_proof "after traffic over IPv$family"
	check "there was such traffic" test "$(stats "$A" .seen.packets)" -gt $((before + 30))
done
tuplestat -N "$A" flush >/dev/null
check_proof "all flows ended"

# --- amid a flood ---

# On one CPU the sender may never run during a sum. So a queue holds its packets, and a timer's interrupt sends one at a
# time, with less between two than a sum takes. They have 52 bytes on average, and come a little faster than they leave.
paced=yes
tc -n "$B" qdisc add dev veth0 root netem rate $((RATE * 52 * 8))bit 2>/dev/null || paced=no

# Ten times as many flows as there is room for, of both families.
tuplestat -N "$A" set max-flows $FLOWS
begin_flood flood "$B" "$A" --tuples $((10 * FLOWS)) --rate $((RATE * 11 / 10))
flood=$PID

declare -A said=() statuses=()
ended_before=$(stats "$A" '[.ended[].flows] | add // 0')
seen=-1 grown=0 invalid=0
for ((i = 0; i < LOOPS; i++)); do
	proof
	read -r word now <<<"$(jq -r '"\(.ledger) \(.seen.packets)"' <<<"$PROOF")" || invalid=$((invalid + 1))
	said[$word]=$((${said[$word]:-0} + 1))
	statuses[$STATUS]=$((${statuses[$STATUS]:-0} + 1))
	[ "$word" != broken ] || note "$PROOF"
	grown=$((grown + (now > seen)))
	seen=$now
	[ $((i % 4)) -ne 0 ] || tuplestat -N "$A" flush >/dev/null
done
check "the flood lasted" kill -0 "$flood"
end_flood "$flood"
note "of $LOOPS: ${said[exact]:-0} exact, ${said[consistent]:-0} consistent"
check_equal "amid a flood: never a breach, the exit status is 0 each time" "0 $LOOPS" \
	"${said[broken]:-0} ${statuses[0]:-0}"
check_equal "the JSON is valid each time" 0 "$invalid"
check_equal "packets came all the time" "$LOOPS" "$grown"
if [ $paced = yes ]; then
	check "packets came while it was added up" test "${said[consistent]:-0}" -gt 0
else
	skip "packets came while it was added up" "no netem in this kernel"
fi
check "flows ended all the time" test "$(stats "$A" '[.ended[].flows] | add')" -gt $((ended_before + 1000))

# What is on its way is seen within moments.
is_exact()
{
	proof
	[ "$(jq -r .ledger <<<"$PROOF")" = exact ]
}
check "all of the flood is accounted for" wait_for is_exact
check_proof "after the flood"
finish
