# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Paths and words that the scripts on the host side share; sourced, never run.

# shellcheck disable=SC2034 # used by the scripts that source this
VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SELFTESTS=${VM%/*}
ROOT=${SELFTESTS%/*}
BUILD=$ROOT/build

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Scripts that make starts and that start make: its job server's words would be noise, and warnings.
unset MAKEFLAGS MFLAGS
