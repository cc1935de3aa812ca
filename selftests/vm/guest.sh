#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Process 1 of the guest once the host's root is in place: runs the command (or a shell), says how it ended, resets.
# What boot.sh believes is the file "status"; a guest that dies on the way has none.
set -uo pipefail

# shellcheck source=/dev/null
. /out/config # ROOT, MODE, TERMINAL (rows and columns), TERM
export HOME=/root TERM LANG=C.UTF-8 OUT=/out
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd "$ROOT" || exit

# Prints the device that the host reads as the command's output: a virtio port, or user-mode Linux's second console.
output_port()
{
	local name

	if grep -q hostfs /proc/filesystems; then
		stty raw </dev/tty1
		echo /dev/tty1
		return
	fi

	for name in /sys/class/virtio-ports/*/name; do
		[ "$(<"$name")" = output ] || continue
		name=${name%/name}
		echo "/dev/${name##*/}"
		return
	done
}

# The port can be opened once only, so the command writes to a pipe, as it would anywhere.
run_command()
{
	local relay command rc=0

	mkfifo /run/output
	cat /run/output >"$(output_port)" &
	relay=$!
	bash /out/command </dev/null >/run/output 2>&1 &
	command=$!
	wait "$command" || rc=$?
	# A process that the command left behind may hold the pipe open: what is written by now is wanted, it is not.
	for ((i = 0; i < 20; i++)); do
		kill -0 "$relay" 2>/dev/null || break
		read -rt 0.1 <> <(:) || true
	done
	return "$rc"
}

# The size is set by the shell's own process: a terminal that nobody has open forgets it.
run_shell()
{
	local device=/dev/ttyS1

	[ -e $device ] || device=/dev/tty1
	# shellcheck disable=SC2016 # for the inner shell
	setsid -c bash -c '[ -z "$1" ] || stty rows "${1% *}" columns "${1#* }"; exec bash -l' shell "$TERMINAL" \
		<>"$device" >&0 2>&1
}

# Everything the kernel says from here on is about the command.
echo "tuplestat: command starts" >/dev/kmsg
run_"$MODE"
rc=$?

dmesg >/out/dmesg
echo "$rc" >/out/status.new
mv /out/status.new /out/status
# -no-reboot makes it the end of qemu, at once; user-mode Linux would begin anew.
! grep -q hostfs /proc/filesystems || /bin/busybox poweroff -f
echo b >/proc/sysrq-trigger
