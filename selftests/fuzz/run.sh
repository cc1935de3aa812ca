#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh BUILD SECONDS FUZZER...: runs each fuzzer for so long. What they learn stays in BUILD/corpus for the next run,
# findings are kept in BUILD/findings. KTAP.
set -euo pipefail

build=$1 limit=$2
shift 2
number=0 status=0

echo "KTAP version 1"
echo "1..$#"
for fuzzer; do
	number=$((number + 1))
	mkdir -p "$build/corpus/$fuzzer" "$build/findings"
	log=$build/$fuzzer.log
	rc=0
	"$build/$fuzzer" -max_total_time="$limit" -max_len=4096 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="$build/findings/$fuzzer-" \
		"$build/corpus/$fuzzer" "$build/seeds/$fuzzer" >"$log" 2>&1 || rc=$?
	count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ $rc -eq 0 ] && [ "${count:-0}" -gt 0 ]; then
		echo "ok $number - $fuzzer: $count executions"
	else
		tail -n 40 "$log" | sed 's/^/# /'
		echo "not ok $number - $fuzzer: exit status $rc"
		status=1
	fi
done
exit $status
