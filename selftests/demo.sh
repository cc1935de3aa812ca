#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tuplestat shows of a handful of connections. For "make demo", which runs it in the guest; it ends by itself.
#
# This host is the server. The client is a network namespace at the other end of a cable.

# A demonstration is no test: lib.sh's words are of use, its KTAP is not.
. "$(dirname "$0")/lib.sh" >/dev/null
PATH=$TRAFFIC:$PATH

say()
{
	printf '\n'
	printf '# %s\n' "$@"
}

# run COMMAND...: shows the command as one would type it, then runs it.
run()
{
	echo "\$ ${*//"$MODULE"/tuplestat.ko}"
	"$@"
}

# run_server ARGUMENT...: of traffic_server, in the background; it serves one client and ends.
run_server()
{
	echo "\$ traffic_server $* &"
	background traffic_server "$@" --ready "$WORK/ready"
	wait_for [ -e "$WORK/ready" ]
	rm "$WORK/ready"
}

# run_client ARGUMENT...: of traffic_client, in the client's namespace. What it says of a failure belongs to the show.
run_client()
{
	run ip netns exec client traffic_client "$@" 2>&1 || true
}

# The last packets may be under way when the programs have ended.
wait_for_last_packets()
{
	wait_for all_closed
}

# all but the connection that the demonstration holds open
all_closed()
{
	local closing=(state connected exclude time-wait "( sport != :5007 and dport != :5007 )")

	[ -z "$(ss -Htn "${closing[@]}")$(ss -N client -Htn "${closing[@]}")" ]
}

setup_tmp
add_ns client
ip link add to-client type veth peer name to-server netns client
_addresses to-client 10.0.0.1/24,fd00::1/64 | ip -batch -
_addresses to-server 10.0.0.2/24,fd00::2/64 | ip -n client -batch -

say "tuplestat counts TCP and UDP flows: who talks to whom, how much, and how far each connection got." \
	"This host is 10.0.0.1 and fd00::1, a client is 10.0.0.2 and fd00::2." \
	"Loading the module is all it takes: it begins to count."
run insmod "$MODULE"
_loaded=yes

say "(a) A usual connection: the client sends a message, the server answers, the client closes."
run_server tcp general 10.0.0.1 5000 --size 100
run_client tcp general 10.0.0.1 5000 --size 100 --source-port 40000
wait_for_last_packets
say "The flow in full. Three packets open it (SYN, SYN-ACK, ACK), four close it (FIN and ACK from each side);" \
	"what the headers of each layer cost stands beside what was carried."
run tuplestat show port 40000

say "(b) The server says \"Thank you for connecting\", and closes first. The client is still the originator."
run_server tcp thanks 10.0.0.1 5001
run_client tcp thanks 10.0.0.1 5001 --source-port 40001
wait_for_last_packets
run tuplestat show port 40001

say "The same over IPv6; then UDP, which knows no connections, over both: a flow is where it comes from and goes to."
run_server tcp general fd00::1 5000 --size 100
run_client tcp general fd00::1 5000 --size 100 --source-port 40000
run_server tcp thanks fd00::1 5001
run_client tcp thanks fd00::1 5001 --source-port 40001
run_server udp echo 10.0.0.1 5002 --count 3
run_client udp echo 10.0.0.1 5002 --count 3 --source-port 40002
run_server udp echo fd00::1 5002 --count 3
run_client udp echo fd00::1 5002 --count 3 --source-port 40002

say "What a host sends to itself passes by twice, on its way out and in. It is counted once."
run_server tcp general 127.0.0.1 5003
run traffic_client tcp general 127.0.0.1 5003 --source-port 40003
run_server udp echo ::1 5003
run traffic_client udp echo ::1 5003 --source-port 40003

say "Now some that fail: a port where nobody listens, then a host that never answers, and one datagram with no reply."
run_client tcp general 10.0.0.1 5004 --source-port 40004
# An address that nobody has, but with a neighbour entry: else no SYN would be sent, only ARP requests.
ip neighbour add 10.0.0.99 lladdr 02:00:00:00:00:99 dev to-client
run traffic_client tcp general 10.0.0.99 5005 --source-port 40005 --timeout 1 2>&1 || true
run_client udp flood 10.0.0.1 5006 --source-port 40006

say "And one that stays open for now."
run_server tcp general 10.0.0.1 5007
background ip netns exec client traffic_client tcp general 10.0.0.1 5007 --source-port 40007 --hold "$WORK/close" \
	--ready "$WORK/open"
echo "\$ ip netns exec client traffic_client tcp general 10.0.0.1 5007 --source-port 40007 --hold close &"
wait_for [ -e "$WORK/open" ]
wait_for_last_packets

say "All flows, one a line. A state that is not the usual one tells where a connection stopped: SYN_SENT asked and" \
	"got no answer, CLOSE was broken off, UNREPLIED sent to nobody. Flags are those that a side has sent."
run tuplestat -n

say "Words pick flows: who called and never got through? And programs read JSON: how many SYNs went where?"
run tuplestat -n state syn-sent,close
echo "\$ tuplestat -j state syn-sent | jq -c '.[] | [.reply.addr, .reply.port, .orig.flags.syn]'"
tuplestat -j state syn-sent | jq -c '.[] | [.reply.addr, .reply.port, .orig.flags.syn]'

say "Which servers' ports have most of it?"
run tuplestat -n tcp group by dport limit 3

say "Nothing is lost in silence: every packet that was seen is in a flow, or counted with the reason why not." \
	"(Neither TCP nor UDP is ICMP: what finds a neighbour of IPv6, or says that nobody listens on a UDP port.)"
run tuplestat stats
run tuplestat check

# Whether process $1 has joined a group of generic netlink, which is protocol 16.
joined()
{
	awk -v pid="$1" '$2 == 16 && $3 == pid && $4 != "00000000" { found = 1 } END { exit !found }' /proc/net/netlink
}

say "Or watch while it happens: a connection comes and, forgotten early, goes."
echo "\$ tuplestat -n monitor dport 5008 &"
tuplestat -n monitor dport 5008 >"$WORK/events" 2>&1 &
monitor=$!
wait_for joined $monitor
run_server tcp thanks 10.0.0.1 5008
run_client tcp thanks 10.0.0.1 5008 --source-port 40008
wait_for grep -q established "$WORK/events"
run tuplestat flush dport 5008
wait_for grep -q end "$WORK/events"
kill -TERM $monitor
wait $monitor || true
cat "$WORK/events"

: >"$WORK/close"
say "Unloading takes everything away again, and the command says so."
echo "\$ rmmod tuplestat"
unload_module
run tuplestat 2>&1 || true
exit 0
