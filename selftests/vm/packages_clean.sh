#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
# The Debian packages on a system that has nothing else: a minimal Debian with a kernel and its headers, where apt gets
# what they depend on, and then, in the guest, with systemd as process 1: packages_systemd.sh says how they do there.

# What is mounted here is this process's alone, and gone with it: what is removed must not have the machine's devices in it.
if [ "$(id -u)" -eq 0 ] && [ -z "${OWN_MOUNTS:-}" ]; then
	export OWN_MOUNTS=yes
	exec unshare --mount -- "$0"
fi

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can install a system"
need mmdebstrap

release=$(<"$ROOT/build/kernel/${KERNEL:-6.1}/release")
version=$(<"$ROOT/VERSION")
next=$version.1
clean=$ROOT/build/deb/clean
packages=("$ROOT"/build/tuplestat{,-dkms}_"$version"_*.deb)
newer=("$ROOT"/build/deb/next/tuplestat_"$next"_*.deb)
[ -e "${newer[0]}" ] || skip_all "no packages: packages.sh makes them"
setup_tmp

in_clean()
{
	DEBIAN_FRONTEND=noninteractive chroot "$clean" "$@"
}

# Suites and mirrors are this machine's own. No apt of the new system is to change its user: some machines' devices are
# for root alone.
make_system()
{
	# shellcheck disable=SC2016 # apt's words
	apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' "Created-By: Packages" "Origin: Debian" |
		grep ' main$' | sort -u >"$WORK/sources"
	rm -rf "$clean"
	mmdebstrap --mode=root --variant=apt --aptopt='APT::Install-Recommends "false"' \
		--aptopt='APT::Sandbox::User "root"' \
		--include="systemd-sysv,dbus,kmod,linux-image-$release,linux-headers-$release" \
		bookworm "$clean" - <"$WORK/sources"
}

# As a user would, but that the exporters' library, which is only suggested, comes as well.
install_packages()
{
	mount -t proc proc "$clean/proc"
	mount --bind /dev "$clean/dev"
	cp "${packages[@]}" "${newer[@]}" "$clean/root/"
	in_clean apt-get update && in_clean apt-get -y install "${packages[@]/#*\///root/}" libfixbuf9 libglib2.0-0
}

check "a minimal Debian" make_system
check_equal "which has neither DKMS nor make" "" "$(find "$clean"/usr/{bin,sbin} -name dkms -o -name make)"
check "apt-get install ./tuplestat_*.deb ./tuplestat-dkms_*.deb" install_packages
check_equal "DKMS has built and installed the module" "tuplestat/$version, $release, x86_64: installed" \
	"$(in_clean dkms status)"
umount "$clean/proc" "$clean/dev"

rc=0
"$ROOT/selftests/vm/boot.sh" --kernel "${KERNEL:-6.1}" --memory 2048 --timeout 900 --out "$ROOT/build/deb/out" \
	--system "$clean" -- "$ROOT/selftests/vm/packages_systemd.sh" "$version" "$next" >"$WORK/guest" || rc=$?
while read -r line; do
	case $line in
	"ok "*) pass "${line#ok * }" ;;
	"not ok "*) fail "${line#not ok * }" ;;
	1..*) ;;
	*) note "$line" ;;
	esac
done <"$WORK/guest"
check_equal "the guest with systemd ended well" 0 "$rc"
rm -rf "$clean"
finish
