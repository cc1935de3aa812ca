#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Filters that the kernel evaluates: what a dump with terms brings is what filters.py, with rules of its own, picks from
# a dump without; and of many flows only those that are asked for cross to userspace. FLOWS is how many flows that is.
. "$(dirname "$0")/lib.sh"
need python3 nft

readonly FLOWS=${FLOWS:-5000}
# Of the many flows, none is to be taken for an answer by its port, as one from udp/20000 would be.
load_module server_ports=tcp/80
setup_ns A
ip -n "$A" -batch - <<-END
	link add nobody type dummy
	address add 10.9.0.1/24 dev nobody
	address add fd00:9::1/64 dev nobody nodad
	link set nobody up
	address add 10.1.0.1/32 dev lo
	address add 10.1.0.2/32 dev lo
	address add 10.2.0.1/32 dev lo
	address add fd00:1::1/128 dev lo nodad
	address add fd00:1::2/128 dev lo nodad
	address add fd00:2::1/128 dev lo nodad
END
# Where tuplestat has seen it, the answer to a SYN is lost.
ip netns exec "$A" nft -f - <<-END
	table inet lost {
		chain incoming {
			type filter hook prerouting priority raw;
			tcp sport 7011 tcp flags & (syn | ack) == syn | ack drop
		}
	}
END
tuplestat -N "$A" start
rc=0
ip netns exec "$A" python3 "$SELFTESTS/filters.py" "$FLOWS" "$TRAFFIC/traffic_client" || rc=$?
exit $rc
