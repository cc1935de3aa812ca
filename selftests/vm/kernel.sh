#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fetches a kernel of the list "kernels" (or has it built) and its headers into build/kernel/NAME, installing nothing on this machine:
#   release   the kernel's full version, as uname -r says it
#   vmlinux   the image to boot (unpacked where possible: an emulated guest spends half its boot on decompression)
#   vmlinuz   the image as packaged
#   headers   what KDIR= wants
#   root      the unpacked packages; root/lib/modules has the modules, with depmod run
set -euo pipefail
. "$(dirname "$0")/env.sh"

name=${1:-6.1}
final=$BUILD/kernel/$name

# The package that meta package $1 stands for: the first dependency whose name begins with $2.
resolve()
{
	apt-cache depends "$1" 2>/dev/null | awk -v p="$2" '$1 == "Depends:" && index($2, p) == 1 { print $2; exit }'
}

# Sets release and packages from apt's lists; fails where the lists do not know them.
find_packages()
{
	local package headers common kbuild

	package=$(resolve "$image_meta" linux-image-)
	headers=$(resolve "$headers_meta" linux-headers-)
	[ -n "$package" ] && [ -n "$headers" ] || return 1
	release=${package#linux-image-}
	[ "$headers" = "linux-headers-$release" ] || return 1
	common=$(resolve "$headers" "linux-headers-${release%-*}-common")
	kbuild=$(resolve "$headers" linux-kbuild-)
	[ -n "$common" ] && [ -n "$kbuild" ] || return 1
	packages=("$package" "$headers" "$common" "$kbuild")
}

# Lists that are old name files that the mirror no longer has, so a failed download is worth one update too.
download()
{
	find_packages && (cd "$1" && apt-get -q download "${packages[@]}")
}

# Debian's headers name their other half by its installed path; a relative one keeps the tree movable.
relocate_headers()
{
	# shellcheck disable=SC2016 # a make expression, not a shell one
	sed -i 's#^include /usr/src/#include $(dir $(lastword $(MAKEFILE_LIST)))../#' "$1/Makefile"
	! grep -q /usr/src/ "$1/Makefile" || die "$1/Makefile still names /usr/src"
}

# Writes the ELF image inside bzImage $1 to $2; fails where it is not xz, then the bzImage itself is booted.
unpack_image()
{
	local offset offsets

	mapfile -t offsets < <(LC_ALL=C grep -aboP '\xfd7zXZ\x00' "$1" | cut -d: -f1)
	for offset in "${offsets[@]}"; do
		tail -c "+$((offset + 1))" "$1" | xz -dcq --single-stream >"$2" 2>/dev/null || true
		[ "$(head -c 4 "$2" | tail -c 3)" = ELF ] && return 0
	done
	rm -f "$2"
	return 1
}

unpack()
{
	local tmp=$1 root=$1/root deb

	mkdir "$root"
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$root"
		rm "$deb"
	done
	relocate_headers "$root/usr/src/linux-headers-$release"
	depmod -b "$root" "$release"
	ln -s "root/boot/vmlinuz-$release" "$tmp/vmlinuz"
	ln -s "root/usr/src/linux-headers-$release" "$tmp/headers"
	unpack_image "$tmp/vmlinuz" "$tmp/vmlinux" || ln -s vmlinuz "$tmp/vmlinux"
	echo "$release" >"$tmp/release"
}

read -r suite image_meta headers_meta < <(awk -v n="$name" '$1 == n { print $2, $3, $4 }' "$VM/kernels") ||
	die "no kernel '$name'; $VM/kernels has: $(awk '!/^#/ { printf "%s ", $1 }' "$VM/kernels")"
[ "$suite" != build ] || exec "$VM/kernel_build.sh" "$name" "$image_meta"
[ ! -e "$final/release" ] || exit 0
[ "$suite" = - ] || die "kernel $name: fetching from suite '$suite' is not supported yet"

mkdir -p "$BUILD/kernel"
exec 9>"$BUILD/kernel/.lock"
flock 9
[ ! -e "$final/release" ] || exit 0

# Everything happens in a directory that is renamed last: what was interrupted is never taken for a kernel.
rm -rf "$final" "$BUILD/kernel/.$name".*
tmp=$(mktemp -d "$BUILD/kernel/.$name.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"

echo "fetching kernel $name"
if ! download "$tmp"; then
	[ "$(id -u)" -eq 0 ] || die "apt offers no usable $image_meta and $headers_meta; as root, run: apt-get update"
	apt-get -q update
	download "$tmp" || die "apt offers no usable $image_meta and $headers_meta"
fi
[[ $release == "$name".* ]] || die "$image_meta is $release here, not $name"

unpack "$tmp"
mv -T "$tmp" "$final"
echo "kernel $name is $release"
