#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 7200
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

# a_packet FLOWS [OPTION]...: sets COST to what a packet of an established flow takes, of some of these in turn
a_packet()
{
	local some=$(($1 < PACKETS ? $1 : PACKETS)) costs=() i

	for ((i = 0; i < REPEATS; i++)); do
		send_packets udp 4 --flows $some --first $((i * some % $1)) --rounds $((PACKETS / some)) "${@:2}"
		costs+=("$COST")
	done
	note "$1: ${costs[*]}"
	COST=$(least "${costs[@]}")
}

# collected FLOWS: sets COST to what it takes to look at a flow, which the collector does once a second
collected()
{
	local before

	pause 1
	before=$(busy)
	pause 10
	COST=$((($(busy) - before) / $1 / 10))
}

lists()
{
	local flows=$1

	REPORT=$(ip netns exec "$F" "$BENCH/read_dump" tuplestat)
	figure "list-kernel-$flows" tuplestat $(($(reported ns) / flows))
	REPORT=$(ip netns exec "$F" "$BENCH/timed" tuplestat -n)
	figure "list-text-$flows" tuplestat $(($(reported ns) / flows))
	figure "list-memory-$flows" tuplestat "$(reported kib)"
}

grown()
{
	local flows=$1 before base

	a_packet "$flows"
	base=$COST
	before=$(memory)
	begin tuplestat 1048576
	send_packets udp 4 --flows "$flows"
	figure "memory-$flows" tuplestat $((($(memory) - before) * 1024 / flows))
	check_equal "$flows flows are there" "$flows" "$(flows_of tuplestat)"
	a_packet "$flows"
	figure "packet-$flows" tuplestat "$(difference "$COST" "$base")"
	lists "$flows"
	collected "$flows"
	figure "gc-$flows" tuplestat "$COST"
	REPORT=$("$BENCH/timed" tuplestat -N "$F" flush)
	figure "end-$flows" tuplestat $(($(reported ns) / flows))
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
	figure "packet-colliding" tuplestat "$(difference "$COST" "$base")"
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
