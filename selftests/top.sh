#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "tuplestat top" on a terminal: what its screen shows, what keys do, and that it outlives the module and gives the
# terminal back. The screen is read as text; drawing at every size is in unit/test_top_view.c.
# timeout: 300
. "${0%/*}/top_lib.sh"
need jq

# number AMOUNT: without k and M
number()
{
	awk -v text="$1" 'BEGIN {
		unit["k"] = 1000; unit["M"] = 1000000
		last = substr(text, length(text))
		printf "%.0f", last in unit ? substr(text, 1, length(text) - 1) * unit[last] : text
	}'
}

# between LEAST MOST GOT: of three digits the last one is rounded
between()
{
	awk -v least="$1" -v most="$2" -v got="$3" 'BEGIN { exit !(got >= least * 0.99 && got <= most * 1.01) }'
}

# a_second COUNT FROM TO: so many a second, between two points in microseconds
a_second()
{
	awk -v count="$1" -v us=$(($3 - $2)) 'BEGIN { printf "%.0f", count * 1e6 / us }'
}

# send_packets COUNT: datagrams from port 10000 to port 5006
send_packets()
{
	REPORT=$(client "$B" udp flood 10.0.0.1 5006 --source-port 10000 --count "$1" --size 1000 --report)
}

setup_ns A B
setup_tmp
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
terminal TERM=tmux-256color

# --- the module is loaded for root, by modprobe ---

echo "install tuplestat /sbin/insmod $MODULE" >/etc/modprobe.d/tuplestat.conf
check "the module is not loaded" bash -c '! grep -q "^tuplestat " /proc/modules'
start_top top
check "top loads it" module_loaded
_loaded=yes
check_shows "and shows that there is nothing yet" '^SYN problems: none'
keys q
check_left "it is left" 0
rm /etc/modprobe.d/tuplestat.conf

# --- flows ---

tuplestat -N "$A" start
tuplestat -N "$A" set timeout-time-wait 1h timeout-udp-unreplied 1h timeout-close 1h timeout-syn-sent 1h
serve "$A" tcp general 10.0.0.1 5007
background ip netns exec "$B" "$TRAFFIC/traffic_client" tcp general 10.0.0.1 5007 --source-port 40007 \
	--timeout 250 --hold "$WORK/close" --ready "$WORK/open"
wait_for [ -e "$WORK/open" ]
serve "$A" tcp thanks fd00::1 5001
client "$B" tcp thanks fd00::1 5001 --source-port 40001
send_packets 10

# A second round comes by itself, half a second after the first one; then none but what a key asks for.
start_top -N "$A" -n top interval 3600
check_shows "a flow of IPv4" '^tcp +ESTABLISHED +10\.0\.0\.2:40007 +10\.0\.0\.1:5007 +0/0 '
check_shows "a flow of IPv6" '^tcp +TIME_WAIT +\[fd00::2\]:40001 +\[fd00::1\]:5001 +0/0 '
check_shows "a flow of UDP" '^udp +UNREPLIED +10\.0\.0\.2:10000 +10\.0\.0\.1:5006 +0/0 '
check_equal "the table is counted" "3 flows (262144 at most)" "$(line 1 | cut -d, -f1)"
check_equal "what is shown" "all flows 3 flows by bytes/s, every 3600 s" "$(line 2 | tr -s ' ')"

# --- rates, as the sender has it ---

