#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# What -j prints of the kernel module's answers is as tuplestat.schema.json says, events among them, also after some were
# missed; and the columns, in text, TSV and Zeek's log, have what JSON has. Of captures: unit/test_schema.sh.
. "${0%/*}/events_lib.sh"
. "${0%/*}/schema_lib.sh"
need jq python3 script

load_module
setup_tmp
setup_ns A
tuplestat -N "$A" start
cd "$WORK" || exit

# older SECONDS: for wait_for: both connections are
older()
{
	tuplestat -N "$A" --format tsv -H -o age tcp | awk -v than="$1" '{ older += $1 > than } END { exit older != 2 }'
}

# --- flows, and what JSON says of them ---

monitor events "$A" -j monitor
converse "$A" "$A" tcp thanks 127.0.0.1 5000 40000
converse "$A" "$A" tcp thanks ::1 5000 40001
client "$A" udp flood 127.0.0.1 5001 --source-port 10000 --ports 100 --count 100

outputs=()

# print FILE NAME WORD...: what the command prints, to be compared with NAME
print()
{
	tuplestat -N "$A" -j "${@:3}" >"$1"
	outputs+=("$2" "$1")
}

print flows flows
print show flows show tcp
print groups groups group by dport
print hosts groups group by host-pair
print summary summary summary
print stats stats stats
print check check check
print config config config

# --- the same in columns ---

tuplestat -N "$A" --format tsv -H >table
check_equal "a line a flow" 102 "$(wc -l <table)"
for column in orig.addr reply.port orig.packets reply.ip_bytes orig.payload_bytes state conn_state; do
	check_equal "TSV has what JSON has: $column" "$(jq -r ".[].$column" flows | sort)" \
		"$(tuplestat -N "$A" --format tsv -H -o "$column" | sort)"
done
for column in first last first_monotonic; do
	check_equal "TSV has what JSON has: $column" "$(grep -o "\"$column\":[0-9.]*" flows | cut -d: -f2 | sort)" \
		"$(tuplestat -N "$A" --format tsv -H -o "$column" | sort)"
done
check_equal "titles are the names" "$(tuplestat help words | sed -n 's/^column //p' | head -n 47 | tr '\n' '\t' | sed 's/\t$//')" \
	"$(tuplestat -N "$A" --format=tsv limit 1 | head -n 1)"

# A flow began before it was seen last, and that was before now; ages grow.
tuplestat -N "$A" --format tsv -H -o duration,idle,age tcp >ages
# shellcheck disable=SC2016 # for awk
check "ages: idle and duration are the age" awk '{ sum = $1 + $2; bad += sum - $3 > 1e-6 || $3 - sum > 1e-6 || $2 <= 0 }
	END { exit bad || NR != 2 }' ages
read -r _ _ before < <(sort -k 3 ages)
check "and it grows" wait_for older "$before"

# --- a conn.log ---

tuplestat -N "$A" --format zeek >conn.log
tuplestat -N "$A" --format zeek -H >again
check_equal "a uid for each flow" 102 "$(cut -f 2 again | sort -u | wc -l)"
check_equal "which stays the same" "$(grep -v '^#' conn.log | cut -f 1-6 | sort)" "$(cut -f 1-6 again | sort)"
check_equal "states as in JSON" "$(jq -r '.[].conn_state' flows | sort)" "$(cut -f 12 again | sort)"

# --- a terminal ---

# on_terminal [NAME=VALUE]... WORD...: what the command writes to a terminal
on_terminal()
{
	script -qefc "env TERM=xterm $*" /dev/null </dev/null
}

# is_plain [NAME=VALUE]... WORD...: it writes the flows, and no color
is_plain()
{
	local output

	output=$(on_terminal "$@")
	[[ $output == *TIME_WAIT* && $output != *"${escape}[3"* ]]
}

escape=$'\033'
check "in colors" grep -q "$escape\[36mTIME_WAIT" <(on_terminal tuplestat -N "$A" -n tcp)
check "but for NO_COLOR" is_plain NO_COLOR=1 tuplestat -N "$A" -n tcp
check "or a terminal that is dumb" is_plain TERM=dumb tuplestat -N "$A" -n tcp
check "or --color=never" is_plain tuplestat -N "$A" -n --color=never tcp
check "and they are no more than colors" cmp <(tuplestat -N "$A" -n tcp) \
	<(tuplestat -N "$A" -n -c tcp | sed "s/$escape\[[0-9]*m//g")

# --- completion ---

# shellcheck source=../userspace/tuplestat.bash-completion
. "$ROOT/userspace/tuplestat.bash-completion"
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_LINE="tuplestat -N $A dport 50"
COMP_POINT=${#COMP_LINE}
# completes WORDS: for wait_for: on a busy machine, a second may be too short for the answer
completes()
{
	_tuplestat tuplestat
	[ "${COMPREPLY[*]}" = "$1" ]
}

check "ports of flows that there are" wait_for completes "5000 5001"

# --- what ends, and what is missed ---

print deleted deleted flush udp
check "every end was told of" wait_for printed_all events "$A"
ended events
outputs+=(monitor+ events)
check_equal "the monitor ends well" 0 "$STATUS"

# One that is stopped, with little room: it is told of more than it can take.
monitor lost "$A" -j monitor buffer 2048
signal STOP lost
client "$A" udp flood 127.0.0.1 5002 --source-port 10000 --ports 2000 --count 2000
signal CONT lost
check "it missed some" wait_for -t 60 grep -q '^{"missed"' lost
check "and says how the flows are" wait_for -t 60 grep -q '"resync"' lost
ended lost
outputs+=(monitor+ lost)

check_schema "${outputs[@]}"
check_equal "members that no capture has were there" "stats.not_ip" "$(tr ' ' '\n' <<<"$UNSEEN" |
	grep -E '^(stats|check|config|deleted)\.|^monitor\.[a-z_]*$' | grep -vE 'monitor.(synack|ackdat|tcprtt|rtt_ambiguous)')"
finish
