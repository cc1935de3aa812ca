#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fetches the kernel's sources, which Debian has as an archive in a package, into build/kernel, once a version. Prints
# the folder that they are in, on the last line.
#	kernel_source.sh PACKAGE        all of them, 1.4 GB: to build a kernel
#	kernel_source.sh PACKAGE tools  only the scripts that judge sources, and ynl with its schemas, 2 MB
# PACKAGE "-" is the one that kernels are built of.
set -euo pipefail
. "$(dirname "$0")/env.sh"

package=$1 part=${2:-source}
[ "$package" != - ] || package=$(awk '$2 == "build" { print $3; exit }' "$VM/kernels")

# Lists that are old name files that the mirror no longer has, so a failed download is worth one update.
download()
{
	apt-get -q download "$package" && return
	[ "$(id -u)" -eq 0 ] || die "apt offers no usable $package; as root, run: apt-get update"
	apt-get -q update && apt-get -q download "$package"
}

# Everything happens in a directory that is renamed last: what was interrupted is never taken for the whole.
unpack()
{
	local folder=$BUILD/kernel/$part members=() tmp

	[ "$part" = source ] || members=(--wildcards '*/scripts/checkpatch.pl' '*/scripts/spelling.txt'
		'*/scripts/const_structs.checkpatch' '*/scripts/coccinelle/*'
		'*/tools/net/ynl/*' '*/Documentation/netlink/*')
	mkdir -p "$folder"
	tmp=$(mktemp -d "$folder/.XXXXXX")
	(cd "$tmp" && download >&2)
	dpkg-deb -x "$tmp"/*.deb "$tmp"
	mkdir "$tmp/tree"
	tar -xf "$tmp"/usr/src/linux-source-*.tar.xz -C "$tmp/tree" --strip-components=1 "${members[@]}"
	mv -T "$tmp/tree" "$folder/$1"
	rm -rf "$tmp"
}

mkdir -p "$BUILD/kernel"
exec 9>"$BUILD/kernel/.lock.$part"
flock 9
version=$(candidate "$package")
[ -n "$version" ] || die "apt offers no $package; is the suite's security part among its sources?"
for folder in "$BUILD/kernel/source" "$BUILD/kernel/$part"; do
	if [ -e "$folder/$version" ]; then
		echo "$folder/$version"
		exit
	fi
done
unpack "$version"
echo "$BUILD/kernel/$part/$version"
