#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Checks that need no running kernel, each one result: shellcheck, yamllint, builds that may not warn, sparse. KTAP.
set -euo pipefail
. "$(dirname "$0")/env.sh"

kdir=$BUILD/kernel/${KERNEL:-6.1}/headers
count=0 status=0

# result NAME COMMAND...
result()
{
	local name=$1 output

	shift
	count=$((count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $count $name"
	else
		tail -n 60 <<<"$output" | sed 's/^/# /'
		echo "not ok $count $name"
		status=1
	fi
}

# Every shell script of the tree, whatever its name.
shell_scripts()
{
	cd "$ROOT"
	find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0 |
		xargs -0 awk 'FNR == 1 && /^#!.*sh( |$)|^# shellcheck shell=/ { print FILENAME; nextfile }
			      FNR == 2 && /^# shellcheck shell=/ { print FILENAME }
			      FNR > 1 { nextfile }'
}

# SC2317, code that is never reached, knows no function that is called by a variable's word.
check_shell()
{
	cd "$ROOT"
	shell_scripts | xargs shellcheck -x -P SCRIPTDIR -e SC2317
}

check_yaml()
{
	yamllint -s -d '{extends: relaxed, rules: {line-length: {max: 120}}}' "$ROOT/module/uapi/tuplestat.yaml"
}

# The output of the make that follows, which fails where make does or where a line warns.
quiet_make()
{
	local output rc=0

	output=$(make -j"$(nproc)" --no-print-directory -C "$ROOT" "$@" 2>&1) || rc=$?
	echo "$output"
	# the compiler's and sparse's words, modpost's, make's
	[ "$rc" -eq 0 ] && ! grep -E ':[0-9]+: (warning|error):|^(WARNING|ERROR): |^make.*: warning:' <<<"$output"
}

check_module()
{
	quiet_make module KDIR="$kdir" W=1 KCFLAGS=-Werror
}

# Sparse reads kernel headers too; only what it says about this tree counts.
check_sparse()
{
	local output rc=0

	output=$(make -j"$(nproc)" --no-print-directory -C "$ROOT" module KDIR="$kdir" W=1 KCFLAGS=-Werror \
		C=2 CF=-D__CHECK_ENDIAN__ 2>&1) || rc=$?
	echo "$output"
	[ "$rc" -eq 0 ] && grep -q '^ *CHECK ' <<<"$output" &&
		! grep -E '/build/module-[^ ]*:[0-9]+: (warning|error):' <<<"$output"
}

check_cli()
{
	quiet_make cli
}

check_programs()
{
	quiet_make -C selftests
}

echo "KTAP version 1"
echo "1..6"
result shellcheck check_shell
result yamllint check_yaml
result "module builds without a warning (W=1)" check_module
result sparse check_sparse
result "command builds without a warning" check_cli
result "test programs build without a warning" check_programs
exit $status
