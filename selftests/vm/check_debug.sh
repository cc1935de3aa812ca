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
# From the environment: KERNEL (of the poisoned guest), TESTS (kernel self-tests to run on debug-user alone).
set -euo pipefail
# shellcheck source=check_lib.sh
. "$(dirname "$0")/check_lib.sh" check-debug

export SCALE=debug
kernel=${KERNEL:-6.1}
read -ra tests <<<"${TESTS:-}"

# prepare KERNEL [VARIABLE=VALUE]...: it, and the module for it, by make with these
prepare()
{
	"$VM/kernel.sh" "$1" && make -s -C "$ROOT" module KDIR="$BUILD/kernel/$1/headers" W=1 "${@:2}"
}

for name in debug-user debug kcsan; do
	[ ${#tests[@]} -eq 0 ] || [ $name = debug-user ] || continue
	phase "kernel $name" prepare $name
	[ $rc -eq 0 ] || exit 1
done

# Where allocations are made to fail the kernel itself warns, too, and does not end for that: klog.sh knows of what.
strict="panic_on_warn=1 oops=panic"
user=(debug-user --memory 3072 --timeout 5400 --append oops=panic)
# Without ACPI's tables two CPUs boot in a fraction of the time that they take with them.
smp=(--cpus 2 --memory 2048 --timeout 5400)
if [ ${#tests[@]} -gt 0 ]; then
	guest debug-user "${user[@]}" -- "${tests[@]}"
else
	read -ra all <<<"$(make -s -C "$SELFTESTS" list list-debug | tr '\n' ' ')"
	read -ra races < <(make -s -C "$SELFTESTS" list-races)
	guests debug-user 2 "${user[@]}" -- "${all[@]}"
	guest debug debug "${smp[@]}" --append "pci=noacpi kmemleak=off $strict" -- "${races[@]}"
	guest kcsan kcsan "${smp[@]}" --append "pci=noacpi" -- "${races[@]}"
	# Debian's kernels clear what a function leaves of its stack uninitialised; this module's are filled with a pattern.
	phase "poisoned module" prepare "$kernel" BUILD="$BUILD/poisoned" KCFLAGS=-ftrivial-auto-var-init=pattern
	[ $rc -eq 0 ] || exit 1
	MODULE=$BUILD/poisoned/module-$(<"$BUILD/kernel/$kernel/release")/tuplestat.ko \
		guest poisoned "$kernel" --append "slub_debug=P page_poison=1 init_on_alloc=0 init_on_free=0" -- netlink_leak.sh
fi
phase "kernel self-tests in the guests" run_guests
finished=yes
