#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Packets and bytes of every layer, per direction, are those that a capture in the same namespace has, and the payload
# is what the programs say they sent; for TCP and UDP over IPv4 and IPv6.
. "$(dirname "$0")/lib.sh"
need tcpdump tshark jq

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
tuplestat -N "$A" start
capture "$A" veth0

# check_payload NAME KIND SOURCE-PORT: what the programs say they sent is what tuplestat counted, in either direction.
# Called before the capture has its say, so that the two witnesses are independent.
check_payload()
{
	check_equal "payload of $1: as the programs report" "$(reported bytes_sent) $(reported bytes_received)" \
		"$(tuplestat -N "$A" -j "${2%?}" sport "$3" |
			jq -r '.[] | "\(.orig.payload_bytes) \(.reply.payload_bytes)"')"
}

# Sizes differ, so that a count that went to the wrong flow or side shows. No message is larger than a segment, and
# each waits for the answer to the one before: what the stack hands over is what is on the wire.
for kind in "4 10.0.0.2" "6 fd00::2"; do
	read -r family addr <<<"$kind"
	converse "$B" "$A" tcp general "$addr" 5000 "4000$family" --count 3 --size "10$family"
	check_payload "general over IPv$family" "tcp$family" "4000$family"
	converse "$B" "$A" tcp thanks "$addr" 5001 "4100$family"
	check_payload "thanks over IPv$family" "tcp$family" "4100$family"
	converse "$B" "$A" udp echo "$addr" 5002 "4200$family" --count 5 --size "20$family"
	check_payload "datagrams over IPv$family" "udp$family" "4200$family"
	# one way only: nobody listens
	REPORT=$(client "$A" udp flood "$addr" 5003 --source-port "4300$family" --count 6 --size "30$family" --report)
	check_payload "datagrams one way over IPv$family" "udp$family" "4300$family"
done

capture_end 10.0.0.2
for kind in tcp4 tcp6 udp4 udp6; do
	check_witness "$kind: packets and bytes as captured" "$A" bytes "$kind"
done
finish
