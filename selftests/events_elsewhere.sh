#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A listener costs its own namespace only: in another one events are numbered, but not built, except for one per second,
# which finds out whether a listener has come. A listener that comes sees by the numbers what it missed, and one that asks
# for the last number when it has joined misses nothing. Probes on two functions of the module count what is built and
# sent: the netlink interface would not tell, as to ask for the statistics is to say that a listener may have come.
# timeout: 300
. "${0%/*}/events_lib.sh"
need jq

readonly TRACING=/sys/kernel/tracing FLOWS=2000
load_module
[ -e $TRACING/kprobe_events ] || mount -t tracefs tracefs $TRACING 2>/dev/null || true
[ -w $TRACING/kprobe_events ] || skip_all "this kernel has no kprobe_events"
setup_tmp
setup_ns A B
tuplestat -N "$A" start
tuplestat -N "$B" start
# Flows end when they are flushed, and at no other time.
tuplestat -N "$A" set timeout-udp-unreplied 1h timeout-none 1h timeout-fin-wait 1h timeout-close-wait 1h \
	timeout-last-ack 1h timeout-time-wait 1h timeout-close 1h

probes=()
# probe NAME FUNCTION: counts its calls; to be removed by remove_probes
probe()
{
	echo "p:$1 tuplestat:$2" >>$TRACING/kprobe_events
	probes+=("$1")
	echo 1 >"$TRACING/events/kprobes/$1/enable"
}

remove_probes()
{
	local name

	for name in "${probes[@]}"; do
		echo 0 >"$TRACING/events/kprobes/$name/enable"
		echo "-:$name" >>$TRACING/kprobe_events
	done
	probes=()
}

# calls NAME: of the probe, so far
calls()
{
	awk -v name="$1" '$1 == name { print $2 }' $TRACING/kprobe_profile
}

# called NAME COUNT: for wait_for
called()
{
	[ "$(calls "$1")" -ge "$2" ]
}

probe built tstat_events_push
probe sent tstat_netlink_send_events

port=5000
# make_flows COUNT: new flows, by as many datagrams that nobody answers
make_flows()
{
	port=$((port + 1))
	client "$A" udp flood 127.0.0.1 $port --source-port 10000 --ports "$1" --count "$1"
}

# For wait_for: one more flow; whether a message was sent since there were $messages of them. Adds to made.
asked()
{
	make_flows 1
	made=$((made + 1))
	called sent $((messages + 1))
}

# become_unheard: an event that reaches nobody; for less than a second from then on none is built. Sets made, the flows
# that this took.
become_unheard()
{
	messages=$(calls sent) made=0
	wait_for asked
}

# --- a listener elsewhere ---

make_flows 10
check_equal "no listener anywhere: nothing is built or numbered" "0 0 0" "$(calls built) $(calls sent) $(event_seq "$A")"
tuplestat -N "$A" flush >/dev/null

listener elsewhere "$B"
become_unheard
first=$made built=$(calls built) sent=$(calls sent) began=$SECONDS
make_flows $FLOWS
tuplestat -N "$A" flush >/dev/null
built=$(($(calls built) - built)) sent=$(($(calls sent) - sent)) took=$((SECONDS - began + 1))
note "$((2 * FLOWS)) events in $took s: $built were built, in $sent messages"
check "a listener elsewhere, $FLOWS flows begin and end: few events are built" [ $built -lt $((FLOWS / 4)) ]
check "a listener elsewhere: one message per second at most" [ "$sent" -le $((took + 1)) ]
check_equal "a listener elsewhere: all events are numbered" $((2 * (FLOWS + first))) "$(event_seq "$A")"
check_equal "a listener elsewhere: none is called lost" 0 "$(stats "$A" .events.lost)"

# --- flows that begin all the time ---

# As nearly always one of them is the first after a second, the others find the question asked, and nobody there.
# shellcheck disable=SC2016 # for the inner shell
background ip netns exec "$A" bash -c 'exec {never}<> <(:)
	while :; do
		echo >/dev/udp/127.0.0.1/4000
		read -rt 0.02 -u "$never"
	done'
trickle=$PID
wait_for called sent $((sent + 1))

# begun: flows that begin by the trickle have one event each, as they stay
begun()
{
	tuplestat -N "$A" -j udp dport 4000 | jq length
}

tuplestat -N "$A" set timeout-active 1
background ip netns exec "$A" "$TRAFFIC/talkers" server 4999 "$WORK/server"
wait_for [ -e "$WORK/server" ]
background ip netns exec "$A" "$TRAFFIC/talkers" client 4999 20 200 "$WORK/stop" "$WORK/talking" 127.0.0.1
talkers=$PID
wait_for [ -e "$WORK/talking" ]
before=$(event_seq "$A") flows=$(begun)
pause 5
flows=$(($(begun) - flows))
interim=$(($(event_seq "$A") - before - flows))
kill "$talkers"
note "in 5 s: $flows flows began, $interim interim events of 20 connections that talk, active timeout 1 s"
check "a listener elsewhere, 20 connections: their interim events are numbered" [ $interim -ge 40 ]
tuplestat -N "$A" set timeout-active 1800

# --- a listener comes, and asks ---

for round in 1 2 3; do
	listener asks "$A"
	before=$(event_seq "$A")
	wait_for numbered $((before + 50))
	last=$(event_seq "$A")
	ended asks
	# what it received before it had asked does not count
	check_equal "a listener comes, and asks for the last number, round $round: it has all events from then on" "true 0" \
		"$(jq -r --argjson before "$before" --argjson last "$last" \
			'"\(.first <= $before + 1 and .last >= $last) \(.missing)"' "$WORK/asks")"
done
kill "$trickle"
wait "$trickle" 2>/dev/null || true

# --- a listener comes, and does not ask ---

# Whether the listener came early enough is a matter of how fast that is: less than a second.
for ((round = 1; round <= 20; round++)); do
	before=$(event_seq "$A")
	become_unheard
	before=$((before + made))
	listener late "$A"
	messages=$(calls sent) made=100
	make_flows 100
	wait_for asked
	last=$(event_seq "$A")
	ended late
	missed=$(jq ".first - $before - 1 + .missing" "$WORK/late")
	events=$(jq .events "$WORK/late")
	[ "$missed" -eq 0 ] || break
done
note "round $round: $events events came, $missed were missed"
check "a listener comes, and does not ask: it misses some" [ "$missed" -gt 0 ]
check "a listener comes, and does not ask: it receives events from the next second on" [ "$events" -gt 0 ]
check_equal "a listener comes, and does not ask: its numbers say how many it missed" "$made $((before + made))" \
	"$((events + missed)) $last"

# --- a listener that does not read as fast as events come ---

listener slow "$A" 4096 100000
built=$(calls built)
make_flows $FLOWS
built=$(($(calls built) - built))
note "a slow listener: $built of $FLOWS events were built"
check "a listener whose buffer is full is not taken for none" [ $built -gt $((FLOWS / 2)) ]
ended slow
check "it missed some" [ "$(jq .overruns "$WORK/slow")" -gt 0 ]

# --- the other listener, all that time ---

make_flows 1
client "$B" udp flood 127.0.0.1 5000 --source-port 10000 --ports 100 --count 100
all_numbered() { [ "$(event_seq "$B")" -ge 100 ]; }
wait_for all_numbered
ended elsewhere
check_equal "the listener elsewhere has the events of its own namespace, and no other" "100 100 0 0 0" "$(heard elsewhere)"
remove_probes
finish
