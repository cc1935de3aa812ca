#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# After a verdict of NFQUEUE a packet passes tuplestat's hook in process context, with bottom halves enabled. A softirq
# that interrupts the hook brings packets of the same flows. If these wait for a lock that the hook holds, the CPU waits
# forever. Here root provokes that, an unprivileged user, and root by bridged packets, which br_netfilter shows to IP.
#
# Without protection the guest dies within seconds. Its death is made likely:
# - One verdict accepts many packets, so that a good part of the time passes in the hooks.
# - There are SYNs beside datagrams: their flows are locked for longer.
# - netem's timer brings packets a few at a time, at random.
# - All processes are SCHED_IDLE: while ksoftirqd is runnable, interrupts leave softirqs to it, and so it runs first.
. "${0%/*}/flood_lib.sh"
need nft jq tc setpriv unshare nsenter chrt taskset

# Packets per verdict
readonly BATCH=32
# Seconds of each race, and packets that have to pass the hook in process context
scaled DURATION 10 150 5
scaled REINJECTED 5000 200000 100
# Payload of the packets that are queued, and of those that are not
readonly QUEUED=100 DIRECT=140
readonly KINDS="tcp4 tcp6 udp4 udp6"
readonly MAC=02:00:00:00:00:01 NOBODY=65534

modprobe -qa nfnetlink_queue nft_queue sch_netem || true
load_module userns_max_flows=16384
setup_tmp
# For an unprivileged user, who has a directory in it.
chmod 711 "$WORK"
# What is received waits here for its CPU.
echo 100000 >/proc/sys/net/core/netdev_max_backlog
# A deadlock is to end the guest with a stack trace in its log, not by the time limit of the guest.
panics=/proc/sys/kernel/softlockup_panic
[ ! -e $panics ] || echo 1 >$panics
chrt --idle --pid 0 $$
taskset -cp 0 $$ >/dev/null
last_cpu=$(($(nproc --all) - 1))

# --- who, and where: NS is the namespace, IN runs a command there, DIR has files and programs ---

as_root()
{
	setup_ns NS
	DIR=$WORK/$NS
	IN=(ip netns exec "$NS")
	mkdir "$DIR"
}

# as_user: nobody, in namespaces of their own; they may not be able to reach this tree
as_user()
{
	local as=(setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups)

	NS=user-$$-$RANDOM
	DIR=$WORK/$NS
	mkdir "$DIR"
	chown $NOBODY "$DIR"
	# shellcheck disable=SC2016 # for the inner shell
	background "${as[@]}" unshare --user --map-root-user --net bash -c ': >"$1"; exec sleep 10000' - "$DIR/there"
	wait_for [ -e "$DIR/there" ] || return
	IN=("${as[@]}" nsenter --target "$PID" --user --net --preserve-credentials)
	# so that root can look at it
	ip netns attach "$NS" "$PID"
	_namespaces+=("$NS")
}

# Two pairs of devices: what is sent to one is received at once, what is sent to the other by a timer.
links()
{
	local path

	for path in fast slow; do
		printf '%s\n' "link add to-$path type veth peer name $path address $MAC" \
			"link set to-$path addrgenmode none up" "link set $path addrgenmode none up"
	done
}

# The receiving ends are ports of a bridge.
bridge_links()
{
	links
	printf '%s\n' "link add br0 type bridge" "link set br0 addrgenmode none up" \
		"link set fast master br0" "link set slow master br0"
}

# is KIND PAYLOAD: what nftables has to match
is()
{
	local -A headers=([tcp4]=40 [tcp6]=60 [udp4]=28 [udp6]=48)
	local protocol=ip

	[[ $1 != *6 ]] || protocol=ip6
	echo "meta protocol $protocol meta l4proto ${1%?} meta length $((${headers[$1]} + $2))"
}

# rules inet|bridge PRIORITY: packets of one size are queued there; one step behind tuplestat all are counted and end
rules()
{
	local kind size

	echo "table $1 before { counter queued { }; chain before { type filter hook prerouting priority $2"
	for kind in $KINDS; do
		echo "$(is "$kind" $QUEUED) counter name queued queue num 0"
	done
	echo "}; }"
	echo "table inet behind {"
	for kind in $KINDS; do
		printf "counter ${kind}_%s { }\n" $QUEUED $DIRECT
	done
	echo "chain behind { type filter hook prerouting priority -398"
	for kind in $KINDS; do
		for size in $QUEUED $DIRECT; do
			echo "$(is "$kind" "$size") counter name ${kind}_$size drop"
		done
	done
	echo "}; }"
}

# --- witnesses ---

