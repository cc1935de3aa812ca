#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The wall clock is set back and forth by hours while flows live. The date of a flow's first packet moves with it.
# FIRST_MONOTONIC does not: it lies between two readings of CLOCK_MONOTONIC around the first packet, is the same in lists
# and in events, and differs between two connections of one 5-tuple. "export ipfix" counts each packet once, even if the
# counters alone would mistake one flow for another.
# timeout: 300
. "${0%/*}/export_lib.sh"
. "${0%/*}/clock_lib.sh"
need jq python3

readonly PORT=4739 HOUR=3600
load_module
setup_tmp
setup_ns A C
tuplestat -N "$A" set timeout-time-wait 1h timeout-udp-unreplied 1h
tuplestat -N "$A" start

# listed COLUMN...: TSV of all TCP flows, in an order that does not depend on the clock
listed()
{
	local IFS=,

	tuplestat -N "$A" --format tsv -H -o "orig.addr,orig.port,$*" tcp | sort
}

# --- between two readings of the clock ---

monitor events "$A" -j monitor
for addr in 127.0.0.1 ::1; do
	ip netns exec "$A" /usr/bin/python3 -S "$SELFTESTS/clock_witness.py" "$addr" 5000 40001 40002 40001 40003
done >"$WORK/witness"
check "all events of the connections were printed" wait_for printed_all events "$A"

# events_of NAME: "ADDR SOURCE-PORT FIRST_MONOTONIC" per event of that name; not by jq, which would round. Sorted, since
# events may arrive in another order than flows begin.
events_of()
{
	grep -E "^\{\"event\":\[[^]]*\"$1\"" "$WORK/events" | sed -E \
		's/.*"orig":\{"addr":"([^"]*)","port":([0-9]+),.*"first_monotonic":([0-9]+\.[0-9]{9})\}$/\1 \2 \3/' |
		sort -k 1,2 -k 3,3n
}

sort -k 1,2 -k 3,3n "$WORK/witness" >"$WORK/readings"
events_of new >"$WORK/new"
check_equal "each connection: an event when it begins" "$(cut -d ' ' -f 1,2 "$WORK/readings")" "$(cut -d ' ' -f 1,2 "$WORK/new")"
# shellcheck disable=SC2016 # for awk
check "first_monotonic: between the readings before and after connect()" awk '
	{ sub(/\./, "", $7) }
	$7 + 0 < $3 + 0 || $7 + 0 > $4 + 0 { print; bad = 1 }
	END { exit bad || NR != 8 }' <(paste -d ' ' "$WORK/readings" "$WORK/new")
check_equal "two connections of one 5-tuple: two values of first_monotonic" 8 "$(sort -u "$WORK/new" | wc -l)"
check_equal "list and events: the same first_monotonic" \
	"$(tac "$WORK/new" | sort -s -u -k 1,2)" "$(listed first_monotonic | tr '\t' ' ')"

# --- the clock is set ---

listed first_monotonic,duration >"$WORK/monotonic"
listed first >"$WORK/first"
tuplestat -N "$A" --format zeek -H tcp | cut -f 2 | sort >"$WORK/uids"
for step in $((2 * HOUR)) $((-5 * HOUR)) $((100 * 24 * HOUR)) $HOUR; do
	cp "$WORK/first" "$WORK/before"
	set_clock_by "$step"
	listed first >"$WORK/first"
	# shellcheck disable=SC2016 # for awk
	check "clock set by $step s: first moves by that" awk -v step="$step" '
		{ moved = $6 - $3 - step }
		moved < -10 || moved > 10 { print; bad = 1 }
		END { exit bad || NR != 6 }' <(paste "$WORK/before" "$WORK/first")
	check_equal "clock set by $step s: first_monotonic and duration stay" "$(<"$WORK/monotonic")" \
		"$(listed first_monotonic,duration)"
	check_equal "clock set by $step s: Zeek's uid stays" "$(<"$WORK/uids")" \
		"$(tuplestat -N "$A" --format zeek -H tcp | cut -f 2 | sort)"
done

name="another time namespace: first_monotonic is that of the initial one"
if unshare --time --fork --monotonic 1000000 true 2>"$WORK/unshare"; then
	check_equal "$name" "$(<"$WORK/monotonic")" "$(
		# shellcheck disable=SC2016 # for the inner shell
		unshare --time --fork --monotonic 1000000 bash -c 'tuplestat -N "$1" --format tsv -H \
			-o orig.addr,orig.port,first_monotonic,duration tcp | sort' - "$A")"
