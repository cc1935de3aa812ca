#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ledger balances, and its lines are true: what was seen is what a capture has, packet by packet and byte by byte,
# and each reason has the packets that it should. IPv4 alone, since IPv6 sends packets of its own accord at any time.
. "$(dirname "$0")/lib.sh"
need tcpdump tshark jq ping

readonly MAX_FLOWS=16 PORTS=40
load_module
setup_ns A B
no_ipv6 "$A" "$B"
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
silent_neighbour "$A" veth0 10.0.0.99
capture "$A" veth0
tuplestat -N "$A" set max-flows $MAX_FLOWS
tuplestat -N "$A" start

# line REASON FIELD: of the ledger
line()
{
	stats "$A" ".ended + .unattributed | .[] | select(.reason == \"$1\") | .$2"
}

# check_balance NAME: not by tuplestat's own reckoning
check_balance()
{
	check_equal "$1: seen = live + ended + unattributed, packets and bytes" "0 0" "$(stats "$A" '
		def rest(field): (.seen | field) - (.live | field) - ([(.ended + .unattributed)[] | field] | add);
		"\(rest(.packets)) \(rest(.bytes))"')"
}

check_balance "before the first packet"
converse "$B" "$A" tcp general 10.0.0.2 5000 40000 --count 3
converse "$B" "$A" tcp thanks 10.0.0.2 5001 40001
ip netns exec "$A" ping -q -c 3 -i 0.01 10.0.0.2 >/dev/null
ip netns exec "$A" ping -q -c 2 -i 0.01 -s 4000 10.0.0.2 >/dev/null
# Datagrams of three fragments each; the later ones have no ports.
converse "$B" "$A" udp echo 10.0.0.2 5002 40002 --count 2 --size 4000
check_balance "with several kinds of packets"

# More flows than the table takes: nobody answers these, so the later ones push out the earlier ones.
REPORT=$(client "$A" udp flood 10.0.0.99 5003 --source-port 41000 --ports $PORTS --count $((PORTS * 3)) --report)
capture_end 10.0.0.99
check_balance "with the table full"

# BYTES PROTOCOL OFFSET; the ICMP errors' own header is the first occurrence.
packets=$(tshark -n -r "$CAPTURE" -o ip.defragment:FALSE -Y ip -T fields -E occurrence=f \
	-e ip.len -e ip.proto -e ip.frag_offset 2>/dev/null)
# witness CONDITION: packets and bytes in the capture
witness()
{
	awk "{ len = \$1; proto = \$2; offset = \$3 }
		$1 { packets++; bytes += len } END { print packets + 0, bytes + 0 }" <<<"$packets"
}

check_equal "seen: what was captured" "$(witness 1)" "$(stats "$A" '.seen | "\(.packets) \(.bytes)"')"
check_equal "unattributed, neither TCP nor UDP: what was captured of that" \
	"$(witness 'proto != 6 && proto != 17')" "$(line protocol packets) $(line protocol bytes)"

# Fragments are with their flow, or without one: either way there are as many as were captured.
check_equal "fragments and their datagrams: what was captured" "$(witness 'proto == 17 && (len > 1000 || offset)')" \
	"$(tuplestat -N "$A" -j udp sport 40002 | jq -r --argjson other "$(line fragment packets)" \
		--argjson bytes "$(line fragment bytes)" '.[] |
		"\(.orig.packets + .reply.packets + $other) \(.orig.ip_bytes + .reply.ip_bytes + $bytes)"')"

check_equal "the table is full" $MAX_FLOWS "$(stats "$A" .live.flows)"
flood='udp dport 5003'
# shellcheck disable=SC2086 # words
listed=$(tuplestat -N "$A" -j $flood | jq '[.[].orig.packets] | add')
check_equal "what made room is told" "$(reported datagrams_sent)" \
	"$((listed + $(line lack-of-resources packets) + $(line table-full packets)))"
check "the later ones have found room" test "$(line lack-of-resources flows)" -gt $((PORTS / 2))
check_equal "answered flows did not have to go" 3 "$(tuplestat -N "$A" -j not state unreplied | jq length)"

# --- the end ---

seen=$(stats "$A" '.seen | "\(.packets) \(.bytes)"')
tuplestat -N "$A" stop
check_balance "stopped"
check_equal "stopped: nothing is live" "0 0 0" "$(stats "$A" '.live | "\(.flows) \(.packets) \(.bytes)"')"
check_equal "stopped: seen is as it was" "$seen" "$(stats "$A" '.seen | "\(.packets) \(.bytes)"')"
check_equal "stopped: all flows ended by force" $MAX_FLOWS "$(line forced-end flows)"
finish
