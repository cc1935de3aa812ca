#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
# What an update of "tuplestat top" takes, the kernel's part included: it has the CPU for all of it. And its memory.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../top_lib.sh"

readonly SIZES="1000 10000 100000 1000000"
readonly ROUNDS=3

# worked: how long the process had a CPU so far, after what it was asked for
worked()
{
	local before=-1 now

	read -r now _ <"/proc/$PID/schedstat"
	until [ "$now" = "$before" ]; do
		before=$now
		pause 1
		read -r now _ <"/proc/$PID/schedstat"
	done
	echo "$now"
}

# rounds FLOWS
rounds()
{
	local took=() before i

	start_top -N "$F" -n top interval 3600
	PID=$(pgrep -f "tuplestat -N $F -n top")
	before=$(worked)
	for ((i = 0; i < ROUNDS; i++)); do
		# the order that there is already: nothing changes but by the round
		keys b
		took+=($(($(worked) - before)))
		before=$(worked)
	done
	note "$1: ${took[*]}"
	figure top-round "$1" $(($(least "${took[@]}") / $1))
	figure top-memory "$1" "$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$PID/status")"
	check "the screen has all" shows "^$1 flows "
	keys q
	wait_for -t 20 shows '^\$'
}

path
setup_tmp
terminal TERM=tmux-256color
for size in $SIZES; do
	begin tuplestat 1048576
	send_packets udp 4 --flows "$size"
	rounds "$size"
	end tuplestat
done
finish
