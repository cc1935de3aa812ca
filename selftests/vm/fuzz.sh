#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Each fuzzer for a few seconds, as a test program for run_tests.sh. "make fuzz" runs them for longer.
set -euo pipefail
. "$(dirname "$0")/env.sh"

exec make -s -C "$SELFTESTS/fuzz" run SECONDS="${FUZZ_SECONDS:-5}"
