#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Each allocation that loading the module makes is made to fail: it is loaded or not, and nothing of it stays.
. "$(dirname "$0")/faults_lib.sh"

in_memory faults
faults_allowed
watch_leaks
check "loading, with each allocation failing" "$WORK/faults" load "$MODULE"
check "it loads" load_module
check "and unloads" unload_module
check_leaks "loading with faults"
finish
