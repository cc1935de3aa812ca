#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1000000000 (boot.sh has the real one: this clock leaps while the guest waits for its disk)
# What somebody who listens to events costs: a packet of an established flow, which is none; and a new flow, all in all,
# up to the line that the listener writes.
. "$(dirname "$0")/lib.sh"
need nft jq conntrack

readonly FLOWS=1000 NEW=5000 REPEATS=3

# listen SUBJECT
listen()
{
	case $1 in
	tuplestat) background ip netns exec "$F" tuplestat -n monitor >"$WORK/events" ;;
	conntrack) background ip netns exec "$F" conntrack -E -b 16777216 >"$WORK/events" 2>/dev/null ;;
	esac
	# All that is heard from here on was begun from here on.
	pause 2
}

# new_flows SUBJECT: sets COST. What is told of the flows is told while nothing else is done.
new_flows()
{
	local costs=() before i

	for ((i = 1; i <= REPEATS; i++)); do
		before=$(busy)
		send_packets udp 4 --flows $NEW --first $((i * NEW))
		pause 2
		costs+=($((($(busy) - before) / NEW)))
	done
	note "$1: ${costs[*]}"
	COST=$(least "${costs[@]}")
}

# established: sets COST, once it was told that the flows are new
established()
{
	send_packets udp 4 --flows $FLOWS --warm 2 --rounds 1
	pause 2
	send_packets udp 4 --flows $FLOWS --rounds 20
}

path
setup_tmp
begin hook
end hook
new_flows nothing
base=$COST
figure listener-new nothing "$base"
established
base_packet=$COST
for subject in tuplestat conntrack; do
	begin "$subject"
	listen "$subject"
	new_flows "$subject"
	figure listener-new "$subject" "$(difference "$COST" "$base")"
	heard=$(grep -ci new "$WORK/events")
	note "$subject: $heard lines of $((REPEATS * NEW)) new flows"
	# conntrack's listener loses some, and its figure is the lower for it.
	[ "$subject" = conntrack ] || check "$subject: a line for each of the flows" [ "$heard" -ge $((REPEATS * NEW)) ]
	established
	figure listener-udp4 "$subject" "$(difference "$COST" "$base_packet")"
	kill "$PID"
	wait "$PID" || true
	end "$subject"
done
finish
