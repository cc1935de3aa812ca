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
guests=1 guest_pid=() guest_rc=()

# A run that was cut short has failed, whatever it found until then.
closing()
{
	[ ${#guest_pid[@]} -eq 0 ] || kill "${guest_pid[@]}" 2>/dev/null || true
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
	if [ "$rc" -gt 1 ] || { [ "$rc" -eq 1 ] && [ "$failed" -eq "$before" ]; }; then
		fault "$2 ended with status $rc"
	fi
}

rm -rf "$out"
mkdir -p "$out"

phase "packages" "$VM/install.sh"
[ $rc -eq 0 ] || exit 1
phase "kernel $kernel" "$VM/kernel.sh" "$kernel"
[ $rc -eq 0 ] || exit 1

if [ "$scale" != full ]; then
	phase "style, runner, unit tests and fuzzers" env KERNEL="$kernel" "$SELFTESTS/run_tests.sh" --host \
		--totals "$out/totals" "$VM/style.sh" "$VM/test_runner.sh" "$VM/unit.sh" "$VM/fuzz.sh"
	add_totals "$out/totals" "the host's part"
fi

# run_guest NUMBER TEST...: what it prints is kept, so that guests side by side do not mix their words.
run_guest()
{
	local dir=$out/guest$1

	shift
	mkdir -p "$dir"
	"$VM/boot.sh" --kernel "$kernel" "${guest[@]}" --out "$dir" -- \
		env SCALE="$scale" selftests/run_tests.sh --totals /out/totals "$@" >"$dir/log" 2>&1
}

# Deals the tests out to as many guests as there are CPUs, two at most, and waits for all.
run_guests()
{
	local i number share

	[ ${#tests[@]} -gt 0 ] || read -ra tests < <(make -s -C "$SELFTESTS" list)
	[ "$scale" = full ] || guests=$(($(nproc) > 1 && ${#tests[@]} > 1 ? 2 : 1))
	for ((number = 0; number < guests; number++)); do
		share=()
		for ((i = number; i < ${#tests[@]}; i += guests)); do
			share+=("${tests[i]}")
		done
		run_guest $number "${share[@]}" &
		guest_pid[number]=$!
	done
	for ((number = 0; number < guests; number++)); do
		guest_rc[number]=0
		wait "${guest_pid[number]}" || guest_rc[number]=$?
		echo "-- guest $((number + 1)) of $guests"
		cat "$out/guest$number/log"
	done
	guest_pid=()
}

release=$(<"$BUILD/kernel/$kernel/release")
if [ -e "$BUILD/module-$release/tuplestat.ko" ]; then
	phase "kernel self-tests in the guest" run_guests
	for number in "${!guest_rc[@]}"; do
		rc=${guest_rc[number]}
		add_totals "$out/guest$number/totals" "guest $((number + 1))"
	done
else
	fault "kernel self-tests not run: the module did not build"
fi
finished=yes
