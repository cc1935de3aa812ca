#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a virtual machine hands over: aggregates that come in by a tun device with a header that only claims what they
# are. They count as the packets that a capture has where they leave: segments of TCP, datagrams of UDP, and fragments.
. "$(dirname "$0")/wire_lib.sh"
need ethtool tcpdump tshark jq nft python3

load_module
setup_tmp
setup_ns R B
tun_device "$R"
printf '%s\n' "address add 10.9.0.1/24 dev tun0" "address add fd09::1/64 dev tun0 nodad" | ip -n "$R" -batch -
veth_pair "$R" right 10.0.2.1/24,fd00:2::1/64 "$B" veth0 10.0.2.2/24,fd00:2::2/64
default_routes "$B" 2
forward "$R"
no_offloads "$R" right
no_offloads "$B" veth0
count_hooks "$R"
for ns in "$R" "$B"; do
	tuplestat -N "$ns" start
done
# Nobody is there: no answers, which would be neither here nor there.
ip netns exec "$B" nft -f - <<-END
	table inet silent {
		chain in {
			type filter hook prerouting priority 0
			ip saddr 10.9.0.0/24 drop
			ip6 saddr fd09::/64 drop
		}
	}
END
capture "$R" right

check "aggregates are taken" run_python "$R" <<-'END'
	import sys
	from wire_packets import *

	TCPV4, UDP_FRAGMENTS, TCPV6, UDP_L4, ECN = 1, 3, 4, 5, 0x80
	enter(sys.argv[1])
	tun = Tun("tun0", vnet_header=True)

	def send(kind, packet, l4_at, header, size):
	    """header: octets that each segment has again; size: of what it has of the rest"""
	    field = 6 if kind in (UDP_FRAGMENTS, UDP_L4) else 16  # of the checksum, which is left to the device
	    tun.send(packet, vnet_header=struct.pack("=BBHHHH", 1, kind, header, size, l4_at, field))

	port = 1000
	for build, at, net, there, tcp_kind in (ipv4, 20, "10.9.0.{}", "10.0.2.2", TCPV4), \
	                                       (ipv6, 40, "fd09::{}", "fd00:2::2", TCPV6):
	    # not 1400: with options, the kernel takes that for two segments first, then drops it as one
	    for size in 1, 1380, 1401, 2800, 2801, 20000, 64000:
	        for flags in ACK, ACK | PSH | FIN, ACK | URG | ECE | PSH, ACK | CWR:
	            port += 1
	            options = 4 * b"\x01" * (port % 4)
	            kind = tcp_kind | (ECN if flags & CWR else 0)
	            send(kind, build(TCP, tcp(port, 53, flags, bytes(size), options=options), src=net.format(2), dst=there),
	                 at, at + 20 + len(options), 1400)
	        port += 1
	        datagram = udp(port, 53, bytes(size))
	        try:
	            send(UDP_L4, build(UDP, datagram, src=net.format(2), dst=there), at, at + 8, 1400)
	        except OSError:  # before Linux 6.2, tun takes none of these
	            tun.send(build(UDP, udp(port, 53, bytes(1)), src=net.format(2), dst=there), vnet_header=bytes(10))
	        # fragments: each with the IP header, and so many octets behind it
	        send(UDP_FRAGMENTS, build(UDP, datagram, src=net.format(3), dst=there), at, at + 8, 1400)
END
end_capture 10.0.2.2
count_now "$R" "$B"
check_aggregates "the router received aggregates" "$R" in
# Fragments cannot be dissected one by one and be counted by ports too: here they count together.
tshark -n -r "$CAPTURE" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -Y "ip.src == 10.9.0.3 or ipv6.src == fd09::3" \
	-T fields -E separator='|' -e ip.len -e ipv6.plen 2>/dev/null |
	awk -F'|' '{ kind = $1 != "" ? 4 : 6; packets[kind]++; bytes[kind] += $1 != "" ? $1 : $2 + 40 }
		END { for (kind in packets) print kind, packets[kind], bytes[kind] }' | sort >"$WORK/wanted"
check_equal "fragments of both families were captured" 2 "$(wc -l <"$WORK/wanted")"
for side in "router $R" "receiver $B"; do
	counted_of "${side#* }" bytes 'udp[46]' | awk '$2 == "10.9.0.3" || $2 == "fd09::3" {
			kind = substr($1, 4); packets[kind] += $6; bytes[kind] += $7
		}
		END { for (kind in packets) print kind, packets[kind], bytes[kind] }' | sort >"$WORK/got"
	compare_lines "fragments, ${side% *}: packets and bytes as captured" "$WORK/wanted" "$WORK/got"
done

# And now all the rest.
tcpdump -r "$CAPTURE" -w "$WORK/rest.pcap" "not src host 10.9.0.3 and not src host fd09::3" 2>/dev/null
CAPTURE=$WORK/rest.pcap
check_segments "the capture has none"
for side in "router $R" "receiver $B"; do
	for kind in tcp4 tcp6 udp4 udp6; do
		counted_of "${side#* }" bytes "$kind" | sed '/ 10\.9\.0\.3 \| fd09::3 /d' >"$WORK/got"
		witnessed bytes "$kind" >"$WORK/wanted"
		compare_lines "$kind, ${side% *}: packets and bytes as captured" "$WORK/wanted" "$WORK/got"
		[ "${kind%?}" = udp ] ||
			check_captured "$kind, ${side% *}: flags as captured" "${side#* }" flags "$kind"
	done
done
check_ledgers "the ledgers balance" "$R" "$B"
finish
