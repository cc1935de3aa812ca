#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints the kernel's log, or that in FILE, without what is not about this module: KCSAN's reports of data races (the
# kernel has many that it calls benign), and the word "WARNING" of lockdep's on lists that are read outside of RCU's
# sections (nf_tables reads its own under a mutex that lockdep is not told of, and ends of namespaces that could not be
# made do likewise), where no function of tuplestat has a part; the same of tracing's when memory is made short while it
# describes a module's tracepoints; and how many leaks kmemleak suspects, where the test has read which (leaks_lib.sh).
# usage: klog.sh [FILE]
set -euo pipefail

if [ $# -gt 0 ]; then cat "$1"; else dmesg; fi | awk '
	# What is held, which is about a list
	function judged()
	{
		if (theirs && !ours)
			sub(/WARNING: suspicious RCU usage/, "a list that is not read as lockdep would have it", held)
		return held
	}
	# Their test goes on to read which they are, or not.
	/tuplestat: leaks read$/ { suspected = ""; next }
	/kmemleak: .* new suspected memory leaks/ { suspected = suspected $0 "\n"; next }
	/tuplestat test/ { printf "%s", suspected; suspected = "" }
	# A data race stands between two lines of "="; other reports have one.
	race {
		held = held "\n" $0
		# What an interrupt does, whatever it interrupted: what is below it has no part in that.
		if (/ by (task|interrupt)/)
			below = 0
		below = below || /\] +asm_/
		ours = ours || (!below && /tuplestat\]/)
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
			below = 0
			held = rule "\n" $0
			ours = /tuplestat\]/
			rule = ""
			next
		}
		print rule
		rule = ""
	}
	# It ends where the next report begins, or somewhere in what follows it.
	unread && (/=====================$/ || /tuplestat test/ || ++lines > 120) { print judged(); unread = 0 }
	/WARNING: suspicious RCU usage$/ {
		if (unread)
			print judged()
		held = $0
		unread = 1
		lines = ours = theirs = 0
		next
	}
	unread {
		held = held "\n" $0
		ours = ours || /\[tuplestat\]|module\/[a-z_\/]+\.[ch]:[0-9]+ /
		theirs = theirs || /\] [a-z]+\/[a-z0-9_\/]+\.[ch]:[0-9]+ /
		next
	}
	/=====================$/ { rule = $0; next }
	/WARNING: .* at kernel\/trace\/trace_events\.c:[0-9]+ event_/ { sub(/WARNING:/, "tracing:") }
	{ print }
	END {
		printf "%s", suspected
		if (rule != "")
			print rule
		if (race)
			print held
		if (unread)
			print judged()
	}'
