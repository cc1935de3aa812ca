#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of "make bench": what tuplestat costs beside what people use in its place, in instructions, which are the same in each
# run. The figures go to build/bench/figures.json; the last line says how many bars of rows.txt were reached.
#
# From the environment: KERNEL; TESTS, the benches to run (all where empty).
set -euo pipefail
# shellcheck source=../vm/check_lib.sh
. "$(dirname "$0")/../vm/check_lib.sh" bench

export SCALE=full

kernel=${KERNEL:-6.1}
benches=(packets.sh listener.sh listing.sh growth.sh top.sh replay.sh)
[ -z "${TESTS:-}" ] || read -ra benches <<<"$TESTS"

phase "empty hook" make -s -C "$SELFTESTS" hook KDIR="$BUILD/kernel/$kernel/headers"
for bench in "${benches[@]}"; do
	[ "$bench" != replay.sh ] || continue
	guest "${bench%.sh}" "$kernel" --icount --memory 4096 --timeout 3600 -- "$SELFTESTS/bench/$bench"
done
phase "benches in the guests" run_guests
[[ " ${benches[*]} " != *" replay.sh "* ]] ||
	phase "captures" "$SELFTESTS/bench/replay.sh" "$out/figures" tuplestat tcptrace tshark
cat "$out"/*/figures >>"$out/figures" || true

jq -Rn '[inputs / " "] | reduce .[] as [$row, $subject, $value] ({}; .[$row][$subject] = ($value | tonumber))' \
	"$out/figures" >"$out/figures.json"
phase "figures" awk -v totals="$out/bars" -f "$SELFTESTS/bench/table.awk" "$SELFTESTS/bench/rows.txt" "$out/figures"
add_totals "$out/bars" "the table" $rc
finished=yes
