#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "export ipfix" of live flows: what comes to collectors adds up to the ledger, packet for packet and byte for byte, over
# UDP and TCP, IPv4 and IPv6. The collectors: one that is strict (ipfix_collector.py), nfcapd of nfdump, nfacctd of pmacct
# with the configurations that are recommended, into SQLite and into Kafka, which know UDP only; and tshark, that dissects
# what goes over the wire. Kafka's broker is the one that librdkafka has for tests.
# timeout: 600
. "${0%/*}/export_lib.sh"
need jq kcat nfacctd nfcapd nfdump python3 tcpdump tshark

readonly PORT=4739 NFCAPD=9995 NFACCTD=9996 NFACCTD_KAFKA=9997 FLOWS=300
load_module
setup_ns A B C
setup_tmp
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
# nobody else speaks: neighbours are looked for by ICMPv6, that is no flow
# datagrams without an answer are still there when all is compared
tuplestat -N "$A" set timeout-active 1 timeout-time-wait 1 timeout-udp-unreplied 1h
tuplestat -N "$A" start

# --- collectors, in a namespace that has no way to the one that is watched ---

mkdir "$WORK/nfcapd4" "$WORK/nfcapd6" "$WORK/nfacctd"
cp "$ROOT"/userspace/nfacctd/* "$WORK/nfacctd"
/usr/bin/python3 -S -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())' "$WORK/nfacctd/flows.db" "$WORK/nfacctd/flows.sql"
# The broker is a part of this consumer, to which all comes; it says at which port of its own it is.
background ip netns exec "$C" kcat -C -u -t flows -b 127.0.0.1 -X test.mock.num.brokers=1 \
	>"$WORK/nfacctd/messages" 2>"$WORK/nfacctd/broker"
kcat=$PID
wait_for -t 30 grep -q 'replaced with 127' "$WORK/nfacctd/broker"
broker=$(sed -n 's/.*replaced with 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/nfacctd/broker")

declare -A capd nfacctd
# start_nfacctd NAME PORT SETTING VALUE [SETTING VALUE]...: starts it with NAME.conf, in which these are changed
start_nfacctd()
{
	local conf=$WORK/nfacctd/$1.conf name=$1

	sed -i "s/^nfacctd_port: .*/nfacctd_port: $2/" "$conf"
	shift 2
	while [ $# -gt 0 ]; do
		sed -i "s/^\($1\[flows\]\): .*/\1: $2/" "$conf"
		shift 2
	done
	# shellcheck disable=SC2016 # for the inner shell
	background ip netns exec "$C" bash -c 'cd "$1" && exec env --default-signal=INT nfacctd -f "$2" >"$2.log" 2>&1' \
		- "$WORK/nfacctd" "$name.conf"
	nfacctd[$name]=$PID
}

start_nfacctd nfacctd $NFACCTD sql_refresh_time 2
start_nfacctd nfacctd-kafka $NFACCTD_KAFKA kafka_refresh_time 2 kafka_broker_host 127.0.0.1 kafka_broker_port "$broker"
background ip netns exec "$C" nfcapd -w "$WORK/nfcapd4" -b 127.0.0.1 -p $NFCAPD -t 3600 >"$WORK/nfcapd4.log" 2>&1
capd[nfcapd4]=$PID
background ip netns exec "$C" nfcapd -w "$WORK/nfcapd6" -b ::1 -p $NFCAPD -t 3600 >"$WORK/nfcapd6.log" 2>&1
capd[nfcapd6]=$PID
collector udp4 "$C" udp 127.0.0.1 $PORT
collector udp6 "$C" udp ::1 $PORT 6
collector tcp4 "$C" tcp 127.0.0.1 $PORT
collector tcp6 "$C" tcp ::1 $PORT 6
wait_for -t 30 listening "$C" udp $NFCAPD
wait_for -t 30 listening "$C" udp $NFACCTD
wait_for -t 30 listening "$C" udp $NFACCTD_KAFKA
SNAPLEN=0 capture "$C" lo

exporter udp4 "$A" "$C" --to 127.0.0.1:$PORT --template-interval 1
exporter udp6 "$A" "$C" --to "[::1]:$PORT" --udp --domain 6
exporter tcp4 "$A" "$C" --to 127.0.0.1:$PORT --tcp
exporter tcp6 "$A" "$C" --to "[::1]:$PORT" --tcp --domain 6
exporter nfcapd4 "$A" "$C" --to 127.0.0.1:$NFCAPD
exporter nfcapd6 "$A" "$C" --to "[::1]:$NFCAPD"
exporter nfacctd "$A" "$C" --to 127.0.0.1:$NFACCTD
exporter nfacctd-kafka "$A" "$C" --to 127.0.0.1:$NFACCTD_KAFKA
collector some "$C" tcp 127.0.0.1 4740
exporter some "$A" "$C" --to 127.0.0.1:4740 --tcp -6 udp
everybody=(udp4 udp6 tcp4 tcp6 nfcapd4 nfcapd6 nfacctd nfacctd-kafka some)

