#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fetches a kernel of the list "kernels" (or has it built) and its headers into build/kernel/NAME, installing nothing on
# this machine:
#   release   the kernel's full version, as uname -r says it
#   vmlinux   the image to boot (unpacked where possible: an emulated guest spends half its boot on decompression)
#   vmlinuz   the image as packaged
#   headers   what KDIR= wants
#   root      the unpacked packages; root/lib/modules has the modules, with depmod run
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$VM/kernel_suite.sh"
. "$VM/kernel_tools.sh"
export LC_ALL=C # apt's words are read

name=${1:-6.1}
final=$BUILD/kernel/$name

# Sets release and packages from apt's lists; fails where the lists do not know them.
find_packages()
{
	local package headers common kbuild parts

	package=$(resolve "$image_meta" linux-image-)
	headers=$(resolve "$headers_meta" linux-headers-)
	[ -n "$package" ] && [ -n "$headers" ] || return 1
	release=${package#linux-image-}
	[ "$headers" = "linux-headers-$release" ] || return 1
	common=$(resolve "$headers" "linux-headers-${release%-*}-common")
	kbuild=$(resolve "$headers" linux-kbuild-)
	[ -n "$common" ] && [ -n "$kbuild" ] || return 1
	# newer packages of the image depend on what others have in themselves: the binary, its modules
	mapfile -t parts < <(dependencies "$package" | grep -xE "linux-(binary|modules|base)-${release//+/\\+}")
	packages=("$package" "${parts[@]}" "$headers" "$common" "$kbuild")
}

# Debian's headers name their other half by its installed path; a relative one keeps the tree movable.
relocate_headers()
{
	# shellcheck disable=SC2016 # a make expression, not a shell one
	sed -i 's#^include /usr/src/#include $(dir $(lastword $(MAKEFILE_LIST)))../#' "$1/Makefile"
	! grep -q /usr/src/ "$1/Makefile" || die "$1/Makefile still names /usr/src"
}

# unpack_by IMAGE TO MAGIC COMMAND...: tries the command on what begins with the magic; the rest of the image follows
# what it unpacks, so that it complains in any case.
unpack_by()
{
	local image=$1 to=$2 magic=$3 offset

	while IFS=: read -r offset _; do
		tail -c "+$((offset + 1))" "$image" | "${@:4}" >"$to" 2>/dev/null || true
		[ "$(head -c 4 "$to" | tail -c 3)" != ELF ] || return 0
	done < <(grep -aboP "$magic" "$image")
	rm -f "$to"
	return 1
}

# Writes the ELF image inside bzImage $1 to $2; fails where it is neither xz nor zstd, then the bzImage is booted.
unpack_image()
{
	unpack_by "$1" "$2" '\xfd7zXZ\x00' xz -dcq --single-stream || unpack_by "$1" "$2" '\x28\xb5\x2f\xfd' zstd -dcq
}

# The compiler that Debian built a kernel with may not be here; gcc is, and a module takes any version of it.
use_our_compiler()
{
	local compiler file=$1/.kernelvariables

	compiler=$(grep -o -m 1 'gcc-[0-9]*$' "$file") || return 0
	command -v "$compiler" >/dev/null || sed -i "s/$compiler\$/gcc/" "$file"
}

unpack()
{
	local tmp=$1 root=$1/root deb image headers

	mkdir "$root"
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$root"
		rm "$deb"
	done
	[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
	image=lib/modules/$release/vmlinuz
	[ -e "$root/$image" ] || image=boot/vmlinuz-$release
	ln -s "root/$image" "$tmp/vmlinuz"
	unpack_image "$tmp/vmlinuz" "$tmp/vmlinux" || ln -s vmlinuz "$tmp/vmlinux"
	depmod -b "$root" "$release"

	headers=usr/src/linux-headers-$release
	ln -s "root/$headers" "$tmp/headers"
	if tools_run "$root/$headers"; then
		relocate_headers "$root/$headers"
		use_our_compiler "$root/$headers"
	else
		give_tools "$tmp" || die "cannot fetch the tools of kernel $name"
	fi
	echo "$release" >"$tmp/release"
}

read -r suite image_meta headers_meta < <(awk -v n="$name" '$1 == n { print $2, $3, $4 }' "$VM/kernels") ||
	die "no kernel '$name'; $VM/kernels has: $(awk '!/^#/ { printf "%s ", $1 }' "$VM/kernels")"
[ "$suite" != build ] || exec "$VM/kernel_build.sh" "$name" "$image_meta"
[ ! -e "$final/release" ] || exit 0

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
use_suite "$suite"
# Lists that are old name files that the mirror no longer has, so a failed download is worth one update too.
if ! find_packages || ! download "$tmp" "${packages[@]}"; then
	update_suite
	find_packages || die "apt offers no usable $image_meta and $headers_meta in suite $suite"
	download "$tmp" "${packages[@]}"
fi
[[ $release == "$name".* ]] || die "$image_meta is $release here, not $name; a row of $VM/kernels says what to fetch"

unpack "$tmp"
mv -T "$tmp" "$final"
echo "kernel $name is $release"
