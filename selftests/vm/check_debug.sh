#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of "make check-debug": the kernel self-tests on kernels that look for faults of their own, any report of which
# fails. The last line counts what was found: N passed, N failed[, N skipped].
#
#   debug-user  every test, and those that make allocations fail: one CPU, at native speed
#   debug       those where CPUs, preemption and softirqs meet
#   kcsan       the same, for data races
#   poisoned    a stock kernel whose memory is poisoned: does any of it reach a reader of netlink?
#
# From the environment: KERNEL (of the poisoned guest), KERNELS (which of these, all where empty), TESTS (kernel
# self-tests to run on each of them, in place of its own).
set -euo pipefail
# shellcheck source=check_lib.sh
. "$(dirname "$0")/check_lib.sh" check-debug

export SCALE=debug
kernel=${KERNEL:-6.1}
known=(debug-user debug kcsan poisoned)
read -ra kernels <<<"${KERNELS:-${known[*]}}"
read -ra tests <<<"${TESTS:-}"

# list TARGET...: sets tests, unless TESTS has, to those that these of the Makefile's print
list()
{
	[ -n "${TESTS:-}" ] || read -ra tests <<<"$(make -s -C "$SELFTESTS" "$@" | tr '\n' ' ')"
}

# prepare KERNEL [VARIABLE=VALUE]...: it, and the module for it, by make with these
prepare()
{
	"$VM/kernel.sh" "$1" && make -s -C "$ROOT" module KDIR="$BUILD/kernel/$1/headers" W=1 "${@:2}"
}

# Where allocations are made to fail the kernel itself warns, too, and does not end for that: klog.sh knows of what.
debug_user()
{
	phase "kernel debug-user" prepare debug-user
	[ $rc -eq 0 ] || exit 1
	list list list-debug
	guests debug-user 2 debug-user --memory 3072 --timeout 5400 --append oops=panic -- "${tests[@]}"
}

# two_cpus KERNEL ARGUMENTS: without ACPI's tables two CPUs boot in a fraction of the time that they take with them
two_cpus()
{
	phase "kernel $1" prepare "$1"
	[ $rc -eq 0 ] || exit 1
	list list-races
	guest "$1" "$1" --cpus 2 --memory 2048 --timeout 5400 --append "pci=noacpi $2" -- "${tests[@]}"
}

# Debian's kernels clear what a function leaves of its stack uninitialised; this module's are filled with a pattern.
poisoned()
{
	local module

	phase "poisoned module" prepare "$kernel" BUILD="$BUILD/poisoned" KCFLAGS=-ftrivial-auto-var-init=pattern
	[ $rc -eq 0 ] || exit 1
	module=$BUILD/poisoned/module-$(<"$BUILD/kernel/$kernel/release")/tuplestat.ko
	[ -n "${TESTS:-}" ] || tests=(netlink_leak.sh)
	MODULE=$module guest poisoned "$kernel" \
		--append "slub_debug=P page_poison=1 init_on_alloc=0 init_on_free=0" -- "${tests[@]}"
}

for name in "${kernels[@]}"; do
	case $name in
	debug-user) debug_user ;;
	debug) two_cpus debug "kmemleak=off panic_on_warn=1 oops=panic" ;;
	kcsan) two_cpus kcsan "" ;;
	poisoned) poisoned ;;
	*) die "KERNELS: '$name' is not one of ${known[*]}" ;;
	esac
done
phase "kernel self-tests in the guests" run_guests
finished=yes
