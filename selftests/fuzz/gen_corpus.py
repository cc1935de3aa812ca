#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Inputs for the fuzzers to begin with: gen_corpus.py FOLDER

Packets with every extension header, fragment and option, whole and cut; the
same as streams and in capture files; words of filters; answers of the kernel.
"""
import itertools
import os
import struct
import sys

TCP, UDP, ICMP = 6, 17, 1
HOPOPTS, ROUTING, FRAGMENT, AH, DSTOPTS, MH = 0, 43, 44, 51, 60, 135
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TIME = 1700000000


def tcp(flags=ACK, payload=10, options=b"", offset=None):
    words = 5 + len(options) // 4 if offset is None else offset
    return struct.pack(">HHIIBBHHH", 40000, 443, 1, 2, words << 4, flags,
                       1000, 0, 0) + options + bytes(payload)


def udp(payload=10, length=None):
    length = 8 + payload if length is None else length
    return struct.pack(">HHHH", 5000, 53, length, 0) + bytes(payload)


def ipv4(proto, payload, fragment=0, options=b"", length=None):
    size = 20 + len(options)
    length = size + len(payload) if length is None else length
    return struct.pack(">BBHHHBBH4s4s", 0x40 | size // 4, 0, length, 0x1234,
                       fragment, 64, proto, 0, bytes([10, 0, 0, 1]),
                       bytes([10, 0, 0, 2])) + options + payload


def ipv6(proto, payload, length=None):
    length = len(payload) if length is None else length
    return struct.pack(">IHBB16s16s", 0x60000000, length, proto, 64,
                       b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01",
                       b"\x20\x01\x0d\xb8" + bytes(11) + b"\x02") + payload


def header(kind, following, words=0):
    """An extension header; AH counts in words of four octets."""
    if kind == FRAGMENT:
        return struct.pack(">BBHI", following, 0, 0, 77)
    if kind == AH:
        return struct.pack(">BB", following, words * 2) + \
            bytes(words * 8 + 6)
    return struct.pack(">BBBB", following, words, 1, words * 8 + 4) + \
        bytes(words * 8 + 4)


def chain(kinds, last, payload):
    """IPv6 with extension headers"""
    body = payload
    for kind in reversed(kinds):
        body, last = header(kind, last) + body, kind
    return ipv6(last, body)


def jumbo(payload, size):
    option = struct.pack(">BBBBI", UDP, 0, 0xc2, 4, size)
    return ipv6(HOPOPTS, option + payload, 0)


def fragment6(offset, more, payload, last=UDP):
    return ipv6(FRAGMENT, struct.pack(">BBHI", last, 0, offset << 3 | more,
                                      77) + payload)


def packets():
    kinds = (HOPOPTS, ROUTING, FRAGMENT, AH, DSTOPTS, MH)
    yield from (ipv4(TCP, tcp(1 << bit)) for bit in range(8))
    yield from (ipv4(TCP, tcp(SYN | ACK, 0, bytes(n))) for n in (4, 40))
    yield from (ipv4(TCP, tcp(offset=n)) for n in (0, 4, 15))
    yield from (ipv4(UDP, udp(20, n)) for n in (0, 7, 8, 28, 29, 65535))
    yield from (ipv4(TCP, tcp(), 0, bytes(n)) for n in (4, 40))
    yield from (ipv4(UDP, udp(), n) for n in (0x2000, 0x2001, 1, 0x1fff,
                                               0x4000))
    yield from (ipv4(TCP, tcp(), length=n) for n in (0, 19, 20, 39, 65535))
    yield from (ipv4(n, bytes(40)) for n in (ICMP, 47, 255))
    yield from (chain((), proto, body) for proto, body in (
        (TCP, tcp()), (UDP, udp()), (58, bytes(8)), (59, b"")))
    for pair in itertools.product(kinds, repeat=2):
        yield chain(pair, TCP, tcp(SYN, 0))
    yield from (chain((kind,) * n, UDP, udp()) for kind in kinds
                for n in (1, 8, 9))
    yield from (fragment6(offset, more, udp()) for offset in (0, 1, 8191)
                for more in (0, 1))
    yield fragment6(0, 1, header(DSTOPTS, UDP) + udp(), DSTOPTS)
    yield from (jumbo(udp(20), size) for size in (0, 65535, 65536, 1 << 31))
    yield ipv6(TCP, tcp(payload=1000), 0)
    yield bytes([0x50]) + bytes(60)


def cut(packet):
    yield packet
    for size in (0, 1, 19, 20, 28, 39, 40, 41, 47, 48, 60, len(packet) - 1):
        if size < len(packet):
            yield packet[:size]


def parse_inputs():
    for packet in packets():
        for piece in cut(packet):
            yield struct.pack("<HHH", len(piece) // 2,
                              2 * -(-(len(packet) - len(piece)) // 16), 536) + piece
        yield struct.pack("<HHH", 0, 1, 1) + packet


def literal(packet, step=0, longer=0):
    return struct.pack("<BbHB", 1, step, len(packet), longer) + packet


def made(which, flags, step=0, payload=0):
    return struct.pack("<BBBbB", 0, which, flags, step, payload)


def connection(flow):
    other = flow | 4
    return made(flow, SYN) + made(other, SYN | ACK) + \
        made(flow, PSH | ACK, 0, 100) + made(other, ACK, 1, 200) + \
        made(flow, FIN | ACK) + made(other, FIN | ACK) + made(flow, ACK)


def stream_inputs():
    everything = list(packets())
    yield connection(0)
    yield connection(1) + connection(2) + connection(1)
    yield connection(0) + made(1, SYN, 20) + made(0, ACK, 127)
    yield made(0, SYN) + made(4, RST | ACK) + made(0, SYN)
    yield made(0x18, 0, 0, 100) + made(0x28, 0) + made(0x28, 0, 10)
    yield made(8, 0) + made(12, 0, -100) + made(8, 0, 127)
    yield b"".join(literal(packet, 1) for packet in everything[:25])
    yield from (literal(packet) + literal(packet, 50, 9) + literal(packet[:30])
                for packet in everything)


def pcap(link, frames, order="<", nano=False):
    magic = 0xa1b23c4d if nano else 0xa1b2c3d4
    out = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, link)
    for number, frame in enumerate(frames):
        out += struct.pack(order + "IIII", TIME + number, number, len(frame),
                           len(frame) + 10) + frame
    return out


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng(link, frames):
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack("<HHIHHI", link, 0, 0, 9, 1, 9) + bytes(4))
    for frame in frames:
        out += block(6, struct.pack("<IIIII", 0, 0, 1, len(frame),
                                    len(frame)) + frame)
    return out


def links():
    """Link type as in files, and what stands before IPv4 and IPv6"""
    macs = bytes(12)
    vlan = b"\x81\x00\x00\x01"
    sll, sll2 = bytes(14), bytes(18)
    yield 1, macs + b"\x08\x00", macs + b"\x86\xdd"
    yield 1, macs + vlan * 2 + b"\x08\x00", macs + vlan + b"\x86\xdd"
    yield 113, sll + b"\x08\x00", sll + b"\x86\xdd"
    yield 276, b"\x08\x00" + sll2, b"\x86\xdd" + sll2
    yield 0, b"\x02\0\0\0", b"\x1e\0\0\0"
    yield 108, b"\0\0\0\x02", b"\0\0\0\x18"
    for raw in (12, 14, 101, 228, 229, 105):
        yield raw, b"", b""


def pcap_inputs():
    some = [ipv4(TCP, tcp(SYN, 0)), ipv6(UDP, udp()), ipv4(UDP, udp(), 1)]
    for link, four, six in links():
        frames = [(four if packet[0] >> 4 == 4 else six) + packet
                  for packet in some]
        yield pcap(link, frames)
        yield pcap(link, frames, ">", True)
        yield pcapng(link, frames)
        yield pcap(link, frames)[:-5]


def filter_inputs():
    yield from (words.encode() for words in (
        "tcp", "udp\nnot\ntcp", "src\n10.0.0.0/8\nand\ndport\n443",
        "host\n2001:db8::1", "dst\nff00::/8", "port\n8000-8999",
        "sport\n40000\nstate\nestablished,syn-sent", "dport\nhttps",
        "not\nnot\nhost\n::/0", "state\nreplied", "port\n65536", "and"))
    yield b"\n".join([b"tcp"] * 33)


def attr(kind, payload):
    size = 4 + len(payload)
    return struct.pack("<HH", size, kind) + payload + bytes(-size % 4)


def decode_inputs():
    counters = struct.pack("<5Q10I", 6, 412, 292, 80, 5, 1, 1, 0, 1, 0, 0, 0,
                           0, 0, 4)

    def end(addr):
        return attr(2, addr) + attr(3, struct.pack(">H", 443)) + \
            attr(4, counters)

    for addr in (bytes([10, 0, 0, 1]), bytes(range(16))):
        for proto in (TCP, UDP):
            yield b"\0" + attr(2, bytes([proto])) + attr(3, end(addr)) + \
                attr(4, end(addr)) + attr(5, b"\3") + \
                attr(6, bytes(4)) + attr(7, bytes(8)) + attr(8, bytes(8)) + \
                attr(9, b"\1") + attr(10, b"ShA\0") + attr(11, bytes(8)) + \
                attr(16, struct.pack("<I", 9)) + attr(17, b"\1" * 8) + \
                attr(18, b"\5")

    def total(reason):
        return attr(2, struct.pack("<I", reason)) + \
            b"".join(attr(kind, struct.pack("<Q", 9)) for kind in (3, 4, 5))

    yield b"\1" + attr(2, total(0)) + attr(3, total(0)) + \
        attr(4, total(1)) + attr(4, total(3)) + attr(5, total(2)) + \
        attr(6, bytes(4)) + attr(7, bytes(4)) + attr(8, bytes(8)) + \
        attr(9, total(0)) + attr(10, total(4)) + attr(11, bytes(8)) + \
        attr(12, bytes(8))
    timeouts = b"".join(attr(kind, struct.pack("<I", 60))
                        for kind in range(1, 14))
    yield b"\2" + attr(1, b"\1") + attr(2, struct.pack("<I", 65536)) + \
        attr(3, timeouts)
    yield b"\3" + attr(15, struct.pack("<I", 7))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, inputs in (("fuzz_parse", parse_inputs()),
                         ("fuzz_stream", stream_inputs()),
                         ("fuzz_pcap", pcap_inputs()),
                         ("fuzz_filter", filter_inputs()),
                         ("fuzz_decode", decode_inputs())):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder)
        for number, data in enumerate(inputs):
            with open(os.path.join(folder, "%04d" % number), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
