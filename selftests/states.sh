#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The state of a flow after each way in which a connection can go on or stop, and who is its originator.
. "$(dirname "$0")/lib.sh"
need nft

load_module
setup_tmp
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
tuplestat -N "$A" start

# What A receives is dropped behind the point where tuplestat sees it; what A sends is dropped in B.
ip netns exec "$A" nft -f - <<-END
	table ip lost {
		chain incoming {
			type filter hook prerouting priority raw;
			tcp dport 40011 tcp flags & (syn | ack) == syn | ack drop
			tcp dport 40014 tcp flags & (syn | ack) == syn drop
		}
	}
END
ip netns exec "$B" nft -f - <<-END
	table ip lost {
		chain incoming {
			type filter hook prerouting priority raw;
			tcp dport 5010 drop
			tcp dport { 5012, 5013 } tcp flags & fin == fin drop
			tcp dport 5014 drop
		}
	}
END

# check_flow NAME STATE SOURCE-PORT [SERVER-ADDR]: the flow from that port of A gets there, and A is its originator.
check_flow()
{
	local name=$1 state=$2 sport=$3 server=${4:-10.0.0.2} client=10.0.0.1

	[ "$server" = 10.0.0.2 ] || client=fd00::1
	STATE='(no flow)' ORIG='' REPLY=''
	wait_for flow_is "$state" "$A" host "$server" port "$sport" || true
	check_equal "$name: $state, begun by the client" "$state $client $sport $server" \
		"$STATE $ORIG ${REPLY% *}"
}

# begin PROTO MODE PORT SOURCE-PORT [OPTION]...: a client in the background, which may never succeed
begin()
{
	background ip netns exec "$A" "$TRAFFIC/traffic_client" "$1" "$2" 10.0.0.2 "$3" --source-port "$4" "${@:5}" \
		2>/dev/null
}

converse "$B" "$A" tcp general 10.0.0.2 5000 40000
check_flow "the client closed first" TIME_WAIT 40000
converse "$B" "$A" tcp thanks 10.0.0.2 5001 40001
check_flow "the server closed first" TIME_WAIT 40001
converse "$B" "$A" tcp thanks fd00::2 5001 40001
check_flow "the server closed first, IPv6" TIME_WAIT 40001 fd00::2

# The other way round: not the lower address is the originator, nor this host.
converse "$A" "$B" tcp thanks 10.0.0.1 5006 40006
converse "$A" "$B" udp echo fd00::1 5006 40006
for proto in tcp udp; do
	flow "$A" $proto port 40006
	check_equal "$proto, called from the other side: that is the originator" 40006 "${ORIG#* }"
done

client "$A" tcp general 10.0.0.2 5002 --source-port 40002 2>/dev/null || true
check_flow "refused" CLOSE 40002
client "$A" tcp general fd00::2 5002 --source-port 40002 2>/dev/null || true
check_flow "refused, IPv6" CLOSE 40002 fd00::2
serve "$B" tcp general 10.0.0.2 5003
client "$A" tcp general 10.0.0.2 5003 --source-port 40003 --linger0
check_flow "aborted by the client" CLOSE 40003

begin tcp general 5010 40010
check_flow "unanswered" SYN_SENT 40010
serve "$B" tcp general 10.0.0.2 5011
begin tcp general 5011 40011
check_flow "the answer does not arrive" SYN_RECV 40011

serve "$B" tcp general 10.0.0.2 5004 --hold "$WORK/go"
begin tcp general 5004 40004 --hold "$WORK/go" --ready "$WORK/through"
wait_for [ -e "$WORK/through" ]
check_flow "open" ESTABLISHED 40004

serve "$B" tcp general 10.0.0.2 5005 --hold "$WORK/never"
begin tcp general 5005 40005 --half-close
check_flow "half closed" CLOSE_WAIT 40005

serve "$B" tcp general 10.0.0.2 5012
begin tcp general 5012 40012
check_flow "the first FIN is lost" FIN_WAIT 40012
serve "$B" tcp thanks 10.0.0.2 5013
begin tcp thanks 5013 40013
check_flow "the second FIN is lost" LAST_ACK 40013

# Both call each other, and neither hears of it.
begin tcp general 5014 40014
check_flow "a call" SYN_SENT 40014
background ip netns exec "$B" "$TRAFFIC/traffic_client" tcp general 10.0.0.1 40014 --source-port 5014 2>/dev/null
check_flow "and one back" SYN_SENT2 40014

client "$A" udp flood 10.0.0.2 5020 --source-port 40020 --count 3
check_flow "datagrams that nobody answers" UNREPLIED 40020
converse "$B" "$A" udp echo 10.0.0.2 5021 40021
check_flow "datagrams with answers" REPLIED 40021
converse "$B" "$A" udp echo fd00::2 5021 40021
check_flow "datagrams with answers, IPv6" REPLIED 40021 fd00::2

# The open connection, seen from its middle on: now who sends first is the originator, as far as one can tell.
flow "$A" sport 40004
check_equal "a flow that began with a SYN is not midstream" false "$MIDSTREAM"
tuplestat -N "$A" stop
tuplestat -N "$A" start
: >"$WORK/go"
# Client and server close at once: which FIN comes first is a race, that the flow is there is not.
wait_for flow_is TIME_WAIT "$A" port 40004
flow "$A" port 40004
check_equal "a flow whose SYN was not seen is midstream" true "$MIDSTREAM"
finish
