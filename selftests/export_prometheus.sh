#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# "tuplestat export prometheus": the ledger is that of "stats", handshakes are those that this test makes, by port and by
# what becomes of them, round trips are those of the flows; and promtool has nothing to say. What needs no module is in
# unit/test_prometheus.sh.
. "${0%/*}/lib.sh"
need jq python3 promtool

load_module
setup_ns A B
# No packet comes between two answers.
no_ipv6 "$A" "$B"
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
silent_neighbour "$A" veth0 10.0.0.99
tuplestat -N "$A" start
setup_tmp

# 5000: 4 complete; 5001: 1 completes, and is reset
serve "$B" tcp general 10.0.0.2 5000 --connections 4
REPORT=$(client "$A" tcp general 10.0.0.2 5000 --source-port 40000 --ports 4 --connections 4 --count 2 --report)
completed=$(reported connections)
serve "$B" tcp general 10.0.0.2 5001 --count 1
client "$A" tcp general 10.0.0.2 5001 --source-port 40010 --linger0 --count 1
# 5002: 3 refused, 6000 to 6011: one each; 5003: 2 unanswered. Ten ports have 1 and no name: 6000 and up, some of them.
ip netns exec "$A" python3 - <<-END
	import errno, socket
	for port in [5002] * 3 + list(range(6000, 6012)):
	    client = socket.socket()
	    assert client.connect_ex(("10.0.0.2", port)) == errno.ECONNREFUSED
	for _ in range(2):
	    client = socket.socket()
	    client.setblocking(False)
	    client.connect_ex(("10.0.0.99", 5003))
	    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\0" * 8)
END
converse "$B" "$A" udp echo 10.0.0.2 5004 40020 --count 2
client "$A" udp flood 10.0.0.99 5005 --source-port 40021 --count 3
wait_for settled "$A" "$B"
# Ended flows, too
tuplestat -N "$A" flush udp dport 5005
# Nobody sends a SYN again.
ip -n "$A" link set veth0 down

json=$(tuplestat -N "$A" -j stats)
ip netns exec "$A" tuplestat export prometheus >"$WORK/metrics"

# value SAMPLE: of a metric, by its name and labels as they are printed
value()
{
	awk -v sample="$1" 'index($0, sample " ") == 1 { print $NF }' "$WORK/metrics"
}

# ledger METRIC LIST AMOUNT: "REASON AMOUNT" of each line, by the exporter and by "stats"
check_ledger()
{
	check_equal "$1: as in stats" "$(jq -r ".$2[] | \"\(.reason) \(.$3)\"" <<<"$json")" \
		"$(sed -En "s/^$1\{reason=\"(.*)\"\} /\1 /p" "$WORK/metrics")"
}

for amount in packets bytes; do
	check_equal "seen $amount" "$(jq ".seen.$amount" <<<"$json")" "$(value tuplestat_seen_${amount}_total)"
	check_equal "live $amount" "$(jq ".live.$amount" <<<"$json")" "$(value tuplestat_live_$amount)"
	check_ledger tuplestat_ended_${amount}_total ended "$amount"
	check_ledger tuplestat_unattributed_${amount}_total unattributed "$amount"
	check_equal "$amount: seen = live + ended + unattributed" "$(value tuplestat_seen_${amount}_total)" \
		"$(awk -v amount="_$amount" '$1 ~ "^tuplestat_(live|ended|unattributed)" amount { sum += $NF }
			END { print sum }' "$WORK/metrics")"
done
check_ledger tuplestat_ended_flows_total ended flows
check_equal "a flow was flushed" 1 "$(value 'tuplestat_ended_flows_total{reason="forced-end"}')"
check_equal "table" "$(jq -r '"\(.live.flows) \(.table.max_flows)"' <<<"$json")" \
	"$(value tuplestat_table_flows) $(value tuplestat_table_max_flows)"

# outcomes PORT: COMPLETED REFUSED UNANSWERED UNFINISHED RESET
outcomes()
{
	local outcome

	for outcome in completed refused unanswered unfinished; do
		printf '%s ' "$(value "tuplestat_handshakes{port=\"$1\",outcome=\"$outcome\"}")"
	done
	value "tuplestat_handshakes_reset{port=\"$1\"}"
}

