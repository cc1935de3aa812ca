#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
# The Debian packages in a copy of this machine's root, where the guest's kernel is the one that is installed: how they
# come and go, and that DKMS builds the module by what is in them. It leaves the modules in build/deb, for ../packages.sh,
# which loads them in the guest: there the compiler would take nine minutes.

# What is mounted here is this process's alone, and gone with it.
if [ "$(id -u)" -eq 0 ] && [ -z "${OWN_MOUNTS:-}" ]; then
	export OWN_MOUNTS=yes
	exec unshare --mount -- "$0"
fi

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can have a root of its own"
need dpkg-buildpackage dh_dkms dkms lintian systemd-analyze

KERNEL=$(realpath "$ROOT/build/kernel/${KERNEL:-6.1}")
DEB=$ROOT/build/deb
release=$(<"$KERNEL/release")
version=$(<"$ROOT/VERSION")
next=$version.1
setup_tmp
# Not below $WORK, which is removed at the end with all that is in it.
own=$DEB/root
root=$own/root

# --- the packages ---

for each in "$version" "$next"; do
	check "make deb builds version $each" make -s -C "$ROOT" deb DEB_VERSION="$each"
done
# Who looks in build/ finds one version there.
rm -rf "$DEB/next"
mkdir "$DEB/next"
mv "$ROOT"/build/tuplestat{,-dkms}_"$next"_*.deb "$DEB/next"
packages=("$ROOT"/build/tuplestat{,-dkms}_"$version"_*.deb)
newer=("$DEB"/next/tuplestat{,-dkms}_"$next"_*.deb)
check_equal "two packages a version" "2 2" "${#packages[@]} ${#newer[@]}"

suppress=()
[ -e "$ROOT/userspace/tuplestat.8" ] || suppress=(--suppress-tags no-manual-page)
check "lintian" lintian --allow-root --fail-on error,warning "${suppress[@]}" "${packages[@]}"

make -s -C "$ROOT/userspace" install DESTDIR="$WORK/installed" PREFIX=/usr UNITDIR=/lib/systemd/system >"$WORK/make"
check_equal "the command's package is what make install installs, and documents" \
	"$(cd "$WORK/installed" && find . -type f | sort)" \
	"$(dpkg-deb -c "${packages[0]}" | awk '$1 ~ /^-/ && !/\/usr\/share\/doc\// { sub(/\.gz$/, ""); print $6 }' | sort)"

# --- a root of its own ---

# An overlay; /lib/modules is another, of the guest's kernel.
make_root()
{
	mkdir -p "$own"
	mount -t tmpfs own "$own"
	mkdir "$own"/{root,upper,work,modules,modules.work}
	mount -t overlay -o "lowerdir=/,upperdir=$own/upper,workdir=$own/work" root "$root"
	mount -t proc proc "$root/proc"
	mount --bind /dev "$root/dev"
	mount -t tmpfs run "$root/run"
	mount -t tmpfs tmp "$root/tmp"
	mkdir -p "$root/lib/modules" "$root/var/lib/prometheus/node-exporter"
	mount -t overlay -o "lowerdir=$KERNEL/root/lib/modules,upperdir=$own/modules,workdir=$own/modules.work" \
		modules "$root/lib/modules"
	ln -sf "$KERNEL"/root/usr/src/linux-* "$root/usr/src/"
	ln -sf "$KERNEL"/root/usr/lib/linux-kbuild-* "$root/usr/lib/"
	mkdir -p "$root/debs" "$root$KERNEL"
	mount -o bind,ro "$KERNEL" "$root$KERNEL"
	cp "${packages[@]}" "${newer[@]}" "$root/debs"
	in_root dpkg -P tuplestat tuplestat-dkms >"$WORK/before" 2>&1
}

in_root()
{
	DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

# Every file that a package may have brought or taken, but for what logs, caches, dpkg, and DKMS' own keys are
files()
{
	in_root find /boot /etc /lib/ /lib/modules /opt /root /srv /usr /var -xdev \( -path /var/log -o -path /var/cache \
		-o -path /var/lib/dpkg -o -name 'mok.*' -path '/var/lib/dkms/*' \) -prune -o -print | sort -u
}

# packages_are STATE VERSION: of both
packages_are()
{
	# shellcheck disable=SC2016 # dpkg's words
	in_root dpkg-query -W -f '${db:Status-Abbrev} ${Version}\n' tuplestat tuplestat-dkms | sort -u | tr -s ' ' >"$WORK/state"
	check_equal "dpkg says: $1 $2" "$1 $2" "$(<"$WORK/state")"
}

# module_is VERSION: what DKMS built is where modprobe finds it; it is kept for the guest.
module_is()
{
	local module=lib/modules/$release/updates/dkms/tuplestat.ko

	check_equal "DKMS has built and installed it" "tuplestat/$1, $release, x86_64: installed" "$(in_root dkms status)"
	check_equal "modprobe finds that version" "$1" \
		"$(strings "$root/$module" | sed -n 's/^version=//p')"
	check_equal "modprobe finds it" "insmod /$module" \
		"$(in_root modprobe -S "$release" --show-depends tuplestat | tail -n 1 | xargs)"
	mkdir -p "$DEB/modules/$release/$1"
	check "it is kept for the guest" cp "$root/$module" "$DEB/modules/$release/$1/"
}

dpkg_does()
{
	check "dpkg $1 ${*:2}" in_root dpkg "$@"
}

life()
{
	make_root
	files >"$WORK/files"
	dpkg_does -i "${packages[@]/#*\///debs/}"
	packages_are ii "$version"
	module_is "$version"
	check_equal "the command answers" "tuplestat $version" "$(in_root tuplestat -V)"
	# What it does not know it ignores, with a word. Other packages' units are not our business.
	check_equal "systemd has nothing against the units" "" "$(in_root systemd-analyze verify --man=no \
		/lib/systemd/system/tuplestat{.service,-prometheus.service,-prometheus.timer,-ipfix@.service} 2>&1 |
		grep tuplestat)"
	check_equal "only counting begins by itself" "enabled disabled disabled" \
		"$(in_root systemctl is-enabled tuplestat.service tuplestat-prometheus.timer tuplestat-ipfix@.service | xargs)"
	echo "# mine" >>"$root/etc/modprobe.d/tuplestat.conf"
	touch "$root/var/lib/prometheus/node-exporter/tuplestat.prom"

	dpkg_does -i "${newer[@]/#*\///debs/}"
	packages_are ii "$next"
	module_is "$next"
	check "settings of the administrator's are left" grep -q "# mine" "$root/etc/modprobe.d/tuplestat.conf"

	dpkg_does -r tuplestat tuplestat-dkms
	check_equal "removed: settings are left, whether it is enabled is one, and nothing else" \
		"/etc/modprobe.d/tuplestat.conf
/etc/systemd/system/multi-user.target.wants/tuplestat.service" \
		"$(files | comm -13 "$WORK/files" - | grep -v '^/var/lib/systemd/deb-systemd-helper-')"
	dpkg_does -P tuplestat tuplestat-dkms
	check_equal "purged: nothing is left, and nothing else is gone" "" "$(files | diff "$WORK/files" -)"
}

life
finish
