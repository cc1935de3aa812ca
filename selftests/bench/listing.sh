#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1000000000 (boot.sh has the real one: this clock leaps while the guest waits for its disk)
# What it costs to ask: a list of 50,000 flows as text and as JSON, one flow by its port, one by its 5-tuple; and what a
# flow takes of memory.
. "$(dirname "$0")/lib.sh"
need nft jq conntrack

readonly FLOWS=50000 PORT=20000

# asked ROW SUBJECT PER COMMAND...: what it takes, from fork to exit, divided by PER
asked()
{
	local runs=3 took=() i

	# which takes minutes
	[ "$2" != nft ] || runs=1
	for ((i = 0; i < runs; i++)); do
		REPORT=$(ip netns exec "$F" "$BENCH/timed" "${@:4}")
		[ "$(reported status)" -eq 0 ] || fail "$1 $2" "${*:4}: $REPORT"
		took+=("$(reported ns)")
	done
	note "$1 $2: ${took[*]}"
	figure "$1" "$2" $(($(least "${took[@]}") / $3))
}

# kernel_side SUBJECT
kernel_side()
{
	REPORT=$(ip netns exec "$F" "$BENCH/read_dump" "$1")
	figure list-kernel "$1" $(($(reported ns) / FLOWS))
	figure list-bytes "$1" $(($(reported bytes) / FLOWS))
}

# slab: each cache: objects given out, and their size
slab()
{
	awk 'NR > 2 { print $1, $2, $4 }' /proc/slabinfo
}

# slab_bytes: a flow, since "slab" has written $WORK/slab: of caches that have an object more for each of the flows. Others
# grow and shrink by themselves.
slab_bytes()
{
	slab | awk -v flows=$FLOWS 'FILENAME != "-" { before[$1] = $2; next }
		{ sum += int(($2 - before[$1]) / flows + 0.5) * $3 } END { print sum + 0 }' "$WORK/slab" -
}

ask_tuplestat()
{
	kernel_side tuplestat
	asked list-text tuplestat "$FLOWS" tuplestat -n
	asked list-json tuplestat "$FLOWS" tuplestat -j
	asked one-by-port tuplestat 1000 tuplestat -n udp sport "$PORT"
	asked one-by-tuple tuplestat 1000 tuplestat -n udp src 10.128.0.1 sport "$PORT" dst "$SERVER4" dport 5000
}

ask_conntrack()
{
	kernel_side conntrack
	asked list-text conntrack "$FLOWS" conntrack -L
	asked one-by-port conntrack 1000 conntrack -L -p udp --sport "$PORT"
	asked one-by-tuple conntrack 1000 conntrack -G -p udp -s 10.128.0.1 --sport "$PORT" -d "$SERVER4" --dport 5000
}

ask_nft()
{
	asked list-text nft "$FLOWS" nft -n list set inet flows flows4
	asked list-json nft "$FLOWS" nft -nj list set inet flows flows4
	asked one-by-tuple nft 1000 nft get element inet flows flows4 \
		"{ 10.128.0.1 . $PORT . $SERVER4 . 5000 . udp }"
}

path
setup_tmp
for subject in "${SUBJECTS[@]}"; do
	[[ $subject != nothing && $subject != hook ]] || continue
	begin "$subject"
	slab >"$WORK/slab"
	send_packets udp 4 --flows $FLOWS
	figure slab-bytes "$subject" "$(slab_bytes)"
	ask_"$subject"
	check_equal "$subject has what was sent" $FLOWS "$(flows_of "$subject")"
	end "$subject"
done
finish
