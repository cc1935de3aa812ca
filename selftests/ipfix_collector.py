#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
A collector of IPFIX that forgives nothing, after RFC 7011 and RFC 5103.

usage: ipfix_collector.py udp|tcp ADDR PORT OUT [DOMAIN]

It listens when OUT exists. Each data record becomes a line of JSON there, as it comes; at the end, by SIGTERM or SIGINT,
OUT.end says how many messages, templates and records there were, how many records are missing by the sequence numbers,
and all that was wrong ("errors").
"""
import ipaddress
import json
import os
import select
import signal
import socket
import struct
import sys
import time

REVERSE = 29305

# (octets at most, octets at least) of the elements that are expected, by IANA's numbers; whether there is a reverse one
ELEMENTS = {
    1: ("octetDeltaCount", 8, 8, True),
    2: ("packetDeltaCount", 8, 8, True),
    4: ("protocolIdentifier", 1, 1, False),
    # one octet: RFC 7011, 6.2, reduced-size encoding, that collectors read that know nothing of two
    6: ("tcpControlBits", 1, 1, True),
    7: ("sourceTransportPort", 2, 2, False),
    8: ("sourceIPv4Address", 4, 4, False),
    11: ("destinationTransportPort", 2, 2, False),
    12: ("destinationIPv4Address", 4, 4, False),
    27: ("sourceIPv6Address", 16, 16, False),
    28: ("destinationIPv6Address", 16, 16, False),
    136: ("flowEndReason", 1, 1, False),
    152: ("flowStartMilliseconds", 8, 8, False),
    153: ("flowEndMilliseconds", 8, 8, False),
    218: ("tcpSynTotalCount", 8, 1, True),
    219: ("tcpFinTotalCount", 8, 1, True),
    220: ("tcpRstTotalCount", 8, 1, True),
    239: ("biflowDirection", 1, 1, False),
    401: ("transportOctetDeltaCount", 8, 8, True),
}
REQUIRED = {"octetDeltaCount", "packetDeltaCount", "reverse octetDeltaCount", "reverse packetDeltaCount",
            "protocolIdentifier", "sourceTransportPort", "destinationTransportPort", "flowEndReason",
            "flowStartMilliseconds", "flowEndMilliseconds", "biflowDirection"}
TCP_ONLY = {"tcpControlBits", "reverse tcpControlBits"}


class Wrong(Exception):
    """What the RFC does not allow"""


def want(condition, what, *values):
    if not condition:
        raise Wrong(what.format(*values))


class Session:
    """A transport session: a connection, or all that comes from one address and port over UDP"""

    def __init__(self, collector):
        self.collector = collector
        self.templates = {}
        self.expected = None

    def message(self, data):
        """One message, whole"""
        end = self.collector.end
        version, length, export_time, sequence, domain = struct.unpack("!HHIII", data[:16])
        want(version == 10, "version {}", version)
        want(length == len(data), "a message of {} octets says {}", len(data), length)
        want(abs(export_time - time.time()) < 3600, "export time {}", export_time)
        want(domain == self.collector.domain, "domain {}", domain)
        end["messages"] += 1
        end["longest"] = max(end["longest"], length)
        # Records of this session and domain before this message; the first message of a collector that came late may
        # have any number.
        if self.expected is None:
            end["first_sequence"].append(sequence)
            self.expected = sequence
        missing = (sequence - self.expected) & 0xffffffff
        want(missing < 1 << 31, "sequence number {} after {}", sequence, self.expected)
        end["missing"] += missing
        before = end["records"] + end["unknown"]
        at = 16
        want(length > at, "a message without a set")
        while at < length:
            want(at + 4 <= length, "a set without a header")
            kind, size = struct.unpack_from("!HH", data, at)
            want(4 < size <= length - at, "a set of {} octets, where {} are left", size, length - at)
            self.set(kind, data[at + 4:at + size])
            at += size
        self.expected = (sequence + end["records"] + end["unknown"] - before) & 0xffffffff

    def set(self, kind, body):
        if kind == 2:
            self.collector.end["template_sets"] += 1
            while len(body) >= 4:
                body = self.template(body)
            want(not any(body), "padding of a template set: {}", body.hex())
            return
        want(kind >= 256, "a set of kind {}", kind)
        template = self.templates.get(kind)
        if template is None:
            # Who came late can only wait; how many records that were is told by the next number.
            self.collector.end["unknown_sets"] += 1
            return
        size = sum(length for _, length in template)
        while len(body) >= size:
            self.record(template, body[:size])
            body = body[size:]
        want(len(body) < min(size, 8) and not any(body), "padding of a data set: {}", body.hex())

    def template(self, body):
        number, count = struct.unpack_from("!HH", body)
        want(number >= 256, "template {}", number)
        want(count, "template {} has no field", number)
        at, fields = 4, []
        for _ in range(count):
            element, length = struct.unpack_from("!HH", body, at)
            at += 4
            pen = 0
            if element & 0x8000:
                (pen,) = struct.unpack_from("!I", body, at)
                at += 4
                want(pen == REVERSE, "enterprise {}", pen)
            element &= 0x7fff
            want(element in ELEMENTS, "element {} of enterprise {}", element, pen)
            name, most, least, reversible = ELEMENTS[element]
            want(least <= length <= most, "{} of {} octets", name, length)
            want(not pen or reversible, "{} has no reverse", name)
            fields.append(("reverse " * bool(pen) + name, length))
        names = [name for name, _ in fields]
        want(len(set(names)) == len(names), "template {} has an element twice: {}", number, names)
        want(REQUIRED <= set(names), "template {} lacks {}", number, REQUIRED - set(names))
        for side in "source", "destination":
            want((side + "IPv4Address" in names) != (side + "IPv6Address" in names), "template {}: addresses", number)
        want(self.templates.setdefault(number, fields) == fields, "template {} has changed", number)
        self.collector.end["templates"] = max(self.collector.end["templates"], len(self.templates))
        return body[at:]

    def record(self, template, body):
        row, at = {}, 0
        for name, length in template:
            value = body[at:at + length]
            at += length
            row[name] = str(ipaddress.ip_address(value)) if name.endswith("Address") else int.from_bytes(value, "big")
        self.collector.end["records"] += 1
        want(row["flowStartMilliseconds"] <= row["flowEndMilliseconds"], "a flow that ends before it starts: {}", row)
        want(1 <= row["flowEndReason"] <= 5, "flowEndReason {}", row["flowEndReason"])
        want(row["biflowDirection"] == 1, "biflowDirection {}", row["biflowDirection"])
        want(row["protocolIdentifier"] in (6, 17), "protocolIdentifier {}", row["protocolIdentifier"])
        want((row["protocolIdentifier"] == 6) == (TCP_ONLY <= set(row)), "TCP flags of protocol {}",
             row["protocolIdentifier"])
        self.collector.write(row)


class Collector:
    """Sockets, sessions, and what is written of them"""

    def __init__(self, out, domain):
        self.domain = domain
        self.out = open(out + ".part", "w", encoding="ascii")  # pylint: disable=consider-using-with
        self.end = {"sessions": 0, "messages": 0, "template_sets": 0, "templates": 0, "records": 0, "missing": 0,
                    "unknown_sets": 0, "unknown": 0, "longest": 0, "first_sequence": [], "errors": []}

    def write(self, row):
        self.out.write(json.dumps(row) + "\n")

    def session(self):
        self.end["sessions"] += 1
        return Session(self)

    def take(self, session, data):
        try:
            session.message(data)
        except (Wrong, struct.error) as error:
            self.end["errors"].append(str(error))
        self.out.flush()


def serve_udp(collector, sock, stop):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sessions = {}
    while True:
        readable, _, _ = select.select([sock, stop], [], [])
        if sock not in readable:
            return
        data, peer = sock.recvfrom(65536)
        if peer not in sessions:
            sessions[peer] = collector.session()
        collector.take(sessions[peer], data)


def serve_tcp(collector, sock, stop):
    sock.listen()
    peers = {}
    while True:
        readable, _, _ = select.select([sock, stop, *peers], [], [])
        if readable == [stop]:
            return
        for one in readable:
            if one is sock:
                peers[sock.accept()[0]] = [collector.session(), b""]
            elif one is not stop:
                data = one.recv(65536)
                peers[one][1] += data
                while len(peers[one][1]) >= 4:
                    length = int.from_bytes(peers[one][1][2:4], "big")
                    if length < 16:
                        collector.end["errors"].append(f"a message of {length} octets")
                        data = b""
                        break
                    if len(peers[one][1]) < length:
                        break
                    collector.take(peers[one][0], peers[one][1][:length])
                    peers[one][1] = peers[one][1][length:]
                if not data:
                    if peers[one][1]:
                        collector.end["errors"].append("a connection that ends amid a message")
                    del peers[one]
                    one.close()


def main():
    kind, addr, port, out, *domain = sys.argv[1:]
    stop, stopped = socket.socketpair()
    signal.signal(signal.SIGTERM, lambda *_: stopped.send(b"."))
    signal.signal(signal.SIGINT, lambda *_: stopped.send(b"."))
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((addr, int(port)))
    collector = Collector(out, int(domain[0]) if domain else 0)
    if kind == "tcp":
        sock.listen()

    os.rename(out + ".part", out)
    (serve_tcp if kind == "tcp" else serve_udp)(collector, sock, stop)
    collector.out.close()
    with open(out + ".end", "w", encoding="ascii") as handle:
        json.dump(collector.end, handle)


main()
