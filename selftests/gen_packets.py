#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Some 10,000 packets of every kind, the same ones each time.

usage: gen_packets.py accepted|hostile DEVICE|FILE.pcap [MARK]

accepted: packets that the kernel's checks of the IP header let through to the hooks: connections with all that can
    happen to them, datagrams, fragments, extension headers, other protocols, and what is wrong above IP
hostile: the same, damaged at random: cut, longer, with octets changed
DEVICE: a tun device of this namespace; the packets come in there
MARK: the payload of one more datagram, behind all others
"""
import random
import sys
import time
from wire_packets import *

SEED = 20260101


def endpoints(rng, family):
    """Two addresses, few enough to meet again"""
    net = "10.{}.{}.{}" if family == 4 else "fd{:02x}:{:x}::{:x}"
    return [net.format(rng.randrange(16, 32), rng.randrange(4), rng.randrange(1, 100)) for _ in range(2)]


class Talk:
    """Packets between two addresses, of one family"""

    def __init__(self, rng):
        self.rng = rng
        self.family = rng.choice((4, 6))
        self.ends = endpoints(rng, self.family)
        self.ports = [rng.randrange(1024, 65536), rng.choice((22, 53, 80, 443, rng.randrange(1, 65536)))]

    def ip(self, side, proto, l4, **fields):
        src, dst = self.ends[side], self.ends[1 - side]
        if self.family == 4:
            return ipv4(proto, l4, src=src, dst=dst, ident=self.rng.randrange(65536), **fields)
        return ipv6(proto, l4, src=src, dst=dst, **fields)

    def udp(self, side, size, **fields):
        return self.ip(side, UDP, udp(self.ports[side], self.ports[1 - side], bytes(size), **fields))

    def tcp(self, side, flags, size=0, **fields):
        return self.ip(side, TCP, tcp(self.ports[side], self.ports[1 - side], flags, bytes(size), **fields))


def connection(rng):
    """A TCP connection, whole or in part; yields lists of packets that nothing may come between"""
    talk = Talk(rng)
    seq = [rng.randrange(1 << 32), rng.randrange(1 << 32)]

    def send(side, flags, size=0, options=b""):
        nonlocal seq
        packet = talk.tcp(side, flags, size, seq=seq[side], ack=seq[1 - side] if flags & ACK else 0, options=options,
                          window=rng.choice((0, 1000, 65535)))
        seq[side] = seq[side] + size + bool(flags & (SYN | FIN)) & 0xffffffff
        return [packet]

    for _ in range(rng.choice((1, 1, 1, 2, 3))):  # the same ports again
        start = rng.random()
        options = bytes.fromhex("020405b4 0402 0101")
        if start > 0.1:
            yield send(0, SYN | rng.choice((0, 0, ECE | CWR)), 0, options) * rng.choice((1, 1, 1, 2))
        if 0.1 < start < 0.2:  # nobody answers
            continue
        if 0.2 < start < 0.3:  # refused
            yield send(1, RST | ACK)
            continue
        if start < 0.95:
            yield send(1, SYN | ACK, 0, options)
        if start > 0.9:  # the answer is lost
            yield send(1, SYN | ACK, 0, options)
        yield send(0, ACK)
        for _ in range(rng.randrange(6)):
            side = rng.randrange(2)
            data = send(side, ACK | rng.choice((0, PSH, PSH | URG, ECE, CWR)), rng.choice((1, 100, 1400)))
            yield data * rng.choice((1, 1, 1, 1, 2))
            if rng.random() < 0.8:
                yield send(1 - side, ACK)
        end = rng.random()
        first = rng.randrange(2)
        if end < 0.2:
            yield send(first, RST | rng.choice((0, ACK)))
        elif end < 0.8:
            yield send(first, FIN | ACK)
            yield send(1 - first, ACK)
            yield send(1 - first, FIN | ACK)
            if end < 0.7:
                yield send(first, ACK)
        elif end < 0.9:
            yield send(first, FIN | ACK)


def oddity(rng):
    """TCP flags that make no sense, one after the other"""
    talk = Talk(rng)
    for _ in range(rng.randrange(1, 6)):
        yield [talk.tcp(rng.randrange(2), rng.randrange(256), rng.choice((0, 0, 10)))]


def datagrams(rng):
    talk = Talk(rng)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        yield [talk.udp(rng.choice((0, 0, 1)), rng.randrange(1200))]


def fragments(rng):
    """One datagram or two at once, in some order. Nothing comes between: what is remembered of them has its bounds."""
    packets = []
    talk = Talk(rng)
    for _ in range(rng.choice((1, 1, 2))):
        talk.ports[0] = rng.randrange(1024, 65536)
        side = rng.randrange(2)
        size = rng.randrange(1000, 5000)
        proto, l4 = rng.choice(((UDP, udp(talk.ports[side], talk.ports[1 - side], bytes(size))),
                                (TCP, tcp(talk.ports[side], talk.ports[1 - side], ACK, bytes(size)))))
        cut = fragments4 if talk.family == 4 else fragments6
        packets += cut(proto, l4, rng.choice((512, 1024, 1480 & ~7)), rng.randrange(65536),
                       src=talk.ends[side], dst=talk.ends[1 - side])
    order = rng.random()
    if order < 0.3:
        rng.shuffle(packets)
    elif order < 0.4:
        packets.reverse()
    if order < 0.5 or order > 0.9:
        del packets[rng.randrange(len(packets))]
    yield packets


def headers(rng):
    """Options and extension headers, also more of them than are followed"""
    talk = Talk(rng)
    proto, l4 = rng.choice(((UDP, udp(*talk.ports, bytes(20))), (TCP, tcp(*talk.ports, SYN))))
    if talk.family == 4:
        yield [talk.ip(0, proto, l4, options=bytes([1]) * rng.randrange(4, 44, 4))]
        return
    kinds = [rng.choice((ROUTING, DSTOPTS, FRAGMENT, MH, (AH, 2 * rng.randrange(5)), (DSTOPTS, rng.randrange(20))))
             for _ in range(rng.choice((1, 1, 2, 3, 8, 9)))]
    yield [talk.ip(0, *chain(rng.choice(([], [HOPOPTS])) + kinds, proto, l4))]


def others(rng):
    talk = Talk(rng)
    # ICMP and ICMPv6 with types that nobody answers
    proto, body = rng.choice(((SCTP, bytes(40)), (ESP, bytes(60)), (47, bytes(30)), (253, bytes(3)), (NONE, b"")))
    yield [talk.ip(0, proto, body)]


def wrong(rng):
    """What is wrong above IP, where the kernel does not look before the hooks"""
    talk = Talk(rng)
    yield [rng.choice((
        lambda: talk.tcp(0, SYN, offset=rng.randrange(16)),
        lambda: talk.udp(0, 20, length=rng.choice((0, 1, 7, 20, 28, 29, 65535))),
        lambda: talk.ip(0, TCP, tcp(*talk.ports, SYN)[:rng.randrange(20)]),
        lambda: talk.ip(0, UDP, udp(*talk.ports)[:rng.randrange(8)]),
        lambda: talk.ip(0, rng.choice((ROUTING, AH, MH, DSTOPTS, TCP, UDP)), bytes(rng.randrange(3))),
        lambda: talk.tcp(0, SYN) + bytes(rng.randrange(1, 20)),
    ))()]


def accepted():
    rng = random.Random(SEED)
    talks = [iter(kind(rng)) for kind, number in (
        (connection, 700), (oddity, 200), (datagrams, 1700), (fragments, 300), (headers, 400), (others, 200),
        (wrong, 400)) for _ in range(number)]
    rng.shuffle(talks)
    # A window moves over the talks: these go on at the same time.
    now, rest = talks[:60], talks[60:]
    while now:
        at = rng.randrange(len(now))
        packets = next(now[at], None)
        if packets is None:
            now[at:at + 1] = [rest.pop()] if rest else []
        else:
            yield from ((None, packet) for packet in packets)


def damaged(rng, packet):
    packet = bytearray(packet)
    for _ in range(rng.choice((1, 1, 2, 8))):
        packet[rng.randrange(min(len(packet), 80))] = rng.choice((0, 1, 6, 17, 44, 127, 255, rng.randrange(256)))
    size = rng.random()
    if size < 0.3:
        del packet[rng.randrange(1, len(packet) + 1):]
    elif size < 0.4:
        packet += bytes(rng.randrange(1, 100))
    # Most would not get past the checksum and the length of the IP header, so that these are seldom wrong.
    header = (packet[0] & 15) * 4
    if rng.random() < 0.8 and packet[0] >> 4 == 4 and 20 <= header <= len(packet):
        struct.pack_into("!H", packet, 2, len(packet))
        struct.pack_into("!H", packet, 10, 0)
        struct.pack_into("!H", packet, 10, checksum(packet[:header]))
    elif rng.random() < 0.8 and packet[0] >> 4 == 6 and len(packet) >= 40:
        struct.pack_into("!H", packet, 4, len(packet) - 40)
    return bytes(packet)


def hostile():
    rng = random.Random(SEED + 1)
    for _, packet in accepted():
        protocol = 0x86dd if packet[0] >> 4 == 6 else 0x0800
        yield protocol, damaged(rng, packet)


class Pcap:
    """A capture of raw IP"""

    def __init__(self, name):
        self.file = open(name, "wb")  # pylint: disable=consider-using-with
        self.file.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        self.count = 0

    def send(self, packet, _protocol=None):
        self.file.write(struct.pack("=IIII", 1700000000, self.count, len(packet), len(packet)) + packet)
        self.count += 1


def main():
    kind, where, *mark = sys.argv[1:]
    to = Pcap(where) if where.endswith(".pcap") else Tun(where)
    count = 0
    for protocol, packet in {"accepted": accepted, "hostile": hostile}[kind]():
        to.send(packet, protocol)
        count += 1
        if count % 100 == 0:
            time.sleep(0)  # whoever captures is to keep up
    for text in mark:
        to.send(ipv4(UDP, udp(9, 9, text.encode())))
        count += 1
    print(count)


main()
