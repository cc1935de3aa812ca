#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "make install" of the command: which files, where, and that they are usable as they lie there.
. "$(dirname "$0")/../lib.sh"

setup_tmp
install_to()
{
	make -s -C "$ROOT/userspace" install DESTDIR="$WORK/$1" "${@:2}" >"$WORK/make" 2>&1 || {
		note "$(<"$WORK/make")"
		return 1
	}
	(cd "$WORK/$1" && find . -type f -printf '%m %P\n' | sort -k 2)
}

check_equal "without a prefix" "644 etc/modprobe.d/tuplestat.conf
644 usr/local/lib/systemd/system/tuplestat-ipfix@.service
644 usr/local/lib/systemd/system/tuplestat-prometheus.service
644 usr/local/lib/systemd/system/tuplestat-prometheus.timer
644 usr/local/lib/systemd/system/tuplestat.service
755 usr/local/sbin/tuplestat
644 usr/local/share/bash-completion/completions/tuplestat
644 usr/local/share/man/man4/tuplestat.4
644 usr/local/share/man/man8/tuplestat.8
644 usr/local/share/tuplestat/grafana-dashboard.json
644 usr/local/share/tuplestat/nfacctd/flows.sql
644 usr/local/share/tuplestat/nfacctd/nfacctd-kafka.conf
644 usr/local/share/tuplestat/nfacctd/nfacctd.conf
644 usr/local/share/tuplestat/nfacctd/primitives.lst
644 usr/local/share/tuplestat/tuplestat.schema.json
644 usr/share/ynl/specs/tuplestat.yaml" "$(install_to local)"
check_equal "with a prefix" "644 etc/modprobe.d/tuplestat.conf
644 lib/systemd/system/tuplestat-ipfix@.service
644 lib/systemd/system/tuplestat-prometheus.service
644 lib/systemd/system/tuplestat-prometheus.timer
644 lib/systemd/system/tuplestat.service
755 usr/sbin/tuplestat
644 usr/share/bash-completion/completions/tuplestat
644 usr/share/man/man4/tuplestat.4
644 usr/share/man/man8/tuplestat.8
644 usr/share/tuplestat/grafana-dashboard.json
644 usr/share/tuplestat/nfacctd/flows.sql
644 usr/share/tuplestat/nfacctd/nfacctd-kafka.conf
644 usr/share/tuplestat/nfacctd/nfacctd.conf
644 usr/share/tuplestat/nfacctd/primitives.lst
644 usr/share/tuplestat/tuplestat.schema.json
644 usr/share/ynl/specs/tuplestat.yaml" "$(install_to packaged PREFIX=/usr UNITDIR=/lib/systemd/system)"
check "the command runs from there" "$WORK/packaged/usr/sbin/tuplestat" -V
check "the specification is the module's" cmp "$ROOT/module/uapi/tuplestat.yaml" \
	"$WORK/packaged/usr/share/ynl/specs/tuplestat.yaml"
check_equal "units name the command that is installed with them" "/usr/local/sbin/tuplestat /usr/sbin/tuplestat" \
	"$(cat "$WORK"/{local/usr/local,packaged}/lib/systemd/system/*.service | sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' |
		uniq | xargs)"
echo "# mine" >"$WORK/packaged/etc/modprobe.d/tuplestat.conf"
install_to packaged PREFIX=/usr >"$WORK/again"
check_equal "settings that are there are left" "# mine" "$(<"$WORK/packaged/etc/modprobe.d/tuplestat.conf")"
finish
