#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# synack is the round trip to the server, ackdat that to the client: seen from a router between the two, a delay of 40 ms
# on either side is in one of them, and not in the other. The capture's own times are the witness.
. "${0%/*}/handshake_lib.sh"
need tc tcpdump tshark jq

# A slow machine can be late, but is not every time.
ATTEMPTS=5

load_module
setup_ns A R B
veth_pair "$A" veth0 10.0.1.2/24 "$R" left 10.0.1.1/24
veth_pair "$B" veth0 10.0.2.2/24 "$R" right 10.0.2.1/24
ip -n "$A" route add default via 10.0.1.1
ip -n "$B" route add default via 10.0.2.1
ip netns exec "$R" bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
# so that no neighbour is asked for in between
ip netns exec "$A" ping -qc 1 10.0.2.2 >/dev/null
tc -n "$B" qdisc add dev veth0 root netem delay 40ms || skip_all "no netem in this kernel"
tuplestat -N "$R" start
capture "$R" left

serve "$B" tcp thanks 10.0.2.2 5000 --connections $ATTEMPTS
client "$A" tcp thanks 10.0.2.2 5000 --source-port 41000 --ports $ATTEMPTS --connections $ATTEMPTS
wait "$SERVER"
tc -n "$B" qdisc delete dev veth0 root
tc -n "$A" qdisc add dev veth0 root netem delay 40ms
serve "$B" tcp thanks 10.0.2.2 5001 --connections $ATTEMPTS
client "$A" tcp thanks 10.0.2.2 5001 --source-port 42000 --ports $ATTEMPTS --connections $ATTEMPTS
wait "$SERVER"
wait_for settled "$A" "$B"
capture_end 10.0.1.2
dissect frame.time_epoch tcp.srcport tcp.dstport tcp.flags.syn tcp.flags.ack

# times EXPRESSION: of jq, on [port, time with the delay in it, the other time] of each connection, in seconds
times()
{
	tuplestat -N "$R" -j tcp | jq -r "sort_by(.orig.port) |
		map([.reply.port] + if .reply.port == 5000 then [.synack, .ackdat] else [.ackdat, .synack] end) | $1"
}

for side in "server's 5000 synack ackdat" "client's 5001 ackdat synack"; do
	read -r whose port slow quick <<<"$side"
	mine="map(select(.[0] == $port))"
	check_equal "the delay on the $whose side: $ATTEMPTS handshakes" $ATTEMPTS "$(times "$mine | length")"
	check_equal "the delay on the $whose side: never less than 40 ms in $slow" true \
		"$(times "$mine | map(.[1]) | min >= 0.040")"
	check_equal "the delay on the $whose side: within 10 % in $slow" true "$(times "$mine | map(.[1]) | min <= 0.044")"
	check_equal "the delay on the $whose side: little in $quick" true "$(times "$mine | map(.[2]) | min < 0.004")"
done
check_equal "tcprtt is their sum" true \
	"$(tuplestat -N "$R" -j tcp | jq 'all(.[]; (.tcprtt - .synack - .ackdat) | fabs < 1e-9)')"

# The capture has each packet a few microseconds before or after the hook: what differs by more than 2 ms is wrong, but
# where this machine took a break in between.
awk '{
	key = $2 < $3 ? $3 : $2
	n[key]++
	at[key, n[key]] = $1
}
END {
	for (key in n)
		printf "%s %.6f %.6f\n", key, at[key, 2] - at[key, 1], at[key, 3] - at[key, 2]
}' "$WORK/dissected" | sort >"$WORK/captured"
tuplestat -N "$R" -j tcp | jq -r '.[] | "\(.orig.port) \(.synack) \(.ackdat)"' | sort >"$WORK/told"
close=$(join "$WORK/captured" "$WORK/told" | awk '{
	a = $2 - $4
	b = $3 - $5
	close_by += a < 0.002 && a > -0.002 && b < 0.002 && b > -0.002
} END { print close_by + 0 }')
check "the capture has the same times ($close of $((2 * ATTEMPTS)))" [ "$close" -ge $((2 * ATTEMPTS - 2)) ]
finish
