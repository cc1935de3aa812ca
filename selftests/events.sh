#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each flow is told of as it begins, is established, and ends, in this order, once, with what a capture has of it. The
# numbers of the events are without a gap; who listens to some flows gets just these; text has a line an event.
# timeout: 300
. "${0%/*}/events_lib.sh"
need tcpdump tshark jq

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
silent_neighbour "$A" veth0 10.0.0.99
silent_neighbour "$A" veth0 fd00::99
capture "$A" veth0
tuplestat -N "$A" start

monitor all "$A" -j monitor
monitor some "$A" -6 -j monitor tcp dport 5000
monitor text "$A" -n monitor
monitor three "$A" -n monitor count 3

# --- what happens, a flow after the other: PROTO SOURCE-PORT PORT, its events, and why it ended ---

expected=()
expect()
{
	expected+=("$*")
}

for kind in "4 10.0.0.2 10.0.0.99" "6 fd00::2 fd00::99"; do
	read -r family addr nobody <<<"$kind"
	converse "$B" "$A" tcp general "$addr" 5000 "4000$family" --count 3
	expect "tcp 4000$family 5000: new established end, end-of-flow"
	# The server closes first, so that the port is free at once: of two connections the second ends the first.
	for _ in first second; do
		converse "$B" "$A" tcp thanks "$addr" 5001 "4100$family"
		expect "tcp 4100$family 5001: new established end, end-of-flow"
	done
	converse "$B" "$A" udp echo "$addr" 5002 "4200$family" --count 3
	expect "udp 4200$family 5002: new established end, idle-timeout"
	client "$A" tcp general "$addr" 5003 --source-port "4300$family" 2>/dev/null || true
	expect "tcp 4300$family 5003: new end, end-of-flow"
	client "$A" tcp general "$nobody" 5004 --source-port "4400$family" --timeout 1 2>/dev/null || true
	expect "tcp 4400$family 5004: new end, idle-timeout"
	client "$A" udp flood "$nobody" 5005 --source-port "4500$family" --count 2
	expect "udp 4500$family 5005: new end, idle-timeout"
done

nothing_left()
{
	[ "$(stats "$A" .live.flows)" = 0 ]
}

# set_timeouts SECONDS: of all flows that there are here
set_timeouts()
{
	local state words=()

	for state in time-wait close syn-sent udp-replied udp-unreplied; do
		words+=("timeout-$state" "$1")
	done
	tuplestat -N "$A" set "${words[@]}"
}

set_timeouts 1
check "all flows end by their timeouts" wait_for -t 30 nothing_left
set_timeouts 600

converse "$B" "$A" tcp thanks 10.0.0.2 5006 46004
tuplestat -N "$A" flush tcp dport 5006 >"$WORK/flush"
expect "tcp 46004 5006: new established end, forced-end"
converse "$B" "$A" tcp thanks 10.0.0.2 5007 47004
capture_end 10.0.0.2
tuplestat -N "$A" stop
expect "tcp 47004 5007: new established end, forced-end"

# --- what was told ---

awaited three
check_equal "count 3: three lines, and the exit status is 0" "3 0" "$(wc -l <"$WORK/three") $STATUS"
check_equal "count 3: and no more was read" "3 events, 0 missed" "$(<"$WORK/three.err")"

check "the last event was printed" wait_for printed_all all "$A"
count=$(event_seq "$A")
for name in all some text; do
	ended $name
	check_equal "$name: nothing was missed, the exit status is 0" "0 missed, 0" \
		"$(sed 's/.*, //' "$WORK/$name.err"), $STATUS"
done
check_equal "it says how many events it printed" "$count events, 0 missed" "$(<"$WORK/all.err")"
check_equal "the numbers are 1 to $count" "$(seq "$count")" "$(jq .seq "$WORK/all")"

# All but the flow that ends the capture.
stories=$(jq -rs 'map(select(.reply.port != 9)) | group_by(.proto, (.orig, .reply | .addr, .port), .first) |
	map(sort_by(.seq)) | sort_by(.[0].seq)[] |
	"\(.[0].proto) \(.[0].orig.port) \(.[0].reply.port): \(map(.event[]) | join(" ")), \(.[-1].end_reason)"' "$WORK/all")
check_equal "each flow: as it began, established, ended, and why" "$(printf '%s\n' "${expected[@]}")" "$stories"
check_equal "none has an end reason before its end" "" \
	"$(jq -r 'select(.end_reason and (.event | index("end") | not)) | .seq' "$WORK/all")"

# told bytes|flags KIND: what the ends of flows say, added up by direction, as witnessed() has it
told()
{
	jq -rs --arg kind "$2" --arg what "$1" '
		map(select((.event | index("end")) and .proto == $kind[:3] and .reply.port != 9 and
			(.orig.addr | contains(":")) == ($kind[3:] == "6")) |
			([.orig, .reply], [.reply, .orig]) | select(.[0].packets > 0) | {
				ends: map([.addr, .port]),
				counts: (.[0] | if $what == "bytes" then
					[.packets, .ip_bytes, .l4_bytes, .payload_bytes]
				else
					[.flags | .fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr]
				end)
			}) | group_by(.ends)[] |
		[$kind] + .[0].ends[0] + .[0].ends[1] + (map(.counts) | transpose | map(add)) |
		map(tostring) | join(" ")' "$WORK/all" | sort
}

for kind in tcp4 tcp6 udp4 udp6; do
	check_equal "$kind: packets and bytes at the end as captured" "$(witnessed bytes $kind)" "$(told bytes $kind)"
done
for kind in tcp4 tcp6; do
	check_equal "$kind: flags at the end as captured" "$(witnessed flags $kind)" "$(told flags $kind)"
done

check_equal "a filter: its flows' events, and no others" \
	"$(jq -c 'select(.orig.port == 40006)' "$WORK/all")" "$(jq -c . "$WORK/some")"

word='(new|established|end)'
line="^$(date +%Y)-[^ ]+ $word(\\+$word)* (tcp|udp) [^ ]+:[0-9]+ -> [^ ]+:[0-9]+ [A-Z_0-9]+ [A-Z0-9]+ [^ ]+"
check_equal "text: a line an event" "$count 0" "$(wc -l <"$WORK/text") $(grep -cvE "$line" "$WORK/text")"
check_equal "text: the same events, in the same order" \
	"$(jq -r '"\(.event | join("+")) \(.orig.port) \(.reply.port) \(.end_reason // "")"' "$WORK/all")" \
	"$(awk '{ sub(/.*:/, "", $4); sub(/.*:/, "", $6); print $2, $4, $6, $2 ~ /end/ ? $NF : "" }' "$WORK/text")"
finish
