#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a slow listener does not get is counted to the last event: what came and what is missing add up to what was
# sent, as another listener with room for all of it says. The monitor tells how many it missed, and then how the flows
# are: whoever follows what it prints ends up with the very table.
# timeout: 600
. "${0%/*}/events_lib.sh"
need jq python3

# Each flow is told of twice.
scaled FLOWS 5000 50000
readonly PORT=10000
load_module
setup_ns A
# nobody is told of what goes to port 9, and no flow makes room for another
tuplestat -N "$A" set max-flows $((FLOWS * 2)) timeout-udp-unreplied 24h
tuplestat -N "$A" start

# count NAME FIELD: of what an event_listener counted
count()
{
	jq ".$2" "$WORK/$1"
}

# make_flows [PORT]: FLOWS of them, with one packet each
make_flows()
{
	client "$A" udp flood 127.0.0.1 "${1:-5000}" --source-port $PORT --ports "$FLOWS" --count "$FLOWS"
}

# --- a listener of our own ---

listener fast "$A"
listener slow "$A" 2048 2000
make_flows
check "each flow is told of as it begins" wait_for -t 60 numbered "$FLOWS"
tuplestat -N "$A" flush >"$WORK/flush"
check "and as it ends" wait_for -t 60 numbered $((FLOWS * 2))
sent=$(event_seq "$A")
lost=$(stats "$A" .events.lost)
ended fast
ended slow
check_equal "sent: two events a flow, and all of them came where there was room" \
	"$((FLOWS * 2)) $FLOWS 0 0 $FLOWS" "$(heard fast)"
check_equal "as many as were numbered, less those that no message was made for" "$((sent - lost))" \
	"$(count fast events)"
check "the slow one has lost some ($(count slow events) of $sent came)" test "$(count slow events)" -lt "$sent"
check "and was told so" test "$(count slow overruns)" -gt 0
check_equal "came and missing are what was sent, to the last one" "$sent" "$(($(count slow first) - 1 +
	$(count slow events) + $(count slow missing) + sent - $(count slow last)))"
check_equal "in order" "0 0" "$(count fast disorder) $(count slow disorder)"

# --- events that no message is made for ---

# No room for what has ended: the worker cannot keep up with flows that push out each other.
setup_ns S
tuplestat -N "$S" set max-flows 16
tuplestat -N "$S" start
listener fast "$S"
client "$S" udp flood 127.0.0.1 5000 --source-port $PORT --ports "$FLOWS" --count "$FLOWS"
tuplestat -N "$S" stop
sent=$(event_seq "$S")
lost=$(stats "$S" .events.lost)
ended fast
if [ "$lost" -eq 0 ] && [ "${SCALE:-short}" = debug ]; then
	skip "of a table full of ended flows, some are not told of" "a debug kernel sends so slowly that all are"
else
	check "of a table full of ended flows, some are not told of ($lost)" test "$lost" -gt 0
fi
check_equal "they are counted: what came and what was lost is what was numbered" "$sent" \
	"$(($(count fast events) + lost))"
# What stop has ended comes last, and came.
check_equal "and are missing in the numbers" "$lost $sent" \
	"$(($(count fast first) - 1 + $(count fast missing))) $(count fast last)"
check_equal "each flow that ended was told of, or lost" "$(stats "$S" '[.ended[].flows] | add')" \
	"$(($(count fast end) + lost))"

# --- the monitor ---

# follow NAME: what it printed is followed as a reader would: what was missed makes all that is known doubtful, and
# what is printed from then on is true. Prints "EVENTS MISSED RESYNCED", the flows that are left to $WORK/NAME.flows,
# as table() does.
follow()
{
	python3 -S - "$WORK/$1" "$WORK/$1.flows" <<-'END'
		import json, sys
		flows, events, missed, resynced = {}, 0, 0, 0
		def describe(flow):
		    return " ".join(str(word) for end in ("orig", "reply") for word in (
		        flow[end]["addr"], flow[end]["port"], flow[end]["packets"], flow[end]["ip_bytes"]))
		for line in open(sys.argv[1]):
		    flow = json.loads(line)
		    if "missed" in flow:
		        missed += flow["missed"]
		        flows = {}
		        continue
		    resynced += flow["event"] == ["resync"]
		    events += flow["event"] != ["resync"]
		    key = flow["orig"]["port"], flow["reply"]["port"], flow["proto"]
		    if "end" in flow["event"]:
		        flows.pop(key, None)
		    else:
		        flows[key] = "%s %s" % (flow["state"], describe(flow))
		with open(sys.argv[2], "w") as out:
		    out.write("".join(sorted(flow + "\n" for flow in flows.values())))
		print(events, missed, resynced)
	END
}

# table: the flows as they are
table()
{
	tuplestat -N "$A" -j | python3 -S -c '
import json, sys
print("".join(sorted("%s %s\n" % (flow["state"], " ".join(str(word) for end in ("orig", "reply") for word in (
    flow[end]["addr"], flow[end]["port"], flow[end]["packets"], flow[end]["ip_bytes"])))
    for flow in json.load(sys.stdin))), end="")'
}

# showed NAME: for wait_for: flows were shown after what was missed
showed()
{
	[[ $(tail -n 1 "$WORK/$1") == '{"event":["resync"]'* ]]
}

before=$(event_seq "$A")
monitor stalled "$A" -j monitor buffer 2048
monitor roomy "$A" -j monitor buffer 100000000
monitor other "$A" -j monitor buffer 2048 port 9
signal STOP stalled
make_flows 5001
check "flows begin" wait_for -t 60 numbered $((before + FLOWS))
tuplestat -N "$A" flush port $PORT-$((PORT + FLOWS / 2 - 1)) >"$WORK/flush"
check "half of them end" wait_for -t 60 numbered $((before + FLOWS + FLOWS / 2))
signal CONT stalled
check "the monitor shows the flows anew" wait_for -t 60 showed stalled

# A flow that begins now, and one that ends, are told of as always.
client "$A" udp flood 127.0.0.1 5002 --source-port $PORT --count 2
tuplestat -N "$A" flush port $((PORT + FLOWS - 1)) >"$WORK/flush"
sent=$((before + FLOWS + FLOWS / 2 + 2))
check "one more begins, and one ends" wait_for numbered $sent
check "they are printed" wait_for printed_all stalled "$A"
table >"$WORK/table"
for name in stalled roomy other; do
	ended $name
	statuses+=" $STATUS"
done
read -r events missed resynced <<<"$(follow stalled)"
note "stalled: $events events, $missed missed, $resynced flows shown anew"
check_equal "exit status: 3 where events were missed, 0 where not" " 3 0" "${statuses% *}"
check_equal "printed and missed are what was sent" "$sent" "$((before + events + missed))"
check "most were missed" test "$missed" -gt $((FLOWS / 2))
check_equal "it says the same at its end" "$events events, $missed missed" "$(<"$WORK/stalled.err")"
check_equal "each flow that lives is shown anew" $((FLOWS - FLOWS / 2)) "$resynced"
check "whoever follows it has the table: $(wc -l <"$WORK/table") flows" cmp "$WORK/table" "$WORK/stalled.flows"
check_equal "with room for all, nothing is missed or shown anew" "$((sent - before)) 0 0" "$(follow roomy)"
check "and the table is the same" cmp "$WORK/table" "$WORK/roomy.flows"
check_equal "a monitor of other flows, of no packet: nothing but what it missed" "0 events" \
	"$(sed 's/,.*//' "$WORK/other.err")"
finish
