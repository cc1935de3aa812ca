#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each network namespace is counted on its own: started, stopped and deleted without a trace in another.
. "$(dirname "$0")/lib.sh"
need jq

load_module
setup_tmp
setup_ns A B C
tuplestat -N "$A" start
tuplestat -N "$B" start

# flood NS PORT DATAGRAMS: to the loopback device; nobody listens, and the ICMP errors that come back are no flows
flood()
{
	client "$1" udp flood 127.0.0.1 "$2" --source-port 40000 --count "$3"
}

# flows NS: "DESTINATION-PORT PACKETS" of each flow
flows()
{
	tuplestat -N "$1" -j | jq -r 'sort_by(.reply.port)[] | "\(.reply.port) \(.orig.packets + .reply.packets)"'
}

flood "$A" 5000 3
flood "$B" 5001 4
flood "$C" 5002 5
check_equal "a namespace has its own flows" "5000 3" "$(flows "$A")"
check_equal "and another its own" "5001 4" "$(flows "$B")"
check_equal "a path names a namespace too" "5000 3" "$(flows "/run/netns/$A")"
check_equal "ip netns exec shows the same" "$(tuplestat -N "$A" -j)" "$(ip netns exec "$A" tuplestat -j)"
rc=0
tuplestat -N "$C" -j >"$WORK/c" 2>/dev/null || rc=$?
check_equal "a namespace that was not started has none, and says so" "2 " "$rc $(<"$WORK/c")"

# --- stop and start ---

forced='.ended[] | select(.reason == "forced-end") | "\(.flows) \(.packets)"'
seen=$(stats "$A" .seen.packets)
check_equal "nothing has ended yet" "0 0" "$(stats "$A" "$forced")"
check "stop" tuplestat -N "$A" stop
check_equal "stop ends flows, with their packets" "1 3" "$(stats "$A" "$forced")"
check_equal "what was seen stays" "$seen" "$(stats "$A" .seen.packets)"
check_equal "no flow is left" 0 "$(stats "$A" .live.flows)"
flood "$A" 5003 2
check_equal "nothing is seen while stopped" "$seen" "$(stats "$A" .seen.packets)"
check_equal "the other namespace goes on" "5001 4" "$(flows "$B")"
check "stop again changes nothing" tuplestat -N "$A" stop
check "start again" tuplestat -N "$A" start
flood "$A" 5004 6
check_equal "a new start counts again" "5004 6" "$(flows "$A")"
check "start while started changes nothing" tuplestat -N "$A" start
check_equal "and keeps the flows" "5004 6" "$(flows "$A")"
# 6 datagrams and 6 ICMP errors at the most: how many of these there are is the kernel's choice
check_equal "the ledger goes on from where it was" 6 \
	"$(($(stats "$A" '.seen.packets - ([.unattributed[].packets] | add)') - 3))"

# --- deletion, with flows in the table and packets coming in ---

setup_ns D
veth_pair "$C" veth0 10.0.0.1/24 "$D" veth0 10.0.0.2/24
tuplestat -N "$D" start
client "$C" udp flood 10.0.0.2 5005 --source-port 40000 --ports 1000 --count 1000
background ip netns exec "$C" "$TRAFFIC/traffic_client" udp flood 10.0.0.2 5006 --source-port 40000 --count 1000000000 \
	2>/dev/null
flood=$PID
flowing() { [ "$(stats "$D" .live.flows)" -ge 1001 ]; }
check "a thousand flows, and traffic" wait_for flowing
delete_ns "$D"
# The other end of the pair is gone with it, so the sender ends by itself, with an error.
rc=0
wait "$flood" || rc=$?
check_equal "there was traffic until the namespace was gone" 2 $rc
check_equal "another namespace goes on" "5001 4" "$(flows "$B")"
flood "$B" 5001 1
check_equal "and still counts" "5001 5" "$(flows "$B")"

# Namespaces end in the kernel's own time, which unloading has to wait for.
delete_ns "$A"
delete_ns "$B"
check "the module unloads while namespaces end" unload_module
finish
