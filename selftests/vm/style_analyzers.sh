# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Checks by compilers and analyzers other than the one that builds, for style.sh, which sets kdir and STYLE. Each builds
# in a folder of its own.
# shellcheck disable=SC2154

# Only what is said of this tree counts: at this level the kernel's own headers warn.
check_module_extra()
{
	local output rc=0

	output=$(make -j"$(nproc)" --no-print-directory -C "$ROOT" module KDIR="$kdir" W=12 module_dir="$STYLE/module" \
		2>&1) || rc=$?
	echo "$output"
	[ "$rc" -eq 0 ] && ! grep -E "$STYLE/module/[^ ]*:[0-9]+: (warning|error):" <<<"$output"
}

check_cli_clang()
{
	quiet_make -C userspace CC=clang BUILD="$STYLE/clang"
}

# Without its search for leaks: gcc 12 does not follow pointers into arrays. valgrind does, in the unit tests.
check_cli_analyzer()
{
	quiet_make -C userspace BUILD="$STYLE/analyzer" CFLAGS="-O2 -fanalyzer -Wno-analyzer-malloc-leak"
}

userspace_flags()
{
	echo -std=gnu11 -D_GNU_SOURCE -I"$ROOT/module/uapi" -I"$ROOT/module/core" -I"$ROOT/userspace" \
		'-DTUPLESTAT_VERSION="style"' "$(pkg-config --cflags libmnl libpcap libfixbuf)"
}

check_core_clang()
{
	local flags

	read -ra flags < <(userspace_flags)
	clang "${flags[@]}" -fsyntax-only -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror "$ROOT"/module/core/*.c
}

check_clang_analyzer()
{
	local flags output

	read -ra flags < <(userspace_flags)
	output=$(printf '%s\0' "$ROOT"/userspace/*.c "$ROOT"/module/core/*.c |
		xargs -0 -n 1 -P "$(nproc)" clang --analyze --analyzer-output text "${flags[@]}" 2>&1) &&
		! grep -E 'warning:|error:' <<<"$output" && return
	echo "$output"
	return 1
}

# Reads no headers of the kernel's, so it is told what the macros are that look like statements.
KERNEL_MACROS=('-Dfor_each_possible_cpu(cpu)=while (next_cpu(&cpu))' '-D__stringify(x)=#x' -D__KERNEL__
	-DTSTAT_HAVE_MCAST_CAP_NET_ADMIN)

check_cppcheck()
{
	local options=("--enable=warning,performance,portability" --inline-suppr --quiet --error-exitcode=1 -j"$(nproc)"
		-I"$ROOT/module/uapi" '--template={file}:{line}: {severity}: {id}: {message}')

	cppcheck "${options[@]}" --std=c11 -D_GNU_SOURCE -I"$ROOT/module/core" "$ROOT/userspace" "$ROOT/module/core" &&
		cppcheck "${options[@]}" "${KERNEL_MACROS[@]}" -I"$ROOT/module" "$ROOT/module"
}
