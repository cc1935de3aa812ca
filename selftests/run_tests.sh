#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs tests one after another and prints KTAP. A test passes on its own positive word only: all planned results are
# there, all are ok, its exit status agrees, it left nothing behind, and the kernel's log has nothing against it.
#
# Exit statuses of a test, as in kselftest: 0 pass, 1 fail, 4 skip. A line "# timeout: SECONDS" near the top of a script
# overrides the 120 s that a test may take. With SCALE=full or SCALE=debug, the larger counts of "make check-full" or the
# slower kernels of "make check-debug", ten times that.
set -euo pipefail

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

usage()
{
	cat <<-EOF
	usage: run_tests.sh [--host] [--totals FILE] [TEST]...
	  TEST           a program; a bare name is one of this directory (default: TEST_PROGS of the Makefile)
	  --host         this is not the guest: the kernel's log, modules and namespaces are none of our business
	  --totals FILE  write "PASSED FAILED SKIPPED" there at the end, and "SECONDS TEST" for each test to FILE.times
	EOF
	exit "$1"
}

# Where the kernel is watched; test_runner.sh points these elsewhere.
log_read=${RUNNER_LOG_READ:-$SELFTESTS/vm/klog.sh}	# command that prints the log
log_write=${RUNNER_LOG_WRITE:-/dev/kmsg}
modules=${RUNNER_MODULES:-/proc/modules}
netns=${RUNNER_NETNS:-/run/netns}
default_limit=${RUNNER_TIMEOUT:-120}
limit_times=1
[ "${SCALE:-short}" = short ] || limit_times=10
totals=/dev/null times=/dev/null

while [ $# -gt 0 ]; do
	case $1 in
	--host) log_read=true log_write=/dev/null modules=/dev/null netns=/nonexistent ;;
	--totals) totals=${2:?} times=$2.times; shift ;;
	--help) usage 0 ;;
	-*) usage 2 >&2 ;;
	*) break ;;
	esac
	shift
done
tests=("$@")
[ $# -gt 0 ] || read -ra tests < <(make -s -C "$SELFTESTS" list)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Prints the seconds that test $1 may take.
time_limit()
{
	local line lines

	mapfile -t -n 20 lines 2>/dev/null <"$1"
	for line in "${lines[@]}"; do
		if [[ $line =~ ^#\ timeout:\ ([0-9]+) ]]; then
			limit=$((BASH_REMATCH[1] * limit_times))
			return
		fi
	done
	limit=$((default_limit * limit_times))
}

# Sets namespaces to the names of those that exist.
list_namespaces()
{
	local path

	namespaces=()
	for path in "$netns"/*; do
		[ ! -e "$path" ] || namespaces+=("${path##*/}")
	done
}

# Sets left to what is there now and was not before the test, and removes it, for the next test's sake.
find_leftovers()
{
	local name before=" ${namespaces[*]} "

	left=
	list_namespaces
	for name in "${namespaces[@]}"; do
		[[ $before != *" $name "* ]] || continue
		left+="${left:+, }namespace $name"
		[ "$netns" != /run/netns ] || ip netns del "$name" || true
	done
	if [[ $'\n'$(<"$modules") == *$'\n'"tuplestat "* ]]; then
		left+="${left:+, }the module loaded"
		# What cannot be unloaded is in every later test's way, and each would only wait for its time to be over.
		[ "$modules" != /proc/modules ] || rmmod tuplestat || refused="not run: the module cannot be unloaded"
	fi
}

# Runs program $1 with the output in a file: something that it leaves running must not hold us by a pipe.
run()
{
	local dir=${1%/*} program=./${1##*/} pid

	rc=0
	(cd "$dir" && exec timeout -k 2 "$limit" "$program") >"$tmp/output" 2>&1 </dev/null &
	pid=$!
	# This shell's own word about a test that dies by a signal is not part of the output.
	wait "$pid" 2>/dev/null || rc=$?
	# timeout has made a process group of the test: end what is left of it, or a namespace lives on in it.
	kill -KILL -- "-$pid" 2>/dev/null || true
	# timeout had to send KILL: the test took more than its time and did not heed TERM
	if [ $rc -eq 137 ] && [ "$((SECONDS - started))" -ge "$limit" ]; then
		rc=124
	fi
}

passed=0 failed=0 skipped=0 skips=()

# Judges test $2, the $1-th, and adds what it found to the totals. $3: why it was not run.
judge()
{
	local p f s us=$((${EPOCHREALTIME//[!0-9]/} - began)) marker="tuplestat test $1 ends"
	local seconds=$((us / 1000000)).$((us / 100000 % 10))

	# The log from marker to marker is the test's: nothing is lost between two tests, nothing is counted twice.
	echo "$marker" >>"$log_write"
	$log_read >"$tmp/log"
	rm -f "$tmp/totals"
	awk -f "$SELFTESTS/vm/ktap.awk" -v number="$1" -v name="${2##*/}" -v rc="$rc" -v limit="$limit" \
		-v seconds="$seconds" -v left="$left" \
		-v refused="$3" -v from="$last_marker" -v to="$marker" \
		-v patterns="$SELFTESTS/vm/kernel_reports.txt" -v totals="$tmp/totals" "$tmp/output" "$tmp/log"
	last_marker=$marker
	{
		read -r p f s
		mapfile -t -O ${#skips[@]} skips
	} <"$tmp/totals"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	echo "$seconds ${2##*/}" >>"$times"
}

refused=''
: >"$times"
last_marker="tuplestat tests begin"
echo "$last_marker" >>"$log_write"

echo "KTAP version 1"
echo "1..${#tests[@]}"
for ((i = 1; i <= ${#tests[@]}; i++)); do
	test=${tests[i - 1]}
	[[ $test == */* ]] || test=$SELFTESTS/$test
	list_namespaces
	began=${EPOCHREALTIME//[!0-9]/} started=$SECONDS left='' rc=0 limit=0
	why=$refused
	[ -x "$test" ] || why="not run: no such program"
	if [ -z "$why" ]; then
		time_limit "$test"
		run "$test"
		find_leftovers
	else
		: >"$tmp/output"
	fi
	judge $i "$test" "$why"
done

for skip in "${skips[@]}"; do
	echo "# skipped: $skip"
done
echo "# $passed passed, $failed failed, $skipped skipped"
echo "$passed $failed $skipped" >"$totals"
[ "$failed" -eq 0 ] && [ "$((passed + skipped))" -gt 0 ]
