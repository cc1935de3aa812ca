#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "tuplestat summary": the handshakes by server port are those that this test makes, some of each kind.
. "${0%/*}/handshake_lib.sh"
need nft jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
tuplestat -N "$A" start
ip netns exec "$B" nft -f - <<-END
	table ip firewall {
		chain incoming {
			type filter hook prerouting priority raw
			tcp dport 5001 drop
		}
	}
END
ip netns exec "$A" nft -f - <<-END
	table ip firewall {
		chain incoming {
			type filter hook prerouting priority raw
			tcp sport 5000 tcp dport { 40030, 40031 } drop
		}
	}
END
peer_start client "$A"

# Port 5000: 4 complete, 3 of them orderly, 1 aborted; 1 given up after the SYN-ACK; 2 without the last ACK. One FIN,
# one RST or none, a handshake is a handshake.
serve "$B" tcp general 10.0.0.2 5000 --connections 5
client "$A" tcp general 10.0.0.2 5000 --source-port 40000 --ports 3 --connections 3
client "$A" tcp general 10.0.0.2 5000 --source-port 40010 --linger0
peer client segment 10.0.0.1 40020 10.0.0.2 5000 S 1000 0 0
for port in 40030 40031; do
	peer client segment 10.0.0.1 $port 10.0.0.2 5000 S 1000 0 0
done
# Port 5001: 5 unanswered, and one that the client gave up.
for port in 40100 40101 40102 40103 40104; do
	peer client segment 10.0.0.1 $port 10.0.0.2 5001 S 1000 0 0
done
peer client segment 10.0.0.1 40104 10.0.0.2 5001 R 1001 0 0
# Port 5002: 3 refused.
for port in 40200 40201 40202; do
	client "$A" tcp general 10.0.0.2 5002 --source-port $port 2>/dev/null || true
done
# No handshakes.
client "$A" udp flood 10.0.0.2 5000 --source-port 40300 --count 2
peer client segment 10.0.0.1 40400 10.0.0.2 5003 . 1000 1000 10
wait_for says_is "CLOSE RSTO ShR" "$A" port 40020
wait_for says_is "SYN_RECV S1 Sh" "$A" port 40031
# B sends its unanswered SYN-ACKs again, for a minute: no more now, or no two answers are of the same time.
ip -n "$B" link set veth0 down
summary=$(tuplestat -N "$A" -j summary)

# outcomes WHERE: BEGUN COMPLETED REFUSED UNANSWERED UNFINISHED RESET
outcomes()
{
	jq -r "$1 | \"\(.begun) \(.completed) \(.refused) \(.unanswered) \(.unfinished) \(.reset)\"" <<<"$summary"
}

check_equal "all" "15 4 3 5 3 2" "$(outcomes .handshakes)"
check_equal "of each port, most begun first" "5000 5001 5002" "$(jq -r '[.ports[].port] | join(" ")' <<<"$summary")"
check_equal "port 5000" "7 4 0 0 3 2" "$(outcomes '.ports[0]')"
check_equal "port 5001" "5 0 0 5 0 0" "$(outcomes '.ports[1]')"
check_equal "port 5002" "3 0 3 0 0 0" "$(outcomes '.ports[2]')"
check_equal "flows" "16 1" "$(jq -r '"\(.tcp_flows) \(.udp_flows)"' <<<"$summary")"
check_equal "packets and bytes are those of the flows" \
	"$(tuplestat -N "$A" -j | jq -r 'map(.orig, .reply) | "\(map(.packets) | add) \(map(.ip_bytes) | add)"')" \
	"$(jq -r '"\(.packets) \(.bytes)"' <<<"$summary")"
# nearest rank, of those that have both times
check_equal "round trips are those of the flows" \
	"$(tuplestat -N "$A" -j tcp | jq -c 'map(select(.rtt_ambiguous == false).tcprtt | values) | sort |
		[length, .[(length * 0.5 | ceil) - 1], .[(length * 0.9 | ceil) - 1], .[-1]]')" \
	"$(jq -c '.tcprtt | [.count, .p50, .p90, .max]' <<<"$summary")"

text=$(tuplestat -N "$A" -n summary | tr -s ' ')
check_equal "the same for people" "handshakes begun completed refused unanswered unfinished reset
all 15 4 3 5 3 2
5000 7 4 0 0 3 2
5001 5 0 0 5 0 0
5002 3 0 3 0 0 0" "$(grep -A 4 '^handshakes' <<<"$text")"
check_equal "a filter narrows it" "3 0 3 0 0 0" \
	"$(summary=$(tuplestat -N "$A" -j summary dport 5002) && outcomes .handshakes)"
finish
