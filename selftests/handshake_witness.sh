#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Round trips and retransmissions of a capture, by "tuplestat -r", by tshark and by tcptrace; and what was counted in the
# kernel while it was made.
. "${0%/*}/handshake_lib.sh"
need nft tc tcpdump tshark jq

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
no_aggregates "$A" veth0
no_aggregates "$B" veth0
tc -n "$B" qdisc add dev veth0 root netem delay 20ms || skip_all "no netem in this kernel"
drop_first "$B" prerouting "tcp dport 5003 tcp flags & (syn | ack) == syn"
ip netns exec "$B" nft -f - <<-END
	table ip lossy {
		chain incoming {
			type filter hook prerouting priority raw
			tcp dport 5001 meta length > 150 numgen inc mod 5 == 4 drop
			tcp dport 5002 meta length > 150 numgen inc mod 25 == 24 drop
		}
	}
END
tuplestat -N "$A" start
capture "$A" veth0
converse "$B" "$A" tcp general 10.0.0.2 5000 40000 --count 3
converse "$B" "$A" tcp thanks fd00::2 5000 40010
converse "$B" "$A" tcp general 10.0.0.2 5001 40001 --count 12 --size 200
converse "$B" "$A" tcp general 10.0.0.2 5002 40002 --count 2 --size 60000
converse "$B" "$A" tcp general 10.0.0.2 5003 40003
client "$A" tcp general 10.0.0.2 5004 --source-port 40004 2>/dev/null || true
capture_end 10.0.0.2
dissect tcp.srcport tcp.dstport tcp.analysis.initial_rtt tcp.analysis.retransmission tcp.analysis.fast_retransmission \
	tcp.analysis.spurious_retransmission tcp.analysis.out_of_order

# lines EXPRESSION: of jq, on each connection, by the client's port: live from the kernel, or of the capture
live()
{
	tuplestat -N "$A" -j tcp | jq -r "sort_by(.orig.port)[] | $1"
}

replayed()
{
	tuplestat -j -r "$CAPTURE" tcp | jq -r "sort_by(.orig.port)[] | $1"
}

SAME='"\(.orig.port) \(.state) \(.conn_state) \(.history) \(.orig.retransmits) \(.reply.retransmits) " +
	"\(.rtt_ambiguous) \(.orig.zero_windows) \(.reply.zero_windows)"'
check_equal "six connections" "40000 40001 40002 40003 40004 40010" "$(replayed .orig.port | paste -sd' ')"
check_equal "the capture replayed, and what was counted live" "$(live "$SAME")" "$(replayed "$SAME")"

RETRANSMITS='"\(.orig.port) \(.orig.retransmits) \(.reply.retransmits)"'
# What tshark takes for out of order is here sent again too: nothing overtakes on the sender's own device. A SYN that is
# sent again is a retransmission there; here, as in IPFIX and Argus, only data is.
check_equal "retransmits: tshark" "$(awk '
	{
		by_client = $1 >= 40000
		port = by_client ? $1 : $2
		sent[port, by_client] += ($4 != "-" || $5 != "-" || $6 != "-" || $7 != "-")
		ports[port]
	}
	END {
		sent[40003, 1]--
		for (port in ports)
			print port, sent[port, 1] + 0, sent[port, 0] + 0
	}' "$WORK/dissected" | sort)" "$(replayed "$RETRANSMITS")"
check "some were sent again" [ "$(replayed .orig.retransmits | paste -sd+ | bc)" -gt 3 ]

# tshark measures from the last SYN, as we do; it knows nothing of Karn, and takes a RST for an answer like another. 1 us
# is what both round to.
RTT='select(.tcprtt) | "\(.orig.port) \(.tcprtt)"'
awk '$3 != "-" && $1 != 40004 && $2 != 40004 { rtt[$1 >= 40000 ? $1 : $2] = $3 } END { for (port in rtt) print port, rtt[port] }' "$WORK/dissected" |
	sort >"$WORK/tshark_rtt"
replayed "$RTT" | sort >"$WORK/our_rtt"
check_equal "round trips: of each connection that opened" "40000 40001 40002 40003 40010" \
	"$(cut -d' ' -f1 "$WORK/our_rtt" | xargs)"
check_equal "round trips: tshark has the same connections" "$(cut -d' ' -f1 "$WORK/tshark_rtt")" \
	"$(cut -d' ' -f1 "$WORK/our_rtt")"
check_equal "round trips: tshark" "" "$(join "$WORK/tshark_rtt" "$WORK/our_rtt" |
	awk '$2 - $3 > 1e-6 || $3 - $2 > 1e-6')"
check_equal "round trips: none below the 20 ms of the path" "" "$(awk '$2 < 0.020' "$WORK/our_rtt")"
check_equal "which of them are ambiguous" 40003 "$(replayed 'select(.rtt_ambiguous).orig.port')"

if ! command -v tcptrace >/dev/null; then
	skip "tcptrace" "no tcptrace on this machine"
	finish
fi
# "rexmt data pkts: 2   rexmt data pkts: 0", "RTT from 3WHS: 20.1 ms  RTT from 3WHS: 0.1 ms": a is who began.
tcptrace -lrn --csv "$CAPTURE" 2>/dev/null >"$WORK/tcptrace.csv" || true
awk -F, '
	$1 == "conn_#" { for (i = 1; i <= NF; i++) { gsub(/ /, "", $i); column[$i] = i } next }
	# To it, too, a SYN that is sent again is a retransmission.
	$1 ~ /^ *[0-9]+$/ {
		$column["rexmt_data_pkts_a2b"] -= $column["port_a"] == 40003
		printf "%d %d %d %.1f %.1f\n", $column["port_a"], $column["rexmt_data_pkts_a2b"],
			$column["rexmt_data_pkts_b2a"], $column["RTT_from_3WHS_a2b"], $column["RTT_from_3WHS_b2a"]
	}' "$WORK/tcptrace.csv" | sort >"$WORK/tcptrace"
check_equal "retransmits: tcptrace" "$(cut -d' ' -f1-3 "$WORK/tcptrace")" "$(replayed "$RETRANSMITS")"
# It takes no time of the handshake where a SYN was sent again, as Karn says, nor where there is none.
check_equal "round trips: tcptrace" "$(cut -d' ' -f1,4,5 "$WORK/tcptrace" | grep -v '^4000[34] ')" \
	"$(replayed 'select(.rtt_ambiguous == false) | "\(.orig.port) \(.synack * 1000) \(.ackdat * 1000)"' |
		awk '{ printf "%d %.1f %.1f\n", $1, $2, $3 }')"
finish
