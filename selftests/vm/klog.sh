#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints the kernel's log, or that in FILE, without what is not about this module: KCSAN reports of data races in which
# no function of tuplestat has a part (the kernel has many that it calls benign), and the word "WARNING" of those on
# nf_tables' lists, which it reads under a mutex that it does not tell lockdep of.
# usage: klog.sh [FILE]
set -euo pipefail

if [ $# -gt 0 ]; then cat "$1"; else dmesg; fi | awk '
	# A data race stands between two lines of "="; other reports have one.
	race {
		held = held "\n" $0
		ours = ours || /tuplestat\]/
		if (/=====================$/) {
			if (ours)
				print held
			race = held = ""
		}
		next
	}
	rule != "" {
		if (/BUG: KCSAN/) {
			race = 1
			held = rule "\n" $0
			ours = /tuplestat\]/
			rule = ""
			next
		}
		print rule
		rule = ""
	}
	/=====================$/ { rule = $0; next }
	# The line of the list is the third one after.
	/WARNING: suspicious RCU usage$/ { held = $0; lines = 3; next }
	lines {
		if (/net\/netfilter\/nf_tables_api\.c:[0-9]+ RCU-list traversed/)
			sub(/WARNING: .*/, "nf_tables reads a list under its mutex", held)
		held = held "\n" $0
		if (!--lines)
			print held
		next
	}
	{ print }
	END {
		if (rule != "")
			print rule
		if (race || lines)
			print held
	}'
