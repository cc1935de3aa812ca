#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# No memory for a flow, wherever the packet comes from: it goes on, and is counted under its reason.
. "$(dirname "$0")/faults_lib.sh"

readonly PACKETS=20
faults_allowed
watch_leaks
load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
tuplestat -N "$A" start
tuplestat -N "$B" start

# no_memory NS
no_memory()
{
	stats "$1" '[.unattributed[] | select(.reason == "no-memory") | .packets] | add // 0'
}

# The flows' own cache and no other.
flows_fail()
{
	echo "$1" >/sys/kernel/slab/tuplestat_flow/failslab
	failslab cache-filter Y times -1 interval 1 probability "$((100 * $1))"
}

for kind in 4:10.0.0.2 6:fd00::2; do
	family=${kind%%:*} address=${kind#*:}
	flows_fail 1
	before_a=$(no_memory "$A") before_b=$(no_memory "$B")
	for exchange in udp:echo tcp:general; do
		converse "$B" "$A" ${exchange/:/ } "$address" $((5000 + family)) $((40000 + family)) --count $PACKETS --size 100
		check_equal "IPv$family, $exchange: all that is sent arrives" $((PACKETS * 100)) "$(reported bytes_sent)"
		check_equal "IPv$family, $exchange: and is answered" $((PACKETS * 100)) "$(reported bytes_received)"
	done
	flows_fail 0
	check "IPv$family: at the sender, under no-memory" [ "$(no_memory "$A")" -ge $((before_a + PACKETS)) ]
	check "IPv$family: at the receiver, under no-memory" [ "$(no_memory "$B")" -ge $((before_b + PACKETS)) ]
	check_equal "IPv$family: no flow" "[]" "$(tuplestat -N "$A" -j -"$family" port $((5000 + family)) | tr -d '[:space:]')"
	check "IPv$family: the ledger of the sender is exact" tuplestat -N "$A" check
	check "IPv$family: the ledger of the receiver is exact" tuplestat -N "$B" check
done
for ns in "$A" "$B"; do
	delete_ns "$ns"
done
unload_module
check_leaks "packets without memory"
finish
