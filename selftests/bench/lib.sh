# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the benches in the guest share beyond the tests' lib.sh: the path, the subjects, and the figures, which go to
# $OUT/figures, a line each: ROW SUBJECT VALUE. Time is counted in instructions here (boot.sh --icount). With SCALE=full,
# which "make bench" has, all is measured; else what the regression test wants, of tuplestat alone.
. "${BASH_SOURCE[0]%/*}/../lib.sh"

BENCH=$ROOT/build/selftests/bench
FIGURES=${OUT:?where the figures go}/figures

# figure ROW SUBJECT VALUE
figure()
{
	echo "$1 $2 $3" >>"$FIGURES"
	note "$1 $2 $3"
}

# least NUMBER...: of several runs it is this that counts: what else the guest does meanwhile only adds to them
least()
{
	printf '%s\n' "$@" | sort -n | sed -n 1p
}

# difference A B: rounded to whole numbers
difference()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.0f", a - b }'
}

# busy: how long the CPU was, but for idling, so far
busy()
{
	awk '$1 == "cpu0" { print $8 }' /proc/schedstat
}

# --- the path: a client, a forwarder, a server that does not look at what comes ---

SERVER4=10.2.0.1 SERVER6=fd02::1
# Nobody's hardware address: what comes with it is dropped on arrival, before any hook.
readonly NOBODY=02:ff:ff:ff:ff:ff

# path: sets C, F and S, and the arguments by which bench/send finds its way: ONE_WAY, BOTH_WAYS
path()
{
	setup_ns C F S
	veth_pair "$C" veth0 "10.1.0.1/24,fd01::1/64" "$F" left "10.1.0.2/24,fd01::2/64"
	veth_pair "$F" right "10.2.0.2/24,fd02::2/64" "$S" veth0 "$SERVER4/24,$SERVER6/64"
	ip netns exec "$F" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -n "$F" -batch - <<-END
		neighbour replace 10.1.0.1 lladdr $NOBODY dev left nud permanent
		neighbour replace fd01::1 lladdr $NOBODY dev left nud permanent
		neighbour replace $SERVER4 lladdr $NOBODY dev right nud permanent
		neighbour replace $SERVER6 lladdr $NOBODY dev right nud permanent
		route add 10.128.0.0/9 via 10.1.0.1
		route add fd80::/32 via fd01::1
	END
	ONE_WAY=(--client "$C,veth0,$(ip netns exec "$F" cat /sys/class/net/left/address)")
	BOTH_WAYS=("${ONE_WAY[@]}" --host "$S,veth0,$(ip netns exec "$F" cat /sys/class/net/right/address)")
}

# send_packets tcp|udp|syn 4|6 [OPTION]...: sets COST to what a packet took, all in all; adds to SENT
SENT=0
send_packets()
{
	local server=SERVER$2 way=("${ONE_WAY[@]}")

	[ "$1" != tcp ] || way=("${BOTH_WAYS[@]}")
	REPORT=$("$BENCH/send" "$1" --server "${!server}" "${way[@]}" "${@:3}")
	SENT=$((SENT + $(reported sent)))
	# shellcheck disable=SC2034 # for the benches
	COST=$(awk -v ns="$(reported ns)" -v packets="$(reported packets)" 'BEGIN { printf "%.1f", ns / packets }')
}

# forwarded: how many packets have left the forwarder, in either direction
forwarded()
{
	ip netns exec "$F" cat /sys/class/net/{left,right}/statistics/tx_packets | awk '{ sum += $1 } END { print sum }'
}

# --- the subjects: each begins, in the forwarder, with no flow, and leaves nothing behind ---

SUBJECTS=(nothing tuplestat)
# shellcheck disable=SC2034 # for the benches
[ "${SCALE:-short}" != full ] || SUBJECTS=(nothing hook tuplestat nft conntrack)

# begin SUBJECT [FLOWS]: room for so many flows, where the subject has a limit (1,048,576). Flows stay: while the guest
# waits for its disk its clock leaps, to the next timer.
begin()
{
	local flows=${2:-1048576}

	case $1 in
	hook) insmod "$BENCH/hook/bench_hook.ko" ;;
	tuplestat)
		load_module all_max_flows=1048576
		tuplestat -N "$F" start
		tuplestat -N "$F" set timeout-udp-unreplied 1h timeout-syn-sent 1h timeout-established 1h
		[ $# -eq 1 ] || tuplestat -N "$F" set max-flows "$flows"
		;;
	nft) nft_flows "$flows" ;;
	conntrack)
		ip netns exec "$F" nft -f - <<-END
			table inet conntrack {
				chain forward {
					type filter hook forward priority 0
					ct state invalid counter
				}
			}
		END
		ip netns exec "$F" sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1 \
			net.netfilter.nf_conntrack_udp_timeout=3600 \
			net.netfilter.nf_conntrack_tcp_timeout_syn_sent=3600
		sysctl -qw net.netfilter.nf_conntrack_max="$flows"
		;;
	esac
}

# end SUBJECT
end()
{
	case $1 in
	hook) rmmod bench_hook ;;
	tuplestat) unload_module ;;
	nft) ip netns exec "$F" nft delete table inet flows ;;
	conntrack)
		ip netns exec "$F" nft delete table inet conntrack
		modprobe -r nft_ct nf_conntrack_netlink
		modprobe -r nf_conntrack
		;;
	esac
}

# A set that flows are added to as they are seen, with a counter each, as in the manual page of nft.
nft_flows()
{
	ip netns exec "$F" nft -f - <<-END
		table inet flows {
			set flows4 {
				type ipv4_addr . inet_service . ipv4_addr . inet_service . inet_proto
				size $1
				flags dynamic, timeout
				timeout 1h
				counter
			}
			set flows6 {
				type ipv6_addr . inet_service . ipv6_addr . inet_service . inet_proto
				size $1
				flags dynamic, timeout
				timeout 1h
				counter
			}
			chain count {
				type filter hook prerouting priority -399
				meta nfproto ipv4 update @flows4 { ip saddr . th sport . ip daddr . th dport . meta l4proto }
				meta nfproto ipv6 update @flows6 { ip6 saddr . th sport . ip6 daddr . th dport . meta l4proto }
			}
		}
	END
}

# flows_of SUBJECT: how many it has; of a connection nft's set has two
flows_of()
{
	case $1 in
	tuplestat) stats "$F" .live.flows ;;
	nft)
		# ICMPv6 has no ports, and is in the set all the same
		ip netns exec "$F" nft -nj list table inet flows |
			jq '[.. | .concat? // empty | select(.[4] == 6 or .[4] == 17)] | length'
		;;
	conntrack) ip netns exec "$F" cat /proc/sys/net/netfilter/nf_conntrack_count ;;
	esac
}
