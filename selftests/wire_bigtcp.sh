#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# BIG TCP: aggregates of more than 64 KiB, whose IP header cannot say how long they are, count as the segments that a
# capture has where they are segments.
. "$(dirname "$0")/wire_lib.sh"
need ethtool tcpdump tshark jq nft

load_module
segmented_path
# big NS DEVICE: lets aggregates be that large
big()
{
	ip -n "$1" link set dev "$2" gso_max_size 200000 gro_max_size 200000
}

if ! big "$A" veth0 2>/dev/null || ! big "$R" left; then
	skip_all "veth of this kernel takes no more than 64 KiB"
fi
# Linux 6.1 forwards no aggregate whose segments would be too long if they had its jumbo header, which they have not.
ip -n "$R" link set dev right mtu 1600
ip -n "$B" link set dev veth0 mtu 1600
# Enough under way for large aggregates; no more than B's backlog takes, which is longer than the queue for GRO is.
send_buffer "$A" 600000
ip netns exec "$B" ethtool -K veth0 gro off
# Else the stack makes no larger ones than what it can send in a millisecond, and the guest is slow.
ip netns exec "$A" bash -c 'echo 30 >/proc/sys/net/ipv4/tcp_tso_rtt_log'
for ns in "$A" "$R" "$B"; do
	tuplestat -N "$ns" start
	# IPv6: 65535 octets and the header are the most that the header can say
	ip netns exec "$ns" nft -f - <<-END
		table ip6 big {
			counter in { }
			counter out { }
			chain in {
				type filter hook prerouting priority -398
				meta length > 65575 counter name in
			}
			chain out {
				type filter hook output priority -398
				meta length > 65575 counter name out
			}
		}
	END
done
# big_packets NS COUNTER
big_packets()
{
	ip netns exec "$1" nft -j list counter ip6 big "$2" | jq '.nftables[] | .counter // empty | .packets'
}

capture "$R" right
# How large they get is TCP's affair, and depends on how fast the machine is: until there have been some.
for ((port = 40000; port < 40010; port++)); do
	converse "$B" "$A" tcp general fd00:2::2 5000 $port --size 2000001
	[ "$(big_packets "$A" out)" -eq 0 ] || [ "$(big_packets "$R" in)" -eq 0 ] || break
done
end_capture 10.0.2.2
count_now "$A" "$R" "$B"

check "the sender's stack sent aggregates of more than 64 KiB" [ "$(big_packets "$A" out)" -gt 0 ]
check "the router's stack received such" [ "$(big_packets "$R" in)" -gt 0 ]
check_segments "the capture has no aggregates"
for side in "sender $A" "router $R" "receiver $B"; do
	check_captured "${side% *}: packets and bytes as captured" "${side#* }" bytes tcp6
	check_captured "${side% *}: flags as captured" "${side#* }" flags tcp6
done
check_ledgers "the ledgers balance" "$A" "$R" "$B"
finish
