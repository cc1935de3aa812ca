#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every fault in every place of a request is refused, with the error, the text and the place of what is wrong, and
# changes nothing: netlink_hostile.c derives the faults from what the kernel says that it takes.
. "$(dirname "$0")/lib.sh"

# From 6.1 on the kernel can tell which attribute is missing.
IFS=.- read -r major minor _ </proc/sys/kernel/osrelease
tells=()
[ $((major * 100 + minor)) -lt 601 ] || tells=(missing)

load_module
rc=0
"$TRAFFIC/netlink_hostile" "${tells[@]}" || rc=$?
unload_module
exit $rc
