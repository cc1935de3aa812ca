#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel and a replay of what it received say the same: packets of every kind come in by a tun device, and a capture
# of that device gives "tuplestat -r" the same records with the same counts, and the same ledger. What was damaged at
# random is in the ledger too, as far as the kernel lets it through to the hooks.
. "$(dirname "$0")/wire_lib.sh"
need tcpdump nft jq python3

SNAPLEN=2048 # whole packets
load_module
setup_tmp
setup_ns A B
tun_device "$A" "$B"
for ns in "$A" "$B"; do
	count_hooks "$ns"
	tuplestat -N "$ns" start
done

# send NS KIND: prints how many
send()
{
	PYTHONDONTWRITEBYTECODE=1 ip netns exec "$1" /usr/bin/python3 "$SELFTESTS/gen_packets.py" "$2" tun0 "$_MARK"
}

capture "$A" tun0
sent=$(send "$A" accepted)
stop_capture
# Before anything else: a flow is forgotten a minute after its last packet at the earliest.
tuplestat -N "$A" -j >"$WORK/flows"
tuplestat -N "$A" -j stats >"$WORK/stats-kernel"
check "more than 9000 packets were sent" [ "$sent" -gt 9000 ]
check_equal "all of them came to the hooks" "$sent 0" "$(hook_packets "$A" in) $(hook_packets "$A" out)"
check_equal "all of them are in the capture" "$sent" "$(tcpdump -r "$CAPTURE" --count 2>/dev/null | tr -dc 0-9)"

# Of all that there is about a flow, only times differ: the capture has its own clock.
flows='sort_by([.proto, .orig.addr, .orig.port, .reply.addr, .reply.port])[] |
	del(.first, .last, .duration, .synack, .ackdat, .tcprtt, .first_monotonic)'
jq -c "$flows" "$WORK/flows" >"$WORK/kernel"
tuplestat -j -r "$CAPTURE" >"$WORK/records"
jq -c "map(select(.end_reason == null)) | $flows" "$WORK/records" >"$WORK/replay"
check "more than 2000 flows are live" [ "$(wc -l <"$WORK/kernel")" -gt 2000 ]
compare_lines "the live flows" "$WORK/replay" "$WORK/kernel"

check "more than 100 flows have ended" [ "$(jq 'map(select(.end_reason)) | length' "$WORK/records")" -gt 100 ]
jq '{seen, live, ended, unattributed, unexplained}' "$WORK/stats-kernel" >"$WORK/kernel"
tuplestat -j -r "$CAPTURE" stats >"$WORK/stats-replay"
jq '{seen, live, ended, unattributed, unexplained}' "$WORK/stats-replay" >"$WORK/replay"
compare_lines "the ledger: seen, live, ended and unattributed, each with its reason" "$WORK/replay" "$WORK/kernel"
check "packets of no flow have every reason that they can have" jq -e \
	'.unattributed | map(select(.packets > 0).reason) | contains(["protocol", "fragment", "truncated", "malformed",
	"extension-headers"])' "$WORK/kernel"
check_ledgers "the ledger balances" "$A"
check "so does that of the replay" jq -e '.unexplained == {"packets": 0, "bytes": 0}' "$WORK/stats-replay"

sent=$(send "$B" hostile)
tuplestat -N "$B" -j >"$WORK/flows"
live=$(stats "$B" .live)
reached=$(hook_packets "$B" in)
check "of the damaged packets some came to the hooks, and some did not" [ "$reached" -gt 3000 -a "$reached" -lt "$sent" ]
check_equal "seen is what nftables counted there, in packets and in bytes" "$reached $(hook_bytes "$B" in)" \
	"$(stats "$B" '"\(.seen.packets) \(.seen.bytes)"')"
check_ledgers "the ledger balances" "$B"
# shellcheck disable=SC2016 # for jq
check "the flows add up to what is live" jq -e --argjson live "$live" -n \
	'[inputs[] | .orig, .reply] | (map(.packets) | add) == $live.packets and (map(.ip_bytes) | add) == $live.bytes' \
	"$WORK/flows"
finish
