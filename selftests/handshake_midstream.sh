#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that were open before anybody counted: midstream, with a verdict that says so, and the side with a server's
# port as the responder, whoever sends first.
. "${0%/*}/handshake_lib.sh"
need jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
# port 80 is a server's; 5000 is nobody's
for port in 80 5000; do
	peer_start "client$port" "$A"
	peer_start "server$port" "$B"
	peer "server$port" listen 10.0.0.2 $port
	peer "client$port" connect 10.0.0.1 $((40000 + port)) 10.0.0.2 $port
	peer "server$port" accept
done

# check_side NAME ORIG-PORT PORT
check_side()
{
	check_equal "$1" "$2" "$(member "$A" '"\(.orig.port)"' port "$3")"
}

tuplestat -N "$A" start
check_equal "nothing is known of what was before" 0 "$(tuplestat -N "$A" -j tcp | jq length)"
for port in 80 5000; do
	peer "server$port" send 100
	peer "client$port" recv 100
done
wait_for member_is 1 "$A" .orig.packets port 80
wait_for member_is 1 "$A" .reply.packets port 5000
check_side "the server speaks first, by its port it is the responder" 40080 80
check_says "the server's data" "ESTABLISHED OTH ^dA" "$A" port 80
# Nothing tells who called: the first packet decides.
check_side "of two ports that tell nothing, who speaks first is the originator" 5000 5000
check_says "data" "ESTABLISHED OTH Da" "$A" port 5000
for port in 80 5000; do
	check_equal "port $port: midstream, and no times of a handshake" "true null null" \
		"$(member "$A" '"\(.midstream) \(.synack) \(.ackdat)"' port $port)"
	check_sentence "port $port" "seen from the middle on: whether it was set up is not known" "$A" port $port
	check_equal "port $port: the ladder says so" "= (the beginning was not seen)" "${LADDER%%$'\n'*}"
done
check_equal "no handshake that the summary could know of" "0 2" \
	"$(tuplestat -N "$A" -j summary | jq -r '"\(.handshakes.begun) \(.tcp_flows)"')"

peer client80 send 100
peer server80 recv 100
peer client80 close
peer server80 eof
peer server80 close
check_says "both FINs" "TIME_WAIT SF ^dAD*Ff" "$A" port 80

# Started once more, it sees only the end.
tuplestat -N "$A" stop
tuplestat -N "$A" start
peer server5000 close
check_says "only the server's FIN and the ACK of it" "CLOSE_WAIT SH Fa" "$A" port 5000
check_equal "midstream" true "$(member "$A" .midstream port 5000)"
finish
