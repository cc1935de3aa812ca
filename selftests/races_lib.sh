# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of races share beyond flood_lib.sh and leaks_lib.sh.
. "${BASH_SOURCE[0]%/*}/flood_lib.sh"
. "${BASH_SOURCE[0]%/*}/leaks_lib.sh"

# How long something may take that is waited for, in seconds: emulated debug kernels are ten times slower.
# shellcheck disable=SC2034 # for the tests
case ${SCALE:-short} in
debug) PATIENCE=300 ;;
*) PATIENCE=60 ;;
esac
