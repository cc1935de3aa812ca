# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests that make allocations fail share: the kernel's knobs.
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "${BASH_SOURCE[0]%/*}/leaks_lib.sh"

_debugfs=/sys/kernel/debug

if [ ! -e /proc/thread-self/fail-nth ] || [ ! -e $_debugfs/failslab ]; then
	skip_all "no fault injection in this kernel: make check-debug has one"
fi

# Any allocation may fail, also of those that wait, and none does by itself; the kernel's own word on each would fill its
# log.
faults_allowed()
{
	local knobs

	failslab cache-filter N probability 0

	for knobs in $_debugfs/failslab $_debugfs/fail_page_alloc; do
		echo 0 >"$knobs"/verbose
		echo N >"$knobs"/ignore-gfp-wait
	done
	echo 0 >$_debugfs/fail_page_alloc/min-order
}

# failslab KNOB VALUE [KNOB VALUE]...
failslab()
{
	while [ $# -gt 0 ]; do
		echo "$2" >"$_debugfs/failslab/$1"
		shift 2
	done
}

# A program in memory: the host's files are behind allocations, too.
in_memory()
{
	setup_tmp
	cp "$TRAFFIC/$1" "$WORK/"
}
