# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of "export" share beyond events_lib.sh: collectors and exporters.
. "${BASH_SOURCE[0]%/*}/events_lib.sh"

declare -A _collector

# collector NAME NS udp|tcp ADDR PORT [DOMAIN]: ipfix_collector.py, which listens when this returns; NS may be none: ''.
# Records come to $WORK/NAME, a line each.
collector()
{
	setup_tmp
	rm -f "$WORK/$1" "$WORK/$1.end"
	background ${2:+ip netns exec "$2"} /usr/bin/python3 -S "$SELFTESTS/ipfix_collector.py" "$3" "$4" "$5" "$WORK/$1" \
		"${@:6}"
	_collector[$1]=$PID
	wait_for -t 60 [ -e "$WORK/$1" ]
}

# collector_end NAME [SIGNAL]: has it end; what it has to say of it all is then in $WORK/NAME.end
collector_end()
{
	kill -"${2:-TERM}" "${_collector[$1]}"
	wait "${_collector[$1]}" 2>/dev/null || true
}

# of_collector NAME EXPRESSION: of jq, on what it said at its end
of_collector()
{
	jq -c -r "$2" "$WORK/$1.end"
}

# has_records NAME COUNT: for wait_for: so many or more have come
has_records()
{
	[ "$(wc -l <"$WORK/$1")" -ge "$2" ]
}

# sums NAME: packets and bytes of all records that came to a collector, both directions
sums()
{
	jq -s -r '"\(map(.packetDeltaCount + .["reverse packetDeltaCount"]) | add) \(
		map(.octetDeltaCount + .["reverse octetDeltaCount"]) | add)"' "$WORK/$1"
}

# exporter NAME NS HOME WORD...: tuplestat export ipfix WORD... of the flows of NS, called in HOME; it follows them when
# this returns. What it says is in $WORK/NAME.err.
exporter()
{
	setup_tmp
	background ip netns exec "$3" tuplestat -N "$2" export ipfix "${@:4}" 2>"$WORK/$1.err"
	_listener[$1]=$PID
	wait_for -t 30 grep -q "^exporting to" "$WORK/$1.err"
}

# ledger NS: packets and bytes of all flows, live and ended
ledger()
{
	stats "$1" '[.live, .ended[]] | "\(map(.packets) | add) \(map(.bytes) | add)"'
}
