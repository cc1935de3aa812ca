#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
# The bench in short, of tuplestat alone, as a test program for run_tests.sh: no figure is more than 5 % above the one that
# is kept in figures.txt. Figures are instructions, the same on every machine. "regress.sh --keep" keeps those it measures.
set -euo pipefail
# shellcheck source=../vm/env.sh
. "$(dirname "$0")/../vm/env.sh"

readonly KERNEL=6.1 KEPT=$SELFTESTS/bench/figures.txt
out=$BUILD/bench-short
rm -rf "$out"
mkdir -p "$out"

make -s -C "$SELFTESTS" hook KDIR="$BUILD/kernel/$KERNEL/headers" >"$out/hook" 2>&1
rc=0
"$VM/boot.sh" --kernel "$KERNEL" --icount --memory 2048 --timeout 800 --out "$out" -- env SCALE=short \
	"$SELFTESTS/run_tests.sh" "$SELFTESTS/bench/packets.sh" "$SELFTESTS/bench/listing.sh" >"$out/log" 2>&1 || rc=$?
[ $rc -eq 0 ] || sed 's/^/# /' "$out/log"

if [ "${1:-}" = --keep ] && [ $rc -eq 0 ]; then
	{
		echo "# SPDX-License-Identifier: GPL-2.0"
		echo "# What regress.sh measured when it was told to keep it: row, and instructions (or bytes, or KiB) for tuplestat."
		awk '$2 == "tuplestat" { print $1, $3 }' "$out/figures"
	} >"$KEPT"
	exit
fi

# A figure that was not measured, or is not kept, fails as well.
awk -v kept="$KEPT" -v rc=$rc '
	BEGIN {
		print "KTAP version 1"
		while ((getline line <kept) > 0)
			if (line !~ /^#/) {
				split(line, part, " ")
				row[++rows] = part[1]
				before[part[1]] = part[2]
			}
		print "1.." rows + 2
	}
	$2 == "tuplestat" { now[$1] = $3; unknown += !($1 in before) }
	END {
		for (i = 1; i <= rows; i++) {
			name = row[i]
			good = name in now && now[name] <= before[name] * 1.05
			bad += !good
			printf "%s %d %s: %s, kept %s\n", good ? "ok" : "not ok", i, name,
				name in now ? now[name] : "not measured", before[name]
		}
		printf "%s %d every figure is kept\n", unknown ? "not ok" : "ok", rows + 1
		printf "%s %d what the benches themselves check\n", rc ? "not ok" : "ok", rows + 2
		exit bad || unknown || rc
	}' "$out/figures"
