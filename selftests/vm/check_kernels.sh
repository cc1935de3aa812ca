#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of "make check-kernels": on each kernel of the list "kernels" that Debian made, the module builds without a
# warning and passes the kernel self-tests. The last lines are one a kernel, and the count: N passed, N failed[, N
# skipped].
# From the environment: TESTS (kernel self-tests to run, all where empty), KERNELS (kernels to run them on, likewise).
set -euo pipefail
# shellcheck source=check_lib.sh
. "$(dirname "$0")/check_lib.sh" check-kernels

export SCALE=short
read -ra tests <<<"${TESTS:-}"
[ ${#tests[@]} -gt 0 ] || read -ra tests < <(make -s -C "$SELFTESTS" list)
mapfile -t known < <(awk '!/^#/ && NF && $2 != "build" { print $1 }' "$VM/kernels")
read -ra kernels <<<"${KERNELS:-${known[*]}}"
for kernel in "${kernels[@]}"; do
	[[ " ${known[*]} " == *" $kernel "* ]] || die "KERNELS: '$kernel' is not one of ${known[*]}"
done

# A warning fails it: the compiler's, or modpost's, which has no option for that. Built anew, or it would say nothing.
build()
{
	local release output rc=0

	release=$(<"$BUILD/kernel/$1/release")
	rm -rf "$BUILD/module-$release"
	output=$(make -j"$(nproc)" --no-print-directory -C "$ROOT" module KDIR="$BUILD/kernel/$1/headers" \
		W=1 KCFLAGS=-Werror 2>&1) || rc=$?
	if [ $rc -ne 0 ] || grep -qE '^(WARNING|ERROR): |: (warning|error): ' <<<"$output"; then
		tail -n 40 <<<"$output"
		return 1
	fi
}

prepare()
{
	"$VM/kernel.sh" "$1" && build "$1"
}

lines=()

# Sets lines, one more: what this kernel added to the totals, and how long it took.
test_kernel()
{
	local kernel=$1 began=$SECONDS p=$passed f=$failed s=$skipped release

	phase "kernel $kernel: fetched, module built" prepare "$kernel"
	if [ $rc -eq 0 ]; then
		guests_smp "$kernel" 2 "$kernel" --timeout 3600 -- "${tests[@]}"
		phase "kernel $kernel: kernel self-tests in the guests" run_guests
	else
		fault "kernel $kernel: no module to test"
	fi
	release=$(cat "$BUILD/kernel/$kernel/release" 2>/dev/null) || release="not fetched"
	lines+=("kernel $kernel ($release): $((passed - p)) passed, $((failed - f)) failed, $((skipped - s)) skipped, \
$((SECONDS - began)) s")
}

for kernel in "${kernels[@]}"; do
	test_kernel "$kernel"
done
printf '%s\n' "${lines[@]}"
finished=yes
