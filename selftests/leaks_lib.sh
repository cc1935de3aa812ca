# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Memory that nobody can reach any more, in the words of the kernel's kmemleak. Without kmemleak, or with it off, there is
# nothing to say and no result. Sourced after lib.sh.

_kmemleak=/sys/kernel/debug/kmemleak

# watch_leaks: what was allocated until now is none of check_leaks's business
watch_leaks()
{
	# Where it was switched off, by kmemleak=off, it is there and refuses this, which else changes nothing.
	if ! { echo stack=on >$_kmemleak; } 2>/dev/null; then
		_kmemleak=''
		return
	fi
	echo clear >$_kmemleak
}

# check_leaks NAME: nothing of the module's is unreachable. When it has been unloaded its functions have no names any
# more; no other module goes meanwhile, so functions without a name are its own too. The kernel itself (6.12) does not
# free the name of a slab cache whose folder in sysfs cannot be made.
check_leaks()
{
	local leaks

	[ -n "$_kmemleak" ] || return 0
	# What is young is not reported, and a pointer may have been in a register: so twice.
	echo scan >$_kmemleak
	pause 6
	echo scan >$_kmemleak
	# for klog.sh, that these have been judged
	echo "tuplestat: leaks read" >/dev/kmsg
	leaks=$(awk 'function judge() { if (mine && !theirs) printf "%s", record; record = ""; mine = theirs = 0 }
		/^unreferenced object/ { judge() }
		{ record = record $0 "\n" }
		/\[tuplestat\]|^ *(\[<[0-9a-f]+>\] )?0x[0-9a-f]+ *$/ { mine = 1 }
		/ sysfs_slab_add\+/ { theirs = 1 }
		END { judge() }' $_kmemleak)
	check_equal "$1: no leak, kmemleak says" "" "$leaks"
}
