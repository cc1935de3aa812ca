#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Each allocation of each operation is made to fail, of what netlink asks, of sending, and of a namespace's making:
# faults.c has the table. Whatever fails says so, changes nothing, and leaves the ledger exact.
. "$(dirname "$0")/faults_lib.sh"

setup_ns A
in_memory faults
faults_allowed
watch_leaks
load_module
ip netns exec "$A" "$WORK/faults" operations >"$WORK/said" || true
while IFS= read -r line; do
	case $line in
	"ok "*) pass "${line#* - }" ;;
	"not ok "*) fail "${line#* - }" ;;
	1..*) planned=${line#1..} ;;
	"# "*) note "${line#\# }" ;;
	esac
done <"$WORK/said"
check_equal "all was tried" "${planned:-a plan}" "$(grep -c '^ok\|^not ok' "$WORK/said")"
delete_ns "$A"
unload_module
check_leaks "operations with faults"
finish
