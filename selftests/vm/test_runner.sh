#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The runner is what every other test's word goes through, so it is fed bad tests here: each must be found out, for
# the right reason. Runs on the host; log, modules and namespaces are files in a temporary directory.
set -euo pipefail

RUNNER=$(cd "$(dirname "$0")/.." && pwd -P)/run_tests.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

export RUNNER_LOG_READ="${RUNNER%/*}/vm/klog.sh $tmp/log" RUNNER_LOG_WRITE=$tmp/log RUNNER_MODULES=$tmp/modules RUNNER_NETNS=$tmp/netns
export RUNNER_TIMEOUT=20
count=0

# The rest of the arguments are the lines of a test that is run by itself.
given()
{
	rm -rf "$tmp/netns"
	mkdir "$tmp/netns"
	echo "x 1 0 - Live" >"$tmp/modules"
	echo "[    0.1] WARNING: from before the test" >"$tmp/log"
	printf '%s\n' "#!/bin/bash" "$@" >"$tmp/t.sh"
	chmod +x "$tmp/t.sh"
	rc=0
	output=$("$RUNNER" --totals "$tmp/totals" "$tmp/t.sh") || rc=$?
	verdict=$(grep -E '^(not )?ok ' <<<"$output") || true
}

# expect NAME STATUS TOTALS VERDICT-REGEX
expect()
{
	count=$((count + 1))
	if [ "$rc" -eq "$2" ] && [ "$(<"$tmp/totals")" = "$3" ] && [[ $verdict =~ $4 ]]; then
		echo "ok $count $1"
		return
	fi
	echo "# status $rc, totals $(<"$tmp/totals"), wanted $2, $3, $4; output:"
	awk '{ print "#   " $0 }' <<<"$output"
	echo "not ok $count $1"
	status=1
}

status=0
echo "KTAP version 1"

given 'echo KTAP version 1' 'echo 1..2' 'echo ok 1 a' 'echo ok 2 b'
expect "good test passes" 0 "2 0 0" '^ok 1 t.sh$'

count=$((count + 1))
if [[ $(<"$tmp/totals.times") =~ ^[0-9]+\.[0-9]\ t\.sh$ ]]; then
	echo "ok $count the time that it took is written"
else
	echo "# times: $(<"$tmp/totals.times")"
	echo "not ok $count the time that it took is written"
	status=1
fi

given 'echo 1..1' 'echo not ok 1 a' 'exit 1'
expect "failed result" 1 "0 1 0" '^not ok 1 t.sh # 1 of 1 failed$'

given 'echo ok 1 a'
expect "no plan" 1 "1 1 0" '^not ok 1 t.sh # no plan$'

given 'echo hello'
expect "no KTAP at all" 1 "0 1 0" '^not ok 1 t.sh # no plan'

given 'echo 1..3' 'echo ok 1 a' 'echo ok 2 b'
expect "missing result" 1 "2 1 0" 'planned 3 results, gave 2'

given 'echo 1..1' 'echo ok 1 a' 'echo ok 2 b'
expect "result too many" 1 "2 1 0" 'planned 1 results, gave 2'

given 'echo 1..2' 'echo ok 1 a' 'echo ok 1 a'
expect "result given twice" 1 "2 1 0" 'result 2 is numbered 1'

given 'echo 1..2' 'echo ok 1 a' 'echo not ok 2 b' 'exit 0'
expect "exit status 0 with a failure" 1 "1 1 0" 'exit status 0 with 1 failed'

given 'echo 1..1' 'echo ok 1 a' 'exit 1'
expect "exit status 1 without a failure" 1 "1 1 0" 'exit status 1$'

given 'echo 1..1' 'echo ok 1 a' 'kill -SEGV $$'
expect "death by a signal" 1 "1 1 0" 'killed by signal 11'

given 'echo 1..0' 'exit 0'
expect "nothing tested" 1 "0 1 0" 'nothing was tested'

given '# timeout: 1' 'echo 1..1' 'echo ok 1 a' 'sleep 100'
expect "time-out" 1 "1 1 0" 'timed out after 1 s'

given '# timeout: 1' 'trap "" TERM' 'echo 1..1' 'echo ok 1 a' 'while :; do sleep 1; done'
expect "time-out, deaf to TERM" 1 "1 1 0" 'timed out after 1 s'

