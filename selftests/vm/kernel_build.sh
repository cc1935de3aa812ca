#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a kernel of the list "kernels" whose suite is "build" from Debian's sources, into build/kernel/NAME, with the
# files that kernel.sh promises. Its configuration is config/guest.config and config/NAME.config, and nothing else: a
# kernel is built again where these or the sources' version have changed. Takes about 15 minutes on two CPUs.
# Called by kernel.sh: kernel_build.sh NAME PACKAGE
set -euo pipefail
. "$(dirname "$0")/env.sh"

name=$1 package=$2
final=$BUILD/kernel/$name
source_dir=$BUILD/kernel/source

version()
{
	apt-cache policy "$package" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2; exit }'
}

# What the kernel is made of, in one word.
fingerprint()
{
	{ version; cat "$VM/config/guest.config" "$VM/config/$name.config"; } | sha256sum | cut -d' ' -f1
}

# Debian's sources come as an archive in a package.
unpack_source()
{
	local tmp

	[ ! -e "$source_dir/$1" ] || return 0
	mkdir -p "$source_dir"
	tmp=$(mktemp -d "$source_dir/.XXXXXX")
	(cd "$tmp" && apt-get -q download "$package")
	dpkg-deb -x "$tmp"/*.deb "$tmp"
	rm "$tmp"/*.deb
	mkdir "$tmp/tree"
	tar -xf "$tmp"/usr/src/linux-source-*.tar.xz -C "$tmp/tree" --strip-components=1
	mv -T "$tmp/tree" "$source_dir/$1"
	rm -rf "$tmp"
}

# What this kernel is built for; kconfig drops in silence what it finds no place for.
case $name in
debug) required=(KASAN PROVE_LOCKING DEBUG_KMEMLEAK FAILSLAB DEBUG_ATOMIC_SLEEP DEBUG_OBJECTS_RCU_HEAD UBSAN) ;;
kcsan) required=(KCSAN) ;;
*) required=(MODULES) ;;
esac

check_config()
{
	local option

	for option in "${required[@]}"; do
		grep -q "^CONFIG_$option=y" "$1/.config" || { echo "the configuration has lost $option"; return 1; }
	done
}

# Chained: what calls it asks whether it has failed, so the shell does not end at the first failure.
build()
{
	local source=$1 tree=$2 config=$2.config

	cat "$VM/config/guest.config" "$VM/config/$name.config" >"$config" &&
		make -s -C "$source" O="$tree" KCONFIG_ALLCONFIG="$config" allnoconfig &&
		check_config "$tree" &&
		make -s -C "$source" O="$tree" -j"$(nproc)" bzImage modules &&
		make -s -C "$source" O="$tree" INSTALL_MOD_PATH="$3" modules_install
}

mkdir -p "$BUILD/kernel"
exec 9>"$BUILD/kernel/.lock.$name"
flock 9
wanted=$(fingerprint)
[ "$(cat "$final/fingerprint" 2>/dev/null)" != "$wanted" ] || exit 0

tree=$BUILD/kernel/$name.tree
version=$(version)
[ -n "$version" ] || die "apt offers no $package"
echo "building kernel $name from $package $version; see $BUILD/kernel/$name.log"
rm -rf "$final" "$tree"
mkdir -p "$final/root"
unpack_source "$version"
build "$source_dir/$version" "$tree" "$final/root" >"$BUILD/kernel/$name.log" 2>&1 ||
	{ tail -n 30 "$BUILD/kernel/$name.log" >&2; die "kernel $name does not build"; }
release=$(<"$tree/include/config/kernel.release")
rm -f "$final/root/lib/modules/$release"/{build,source}
ln -s vmlinuz "$final/vmlinux"
ln -s "../$name.tree/arch/x86/boot/bzImage" "$final/vmlinuz"
ln -s "../$name.tree" "$final/headers"
echo "$release" >"$final/release"
echo "$wanted" >"$final/fingerprint"
echo "kernel $name is $release"