# Each key that asks for an order asks for a round. When it comes is known within these bounds.
keys p
wait_for -t 20 shows 'by packets/s'
first=${EPOCHREALTIME//[!0-9]/}
keys b
wait_for -t 20 shows 'by bytes/s'
begun=${EPOCHREALTIME//[!0-9]/}
send_packets 4000
pause 5
ends=${EPOCHREALTIME//[!0-9]/}
keys b
check_shows_not "the rate is another" ':5006 +0/0 '
last=${EPOCHREALTIME//[!0-9]/}
read -r _ _ _ _ bytes packets _ < <(screen | grep ':5006 ')
sent=$(reported datagrams_sent)
least=$(a_second "$sent" "$first" "$last") most=$(a_second "$sent" "$begun" "$ends")
check "packets a second: $packets, sent were $least to $most" between "$least" "$most" "$(number "${packets%/*}")"
check "bytes a second: $bytes, each packet has 1028" between $((least * 1028)) $((most * 1028)) "$(number "${bytes%/*}")"
check_equal "the fastest is first" 5006 "$(line 5 | grep -o '5006')"
keys q
check_left "q ends it" 0

# --- who has a problem ---

start_top -N "$A" -n top interval 0.2
check_shows "no problem" '^SYN problems: none$'
client "$B" tcp general 10.0.0.1 5004 --source-port 40004 2>"$WORK/said" || true
check_shows "refused: above all others" '^tcp +refused +10\.0\.0\.2:40004 +10\.0\.0\.1:5004 '
silent_neighbour "$A" veth0 10.0.0.99
background ip netns exec "$A" "$TRAFFIC/traffic_client" tcp general 10.0.0.99 5005 --source-port 40005 --timeout 250
check_shows "unanswered, and sent again" '^tcp +no answer x[23] +10\.0\.0\.1:40005 +10\.0\.0\.99:5005 '
check_equal "the latest one comes first, above the rest" "no answer refused all:" \
	"$(screen | sed -n '5p; 6p; 7p' | grep -oE 'no answer|refused|all:' | xargs)"
check_equal "they are counted" "SYN problems: 1 no answer, 1 refused" "$(line 3)"
keys y
check_shows "only these" 'only these'
check_shows_not "and no other" 40007
keys y
check_shows "and all again" 40007

# --- order ---

keys B
check_shows "by bytes" 'by bytes, every'
check_equal "the most first" ":5006" "$(screen | sed '1,/^all:/d' | grep -oE ':500[0-9] ' | head -n 1 | tr -d ' ')"
keys R
check_shows "reversed" 'by bytes reversed'
check_equal "the least first" ":5004" \
	"$(screen | sed '1,/^all:/d' | grep -oE ':500[0-9] ' | head -n 1 | tr -d ' ')"
check_equal "the last one is the one with the most" ":5006" \
	"$(screen | sed '1,/^all:/d' | grep -oE ':500[0-9] ' | tail -n 1 | tr -d ' ')"
keys d
check_shows "by port" "by responder's port"
check_equal "the lowest first" ":5001 :5004 :5005 :5006 :5007" \
	"$(screen | sed '1,/^all:/d' | grep -oE ':500[0-9] ' | tr -d ' ' | xargs)"

# --- a filter, typed in place ---

keys f
type_in "dport 50x"
check_shows "it is shown while it is typed" '^filter: dport 50x'
keys Enter
check_shows "what is wrong is said in place" "^dport: '50x' is no port from 0 to 65535"
check_shows "and the old filter stays" '^all flows .* 5 flows'
keys BSpace
type_in "07 tcp"
keys Enter
check_shows "a filter" '^filter: dport 5007 tcp .* 1 flow by'
check_shows_not "others are gone" ':5006'
check_equal "the ledger is that of all" 5 "$(line 1 | cut -d' ' -f1)"

# --- one flow in full ---

keys Enter
check_shows "its ladder" '│─+ SYN ─+▶│'
check_shows "both hosts above it" '10\.0\.0\.2:40007 +10\.0\.0\.1:5007'
check_shows "and what became of it" 'In short: '
keys End
check_shows "scrolled to the end" 'zero windows'
keys Home Escape
check_shows "back to the list" '^filter: dport 5007 tcp .* 1 flow by'
keys h
check_shows "help" '^Who talks now'
keys Escape f C-u Enter
check_shows "no filter again" '^all flows .* 5 flows'

# --- the terminal becomes another size ---

_tmux resize-window -x 40 -y 8
check_shows "40 by 8: as far as it fits" '^q quit  h help  f filter  Enter open  so$'
check_equal "8 lines" 8 "$(screen | wc -l)"
_tmux resize-window -x 4 -y 2
check_shows "4 by 2" '^q qu$'
_tmux resize-window -x 1 -y 1
_tmux resize-window -x 150 -y 30
check_shows "150 by 30: all columns" '^Proto State .* Bytes/s Packets/s +RTT +Age$'
_tmux resize-window -x 80 -y 24
check_shows "80 by 24" '^q quit .* y SYN$'

# --- a pause ---

keys Space
check_shows "it pauses" 'PAUSED'
client "$B" udp flood 10.0.0.1 5008 --source-port 10000 --ports 1 --count 1
keys Space
check_shows "and goes on" ':5008'

# --- what is beneath it goes, and comes back ---

tuplestat -N "$A" stop
check_shows "counting was stopped: it says what to do" "^waiting: not started in this network namespace; run 'tuplestat "
check_shows_not "and shows nothing of before" ':5006'
tuplestat -N "$A" start
check_shows "started again: it goes on" '^SYN problems: none'
# It holds the module no longer than a question takes.
wait_for rmmod tuplestat
check_shows "the module is unloaded: it says so" "^waiting: the kernel module is not loaded"
insmod "$MODULE"
tuplestat -N "$A" start
client "$B" udp flood 10.0.0.1 5009 --source-port 10000 --ports 1 --count 1
check_shows "loaded again: it goes on" ':5009'
keys q
check_left "and is left" 0

# --- signals ---

for signal in INT TERM HUP QUIT; do
	start_top -N "$A" top tcp
	kill -$signal "$(pgrep -f "tuplestat -N $A top")"
	check_left "SIG$signal ends it" 0
done
start_top -N "$A" top
keys C-c
check_left "Ctrl-C ends it" 0

# --- other terminals ---

type_in "export TERM=vt100 LC_ALL=C"
keys Enter
start_top -N "$A" -n top udp
check_shows "a terminal without colours" ':5009'
keys Enter
check_shows "a locale without UTF-8" 'In short: no answer'
keys q
check_left "is left" 0
type_in "TERM=no-such-terminal tuplestat -N $A top"
keys Enter
check_shows "a terminal that nobody knows" "^tuplestat: the terminal cannot be used: TERM is 'no-such-terminal'"
check_left "is refused" 2
finish
