# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # sourced by boot.sh, whose variables these are
# The machine where the kernel is a program of its own (user-mode Linux), in the words of machine_qemu.sh.

[ "$cpus" -eq 1 ] || die "kernel $kernel has one CPU"

# The kernel's console is its standard error. A pid namespace: what the kernel started ends with it; the first process
# there is a shell, because a kernel that panics aborts, which a first process does not heed.
# shellcheck disable=SC2016,SC2206 # for the inner shell; cmdline is a list of arguments
machine=(unshare --pid --fork --kill-child bash -c '"${@:2}" 2>"$1"; exit' machine "$out/console.log"
	"$BUILD/kernel/$kernel/vmlinux" "mem=${memory}M" "initrd=$initrd" "uml_dir=$out" con=null stderr=1
	$cmdline "tuplestat.out=$out")
machine_output=("con1=null,fd:8")
machine_terminal=("con1=fd:0,fd:1")
