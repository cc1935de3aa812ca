# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The words that the shell tests share. A test sources this first, states results with pass, fail, skip or check, and
# ends with finish:
#
#	. "$(dirname "$0")/lib.sh"
#	load_module
#	setup_ns A B
#	veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
#	check "B answers" ip netns exec "$A" ping -c 1 10.0.0.2
#	finish
#
# What is set up here is taken down when the test exits, however it exits. Mind that starting a program costs 45 ms in
# the guest: prefer builtins in loops.
set -euo pipefail

SKIP=4 # kselftest's exit status for "could not be tested here"

SELFTESTS=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
ROOT=${SELFTESTS%/*}
# shellcheck disable=SC2034 # for the tests
TRAFFIC=$ROOT/build/selftests
MODULE=${MODULE:-$ROOT/build/module-$(</proc/sys/kernel/osrelease)/tuplestat.ko}
PATH=$ROOT/build:$PATH

# --- results ---

_planned='' _results=0 _failed=0 _skipped=0
echo "KTAP version 1"

# plan COUNT: optional, finish states the count where no plan was; a plan also finds a test that ends too early.
plan()
{
	_planned=$1
	echo "1..$1"
}

# ktap_result "ok"|"not ok" NAME
ktap_result()
{
	_results=$((_results + 1))
	echo "$1 $_results $2"
}

pass()
{
	ktap_result ok "$1"
}

# fail NAME [WHY]...
fail()
{
	local name=$1

	shift
	[ $# -eq 0 ] || note "$*"
	_failed=$((_failed + 1))
	ktap_result "not ok" "$name"
}

# skip NAME WHY
skip()
{
	_skipped=$((_skipped + 1))
	ktap_result ok "$1 # SKIP $2"
}

# check NAME COMMAND...: passes if the command succeeds; what it printed is shown if not.
check()
{
	local name=$1 output

	shift
	if output=$("$@" 2>&1); then
		pass "$name"
	else
		fail "$name" "failed ($?): $*${output:+$'\n'$output}"
	fi
}

# check_equal NAME WANTED GOT
check_equal()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "wanted: $2"$'\n'"got:    $3"
	fi
}

# A diagnostic, one # a line.
note()
{
	echo "# ${*//$'\n'/$'\n'# }"
}

# skip_all WHY: nothing in this test can be tested here. Only before the first result.
skip_all()
{
	echo "1..0 # SKIP $*"
	_ended=yes
	exit $SKIP
}

# need PROGRAM...: skips the test where one is missing.
need()
{
	local program

	for program; do
		command -v "$program" >/dev/null || skip_all "no $program on this machine"
	done
}

finish()
{
	_ended=yes
	[ -n "$_planned" ] || echo "1..$_results"
	[ "$_failed" -eq 0 ] || exit 1
	[ "$_results" -gt "$_skipped" ] || exit $SKIP
	exit 0
}

# --- taking down ---

_namespaces=() _background=() _at_exit=() _loaded='' _tmp='' _ended='' _died=''

_cleanup()
{
	local status=$? command pid ns

	trap - ERR
	set +e
	[ -n "$_ended" ] || [ $status -eq 0 ] || note "ended with status $status at $_died"
	for command in "${_at_exit[@]}"; do
		$command
	done
	for pid in "${_background[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	for ns in "${_namespaces[@]}"; do
		ip netns del "$ns"
	done
	# "check NAME unload_module" unloads it in a shell of its own.
	[ -z "$_loaded" ] || ! module_loaded || unload_module
	[ -z "$_tmp" ] || rm -rf "$_tmp"
	exit $status
}
trap _cleanup EXIT
# What fails last is where a test ends by "set -e", and that may have nothing to say.
set -E
trap '_died="line $LINENO: $BASH_COMMAND"' ERR
# The runner's time-out is a TERM: exit, and so clean up.
trap 'exit 143' TERM
trap 'exit 130' INT

# at_exit COMMAND: a function, run when the test exits, however it exits
at_exit()
{
	_at_exit+=("$1")
}