given 'sleep 100 &' 'echo $! >'"$tmp/pid" 'echo 1..1' 'echo ok 1 a'
expect "process left running does not hold the runner" 0 "1 0 0" '^ok 1 t.sh$'

count=$((count + 1))
# ended, or dead and waiting for a parent to look at it
if grep -q 'State:.*[^Z] (' "/proc/$(<"$tmp/pid")/status" 2>/dev/null; then
	echo "not ok $count process left running is ended"
	status=1
else
	echo "ok $count process left running is ended"
fi

for report in "WARNING: CPU: 0 PID: 1 at net/x.c:1" "BUG: KASAN: slab-use-after-free in x" "Oops: 0000 [#1]" \
	"general protection fault, probably for non-canonical address" "UBSAN: shift-out-of-bounds in x" \
	"WARNING: possible circular locking dependency detected" "INFO: task x:1 blocked for more than 120 seconds." \
	"rcu: INFO: rcu_preempt self-detected stall on CPU" "refcount_t: underflow; use-after-free." \
	"WARNING: suspicious RCU usage" "list_del corruption. prev->next should be x" \
	"kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"; do
	given 'echo 1..1' 'echo ok 1 a' "echo '[    1.5] $report' >>$tmp/log"
	expect "kernel report: ${report//#/}" 1 "1 1 0" "kernel report: ${report:0:8}"
done

given 'echo 1..1' 'echo ok 1 a' "echo '[    1.5] BUG: here' >>$tmp/log" "echo '[    1.5] second line' >>$tmp/log"
verdict=$output
expect "excerpt of the log" 1 "1 1 0" '# kernel: .*BUG: here.*# kernel: .*second line'

given 'echo 1..1' 'echo ok 1 a' "echo '[    1.5] tuplestat: loading out-of-tree module taints kernel.' >>$tmp/log"
expect "harmless kernel message" 0 "1 0 0" '^ok 1 t.sh$'

leaks="echo '[    1.5] kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)' >>$tmp/log"
given 'echo 1..1' 'echo ok 1 a' "$leaks" "$leaks" "echo '[    1.6] tuplestat: leaks read' >>$tmp/log"
expect "leaks that the test has read about" 0 "1 0 0" '^ok 1 t.sh$'

given 'echo 1..1' 'echo ok 1 a' "$leaks" "echo '[    1.6] tuplestat: leaks read' >>$tmp/log" "$leaks"
expect "leaks after those" 1 "1 1 0" 'kernel report: .*kmemleak'

# race FUNCTION [CALLER]...: lines for a test in whose log there is a data race of that function's
race()
{
	local line rule="=================================================================="

	for line in "$rule" "BUG: KCSAN: data-race in $1 / other" "read to 0x1 of 8 bytes by task 1 on cpu 0:" \
		"${@/#/ }" "" "write to 0x1 of 8 bytes by interrupt on cpu 1:" " other+0x1/0x2" "$rule"; do
		echo "echo '[    1.5] $line' >>$tmp/log"
	done
}

given 'echo 1..1' 'echo ok 1 a' "$(race "tstat_x [tuplestat]")"
expect "a data race of the module's" 1 "1 1 0" 'kernel report: BUG: KCSAN'

given 'echo 1..1' 'echo ok 1 a' "$(race tcp_x)"
expect "a data race of the kernel's own" 0 "1 0 0" '^ok 1 t.sh$'

given 'echo 1..1' 'echo ok 1 a' "$(race list_x "tstat_x+0x1/0x2 [tuplestat]" nf_hook_slow)"
expect "a data race of what the module calls" 1 "1 1 0" 'kernel report: BUG: KCSAN'

given 'echo 1..1' 'echo ok 1 a' "$(race timer_x asm_sysvec_apic_timer_interrupt+0x1 "tstat_x+0x1/0x2 [tuplestat]")"
expect "a data race of an interrupt of the module's" 0 "1 0 0" '^ok 1 t.sh$'

given 'echo 1..1' 'echo ok 1 a' "$(race tcp_x)" "echo '[    1.6] BUG: KASAN: slab-use-after-free in x' >>$tmp/log"
expect "a report after a data race of the kernel's own" 1 "1 1 0" 'kernel report: BUG: KASAN'

# unread FILE: lines for a test in whose log a list of that file is read outside of a section
unread()
{
	local line

	for line in "=============================" "WARNING: suspicious RCU usage" "6.12.0 Tainted: G O" \
		"-----------------------------" "$1:7 RCU-list traversed in non-reader section!!"; do
		echo "echo '[    1.5] $line' >>$tmp/log"
	done
}

