#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A packet that a verdict of NFQUEUE reinjects passes tuplestat's hook in process context, with bottom halves enabled.
# It is counted once. A kernel with lockdep reports from one such packet that a lock is not safe from softirqs there, so
# packets of each kind are reinjected here, one by one. nfqueue.sh provokes the deadlock itself.
. "${0%/*}/flood_lib.sh"
need nft jq

# Payload of a packet that is queued, and of one that is not
readonly QUEUED=100 DIRECT=140
# Payload that takes two fragments
readonly FRAGMENTED=2000

modprobe -qa nfnetlink_queue nft_queue || true
load_module
setup_tmp

# queue_in NS FAMILY PRIORITY: what has the payload for it, and fragments
queue_in()
{
	ip netns exec "$1" nft -f - <<-END
		table $2 early {
			chain early {
				type filter hook prerouting priority $3
				meta length { $((28 + QUEUED)), $((40 + QUEUED)), $((48 + QUEUED)), $((60 + QUEUED)) } queue num 0
				meta protocol ip ip frag-off & 0x3fff != 0 queue num 0
				meta protocol ip6 exthdr frag exists queue num 0
			}
		}
	END
}

# path: from FROM to TO
path()
{
	local addr mac

	setup_ns FROM TO
	flood_path "$FROM" "$TO" 10.9.0.2/24,fd09::2/64 ""
	mac=$(hardware_address "$TO")
	for addr in $FLOOD4 $FLOOD6; do
		ip -n "$FROM" neighbour add "$addr" lladdr "$mac" dev veth0
	done
	flood_command "$FROM" "$TO" --tuples 2 --count 2
	tuplestat -N "$TO" start
}

# send udp|tcp PAYLOAD...: a packet of each, by IPv4 and by IPv6, to a port of their own
send()
{
	local options=() headers=28 payload bytes=0

	if [ "$1" = tcp ]; then
		options=(--syn)
		headers=40
	fi
	port=$((port + 1))
	for payload in "${@:2}"; do
		"${FLOOD[@]}" --port $port --size "$payload" "${options[@]}" >/dev/null
		bytes=$((bytes + headers + payload))
		[ "$payload" != $QUEUED ] || queued=$((queued + 2))
	done
	wanted+=("$1 4 $port $(($# - 1)) $bytes" "$1 6 $port $(($# - 1)) $((bytes + 20 * ($# - 1)))")
}

# send_fragments 4|6 ADDR HEADERS: a datagram in two fragments, each with so many bytes of headers
send_fragments()
{
	port=$((port + 1))
	client "$FROM" udp flood "$2" $port --source-port 40000 --count 1 --size $FRAGMENTED
	wanted+=("udp $1 $port 2 $((FRAGMENTED + 8 + 2 * $3))")
	queued=$((queued + 2))
}

# flows: "PROTOCOL FAMILY PORT PACKETS BYTES" of each
flows()
{
	tuplestat -N "$TO" -j | jq -r '.[] | "\(.proto) \(if .orig.addr | contains(":") then 6 else 4 end) " +
		"\([.orig, .reply] | map(select(.addr == "'$FLOOD4'" or .addr == "'$FLOOD6'"))[0].port) " +
		"\(.orig.packets + .reply.packets) \(.orig.ip_bytes + .reply.ip_bytes)"' | sort
}

all_passed()
{
	[ "$(dropped "$TO")" = "$1" ]
}

# reinject NAME
reinject()
{
	local name=$1 wanted=() queued=0 port=5000 total rc=0

	background ip netns exec "$TO" "$TRAFFIC/nfqueue" "$WORK/ready-$name" 0 >"$WORK/verdicts"
	wait_for [ -e "$WORK/ready-$name" ]
	# of a flow that a packet has begun in a softirq, and the first one of a flow
	send udp $DIRECT $QUEUED
	send udp $QUEUED
	send tcp $DIRECT $QUEUED
	send tcp $QUEUED
	send_fragments 4 $FLOOD4 20
	send_fragments 6 $FLOOD6 48
	total=$(printf '%s\n' "${wanted[@]}" | awk '{ packets += $4; bytes += $5 } END { print packets, bytes }')
	check "$name: all packets have passed, nftables says" wait_for all_passed "$total"
	kill "$PID"
	wait "$PID" || rc=$?
	check_equal "$name: the kernel took every verdict" 0 $rc
	check_equal "$name: reinjected, one by one" "$queued $queued" \
		"$(jq -r '"\(.packets) \(.verdicts)"' "$WORK/verdicts")"
	check_equal "$name: each packet is counted once" "$(printf '%s\n' "${wanted[@]}" | sort)" "$(flows)"
	check_exact "$name" "$TO"
}

path
queue_in "$TO" inet -450 || skip_all "no NFQUEUE in this kernel"
reinject IP

if modprobe br_netfilter; then
	path
	printf '%s\n' "link add br0 type bridge" "link set br0 addrgenmode none up" "link set veth0 master br0" |
		ip -n "$TO" -batch -
	queue_in "$TO" bridge -300
	reinject bridge
else
	skip bridge "no br_netfilter in this kernel"
fi
finish
