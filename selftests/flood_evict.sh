#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# A flood does not blind tuplestat: in a full table the half-open flows that it makes push out each other, and closed
# ones only when there are none of these. Open connections stay, and new ones find room.
. "${0%/*}/flood_lib.sh"
need nft jq

scaled SYNS 30000 500000
scaled SYN_RATE 3000 0
readonly MAX_FLOWS=4096 CONNECTIONS=50 CLOSED=20 LATE=10
load_module
need_slabinfo
setup_tmp
setup_ns A B
flood_path "$A" "$B" 10.0.0.1/24,fd00::1/64 10.0.0.2/24,fd00::2/64
tuplestat stop
# Nothing ends by its time here.
tuplestat -N "$B" set timeout-syn-sent 1h timeout-time-wait 1h timeout-close 1h

# talk NAME CONNECTIONS PORT: that many connections to B which talk until end_talk; returns when all have talked
talk()
{
	background ip netns exec "$A" "$TRAFFIC/talkers" client "$3" "$2" 200 "$WORK/$1.stop" "$WORK/$1.ready" \
		10.0.0.2 fd00::2 >"$WORK/$1"
	declare -g "TALKER_$1=$PID"
	wait_for -t 60 [ -e "$WORK/$1.ready" ]
}

# end_talk NAME...: they stay open, but say nothing more, and nothing is under way
end_talk()
{
	local name

	for name; do
		: >"$WORK/$name.stop"
	done
	for name; do
		wait_for -t 60 [ -s "$WORK/$name" ]
	done
	wait_for quiet
}

# Acknowledgements may come later than what they are for.
quiet()
{
	local now

	now=$(stats "$B" .seen.packets)
	pause 0.3
	[ "$now" = "$(stats "$B" .seen.packets)" ]
}

# check_talk NAME TEXT PORT: all connections are there as they were made, with what their program has sent and received;
# on a busy machine a message, which is one segment, may be sent again
check_talk()
{
	sort "$WORK/$1" >"$WORK/wanted"
	tuplestat -N "$B" -j tcp dport "$3" state established | jq -r '.[] | select(.midstream == false) |
		[.orig, .reply | .payload_bytes - 100 * .retransmits] as [$sent, $received] |
		"\(.orig.port) \($sent) \($received)"' | sort >"$WORK/got"
	check_equal "$2: there, open, from the SYN on, with every byte" "$(<"$WORK/wanted")" "$(<"$WORK/got")"
}

# are COUNT FILTER...: flows of B that match
are()
{
	[ "$(tuplestat -N "$B" -j "${@:2}" | jq length)" = "$1" ]
}

serve_talkers()
{
	background ip netns exec "$B" "$TRAFFIC/talkers" server "$1" "$WORK/server-$1"
	wait_for [ -e "$WORK/server-$1" ]
}

