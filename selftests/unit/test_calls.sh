#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every command and option that the help names, of a capture: by the command that is built with AddressSanitizer and
# UBSan, and by valgrind, which also sees reads of what was never written. All must print the same as the command does.
# Calls that need the module are in command_calls.sh.
. "$(dirname "$0")/../command_lib.sh"
need jq tcpdump valgrind

PACKETS=400
# Of pages that say when they were made
export SOURCE_DATE_EPOCH=1700000000
COMMAND=$ROOT/build/tuplestat

# Exit code and words of each call
codes=() calls=()

# What the C library keeps until the end is none of the command's leaks.
memcheck()
{
	valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
		--show-leak-kinds=definite,indirect,possible --log-file="$WORK/$CALL.memcheck" "$COMMAND" "$@"
}

# run HOW PROGRAM...: call CALL; what comes of it is in files of that name
run()
{
	local rc=0 words

	read -ra words <<<"${calls[CALL]}"
	"${@:2}" "${words[@]}" >"$WORK/$CALL.$1.out" 2>"$WORK/$CALL.$1.err" || rc=$?
	echo $rc >"$WORK/$CALL.$1.rc"
}

run_call()
{
	cd "$WORK" || exit
	CALL=$1
	run plain "$COMMAND"
	run sanitizers "$ROOT/build/tuplestat-asan"
	run valgrind memcheck
}

# As many at a time as there are CPUs
run_calls()
{
	local i running=0

	for i in "${!calls[@]}"; do
		run_call "$i" &
		running=$((running + 1))
		[ $running -lt "$(nproc)" ] || wait -n
	done
	wait
}

# good_answer: of the command itself
good_answer()
{
	local plain=$WORK/$CALL.plain

	if [ "$(<"$plain.rc")" -ne "${codes[CALL]}" ]; then
		echo "exit code $(<"$plain.rc"), not ${codes[CALL]}: $(<"$plain.err")"
		return 1
	fi
	[ -s "$plain.out" ] || { echo "no output"; return 1; }
	[ "${codes[CALL]}" -ne 0 ] || [ ! -s "$plain.err" ] || { echo "it says: $(<"$plain.err")"; return 1; }
	case " ${calls[CALL]} " in
	*" -j "* | *" --json "*) jq -e . "$plain.out" ;;
	esac
}

# same_answer HOW
same_answer()
{
	local part

	for part in rc err out; do
		if ! cmp "$WORK/$CALL.plain.$part" "$WORK/$CALL.$1.$part"; then
			head -n 40 "$WORK/$CALL.$1.err" "$WORK/$CALL.memcheck"
			return 1
		fi
	done
}

# The first packets of a capture with all kinds of them, and the same without its last byte
make_captures()
{
	"$SELFTESTS/gen_packets.py" accepted "$WORK/all.pcap" >"$WORK/count"
	tcpdump -r "$WORK/all.pcap" -c $PACKETS -w "$WORK/good.pcap" 2>"$WORK/tcpdump"
	head -c -1 "$WORK/good.pcap" >"$WORK/cut.pcap"
}

# Fills codes and calls; -r and its long name by turns.
list_calls()
{
	local where words option=-r

	while read -r where words; do
		[ "$where" = read ] || [ "$where" = both ] || continue
		codes+=(0)
		calls+=("$option good.pcap $words")
		[ $option = -r ] && option=--read || option=-r
	done < <(command_calls)
	for words in "" -j show summary stats; do
		codes+=(3)
		calls+=("-r cut.pcap $words")
	done
}

setup_tmp
make_captures
list_calls
run_calls

# The list is derived: it must not have become short by a change of the help's layout.
check "the help names words" [ "$(usage_words | wc -l)" -ge 90 ]
check_equal "each word of the help is in a call" "" "$(unused_words)"
for CALL in "${!calls[@]}"; do
	check "right: tuplestat ${calls[CALL]}" good_answer
	check "sanitizers: tuplestat ${calls[CALL]}" same_answer sanitizers
	check "valgrind: tuplestat ${calls[CALL]}" same_answer valgrind
done
finish
