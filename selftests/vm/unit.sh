#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# The unit tests, as a test program for run_tests.sh.
set -euo pipefail
. "$(dirname "$0")/env.sh"

exec make -s -C "$SELFTESTS/unit" run
