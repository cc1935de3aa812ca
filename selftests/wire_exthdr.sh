#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What stands between the IP header and TCP or UDP is bytes of IP and not of layer 4: each extension header of IPv6,
# chains of them, and the options of IPv4. What is not followed is shown with the reason.
. "$(dirname "$0")/wire_lib.sh"
need nft jq python3

load_module
setup_tmp
setup_ns A
tun_device "$A"
count_hooks "$A"
tuplestat -N "$A" start

run_python "$A" >"$WORK/results" <<-'END'
	import sys
	from wire_packets import *

	enter(sys.argv[1])
	tun = Tun("tun0")
	port = 10000

	# A flow for each chain: (name, protocol, packets, IP bytes, layer 4 bytes, payload bytes)
	wanted = []

	def flow(name, family, proto, l4, l4_header, packet):
	    tun.send(packet)
	    wanted.append((name, proto, family, port, (1, len(packet), len(l4), len(l4) - l4_header)))

	def both(name, headers):
	    """TCP and UDP behind these headers"""
	    global port
	    port += 1
	    l4 = udp(port, 53, bytes(30))
	    flow(name + ", UDP", 6, "udp", l4, 8, ipv6(*chain(headers, UDP, l4)))
	    l4 = tcp(port, 53, SYN, b"hello", options=bytes.fromhex("020405b4 01010402"))
	    flow(name + ", TCP", 6, "tcp", l4, 28, ipv6(*chain(headers, TCP, l4)))

	names = {HOPOPTS: "hop-by-hop", ROUTING: "routing", DSTOPTS: "destination", AH: "authentication", MH: "mobility",
	         FRAGMENT: "atomic fragment"}
	both("no extension header", [])
	for kind, name in names.items():
	    both(name, [kind])
	for kind in HOPOPTS, ROUTING, DSTOPTS, AH, MH:
	    both(f"longer {names[kind]}", [(kind, 2)])
	for kind in ROUTING, DSTOPTS, MH:
	    both(f"longest {names[kind]}", [(kind, 255)])
	both("longest authentication", [(AH, 252)])
	both("as RFC 8200 orders them", [HOPOPTS, DSTOPTS, ROUTING, FRAGMENT, AH, DSTOPTS])
	both("hop-by-hop not in front", [DSTOPTS, HOPOPTS])
	for length in range(2, 9):
	    both(f"{length} headers", [(DSTOPTS, length), ROUTING, AH, MH, DSTOPTS, FRAGMENT, ROUTING, (AH, 4)][:length])
	for octets in range(4, 44, 4):
	    port += 1
	    l4 = udp(port, 53, bytes(30))
	    flow(f"{octets} octets of options, UDP", 4, "udp", l4, 8, ipv4(UDP, l4, options=bytes(octets * [1])))
	    l4 = tcp(port, 53, SYN, b"hello", options=bytes(octets * [1]))
	    flow(f"{octets} octets of options, TCP", 4, "tcp", l4, 20 + octets, ipv4(TCP, l4, options=bytes(octets * [1])))
	# Only a hop-by-hop option says how long it is.
	port += 1
	l4 = udp(port, 53, bytes(70000), length=0)
	flow("a jumbogram", 6, "udp", l4, 8,
	     ipv6(HOPOPTS, struct.pack("!4BI", UDP, 0, 0xc2, 4, 8 + len(l4)) + l4, length=0))

	counts = {(key[0], 6 if ":" in key[1] else 4, key[2]): value for key, value in flow_counts().items()}
	for name, proto, family, sport, values in wanted:
	    result(f"IPv{family}, {name}", values, counts.get((proto, family, sport), "no flow"))
	result("no other flow", len(wanted), len(counts))
	result("nothing of no flow", {}, unattributed())

	def reason(name, wanted, packet):
	    before = unattributed()
	    tun.send(packet)
	    now = unattributed()
	    result(name, wanted, " ".join(why for why in now if now[why] != before.get(why)))

	l4 = udp(9999, 53, bytes(30))
	reason("9 headers", "extension-headers", ipv6(*chain(9 * [DSTOPTS], UDP, l4)))
	reason("40 headers", "extension-headers", ipv6(*chain(40 * [ROUTING], UDP, l4)))
	reason("9 headers, and then nothing", "extension-headers", ipv6(*chain(9 * [DSTOPTS], NONE, b"")))
	for what, number in ("no next header", NONE), ("ESP", ESP), ("SCTP", SCTP), ("ICMPv6", ICMPV6), ("HIP", 139), \
	                    ("unknown", 253):
	    reason(f"next header: {what}", "protocol", ipv6(number, bytes(40)))
	    reason(f"next header behind another: {what}", "protocol", ipv6(*chain([DSTOPTS], number, bytes(40))))
	for kind in ROUTING, DSTOPTS, MH, AH:
	    reason(f"{names[kind]} header with nothing behind it", "truncated", ipv6(*chain([kind], UDP, b"")))
	    packet = bytearray(ipv6(*chain([kind], UDP, l4)))
	    packet[41] = 255
	    reason(f"{names[kind]} header that goes on behind the end", "truncated", bytes(packet))
	    reason(f"{names[kind]} header that is not there", "truncated", ipv6(kind, b""))
	for what, number in ("ICMP", 1), ("SCTP", SCTP), ("ESP", ESP), ("hop-by-hop, which IPv4 has not", HOPOPTS):
	    reason(f"IPv4, {what}", "protocol", ipv4(number, bytes(40)))
	result("end", "", "")
END
judge <"$WORK/results"
check_equal "seen is what nftables counted" "$(hook_packets "$A" in) $(hook_bytes "$A" in)" \
	"$(stats "$A" '"\(.seen.packets) \(.seen.bytes)"')"
check_ledgers "the ledger balances" "$A"
finish
