#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of "make check". The last line counts what was found, once: N passed, N failed[, N skipped].
# From the environment: KERNEL, TESTS (kernel self-tests to run, all where empty), and SCALE: "full" for "make
# check-full", which runs the kernel self-tests that have larger counts with these, in a larger guest and nothing else.
set -euo pipefail
# shellcheck source=check_lib.sh
. "$(dirname "$0")/check_lib.sh" check

kernel=${KERNEL:-6.1}
export SCALE=${SCALE:-short}
read -ra tests <<<"${TESTS:-}"

phase "packages" "$VM/install.sh"
[ $rc -eq 0 ] || exit 1
phase "kernel $kernel" "$VM/kernel.sh" "$kernel"
[ $rc -eq 0 ] || exit 1

if [ "$SCALE" = full ]; then
	[ ${#tests[@]} -gt 0 ] || read -ra tests < <(make -s -C "$SELFTESTS" list-full)
	if [[ " ${tests[*]} " == *" packages.sh "* ]]; then
		phase "packages on the host" env KERNEL="$kernel" "$SELFTESTS/run_tests.sh" --host --totals "$out/totals" \
			"$VM/packages.sh" "$VM/packages_clean.sh"
		add_totals "$out/totals" "the packages' part on the host" $rc
	fi
	guests_smp full 1 "$kernel" --timeout 7200 --cpus 2 --memory 2048 -- "${tests[@]}"
else
	phase "style, runner, unit tests, fuzzers and bench" env KERNEL="$kernel" "$SELFTESTS/run_tests.sh" --host \
		--totals "$out/totals" "$VM/style.sh" "$VM/test_runner.sh" "$VM/unit.sh" "$VM/fuzz.sh" \
		"$SELFTESTS/bench/regress.sh"
	add_totals "$out/totals" "the host's part" $rc
	[ ${#tests[@]} -gt 0 ] || read -ra tests < <(make -s -C "$SELFTESTS" list)
	guests_smp short 2 "$kernel" --timeout 1800 -- "${tests[@]}"
fi

release=$(<"$BUILD/kernel/$kernel/release")
if [ -e "$BUILD/module-$release/tuplestat.ko" ]; then
	phase "kernel self-tests in the guest" run_guests
else
	fault "kernel self-tests not run: the module did not build"
fi
finished=yes
