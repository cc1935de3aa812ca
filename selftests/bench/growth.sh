#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1000000000 (boot.sh has the real one: this clock leaps while the guest waits for its disk)
# How costs grow with the number of flows: a packet, a flow in a list, a flow that ends, memory; and whether tuples that are
# chosen to collide in a weak hash make a packet dearer.
. "$(dirname "$0")/lib.sh"

readonly SIZES="1000 10000 100000 1000000"
readonly PACKETS=20000 REPEATS=5 COLLIDING=100000

# memory: kilobytes that the kernel has given out
memory()
{
	awk '/^(Slab|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo
}

# a_packet FLOWS [OPTION]...: sets COST to what a packet of an established flow takes, of some of these in turn; each has
# talked before, as the flows of packets.sh have
a_packet()
{
	local some=$(($1 < PACKETS ? $1 : PACKETS)) costs=() i

	for ((i = 0; i < REPEATS; i++)); do
		send_packets udp 4 --flows $some --first $((i * some % $1)) --warm 1 --rounds $((PACKETS / some)) "${@:2}"
		costs+=("$COST")
	done
	note "$1: ${costs[*]}"
	COST=$(least "${costs[@]}")
}

# idle: sets COST to what the guest does in a second in which it has nothing to do
idle()
{
	local before

	pause 1
	before=$(busy)
	pause 10
	COST=$((($(busy) - before) / 10))
}

lists()
{
	local flows=$1

	REPORT=$(ip netns exec "$F" "$BENCH/read_dump" tuplestat)
	figure grow-list-kernel "$flows" $(($(reported ns) / flows))
	REPORT=$(ip netns exec "$F" "$BENCH/timed" tuplestat -n)
	figure grow-list-text "$flows" $(($(reported ns) / flows))
	figure grow-list-memory "$flows" "$(reported kib)"
}

grown()
{
	local flows=$1 before base nothing

	a_packet "$flows"
	base=$COST
	idle
	nothing=$COST
	before=$(memory)
	begin tuplestat 1048576
	send_packets udp 4 --flows "$flows"
	figure grow-memory "$flows" $((($(memory) - before) * 1024 / flows))
	check_equal "$flows flows are there" "$flows" "$(flows_of tuplestat)"
	a_packet "$flows"
	figure grow-packet "$flows" "$(difference "$COST" "$base")"
	lists "$flows"
	idle
	figure grow-gc "$flows" $(((COST - nothing) / flows))
	REPORT=$("$BENCH/timed" tuplestat -N "$F" flush)
	figure grow-end "$flows" $(($(reported ns) / flows))
	end tuplestat
}

collide()
{
	local base

	a_packet $COLLIDING --colliding
	base=$COST
	begin tuplestat 1048576
	send_packets udp 4 --flows $COLLIDING --colliding
	check_equal "the colliding flows are there" $COLLIDING "$(flows_of tuplestat)"
	a_packet $COLLIDING --colliding
	figure grow-packet-colliding colliding "$(difference "$COST" "$base")"
	end tuplestat
}

path
begin hook
end hook
for size in $SIZES; do
	grown "$size"
done
collide
finish
