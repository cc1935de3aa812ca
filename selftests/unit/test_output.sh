#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The command survives what it is given to write to, of a capture: a full disk, a reader who leaves, closed files,
# signals, a terminal. The same of the kernel module's answers is in command_output.sh.
. "$(dirname "$0")/../command_lib.sh"
need jq script tcpdump

setup_tmp
capture=$WORK/all.pcap
"$SELFTESTS/gen_packets.py" accepted "$capture" >"$WORK/count"
tcpdump -r "$capture" -c 100 -w "$WORK/few.pcap" 2>"$WORK/tcpdump"

# --- a full disk ---

while read -r where words; do
	[ "$where" = read ] || [ "$where" = both ] || continue
	# shellcheck disable=SC2086 # words
	check_full_disk yes -r "$WORK/few.pcap" $words
done < <(command_calls)

# More than one write: the failure is noted early, and told once.
for words in "" -j "-j -p" show; do
	# shellcheck disable=SC2086 # words
	check_full_disk yes -r "$capture" $words
done

# --- a reader who leaves ---

# In a pipe is room for 64 KiB; each of these is longer.
for words in "" -j "-j -p" show "group by sport"; do
	mkfifo "$WORK/pipe"
	head -c 1 <"$WORK/pipe" >"$WORK/head" &
	# shellcheck disable=SC2086 # words
	outcome tuplestat -r "$capture" $words >"$WORK/pipe"
	check_outcome "who reads has enough: tuplestat -r FILE $words" 2
	wait $!
	check "and had some of it" [ -s "$WORK/head" ]
	rm "$WORK/pipe"
done

# --- closed files ---

for words in "" -j stats help; do
	# shellcheck disable=SC2086 # words
	check_closed -r "$WORK/few.pcap" $words
done
outcome closed in tuplestat -r -
check_outcome "there is no standard input to read" 2 \
	"tuplestat: cannot read 'standard input': error reading dump file: Bad file descriptor"
before=$(sha256sum <"$WORK/few.pcap")
outcome closed out closed err tuplestat -r "$WORK/few.pcap" nonsense
check_outcome "a message has nowhere to go" 1
check_equal "the capture is as it was" "$before" "$(sha256sum <"$WORK/few.pcap")"

# --- signals ---

mkfifo "$WORK/slow"
exec {slow}<>"$WORK/slow"
interruptible tuplestat -r - <"$WORK/slow" >"$WORK/out" 2>"$WORK/err"
# More than a pipe holds: when all is written, it has read some.
# shellcheck disable=SC2016 # for the inner shell
check "it reads a capture" timeout 10 bash -c 'head -c 100000 "$0" >"$1"' "$capture" "$WORK/slow"
kill -INT "$PID"
await_end "$PID"
check_equal "interrupted while it reads" INT "$ENDED"
check_equal "nothing is said" "" "$(cat "$WORK/out" "$WORK/err")"
exec {slow}>&-

mkfifo "$WORK/stuck"
exec {stuck}<>"$WORK/stuck"
interruptible tuplestat -j -r "$capture" >"$WORK/stuck" 2>"$WORK/err"
# shellcheck disable=SC2016 # for the inner shell
check "it writes, and more than is read" timeout 10 bash -c 'read -rN 100 && [[ $REPLY == "[{"* ]]' <&"$stuck"
kill -INT "$PID"
await_end "$PID"
check_equal "interrupted while it writes" INT "$ENDED"
check_equal "nothing is said then" "" "$(<"$WORK/err")"
exec {stuck}>&-

# --- a terminal ---


# Packets by hand: progress is shown after a second, and then a signal comes.
cat >"$WORK/session" <<-END
	stty -g >$WORK/before
	mkfifo $WORK/typed
	exec 5<>$WORK/typed
	env --default-signal=INT tuplestat -n -r - <$WORK/typed &
	head -c 2000000 $capture >&5
	sleep 1.2
	tail -c +2000001 $capture | head -c 2000000 >&5
	until [ -s $WORK/screen ] && grep -q packets $WORK/screen; do sleep 0.05; done
	kill -INT \$!
	wait \$!
	echo "status \$?" >$WORK/status
	stty -g >$WORK/after
END
check "interrupted on a terminal" timeout 20 script -qefc "bash $WORK/session" "$WORK/screen"
check "it had shown how far it was" grep -q "packets" "$WORK/screen"
check_equal "it died of the signal" "status 130" "$(cat "$WORK/status")"
check "the terminal is as it was" cmp "$WORK/before" "$WORK/after"
finish
