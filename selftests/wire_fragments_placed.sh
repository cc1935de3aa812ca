#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fragments that come in belong to the flow of their first one: in whatever order they come behind it, and whatever
# else has the same identification. Those that come before it are shown as fragments of no flow, unless the kernel puts
# datagrams together before it lets anybody see them (conntrack does): then each datagram counts as all its fragments.
. "$(dirname "$0")/wire_lib.sh"
need nft jq python3

load_module
setup_tmp
setup_ns PLAIN DEFRAG
tun_device "$PLAIN" "$DEFRAG"
ip netns exec "$DEFRAG" nft add table inet watch
ip netns exec "$DEFRAG" nft add chain inet watch in '{ type filter hook prerouting priority 0; }'
ip netns exec "$DEFRAG" nft add rule inet watch in ct state invalid counter
for ns in "$PLAIN" "$DEFRAG"; do
	count_hooks "$ns"
	tuplestat -N "$ns" start
done

run_python "$PLAIN" "$DEFRAG" >"$WORK/results" <<-'END'
	import sys
	from wire_packets import *

	class Case:
	    """Fragments in the order in which they come. placed: those that belong to the flow of their first one, without
	    defragmentation; whole: those of datagrams that defragmentation puts together, None where that is nothing to say
	    about (the kernel's choice)."""

	    def __init__(self, name, packets, placed, whole, ports, proto="udp", header=None):
	        self.name, self.packets, self.placed, self.whole, self.ports, self.proto, self.header = \
	            name, packets, placed, whole, ports, proto, header

	    def counts(self, packets, l4_header):
	        """What a flow has of these packets: as many, and their lengths"""
	        headers = self.header or (lambda packet: (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 48)
	        ip = sum(len(packet) for packet in packets)
	        l4 = ip - sum(headers(packet) for packet in packets)
	        return len(packets), ip, l4, l4 - l4_header

	def cases(family):
	    """The same for both families; ports, identifications and addresses are never those of another case."""
	    cut = fragments4 if family == 4 else fragments6
	    net = "10.9.{}.2" if family == 4 else "fd09:{}::2"
	    port = 1000 * family

	    def datagram(number, size=3000, proto=UDP, ident=None, source=None):
	        body = udp(port + number, 53, bytes(size - 8)) if proto == UDP else \
	            tcp(port + number, 53, ACK | PSH, bytes(size - 20))
	        return cut(proto, body, 1000, number if ident is None else ident,
	                   src=net.format(number if source is None else source))

	    a = datagram(1)
	    yield Case("in order", a, a, a, port + 1)
	    a = datagram(2)
	    yield Case("the first one last", a[1:] + a[:1], a[:1], a, port + 2)
	    a = datagram(3)
	    yield Case("the first one missing", a[1:], [], [], port + 3)
	    a = datagram(4, 5000)
	    yield Case("backwards, from the second on", a[:1] + a[:0:-1], a, a, port + 4)
	    a = datagram(5)
	    yield Case("the first one in the middle", [a[1], a[0], a[2]], [a[0], a[2]], a, port + 5)
	    a = datagram(6)
	    yield Case("the last one missing", a[:-1], a[:-1], [], port + 6)

	    # Two datagrams with the same identification, one fragment of each in turn
	    a, b = datagram(7, 3000, UDP, 7, 7), datagram(8, 2500, UDP, 7, 8)
	    mixed = [fragment for pair in zip(a, b) for fragment in pair]
	    yield Case("another source has the same identification", mixed, a, a, port + 7)
	    yield Case("and that one is placed too", [], b, b, port + 8)
	    if family == 4:  # to IPv6, the protocol is no part of what tells datagrams apart
	        a, b = datagram(9, 3000, UDP, 9, 9), datagram(10, 2500, TCP, 9, 9)
	        mixed = [fragment for pair in zip(a, b) for fragment in pair]
	        yield Case("another protocol has the same identification", mixed, a, a, port + 9)
	        yield Case("and that one is placed too", [], b, b, port + 10, "tcp")

	    a, b = datagram(11, 3000, UDP, 11, 11), datagram(12, 2500, UDP, 11, 11)
	    yield Case("a datagram before the identification is used again", a + b, a, a, port + 11)
	    yield Case("and the one after", [], b, b, port + 12)
	    a = datagram(13, 4000, TCP)
	    yield Case("TCP", a, a, a, port + 13, "tcp")
	    a = datagram(14)
	    yield Case("one twice", [a[0], a[1], a[1], a[2]], [a[0], a[1], a[1], a[2]], None, port + 14)
	    a, b = datagram(15), datagram(15)
	    b[1] = ipv4(UDP, bytes(1000), ident=15, fragment=MORE | 992 // 8, src=net.format(15)) if family == 4 else \
	        ipv6(FRAGMENT, struct.pack("!BBHI", UDP, 0, 992 | 1, 15) + bytes(1000), src=net.format(15))
	    yield Case("overlapping", [a[0], b[1], a[2]], [a[0], b[1], a[2]], None, port + 15)

	    # Headers of different lengths: options that are not copied, or a header that is in front of each fragment
	    a = datagram(16)
	    if family == 4:
	        a[0] = ipv4(UDP, a[0][20:], ident=16, fragment=MORE, src=net.format(16), options=8 * b"\x01")
	        yield Case("options in the first one", a, a, a, port + 16)
	    else:
	        a = [ipv6(HOPOPTS, exthdr(HOPOPTS, FRAGMENT) + packet[40:], src=net.format(16)) for packet in a]
	        yield Case("a hop-by-hop header", a, a, a, port + 16, header=lambda packet: 56)
	        a = fragments6(*chain([DSTOPTS], UDP, udp(port + 17, 53, bytes(2000))), 1000, 17, src=net.format(17))
	        yield Case("a first one with a further header", a, a, a, port + 17,
	                   header=lambda packet: 48 if packet[42] | packet[43] & ~7 else 56)
	        a = [ipv6(*chain([FRAGMENT], UDP, udp(port + 18, 53, bytes(100))), src=net.format(18))]
	        yield Case("the only one of its datagram", a, a, None, port + 18)

	everything = [*cases(4), *cases(6)]
	for namespace, placed, what in (sys.argv[1], lambda case: case.placed, "as they came"), \
	                               (sys.argv[2], lambda case: case.whole, "put together"):
	    enter(namespace)
	    tun = Tun("tun0")
	    for case in everything:
	        for packet in case.packets if placed(case) is not None else []:
	            tun.send(packet)
	    counts = {key[0] + str(key[2]): value for key, value in flow_counts("dport", "53").items()}
	    for case in everything:
	        if placed(case) is None:
	            continue
	        wanted = "no flow"
	        if placed(case):
	            wanted = case.counts(placed(case), 20 if case.proto == "tcp" else 8)
	        version = 6 if case.ports >= 6000 else 4
	        result(f"{what}, IPv{version}: {case.name}", wanted, counts.get(f"{case.proto}{case.ports}", "no flow"))
	    sent = sum(len(case.packets) for case in everything)
	    lost = sent - sum(len(placed(case)) for case in everything) if what == "as they came" else 0
	    result(f"{what}: fragments of no flow", lost, unattributed().get("fragment", 0))
	result("end", "", "")
END
judge <"$WORK/results"

sum='[.[] | .orig.packets + .reply.packets] | add'
check_equal "as they came: seen is what nftables counted, in packets and in bytes" \
	"$(hook_packets "$PLAIN" in) $(hook_bytes "$PLAIN" in)" "$(stats "$PLAIN" '"\(.seen.packets) \(.seen.bytes)"')"
check_equal "put together: seen is all there is in flows" "$(tuplestat -N "$DEFRAG" -j | jq "$sum")" \
	"$(stats "$DEFRAG" .seen.packets)"
check "and more than nftables counted behind it" [ "$(stats "$DEFRAG" .seen.packets)" -gt \
	"$(hook_packets "$DEFRAG" in)" ]
check_ledgers "the ledgers balance" "$PLAIN" "$DEFRAG"
finish
