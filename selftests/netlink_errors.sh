#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module refuses each wrong request with the error, the text and the place that tell what is wrong, and answers the
# right ones: netlink_errors.c has the tables.
. "$(dirname "$0")/lib.sh"

load_module
rc=0
"$TRAFFIC/netlink_errors" || rc=$?
unload_module
exit $rc
