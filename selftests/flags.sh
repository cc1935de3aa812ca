#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each of the eight TCP flags is counted for each direction as a capture in the same namespace has it.
. "$(dirname "$0")/lib.sh"
need tcpdump tshark jq nft python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
tuplestat -N "$A" start
capture "$A" veth0

for addr in 10.0.0.2 fd00::2; do
	converse "$B" "$A" tcp general "$addr" 5000 40000 --count 2
	converse "$B" "$A" tcp thanks "$addr" 5001 40001

	# RST from the responder, who listens on no such port, and from the originator
	client "$A" tcp general "$addr" 5002 --source-port 40002 2>/dev/null || true
	serve "$B" tcp general "$addr" 5003
	client "$A" tcp general "$addr" 5003 --source-port 40003 --linger0
	wait "$SERVER"
done

# URG: an octet out of band; the server, which does not ask for it, sees only the other 32.
serve "$B" tcp general 10.0.0.2 5004
ip netns exec "$A" python3 - <<-END
	import socket
	tcp = socket.create_connection(("10.0.0.2", 5004), source_address=("10.0.0.1", 40004))
	tcp.send(b"!", socket.MSG_OOB)
	tcp.send(32 * b"x")
	tcp.recv(32, socket.MSG_WAITALL)
	tcp.close()
END
wait "$SERVER"

# ECE and CWR: both in the handshake, where ECN is asked for; then a router marks what comes to B as congested, B
# echoes that, and A says that it slows down.
for ns in "$A" "$B"; do
	ip netns exec "$ns" bash -c 'echo 1 >/proc/sys/net/ipv4/tcp_ecn'
done
ip netns exec "$B" nft -f - <<-END
	table ip congested {
		chain incoming {
			type filter hook prerouting priority raw;
			tcp dport 5005 ip ecn ect0 ip ecn set ce
		}
	}
END
converse "$B" "$A" tcp general 10.0.0.2 5005 40005 --count 3

wait_for settled "$A" "$B"
capture_end 10.0.0.2
check_witness "over IPv4, flags as captured" "$A" flags tcp4
check_witness "over IPv6, flags as captured" "$A" flags tcp6

# The comparison says something about a flag only where the capture has some.
# shellcheck disable=SC2016 # of awk
check "all eight flags were in the capture" awk '{ for (i = 9; i <= 16; i++) seen[i] += $i }
	END { for (i = 9; i <= 16; i++) if (!seen[i]) { print "none in column " i; exit 1 } }' "$WORK/packets"
finish
