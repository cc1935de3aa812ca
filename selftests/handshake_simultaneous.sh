#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Both sides open at once (RFC 9293, figure 8): first neither hears of the other, then both send their SYN again, on a path
# so slow that these cross.
. "${0%/*}/handshake_lib.sh"
need tc nft jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
tuplestat -N "$A" start
# The neighbours are known before, or the first SYN would wait for an answer.
ip netns exec "$A" ping -qc 1 10.0.0.2 >/dev/null
for ns in "$A" "$B"; do
	tc -n "$ns" qdisc add dev veth0 root netem delay 500ms || skip_all "no netem in this kernel"
	# behind the point where tuplestat counts
	ip netns exec "$ns" nft -f - <<-END
		table ip deaf {
			chain incoming {
				type filter hook prerouting priority raw
				tcp dport { 40000, 5000 } drop
			}
		}
	END
done

peer_start left "$A"
peer_start right "$B"
# that both are up
peer left buffer 65536
peer right buffer 65536
peer_ask left begin 10.0.0.1 40000 10.0.0.2 5000
peer_ask right begin 10.0.0.2 5000 10.0.0.1 40000
peer_answer left
peer_answer right
check_says "a SYN of each" "SYN_SENT2 S1 Ss" "$A" port 40000
check_sentence "a SYN of each" "opening from both sides at once" "$A" port 40000
check_equal "a SYN of each: in the summary it is not completed" "1 0" \
	"$(tuplestat -N "$A" -j summary | jq -r '.handshakes | "\(.begun) \(.completed)"')"
for ns in "$A" "$B"; do
	ip netns exec "$ns" nft delete table ip deaf
done
peer left opened
peer right opened
peer left send 100
peer right recv 100
check_says "open" "ESTABLISHED S1 Ss*D*" "$A" port 40000
check_equal "a SYN and a SYN-ACK of each" true "$(member "$A" \
	'[.orig.flags, .reply.flags | .syn] | all(. >= 2)' port 40000)"
check_sentence "open" "the handshake is complete, and the connection is open" "$A" port 40000
check_equal "no time that is not ambiguous" true "$(member "$A" '.rtt_ambiguous != false' port 40000)"
check_equal "in the summary it is completed" "1 1" \
	"$(tuplestat -N "$A" -j summary | jq -r '.handshakes | "\(.begun) \(.completed)"')"
peer left close
peer right eof
peer right close
check_says "closed" "TIME_WAIT SF Ss*Ff*" "$A" port 40000
finish
