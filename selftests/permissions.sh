#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may do what: every operation and listening to events, as root, as an ordinary user, and as root of a user
# namespace, in its own network namespace and in that of somebody else. permissions.c has the tables.
. "$(dirname "$0")/lib.sh"
[ -e /proc/self/ns/user ] || skip_all "no user namespaces in this kernel"

load_module userns_max_flows=16384
rc=0
"$TRAFFIC/permissions" || rc=$?
unload_module
exit $rc
