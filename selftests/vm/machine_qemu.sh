# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2054 # sourced by boot.sh, whose variables these are
# The machine as qemu makes it: machine (the program and what it always gets), machine_output (what makes the guest's
# port "output" write to $out/.output), machine_terminal (what puts the guest's terminal on this one).

accel=$("$VM/accel.sh" "$kernel")
# Neither the host's time nor its load has a part in it then.
[ "$icount" = no ] || accel="-accel tcg -icount shift=0,sleep=off" cpus=1
# shellcheck disable=SC2206 # accel is a list of arguments
machine=(qemu-system-x86_64 -M q35 $accel -smp "$cpus" -m "$memory"
	-nodefaults -no-reboot -display none
	-kernel "$BUILD/kernel/$kernel/vmlinux" -initrd "$initrd"
	-append "console=ttyS0 mitigations=off random.trust_cpu=on $cmdline"
	-serial "file:$out/console.log"
	-device virtio-rng-pci
	-fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"
	-device virtio-9p-pci,fsdev=host,mount_tag=host
	-fsdev "local,id=out,path=$out,security_model=none"
	-device virtio-9p-pci,fsdev=out,mount_tag=out)
machine_output=(-device virtio-serial-pci -chardev "file,id=output,path=$out/.output"
	-device virtserialport,chardev=output,name=output)
machine_terminal=(-serial mon:stdio)
