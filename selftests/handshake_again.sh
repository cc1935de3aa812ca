#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A SYN or SYN-ACK that is sent again: nobody can say which one was answered (Karn's algorithm), so the times are marked,
# and are no part of the summary's. A connection of which nothing was lost is not. A FIN that is sent again takes nothing
# from the drawing of the teardown.
. "${0%/*}/handshake_lib.sh"
need nft jq

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
tuplestat -N "$A" start
# Behind the point where tuplestat counts in A: the SYN is lost before B has it, the SYN-ACK before A has it.
drop_first "$B" prerouting "tcp dport 5001 tcp flags & (syn | ack) == syn"
drop_first "$B" prerouting "tcp dport 5003 tcp flags & fin == fin"
drop_first "$A" prerouting "tcp sport 5002 tcp flags & (syn | ack) == syn | ack"

SENT='"\(.orig.flags.syn) \(.reply.flags.syn) \(.rtt_ambiguous)"'
for port in 5000 5001 5002 5003; do
	converse "$B" "$A" tcp general 10.0.0.2 "$port" "4${port}"
	check_says "port $port" "TIME_WAIT SF ShADadFf" "$A" port "4${port}"
done
check_equal "nothing was lost: the times hold" "1 1 false" "$(member "$A" "$SENT" port 45000)"
check_equal "a SYN twice: ambiguous" "2 1 true" "$(member "$A" "$SENT" port 45001)"
show "$A" port 45001
check_equal "the ladder says how often" "> SYN, 2 times" "${LADDER%%$'\n'*}"
check "show says that they are ambiguous" grep -q "tcprtt .*ambiguous, as one was sent again" \
	<(tuplestat -N "$A" show port 45001)
check "and of the other one it does not" grep -q "tcprtt .* us, their sum$" <(tuplestat -N "$A" show port 45000)
# B sends the SYN-ACK again by its timer, or for the SYN that A sends again; that is a race of theirs.
check_equal "a SYN-ACK twice: ambiguous" "true true" \
	"$(member "$A" '"\(.rtt_ambiguous) \(.reply.flags.syn >= 2)"' port 45002)"
show "$A" port 45003
check "the ladder says how often a FIN was sent" grep -q "^> FIN, ACK, [2-9] times$" <<<"$LADDER"
check_equal "and goes on to the last ACK" "> ACK" "${LADDER##*$'\n'}"
check_equal "the summary takes only what holds" 2 "$(tuplestat -N "$A" -j summary | jq .tcprtt.count)"
# Neither a SYN nor a SYN-ACK is data.
check_equal "no retransmitted data" 0 "$(tuplestat -N "$A" -j | jq 'map(.orig.retransmits + .reply.retransmits) | add')"
finish
