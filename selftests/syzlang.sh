#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The description of the netlink interface for syzkaller has every operation and attribute, with its type, and no other:
# syzkaller/check.py compares it with tuplestat.yaml. No module is needed.
. "$(dirname "$0")/lib.sh"
need python3
python3 -c 'import yaml' 2>/dev/null || skip_all "no python3-yaml on this machine"

rc=0
PYTHONDONTWRITEBYTECODE=1 python3 "$SELFTESTS/syzkaller/check.py" "$SELFTESTS/syzkaller/tuplestat.txt" \
	"$ROOT/module/uapi/tuplestat.yaml" "$SELFTESTS" || rc=$?
exit $rc
