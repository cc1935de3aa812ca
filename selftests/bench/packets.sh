#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1000000000 (boot.sh has the real one: this clock leaps while the guest waits for its disk)
# What a packet costs on its way through a forwarder, beyond the same way with nothing loaded: one of an established flow,
# the first of a flow, a SYN where the table is full.
. "$(dirname "$0")/lib.sh"
need nft jq

readonly FLOWS=1000 ROUNDS=20 REPEATS=5 NEW=5000 FULL=4096

# costs ROW SUBJECT KIND FAMILY [OPTION]...: of some runs, beyond nothing; of each run, the first flow is another
declare -A nothing=()
costs()
{
	local row=$1 subject=$2 costs=() i

	for ((i = 0; i < REPEATS; i++)); do
		send_packets "${@:3}" ${STEP:+--first $((i * STEP))}
		costs+=("$COST")
	done
	COST=$(least "${costs[@]}")
	note "$row $subject: ${costs[*]}"
	if [ "$subject" = nothing ]; then
		nothing[$row]=$COST
		figure "$row" nothing "$(difference "$COST" 0)"
	else
		figure "$row" "$subject" "$(difference "$COST" "${nothing[$row]}")"
	fi
}

established()
{
	local kind family

	for kind in udp tcp; do
		for family in 4 6; do
			STEP=$FLOWS costs "established-$kind$family" "$1" $kind $family --flows $FLOWS --warm 2 --rounds $ROUNDS
		done
	done
}

new_flows()
{
	STEP=$NEW costs new-udp4 "$1" udp 4 --flows $NEW --rounds 1
	STEP=$NEW costs new-tcp4 "$1" syn 4 --flows $NEW --rounds 1
}

full_table()
{
	begin "$1" $FULL
	send_packets syn 4 --flows $FULL --first 100000
	STEP=$FULL costs full-syn4 "$1" syn 4 --flows $FULL --first 200000 --rounds 1
	end "$1"
}

# check_forwarded SUBJECT PACKETS: so many more were forwarded than sent. The forwarder says a word of its own now and then;
# conntrack drops what it finds no room for.
check_forwarded()
{
	[ "$1" = conntrack ] || check "$1: all was forwarded that was sent" [ $(($2 >= 0 && $2 < 20)) -eq 1 ]
}

# A kernel that has never loaded a module takes some 280 instructions a packet more than one that has.
path
begin hook
end hook
for subject in "${SUBJECTS[@]}"; do
	before=$(forwarded) SENT=0
	begin "$subject"
	established "$subject"
	[ -z "$(flows_of "$subject")" ] || check "$subject has all flows" [ "$(flows_of "$subject")" -ge $((4 * REPEATS * FLOWS)) ]
	end "$subject"
	begin "$subject"
	new_flows "$subject"
	end "$subject"
	full_table "$subject"
	check_forwarded "$subject" $(($(forwarded) - before - SENT))
done
finish