# watch_table PID: as long as it runs, keeps how many live flows and slab objects there were at the most: MOST_LIVE,
# MOST_OBJECTS
watch_table()
{
	local now

	MOST_LIVE=0 MOST_OBJECTS=0
	while kill -0 "$1" 2>/dev/null; do
		now=$(objects)
		[ "$now" -le "$MOST_OBJECTS" ] || MOST_OBJECTS=$now
		now=$(tuplestat -N "$B" -j stats)
		[[ $now =~ \"live\":\{\"flows\":([0-9]+) ]]
		now=${BASH_REMATCH[1]}
		[ "$now" -le "$MOST_LIVE" ] || MOST_LIVE=$now
	done
}

# --- a flood, with honest connections before and in it ---

tuplestat -N "$B" set max-flows $MAX_FLOWS
tuplestat -N "$B" start
serve_talkers 5000
serve_talkers 5001
serve "$B" tcp general 10.0.0.2 5002 --connections $CLOSED
# Not from ports that the talkers may have been given.
client "$A" tcp general 10.0.0.2 5002 --source-port 20000 --ports $CLOSED --connections $CLOSED
talk early $CONNECTIONS 5000
before=$(objects)

begin_flood syns "$A" "$B" --syn --random 1 --count "$SYNS" --rate "$SYN_RATE" --port 80
flood=$PID
full() { [ "$(line "$B" lack-of-resources flows)" -gt 0 ]; }
wait_for -t 60 full
talk late $LATE 5001
still=no
! kill -0 "$flood" 2>/dev/null || still=yes
watch_table "$flood"
wait "$flood"
end_talk early late

name="$SYNS SYNs, room for $MAX_FLOWS flows"
check_arrived "$B" "$(sent syns)"
check_equal "$name: the late connections were made while it went on" yes $still
check_talk early "$name: $CONNECTIONS connections from before" 5000
check_talk late "$name: $LATE connections from amid" 5001
check_equal "$name: $CLOSED closed ones had not to go for half-open ones" $CLOSED \
	"$(tuplestat -N "$B" -j tcp dport 5002 state time-wait | jq length)"
note "$name: at most $MOST_LIVE flows live, and $MOST_OBJECTS objects in the slab cache"
check "$name: never more flows than there is room for" [ "$MOST_LIVE" -le $MAX_FLOWS ]
check "$name: but as many" [ "$MOST_LIVE" -gt $((MAX_FLOWS * 9 / 10)) ]

# What the allocator says is given out has, besides flows, all of the slabs that each CPU keeps for itself: the one it
# allocates from, and partial ones with about twice cpu_partial objects. Ended flows may wait for their event, besides.
waiting=$((MAX_FLOWS / 8 + 64))
slab=/sys/kernel/slab/tuplestat_flow
slack=$(($(nproc) * (2 * $(<$slab/cpu_partial) + 2 * $(<$slab/objs_per_slab))))
check "$name: slab objects: at most $MAX_FLOWS + $waiting + $slack that CPUs keep" \
	[ "$MOST_OBJECTS" -le $((MAX_FLOWS + waiting + slack)) ]
check "$name: slab objects: there were more than before" [ "$MOST_OBJECTS" -gt "$before" ]

# Every SYN begins a flow, which is live, or made room, or found none.
evicted=$(line "$B" lack-of-resources packets) refused=$(line "$B" table-full packets)
live=$(stats "$B" .live.packets)
honest=$(tuplestat -N "$B" -j not dport 80 | jq '[.[] | .orig.packets + .reply.packets] | add')
note "$name: $((live - honest)) live, $evicted made room, $refused refused"
check_equal "$name: each SYN is live, or has ended by lack of resources, or was refused" "$SYNS" \
	$((live - honest + evicted + refused))
check_equal "$name: none was refused" 0 "$refused"
check_equal "$name: what made room were flows of one packet" "$evicted" "$(line "$B" lack-of-resources flows)"
check_exact "$name" "$B"

# --- half-open flows make room by age ---

# With whichever making room for whichever, 88 % of the last quarter would be there, and 8 % of the first ones.
tuplestat -N "$B" stop
tuplestat -N "$B" set max-flows $MAX_FLOWS
tuplestat -N "$B" start
flood "$A" "$B" --syn --random 6 --count $MAX_FLOWS --port 81
flood "$A" "$B" --syn --random 7 --count $((MAX_FLOWS * 7 / 4)) --port 82
flood "$A" "$B" --syn --random 8 --count $((MAX_FLOWS / 4)) --port 83
first=$(tuplestat -N "$B" -j dport 81 | jq length) last=$(tuplestat -N "$B" -j dport 83 | jq length)
name="room for $MAX_FLOWS flows, three times as many SYNs"
check "$name: of the last $((MAX_FLOWS / 4)), nearly all are there ($last)" [ "$last" -gt $((MAX_FLOWS * 94 / 400)) ]
check "$name: of the first $MAX_FLOWS, hardly any are there ($first)" [ "$first" -lt $((MAX_FLOWS * 6 / 100)) ]

# --- nothing but open connections, which talk ---

serve_talkers 5003
tuplestat -N "$B" stop
tuplestat -N "$B" set max-flows 32
tuplestat -N "$B" start
talk busy 32 5003
check_equal "a table full of open connections" "32 32" \
	"$(stats "$B" .live.flows) $(tuplestat -N "$B" -j state established | jq length)"
before=$(line "$B" table-full packets) evicted=$(line "$B" lack-of-resources flows)
flood "$A" "$B" --syn --random 2 --count 1000 --port 80
check_equal "1000 SYNs: none is taken, all are refused" "1000 $evicted" \
	"$(($(line "$B" table-full packets) - before)) $(line "$B" lack-of-resources flows)"

# --- half of them closed: these have to go, the others stay ---

tuplestat -N "$B" stop
tuplestat -N "$B" set max-flows 64
tuplestat -N "$B" start
# seen from their middle on
wait_for are 32 state established
serve "$B" tcp general 10.0.0.2 5004 --connections 32
client "$A" tcp general 10.0.0.2 5004 --source-port 20000 --ports 32 --connections 32
wait_for are 32 dport 5004 state time-wait
flood "$A" "$B" --syn --random 3 --count 2000 --port 80
check_equal "32 open connections, 32 closed ones, 2000 SYNs: the open ones stay" 32 \
	"$(tuplestat -N "$B" -j port 5003 state established | jq length)"
check "32 open connections, 32 closed ones, 2000 SYNs: of the closed ones some go" \
	[ "$(tuplestat -N "$B" -j dport 5004 | jq length)" -lt 32 ]
end_talk busy
check_exact "full of open and closed connections" "$B"

# --- open connections that say nothing: they go after a minute, not before ---

if [ "${SCALE:-short}" != full ]; then
	skip "an open connection that was silent for a minute makes room" "takes a minute; make check-full"
	finish
fi
tuplestat -N "$B" stop
tuplestat -N "$B" set max-flows 32
tuplestat -N "$B" start
serve_talkers 5005
serve_talkers 5006
talk silent 16 5005
talk steady 16 5006
: >"$WORK/silent.stop"
flood "$A" "$B" --syn --random 4 --count 1000 --port 80
check_equal "silent for some seconds: it stays" 16 "$(tuplestat -N "$B" -j dport 5005 state established | jq length)"
# tuplestat's own 60 s, which cannot be set
pause 62
flood "$A" "$B" --syn --random 5 --count 2000 --port 80
check "silent for a minute: it makes room" [ "$(tuplestat -N "$B" -j dport 5005 | jq length)" -lt 16 ]
check_equal "those that talk stay" 16 "$(tuplestat -N "$B" -j dport 5006 state established | jq length)"
finish
