#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# The module is loaded and unloaded under a flood, while its table is resized, flushed and dumped, its ledger proved,
# its events listened to, and namespaces are started, stopped and end: each time it counted, and nothing is left.
. "${0%/*}/races_lib.sh"
need nft jq

scaled CYCLES 5 100 20
setup_tmp
setup_ns A B
flood_path "$A" "$B"
begin_flood flood "$A" "$B" --random 1 --rate 20000
flood=$PID
# in the initial namespace, which is started by loading
background "$TRAFFIC/traffic_client" udp flood ::1 9 --count 1000000000
watch_leaks

# The flood and the namespaces keep both CPUs busy, and reading slabinfo needs it to be there.
[ -r /proc/slabinfo ] || skip_all "this kernel has no /proc/slabinfo"
"$TRAFFIC/races_unload" "$MODULE" "$CYCLES" "/run/netns/$B" "$PATIENCE" >"$WORK/races" || true
# Where it gave up the module is still loaded.
! module_loaded || _loaded=yes
note "$(<"$WORK/races")"
REPORT=$(tail -n 1 "$WORK/races")
check_equal "$CYCLES cycles were gone through" "$CYCLES" "$(reported cycles)"
check_equal "$CYCLES cycles: all that nftables counted was counted, amid all races" "$CYCLES" "$(reported counted)"
check_equal "$CYCLES cycles: each racer did its thing, and nothing went wrong" "$CYCLES" "$(reported raced)"
check_equal "$CYCLES cycles: unloading is refused while a dump is open" "$CYCLES" "$(reported refused)"
check_equal "$CYCLES cycles: and counting goes on" "$CYCLES" "$(reported went_on)"
check_equal "$CYCLES cycles: the module unloads amid all races" "$CYCLES" "$(reported unloaded)"
check_equal "$CYCLES cycles: module, slab cache and family are gone, and the flood goes on" "$CYCLES" "$(reported gone)"
end_flood "$flood"
check_leaks "$CYCLES cycles"
finish