# --- traffic ---

# One that goes on all the time
# shellcheck disable=SC2016 # for the inner shell
background ip netns exec "$B" bash -c 'exec 3>/dev/udp/10.0.0.1/5000 {never}<> <(:)
	for ((;;)); do
		echo . >&3 || true
		read -rt 0.05 -u $never || true
	done 2>/dev/null'
talker=$PID
# connections that end, datagrams, a refusal, and a connection that stays open
converse "$A" "$B" tcp thanks 10.0.0.1 5001 40001
converse "$A" "$B" tcp thanks fd00::1 5001 40001
client "$B" udp flood 10.0.0.1 5002 --source-port 10000 --ports $FLOWS --count $((2 * FLOWS))
client "$B" udp flood fd00::1 5002 --source-port 10000 --ports $FLOWS --count $((2 * FLOWS))
client "$B" tcp thanks 10.0.0.1 5003 --source-port 40003 2>"$WORK/refused" || true
serve "$A" tcp general 10.0.0.1 5004
background ip netns exec "$B" "$TRAFFIC/traffic_client" tcp general 10.0.0.1 5004 --source-port 40004 --hold "$WORK/hold"
wait_for flow_is ESTABLISHED "$A" dport 5004

# interims NAME COUNT: for wait_for: so many records say of the one that goes on that it does
interims()
{
	[ "$(jq -s 'map(select(.destinationTransportPort == 5000 and .flowEndReason == 2)) | length' "$WORK/$1")" -ge "$2" ]
}

# ends COUNT: for wait_for: so many connections have come to their end
ends()
{
	[ "$(jq -s 'map(select(.destinationTransportPort == 5001 and .flowEndReason == 3)) | length' "$WORK/udp4")" -eq "$1" ]
}

check "flows that go on are told of" wait_for -t 60 interims udp4 4
check "and those that end" wait_for -t 60 ends 2
tuplestat -N "$A" flush udp dport 5002 port 10000-$((10000 + FLOWS / 2 - 1)) >"$WORK/flush"
kill "$talker"
wait "$talker" 2>/dev/null || true

# --- the end: with flows open ---

for name in "${everybody[@]}"; do
	ended "$name"
	statuses+=" $STATUS"
done
check_equal "all exporters: nothing is lost" " 0 0 0 0 0 0 0 0 0" "$statuses"
ledger=$(ledger "$A")
note "ledger: $ledger; live $(stats "$A" .live.flows) flows"
check "there are open flows ($(stats "$A" .live.flows))" test "$(stats "$A" .live.flows)" -ge $FLOWS
check_equal "every packet of TCP and UDP is in a flow" "" "$(stats "$A" \
	'.unattributed[] | select(.packets > 0 and .reason != "protocol") | .reason')"
: >"$WORK/hold"

for name in udp4 udp6 tcp4 tcp6; do
	check "$name: all has come" wait_for has_records $name "$(awk '/records sent/ { print $1 }' "$WORK/$name.err")"
	collector_end $name
	check_equal "$name: nothing is wrong with it, no number is left out" "[] 1 4 0 0" \
		"$(of_collector $name '"\(.errors) \(.sessions) \(.templates) \(.missing) \(.first_sequence[0])"')"
	check_equal "$name: what came adds up to the ledger" "$ledger" "$(sums $name)"
	check_equal "$name: it says how many records it sent" \
		"$(wc -l <"$WORK/$name") records sent, 0 lost" "$(tail -n 1 "$WORK/$name.err")"
done
check "templates are sent again, over UDP ($(of_collector udp4 .template_sets) times)" \
	test "$(of_collector udp4 .template_sets)" -ge 3
check_equal "and not over TCP" "1 1" "$(of_collector tcp4 .template_sets) $(of_collector tcp6 .template_sets)"
check_equal "why records were made: it goes on, its end was seen, it was flushed or the exporter ended" "2 3 4" \
	"$(jq -s -r 'map(.flowEndReason) | unique | map(tostring) | join(" ")' "$WORK/tcp6")"
# the records of one flow: one after the other
check_equal "the flow that goes on: records that follow each other, and add up" \
	"$(tuplestat -N "$A" -j dport 5000 | jq -r '.[0].orig | "true \(.packets) \(.ip_bytes)"')" \
	"$(jq -s -r 'map(select(.destinationTransportPort == 5000)) |
		"\([.[:-1], .[1:]] | transpose | all(.[0].flowEndMilliseconds == .[1].flowStartMilliseconds)) \(
		map(.packetDeltaCount) | add) \(map(.octetDeltaCount) | add)"' "$WORK/tcp6")"
