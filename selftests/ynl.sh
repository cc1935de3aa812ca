#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# The specification in the hands of others: the kernel tree's ynl drives every operation by it. What it is told is compared
# with what the sending programs say and what nft counted: ynl_client.py.
. "$(dirname "$0")/lib.sh"
need python3 nft
tools=$TRAFFIC/kernel-tools
[ -e "$tools/tools/net/ynl/cli.py" ] || skip_all "no tools/net/ynl: make -C selftests fetches it"

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
silent_neighbour "$A" veth0 10.0.0.99
# All that goes in or out, each packet once
ip netns exec "$A" nft -f - <<-END
	table inet witness {
		counter seen { }
		chain incoming {
			type filter hook prerouting priority raw
			counter name seen
		}
		chain outgoing {
			type filter hook output priority raw
			counter name seen
		}
	}
END
rc=0
PYTHONDONTWRITEBYTECODE=1 ip netns exec "$A" python3 "$SELFTESTS/ynl_client.py" "$tools" \
	"$ROOT/module/uapi/tuplestat.yaml" "$TRAFFIC" "$B" || rc=$?
exit $rc
