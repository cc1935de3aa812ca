#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every command and option that the help names, of the kernel module, by the command that is built with
# AddressSanitizer and UBSan. What it says of a capture is in unit/test_calls.sh.
# timeout: 300
. "${0%/*}/events_lib.sh"
. "${0%/*}/command_lib.sh"
need jq

COMMAND=$ROOT/build/tuplestat-asan
if [ ! -x "$COMMAND" ]; then
	fail "there is $COMMAND"
	finish
fi
# It wants addresses that a process of user-mode Linux does not have.
"$COMMAND" --version >/dev/null 2>&1 || skip_all "AddressSanitizer does not start here"

# answer WORD...: of the command; its exit code is 0, it says nothing on standard error, and JSON is JSON
answer()
{
	local rc=0

	"$COMMAND" "$@" >"$WORK/out" 2>"$WORK/err" || rc=$?
	if [ "$rc" -ne 0 ] || [ -s "$WORK/err" ]; then
		echo "exit code $rc: $(head -n 40 "$WORK/err")"
		return 1
	fi
	case " $* " in
	*" -j "* | *" --json "*) jq -e . "$WORK/out" ;;
	esac
}

# event WORD...: the command waits for an event, and one comes
event()
{
	local rc=0

	"$COMMAND" -N "$A" "$@" >"$WORK/out" 2>"$WORK/err" &
	wait_for joined "$A" $!
	client "$A" udp flood 127.0.0.1 5001 --source-port 20000 --ports 10 --count 10
	wait_for -t 60 gone $!
	wait $! || rc=$?
	if [ "$rc" -ne 0 ] || [ "$(<"$WORK/err")" != "1 events, 0 missed" ]; then
		echo "exit code $rc: $(<"$WORK/err")"
		return 1
	fi
	case " $* " in
	*" --syslog "*) [ ! -s "$WORK/out" ] ;;
	*" -j "*) jq -e .event "$WORK/out" ;;
	*) [ "$(wc -l <"$WORK/out")" -eq 1 ] ;;
	esac
}

load_module
setup_ns A
setup_tmp
tuplestat -N "$A" start
converse "$A" "$A" tcp thanks 127.0.0.1 5000 40000
converse "$A" "$A" tcp thanks ::1 5000 40001
client "$A" udp flood ::1 5001 --source-port 10000 --ports 100 --count 100

check_equal "each word of the help is in a call" "" "$(unused_words)"
option=-N row=0
while read -r where words; do
	# Those that a capture takes, too, have been through the sanitizers there: for the way to the module, every fifth.
	row=$((row + 1))
	[ "$where" != both ] || [ "${SCALE:-short}" != short ] || [ $((row % 5)) -eq 0 ] || continue
	case $where in
	live | both)
		# The namespace by name and by path, with the option's short and long form.
		[ $option = -N ] && netns="-N $A" || netns="--netns /run/netns/$A"
		[ $option = -N ] && option=--netns || option=-N
		# shellcheck disable=SC2086 # words
		check "live: tuplestat ${netns%% *} NS $words" answer $netns $words
		;;
	event)
		# shellcheck disable=SC2086 # words
		check "an event: tuplestat $words" event $words
		;;
	esac
done < <(command_calls)

# Refusals have ways of their own through the command.
rc=0
"$COMMAND" -N "$A" show host 192.0.2.1 >"$WORK/out" 2>"$WORK/err" || rc=$?
check_equal "refused by nothing that matches" "2 tuplestat: no flow matches" "$rc $(<"$WORK/err")"
tuplestat -N "$A" stop
rc=0
"$COMMAND" -N "$A" >"$WORK/out" 2>"$WORK/err" || rc=$?
check_equal "refused by the kernel" "2 tuplestat: not started in this network namespace; run 'tuplestat -N $A start'" \
	"$rc $(<"$WORK/err")"
finish
