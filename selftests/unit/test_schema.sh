#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What -j prints of a capture is as tuplestat.schema.json says, which allows no member that it does not name. The same
# of the kernel module's answers is in json_schema.sh.
. "$(dirname "$0")/../schema_lib.sh"
need jq tcpdump python3

setup_tmp
"$SELFTESTS/gen_packets.py" accepted "$WORK/all.pcap" >"$WORK/count"
tcpdump -r "$WORK/all.pcap" -c 20 -w "$WORK/few.pcap" 2>"$WORK/tcpdump"
cd "$WORK" || exit

# print FILE NAME WORD...: what the command prints, to be compared with NAME
print()
{
	tuplestat -j -r "${@:3}" >"$1"
	outputs+=("$2" "$1")
}

print flows flows all.pcap
print pretty flows few.pcap -p
print none flows few.pcap port 1
print show flows few.pcap show tcp
for key in src dst sport dport host-pair proto state conn; do
	print "group-$key" groups all.pcap group by $key limit 50
done
print no-groups groups few.pcap port 1 group by src
print summary summary all.pcap summary
print summary-none summary few.pcap summary port 1
print stats stats all.pcap stats
check_schema "${outputs[@]}"
# Those that only the kernel module has
check_equal "every other member was there" "flows.first_monotonic stats.events stats.events.lost stats.events.seq stats.seen_before \
stats.seen_before.bytes stats.seen_before.packets stats.table.max_flows" "$UNSEEN"

# --- the schema's own lists, beside the command's ---

names()
{
	jq -r --arg name "$1" '.["$defs"][$name].enum[]' "$SCHEMA" | grep -vx UNKNOWN | sort
}

check_equal "states" "$(tuplestat help words | sed -n 's/^state //p' | tr a-z- A-Z_ | sort)" "$(names state)"
check_equal "verdicts" "$(tuplestat help words | sed -n 's/^verdict //p' | sort)" "$(names conn_state)"

# --- what is not as the schema says is found ---

bad=() wrong=()

# make_bad WHAT NAME EXPRESSION: of jq, which makes something else of a good file of that name
make_bad()
{
	jq "$3" "$2" >"bad-${#wrong[@]}"
	bad+=("$2" "bad-${#wrong[@]}")
	wrong+=("$1")
}

make_bad "an unknown member of a flow" flows '.[0].colour = 1'
make_bad "an unknown member of a side" flows '.[0].orig.colour = 1'
make_bad "an unknown flag" flows 'map(select(.proto == "tcp")) | .[0].reply.flags.ns = 1'
make_bad "a member that is missing" flows 'del(.[0].history)'
make_bad "a side without a port" flows 'del(.[0].reply.port)'
make_bad "a member of TCP, of UDP" flows 'map(select(.proto == "udp")) | .[0].midstream = true'
make_bad "TCP without flags" flows 'map(select(.proto == "tcp")) | del(.[0].orig.flags)'
make_bad "a state that there is not" flows '.[0].state = "OPEN"'
make_bad "text for a number" flows '.[0].first = "1700000000"'
make_bad "a negative number" flows '.[0].orig.packets = -1'
make_bad "an unknown member of the summary" summary '.handshakes.colour = 1'
make_bad "an unknown member of the statistics" stats '.live.colour = 1'
make_bad "an object for an array" flows '.[0]'
mapfile -t verdicts < <(python3 "$SELFTESTS/json_schema.py" "$SCHEMA" "${bad[@]}")
for i in "${!wrong[@]}"; do
	check "found: ${wrong[i]}" [ "${verdicts[i]%% *}" = bad ]
done
finish