else
	skip "$name" "$(<"$WORK/unshare")"
fi

tuplestat -N "$A" flush tcp >"$WORK/flush"
check "all events of the ends were printed" wait_for printed_all events "$A"
ended events
check_equal "events after the clock was set: the same first_monotonic" "$(<"$WORK/new")" "$(events_of end)"

# --- an exporter, while the clock is set ---

tuplestat -N "$A" set timeout-active 1
collector steps "$C" tcp 127.0.0.1 $PORT
exporter steps "$A" "$C" --to 127.0.0.1:$PORT --tcp
# shellcheck disable=SC2016 # for the inner shell
background ip netns exec "$A" bash -c 'exec 3>/dev/udp/127.0.0.1/5000 {never}<> <(:)
	for ((;;)); do
		echo . >&3 || true
		read -rt 0.05 -u $never || true
	done 2>/dev/null'
talker=$PID
check "a flow goes on: records arrive" wait_for -t 60 has_records steps 2
# Less than an hour: the collector rejects messages that are further off.
for step in 3000 -3000 -3000 3000; do
	set_clock_by $step
	check "clock set by $step s: records still arrive" wait_for -t 60 has_records steps $(($(wc -l <"$WORK/steps") + 2))
done
kill "$talker"
wait "$talker" 2>/dev/null || true
ended steps
check_equal "steps: exit status" 0 "$STATUS"
read -r sent _ <<<"$(tail -n 1 "$WORK/steps.err")"
check "all records arrived ($sent)" wait_for has_records steps "$sent"
collector_end steps
check_equal "the collector found no error" "[]" "$(of_collector steps .errors)"
# The kernel's count of what the talker sent.
# shellcheck disable=SC2016 # for awk
check_equal "the records add up to the datagrams sent" \
	"$(ip netns exec "$A" awk '/^Udp: [0-9]/ { print $5 }' /proc/net/snmp)" \
	"$(jq -s 'map(.packetDeltaCount) | add' "$WORK/steps")"
check_equal "no record is as long as a step of the clock" 0 \
	"$(jq -s 'map(select(.flowEndMilliseconds - .flowStartMilliseconds > 600000)) | length' "$WORK/steps")"
check "the durations of the records add up to that of the flow" awk -v duration="$(
	tuplestat -N "$A" --format tsv -H -o duration dport 5000)" -v sum="$(
	jq -s 'map(.flowEndMilliseconds - .flowStartMilliseconds) | add' "$WORK/steps")" -v records="$sent" '
	BEGIN { ms = duration * 1000; exit !(duration > 1 && sum >= ms - records && sum <= ms + records) }'

# --- an exporter that misses an end and a beginning ---

# one_flow COUNT: sends COUNT datagrams of one flow; adds the sender's own count to datagrams
datagrams=0
one_flow()
{
	# shellcheck disable=SC2034 # for reported
	REPORT=$(client "$A" udp flood 127.0.0.1 5001 --source-port 10000 --count "$1" --report)
	datagrams=$((datagrams + $(reported datagrams_sent)))
}

tuplestat -N "$A" set timeout-active 1h
one_flow 3
collector missed "$C" tcp 127.0.0.1 $PORT
exporter missed "$A" "$C" --to 127.0.0.1:$PORT --tcp buffer 2048
# The exporter does not export what a flow had before.
datagrams=0
signal STOP missed
before=$(event_seq "$A")
client "$A" udp flood 127.0.0.1 5002 --source-port 10000 --ports 500 --count 500
check "the exporter's buffer is full of other events" wait_for -t 60 numbered $((before + 500))
tuplestat -N "$A" flush udp dport 5001 >"$WORK/flush"
set_clock_by $((-HOUR / 2))
one_flow 5
signal CONT missed
check "events missed: the flows are exported from a list" wait_for -t 60 has_records missed 500
ended missed
check_equal "events missed: the exit status is 3" 3 "$STATUS"
read -r sent _ <<<"$(tail -n 1 "$WORK/missed.err")"
check "all records arrived ($sent)" wait_for has_records missed "$sent"
collector_end missed
check_equal "the collector found no error" "[]" "$(of_collector missed .errors)"
check_equal "end and beginning missed: the new flow of the 5-tuple is exported in full" "$datagrams" "$(jq -s \
	'map(select(.destinationTransportPort == 5001) | .packetDeltaCount) | add' "$WORK/missed")"
finish
