#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A datagram that is too large for its route counts as the fragments it is sent as: where it is sent, and where its
# fragments come in. tshark has packets and bytes, the program that sends has the rest.
. "$(dirname "$0")/wire_lib.sh"
need tcpdump tshark jq python3

load_module
setup_ns A B
# 10.0.0.3 and fd00::3 are behind a narrower route
veth_pair "$A" veth0 10.0.0.1/24,fd00::1/64 "$B" veth0 10.0.0.2/24,10.0.0.3/24,fd00::2/64,fd00::3/64
ip -n "$A" route add 10.0.0.3 dev veth0 mtu lock 1300
ip -n "$A" route add fd00::3 dev veth0 mtu 1300
tuplestat -N "$A" start
tuplestat -N "$B" start
capture "$B" veth0

# One datagram from each source port: SOURCE-PORT L4-BYTES PAYLOAD-BYTES
run_python "$A" "$B" >"$WORK/sent" <<-'END'
	import sys
	from socket import AF_INET, AF_INET6, IPPROTO_IP, IPPROTO_IPV6, SOCK_DGRAM
	from wire_packets import exthdr, sockets, DSTOPTS, HOPOPTS

	IP_OPTIONS, IPV6_HOPOPTS, IPV6_DSTOPTS = 4, 54, 59
	family_options = {
	    AF_INET: [None, (IPPROTO_IP, IP_OPTIONS, 12 * b"\x01")],
	    AF_INET6: [None, (IPPROTO_IPV6, IPV6_HOPOPTS, exthdr(HOPOPTS, 0)),
	               (IPPROTO_IPV6, IPV6_DSTOPTS, exthdr(DSTOPTS, 0, 1))],
	}
	# What fits into one packet, an octet more, and the same for two and for three, with 20 and with 40 + 8 octets of
	# header; and as large as a datagram can be.
	sizes = [1, 1452, 1453, 1472, 1473, 2888, 2889, 2952, 2953, 4336, 4337, 4432, 4433, 30000, 65487]
	narrow = [1252, 1253, 1272, 1273, 9999]
	port = 40000
	for family, addresses in (AF_INET, ("10.0.0.2", "10.0.0.3")), (AF_INET6, ("fd00::2", "fd00::3")):
	    for option in family_options[family]:
	        for address, lengths in zip(addresses, (sizes, narrow)):
	            receiver, = sockets(sys.argv[2], (family, SOCK_DGRAM))
	            receiver.bind((address, 5000))
	            receiver.settimeout(10)
	            for size in lengths:
	                sender, = sockets(sys.argv[1], (family, SOCK_DGRAM))
	                sender.bind(("", port))
	                if option:
	                    sender.setsockopt(*option)
	                sender.sendto(bytes(size), (address, 5000))
	                # one after the other: the capture tells datagrams apart by their identification
	                assert len(receiver.recv(65536)) == size
	                print(port, size + 8, size)
	                sender.close()
	                port += 1
	            receiver.close()
END
end_capture 10.0.0.1
count_now "$A" "$B"

# SOURCE-PORT PACKETS IP-BYTES L4-BYTES PAYLOAD-BYTES. Only a first fragment names the port.
tshark -n -r "$CAPTURE" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -Y "not udp.port == 9" -T fields \
	-E separator='|' -e ip.id -e ipv6.fraghdr.ident -e ip.len -e ipv6.plen -e udp.srcport -e ip.proto -e ipv6.nxt \
	2>/dev/null | awk -F'|' '
	FILENAME == "-" {
		datagram = $1 != "" ? $1 : $2
		port = $5 != "" ? $5 : of[datagram]
		if (port == "")
			next
		if (datagram != "")
			of[datagram] = port
		packets[port]++
		bytes[port] += $1 != "" ? $3 : $4 + 40
		next
	}
	FNR == 1 { FS = " "; $0 = $0 }
	{ print $1, packets[$1], bytes[$1], $2, $3 }' - "$WORK/sent" | sort >"$WORK/wanted"

# shellcheck disable=SC2016 # for awk
check "one packet to 46 were seen of a datagram" awk '{ seen[$2] = 1 }
	END { exit !(seen[1] && seen[2] && seen[3] && seen[4] && seen[46]) }' "$WORK/wanted"
for side in "sent $A" "received $B"; do
	counted_of "${side#* }" bytes 'udp[46]' | cut -d ' ' -f 3,6- | sort >"$WORK/got"
	compare_lines "each datagram, where it is ${side% *}" "$WORK/wanted" "$WORK/got"
done
check_equal "no fragment is of no flow" "0 0" "$(for ns in "$A" "$B"; do
	stats "$ns" '.unattributed[] | select(.reason == "fragment").packets'
done | xargs)"
check_ledgers "the ledgers balance" "$A" "$B"
finish
