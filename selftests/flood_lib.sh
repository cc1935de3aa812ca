# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests with many flows or packets share beyond lib.sh: how many these are, floods, what counts them outside of
# tuplestat, and the ledger by our own arithmetic.
. "${BASH_SOURCE[0]%/*}/lib.sh"

# scaled NAME SHORT FULL [DEBUG]: sets NAME to the count to use; "make check-full" has SCALE=full, "make check-debug" has
# SCALE=debug
scaled()
{
	local count=$2

	case ${SCALE:-short} in
	full) count=$3 ;;
	debug) count=${4:-$2} ;;
	esac
	declare -gr "$1=$count"
}

# Where floods go: addresses that nobody has. With the hardware address of the counted host they come as far as its
# hooks, and no further: see flood_path.
FLOOD4=10.9.0.1 FLOOD6=fd09::1

# flood_path FROM TO [FROM-ADDRESSES TO-ADDRESSES]: joins the two; with no addresses the kernel sends nothing there of
# its own. In TO nftables counts a flood where tuplestat does, one step behind it, and then drops it.
flood_path()
{
	local ns

	ip link add veth0 netns "$1" type veth peer name veth0 netns "$2"
	for ns in "$1" "$2"; do
		ip -n "$ns" link set veth0 addrgenmode none
	done
	_addresses veth0 "${3:-}" | ip -n "$1" -batch -
	_addresses veth0 "${4:-}" | ip -n "$2" -batch -
	# What is received waits here for its CPU; by default 1000 packets, and those above are dropped unseen.
	echo 100000 >/proc/sys/net/core/netdev_max_backlog
	ip netns exec "$2" nft -f - <<-END
		table inet flood {
			counter dropped { }
			chain in {
				type filter hook prerouting priority -398
				ip daddr $FLOOD4 counter name dropped drop
				ip6 daddr $FLOOD6 counter name dropped drop
			}
		}
	END
}

# hardware_address NS: of veth0
hardware_address()
{
	ip netns exec "$1" cat /sys/class/net/veth0/address
}

# flood_command FROM TO [OPTION]...: sets FLOOD to the command that floods TO, which flood_path has joined to FROM
flood_command()
{
	FLOOD=(ip netns exec "$1" "$TRAFFIC/flood" --device veth0 --mac "$(hardware_address "$2")"
		--to "$FLOOD4" --to "$FLOOD6" "${@:3}")
}

# flood FROM TO [OPTION]...: to its end; sets REPORT to what the sender says of it
flood()
{
	flood_command "$@"
	REPORT=$("${FLOOD[@]}")
}

# begin_flood NAME FROM TO [OPTION]...: in the background, with its report in $WORK/NAME; sets PID
begin_flood()
{
	setup_tmp
	flood_command "${@:2}"
	background "${FLOOD[@]}" >"$WORK/$1"
}

# end_flood PID: of begin_flood without --count
end_flood()
{
	kill "$1"
	wait "$1" || true
}

# sent NAME...: "PACKETS BYTES" by the reports of these floods together
sent()
{
	jq -rs '"\(map(.packets) | add) \(map(.bytes) | add)"' "${@/#/$WORK/}"
}

# dropped NS: "PACKETS BYTES" that nftables has counted and dropped
dropped()
{
	ip netns exec "$1" nft -j list counter inet flood dropped |
		jq -r '.nftables[] | .counter // empty | "\(.packets) \(.bytes)"'
}

# check_arrived NS "PACKETS BYTES": the witnesses agree, or the test would say nothing
check_arrived()
{
	check_equal "what was sent has arrived, nftables says" "$2" "$(dropped "$1")"
}

# --- the ledger ---

# What tuplestat's equation comes to, not by its own reckoning: jq words on "stats -j".
# shellcheck disable=SC2016 # for jq
ACCOUNTED='def accounted(f): (.live | f) + ([(.ended + .unattributed)[] | f] | add);'

# ledger NS EXPRESSION: of jq, on "tuplestat stats"; "accounted(.packets)" is live + ended + unattributed
ledger()
{
	stats "$1" "$ACCOUNTED $2"
}

# line NS REASON FIELD: of the ledger
line()
{
	stats "$1" ".ended + .unattributed | .[] | select(.reason == \"$2\") | .$3"
}

# check_exact NAME NS: packets are not under way
check_exact()
{
	check_equal "$1: seen = live + ended + unattributed, packets and bytes" "0 0" \
		"$(ledger "$2" '"\(.seen.packets - accounted(.packets)) \(.seen.bytes - accounted(.bytes))"')"
	check "$1: tuplestat check says so too" grep -q '^exact' <(tuplestat -N "$2" check)
}

# watch_ledger NS NAME PID...: as long as one of these runs, the ledger is proved again and again: by tuplestat check,
# whose exit status and words are lines of $WORK/NAME.check, and by ledger_watch, which reports to $WORK/NAME.watch
watch_ledger()
{
	local ns=$1 name=$2 watcher text rc

	shift 2
	background ip netns exec "$ns" "$TRAFFIC/ledger_watch" >"$WORK/$name.watch"
	watcher=$PID
	: >"$WORK/$name.check"
	while kill -0 "$@" 2>/dev/null; do
		rc=0
		text=$(tuplestat -N "$ns" check 2>&1) || rc=$?
		echo "$rc $text" >>"$WORK/$name.check"
	done
	kill "$watcher"
	wait "$watcher" || true
}

# check_watched NAME FILE-NAME: what watch_ledger has kept never says of a breach, and something
check_watched()
{
	# How many of its proofs packets pass in is a matter of luck; of ours there are many.
	check "$1: tuplestat check ran meanwhile" [ -s "$WORK/$2.check" ]
	check_equal "$1: and never found a breach" "" "$(grep -v '^0 ' "$WORK/$2.check" || true)"
	REPORT=$(<"$WORK/$2.watch")
	note "$1: proved $(wc -l <"$WORK/$2.check") times by tuplestat check, while packets passed" \
		"$(grep -c '^0 consistent' "$WORK/$2.check" || true) of these; $(reported proofs) and $(reported passing) by ourselves"
	check "$1: so did we" [ "$(reported passing)" -gt 0 ]
	check_equal "$1: seen before <= live + ended + unattributed <= seen, breaches" 0 "$(reported breaches)"
}

# --- memory ---

# objects: of flows that the slab allocator has given out, or keeps ready for a CPU
objects()
{
	local name active

	while read -r name active _; do
		[ "$name" != tuplestat_flow ] || echo "$active"
	done </proc/slabinfo
}

# need_slabinfo: or skip the test
need_slabinfo()
{
	[ -n "$(objects)" ] || skip_all "this kernel does not count the objects of each cache apart (boot with slab_nomerge)"
}
