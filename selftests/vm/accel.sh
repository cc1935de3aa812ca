#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints qemu's accelerator and processor arguments: KVM where a trial boot works, else emulation.
# That /dev/kvm can be opened proves little (nested machines fail later), so the trial decides; its result is kept
# until this machine is booted anew.
set -euo pipefail
. "$(dirname "$0")/env.sh"

name=${1:-6.1}
cache=$BUILD/vm/accel
boot_id=$(</proc/sys/kernel/random/boot_id)
kvm="-accel kvm -cpu host"
tcg="-accel tcg -cpu qemu64"

trial_boot()
{
	local rc=0

	# shellcheck disable=SC2086 # a list of arguments
	timeout -k 1 10 qemu-system-x86_64 -M q35 $kvm -m 512 -nodefaults -no-reboot -display none \
		-kernel "$BUILD/kernel/$name/vmlinux" -initrd "$BUILD/vm/initramfs-$name.cpio" \
		-append "quiet panic=-1 tuplestat.probe" \
		-device isa-debug-exit,iobase=0xf4,iosize=0x04 </dev/null >/dev/null 2>&1 || rc=$?
	[ $rc -eq 99 ]
}

if [ ! -w /dev/kvm ]; then
	echo "$tcg"
	exit
fi

if [ "$(head -n 1 "$cache" 2>/dev/null)" != "$boot_id" ]; then
	if trial_boot 2>/dev/null; then accel=$kvm; else accel=$tcg; fi
	# guests that start side by side all come here
	new=$(mktemp "$cache.XXXXXX")
	printf '%s\n%s\n' "$boot_id" "$accel" >"$new"
	mv "$new" "$cache"
fi
tail -n 1 "$cache"
