#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Checks that need no running kernel, each one result: of scripts and manuals, by the kernel's own scripts, builds that
# may not warn, analyzers. KTAP.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$VM/style_kernel.sh"
. "$VM/style_analyzers.sh"

kdir=$BUILD/kernel/${KERNEL:-6.1}/headers
# What the checks build, and what they remember
STYLE=$BUILD/style
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

# once COMMAND: not again, where it has passed with the same sources, the same words here and the same tools.
once()
{
	local key stamp=$STYLE/$1.passed

	key=$(cd "$ROOT" && find module userspace selftests VERSION -type f -print0 | sort -z | xargs -0 sha256sum |
		cat - <(dpkg-query -W clang-14 cppcheck coccinelle perl-base) | sha256sum)
	[ "$(cat "$stamp" 2>/dev/null)" != "$key" ] || return 0
	"$1" && echo "$key" >"$stamp"
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

# Sets manuals to the pages that there are.
find_manuals()
{
	mapfile -t manuals < <(find "$ROOT/userspace" "$ROOT/module" -name '*.[1-9]')
}

check_manuals()
{
	mandoc -T lint -W warning "${manuals[@]}"
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

mkdir -p "$STYLE"
find_manuals
echo "KTAP version 1"
echo "1..15"
result shellcheck check_shell
result yamllint check_yaml
if [ ${#manuals[@]} -gt 0 ]; then
	result "manual pages (mandoc -T lint)" check_manuals
else
	count=$((count + 1))
	echo "ok $count manual pages (mandoc -T lint) # SKIP there is none"
fi
result "checkpatch --strict" once check_checkpatch
result "coccinelle, the kernel's semantic patches over the module" once check_coccinelle
result "module builds without a warning (W=1)" check_module
result sparse check_sparse
result "module's sources have no warning at W=12" check_module_extra
result "command builds without a warning" check_cli
result "command builds with clang without a warning" check_cli_clang
result "core by clang" check_core_clang
result "gcc -fanalyzer over the command and the core" check_cli_analyzer
result "clang --analyze over the command and the core" once check_clang_analyzer
result "cppcheck" check_cppcheck
result "test programs build without a warning" check_programs
exit $status
