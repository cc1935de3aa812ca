#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP Fast Open (RFC 7413): the first connection fetches a cookie, the SYN of the second carries data.
. "${0%/*}/handshake_lib.sh"
need tcpdump tshark jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
for ns in "$A" "$B"; do
	ip netns exec "$ns" bash -c 'echo 3 >/proc/sys/net/ipv4/tcp_fastopen' || skip_all "no fast open here"
done
tuplestat -N "$A" start
capture "$A" veth0
peer_start client "$A"
peer_start server "$B"
peer server listen 10.0.0.2 5000

for port in 40000 40001; do
	peer client fastopen 10.0.0.1 $port 10.0.0.2 5000 300
	peer server accept
	peer server recv 300
	peer server send 200
	peer client recv 200
	peer client close
	peer server eof
	peer server close
	check_says "port $port ends" "TIME_WAIT SF Sh*F*" "$A" port $port
done
wait_for settled "$A" "$B"
capture_end 10.0.0.2
dissect tcp.srcport tcp.flags.syn tcp.flags.ack tcp.len

# data_in_syn PORT
data_in_syn()
{
	awk -v port="$1" '$1 == port && $2 && !$3 { print $4 }' "$WORK/dissected"
}

check_equal "the first SYN asks for a cookie only, the second has the data" "0 300" \
	"$(data_in_syn 40000) $(data_in_syn 40001)"
for port in 40000 40001; do
	check_equal "port $port: payload, and nothing taken for sent again" "300 200 0 0" "$(member "$A" \
		'"\(.orig.payload_bytes) \(.reply.payload_bytes) \(.orig.retransmits) \(.reply.retransmits)"' \
		port $port)"
	check_equal "port $port: one SYN, and the times hold" "1 1 false" "$(member "$A" \
		'"\(.orig.flags.syn) \(.reply.flags.syn) \(.rtt_ambiguous)"' port $port)"
	check_sentence "port $port" "completed; closed by the client first" "$A" port $port
done
finish
