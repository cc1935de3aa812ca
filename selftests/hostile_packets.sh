#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# Packets that were damaged at random, in every way into the stack: what comes out of it is the same, octet by octet,
# with and without the module; what was seen is what nftables counted; the ledger balances. Headers that do not lie in
# one piece give the same flows as those that do. That the kernel has nothing to report is the runner's to find.
. "${0%/*}/flood_lib.sh"
need nft jq ethtool

readonly SEED=${SEED:-20261123} TRACING=/sys/kernel/tracing
scaled COUNT 2000 100000
[ -e /dev/net/tun ] || modprobe tun || skip_all "the kernel has no tun device"
[ -e $TRACING/events ] || mount -t tracefs tracefs $TRACING || skip_all "this kernel has no tracefs"
setup_tmp
# shellcheck disable=SC2153 # scaled has set it
note "seed $SEED, $COUNT packets in each way"

# What the ways in have in common is told by hostile_packets.c.
readonly WAYS=(tun vnet defrag frags raw)

readonly PATIENT=(timeout-none 3600 timeout-syn-sent 3600 timeout-syn-recv 3600 timeout-fin-wait 3600
	timeout-close 3600 timeout-udp-unreplied 3600)

# router HOW: sets R to a namespace with tun0, where the stream comes in, and tun1, where it leaves. A quarter of the
# addresses are its own. nftables counts what tuplestat is to count, one step behind it, and keeps packets of the
# router itself, which have no socket, from joining the stream.
router()
{
	local mode=tun track=''

	[[ $1 != tap && $1 != frags ]] || mode=tap
	# which has it reassemble fragments, before anybody counts
	[ "$1" != defrag ] || track='ct state invalid accept'
	setup_ns R
	ip -n "$R" -batch - <<-END
		tuntap add mode $mode dev tun0
		tuntap add mode tun dev tun1
		link set tun0 addrgenmode none
		link set tun1 addrgenmode none txqueuelen 10000
	END
	[ $mode != tap ] || ip netns exec "$R" ethtool -K tun0 gro off
	# Fragments wait as long as the test lasts: what is said of those that have waited in vain comes at any time.
	ip netns exec "$R" bash -c 'cd /proc/sys/net
		echo 1 >ipv4/ip_forward
		echo 1 >ipv6/conf/all/forwarding
		echo 1 >ipv4/conf/tun0/accept_local
		echo 100000 >ipv4/ipfrag_time
		echo 100000 >ipv6/ip6frag_time'
	ip netns exec "$R" nft -f - <<-END
		table inet hostile {
			counter in { }
			counter out { }
			chain in {
				type filter hook prerouting priority -398
				iif != lo counter name in
				$track
			}
			chain out {
				type filter hook output priority -398
				counter name out
				meta skuid 0 accept
				drop
			}
			# These come at any time, also between two looks.
			chain quiet {
				type filter hook output priority -401
				meta skuid 0 accept
				icmpv6 type mld2-listener-report drop
			}
		}
	END
}

# open_router HOW: after this it sends packets of its own
open_router()
{
	ip -n "$R" -batch - <<-END
		link set tun0 up
		link set tun1 up
		route add default dev tun1
		route add ::/0 dev tun1
	END
	[ "$1" = raw ] || printf '%s\n' "route add local 10.16.0.0/14 dev lo" "route add local fd10::/14 dev lo" |
		ip -n "$R" -batch -
}

# send HOW [OPTION]...: sets REPORT to what the sender says
send()
{
	local how=$1

	shift
	REPORT=$(ip netns exec "$R" "$TRAFFIC/hostile_packets" --how "$how" --in tun0 --out tun1 \
		--base "$TRAFFIC/accepted.pcap" --seed "$SEED" --count "$COUNT" "$@")
}

