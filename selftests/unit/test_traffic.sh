#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do traffic_server and traffic_client do what they say, and put on the wire
# the packets of the two drawings in traffic.h, in that order?
#
# On the loopback only, in a network namespace of its own where that is
# permitted; else on the host's, and then the captures are skipped.
# TRAFFIC_DIR says where the programs are.

here=$(cd "$(dirname "$0")" && pwd)
bin=${TRAFFIC_DIR:-$here/../../build/selftests}
server=$bin/traffic_server
client=$bin/traffic_client

tests="
	general_ipv4 general_ipv6 thanks_ipv4 thanks_ipv6 echo_ipv4 echo_ipv6
	empty_connection empty_datagram large_message source_ports
	reset_is_counted half_close_answer hold_client hold_server flood_ipv4
	flood_ipv6 size_differs usage_errors system_errors timeouts
	capture_general_ipv4 capture_general_ipv6
	capture_thanks_ipv4 capture_thanks_ipv6
	capture_linger0 capture_half_close capture_echo capture_flood
"

# --- where it runs -----------------------------------------------------------

if [ -z "$TRAFFIC_NETNS" ] && command -v ip >/dev/null; then
	# The second is for who is not root: tcpdump would refuse to run as a
	# root that has no groups, so the user stays who it is.
	for how in "-n" "-Un --map-current-user --keep-caps"; do
		# shellcheck disable=SC2086 # the options are words
		if unshare $how ip link set lo up 2>/dev/null; then
			TRAFFIC_NETNS=1 exec unshare $how "$0" "$@"
		fi
	done
fi
[ -n "$TRAFFIC_NETNS" ] && ip link set lo up

no_ipv6=
grep -q 'lo$' /proc/net/if_inet6 2>/dev/null || no_ipv6="no ::1 here"

no_capture=
for tool in tcpdump tshark; do
	command -v $tool >/dev/null || no_capture="$tool is not installed"
done
[ -n "$TRAFFIC_NETNS" ] || no_capture="unshare -n is not permitted"

tmp=$(mktemp -d) || exit 1
pcap=$tmp/lo.pcap
tcpdump_pid=
server_pid=
client_pid=
# These and the markers' below the ports that the kernel gives to clients
port=$((21000 + $$ % 1500))

# Only what was started here, by pid, and only while it is still ours.
cleanup()
{
	local pid

	for pid in $server_pid $client_pid $tcpdump_pid; do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$tmp"
}
trap cleanup EXIT

# --- words of the tests ------------------------------------------------------

# wait_until COMMAND...: for ten seconds at the most
wait_until()
{
	local i

	for ((i = 0; i < 500; i++)); do
		"$@" && return 0
		sleep 0.02
	done
	echo "gave up waiting: $*"
	return 1
}

# start_server PROTO MODE ADDR OPTIONS...: on a port that no test had before
start_server()
{
	port=$((port + 1))
	rm -f "$tmp/ready"
	"$server" "$1" "$2" "$3" $port --ready "$tmp/ready" --report \
		--timeout 10 "${@:4}" >"$tmp/server.json" 2>"$tmp/server.err" &
	server_pid=$!
	wait_until test -e "$tmp/ready" || return 1
	[ "$(cat "$tmp/ready")" = $server_pid ] ||
		{ echo "the ready file does not hold the pid"; return 1; }
}

end_server()
{
	local rc

	wait $server_pid
	rc=$?
	server_pid=
	return $rc
}

# pair PROTO MODE ADDR "SERVER OPTIONS" "CLIENT OPTIONS": both must end well
pair()
{
	local rc=0

	# shellcheck disable=SC2086 # the options are words
	start_server "$1" "$2" "$3" $4 || return 1
	# shellcheck disable=SC2086
	"$client" "$1" "$2" "$3" $port --report --timeout 10 $5 \
		>"$tmp/client.json" 2>"$tmp/client.err" || rc=1
	end_server || rc=1
	[ $rc = 0 ] || cat "$tmp"/*.err
	return $rc
}

# number WHO NAME: one number of a report
number()
{
	sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p" "$tmp/$1.json"
}

# expect WHO NAME VALUE
expect()
{
	local got

	got=$(number "$1" "$2")
	[ "$got" = "$3" ] && return 0
	echo "$1: $2 is $got, expected $3"
	return 1
}

# expect_text WHO TEXT: in a report
expect_text()
{
	grep -qF "$2" "$tmp/$1.json" && return 0
	echo "$1: no $2 in $(cat "$tmp/$1.json")"
	return 1
}

# refused CODE TEXT COMMAND...: it must end with CODE, and say TEXT
refused()
{
	local code=$1 text=$2 out rc

	shift 2
	out=$("$@" 2>&1)
	rc=$?
	[ $rc = "$code" ] && [[ $out == *"$text"* ]] && return 0
	echo "${*##*/}: exit $rc, \"$out\"; expected $code, \"$text\""
	return 1
}

