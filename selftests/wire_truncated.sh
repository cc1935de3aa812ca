#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Packets that end in the middle of a header, at each octet of it, and headers with lengths that cannot be: whatever of
# them the kernel's own checks let through to the hooks is counted there, with the reason why it is of no flow.
. "$(dirname "$0")/wire_lib.sh"
need nft jq python3

load_module
setup_tmp
setup_ns A
tun_device "$A"
count_hooks "$A"
tuplestat -N "$A" start

run_python "$A" >"$WORK/results" <<-'END'
	import subprocess
	import sys
	from wire_packets import *

	enter(sys.argv[1])
	tun = Tun("tun0")
	tcp_options = bytes.fromhex("020405b4 04020101")
	headers6 = (HOPOPTS, ROUTING, DSTOPTS, AH, MH, FRAGMENT)
	# Nothing but headers: each octet that is missing is missing in one of them.
	whole = {
	    "IPv4, UDP": ipv4(UDP, udp(1, 53)),
	    "IPv4, TCP": ipv4(TCP, tcp(1, 53, SYN, options=tcp_options)),
	    "IPv4 with options, UDP": ipv4(UDP, udp(1, 53), options=bytes(40)),
	    "IPv4 with options, TCP": ipv4(TCP, tcp(1, 53, SYN, options=40 * b"\x01"), options=bytes(40)),
	    "IPv4, first fragment of TCP": ipv4(TCP, tcp(1, 53, SYN, options=tcp_options), fragment=MORE, ident=1),
	    "IPv6, UDP": ipv6(UDP, udp(1, 53)),
	    "IPv6, TCP": ipv6(TCP, tcp(1, 53, SYN, options=tcp_options)),
	    "IPv6, first fragment of TCP": ipv6(FRAGMENT, struct.pack("!BBHI", TCP, 0, 1, 1) +
	                                        tcp(1, 53, SYN, options=tcp_options)),
	    "IPv6, all headers, TCP": ipv6(*chain(headers6, TCP, tcp(1, 53, SYN, options=tcp_options))),
	    **{f"IPv6, header {kind}, UDP": ipv6(*chain([(kind, 4)], UDP, udp(1, 53))) for kind in headers6},
	}

	def hooked():
	    """packets that got as far as the hook, says nftables"""
	    out = subprocess.run(["nft", "-j", "list", "counter", "inet", "wire", "in"], check=True,
	                         stdout=subprocess.PIPE).stdout
	    return next(one["counter"]["packets"] for one in json.loads(out)["nftables"] if "counter" in one)

	def shorter(packet, size):
	    """The first octets of a packet, with an IP header that says so, as far as there is one"""
	    packet = bytearray(packet[:size])
	    if packet[0] >> 4 == 6 and size >= 40:
	        struct.pack_into("!H", packet, 4, size - 40)
	    elif packet[0] >> 4 == 4 and size >= 20:
	        struct.pack_into("!HHHBBH", packet, 2, size, *struct.unpack_from("!HHBB", packet, 4), 0)
	        struct.pack_into("!H", packet, 10, checksum(packet[:min(size, (packet[0] & 15) * 4) & ~1]))
	    return bytes(packet)

	last = {}, 0

	def batch(name, packets, wanted, least=1):
	    """The reasons of these packets; wanted: a reason for all that come through, or {reason: packets}"""
	    global last
	    for packet in packets:
	        tun.send(packet)
	    before, last = last, (unattributed(), hooked())
	    reached = last[1] - before[1]
	    grown = {why: last[0][why] - before[0].get(why, 0) for why in last[0] if last[0][why] != before[0].get(why)}
	    result(name, {wanted: reached} if isinstance(wanted, str) else wanted, grown)
	    if reached < least:
	        result(f"{name}: enough of them came as far as the hook", f"at least {least}", reached)

	batch("cut, but the IP header does not say so",
	      [packet[:size] for packet in whole.values() for size in range(1, len(packet))], {}, 0)
	for name, packet in whole.items():
	    header = 40 if packet[0] >> 4 == 6 else (packet[0] & 15) * 4
	    # All that has an IP header comes through; of a hop-by-hop header the kernel looks at the whole itself.
	    behind = 40 if packet[6] == HOPOPTS and header == 40 else 0
	    batch(f"{name}: cut", [shorter(packet, size) for size in range(1, len(packet))], "truncated",
	          len(packet) - header - behind)

	# Lengths of layer 4. One payload for all, so that it is the field that differs.
	both = lambda proto, l4: [ipv4(proto, l4), ipv6(proto, l4)]
	batch("TCP header of less than 20 octets",
	      [p for words in range(5) for p in both(TCP, tcp(1, 53, SYN, bytes(40), offset=words))], {"malformed": 10})
	batch("TCP header longer than the packet",
	      [p for words in range(6, 16) for p in both(TCP, tcp(1, 53, SYN, offset=words))], {"truncated": 20})
	batch("UDP length of less than 8", [p for size in range(1, 8) for p in both(UDP, udp(1, 53, bytes(40), size))],
	      {"malformed": 14})
	batch("UDP length of 0 over IPv4", [ipv4(UDP, udp(1, 53, bytes(40), 0))], {"malformed": 1})
	batch("UDP length of more than there is",
	      [p for size in (49, 50, 1500, 65535) for p in both(UDP, udp(1, 53, bytes(40), size))], {"truncated": 8})
	# Lengths and versions of IP, which the kernel's own checks know too
	batch("IPv4 header of less than 20 octets", [ipv4(UDP, udp(1, 53), ihl=words) for words in range(5)], {}, 0)
	batch("IPv4 header longer than the packet", [ipv4(UDP, udp(1, 53), ihl=words) for words in range(8, 16)], {}, 0)
	batch("IPv4 total length of less than its header", [ipv4(UDP, udp(1, 53), length=size) for size in range(20)], {}, 0)
	batch("IPv4 total length of the header", [ipv4(UDP, udp(1, 53), length=20)], {"truncated": 1})
	for number in range(16):
	    for build, protocol in (ipv4, 0x0800), (ipv6, 0x86dd):
	        if (number, build) not in ((4, ipv4), (6, ipv6)):
	            tun.send(build(UDP, udp(1, 53), version=number), protocol)
	batch("other versions of IP", [], {}, 0)
	batch("jumbogram of less than 65536 octets",
	      [ipv6(HOPOPTS, struct.pack("!4BI", UDP, 0, 0xc2, 4, size) + udp(1, 53), length=0) for size in (0, 16, 65535)],
	      {}, 0)
	batch("neither a length nor a jumbo option", [ipv6(UDP, udp(1, 53), length=0),
	                                              ipv6(DSTOPTS, exthdr(DSTOPTS, UDP) + udp(1, 53), length=0)],
	      {"truncated": 2})
	result("no flow begins with any of these", {}, flow_counts())

	# What is behind the packet, or behind the datagram in it
	tun.send(ipv4(UDP, udp(1001, 53, bytes(10))) + bytes(6))
	tun.send(ipv6(UDP, udp(1002, 53, bytes(10))) + bytes(6))
	tun.send(ipv4(UDP, udp(1003, 53, bytes(10), 12)))
	tun.send(ipv6(UDP, udp(1004, 53, bytes(10), 12)))
	tun.send(ipv6(UDP, udp(1005, 53, bytes(10), 0)))
	counts = {key[2]: value for key, value in flow_counts().items()}
	result("padding behind an IPv4 packet is none of it", (1, 38, 18, 10), counts.get(1001))
	result("padding behind an IPv6 packet is none of it", (1, 58, 18, 10), counts.get(1002))
	result("what is behind a datagram is not its payload, IPv4", (1, 38, 18, 4), counts.get(1003))
	result("what is behind a datagram is not its payload, IPv6", (1, 58, 18, 4), counts.get(1004))
	result("UDP length of 0 over IPv6", (1, 58, 18, 10), counts.get(1005))
	result("end", "", "")
END
judge <"$WORK/results"
check_equal "seen is what nftables counted, in packets and in bytes" \
	"$(hook_packets "$A" in) $(hook_bytes "$A" in)" "$(stats "$A" '"\(.seen.packets) \(.seen.bytes)"')"
check_ledgers "the ledger balances" "$A"
finish