check_equal "TCP flags, an octet: of a connection from SYN to FIN" "19 27" \
	"$(jq -s -r 'map(select(.destinationTransportPort == 5001 and .sourceIPv4Address)) |
		"\(map(.tcpControlBits)[0]) \(map(.["reverse tcpControlBits"])[0])"' "$WORK/tcp6")"
check_equal "a filter: IPv6 and UDP only" "$(tuplestat -N "$A" -j -6 udp | jq length) \
$(jq -s 'map(select(.protocolIdentifier == 17 and .sourceIPv6Address and .flowEndReason == 4)) | length' "$WORK/tcp6")" \
	"$(jq -s -r --argjson flushed $((FLOWS / 2)) 'map(select(.flowEndReason == 4)) | "\(length - $flushed) \(length)"' \
	"$WORK/some")"
collector_end some

# --- nfcapd ---

for name in nfcapd4 nfcapd6; do
	kill "${capd[$name]}"
	wait "${capd[$name]}" 2>/dev/null || true
	check_equal "$name: what came adds up to the ledger" "$ledger" "$(nfdump -R "$WORK/$name" -q -N \
		-o 'fmt:%ipkt %opkt %ibyt %obyt' 2>"$WORK/$name.err2" |
		awk '{ packets += $1 + $2; bytes += $3 + $4 } END { print packets, bytes }')"
	check_equal "$name: no sequence number is left out" "Sequence failures: 0" \
		"$(nfdump -R "$WORK/$name" -I | grep '^Sequence failures')"
done

# --- nfacctd ---

# database EXPRESSION [CONDITION]: of SQL, on what nfacctd wrote; the first row
database()
{
	/usr/bin/python3 -S -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT " + " FROM flows ".join(sys.argv[2:])).fetchone())' \
		"$WORK/nfacctd/flows.db" "$1" "${2:-}"
}

# It ends without a word for what waits, unless by INT.
kill -INT "${nfacctd[@]}"
for pid in "${nfacctd[@]}"; do
	wait_for -t 30 gone "$pid"
done
written()
{
	[ "$(database "count(*)")" = "$(awk '/records sent/ { print $1 }' "$WORK/nfacctd.err")" ]
}
check "nfacctd, SQLite: a row a record" wait_for -t 30 written
check_equal "nfacctd, SQLite: what came adds up to the ledger" "$ledger" \
	"$(database "sum(packets + rev_packets), sum(bytes + rev_bytes)")"
check_equal "nfacctd, SQLite: TCP flags of both sides, and why it ended" "19 27 3" \
	"$(database "tcp_flags, rev_tcpflags, end_reason" "WHERE dst_port = 5001")"

# messages EXPRESSION: of jq, on all that came through Kafka
messages()
{
	jq -s -r "$1" "$WORK/nfacctd/messages"
}

check "nfacctd, Kafka: a message a record" wait_for -t 30 \
	has_records nfacctd/messages "$(awk '/records sent/ { print $1 }' "$WORK/nfacctd-kafka.err")"
kill "$kcat"
wait "$kcat" 2>/dev/null || true
check_equal "nfacctd, Kafka: what came adds up to the ledger" "$ledger" \
	"$(messages '"\(map(.packets + (.rev_packets | tonumber)) | add) \(map(.bytes + (.rev_bytes | tonumber)) | add)"')"
check_equal "nfacctd, Kafka: TCP flags of both sides, and why it ended" "19 27 3" \
	"$(messages 'map(select(.port_dst == 5001))[0] | "\(.tcp_flags) \(.rev_tcpflags) \(.end_reason)"')"

# --- tshark ---

capture_end 127.0.0.1
# dissected FILTER: packets and bytes of all records, and how many messages are malformed
dissected()
{
	tshark -n -r "$CAPTURE" -d udp.port==$PORT,cflow -d tcp.port==$PORT,cflow -Y "$1" -T fields -E aggregator=, \
		-e cflow.packets -e cflow.octets -e _ws.malformed 2>"$WORK/tshark" | awk -F'\t' '
		{ for (i = split($1, n, ","); i; i--) packets += n[i]
		  for (i = split($2, n, ","); i; i--) bytes += n[i]
		  malformed += $3 != "" }
		END { print packets, bytes, malformed + 0 }'
}
for kind in udp tcp; do
	check_equal "tshark: $kind over IPv4 adds up to the ledger" "$ledger 0" "$(dissected "ip and $kind.dstport == $PORT")"
	check_equal "tshark: $kind over IPv6 adds up to the ledger" "$ledger 0" "$(dissected "ipv6 and $kind.dstport == $PORT")"
done
finish
