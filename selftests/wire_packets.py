# SPDX-License-Identifier: GPL-2.0
"""Packets for the wire_* tests: put together layer by layer, and ways to have the kernel send or receive them."""
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import json

HOPOPTS, TCP, UDP, ROUTING, FRAGMENT, ESP, AH, ICMPV6, NONE, DSTOPTS, SCTP, MH = \
    0, 6, 17, 43, 44, 50, 51, 58, 59, 60, 132, 135

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))
MORE = 0x2000  # flag of IPv4, in one word with the offset

# --- layers ---


def checksum(data):
    """RFC 1071, of an even number of octets"""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def udp(sport, dport, payload=b"", length=None):
    return struct.pack("!4H", sport, dport, 8 + len(payload) if length is None else length, 0) + payload


def tcp(sport, dport, flags, payload=b"", seq=0, ack=0, options=b"", offset=None, window=0xffff):
    words = 5 + len(options) // 4 if offset is None else offset
    return struct.pack("!2H2I2B3H", sport, dport, seq, ack, words << 4, flags, window, 0, 0) + options + payload


def ipv4(proto, payload, src="10.9.0.2", dst="10.9.0.1", options=b"", ident=0, fragment=0, length=None, ihl=None,
         version=4):
    size = 20 + len(options)
    header = bytearray(struct.pack("!2B3H2BH4s4s", version << 4 | (size // 4 if ihl is None else ihl), 0,
                                   size + len(payload) if length is None else length, ident, fragment, 64, proto, 0,
                                   socket.inet_aton(src), socket.inet_aton(dst)) + options)
    struct.pack_into("!H", header, 10, checksum(header))
    return bytes(header) + payload


_addresses = {}


def address6(text):
    if text not in _addresses:
        _addresses[text] = socket.inet_pton(socket.AF_INET6, text)
    return _addresses[text]


def ipv6(next_header, payload, src="fd09::2", dst="fd09::1", length=None, version=6):
    return struct.pack("!BBHHBB16s16s", version << 4, 0, 0, len(payload) if length is None else length, next_header, 64,
                       address6(src), address6(dst)) + payload


def exthdr(kind, next_header, units=0):
    """One extension header of 8 * (units + 1) octets; AH of 4 * (units + 4); a fragment header is an atomic one."""
    if kind == FRAGMENT:
        return struct.pack("!BBHI", next_header, 0, 0, 1)
    if kind == AH:
        return struct.pack("!BBHII", next_header, units + 2, 0, 1, 1) + bytes(4 * units + 4)
    if kind == ROUTING:  # type 253 is for experiments: no host acts on it; no segments left
        return struct.pack("!4B", next_header, units, 253, 0) + bytes(8 * units + 4)
    if kind == MH:
        return struct.pack("!BBBBH", next_header, units, 0, 0, 0) + bytes(8 * units + 2)
    room = 8 * units + 6
    options = b""
    while room:  # an option for experiments, RFC 4727, that hosts skip; they refuse so much padding
        size = min(room, 256)
        options += bytes([0x1e, size - 2]) + bytes(size - 2)
        room -= size
    return struct.pack("!2B", next_header, units) + options


def chain(headers, proto, payload):
    """(next header, packet from there on) of extension headers (kind or (kind, units)) before a protocol"""
    headers = [header if isinstance(header, tuple) else (header, 0) for header in headers]
    kinds = [kind for kind, _ in headers] + [proto]
    front = b"".join(exthdr(kind, kinds[i + 1], units) for i, (kind, units) in enumerate(headers))
    return kinds[0], front + payload


def fragments4(proto, datagram, size, ident, **fields):
    """The fragments of a datagram, in order, each with up to size octets (a multiple of 8) of it"""
    cuts = range(0, len(datagram), size)
    return [ipv4(proto, datagram[at:at + size], ident=ident,
                 fragment=at // 8 | (MORE if at != cuts[-1] else 0), **fields) for at in cuts]


def fragments6(proto, datagram, size, ident, **fields):
    cuts = range(0, len(datagram), size)
    return [ipv6(FRAGMENT, struct.pack("!BBHI", proto, 0, at | (at != cuts[-1]), ident) + datagram[at:at + size],
                 **fields) for at in cuts]


# --- the kernel ---


class Tun:
    """A tun device of this namespace ("ip tuntap"): what is sent to it, the kernel receives."""

    def __init__(self, name, vnet_header=False):
        self.fd = os.open("/dev/net/tun", os.O_RDWR)
        # TUNSETIFF; IFF_TUN | IFF_VNET_HDR
        fcntl.ioctl(self.fd, 0x400454ca, struct.pack("16sH22x", name.encode(), 0x0001 | 0x4000 * vnet_header))

    def send(self, packet, protocol=None, vnet_header=b""):
        """protocol: of Ethernet; where none is given it is what the packet itself says"""
        if protocol is None:
            protocol = 0x86dd if packet[0] >> 4 == 6 else 0x0800
        os.write(self.fd, struct.pack("!2H", 0, protocol) + vnet_header + packet)


def enter(namespace):
    """What is opened from now on is of that namespace."""
    with open(f"/run/netns/{namespace}", encoding="ascii") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")


def sockets(namespace, *wanted):
    """A socket for each (family, type) there"""
    enter(namespace)
    return [socket.socket(family, kind) for family, kind in wanted]


# --- what tuplestat says ---


def tuplestat(*words):
    return json.loads(subprocess.run(["tuplestat", "-j", *words], check=True, stdout=subprocess.PIPE).stdout)


def flow_counts(*words):
    """{(proto, source, port, destination, port): (packets, ip_bytes, l4_bytes, payload_bytes)}, by direction"""
    counts = {}
    for flow in tuplestat(*words):
        for one, other in (flow["orig"], flow["reply"]), (flow["reply"], flow["orig"]):
            if one["packets"]:
                counts[flow["proto"], one["addr"], one["port"], other["addr"], other["port"]] = \
                    tuple(one[name] for name in ("packets", "ip_bytes", "l4_bytes", "payload_bytes"))
    return counts


def unattributed(*words):
    """{reason: packets}, without the reasons that have none"""
    return {line["reason"]: line["packets"] for line in tuplestat(*words, "stats")["unattributed"] if line["packets"]}


def result(name, wanted, got):
    """A line for judge() in wire_lib.sh"""
    print(f"{name}\t{wanted}\t{got}", flush=True)
