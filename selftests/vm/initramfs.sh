#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Packs build/vm/initramfs-NAME.cpio: busybox, init, and the modules that reach the host's file system.
set -euo pipefail
. "$(dirname "$0")/env.sh"

name=${1:-6.1}
kernel=$BUILD/kernel/$name
image=$BUILD/vm/initramfs-$name.cpio
modules=(virtio_pci 9pnet_virtio 9p overlay virtio_console virtio_rng)

fresh=yes
for source in "$0" "$VM/init" "$kernel/release"; do
	[ "$image" -nt "$source" ] || fresh=no
done
[ $fresh = no ] || exit 0

# user-mode Linux reaches this machine's files without any
! grep -q '^CONFIG_UML=y' "$kernel/headers/.config" || modules=()
release=$(<"$kernel/release")
mkdir -p "$BUILD/vm"
tmp=$(mktemp -d "$BUILD/vm/.initramfs.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

tree=$tmp/tree
mkdir -p "$tree"/{bin,modules,proc,sys,dev,ro,rw,out,newroot}
cp /bin/busybox "$tree/bin/"
cp "$VM/init" "$tree/init"
chmod 755 "$tree/init"

# "order" names each module once, behind what it needs; a driver that is built in has no "insmod" line.
for module in "${modules[@]}"; do
	modprobe -d "$kernel/root" -S "$release" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$tmp/paths"
while read -r path; do
	file=${path##*/}
	case $file in
	*.xz) file=${file%.xz}; xz -dc "$path" >"$tree/modules/$file" ;;
	*) cp "$path" "$tree/modules/$file" ;;
	esac
	echo "$file"
done <"$tmp/paths" >"$tree/modules/order"

# Not compressed: the emulated processor would pay for it at every boot.
(cd "$tree" && find . | cpio -o -H newc --quiet -R 0:0) >"$tmp/image"
mv "$tmp/image" "$image"
