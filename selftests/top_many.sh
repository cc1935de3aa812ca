#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "tuplestat top" of many flows: the fastest of them is found, keys are taken while a round is under way, and memory is
# bounded. What a round costs is measured by bench/top.sh.
# timeout: 600
. "${0%/*}/top_lib.sh"

FLOWS=20000
[ "${SCALE:-short}" != full ] || FLOWS=100000

# kib NAME: of the process, as in /proc/PID/status
kib()
{
	awk -v name="$1:" '$1 == name { print $2 }' "/proc/$PID/status"
}

# flood PORT PER-PORT COUNT: so many datagrams to a port of 127.0.0.1, of as many source ports as fit
make_flows()
{
	local left=$FLOWS ports port=5000

	while [ "$left" -gt 0 ]; do
		ports=$((left < 20000 ? left : 20000))
		client "$A" udp flood 127.0.0.1 "$port" --source-port 10000 --ports $ports --count $ports
		left=$((left - ports)) port=$((port + 1))
	done
}

load_module
setup_ns A
setup_tmp
tuplestat -N "$A" start
tuplestat -N "$A" set timeout-udp-unreplied 1h
make_flows
terminal TERM=tmux-256color
start_top -N "$A" -n top interval 3600
PID=$(pgrep -f "tuplestat -N $A -n top")
check_shows "all are counted" "^$FLOWS flows "
check_shows "none has sent since then" '^udp +UNREPLIED .* 0/0 '

client "$A" udp flood 127.0.0.1 5000 --source-port 10777 --ports 1 --count 50
client "$A" udp flood 127.0.0.1 5000 --source-port 20777 --ports 1 --count 100
keys p
check_shows_not "the rates are others" '^udp .* 0/0 +0/0 .*:5000'
wait_for shows '127.0.0.1:20777'
check_equal "the two fastest of all come first" "20777 10777" \
	"$(screen | sed -n '5p; 6p' | grep -oE ':[12]0777' | tr -d : | xargs)"
check_equal "those that can be scrolled to are counted with the rest" "$FLOWS flows by packets/s" \
	"$(line 2 | grep -oE '[0-9]+ flows by packets/s')"

# Keys are taken at once, also where rounds follow each other without a pause: each key is answered by a screen.
keys q
check_left "left" 0
start_top -N "$A" -n top interval 0.1
for key in h Escape f; do
	keys $key
done
type_in "udp sport 10777"
check_shows "what is typed while a round is under way is there" '^filter: udp sport 10777'
keys Enter
check_shows "and the kernel has chosen" '^filter: udp sport 10777 .* [1-9] flows? by'
PID=$(pgrep -f "tuplestat -N $A -n top")
keys f C-u Enter
check_shows "all again" "^all flows .* $FLOWS flows by"

# 112 bytes a flow, twice as much while it grows, and what an empty one takes, which is less than 8 MiB.
limit=$((8192 + 2 * FLOWS * 112 / 1024))
peak=$(kib VmHWM)
check "memory: $peak KiB at most, $((peak * 1024 / FLOWS)) bytes a flow; the bound is $limit KiB" [ "$peak" -le $limit ]
keys q
check_left "left again" 0
finish
