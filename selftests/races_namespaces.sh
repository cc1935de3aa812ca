#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Network namespaces come, are counted, talk and go, several at once, in several ways: each was counted right, and of
# hundreds no flow, no table, no count of one is left.
. "${0%/*}/races_lib.sh"
need jq

scaled NAMESPACES 30 500 50
readonly CEILING=200 THREADS=4
load_module all_max_flows=$CEILING
need_slabinfo
setup_tmp
tuplestat stop
watch_leaks

# churn NAMESPACES
churn()
{
	"$TRAFFIC/races_namespaces" "$1" $THREADS "$PATIENCE" >"$WORK/churn" || true
	note "$(<"$WORK/churn")"
	REPORT=$(tail -n 1 "$WORK/churn")
}

# shrunk CACHE: its objects, without those that a CPU keeps ready or that KASAN holds back
shrunk()
{
	local slab=/sys/kernel/slab/$1

	[ -e "$slab/shrink" ] || return 0
	echo 1 >"$slab/shrink"
	read -r REPLY _ <"$slab/objects"
	echo "$REPLY"
}

# meminfo FIELD: in KiB
meminfo()
{
	local name value

	while read -r name value _; do
		[ "$name" != "$1:" ] || echo "$value"
	done </proc/meminfo
}

# measure: sets NOW to what there is of everything that a namespace takes: tables and events (8 KiB each, by the slab),
# fragments (pages), buckets (by vmalloc), rings and ledgers
measure()
{
	local name

	declare -gA NOW=()
	for name in kmalloc-8k kmalloc-cg-8k; do
		NOW[$name]=$(shrunk $name)
	done
	echo 3 >/proc/sys/vm/drop_caches
	for name in SUnreclaim VmallocUsed Percpu; do
		NOW[$name]=$(meminfo $name)
	done
	NOW[used]=$(($(meminfo MemTotal) - $(meminfo MemAvailable)))
}

# What may be more than before, of noise: less than half of what as many namespaces would have left.
declare -A may_grow=([kmalloc-8k]=$((NAMESPACES / 2)) [kmalloc-cg-8k]=$((NAMESPACES / 2)) [VmallocUsed]=1024
	[SUnreclaim]=$((2048 + NAMESPACES * 16)) [Percpu]=$((256 + NAMESPACES / 4)) [used]=$((6144 + NAMESPACES * 32)))

# given_back: for wait_for: there is no more than there was
given_back()
{
	local name

	measure
	for name in "${!may_grow[@]}"; do
		[ -n "${NOW[$name]}" ] || continue
		[ $((NOW[$name] - BEFORE[$name])) -le "${may_grow[$name]}" ] || return
	done
}

no_flow()
{
	[ "$(shrunk tuplestat_flow)" -eq 0 ]
}

# What is made once is no leak.
churn $((THREADS * 3))
check "no flow is left in memory" wait_for -t "$PATIENCE" no_flow
measure
declare -A BEFORE=()

# counted_right: of the churn that was
counted_right()
{
	check_equal "$NAMESPACES namespaces, $THREADS at once: all were gone through" "$NAMESPACES" "$(reported namespaces)"
	check_equal "$NAMESPACES namespaces: as many packets as the kernel's own counters say" "$NAMESPACES" \
		"$(reported exact)"
	check_equal "$NAMESPACES namespaces: somebody listened all the time" 1 "$(reported listened)"
	check "$NAMESPACES namespaces: no flow is left in memory" wait_for -t "$PATIENCE" no_flow
}

# Nor is what caches keep, and the allocator of per-CPU memory, in pages of which a piece is in use: that comes to an end,
# while a leak is there after each round.
result=fail
for round in 1 2 3; do
	for name in "${!NOW[@]}"; do
		BEFORE[$name]=${NOW[$name]}
	done
	churn "$NAMESPACES"
	counted_right
	# Not by check: what it measures is to be seen afterwards.
	! wait_for -t $((PATIENCE / 4)) given_back || result=pass
	for name in "${!may_grow[@]}"; do
		note "$name: ${BEFORE[$name]:-none} before round $round, ${NOW[$name]:-none} after, ${may_grow[$name]} more would do"
	done
	[ $result = fail ] || break
done
$result "$NAMESPACES namespaces: all memory is given back"

# --- the count of all namespaces' flows is zero: there is room for as many as at the beginning, and no more ---

setup_ns A
tuplestat -N "$A" start
client "$A" udp flood 127.0.0.1 5000 --source-port 20000 --ports $((CEILING * 2)) --count $((CEILING * 2))
check_equal "a ceiling of $CEILING: as many flows are live afterwards" $CEILING "$(stats "$A" .live.flows)"
check_equal "a ceiling of $CEILING: the slab allocator says so too" $CEILING "$(shrunk tuplestat_flow)"
delete_ns "$A"
check "and they are given back" wait_for -t "$PATIENCE" no_flow
check_leaks "$NAMESPACES namespaces, the module loaded"
unload_module
check_leaks "$NAMESPACES namespaces, the module unloaded"
finish
