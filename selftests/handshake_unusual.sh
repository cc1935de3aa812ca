#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sets of TCP flags that no connection needs, as scanners send them: each is counted under its name, as often as nft
# counts it at the same hook, is named in its flow, and stays inside the equation of the ledger.
. "${0%/*}/handshake_lib.sh"
need nft jq python3

# NAME FLAGS HOW-OFTEN NFT-MATCH
readonly SETS='null 0 1 ==0x0
fin F 2 ==fin
fin FP 1 ==fin|psh
xmas FPU 3 ==fin|psh|urg
syn-fin SF 4 ==syn|fin
syn-rst SR 5 ==syn|rst
fin-rst FR 6 ==fin|rst'

load_module
setup_ns A B
no_ipv6 "$B"
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
rules='' port=5000
while read -r _ _ _ match; do
	rules+="tcp dport $port tcp flags ${match/==/== } counter drop"$'\n'
	port=$((port + 1))
done <<<"$SETS"
# Behind the point where tuplestat counts; and B is not to answer.
ip netns exec "$B" nft -f - <<-END
	table ip witness {
		chain incoming {
			type filter hook prerouting priority -390
			$rules
		}
	}
END
tuplestat -N "$B" start
peer_start a "$A"
peer a segment 10.0.0.1 40100 10.0.0.2 5100 S 1 0 0
port=5000
while read -r _ flags times _; do
	for ((i = 0; i < times; i++)); do
		peer a segment 10.0.0.1 40000 10.0.0.2 $port "$flags" $((1000 + i)) 0 0
	done
	port=$((port + 1))
done <<<"$SETS"

# seen_by_nft PORT
seen_by_nft()
{
	ip netns exec "$B" nft -j list chain ip witness incoming | jq --argjson port "$1" '[.nftables[].rule? // empty |
		select(any(.expr[]; .match?.right == $port)) | .expr[].counter? // empty | .packets] | add'
}

declare -A wanted
port=5000
while read -r name flags times _; do
	check_equal "$name ($flags): nft has seen them" "$times" "$(seen_by_nft $port)"
	check_equal "$name ($flags): the flow names it" "[\"$name\"]" \
		"$(tuplestat -N "$B" -j dport $port | jq -c '.[0].orig.unusual')"
	check "$name ($flags): show says it" grep -q "$name" <(tuplestat -n -N "$B" show dport $port)
	wanted[$name]=$((${wanted[$name]:-0} + times))
	port=$((port + 1))
done <<<"$SETS"
for name in null fin xmas syn-fin syn-rst fin-rst; do
	check_equal "$name: packets and bytes of the statistics" "${wanted[$name]} $((wanted[$name] * 40))" \
		"$(stats "$B" ".unusual.\"$name\" | \"\(.packets) \(.bytes)\"")"
done
check_equal "a SYN is not unusual" null "$(tuplestat -N "$B" -j dport 5100 | jq -c '.[0].orig.unusual')"
check "the ledger balances" tuplestat -N "$B" check
finish
