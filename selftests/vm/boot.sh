#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boots the guest and runs one command in it, as root, in this tree, on an overlay of this machine's root or another.
set -euo pipefail
. "$(dirname "$0")/env.sh"

usage()
{
	cat <<-EOF
	usage: boot.sh [OPTIONS] -- COMMAND [ARGUMENT]...
	       boot.sh [OPTIONS] --interactive
	  --kernel NAME    one of selftests/vm/kernels (default 6.1)
	  --cpus N         (default 1)
	  --memory MB      (default 1024)
	  --timeout SEC    for the whole guest (default 900)
	  --icount         time is counted in instructions, 1 ns each: for measuring; one CPU, half as fast
	  --append ARGS    more kernel arguments
	  --system DIR     the root that is installed in DIR, with its systemd, instead of this machine's; the command is a
	                   service of it, and finds this tree
	  --out DIR        where results go, /out in the guest (default build/vm/out)
	The command's output, standard error included, is this script's standard output, and its exit status this script's.
	Exit status 125: the guest hung, died or its kernel reported a fault. DIR then holds console.log and dmesg.
	EOF
	exit "$1"
}

kernel=6.1 cpus=1 memory=1024 timeout=900 append='' out='' mode=command icount=no system=''
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} ;;
	--cpus) cpus=${2:?} ;;
	--memory) memory=${2:?} ;;
	--timeout) timeout=${2:?} ;;
	--icount) icount=yes; shift; continue ;;
	--append) append=${2?} ;;
	--system) system=$(realpath "${2:?}") ;;
	--out) out=${2:?} ;;
	--interactive) mode=shell; shift; continue ;;
	--help) usage 0 ;;
	--) shift; break ;;
	*) usage 2 >&2 ;;
	esac
	shift 2
done
[ $mode = shell ] || [ $# -gt 0 ] || usage 2 >&2

"$VM/kernel.sh" "$kernel" >&2
"$VM/initramfs.sh" "$kernel"

# One guest, one directory of results: a second guest at the same time gets its own.
[ -n "$out" ] || out=$BUILD/vm/out
mkdir -p "$out"
exec 9>"$out/.lock"
if ! flock -n 9; then
	out=$(mktemp -d "$out.XXXXXX")
	echo "boot.sh: another guest is running; results go to $out" >&2
fi
out=$(cd "$out" && pwd -P)
rm -f "$out"/{status,dmesg,console.log,machine.log}

# init follows no symbolic link out of the root that it prepares
modules=$(realpath "$BUILD/kernel/$kernel/root/lib/modules")
terminal=$(stty size 2>/dev/null) || terminal=''
printf 'ROOT=%q\nMODULES=%q\nSYSTEM=%q\nMODE=%q\nTERMINAL=%q\nTERM=%q\n' \
	"$ROOT" "$modules" "$system" $mode "$terminal" "${TERM:-dumb}" >"$out/config"
[ $mode = shell ] || printf '%q ' "$@" >"$out/command"

# The kernel's own words go to a file (warnings and worse as they come, all of them when the guest ends), the command's
# output through a port of its own to standard output. devkmsg=on: markers written to the log must not be rate limited.
cmdline="quiet loglevel=5 panic=-1 slab_nomerge printk.devkmsg=on log_buf_len=4M $append"
initrd=$BUILD/vm/initramfs-$kernel.cpio
hardware=qemu
! grep -q '^CONFIG_UML=y' "$BUILD/kernel/$kernel/headers/.config" || hardware=user
# shellcheck source=machine_qemu.sh
. "$VM/machine_$hardware.sh"

died()
{
	{
		echo "boot.sh: $*; the end of $out/console.log:"
		tail -n 40 "$out/console.log" 2>/dev/null | tr -d '\r' | sed 's/^/  | /'
		[ ! -s "$out/machine.log" ] || sed 's/^/  machine: /' "$out/machine.log"
	} >&2
	exit 125
}

if [ $mode = shell ]; then
	echo "A shell in the guest; exit or ctrl-a x ends it. The kernel's log: dmesg, or $out/console.log."
	"${machine[@]}" "${machine_terminal[@]}"
	exit
fi

# qemu makes its output descriptor non-blocking and ends a port whose input ends, so it gets a pipe of its own and no
# standard input. It runs in the background, so that a signal to this script reaches it through the trap.
pid='' relay=''
trap '[ -z "$pid$relay" ] || kill $pid $relay 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
rm -f "$out/.output"
mkfifo "$out/.output"
exec 8<>"$out/.output"
cat "$out/.output" 8>&- 9>&- &
relay=$!
timeout --foreground -k 5 "$timeout" "${machine[@]}" "${machine_output[@]}" </dev/null >"$out/machine.log" 2>&1 9>&- &
pid=$!
rc=0
wait "$pid" || rc=$?
pid=''
exec 8>&-
wait "$relay" || true
relay=''

case $rc in
124 | 137) died "the guest did not end within $timeout s" ;;
esac
[ -s "$out/status" ] || died "the guest died (the machine's exit status $rc)"
status=$(<"$out/status")

# A command that passes while the kernel reports a fault has not passed.
if [ "$status" -eq 0 ]; then
	reports=$("$VM/klog.sh" "$out/dmesg" | sed '1,/tuplestat: command starts/d' |
		grep -E -m 20 -f <(grep -v '^#' "$VM/kernel_reports.txt") || true)
	if [ -n "$reports" ]; then
		echo "boot.sh: the guest's kernel reported a fault, see $out/dmesg:" >&2
		echo "${reports//$'\n'/$'\n'  | }" | sed '1s/^/  | /' >&2
		exit 125
	fi
fi
exit "$status"
