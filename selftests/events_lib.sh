# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of events share beyond flood_lib.sh: listeners, the command's and one of our own (event_listener.c).
. "${BASH_SOURCE[0]%/*}/flood_lib.sh"

declare -A _listener

# joined NS PID: for wait_for: it has joined a group of generic netlink (protocol 16)
joined()
{
	ip netns exec "$1" cat /proc/net/netlink | awk -v pid="$2" '
		$2 == 16 && $3 == pid && $4 != "00000000" { found = 1 } END { exit !found }'
}

# monitor NAME NS WORD...: tuplestat WORD..., which is to be a monitor; it listens when this returns. It writes to
# $WORK/NAME and $WORK/NAME.err.
monitor()
{
	setup_tmp
	background tuplestat -N "$2" "${@:3}" >"$WORK/$1" 2>"$WORK/$1.err"
	_listener[$1]=$PID
	wait_for joined "$2" "$PID"
}

# listener NAME NS [BUFFER [PAUSE]]: event_listener; what it counted is in $WORK/NAME when it has ended
listener()
{
	setup_tmp
	# One of the same name may have been there before.
	rm -f "$WORK/$1.ready"
	background ip netns exec "$2" "$TRAFFIC/event_listener" "$WORK/$1.ready" "${@:3}" >"$WORK/$1"
	_listener[$1]=$PID
	wait_for [ -e "$WORK/$1.ready" ]
}

# signal SIGNAL NAME: to a listener of either kind
signal()
{
	kill -"$1" "${_listener[$2]}"
}

# ended NAME [SIGNAL]: ends a listener by TERM, if need be; sets STATUS to its exit status
ended()
{
	STATUS=0
	kill -"${2:-TERM}" "${_listener[$1]}" 2>/dev/null || true
	wait "${_listener[$1]}" 2>/dev/null || STATUS=$?
}

# awaited NAME: waits until a monitor ends of its own accord; sets STATUS
# shellcheck disable=SC2034 # for the tests
awaited()
{
	wait_for -t 30 gone "${_listener[$1]}"
	STATUS=0
	wait "${_listener[$1]}" || STATUS=$?
}

# heard NAME: what an event_listener counted: "EVENTS NEW ESTABLISHED INTERIM END"
heard()
{
	jq -r '"\(.events) \(.new) \(.established) \(.interim) \(.end)"' "$WORK/$1"
}

# event_seq NS: number of the last event
event_seq()
{
	stats "$1" .events.seq
}

# numbered COUNT: for wait_for: in the namespace A, that many events were numbered
numbered()
{
	[ "$(event_seq "$A")" -ge "$1" ]
}

# printed_all NAME NS: for wait_for: the last event that there is has been printed, or reported as missed
printed_all()
{
	local last

	last=$(event_seq "$2")
	tail -n 1 "$WORK/$1" | grep -q "\"seq\":$last,"
}

# flows_in_memory: of all namespaces, in the kernel's own words
flows_in_memory()
{
	# what lies about in the CPUs' own stores is not counted apart from flows
	echo 1 >/sys/kernel/slab/tuplestat_flow/shrink
	awk '{ print $1 }' /sys/kernel/slab/tuplestat_flow/objects
}

# flows_in_memory_are COUNT: for wait_for
flows_in_memory_are()
{
	[ "$(flows_in_memory)" = "$1" ]
}
