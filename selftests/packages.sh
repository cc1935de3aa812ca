#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
# The Debian packages on a machine that runs: the module that DKMS built is loaded by its name, counts as the units would
# have it, is there still when a newer version is installed, gives way to that, and leaves with the packages. The modules
# were compiled by DKMS in vm/packages.sh, where that takes seconds; here DKMS is told to take them.

# What is mounted here is this process's alone, and gone with it.
if [ -z "${OWN_MOUNTS:-}" ]; then
	export OWN_MOUNTS=yes
	exec unshare --mount -- "$0"
fi

. "$(dirname "$0")/lib.sh"
need dkms dpkg jq setpriv

version=$(<"$ROOT/VERSION")
next=$version.1
release=$(</proc/sys/kernel/osrelease)
modules=$ROOT/build/deb/modules/$release
for each in "$version" "$next"; do
	[ -e "$modules/$each/tuplestat.ko" ] || skip_all "no module of version $each for $release: make check-deb"
done
packages=("$ROOT"/build/tuplestat{,-dkms}_"$version"_*.deb)
newer=("$ROOT"/build/deb/next/tuplestat{,-dkms}_"$next"_*.deb)
setup_tmp
# Installed things only
PATH=${PATH#"$ROOT/build:"}

dpkg_does()
{
	local began=$SECONDS

	if DEBIAN_FRONTEND=noninteractive dpkg "$@" >"$WORK/dpkg" 2>&1; then
		pass "dpkg $1 ${*##*/}"
	else
		fail "dpkg $1 ${*##*/}" "$(<"$WORK/dpkg")"
	fi
	note "$((SECONDS - began)) s"
}

loaded_version()
{
	cat /sys/module/tuplestat/version 2>/dev/null || echo none
}

# unit_does KEY: what the service would do when it starts (ExecStart) or stops (ExecStop), with its capabilities
unit_does()
{
	local unit=/lib/systemd/system/tuplestat.service line capabilities

	line=$(sed -n "s/^$1=//p" $unit)
	capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' $unit)
	capabilities=${capabilities//CAP_/+}
	# shellcheck disable=SC2086 # words
	check "$1=$line" setpriv --no-new-privs --bounding-set "-all,${capabilities// /,}" $line
}

# counts NAME: a datagram to oneself is seen, and in the list
counts()
{
	echo "$1" >/dev/udp/127.0.0.1/4739
	check_equal "$1: a packet is in the list" 1 "$(tuplestat -j udp dport 4739 | jq '.[].orig.packets')"
}

# A machine that has headers for its kernel, and nothing of ours; nor any of the kernel's modules, since depmod reads them
# all, minutes long, whenever DKMS has something new.
mount -t tmpfs modules "/lib/modules/$release"
ln -s "/usr/src/linux-headers-$release" "/lib/modules/$release/build"
dpkg -P tuplestat tuplestat-dkms >/dev/null 2>&1 || true
ln -sf "$(realpath "$ROOT/build/kernel")"/*/root/usr/src/linux-headers-"${release%-*}"* /usr/src/
mkdir -p /etc/dkms
echo "MAKE[0]=\"cp $modules/\$PACKAGE_VERSION/tuplestat.ko .\" CLEAN=true" >/etc/dkms/tuplestat.conf

dpkg_does -i "${packages[@]}"
check_equal "installing loads nothing" none "$(loaded_version)"
echo "options tuplestat max_flows=4096 timeout_unreplied=36000" >>/etc/modprobe.d/tuplestat.conf
unit_does ExecStart
_loaded=yes # whatever becomes of it from here on
check_equal "that version is loaded, from where DKMS put it" \
	"$version $(modinfo -F srcversion /lib/modules/"$release"/updates/dkms/tuplestat.ko)" \
	"$(loaded_version) $(</sys/module/tuplestat/srcversion)"
check_equal "with the settings of modprobe.d" 4096 "$(tuplestat -j config | jq .max_flows)"
counts "counting"

# Nobody restarts what does not run by systemd: the old module is loaded while the new packages come.
dpkg_does -i "${newer[@]}"
check_equal "a newer version: the module goes on as it is" "$version" "$(loaded_version)"
check_equal "the newer command understands it" 1 "$(tuplestat -j udp dport 4739 | jq '.[].orig.packets')"
check_equal "and is the newer one" "tuplestat $next" "$(tuplestat -V)"
unit_does ExecStop
check_equal "stopped" none "$(loaded_version)"
unit_does ExecStart
check_equal "started again: the newer version" "$next" "$(loaded_version)"
check_equal "it has the settings still" 4096 "$(tuplestat -j config | jq .max_flows)"
counts "counting again"

dpkg_does -r tuplestat tuplestat-dkms
check_equal "removed: what is loaded goes on until it is unloaded" "$next" "$(loaded_version)"
unload_module
check_equal "modprobe has none" 1 "$(modprobe -q tuplestat && echo 0 || echo 1)"
dpkg_does -P tuplestat tuplestat-dkms
check_equal "purged: nothing of it" "" "$(find /etc /lib/modules /usr/src /usr/sbin /usr/share /var/lib/dkms -name 'tuplestat*' \
	! -path '/etc/dkms/*')"
finish
