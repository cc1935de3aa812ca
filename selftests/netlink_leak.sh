#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# No octet of the kernel's memory reaches userspace but what is meant to: netlink_leak.c looks at every octet of ten
# thousand answers and events. That holds of any kernel. Zeroed memory would hide what is not written, though; so boot
# with "slub_debug=P init_on_alloc=0 init_on_free=0 page_poison=1" for memory that is full of poison, and build the
# module with KCFLAGS=-ftrivial-auto-var-init=pattern (MODULE=FILE) for variables that are.
. "$(dirname "$0")/lib.sh"

# scanned: the program's own results are lines of this test
scanned()
{
	local line rc=0

	"$TRAFFIC/netlink_leak" "$WORK/poisoned" >"$WORK/output" || rc=$?
	while IFS= read -r line; do
		case $line in
		"ok "*) pass "${line#*- }" ;;
		"not ok "*) fail "${line#*- }" ;;
		"#"*) echo "$line" ;;
		"Bail out!"*) note "$line" ;;
		esac
	done <"$WORK/output"
	[ $rc -eq 0 ] || [ "$_failed" -gt 0 ] || fail "the scan ends properly" "status $rc"
}

# Messages are allocated from these, long ones from whole pages.
heap_is_poisoned()
{
	local cache caches

	caches=(/sys/kernel/slab/{kmalloc-512,kmalloc-1k,kmalloc-2k,kmalloc-4k,kmalloc-8k,tuplestat_flow})
	[[ $(dmesg) =~ "mem auto-init:".*"heap alloc:off" ]] || return
	[[ $(</proc/cmdline) == *page_poison=1* ]] || return
	for cache in "${caches[@]}"; do
		[ "$(cat "$cache/poison" 2>/dev/null)" = 1 ] || return
	done
}

# What gcc and clang put into variables that are not initialised stands in the code.
stack_is_poisoned()
{
	LC_ALL=C grep -qaP '\xfe{8}|\xaa{8}' "$MODULE"
}

# check_poison NAME POISONED WHY
check_poison()
{
	if "$2"; then
		check_equal "$1" 0 "$(cat "$WORK/poisoned")"
	else
		skip "$1" "$3"
	fi
}

setup_tmp
load_module
scanned
check_poison "no poison of the heap in any of it" heap_is_poisoned \
	"booted without slub_debug=P init_on_alloc=0 init_on_free=0 page_poison=1"
check_poison "no poison of the stack in any of it" stack_is_poisoned \
	"the module was built without -ftrivial-auto-var-init=pattern"
finish