# --- what the programs say ---------------------------------------------------

# volume A B: A sent to B, B to A, the same number of bytes
volume()
{
	expect client bytes_sent "$1" && expect server bytes_received "$1" &&
	expect server bytes_sent "$2" && expect client bytes_received "$2"
}

general()
{
	pair tcp general "$1" "--size 100 --connections 3 --count 5" \
		"--size 100 --connections 3 --count 5" &&
	volume 1500 1500 &&
	expect client connections 3 && expect server connections 3 &&
	expect_text server "\"local\":{\"addr\":\"$1\",\"port\":$port}" &&
	expect_text client "\"remote\":{\"addr\":\"$1\",\"port\":$port}"
}

thanks()
{
	pair tcp thanks "$1" "--connections 4" "--connections 4" &&
	volume 0 96 && expect server connections 4
}

echo_datagrams()
{
	pair udp echo "$1" "--connections 10" "--count 5 --connections 2" &&
	volume 320 320 &&
	expect client datagrams_sent 10 && expect server datagrams_sent 10 &&
	expect client datagrams_received 10 &&
	expect server datagrams_received 10
}

test_general_ipv4() { general 127.0.0.1; }
test_general_ipv6() { general ::1; }
test_thanks_ipv4() { thanks 127.0.0.1; }
test_thanks_ipv6() { thanks ::1; }
test_echo_ipv4() { echo_datagrams 127.0.0.1; }
test_echo_ipv6() { echo_datagrams ::1; }

test_empty_connection()
{
	pair tcp general 127.0.0.1 "" "--count 0" && volume 0 0 &&
	pair tcp general 127.0.0.1 "" "--count 0 --linger0" &&
	expect server resets 1
}

test_empty_datagram()
{
	pair udp echo 127.0.0.1 "--size 0" "--size 0" && volume 0 0 &&
	expect client datagrams_received 1
}

# More than the socket buffers hold: send() takes it in parts.
test_large_message()
{
	pair tcp general 127.0.0.1 "--size 16777216" \
		"--size 16777216 --count 2" && volume 33554432 33554432
}

test_source_ports()
{
	local first=$((port + 1000))

	pair tcp general 127.0.0.1 "--connections 5" \
		"--connections 5 --source 127.0.0.2 --source-port $first --ports 5" &&
	expect_text server \
		"\"remote\":{\"addr\":\"127.0.0.2\",\"port\":$((first + 4))}" &&
	expect_text client \
		"\"local\":{\"addr\":\"127.0.0.2\",\"port\":$((first + 4))}"
}

test_reset_is_counted()
{
	pair tcp general 127.0.0.1 "--connections 2" \
		"--connections 2 --linger0" &&
	volume 64 64 && expect server resets 2 &&
	pair tcp general 127.0.0.1 "" "" && expect server resets 0
}

test_half_close_answer()
{
	pair tcp general 127.0.0.1 "" --half-close && volume 32 32 &&
	pair tcp general 127.0.0.1 --half-close --half-close && volume 32 64
}

# The client announces that its data is through, and stays until it may go.
test_hold_client()
{
	local rc=0

	rm -f "$tmp/go" "$tmp/through"
	start_server tcp general 127.0.0.1 || return 1
	"$client" tcp general 127.0.0.1 $port --timeout 10 --hold "$tmp/go" \
		--ready "$tmp/through" &
	client_pid=$!
	wait_until test -e "$tmp/through" || rc=1
	kill -0 $client_pid && kill -0 $server_pid || rc=1
	touch "$tmp/go"
	wait $client_pid || rc=1
	client_pid=
	end_server && return $rc
}

test_hold_server()
{
	local rc=0

	rm -f "$tmp/go"
	start_server tcp general 127.0.0.1 --hold "$tmp/go" || return 1
	"$client" tcp general 127.0.0.1 $port --timeout 10 || rc=1
	kill -0 $server_pid || rc=1
	touch "$tmp/go"
	end_server && return $rc
}

# Nobody listens: the ICMP errors that come back must not disturb the count.
flood()
{
	port=$((port + 1))
	"$client" udp flood "$1" $port --count 1000 --size 10 --ports 7 \
		--source-port $((port + 1000)) --report >"$tmp/client.json" &&
	expect client datagrams_sent 1000 && expect client bytes_sent 10000 &&
	expect client connections 7
}

test_flood_ipv4() { flood 127.0.0.1; }
test_flood_ipv6() { flood ::1; }

