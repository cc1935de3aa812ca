#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The two exchanges of the lecture (traffic.h draws them): what tuplestat says of them, and that its ladder has the arrows
# of the drawings, in order, as a capture has them too.
. "${0%/*}/handshake_lib.sh"
need tcpdump tshark jq

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,fd00::2/64
# Nobody in the drawings sends a FIN twice; a guest that is slow for a moment would (tail loss probes).
for ns in "$A" "$B"; do
	ip netns exec "$ns" bash -c 'echo 0 >/proc/sys/net/ipv4/tcp_early_retrans'
done
tuplestat -N "$A" start
tuplestat -N "$B" start
capture "$A" veth0

converse "$B" "$A" tcp general 10.0.0.2 5000 40000
converse "$B" "$A" tcp general fd00::2 5000 40001 --count 3
converse "$B" "$A" tcp thanks 10.0.0.2 5001 40002
converse "$B" "$A" tcp thanks fd00::2 5001 40003
capture_end 10.0.0.2

# Drawing (a): the client has the first word and the first FIN.
check_says "general" "TIME_WAIT SF ShADadFf" "$A" port 40000
check_says "general, IPv6" "TIME_WAIT SF ShADadFf" "$A" port 40001
# Drawing (b): the client never sends data; the server closes first.
check_says "thanks" "TIME_WAIT SF ShAdfFa" "$A" port 40002
check_says "thanks, IPv6" "TIME_WAIT SF ShAdfFa" "$A" port 40003
check_says "general, where the server is" "TIME_WAIT SF ShADadFf" "$B" port 40000
check_says "thanks, where the server is" "TIME_WAIT SF ShAdfFa" "$B" port 40002

# drawn PORT: from the capture, the ladder as it should be: the handshake, what is in between in one line, and from the
# first FIN on each segment, but no second ACK of one side: some kernels (5.10) tell their window anew when the
# application has read to the end.
drawn()
{
	awk -v client="$1" '$1 == client || $2 == client {
		to = $1 == client ? ">" : "<"
		label = $3 ? "SYN" : $5 ? "FIN" : ""
		label = label (label && $4 ? ", " : "") ($4 ? "ACK" : "")
		closing = closing || $5
		if (++n > 3 && (!closing || label == "ACK" && acked[to]++)) {
			between = 1
			next
		}
		if (between)
			print "..."
		between = 0
		print to " " label
	}' "$WORK/dissected"
}

# The lines of both sides that stand for what is in between are one here.
without_middle()
{
	awk '$2 == "..." { $0 = "..." } $0 != last { print } { last = $0 }' <<<"$LADDER"
}

dissect tcp.srcport tcp.dstport tcp.flags.{syn,ack,fin}
for port in 40000 40001 40002 40003; do
	show "$A" port $port
	check_equal "the ladder of port $port has the arrows of the capture" "$(drawn $port)" \
		"$(without_middle)"
done

show "$A" port 40000
check_equal "general: the arrows of the drawing" "> SYN
< SYN, ACK
> ACK
> ... 2 segments, 32 B ...
< ... 2 segments, 32 B ...
> FIN, ACK
< ACK
< FIN, ACK
> ACK" "$LADDER"
check_equal "general: who closed" "completed; closed by the client first" "$SENTENCE"
show "$A" port 40002
# The data and the FIN behind it may be acknowledged by one segment or by two.
check_equal "thanks: the arrows of the drawing" "> SYN
< SYN, ACK
> ACK
< ... 1 segment, 24 B ...
< FIN, ACK
> ACK
> FIN, ACK
< ACK" "$(grep -v "^= ... more segments\|^> ... 1 segment, no data" <<<"$LADDER")"
check_equal "thanks: who closed" "completed; closed by the server first" "$SENTENCE"

# Where the locale has them, the arrows are drawn with lines.
shown=$(LC_ALL=C.UTF-8 tuplestat -n -N "$A" show port 40000)
check "drawn in UTF-8 where the locale says so" grep -q "│─* SYN ─*▶│" <<<"$shown"
check "never in a locale without it" [ -z "$(LC_ALL=C tuplestat -n -N "$A" show port 40000 | tr -d '\0-\177')" ]
finish
