#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the module accepts in a request, by its own word, is what tuplestat.yaml says and what the header says:
# policy_matches_yaml.py compares.
. "$(dirname "$0")/lib.sh"
need python3
python3 -c 'import yaml' 2>/dev/null || skip_all "no python3-yaml on this machine"

load_module
rc=0
python3 "$SELFTESTS/policy_matches_yaml.py" "$ROOT/module/uapi" || rc=$?
unload_module
exit $rc
