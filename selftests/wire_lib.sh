# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the wire_* tests share beyond lib.sh: paths on which aggregates become packets, witnesses that look at packets
# one by one, and comparisons of many lines.
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Parameters for load_module: no flow ends while a test goes on, however slow the machine.
# shellcheck disable=SC2034 # for the tests
NO_TIMEOUTS=(timeout_{none,syn_sent,syn_recv,fin_wait,close_wait,last_ack,time_wait,close,unreplied,replied}"=3600")

# --- paths ---

# default_routes NS NET: to the router of 10.0.NET.0/24 and fd00:NET::/64
default_routes()
{
	printf '%s\n' "route add default via 10.0.$2.1" "route add default via fd00:$2::1" | ip -n "$1" -batch -
}

# forward NS: makes a router of it
forward()
{
	ip netns exec "$1" bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
		echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

# quiet_devices NS...: the kernel says nothing of its own over IPv6 on devices that are made from now on
quiet_devices()
{
	local ns

	for ns; do
		ip netns exec "$ns" bash -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	done
}

# no_offloads NS DEVICE: what it sends is segmented before a capture on it sees it, and what it receives is not
# aggregated
no_offloads()
{
	ip netns exec "$1" ethtool -K "$2" tso off gso off gro off tx-udp-segmentation off
}

# send_buffer NS BYTES: the most that a TCP connection of it can have under way
send_buffer()
{
	ip netns exec "$1" bash -c "echo 4096 65536 $2 >/proc/sys/net/ipv4/tcp_wmem"
}

# segmented_path: A - R - B, in which A and R hand each other aggregates, R and B only segments: a capture of "right"
# in R has the packets of the wire. B aggregates what it receives, and so does A.
#
#	A veth0 --- left R right --- veth0 B
segmented_path()
{
	setup_ns A R B
	veth_pair "$A" veth0 10.0.1.2/24,fd00:1::2/64 "$R" left 10.0.1.1/24,fd00:1::1/64
	veth_pair "$B" veth0 10.0.2.2/24,fd00:2::2/64 "$R" right 10.0.2.1/24,fd00:2::1/64
	default_routes "$A" 1
	default_routes "$B" 2
	forward "$R"
	no_offloads "$R" right
	no_offloads "$B" veth0
	# veth aggregates at one end only what the other end cannot send as an aggregate
	ip netns exec "$R" ethtool -K left tso off
	ip netns exec "$A" ethtool -K veth0 gro on
	ip netns exec "$B" ethtool -K veth0 gro on
	# veth drops what is more than 256 packets at a time, then; behind the capture, and before the hooks
	send_buffer "$A" 131072
	send_buffer "$B" 131072
}

# tun_device NS...: tun0, for wire_packets.py to put packets into. It has no address, so that the kernel says nothing
# there of its own, neither router solicitations nor answers.
tun_device()
{
	local ns

	[ -e /dev/net/tun ] || modprobe tun || skip_all "the kernel has no tun device"
	for ns; do
		printf '%s\n' "tuntap add mode tun dev tun0" "link set tun0 addrgenmode none" "link set tun0 up" |
			ip -n "$ns" -batch -
	done
}

# --- what the kernel's own counters say ---

# count_hooks NS: from now on nftables counts at tuplestat's two hooks, one step behind it, in packets of the stack:
# "in" and "out" is all there is, "in_large" and "out_large" what is longer than any packet of the wire.
count_hooks()
{
	ip netns exec "$1" nft -f - <<-END
		table inet wire {
			counter in { }
			counter out { }
			counter in_large { }
			counter out_large { }
			chain in {
				type filter hook prerouting priority -398
				counter name in
				meta length > 1514 counter name in_large
			}
			chain out {
				type filter hook output priority -398
				counter name out
				meta length > 1514 counter name out_large
			}
		}
	END
}

# hook_packets NS COUNTER, hook_bytes NS COUNTER: of count_hooks
hook_packets()
{
	ip netns exec "$1" nft -j list counter inet wire "$2" | jq '.nftables[] | .counter // empty | .packets'
}

hook_bytes()
{
	ip netns exec "$1" nft -j list counter inet wire "$2" | jq '.nftables[] | .counter // empty | .bytes'
}

# check_aggregates NAME NS in|out: there were some, without which the test would show nothing
check_aggregates()
{
	check "$1" [ "$(hook_packets "$2" "$3_large")" -gt 0 ]
}

# Whether veth aggregates what it receives: before 5.13 only for XDP programs.
veth_has_gro()
{
	grep -q ' veth_set_features\>' /proc/kallsyms
}

# check_received_aggregates NAME NS: the same of what came in by veth, and was aggregated there
check_received_aggregates()
{
	if veth_has_gro; then
		check_aggregates "$1" "$2" in
	else
		skip "$1" "this kernel's veth does not aggregate"
	fi
}

# --- captures ---

# end_capture ADDR: as capture_end, and nothing was lost on the way into the file
end_capture()
{
	capture_end "$1"
	check "the capture is whole" grep -q "^0 packets dropped by kernel" "$WORK/tcpdump"
}

# stop_capture: as end_capture, where the test itself has sent a datagram with $_MARK, behind all others
stop_capture()
{
	wait_for grep -q "$_MARK" "$CAPTURE"
	kill "$_capture_pid"
	wait "$_capture_pid" || true
	check "the capture is whole" grep -q "^0 packets dropped by kernel" "$WORK/tcpdump"
}

# count_now NS...: keeps what tuplestat has of each now, for check_captured and counted_of. A flow is forgotten a minute
# after its end, or of a datagram that nobody answers, and tshark takes its time.
count_now()
{
	local ns

	for ns; do
		tuplestat -N "$ns" -j not port 9 | jq -r '.[] |
			(.proto + if .orig.addr | contains(":") then "6" else "4" end) as $kind |
			[.orig, .reply], [.reply, .orig] | . as [$from, $to] | select($from.packets > 0) |
			[$kind, $from.addr, $from.port, $to.addr, $to.port] as $key |
			["bytes"] + $key + [$from | .packets, .ip_bytes, .l4_bytes, .payload_bytes],
			($from.flags // empty | ["flags"] + $key + [.fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr]) |
			map(tostring) | join(" ")' | sort >"$WORK/counted-$ns"
	done
}

# counted_of NS bytes|flags KIND: lines as of witnessed, which count_now has kept
counted_of()
{
	sed -n "s/^$2 \($3 \)/\1/p" "$WORK/counted-$1"
}

# check_captured NAME NS bytes|flags KIND: what count_now has kept is what the capture has
check_captured()
{
	witnessed "$3" "$4" >"$WORK/wanted"
	counted_of "$2" "$3" "$4" >"$WORK/got"
	compare_lines "$1" "$WORK/wanted" "$WORK/got"
}

# witness_part PART FILTER: keeps what is witnessed of those packets of the capture that match, for check_part
witness_part()
{
	local whole=$CAPTURE kind

	CAPTURE=$WORK/$1.pcap
	tcpdump -r "$whole" -w "$CAPTURE" "$2" 2>/dev/null
	rm -f "$WORK/packets"
	for kind in tcp4 tcp6 udp4 udp6; do
		witnessed bytes $kind >"$WORK/$1-$kind"
	done
	CAPTURE=$whole
	rm "$WORK/packets"
}

# check_part NAME NS KIND PART: what count_now has kept is what that part of the capture has
check_part()
{
	counted_of "$2" bytes "$3" >"$WORK/got"
	compare_lines "$1" "$WORK/$4-$3" "$WORK/got"
}

# check_segments NAME: no packet of the capture is larger than the MTU
check_segments()
{
	[ -e "$WORK/packets" ] || _dissect
	# shellcheck disable=SC2016 # for awk
	check "$1" awk '$6 > 1500 { print; bad = 1 } END { exit bad }' "$WORK/packets"
}

# --- comparisons ---

# compare_lines NAME WANTED-FILE GOT-FILE: the same lines, and some
compare_lines()
{
	local difference

	if ! [ -s "$2" ]; then
		fail "$1" "nothing to compare with"
	elif difference=$(diff "$2" "$3"); then
		pass "$1"
	else
		fail "$1" "wanted <, got >:"$'\n'"$(head -n 20 <<<"$difference")"
	fi
}

# check_ledgers NAME NS...: what was seen is explained, in packets and in bytes
check_ledgers()
{
	local name=$1 ns

	shift
	for ns; do
		set -- "$@" "$(stats "$ns" '"\(.unexplained.packets) \(.unexplained.bytes)"')"
		shift
	done
	check_equal "$name" "$(printf '0 0 %.0s' "$@")" "$(printf '%s ' "$@")"
}

# --- python ---

# run_python [ARGUMENT]...: the program on standard input, which has wire_packets.py
run_python()
{
	PYTHONPATH=$SELFTESTS PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 - "$@"
}

# judge: the lines "NAME<tab>WANTED<tab>GOT" of standard input are results; at least one, and the last one is "end":
# a program that dies half way has not passed.
judge()
{
	local name wanted got ended=no

	while IFS=$'\t' read -r name wanted got; do
		case $name in
		end) ended=yes ;;
		*) check_equal "$name" "$wanted" "$got" ;;
		esac
	done
	[ $ended = yes ] || fail "the program came to its end"
}
