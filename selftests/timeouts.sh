#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each timeout that can be set ends the flows of its own state, for the reason that fits, neither before its time nor
# long after it, and no other flow.
. "${0%/*}/handshake_lib.sh"
need jq python3 nft

readonly STATES=(none syn-sent syn-recv established fin-wait close-wait last-ack time-wait close syn-sent2
	udp-unreplied udp-replied)
# Rounds of the collector are a second apart; the rest is for a busy machine.
readonly LATE=6
load_module
setup_tmp
setup_ns A
ip -n "$A" link add dummy0 type dummy 2>/dev/null || skip_all "this kernel has no dummy device"
_addresses dummy0 10.0.0.1/24 | ip -n "$A" -batch -
# One process sends for both hosts: what it sends to the other one ends in the device, and what comes from there here.
ip netns exec "$A" nft -f - <<-END
	table ip made {
		chain in {
			type filter hook prerouting priority -398
			ip saddr 10.0.0.2 drop
		}
	}
END
tuplestat -N "$A" start

# Long ones, all different, so that none can be taken for another.
long=()
for i in "${!STATES[@]}"; do
	long+=("timeout-${STATES[i]}" $((10000 + i)))
done
tuplestat -N "$A" set "${long[@]}"
# The timeout for interim events is no state's.
active() { tuplestat -N "$A" -j config | jq .timeouts.active; }
active=$(active)
configured() { tuplestat -N "$A" config | grep '^timeout-' | grep -v '^timeout-active '; }
check_equal "config shows each timeout as it was set" "$(printf '%s %s\n' "${long[@]}")" "$(configured)"

# --- a flow in each state: 10.0.0.1 port 40000 + i calls 10.0.0.2 port 5000 ---

peer_start hosts "$A"

# from PORT FLAGS SEQ ACK, to PORT FLAGS SEQ ACK: a segment of the one who calls, and one of the other
from()
{
	peer hosts segment 10.0.0.1 "$1" 10.0.0.2 5000 "$2" "$3" "$4" 0
}

to()
{
	peer hosts segment 10.0.0.2 5000 10.0.0.1 "$1" "$2" "$3" "$4" 0
}

opened()
{
	from "$1" S 100 0
	to "$1" S. 500 101
	from "$1" . 101 501
}

closing()
{
	opened "$1"
	from "$1" F. 101 501
}

# make_flow STATE PORT
make_flow()
{
	case $1 in
	none) from "$2" P 100 0 ;;
	syn-sent) from "$2" S 100 0 ;;
	syn-recv) from "$2" S 100 0 && to "$2" S. 500 101 ;;
	established) opened "$2" ;;
	fin-wait) closing "$2" ;;
	close-wait) closing "$2" && to "$2" . 501 102 ;;
	last-ack) closing "$2" && to "$2" F. 501 102 ;;
	time-wait) closing "$2" && to "$2" F. 501 102 && from "$2" . 102 502 ;;
	close) from "$2" S 100 0 && to "$2" R. 0 101 ;;
	syn-sent2) from "$2" S 100 0 && to "$2" S 500 0 ;;
	# nobody listens, so port 5000 is the only one; the error that comes back is no flow
	udp-unreplied) client "$A" udp flood 127.0.0.1 5000 --source-port "$2" --count 1 ;;
	udp-replied) converse "$A" "$A" udp echo 127.0.0.1 5001 "$2" ;;
	esac
}

# word STATE: as flows have it
word()
{
	local word=${1#udp-}

	word=${word//-/_}
	echo "${word^^}"
}

for i in "${!STATES[@]}"; do
	make_flow "${STATES[i]}" $((40000 + i))
	check "a flow in ${STATES[i]}" flow_is "$(word "${STATES[i]}")" "$A" port $((40000 + i))
done

# --- the timeout of one state after the other: its flow ends, the others stay ---

ended()
{
	stats "$A" ".ended[] | select(.reason == \"$1\") | .flows"
}

all_ended()
{
	stats "$A" '[.ended[].flows] | add'
}

ports()
{
	tuplestat -N "$A" -j port 40000-40049 |
		jq -r '[.[] | .orig.port, .reply.port | select(. >= 40000)] | sort | join(" ")'
}

# more_than COUNT: flows have ended
more_than()
{
	[ "$(all_ended)" -gt "$1" ]
}

left=()
for i in "${!STATES[@]}"; do
	left+=($((40000 + i)))
done
for i in "${!STATES[@]}"; do
	state=${STATES[i]}
	case $state in
	time-wait | close) reason='end-of-flow' ;;
	*) reason=idle-timeout ;;
	esac
	before=$(all_ended) before_reason=$(ended $reason)
	tuplestat -N "$A" set "timeout-$state" 1
	wait_for -t $LATE more_than "$before" || true
	unset "left[i]"
	check_equal "timeout-$state 1: its flow ends within $LATE s, the others stay" "${left[*]}" "$(ports)"
	check_equal "timeout-$state 1: one flow has ended, by $reason" "1 1" \
		"$(($(all_ended) - before)) $(($(ended $reason) - before_reason))"
done

# --- not before its time; what goes on is kept ---

# uptime: sets UPTIME, in ms: the clock that timeouts go by, in steps of 10 ms
uptime()
{
	read -r UPTIME _ </proc/uptime
	UPTIME=${UPTIME/./}0
}

tuplestat -N "$A" set timeout-syn-sent 3 timeout-established 3
make_flow established 40051
uptime
sent=$UPTIME took=0
make_flow syn-sent 40050
# one says nothing, the other something each half second
while [ $took -lt $(((3 + LATE) * 1000)) ]; do
	there=$(tuplestat -N "$A" -j sport 40050)
	# The time when it was gone at the latest, however long the question took.
	uptime
	took=$((UPTIME - sent))
	[ "$there" != "[]" ] || break
	from 40051 . 101 501
	pause 0.3
done
check "timeout-syn-sent 3: not before 3 s" [ $took -gt 2980 ]
check "timeout-syn-sent 3: and not after $((3 + LATE)) s" [ $took -lt $(((3 + LATE) * 1000)) ]
note "it took $took ms"
check "timeout-established 3: a connection that goes on is kept" flow_is ESTABLISHED "$A" sport 40051

# --- what is shown ---

words=()
for i in "${!STATES[@]}"; do
	words+=("timeout-${STATES[i]}" $((i + 1)))
done
tuplestat -N "$A" set "${words[@]}"
check_equal "config shows each timeout as it was set last" "$(printf '%s %s\n' "${words[@]}")" "$(configured)"
check_equal "and that of interim events as it was" "$active" "$(active)"
finish
