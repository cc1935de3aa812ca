#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a kernel of the list "kernels" whose suite is "build" from Debian's sources, into build/kernel/NAME, with the
# files that kernel.sh promises. Its configuration is config/guest.config and, for each word of its name (debug-user:
# debug, user), config/WORD.config (where two set one option, the last wins), and nothing else: a kernel is built again
# where these or the sources' version have changed. Takes 5 to 10 minutes on two idle CPUs.
# Called by kernel.sh: kernel_build.sh NAME PACKAGE
set -euo pipefail
. "$(dirname "$0")/env.sh"

name=$1 package=$2
configs=("$VM/config/guest.config")
for word in ${name//-/ }; do
	configs+=("$VM/config/$word.config")
done
arch=x86 image=arch/x86/boot/bzImage targets=(bzImage modules)
if [[ $name == *user* ]]; then
	arch=um image=linux targets=(linux modules)
fi
final=$BUILD/kernel/$name

# What the kernel is made of, in one word.
fingerprint()
{
	{ candidate "$package"; cat "${configs[@]}"; } | sha256sum | cut -d' ' -f1
}

# What a kernel is built for; kconfig drops in silence what it finds no place for.
declare -A purpose=(
	[debug]="KASAN PROVE_LOCKING PROVE_RCU DEBUG_KMEMLEAK FAILSLAB FAIL_PAGE_ALLOC DEBUG_ATOMIC_SLEEP UBSAN
		DEBUG_OBJECTS_RCU_HEAD DEBUG_OBJECTS_WORK DEBUG_OBJECTS_TIMERS NET_NS_REFCNT_TRACKER
		NET_DEV_REFCNT_TRACKER SOFTLOCKUP_DETECTOR WQ_WATCHDOG"
	[kcsan]="KCSAN SMP PREEMPT"
	[user]="UML HOSTFS")

check_config()
{
	local option word

	# shellcheck disable=SC2086 # a list of words
	for option in MODULES NETFILTER VETH TUN $(for word in ${name//-/ }; do echo ${purpose[$word]}; done); do
		grep -q "^CONFIG_$option=y" "$1/.config" || { echo "the configuration has lost $option"; return 1; }
	done
}

# Chained: what calls it asks whether it has failed, so the shell does not end at the first failure.
build()
{
	local make=(make -s -C "$1" O="$2" ARCH="$arch") config=$2.config

	cat "${configs[@]}" >"$config" &&
		"${make[@]}" KCONFIG_ALLCONFIG="$config" allnoconfig &&
		check_config "$2" &&
		"${make[@]}" -j"$(nproc)" "${targets[@]}" &&
		"${make[@]}" INSTALL_MOD_PATH="$3" modules_install
}

mkdir -p "$BUILD/kernel"
exec 9>"$BUILD/kernel/.lock.$name"
flock 9
wanted=$(fingerprint)
[ "$(cat "$final/fingerprint" 2>/dev/null)" != "$wanted" ] || exit 0

tree=$BUILD/kernel/$name.tree
version=$(candidate "$package")
[ -n "$version" ] || die "apt offers no $package"
echo "building kernel $name from $package $version; see $BUILD/kernel/$name.log"
rm -rf "$final" "$tree"
mkdir -p "$final/root"
source=$("$VM/kernel_source.sh" "$package" | tail -n 1)
build "$source" "$tree" "$final/root" >"$BUILD/kernel/$name.log" 2>&1 ||
	{ tail -n 30 "$BUILD/kernel/$name.log" >&2; die "kernel $name does not build"; }
release=$(<"$tree/include/config/kernel.release")
rm -f "$final/root/lib/modules/$release"/{build,source}
ln -s vmlinuz "$final/vmlinux"
ln -s "../$name.tree/$image" "$final/vmlinuz"
ln -s "../$name.tree" "$final/headers"
echo "$release" >"$final/release"
echo "$wanted" >"$final/fingerprint"
echo "kernel $name is $release"
