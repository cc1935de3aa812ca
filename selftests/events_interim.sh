#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flow that goes on is told of again each time that an active timeout is over, with what it has by then; one that is
# idle is not, whatever its age.
# timeout: 300
. "${0%/*}/events_lib.sh"
need jq

readonly INTERIMS=4
load_module
setup_ns A B

# By loopback, each namespace with a timeout of its own.
declare -A active=([$A]=1 [$B]=2)
for ns in "$A" "$B"; do
	tuplestat -N "$ns" set timeout-active "${active[$ns]}"
	tuplestat -N "$ns" start
	monitor "$ns" "$ns" -j monitor
	# idle: datagrams at once and no more, and an open connection
	client "$ns" udp flood 127.0.0.1 5001 --source-port 41000 --count 3
	serve "$ns" tcp general 127.0.0.1 5002
	background ip netns exec "$ns" "$TRAFFIC/traffic_client" tcp general 127.0.0.1 5002 --source-port 42000 \
		--hold "$WORK/hold"
	# and the one that goes on
	# shellcheck disable=SC2016 # for the inner shell
	background ip netns exec "$ns" bash -c 'exec 3>/dev/udp/127.0.0.1/5000 {never}<> <(:)
		for ((;;)); do
			echo . >&3 || true
			read -rt 0.05 -u $never || true
		done 2>/dev/null'
done

# interims NS EXPRESSION: of jq, on the array of interim events to port 5000
interims()
{
	jq -rs "map(select(.reply.port == 5000 and (.event | index(\"interim\")))) | $2" "$WORK/$1"
}

enough()
{
	[ "$(interims "$1" length)" -ge "$INTERIMS" ]
}

for ns in "$A" "$B"; do
	seconds=${active[$ns]}
	name="active timeout $seconds s"
	check "$name: interim events come" wait_for -t 60 enough "$ns"
	ages=$(interims "$ns" "map((.last - .first) * 10 | round / 10) | join(\" \")")
	# The i-th is due when that many timeouts are over, and is told at the next round of the collector, which begins a
	# second after the last one has ended. The last packet came a moment before.
	check_equal "$name: none comes early (ages: $ages)" "" \
		"$(interims "$ns" "to_entries[] | select(.value.last - .value.first < (.key + 1) * $seconds - 0.5) | .key")"
	check_equal "$name: nor is one left out" "" \
		"$(interims "$ns" "[.[0].first, .[].last] | [.[:-1], .[1:]] | transpose[] | .[1] - .[0] |
			select(. > $seconds + 3)")"
	check_equal "$name: packets and bytes grow" true \
		"$(interims "$ns" '[.[].orig | [.packets, .ip_bytes]] | . == (unique | sort) and length > 1')"
	check_equal "$name: they are as old as the others" 2 "$(jq -rs 'map(select(.event | index("new")) |
		select(.reply.port == 5001 or .reply.port == 5002)) | length' "$WORK/$ns")"
	# Once, if the connection took its time to open: as the first timeout is over, its last packet is no older than that.
	check_equal "$name: what is idle is not told of again" "" \
		"$(jq -rs 'map(select((.event | index("interim")) and .reply.port != 5000) | .reply.port) | group_by(.)[] |
			select(length > 1)[0]' "$WORK/$ns")"
done

: >"$WORK/hold"
for ns in "$A" "$B"; do
	tuplestat -N "$ns" stop
	ended "$ns"
	check_equal "active timeout ${active[$ns]} s: the flow has gone on in one record" "1 1 1" "$(jq -rs '
		map(select(.reply.port == 5000)) | "\(map(.first) | unique | length) \(
		map(select(.event | index("new"))) | length) \(map(select(.event | index("end"))) | length)"' "$WORK/$ns")"
done
finish