# count_packets: keeps in $DIR/counters what nftables has counted, "NAME PACKETS BYTES" of each counter
count_packets()
{
	ip netns exec "$NS" nft -j list counters |
		jq -r '.nftables[] | .counter // empty | "\(.name) \(.packets) \(.bytes)"' >"$DIR/counters"
}

# behind: packets that have passed tuplestat
behind()
{
	awk '$1 != "queued" { sum += $2 } END { print sum + 0 }' "$DIR/counters"
}

# all_behind PACKETS: for wait_for
all_behind()
{
	count_packets
	[ "$(behind)" = "$1" ]
}

# by_kind: "KIND PACKETS BYTES", both sizes together
by_kind()
{
	awk '$1 != "queued" { kind = substr($1, 1, 4); packets[kind] += $2; bytes[kind] += $3 }
		END { for (kind in packets) print kind, packets[kind], bytes[kind] }' "$DIR/counters" | sort
}

# flows: the same, as tuplestat counted
flows()
{
	tuplestat -N "$NS" -j | jq -r '.[] | "\(.proto)\(if .orig.addr | contains(":") then 6 else 4 end) " +
		"\(.orig.packets + .reply.packets) \(.orig.ip_bytes + .reply.ip_bytes)"' | sort
}

# --- the race ---

# send NAME DEVICE CPU [OPTION]...: SYNs and datagrams, of IPv4 and IPv6, always of the same four 5-tuples
send()
{
	local options=(--device "$2" --mac "$MAC" --to "$FLOOD4" --to "$FLOOD6" --tuples 2 "${@:4}")

	background taskset -c "$3" "${IN[@]}" "$DIR/flood" "${options[@]}" >"$DIR/$1-udp"
	senders+=("$PID")
	background taskset -c "$3" "${IN[@]}" "$DIR/flood" "${options[@]}" --syn >"$DIR/$1-tcp"
	senders+=("$PID")
}

# race NAME LINKS RULES...: in the place that as_root or as_user has made
race()
{
	local name=$1 senders=() queue sent total accepted rc=0

	cp "$TRAFFIC/flood" "$TRAFFIC/nfqueue" "$ROOT/build/tuplestat" "$DIR"
	"$2" | "${IN[@]}" ip -batch -
	"${IN[@]}" tc qdisc add dev to-slow root netem limit 1000000 delay 1ms slot 300us 900us packets 4
	rules "${@:3}" | "${IN[@]}" nft -f -
	"${IN[@]}" "$DIR/tuplestat" start
	background "${IN[@]}" "$DIR/nfqueue" "$DIR/ready" 0 $BATCH >"$DIR/verdicts"
	queue=$PID
	wait_for [ -e "$DIR/ready" ]

	send direct to-slow 0 --size $DIRECT --rate 1000
	send queued to-fast "$last_cpu" --size $QUEUED
	pause "$DURATION"
	kill "${senders[@]}"
	wait "${senders[@]}" || true
	sent=$(cat "$DIR"/{direct,queued}-* | jq -s 'map(.packets) | add')
	wait_for -t 60 all_behind "$sent" || true
	check_equal "$name: what was sent has passed, nftables says" "$sent" "$(behind)"
	read -r _ _ _ _ _ _ _ total _ < <(ip netns exec "$NS" cat /proc/net/netfilter/nfnetlink_queue)
	kill "$queue"
	wait "$queue" || rc=$?
	check_equal "$name: the kernel took every verdict" 0 $rc
	REPORT=$(<"$DIR/verdicts")
	accepted=$(reported packets)
	note "$name: $sent packets, $accepted of them in process context, by $(reported verdicts) verdicts"
	check "$name: the hook has seen $REINJECTED packets or more in process context" [ "$accepted" -ge "$REINJECTED" ]
	check_equal "$name: the queue had as many packets as nftables sent there" \
		"$(awk '$1 == "queued" { print $2 }' "$DIR/counters")" "$total"
	check_equal "$name: four flows, with all packets and bytes" "$(by_kind)" "$(flows)"
	check_exact "$name" "$NS"
}

# --- what this kernel has ---

as_root
"${IN[@]}" tc qdisc add dev lo root netem delay 1ms || skip_all "no netem in this kernel"
"${IN[@]}" nft 'table inet q { chain q { type filter hook prerouting priority -450; meta length 1 queue num 0; }; }' ||
	skip_all "no NFQUEUE in this kernel"

as_root
race root links inet -450
if [ -e /proc/self/ns/user ] && as_user; then
	race "an unprivileged user" links inet -450
else
	skip "an unprivileged user" "no user namespaces"
fi
as_root
if modprobe br_netfilter; then
	race "bridge" bridge_links bridge -300
else
	skip bridge "no br_netfilter in this kernel"
fi
finish
