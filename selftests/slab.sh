#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flow takes 256 bytes of memory, in the kernel's own words; tuplestat reckons with the same.
. "$(dirname "$0")/lib.sh"
need jq

load_module
slab=/sys/kernel/slab/tuplestat_flow
[ -d "$slab" ] || skip_all "this kernel has no $slab"
# Debugging adds to each object; a lock alone then takes more than its 4 bytes.
for debugging in red_zone poison store_user sanity_checks; do
	[ "$(<"$slab/$debugging")" = 0 ] || skip_all "slab debugging ($debugging) is on"
done
[ ! -e /proc/lockdep_stats ] || skip_all "locks are larger, lockdep is on"

check_equal "a flow with all that the slab adds" 256 "$(<"$slab/slab_size")"
check_equal "a flow" 256 "$(<"$slab/object_size")"

setup_ns A
tuplestat -N "$A" start
before=$(stats "$A" .table.memory)
client "$A" udp flood 127.0.0.1 5000 --source-port 40000 --ports 100 --count 100
check_equal "100 flows are 25600 bytes more in the statistics" 25600 "$(($(stats "$A" .table.memory) - before))"
finish