test_size_differs()
{
	start_server tcp general 127.0.0.1 --size 20 --timeout 1 || return 1
	refused 2 "recv: 20 bytes, expected 30" "$client" tcp general \
		127.0.0.1 $port --size 30 || return 1
	end_server
	grep -qF "recv (10 bytes so far): timed out" "$tmp/server.err" &&
		return 0
	cat "$tmp/server.err"
	return 1
}

# who | arguments | what it must say
usage_table="
client||expected PROTO MODE ADDR PORT
client|tcp general ::1 1 2|expected PROTO MODE ADDR PORT
client|tcp echo ::1 1|unknown protocol and mode
server|udp flood ::1 1|unknown protocol and mode
client|tcp general localhost 1|not an IPv4 or IPv6 address
client|tcp general ::1 0|not within 1 to 65535
client|tcp general ::1 65536|not within 1 to 65535
client|tcp general ::1 +1|not a number
client|tcp general ::1 1x|not a number
client|tcp general ::1 1 --count -1|not a number
client|tcp general ::1 1 --count 99999999999999999999999|not within
client|tcp general ::1 1 --size 0|no empty messages
client|udp echo ::1 1 --size 65528|up to 65527 bytes
client|udp echo 127.0.0.1 1 --size 65508|up to 65507 bytes
client|tcp general ::1 1 --timeout 0|not within
client|tcp general ::1 1 --source 127.0.0.1|differ in family
client|tcp general ::1 1 --ports 2|needs --source-port
client|tcp general ::1 1 --ports 2 --source-port 65535|above 65535
client|tcp general ::1 1 --linger0 --half-close|exclude each other
client|tcp thanks ::1 1 --size 1|does not apply
client|tcp thanks ::1 1 --half-close|does not apply
client|udp echo ::1 1 --linger0|does not apply
client|tcp general ::1 1 --nonsense|unrecognized option
client|tcp general ::1 1 --count|requires an argument
server|tcp general ::1 1 --linger0|not an option of the server
server|tcp general ::1 1 --source-port 1|not an option of the server
"

test_usage_errors()
{
	local who args text rc=0

	while IFS='|' read -r who args text; do
		[ -n "$who" ] || continue
		# shellcheck disable=SC2086
		refused 1 "$text" "$bin/traffic_$who" $args || rc=1
	done <<<"$usage_table"
	refused 0 "usage: traffic_client" "$client" --help || rc=1
	refused 0 "usage: traffic_server" "$server" --help || rc=1
	return $rc
}

test_system_errors()
{
	local rc=0

	port=$((port + 1))
	refused 2 "connect: Connection refused" \
		"$client" tcp general 127.0.0.1 $port || rc=1
	refused 2 "recv: Connection refused" \
		"$client" udp echo 127.0.0.1 $port || rc=1
	refused 2 "bind: Cannot assign" \
		"$server" tcp general 192.0.2.1 $port || rc=1
	refused 2 "bind: Cannot assign" \
		"$client" tcp general 127.0.0.1 $port --source 192.0.2.1 || rc=1
	refused 2 "No such file" "$server" tcp general 127.0.0.1 $port \
		--ready "$tmp/none/ready" || rc=1
	refused 2 "write: " sh -c "$client udp flood 127.0.0.1 $port \
		--report >/dev/full" || rc=1
	return $rc
}

test_timeouts()
{
	local rc=0

	port=$((port + 1))
	refused 2 "accept: timed out after 1 s" \
		"$server" tcp general 127.0.0.1 $port --timeout 1 || rc=1
	refused 2 "recvfrom: timed out after 1 s" \
		"$server" udp echo 127.0.0.1 $port --timeout 1 || rc=1
	refused 2 "hold: timed out after 1 s" "$client" udp flood 127.0.0.1 \
		$port --hold "$tmp/never" --timeout 1 || rc=1
	return $rc
}

# --- what was on the wire ----------------------------------------------------

start_capture()
{
	# -Z: another user could not write to the folder.
	tcpdump -Z root -i lo -s 128 -U --immediate-mode -w "$pcap" \
		2>"$tmp/tcpdump.err" &
	tcpdump_pid=$!
	wait_until grep -q 'listening on' "$tmp/tcpdump.err"
}