# witness: sets IN and ALL to "PACKETS BYTES" of nftables, what came in and all
witness()
{
	local counters

	counters=$(ip netns exec "$R" nft -j list counters table inet hostile | jq -r '
		[.nftables[].counter | select(.)] | (map(select(.name == "in")), .) |
		"\(map(.packets) | add) \(map(.bytes) | add)"')
	IN=${counters%$'\n'*}
	ALL=${counters#*$'\n'}
}

# aggregates: packets and bytes of the flows to where these go
aggregates()
{
	local addr

	for addr in 10.9.9.9 fd09::9; do
		tuplestat -N "$R" -j host $addr
	done | jq -rs 'add | map(.orig, .reply) | "\(map(.packets) | add) \(map(.ip_bytes) | add)"'
}

seen()
{
	stats "$R" '.seen | "\(.packets) \(.bytes)"'
}

# --- without the module ---

declare -A without
for how in "${WAYS[@]}"; do
	router "$how"
	open_router "$how"
	send "$how"
	witness
	without[$how]="came in: $IN; $REPORT"
	note "$how: ${without[$how]}"
	delete_ns "$R"
done

# --- with the module ---

load_module
for how in "${WAYS[@]}"; do
	router "$how"
	tuplestat -N "$R" start
	# What is told of the aggregates is told of those that are live: with the full count that takes a while.
	tuplestat -N "$R" set "${PATIENT[@]}"
	open_router "$how"
	send "$how"
	witness
	check_equal "$how: the same comes in and out without the module" "${without[$how]}" "came in: $IN; $REPORT"
	check "$how: enough packets came to the hooks" [ "${ALL% *}" -gt $((COUNT / 3)) ]
	check "$how: enough packets came out" [ "$(reported received)" -gt $((COUNT / 4)) ]
	if [ "$how" != vnet ] && [ "$how" != defrag ]; then
		check_equal "$how: seen is what nftables counted, in packets and in bytes" "$ALL" "$(seen)"
	else
		check "$how: enough of the aggregates came out" [ "$(reported honest)" -gt $((COUNT / 4)) ]
		check_equal "$how: aggregates count as what they came out as, in packets and in bytes" \
			"$(reported honest) $(reported honest_bytes)" "$(aggregates)"
	fi
	check_exact "$how" "$R"
	delete_ns "$R"
done

# --- in pieces ---

# kept HOW: all that there is about the flows of it but times, in $WORK/HOW
kept()
{
	tuplestat -N "$R" -j | jq -c 'sort_by([.proto, .orig.addr, .orig.port, .reply.addr, .reply.port])[] |
		del(.first, .last, .duration, .synack, .ackdat, .tcprtt, .first_monotonic)' >"$WORK/$1"
}

for how in tap frags; do
	router "$how"
	tuplestat -N "$R" start
	open_router "$how"
	echo >$TRACING/trace
	echo 1 >$TRACING/events/net/napi_gro_frags_entry/enable
	send "$how" --count 1500
	echo 0 >$TRACING/events/net/napi_gro_frags_entry/enable
	kept "$how"
	sed -n 's/.* napi_gro_frags_entry: .* len=\([0-9]*\) data_len=\([0-9]*\) .*/\1 \2/p' $TRACING/trace >"$WORK/trace-$how"
	delete_ns "$R"
done
check_equal "in one piece: none came in pieces" 0 "$(wc -l <"$WORK/trace-tap")"
check_equal "in pieces: all that was sent came in with nothing of the IP header in the linear part" \
	"$(reported sent) 0" "$(awk '$1 != $2 { bad++ } END { print NR, bad + 0 }' "$WORK/trace-frags")"
check "more than 300 flows" [ "$(wc -l <"$WORK/tap")" -gt 300 ]
if difference=$(diff "$WORK/tap" "$WORK/frags"); then
	pass "the flows are the same, in one piece and in many"
else
	fail "the flows are the same, in one piece and in many" "$(head -n 10 <<<"$difference")"
fi
finish
