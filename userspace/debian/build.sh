#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Puts a source tree together in build/deb, and builds the packages tuplestat and tuplestat-dkms of it, into build/.
#	build.sh [VERSION]	(default: what the file VERSION says)
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd -P)
version=${1:-$(<"$root/VERSION")}
tree=$root/build/deb/tuplestat-$version

command -v dpkg-buildpackage >/dev/null || {
	echo "${0##*/}: no dpkg-buildpackage: install dpkg-dev" >&2
	exit 1
}

# make_tree: what is packaged, nothing else: no tests, and nothing hidden
make_tree()
{
	rm -rf "$tree"
	mkdir -p "$tree"
	cp -r "$root"/{Kbuild,LICENSE,README.md,module,userspace} "$tree"
	find "$tree" -name '.*' -delete
	mv "$tree/userspace/debian" "$tree/debian"
	rm "$tree/debian/build.sh"
	echo "$version" >"$tree/VERSION"
}

# The changes are told by git; what dpkg needs of a changelog is a version and a time, the last change's.
make_changelog()
{
	local time

	time=$(git -C "$root" log -1 --format=%ct 2>/dev/null) || time=$(stat -c %Y "$root/VERSION")
	cat <<-EOF
	tuplestat ($version) unstable; urgency=medium

	  * Version $version.

	 -- $(sed -n 's/^Maintainer: //p' "$tree/debian/control")  $(date -R -u -d "@$time")
	EOF
}

unset MAKEFLAGS MFLAGS MAKELEVEL
make_tree
make_changelog >"$tree/debian/changelog"
cd "$tree"
dpkg-buildpackage -us -uc -b
cd ..
for package in tuplestat_"${version}"_*.deb tuplestat-dkms_"${version}"_all.deb; do
	mv "$package" "$root/build/"
	echo "built build/$package"
done
