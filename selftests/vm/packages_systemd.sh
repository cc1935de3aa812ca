#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The installed packages on a system that systemd runs, with nothing but what they depend on: counting from boot on, the
# exporters in their sandboxes, upgrade and removal under way. Started by vm/packages_clean.sh, as the last service of the
# guest; TAP is its output. Arguments: the version that is installed, and a newer one that lies in /root.
set -uo pipefail

version=$1 next=$2
number=0
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# check_is NAME WANTED GOT
check_is()
{
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1: '$3', not '$2'"
	fi
}

# in_time COMMAND...: until it succeeds; prints yes, or no after 60 s
in_time()
{
	local i

	for ((i = 0; i < 120; i++)); do
		if "$@" >/dev/null 2>&1; then
			echo yes
			return
		fi
		sleep 0.5
	done
	echo no
}

unit_is()
{
	systemctl is-"$1" "$2" 2>/dev/null
}

module_version()
{
	cat /sys/module/tuplestat/version 2>/dev/null || echo none
}

# counts NAME: a datagram to oneself is seen
counts()
{
	echo "$1" >/dev/udp/127.0.0.1/4000
	check_is "$1: a packet is in the list" 1 "$(tuplestat --no-header udp dport 4000 | wc -l)"
}

# seen: packets that the hooks saw
seen()
{
	tuplestat -j stats | grep -o '"seen":{"packets":[0-9]*' | grep -o '[0-9]*$'
}

# collector FILE: what comes to port 4739 is told there, a line a datagram: the version in its header
collector()
{
	perl -MIO::Socket::INET -e '
		my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1:4739", Proto => "udp") or die "no socket: $@";
		open(my $out, ">", $ARGV[0]) or die "no file";
		$out->autoflush(1);
		print $out "ready\n";
		while (defined $socket->recv(my $message, 65536)) {
			print $out unpack("n", $message), "\n";
		}' "$1" &
	trap 'kill $! 2>/dev/null' EXIT
}

failed()
{
	systemctl --failed --no-legend --plain | awk '/tuplestat/ { print $1 }' | xargs
}

check_is "process 1" systemd "$(</proc/1/comm)"
check_is "counting from boot on" active "$(unit_is active tuplestat.service)"
check_is "by the module that DKMS built" "$version" "$(module_version)"
counts "boot"

mkdir -p /var/lib/prometheus/node-exporter
prom=/var/lib/prometheus/node-exporter/tuplestat.prom
check_is "metrics: the timer starts" 0 "$(systemctl enable --now tuplestat-prometheus.timer >/dev/null 2>&1; echo $?)"
check_is "metrics: the file is there" yes "$(in_time test -s $prom)"
first=$(awk '$1 ~ /^tuplestat_seen_packets_total/ { print $2 }' $prom)
check_is "metrics: it has what was seen" yes "$([ "${first:-0}" -gt 0 ] && echo yes)"
rm -f $prom
check_is "metrics: it comes again by itself" yes "$(in_time test -s $prom)"

messages=$(mktemp)
collector "$messages"
check_is "a collector listens" yes "$(in_time grep -q ready "$messages")"
check_is "IPFIX: the exporter starts" 0 "$(systemctl start tuplestat-ipfix@127.0.0.1:4739 >/dev/null 2>&1; echo $?)"
exported()
{
	# A flow that ends is exported.
	echo more >/dev/udp/127.0.0.1/4001
	tuplestat flush udp dport 4001 >/dev/null
	[ "$(grep -c '^10$' "$messages")" -gt 3 ]
}
check_is "IPFIX: messages come" yes "$(in_time exported)"
check_is "IPFIX: and nothing else" "10 ready" "$(sort -u "$messages" | xargs)"
check_is "IPFIX: and goes on" active "$(unit_is active tuplestat-ipfix@127.0.0.1:4739)"
pid=$(systemctl show -P MainPID tuplestat-ipfix@127.0.0.1:4739)
check_is "IPFIX: not as root" no \
	"$(grep -q "^Uid:[[:space:]]0[[:space:]]" "/proc/$pid/status" && echo yes || echo no)"
[ "$(unit_is active tuplestat-ipfix@127.0.0.1:4739)" = active ] ||
	journalctl -u tuplestat-ipfix@127.0.0.1:4739 | tail | sed 's/^/# /'
check_is "no unit of ours has failed" "" "$(failed)"

before=$(seen)
check_is "a newer command comes" 0 "$(dpkg -i /root/tuplestat_"$next"_*.deb >/dev/null 2>&1; echo $?)"
check_is "it is the newer one" "tuplestat $next" "$(tuplestat -V)"
check_is "counting went on" "active $version" "$(unit_is active tuplestat.service) $(module_version)"
after=$(seen)
check_is "with all that was counted ($before packets, then $after)" yes \
	"$([ "$before" -gt 0 ] && [ "$after" -ge "$before" ] && echo yes)"

systemctl stop tuplestat-ipfix@127.0.0.1:4739
check_is "stop" 0 "$(systemctl stop tuplestat.service >/dev/null 2>&1; echo $?)"
check_is "stopped: the module is gone" none "$(module_version)"
check_is "start" 0 "$(systemctl start tuplestat.service >/dev/null 2>&1; echo $?)"
counts "started again"

check_is "removal" 0 "$(dpkg -P tuplestat tuplestat-dkms >/dev/null 2>&1; echo $?)"
check_is "removed: no unit runs" "inactive inactive" \
	"$(unit_is active tuplestat.service) $(unit_is active tuplestat-prometheus.timer)"
check_is "removed: no unit has failed" "" "$(failed)"
check_is "removed: nothing counts" none "$(module_version)"
check_is "removed: no module is left" "" "$(find /lib/modules -name 'tuplestat*')"
echo "1..$number"
