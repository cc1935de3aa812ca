#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Nothing is lost under a flood: what two senders sent at once is what was seen, each packet is in the ledger once, and
# the ledger can be proved at any time meanwhile. First with room for all flows, then with room for a quarter of them.
. "${0%/*}/flood_lib.sh"
need nft jq

scaled TUPLES 10000 100000
scaled PACKETS 100000 2000000
load_module
setup_tmp
setup_ns A B
flood_path "$A" "$B"
# Both senders send from all tuples, by datagrams of different sizes.
# shellcheck disable=SC2153 # scaled has set it
readonly EACH=$((PACKETS / 2))

# two_senders NAME: proves the ledger while they send
two_senders()
{
	local first second

	begin_flood "$1-small" "$A" "$B" --tuples "$TUPLES" --count $EACH --size 17
	first=$PID
	begin_flood "$1-large" "$A" "$B" --tuples "$TUPLES" --count $EACH --size 800
	second=$PID
	watch_ledger "$B" "$1" "$first" "$second"
	wait "$first" "$second"
}

# --- room for all ---

tuplestat -N "$B" start
two_senders roomy
name="$TUPLES tuples, $PACKETS packets"
wanted=$(sent roomy-small roomy-large)
check_arrived "$B" "$wanted"
check_equal "$name: seen = sent, packets and bytes" "$wanted" "$(stats "$B" '.seen | "\(.packets) \(.bytes)"')"
check_equal "$name: unexplained, packets and bytes" "0 0" "$(stats "$B" '.unexplained | "\(.packets) \(.bytes)"')"
check_equal "$name: a flow for each tuple, with all that was sent" "$TUPLES $wanted" \
	"$(stats "$B" '.live | "\(.flows) \(.packets) \(.bytes)"')"
check_exact "$name" "$B"
check_watched "$name" roomy

# Each flow has the share of its tuple, of either sender. By its port either end may look like the originator.
tuplestat -N "$B" -n >"$WORK/flows"
check_equal "$name: packets of each flow" "$((PACKETS / TUPLES))" \
	"$(awk 'NR > 1 { split($6, of, "/"); sum = of[1] + of[2]; if (!seen[sum]++) print sum }' "$WORK/flows")"

# --- room for a quarter: each new flow makes another end, also while the ledger is added up ---

tuplestat -N "$B" stop
tuplestat -N "$B" set max-flows $((TUPLES / 4))
before=$(stats "$B" '.seen | "\(.packets) \(.bytes)"')
tuplestat -N "$B" start
two_senders crowded
name="room for $((TUPLES / 4)) of $TUPLES tuples, $PACKETS packets"
read -r packets bytes <<<"$(sent crowded-small crowded-large)"
check_equal "$name: seen = sent, packets and bytes" "$((${before% *} + packets)) $((${before#* } + bytes))" \
	"$(stats "$B" '.seen | "\(.packets) \(.bytes)"')"
check "$name: flows had to go" [ "$(line "$B" lack-of-resources flows)" -gt "$TUPLES" ]
check_exact "$name" "$B"
check_watched "$name" crowded
finish