check_equal "the client made connections" 4 "$completed"
check_equal "handshakes: completed" "$completed 0 0 0 0" "$(outcomes 5000)"
check_equal "handshakes: completed and reset" "1 0 0 0 1" "$(outcomes 5001)"
check_equal "handshakes: refused" "0 3 0 0 0" "$(outcomes 5002)"
check_equal "handshakes: unanswered" "0 0 2 0 0" "$(outcomes 5003)"
check_equal "handshakes: ten ports are told apart, the lower ones of equals" \
	"5000 5001 5002 5003 6000 6001 6002 6003 6004 6005 other" \
	"$(sed -En 's/^tuplestat_handshakes_reset\{port="(.*)"\} .*/\1/p' "$WORK/metrics" | xargs)"
check_equal "handshakes: the others together" "0 6 0 0 0" "$(outcomes other)"
check_equal "flows by state, those that there are" "CLOSE SYN_SENT TIME_WAIT REPLIED" \
	"$(sed -En 's/^tuplestat_flows\{.*state="(.*)"\} [1-9].*/\1/p' "$WORK/metrics" |
		jq -Rrs 'split("\n") | map(select(. != "")) | sort_by(. == "REPLIED", .) | join(" ")')"
check_equal "flows by state: all flows" "$(value tuplestat_table_flows)" \
	"$(awk '/^tuplestat_flows\{/ { sum += $NF } END { print sum }' "$WORK/metrics")"
check_equal "flows by verdict" "SF $completed RSTO 1 REJ 15 S0 2" "$(for verdict in SF RSTO REJ S0; do
	echo "$verdict $(value "tuplestat_flows_verdict{proto=\"tcp\",conn_state=\"$verdict\"}")"; done | xargs)"

# The same by jq, of the flows
wanted=$(tuplestat -N "$A" -j tcp dport 5000 | jq -r '
	map(select(.rtt_ambiguous == false).tcprtt | values) as $rtts |
	([0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, infinite] |
	map(. as $bound | $rtts | map(select(. <= $bound)) | length | tostring) | join(" ")),
	($rtts | length), (($rtts | add // 0) * 1e9 | round)')
note "round trips: ${wanted//$'\n'/; }"
check_equal "round trips: buckets, how many, and their sum" "$wanted" \
	"$(awk '/^tuplestat_handshake_rtt_seconds_[a-z]*\{port="5000"/ {
		if ($1 ~ /bucket/) { line = line (line == "" ? "" : " ") $2 }
		else if ($1 ~ /sum/) { sum = $2 }
		else { print line; print $2; printf "%.0f\n", sum * 1e9 }
	}' "$WORK/metrics")"

check "promtool has nothing to say" promtool check metrics <"$WORK/metrics"

# --- words and files ---

tuplestat -N "$A" export prometheus --ports 5002-5003,1 --textfile "$WORK/tuplestat.prom"
check_equal "ports that are asked for, and the network namespace as a label" \
	"netns=\"$A\",port=\"1\" netns=\"$A\",port=\"5002\" netns=\"$A\",port=\"5003\" netns=\"$A\",port=\"other\"" \
	"$(sed -En 's/^tuplestat_handshakes_reset\{(.*)\} .*/\1/p' "$WORK/tuplestat.prom" | xargs -d '\n')"
check_equal "every sample has it" "" "$(grep -v "^#\|{netns=\"$A\"[,}]" "$WORK/tuplestat.prom" || true)"
tuplestat -N "$A" stop
unload_module
rc=0
said=$(tuplestat export prometheus --textfile "$WORK/tuplestat.prom" 2>&1) || rc=$?
check_equal "without the module: exit code, and the hint" "2 yes" "$rc $([[ $said == *"not loaded"* ]] && echo yes)"
check "without the module: the file is as it was" grep -q '^tuplestat_seen' "$WORK/tuplestat.prom"
finish
