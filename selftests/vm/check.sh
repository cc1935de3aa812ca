#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of "make check". The last line counts what was found, once: N passed, N failed[, N skipped].
# From the environment: KERNEL, TESTS (kernel self-tests to run, all where empty), and SCALE: "full" for "make
# check-full", which runs the kernel self-tests that have larger counts with these, in a larger guest and nothing else.
set -euo pipefail
. "$(dirname "$0")/env.sh"

kernel=${KERNEL:-6.1}
scale=${SCALE:-short}
read -ra tests <<<"${TESTS:-}"
guest=(--timeout 1800)
if [ "$scale" = full ]; then
	guest=(--timeout 7200 --cpus 2 --memory 2048)
	[ ${#tests[@]} -gt 0 ] || read -ra tests < <(make -s -C "$SELFTESTS" list-full)
fi
out=$BUILD/check
passed=0 failed=0 skipped=0 finished=no

# A run that was cut short has failed, whatever it found until then.
closing()
{
	[ $finished = yes ] || failed=$((failed + 1))
	[ $((passed + failed)) -gt 0 ] || failed=1
	echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
	[ $failed -eq 0 ] || exit 1
}
trap closing EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# phase NAME COMMAND...: sets rc, says how long it took.
phase()
{
	local name=$1 began=${EPOCHREALTIME//[!0-9]/} ms

	shift
	echo "== $name"
	rc=0
	"$@" || rc=$?
	ms=$(((${EPOCHREALTIME//[!0-9]/} - began) / 1000))
	printf '== %s: %d.%d s\n' "$name" $((ms / 1000)) $((ms / 100 % 10))
}

fault()
{
	echo "check.sh: $*"
	failed=$((failed + 1))
}

# Adds what a runner counted into file $1. Its totals are its last word: without them it did not get to the end.
add_totals()
{
	local p f s before=$failed

	if ! read -r p f s 2>/dev/null <"$1"; then
		fault "$2 did not end properly (status $rc)"
		return
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	[ $((p + f + s)) -gt 0 ] || fault "$2: nothing was run"
	if [ $rc -gt 1 ] || { [ $rc -eq 1 ] && [ "$failed" -eq "$before" ]; }; then
		fault "$2 ended with status $rc"
	fi
}

rm -rf "$out"
mkdir -p "$out/guest"

phase "packages" "$VM/install.sh"
[ $rc -eq 0 ] || exit 1
phase "kernel $kernel" "$VM/kernel.sh" "$kernel"
[ $rc -eq 0 ] || exit 1

if [ "$scale" != full ]; then
	phase "style, runner, unit tests and fuzzers" env KERNEL="$kernel" "$SELFTESTS/run_tests.sh" --host \
		--totals "$out/totals" "$VM/style.sh" "$VM/test_runner.sh" "$VM/unit.sh" "$VM/fuzz.sh"
	add_totals "$out/totals" "the host's part"
fi

release=$(<"$BUILD/kernel/$kernel/release")
if [ -e "$BUILD/module-$release/tuplestat.ko" ]; then
	phase "kernel self-tests in the guest" "$VM/boot.sh" --kernel "$kernel" "${guest[@]}" --out "$out/guest" -- \
		env SCALE="$scale" selftests/run_tests.sh --totals /out/totals "${tests[@]}"
	add_totals "$out/guest/totals" "the guest's part"
else
	fault "kernel self-tests not run: the module did not build"
fi
finished=yes