given 'echo 1..1' 'echo ok 1 a' "$(unread module/table.c)"
expect "a list of the module's read outside of a section" 1 "1 1 0" 'kernel report: WARNING: suspicious RCU'

given 'echo 1..1' 'echo ok 1 a' "$(unread net/ipv4/x.c)" "echo '[    1.5]  tstat_x+0x1/0x2 [tuplestat]' >>$tmp/log"
expect "a list of another's that the module reads so" 1 "1 1 0" 'kernel report: WARNING: suspicious RCU'

given 'echo 1..1' 'echo ok 1 a' "$(unread net/netfilter/nf_tables_api.c)"
expect "a list of nf_tables read outside of a section" 0 "1 0 0" '^ok 1 t.sh$'

given 'echo 1..1' 'echo ok 1 a' "$(unread net/netfilter/nf_tables_api.c)" "$(unread module/table.c)"
expect "and then one of the module's" 1 "1 1 0" 'kernel report: WARNING: suspicious RCU'

given 'echo 1..1' 'echo ok 1 a' "echo 'tuplestat 1 0 - Live' >>$tmp/modules"
expect "module left loaded" 1 "1 1 0" 'left behind: the module loaded'

given 'echo 1..1' 'echo ok 1 a' "touch $tmp/netns/a-1"
expect "namespace left behind" 1 "1 1 0" 'left behind: namespace a-1'

given 'echo 1..2' 'echo "ok 1 a # SKIP no such tool"' 'echo ok 2 b'
expect "skipped result is counted" 0 "1 0 1" '^ok 1 t.sh$'

verdict=$output
expect "skipped result is named" 0 "1 0 1" '# skipped: t.sh: ok 1 a # SKIP no such tool'

given 'echo SKIP: not on this kernel' 'exit 4'
expect "skip by exit status" 0 "0 0 1" '^ok 1 t.sh # SKIP not on this kernel$'

given 'echo "1..0 # SKIP no IPv6"' 'exit 4'
expect "skip by plan" 0 "0 0 1" '^ok 1 t.sh # SKIP no IPv6$'

given 'echo 1..1' 'echo not ok 1 a' 'exit 4'
expect "skip that hides a failure" 1 "0 1 0" 'exit status 4, a skip, with 1 failed'

given 'echo 1..2' 'echo ok 1 a' 'exit 4'
expect "skip half way" 1 "1 1 0" 'planned 2 results, gave 1'

given 'echo 1..1' 'echo "  1..2"' 'echo "  ok 1 x"' 'echo "  ok 2 y"' 'echo ok 1 a'
expect "innermost results are counted" 0 "2 0 0" '^ok 1 t.sh$'

given 'echo 1..1' 'echo "  1..2"' 'echo "  ok 1 x"' 'echo ok 1 a'
expect "missing nested result" 1 "1 1 0" 'planned 2 results, gave 1 .nested.'

given 'echo 1..1' 'echo "  1..1"' 'echo "  not ok 1 x"' 'echo ok 1 a'
expect "nested failure that the outer result hides" 1 "0 1 0" 'ok in spite of a failed part'

given 'echo 1..1' 'echo "  1..1"' 'echo "  ok 1 x"' 'echo not ok 1 a' 'exit 1'
expect "outer failure that no part explains is counted" 1 "1 1 0" '1 of 2 failed'

given 'echo 1..1' 'echo ok 1 a' 'echo KTAP version 1' 'echo 1..2' 'echo ok 1 b'
expect "second document is held to its own plan" 1 "2 1 0" 'planned 2 results, gave 1'

given 'echo 1..1' 'echo ok 1 a' 'echo "Bail out! no"'
expect "bail out" 1 "1 1 0" 'bailed out'

# Two tests, the first of which is not there.
printf '%s\n' '#!/bin/bash' 'echo 1..1' 'echo ok 1 a' >"$tmp/u.sh"
chmod +x "$tmp/u.sh"
rc=0
output=$("$RUNNER" --totals "$tmp/totals" "$tmp/absent.sh" "$tmp/u.sh") || rc=$?
verdict=$output
expect "program that does not exist" 1 "1 1 0" 'not ok 1 absent.sh # not run'
expect "a failure does not end the run" 1 "1 1 0" $'\nok 2 u.sh'

echo "1..$count"
exit $status
