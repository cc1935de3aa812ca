#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# Damaged and random requests, as root, as root of a user's own namespaces, and as a user who may not: each is
# answered, the kernel has nothing to report, and the module counts as ever: netlink_random.c. SEED=N makes others.
. "$(dirname "$0")/lib.sh"
need nft jq

seed=${SEED:-1}
case ${SCALE:-short} in
full) count=1000000 ;;
debug) count=50000 ;;
*) count=20000 ;;
esac

load_module userns_max_flows=16384
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24

# random NAME COUNT WHO
random()
{
	local output

	if output=$(ip netns exec "$A" "$TRAFFIC/netlink_random" "$seed" "$2" "$3" 2>&1); then
		pass "$1"
		note "$output"
	else
		fail "$1" "$output"
	fi
}

random "root: $count requests are answered" $count root
if [ -e /proc/self/ns/user ]; then
	random "root of a user's own namespaces: $((count / 4)) requests are answered" $((count / 4)) own
else
	skip "root of a user's own namespaces" "no user namespaces in this kernel"
fi
random "who may not: $((count / 10)) requests are refused" $((count / 10)) nobody

# What was at the mercy of all that counts a connection as nft does, at the same hook.
ip netns exec "$A" nft -f - <<-END
	table ip witness {
		chain in {
			type filter hook prerouting priority -300
			tcp sport 5000 counter
		}
	}
END
converse "$B" "$A" tcp general 10.0.0.2 5000 40000 --count 3 --size 200
counted=$(tuplestat -N "$A" -j tcp sport 40000 dport 5000)
check_equal "afterwards: what the programs sent is counted" "$(reported bytes_sent) $(reported bytes_received)" \
	"$(jq -r '.[] | "\(.orig.payload_bytes) \(.reply.payload_bytes)"' <<<"$counted")"
check_equal "afterwards: packets and bytes from the server, as nft counts them" \
	"$(ip netns exec "$A" nft -j list chain ip witness in |
		jq -r '.nftables[] | .rule // empty | .expr[] | .counter // empty | "\(.packets) \(.bytes)"')" \
	"$(jq -r '.[] | "\(.reply.packets) \(.reply.ip_bytes)"' <<<"$counted")"
check "afterwards: the ledger balances" tuplestat -N "$A" check
finish
