#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command survives what it is given to write to, with what the kernel module answers: a full disk, a reader who
# leaves or who sleeps, closed files, signals, another size of the terminal. Of captures: unit/test_output.sh.
# timeout: 300
. "${0%/*}/events_lib.sh"
. "${0%/*}/command_lib.sh"
need jq script
[ -e /proc/self/syscall ] || skip_all "this kernel does not tell in which call a process is"

# Enough for answers, and for events, that no pipe holds: that is 64 KiB.
readonly FLOWS=500

# make_flows PORT
make_flows()
{
	client "$A" udp flood 127.0.0.1 "$1" --source-port 10000 --ports $FLOWS --count $FLOWS
}

# make_few PORT: so few that no event can get lost
make_few()
{
	client "$A" udp flood 127.0.0.1 "$1" --source-port 10000 --ports 50 --count 50
}

# start_monitor OUTPUT WORD...: tuplestat -N A WORD...; it listens when this returns. Sets PID.
start_monitor()
{
	interruptible tuplestat -N "$A" "${@:2}" >"$1" 2>"$WORK/said"
	wait_for joined "$A" "$PID"
}

# has_listener: for wait_for: somebody has joined
has_listener()
{
	ip netns exec "$A" cat /proc/net/netlink | awk '
		$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }'
}

# is_writing PID: for wait_for: it is in write() to its standard output, and so waits there
is_writing()
{
	local call fd

	read -r call fd _ <"/proc/$1/syscall"
	[ "$call $fd" = "1 0x1" ]
}

# check_monitor NAME ENDED SAYS: of the one that was started last
check_monitor()
{
	await_end "$PID"
	check_equal "$1" "$2 $3" "$ENDED $(<"$WORK/said")"
}

load_module
setup_ns A
setup_tmp
tuplestat -N "$A" start
make_flows 5000

# --- answers ---

# What the others print has been to the full disk with a capture.
for words in "" "-j -p" show summary stats; do
	# shellcheck disable=SC2086 # words
	check_full_disk yes -N "$A" $words
done
while read -r where words; do
	[ "$where" = live ] || continue
	says=yes
	case $words in
	start | stop | set\ *) says=no ;;
	esac
	# shellcheck disable=SC2086 # words
	check_full_disk $says -N "$A" $words
done < <(command_calls)
make_flows 5000

# shellcheck disable=SC2016 # for the inner shell
for words in "" -j show; do
	# shellcheck disable=SC2086 # words
	outcome bash -c 'tuplestat "$@" | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}' tuplestat -N "$A" $words
	check_outcome "who reads has enough: tuplestat $words" 2
done
for words in stats config "-j check"; do
	# shellcheck disable=SC2086 # words
	check_closed -N "$A" $words
done

mkfifo "$WORK/stuck"
exec {stuck}<>"$WORK/stuck"
interruptible tuplestat -N "$A" -j >"$WORK/stuck" 2>"$WORK/said"
# shellcheck disable=SC2016 # for the inner shell
check "a list is written, longer than what is read" bash -c 'read -t 20 -rN 100 && [[ $REPLY == "[{"* ]]' <&"$stuck"
kill -INT "$PID"
check_monitor "interrupted while it writes" INT ""
exec {stuck}>&-
rm "$WORK/stuck"

# --- events ---

start_monitor /dev/full monitor
make_flows 5001
check_monitor "monitor, disk full" "exit 2" "$LOST: No space left on device"

mkfifo "$WORK/pipe"
head -c 1 <"$WORK/pipe" >/dev/null &
start_monitor "$WORK/pipe" -j monitor
make_flows 5002
check_monitor "monitor, who reads has enough" "exit 2" ""

# A closed file's number must not become the socket's: what is meant for people would be sent to the kernel. Each has a
# port of its own: flows that are there already have no event.
port=5010
for file in in out err; do
	outcome closed $file timeout 60 tuplestat -N "$A" monitor count 1 >"$WORK/out" &
	wait_for has_listener
	make_few $((port++))
	wait $!
	case $file in
	in) check_outcome "monitor, no standard input" 0 "1 events, 0 missed" ;;
	out) check_outcome "monitor, no standard output" 2 "$LOST: Bad file descriptor" ;;
	err) check_outcome "monitor, no standard error" 0 ;;
	esac
done

start_monitor "$WORK/events" -j monitor
make_few 5004
wait_for [ -s "$WORK/events" ]
kill -INT "$PID"
await_end "$PID"
check_equal "monitor interrupted: ends well" "exit 0" "$ENDED"
lines=$(wc -l <"$WORK/events")
check_equal "every line is whole, and the last one ends" "$lines $lines events, 0 missed" \
	"$(jq -r .event[0] "$WORK/events" | wc -l) $(<"$WORK/said")"

# Who reads sleeps, and the pipe is full: it can be ended all the same, and says that output was lost.
for signal in INT TERM; do
	mkfifo "$WORK/sleeps"
	exec {sleeps}<>"$WORK/sleeps"
	start_monitor "$WORK/sleeps" -j monitor
	make_flows 5005
	tuplestat -N "$A" flush >"$WORK/out"
	check "nobody reads, the pipe gets full" wait_for is_writing "$PID"
	kill -$signal "$PID"
	check_monitor "monitor, $signal while it waits for who reads" "exit 2" "$LOST: Interrupted system call"
	exec {sleeps}>&-
	rm "$WORK/sleeps"
done

# --- a terminal ---

cat >"$WORK/session" <<-END
	stty -g >$WORK/before
	env --default-signal=INT tuplestat -N $A -n monitor port 5006 &
	echo \$! >$WORK/pid
	wait \$!
	echo "status \$?" >$WORK/status
	stty -g >$WORK/after
END
background script -qefc "bash $WORK/session" "$WORK/screen" >"$WORK/out"
wait_for [ -s "$WORK/pid" ]
pid=$(<"$WORK/pid")
wait_for joined "$A" "$pid"
for columns in 40 1 500; do
	stty columns $columns <"/proc/$pid/fd/1"
	kill -WINCH "$pid"
done
client "$A" udp flood 127.0.0.1 5006 --source-port 10000 --ports 1 --count 1
check "the size of the terminal changes, and the monitor goes on" wait_for grep -q "new udp.*:5006" "$WORK/screen"
kill -INT "$pid"
wait_for [ -s "$WORK/after" ]
check_equal "it ends well" "status 0" "$(<"$WORK/status")"
check "the terminal is as it was" cmp <(tail -n 1 "$WORK/before") <(tail -n 1 "$WORK/after")
finish
