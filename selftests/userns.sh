#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Counting in a network namespace that the initial user namespace does not own is opt-in: the module parameter
# userns_max_flows is 0 unless the administrator sets it, and then start is refused there.
. "${0%/*}/lib.sh"
need jq nsenter unshare
[ -e /proc/self/ns/user ] || skip_all "no user namespaces in this kernel"

readonly PARAMETER=/sys/module/tuplestat/parameters/userns_max_flows
readonly REFUSED="permission denied: counting in user namespaces is disabled (module parameter userns_max_flows is 0)"
load_module
setup_tmp
setup_ns A
# shellcheck disable=SC2016 # for the inner shell
background unshare --user --map-root-user --net bash -c 'ip link set lo up; echo ready; exec sleep 1000' >"$WORK/ready"
user=$PID
wait_for grep -q ready "$WORK/ready"

# inside COMMAND...: as root of the user's namespaces
inside()
{
	nsenter --target "$user" --user --net --preserve-credentials "$@"
}

# refused NAME WORD...: tuplestat's words inside
refused()
{
	local rc=0

	inside "$ROOT/build/tuplestat" "${@:2}" >/dev/null 2>"$WORK/error" || rc=$?
	check_equal "$1" "2 tuplestat: $REFUSED" "$rc $(<"$WORK/error")"
}

# inside_stats EXPRESSION: of jq, on "tuplestat stats" inside
inside_stats()
{
	inside "$ROOT/build/tuplestat" -j stats | jq -r "$1"
}

# flood PORT COUNT: datagrams from COUNT ports to the loopback device inside; sets SENT to how many were sent
flood()
{
	REPORT=$(inside "$TRAFFIC/traffic_client" udp flood 127.0.0.1 "$1" --source-port 10000 --ports "$2" --count "$2" \
		--report)
	SENT=$(reported datagrams_sent)
}

# udp_packets: what tuplestat counted to the port $1 inside
udp_packets()
{
	inside "$ROOT/build/tuplestat" -j udp dport "$1" | jq 'map(.orig.packets) | add // 0'
}

# --- by default ---

check_equal "default: userns_max_flows is 0" 0 "$(<$PARAMETER)"
refused "default, a user's namespace: start is refused and names the parameter" start
refused "default, a user's namespace: so is a maximum of flows" set max-flows 16
refused "default, a user's namespace: and start together with a setting" set timeout-none 30 started
flood 5000 50
check "default, a user's namespace: packets were sent" [ "$SENT" -eq 50 ]
check_equal "default, a user's namespace: nothing is counted" "0 0 0" \
	"$(inside_stats '"\(.seen.packets) \(.live.flows) \(.table.memory)"')"
check_equal "default, a user's namespace: the refused setting is not set" 60 \
	"$(inside "$ROOT/build/tuplestat" -j config | jq '.timeouts.none')"
check "default, a namespace of the initial user namespace: start" tuplestat -N "$A" start

# --- allowed ---

echo 1000 >$PARAMETER
check "userns_max_flows=1000: start, in a namespace that is older" inside "$ROOT/build/tuplestat" start
check_equal "userns_max_flows=1000: that is its maximum of flows" 1000 \
	"$(inside "$ROOT/build/tuplestat" -j config | jq .max_flows)"
flood 5001 100
check_equal "userns_max_flows=1000: packets are counted" "$SENT" "$(udp_packets 5001)"

# --- no longer ---

echo 0 >$PARAMETER
check_equal "0 again: flows that were counted stay" "$SENT" "$(udp_packets 5001)"
flood 5002 100
check_equal "0 again: counting goes on" "$SENT" "$(udp_packets 5002)"
check "0 again: start while started changes nothing" inside "$ROOT/build/tuplestat" start
refused "0 again: the maximum of flows cannot be set" set max-flows 500
check "0 again: stop" inside "$ROOT/build/tuplestat" stop
refused "0 again: after stop, start is refused" start
check_equal "0 again: after stop, no flow is left" 0 "$(inside_stats .live.flows)"

# --- a lower limit ---

echo 100 >$PARAMETER
check "userns_max_flows=100: start, after more was set before" inside "$ROOT/build/tuplestat" start
check_equal "userns_max_flows=100: that is its maximum of flows" 100 \
	"$(inside "$ROOT/build/tuplestat" -j config | jq .max_flows)"

# --- the parameter's range ---

# written VALUE: whether the parameter takes it; then it is read back
written()
{
	{ echo "$1" >$PARAMETER; } 2>/dev/null && [ "$(<$PARAMETER)" = "$1" ]
}

for value in 0 16 16777216; do
	check "userns_max_flows takes $value" written $value
done
for value in 1 15 16777217 -1 many ""; do
	if written "$value"; then
		fail "userns_max_flows refuses '$value'"
	else
		check_equal "userns_max_flows refuses '$value'" 16777216 "$(<$PARAMETER)"
	fi
done
unload_module
if insmod "$MODULE" userns_max_flows=15 2>/dev/null; then
	_loaded=yes
	fail "userns_max_flows=15: the module does not load"
else
	pass "userns_max_flows=15: the module does not load"
fi
check "userns_max_flows=0: the module loads" insmod "$MODULE" userns_max_flows=0
_loaded=yes
finish