# Sets WORK to a directory that lives as long as the test.
setup_tmp()
{
	[ -n "$_tmp" ] || _tmp=$(mktemp -d)
	# shellcheck disable=SC2034 # for the tests
	WORK=$_tmp
}

# background COMMAND...: starts it, sets PID; ended with the test.
background()
{
	"$@" &
	PID=$!
	_background+=("$PID")
}

# --- waiting ---

# A pause without a process: a pipe that nothing is ever written to.
exec {_pause}<> <(:)
pause()
{
	read -rt "$1" -u "$_pause" || true
}

# wait_for [-t SECONDS] COMMAND...: runs it until it succeeds; fails after the time (10 s).
wait_for()
{
	local limit=10 end

	if [ "$1" = -t ]; then
		limit=$2
		shift 2
	fi
	end=$((${EPOCHREALTIME//[!0-9]/} + limit * 1000000))
	until "$@" >/dev/null 2>&1; do
		if [ "${EPOCHREALTIME//[!0-9]/}" -ge "$end" ]; then
			note "not true within $limit s: $*"
			return 1
		fi
		pause 0.02
	done
}

# gone PID: for wait_for: it is no process any more, but for its exit status. Not by $(<FILE): bash itself exits, without
# a word, where the file has gone meanwhile.
gone()
{
	local stat

	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	[[ $stat == *") Z "* ]]
}

# listening NAMESPACE tcp|udp PORT: for wait_for
listening()
{
	[ -n "$(ip netns exec "$1" ss -Hnl "--$2" "sport = :$3")" ]
}

# --- networks ---

# add_ns NAME: a fresh namespace of that name, with loopback up and IPv6 usable at once
add_ns()
{
	ip netns add "$1"
	_namespaces+=("$1")
	# no duplicate address detection: it would make every IPv6 address wait for a second
	# shellcheck disable=SC2016 # for the inner shell
	ip netns exec "$1" bash -c 'cd /proc/sys/net/ipv6/conf
		for scope in all default; do
			echo 0 >$scope/accept_dad
			echo 0 >$scope/dad_transmits
		done
		exec ip link set lo up'
}

# setup_ns A B...: sets each variable to the name of a fresh namespace.
setup_ns()
{
	local variable ns

	for variable; do
		ns=${variable,,}-$$-$RANDOM
		add_ns "$ns"
		declare -g "$variable=$ns"
	done
}

# delete_ns NS: before the test ends
delete_ns()
{
	local i

	ip netns del "$1"
	for i in "${!_namespaces[@]}"; do
		[ "${_namespaces[i]}" != "$1" ] || unset "_namespaces[i]"
	done
}

# _addresses DEVICE ADDRESSES: lines for ip -batch
_addresses()
{
	local address

	for address in ${2//,/ }; do
		case $address in
		*:*) echo "address add $address dev $1 nodad" ;;
		*) echo "address add $address dev $1" ;;
		esac
	done
	echo "link set $1 up"
}

# veth_pair NS1 DEVICE1 ADDRESSES1 NS2 DEVICE2 ADDRESSES2: joins two namespaces; addresses (with prefix length) are
# separated by commas and may be none: "".
veth_pair()
{
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	_addresses "$2" "$3" | ip -n "$1" -batch -
	_addresses "$5" "$6" | ip -n "$4" -batch -
}

# no_ipv6 NS...: not a packet of it; else some come of the kernel's own accord, at any time
no_ipv6()
{
	local ns

	for ns; do
		ip netns exec "$ns" bash -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
	done
}

# silent_neighbour NS DEVICE ADDRESS: that does not exist; nothing comes back from there, not even an ICMP error
silent_neighbour()
{
	ip -n "$1" neighbour add "$3" lladdr 02:00:00:00:00:99 dev "$2"
}

# --- traffic ---

_served=0

# serve NS PROTO MODE ADDR PORT [OPTION]...: starts a traffic_server, which listens when this returns; sets SERVER to
# its pid.
serve()
{
	local ns=$1 ready

	shift
	setup_tmp
	_served=$((_served + 1))
	ready=$WORK/ready-$_served
	background ip netns exec "$ns" "$TRAFFIC/traffic_server" "$@" --ready "$ready"
	# shellcheck disable=SC2034 # for the tests
	SERVER=$PID
	wait_for [ -e "$ready" ]
}

# client NS PROTO MODE ADDR PORT [OPTION]...: runs a traffic_client to its end.
client()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$TRAFFIC/traffic_client" "$@"
}

# converse SERVER_NS CLIENT_NS PROTO MODE ADDR PORT SOURCE_PORT [OPTION]...: one exchange, up to its last packet; the
# options are given to both programs. Sets REPORT to what the client says of it.
converse()
{
	local server_ns=$1 client_ns=$2 source_port=$7
	local exchange=("${@:3:4}")

	shift 7
	serve "$server_ns" "${exchange[@]}" "$@"
	REPORT=$(client "$client_ns" "${exchange[@]}" --source-port "$source_port" --report "$@")
	wait "$SERVER"
	[ "${exchange[0]}" = udp ] || wait_for settled "$server_ns" "$client_ns"
}

# reported NAME: a number of REPORT
reported()
{
	[[ $REPORT =~ \"$1\":([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# settled NS...: every connection has had its last packet, in either direction
settled()
{
	local ns

	for ns; do
		[ -z "$(ss -N "$ns" -Htn state connected exclude time-wait)" ] || return
	done
}

# --- captures: what else saw the packets ---

_MARK="the capture ends here"

# Bytes of each packet that are captured: enough for the headers.
SNAPLEN=128

# capture NS DEVICE: from when this returns to capture_end(), every packet of the device
capture()
{
	setup_tmp
	_capture_ns=$1
	CAPTURE=$WORK/capture.pcap
	# -Z: another user could not write there
	background ip netns exec "$1" tcpdump -Z root -i "$2" -s "$SNAPLEN" -B 8192 -U --immediate-mode -w "$CAPTURE" \
		2>"$WORK/tcpdump"
	_capture_pid=$PID
	wait_for grep -q "listening on" "$WORK/tcpdump"
}

# capture_end ADDR: ends the capture behind a datagram to ADDR, port 9: what came before it is in the file by then.
capture_end()
{
	ip netns exec "$_capture_ns" bash -c "echo '$_MARK' >/dev/udp/$1/9"
	wait_for grep -q "$_MARK" "$CAPTURE"
	kill "$_capture_pid"
	wait "$_capture_pid" || true
}

# Options for tshark that a test may need.
DISSECT=()

# tshark's word on each TCP and UDP packet of the capture, a line each, in $WORK/packets:
# KIND SOURCE PORT DESTINATION PORT IP-BYTES L4-BYTES PAYLOAD-BYTES FIN SYN RST PSH ACK URG ECE CWR
_dissect()
{
	local field fields=()

	for field in ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport udp.srcport udp.dstport \
		ip.len ip.hdr_len ipv6.plen tcp.len udp.length \
		tcp.flags.{fin,syn,reset,push,ack,urg,ece,cwr}; do
		fields+=(-e "$field")
	done
	# ICMP errors repeat headers; port 9 is where the capture ends.
	tshark "${DISSECT[@]}" -n -r "$CAPTURE" -Y "(tcp or udp) and not icmp and not icmpv6 and not udp.port == 9" \
		-T fields -E separator='|' "${fields[@]}" 2>"$WORK/tshark" |
		awk -F'|' '{
			tcp = $5 != ""
			four = $1 != ""
			# Without extension headers, what follows the header of IPv6 is layer 4.
			ip = four ? $9 : $11 + 40
			l4 = four ? $9 - $10 : $11
			printf "%s%d %s %s %s %s %d %d %d", tcp ? "tcp" : "udp", four ? 4 : 6, four ? $1 : $3,
				tcp ? $5 : $7, four ? $2 : $4, tcp ? $6 : $8, ip, l4, tcp ? $12 : $13 - 8
			for (i = 14; i <= 21; i++)
				printf " %d", $i == "1" || $i == "True"
			print ""
		}' >"$WORK/packets"
}

# witnessed bytes|flags KIND: what the capture says, a line a direction; KIND: tcp4 tcp6 udp4 udp6
# bytes: PACKETS IP-BYTES L4-BYTES PAYLOAD-BYTES, flags: packets with FIN SYN RST PSH ACK URG ECE CWR
witnessed()
{
	[ -e "$WORK/packets" ] || _dissect
	awk -v what="$1" -v kind="$2" '$1 == kind {
		key = $1 " " $2 " " $3 " " $4 " " $5
		packets[key]++
		for (i = 6; i <= 16; i++)
			sum[key, i] += $i
	}
	END {
		for (key in packets) {
			line = what == "bytes" ? key " " packets[key] : key
			for (i = what == "bytes" ? 6 : 9; i <= (what == "bytes" ? 8 : 16); i++)
				line = line " " sum[key, i]
			print line
		}
	}' "$WORK/packets" | sort
}

# counted NS bytes|flags KIND: the same lines, as tuplestat tells them
counted()
{
	local proto=${3%?} family=${3: -1}

	tuplestat -N "$1" -"$family" -j "$proto" not port 9 | jq -r --arg kind "$3" --arg what "$2" '
		.[] | [.orig, .reply], [.reply, .orig] | . as [$from, $to] | select($from.packets > 0) |
		[$kind, $from.addr, $from.port, $to.addr, $to.port] +
		if $what == "bytes" then
			[$from | .packets, .ip_bytes, .l4_bytes, .payload_bytes]
		else
			[$from.flags | .fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr]
		end | map(tostring) | join(" ")' | sort
}

# check_witness NAME NS bytes|flags KIND: tuplestat and the capture say the same, and something.
check_witness()
{
	local wanted

	wanted=$(witnessed "$3" "$4")
	if [ -n "$wanted" ]; then
		check_equal "$1" "$wanted" "$(counted "$2" "$3" "$4")"
	else
		fail "$1" "the capture has no $4"
	fi
}

# --- what tuplestat says ---

# flow NS FILTER...: the one flow that matches; sets STATE, ORIG and REPLY ("ADDR PORT"), MIDSTREAM. Fails for none or
# several.
# shellcheck disable=SC2034 # for the tests
flow()
{
	local ns=$1 json end='\{"addr":"([^"]*)","port":([0-9]+),'

	shift
	json=$(tuplestat -N "$ns" -j "$@")
	[[ $json =~ ^\[\{\"proto\":\"[a-z]+\",\"orig\":$end.*\"reply\":$end.*\"state\":\"([A-Z0-9_]+)\" ]] || return
	ORIG="${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
	REPLY="${BASH_REMATCH[3]} ${BASH_REMATCH[4]}"
	STATE=${BASH_REMATCH[5]}
	MIDSTREAM=false
	[[ $json != *'"midstream":true'* ]] || MIDSTREAM=true
	[[ $json != *'"proto"'*'"proto"'* ]]
}

# flow_is STATE NS FILTER...: for wait_for
flow_is()
{
	flow "${@:2}" && [ "$STATE" = "$1" ]
}

# stats NS EXPRESSION: of jq, on "tuplestat stats"
stats()
{
	tuplestat -N "$1" -j stats | jq -r "$2"
}

# --- the module ---

module_loaded()
{
	[[ $'\n'$(</proc/modules) == *$'\n'"tuplestat "* ]]
}

# Within "check" and "wait_for" the shell goes on where a command fails: hence the returns.

# load_module [PARAMETER=VALUE]...
# shellcheck disable=SC2120 # the parameters may be none
load_module()
{
	if [ ! -e "$MODULE" ]; then
		note "no $MODULE: build it first, make module KDIR=..."
		exit 1
	fi
	insmod "$MODULE" "$@" || return
	_loaded=yes
}

unload_module()
{
	rmmod tuplestat || return
	_loaded=''
}
