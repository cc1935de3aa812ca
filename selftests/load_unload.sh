#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# The module comes and goes twenty times while traffic flows in several namespaces, and leaves nothing; a dump that
# somebody has open delays that, and no more.
. "$(dirname "$0")/lib.sh"

readonly ROUNDS=20
setup_tmp
setup_ns A B

# for the rest of the test: both families, TCP and UDP, incoming, outgoing and looped
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
traffic=()
# a wait may be long where the machine is shared
readonly forever=(--count 1000000000 --timeout 600)
serve "$B" tcp general fd00::2 5000 "${forever[@]}"
traffic+=("$SERVER")
background ip netns exec "$A" "$TRAFFIC/traffic_client" tcp general fd00::2 5000 "${forever[@]}" \
	2>/dev/null # it complains when the server is ended first, at the end of the test
traffic+=("$PID")
background ip netns exec "$A" "$TRAFFIC/traffic_client" udp flood 10.0.0.2 5001 "${forever[@]}"
traffic+=("$PID")
# in the initial namespace, which is started by loading
background "$TRAFFIC/traffic_client" udp flood ::1 9 "${forever[@]}"
traffic+=("$PID")

# alive PID...
alive()
{
	local pid state

	for pid; do
		read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" != Z ] || return
	done
}

# sees NS|"": tuplestat has seen packets there
sees()
{
	local json

	json=$(tuplestat ${1:+-N "$1"} -j stats)
	[[ $json =~ \"seen\":\{\"packets\":([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -gt 0 ]
}

watched=0
for ((round = 1; round <= ROUNDS; round++)); do
	load_module
	tuplestat -N "$A" start
	tuplestat -N "$B" start
	if wait_for sees "" && wait_for sees "$A" && wait_for sees "$B"; then
		watched=$((watched + 1))
	fi
	# every other time with namespaces that are stopped already
	((round % 2)) || tuplestat -N "$A" stop
	unload_module
done
check_equal "each time it saw the traffic of all three namespaces" $ROUNDS $watched
check "all traffic went on" alive "${traffic[@]}"

# --- nothing is left ---

check "the module is gone" eval '! module_loaded'
# Where the kernel has merged it with another cache, the link to that one stays.
if [ -L /sys/kernel/slab/tuplestat_flow ]; then
	skip "its slab cache is gone" "this kernel merges slab caches (boot with slab_nomerge)"
else
	check "its slab cache is gone" [ ! -e /sys/kernel/slab/tuplestat_flow ]
fi
check "its parameters are gone" [ ! -e /sys/module/tuplestat ]
rc=0
tuplestat 2>"$WORK/error" || rc=$?
check_equal "its netlink family is gone" \
	"2 tuplestat: the kernel module is not loaded; run 'modprobe tuplestat' as root" "$rc $(<"$WORK/error")"

# A hook that is left behind is a fault of the kernel with the next packet.
check "all traffic goes on" alive "${traffic[@]}"

# --- while somebody reads ---

load_module
tuplestat -N "$A" start
client "$A" udp flood 10.0.0.2 5002 --source-port 40000 --ports 1000 --count 1000
background ip netns exec "$A" "$TRAFFIC/dump_unread" "$WORK/open"
reader=$PID
wait_for [ -e "$WORK/open" ]
# On every kernel, netlink holds the family's module from the start of a dump to its end; and a dump that has flows does
# not end before its first message was read.
check_equal "a dump is open: it holds the module" 1 "$(</sys/module/tuplestat/refcnt)"
rc=0
rmmod tuplestat 2>"$WORK/error" || rc=$?
check_equal "a dump is open: the module is in use" "1 rmmod: ERROR: Module tuplestat is in use" "$rc $(<"$WORK/error")"
kill "$reader"
wait "$reader" || true
check "the dump is closed: the module unloads" unload_module

# Readers that come and go must not keep it for ever.
load_module
tuplestat -N "$A" start
client "$A" udp flood 10.0.0.2 5002 --source-port 40000 --ports 1000 --count 1000
# shellcheck disable=SC2016 # for the inner shell
background bash -c 'while [ ! -e "$2/stop" ]; do tuplestat -N "$1" >/dev/null; done; :' - "$A" "$WORK" 2>/dev/null
readers=$PID
check "dump after dump is read: the module unloads between two" wait_for unload_module
: >"$WORK/stop"
wait "$readers"
finish
