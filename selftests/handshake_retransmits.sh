#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Segments that are sent again, and windows of zero, as many as tshark finds in a capture in the same namespace.
. "${0%/*}/handshake_lib.sh"
need nft tcpdump tshark jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
no_aggregates "$A" veth0
no_aggregates "$B" veth0
tuplestat -N "$A" start
# Every fifth segment with data is lost on the way to B, and for the second port also on the way to A, where tuplestat
# and the capture have seen it.
ip netns exec "$B" nft -f - <<-END
	table ip lossy {
		chain incoming {
			type filter hook prerouting priority raw
			tcp dport { 5000, 5001 } meta length > 150 numgen inc mod 5 == 4 drop
			tcp dport 5003 meta length > 150 numgen inc mod 20 == 19 drop
		}
	}
END
ip netns exec "$A" nft -f - <<-END
	table ip lossy {
		chain incoming {
			type filter hook prerouting priority raw
			tcp sport 5001 meta length > 150 numgen inc mod 6 == 5 drop
		}
	}
END
capture "$A" veth0

converse "$B" "$A" tcp general 10.0.0.2 5000 40000 --count 12 --size 200
converse "$B" "$A" tcp general 10.0.0.2 5001 40001 --count 12 --size 200
# nothing is lost
converse "$B" "$A" tcp general 10.0.0.2 5002 40002 --count 12 --size 200
# many segments at once: fast retransmissions, by selective acknowledgments
converse "$B" "$A" tcp general 10.0.0.2 5003 40003 --count 2 --size 60000

# A receiver that does not read: its window fills, and each probe is answered by another one of zero.
peer_start client "$A"
peer_start server "$B"
peer server buffer 4096
peer server listen 10.0.0.2 5004
peer client connect 10.0.0.1 40004 10.0.0.2 5004
peer server accept
peer client fill
filled=${ANSWER#ok }
check "windows of zero are counted" wait_for member_is true "$A" '.reply.zero_windows >= 2' port 40004
peer server recv "$filled"
peer client close
peer server eof
peer server close
wait_for settled "$A" "$B"
capture_end 10.0.0.2
# tshark takes a segment that it sees a few ms after a later one for out of order; at the sender's own device nothing is.
dissect tcp.srcport tcp.dstport tcp.seq_raw tcp.len tcp.analysis.retransmission tcp.analysis.fast_retransmission \
	tcp.analysis.spurious_retransmission tcp.analysis.out_of_order tcp.window_size tcp.flags.reset

# marked FROM TO: by tshark; again FROM TO: segments whose octets were all there before, on our own count
marked()
{
	awk -v from="$1" -v to="$2" '$1 == from && $2 == to && ($5 != "-" || $6 != "-" || $7 != "-" || $8 != "-") { n++ }
		END { print n + 0 }' "$WORK/dissected"
}

again()
{
	awk -v from="$1" -v to="$2" '$1 == from && $2 == to && $4 > 0 {
		for (i = n = 0; i < $4; i += 4)
			n += !(sprintf("%.0f", $3 + i) in seen)
		again += !n
		for (i = 0; i < $4; i += 4)
			seen[sprintf("%.0f", $3 + i)]
	}
	END { print again + 0 }' "$WORK/dissected"
}

for port in 40000 40001 40002 40003; do
	told=$(member "$A" '"\(.orig.retransmits) \(.reply.retransmits)"' port $port)
	check_equal "port $port: retransmits as tshark has them" \
		"$(marked $port 500${port: -1}) $(marked 500${port: -1} $port)" "$told"
	check_equal "port $port: retransmits as counted in the capture" \
		"$(again $port 500${port: -1}) $(again 500${port: -1} $port)" "$told"
	case $port in
	40002) check_equal "port $port: none where nothing was lost" "0 0" "$told" ;;
	40001) check "port $port: some in each direction ($told)" [ $((${told/ /*})) -gt 0 ] ;;
	*) check "port $port: some ($told)" [ "${told% *}" -gt 0 ] ;;
	esac
done
check_equal "no letter t where nothing was lost" ShADadFf "$(member "$A" .history port 40002)"
check "letter T where segments were sent again" member_is true "$A" '.history | test("T")' port 40000
check "letters T and t for either side" member_is true "$A" '.history | test("T") and test("t")' port 40001

zero=$(awk '$1 == 5004 && $9 == 0 && !$10 { n++ } END { print n + 0 }' "$WORK/dissected")
check_equal "windows of zero as captured" "0 $zero" \
	"$(member "$A" '"\(.orig.zero_windows) \(.reply.zero_windows)"' port 40004)"
check "letter w, the responder's" member_is true "$A" '.history | test("w") and (test("W") | not)' port 40004
# Newer kernels drop what they find no room for, so that its sender has to send it again.
check_equal "a probe of the window is nothing sent again" "$(again 40004 5004) $(marked 40004 5004)" \
	"$(member "$A" '"\(.orig.retransmits) \(.orig.retransmits)"' port 40004)"
finish
