#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "tuplestat top" while the wall clock is set by hours: flows keep their rates, and an open flow stays open. In another time
# namespace, in which CLOCK_MONOTONIC differs from the module's, a new flow has a rate, too.
# timeout: 300
. "${0%/*}/top_lib.sh"
. "${0%/*}/clock_lib.sh"

setup_ns A
setup_tmp
load_module
terminal TERM=tmux-256color
tuplestat -N "$A" set timeout-udp-unreplied 1h
tuplestat -N "$A" start

# send_packets PORT: ten datagrams, of one flow
send_packets()
{
	client "$A" udp flood 127.0.0.1 "$1" --source-port 10000 --count 10 --size 1000
}

# look KEY ORDER: asks for an order, and with it for an update
look()
{
	keys "$1"
	wait_for -t 20 shows "by $2, every 3600 s"
}

# packets PORT: the rate of that flow on the screen, packets per second
packets()
{
	screen | awk -v end=":$1\$" '$4 ~ end { print $6 }'
}

# is_idle PORT: for wait_for: its rate is known, and 0
is_idle()
{
	[ "$(packets "$1")" = 0/0 ]
}

# has_rate PORT: for wait_for: the originator's rate is known, and not 0
has_rate()
{
	[[ $(packets "$1") =~ ^[0-9.]*[1-9][0-9.]*/0$ ]]
}

send_packets 5001
start_top -N "$A" -n top interval 3600
# A second update comes by itself.
check "an idle flow: its rate is 0" wait_for -t 20 is_idle 5001
for step in 7200 -18000; do
	set_clock_by "$step"
	send_packets 5001
	look p packets/s
	check "clock set by $step s: the flow has a rate" wait_for -t 20 has_rate 5001
	look b bytes/s
	check "clock set by $step s: and then its rate is 0" wait_for -t 20 is_idle 5001
done
keys q
check_left "it is left" 0

start_top -N "$A" -n top interval 0.2
keys Enter
check_shows "a flow is open" 'In short: '
set_clock_by $((366 * 24 * 3600))
check_shows "clock set by a year: the open flow is updated" "^ +first +$(date +%Y)-"
check_shows "and has not ended" '^0/0 bytes/s, 0/0 packets/s, UNREPLIED'
keys q
check_left "it is left" 0

name="another time namespace: a new flow has a rate"
if unshare --time --fork --monotonic 1000000 true 2>"$WORK/unshare"; then
	type_in "clear; unshare --time --fork --monotonic 1000000 tuplestat -N $A -n top interval 3600"
	keys Enter
	check "another time namespace: an idle flow has the rate 0" wait_for -t 20 is_idle 5001
	send_packets 5002
	look p packets/s
	check "$name" wait_for -t 20 has_rate 5002
	keys q
	check_left "it is left" 0
else
	skip "$name" "$(<"$WORK/unshare")"
fi
finish
