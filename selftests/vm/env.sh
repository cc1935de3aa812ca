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

# candidate PACKAGE: the version that this machine's apt sources offer, nothing where they offer none
candidate()
{
	apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2; exit }'
}

# Scripts that make starts and that start make: its job server's words would be noise, and warnings.
unset MAKEFLAGS MFLAGS