# dissect PORT: one line a packet; > from the client, < from the server
dissect()
{
	tshark -n -r "$pcap" -T fields -E separator=, -e tcp.srcport \
		-e tcp.dstport -e tcp.flags -e tcp.len -e udp.srcport \
		-e udp.dstport -e udp.length -e icmp.type 2>/dev/null |
	awk -F, -v port="$1" '
	function digit(hex, from_right) {
		return index("0123456789abcdef",
			     substr(hex, length(hex) - from_right, 1)) - 1
	}
	$8 != "" { next }		# an ICMP error repeats the header
	$5 == port || $6 == port {
		print ($6 == port ? ">" : "<") " datagram " $7 - 8
		next
	}
	$1 != port && $2 != port { next }
	{
		low = digit($3, 0)
		words = ""
		if (int(low / 2) % 2) words = words " SYN"
		if (low % 2) words = words " FIN"
		if (int(low / 4) % 2) words = words " RST"
		if ($4 > 0) words = words " data " $4
		# Named where it says something: all but the SYN have it.
		if (digit($3, 1) % 2 && (words == "" || words == " SYN"))
			words = words " ACK"
		print ($2 == port ? ">" : "<") words
	}'
}

marker_seen()
{
	dissect "$marker" | grep -q datagram
}

# ladder LINE...: the packets of the last pair. A marker sent behind them shows
# that the capture has them all, and that none came that was not expected.
ladder()
{
	local want got

	want=$(printf '%s\n' "$@")
	marker=$((port + 10000))
	"$client" udp flood 127.0.0.1 $marker || return 1
	wait_until marker_seen || return 1
	got=$(dissect $port)
	[ "$got" = "$want" ] && return 0
	echo "on the wire | expected:"
	paste -d'|' <(echo "$got") <(echo "$want") | sed 's/|/\t\t| /'
	return 1
}

handshake=("> SYN" "< SYN ACK" "> ACK")
exchange=("> data 10" "< ACK" "< data 10" "> ACK")
client_closes=("> FIN" "< ACK" "< FIN" "> ACK")
server_closes=("< FIN" "> ACK" "> FIN" "< ACK")
sentence=("< data 24" "> ACK")

capture_general()
{
	pair tcp general "$1" "--size 10" "--size 10 --count 2" &&
	ladder "${handshake[@]}" "${exchange[@]}" "${exchange[@]}" \
		"${client_closes[@]}"
}

capture_thanks()
{
	pair tcp thanks "$1" "" "" &&
	ladder "${handshake[@]}" "${sentence[@]}" "${server_closes[@]}"
}

test_capture_general_ipv4() { capture_general 127.0.0.1; }
test_capture_general_ipv6() { capture_general ::1; }
test_capture_thanks_ipv4() { capture_thanks 127.0.0.1; }
test_capture_thanks_ipv6() { capture_thanks ::1; }

test_capture_linger0()
{
	pair tcp general 127.0.0.1 "--size 10" "--size 10 --linger0" &&
	ladder "${handshake[@]}" "${exchange[@]}" "> RST"
}

test_capture_half_close()
{
	pair tcp general 127.0.0.1 "--size 10 --half-close" \
		"--size 10 --half-close" &&
	ladder "${handshake[@]}" "${exchange[@]}" "> FIN" "< ACK" \
		"< data 10" "> ACK" "< FIN" "> ACK"
}

test_capture_echo()
{
	pair udp echo 127.0.0.1 "--count 2" "--count 2 --size 10" &&
	ladder "> datagram 10" "< datagram 10" "> datagram 10" "< datagram 10"
}

test_capture_flood()
{
	port=$((port + 1))
	"$client" udp flood 127.0.0.1 $port --count 3 --ports 2 --size 10 \
		--source-port $((port + 1000)) &&
	ladder "> datagram 10" "> datagram 10" "> datagram 10"
}

# --- the run -----------------------------------------------------------------

skip_reason()
{
	case $1 in capture_*) [ -z "$no_capture" ] || echo "$no_capture" ;; esac
	case $1 in *ipv6) [ -z "$no_ipv6" ] || echo "$no_ipv6" ;; esac
}

run_tests()
{
	local name reason number=0 failed=0

	for name in $tests; do
		number=$((number + 1))
		reason=$(skip_reason "$name" | head -n 1)
		if [ -n "$reason" ]; then
			echo "ok $number $name # SKIP $reason"
		elif "test_$name" >"$tmp/out" 2>&1; then
			echo "ok $number $name"
		else
			sed 's/^/# /' "$tmp/out"
			echo "not ok $number $name"
			failed=1
		fi
	done
	return $failed
}

# shellcheck disable=SC2086 # counted as words
set -- $tests
echo "KTAP version 1"
if ! [ -x "$server" ] || ! [ -x "$client" ]; then
	echo "Bail out! no traffic programs in $bin"
	exit 1
fi
echo "1..$#"
if [ -z "$no_capture" ] && ! start_capture >/dev/null; then
	sed 's/^/# /' "$tmp/tcpdump.err"
	no_capture="tcpdump cannot capture here"
fi
run_tests
