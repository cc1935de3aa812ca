#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two connections one after the other from the same source port are two records: the first one has ended, and is in the
# ledger as such; the second one is live, with its own times and counts.
. "${0%/*}/handshake_lib.sh"
need nft jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
tuplestat -N "$A" start

# The server closes first: the client's port is free at once.
converse "$B" "$A" tcp thanks 10.0.0.2 5000 40000
check_says "the first connection" "TIME_WAIT SF ShAdfFa" "$A" port 40000
first=$(member "$A" .first port 40000)
packets=$(member "$A" '.orig.packets + .reply.packets' port 40000)
check_equal "nothing has ended" 0 "$(stats "$A" '.ended | map(.flows) | add // 0')"

peer_start client "$A"
serve "$B" tcp general 10.0.0.2 5000
peer client connect 10.0.0.1 40000 10.0.0.2 5000
check_says "the second connection is another record" "ESTABLISHED S1 ShA" "$A" port 40000
check_equal "it has packets of its own only" 3 "$(member "$A" '.orig.packets + .reply.packets' port 40000)"
check "it began later" [ "$first" "<" "$(member "$A" .first port 40000)" ]
check_equal "the first one has ended, with its packets, as a flow whose end was seen" "1 $packets" \
	"$(stats "$A" '.ended[] | select(.reason == "end-of-flow") | "\(.flows) \(.packets)"')"
check_equal "the ledger balances" 0 "$(stats "$A" .unexplained.packets)"

# In an open connection a SYN proves nothing (RFC 5961): the hosts go on, and so does the record.
peer client segment 10.0.0.1 40000 10.0.0.2 5000 S 12345 0 0
check_equal "a SYN into an open connection: the same record" "ESTABLISHED 1" \
	"$(member "$A" .state port 40000) $(stats "$A" '.ended | map(.flows) | add')"
finish
