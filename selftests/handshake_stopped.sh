#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Handshakes that do not complete: refused, dropped by a firewall, half-open, given up. Where each stopped, and the
# sentence on it.
. "${0%/*}/handshake_lib.sh"
need nft jq python3

load_module
setup_ns A B
veth_pair "$A" veth0 10.0.0.1/24 "$B" veth0 10.0.0.2/24
tuplestat -N "$A" start
tuplestat -N "$B" start
# In A and B "incoming" comes behind the point where tuplestat counts, "wire" before: what is lost there B never sees.
ip netns exec "$B" nft -f - <<-END
	table ip firewall {
		counter dropped { }
		chain incoming {
			type filter hook prerouting priority raw
			tcp dport 5001 tcp sport 40001 counter name dropped
			tcp dport 5001 drop
		}
		chain input {
			type filter hook input priority filter
			tcp dport 5002 reject
			tcp dport 5003 reject with tcp reset
		}
	}
	table netdev wire {
		chain incoming {
			type filter hook ingress device veth0 priority 0
			tcp dport 5005 tcp flags & (syn | ack) == ack drop
		}
	}
END
ip netns exec "$A" nft -f - <<-END
	table ip firewall {
		chain incoming {
			type filter hook prerouting priority raw
			tcp sport 5004 drop
		}
	}
END
# Three SYNs, 1 s and 2 s apart, and no more, however slow this machine is; newer kernels send the first few each second,
# and do not count these.
ip netns exec "$A" bash -c 'cd /proc/sys/net/ipv4
	echo 2 >tcp_syn_retries
	[ ! -e tcp_syn_linear_timeouts ] || echo 0 >tcp_syn_linear_timeouts'

# begin PORT SOURCE-PORT [OPTION]...: a client in the background, which may never succeed
begin()
{
	background ip netns exec "$A" "$TRAFFIC/traffic_client" tcp general 10.0.0.2 "$1" --source-port "$2" "${@:3}" \
		2>/dev/null
}

# dropped COUNT: the firewall of B has that many SYNs
dropped()
{
	[[ $(ip netns exec "$B" nft list counter ip firewall dropped) == *"packets $1 "* ]]
}

# This one takes seconds; what follows goes on meanwhile.
begin 5001 40001

client "$A" tcp general 10.0.0.2 5000 --source-port 40000 2>/dev/null || true
check_says "refused, nobody listens" "CLOSE REJ Sr" "$A" port 40000
check_sentence "refused" "refused by the server with a RST" "$A" port 40000
check_equal "refused: the ladder" $'> SYN\n< RST, ACK' "$LADDER"
check_says "refused, where the server is" "CLOSE REJ Sr" "$B" port 40000
client "$A" tcp general 10.0.0.2 5003 --source-port 40003 2>/dev/null || true
check_says "refused by a firewall with a RST" "CLOSE REJ Sr" "$A" port 40003
# An ICMP error is not a segment: the SYN has no answer.
client "$A" tcp general 10.0.0.2 5002 --source-port 40002 2>/dev/null || true
check_says "rejected by a firewall with ICMP" "SYN_SENT S0 S" "$A" port 40002

serve "$B" tcp general 10.0.0.2 5004 --timeout 100
begin 5004 40004
check_says "the SYN-ACK is lost" "SYN_RECV S1 Sh" "$A" port 40004
check_sentence "the SYN-ACK is lost" "half-open: the client has not acknowledged the SYN-ACK" "$A" port 40004

# The ACK is lost: the client believes that it is open, and the server's side knows that it is not.
serve "$B" tcp thanks 10.0.0.2 5005 --timeout 100
background ip netns exec "$A" "$TRAFFIC/traffic_client" tcp thanks 10.0.0.2 5005 --source-port 40005 2>/dev/null
check_says "the ACK is lost, where the server is" "SYN_RECV S1 Sh" "$B" port 40005
check_sentence "the ACK is lost" "half-open: the client has not acknowledged the SYN-ACK" "$B" port 40005
check_says "the ACK is lost, where the client is" "ESTABLISHED S1 ShA" "$A" port 40005
check_sentence "the ACK is lost, where the client is" "the handshake is complete, and the connection is open" \
	"$A" port 40005

# A SYN that no socket knows of, a scanner's: the kernel answers the SYN-ACK with a RST.
peer_start client "$A"
serve "$B" tcp general 10.0.0.2 5006 --timeout 100
peer client segment 10.0.0.1 40006 10.0.0.2 5006 S 1000 0 0
check_says "the client gives up after the SYN-ACK" "CLOSE RSTO ShR" "$A" port 40006
check_sentence "the client gives up" "the client gave up after the SYN-ACK, by a RST" "$A" port 40006
check_equal "the client gives up: the ladder" $'> SYN\n< SYN, ACK\n> RST' "$LADDER"

# The same where there is no answer. B drops both.
peer client segment 10.0.0.1 40007 10.0.0.2 5001 S 1000 0 0
peer client segment 10.0.0.1 40007 10.0.0.2 5001 R 1001 0 0
check_says "the client gives up before an answer" "CLOSE RSTOS0 SR" "$A" port 40007
check_sentence "the client gives up before an answer" "the client gave up before there was an answer, by a RST" \
	"$A" port 40007

check "the firewall drops the SYN three times" wait_for dropped 3
check_says "dropped by a firewall" "SYN_SENT S0 S" "$A" port 40001
check_equal "dropped by a firewall: as many SYNs" "3 3" \
	"$(member "$A" '"\(.orig.packets) \(.orig.flags.syn)"' port 40001)"
check_sentence "dropped" "no answer to 3 SYNs in 3.[0-9] s" "$A" port 40001
check_equal "dropped: the ladder" "> SYN, 3 times" "$LADDER"
peer client segment 10.0.0.1 40008 10.0.0.2 5001 S 1000 0 0
check_sentence "one SYN" "no answer to the SYN" "$A" port 40008
finish
