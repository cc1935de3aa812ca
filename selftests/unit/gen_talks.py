#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
A small network at work, the same each time: connections that open and some that do not, with round trips that are known.

usage: gen_talks.py FILE.pcap

Prints what is in it as JSON: completed, refused, unanswered, unfinished, datagrams' flows, round trips in microseconds.
"""
import json
import os
import struct
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from wire_packets import *  # pylint: disable=wrong-import-position

BEGAN = 1700000000
CLIENTS = [f"10.0.0.{n}" for n in range(1, 16)] + [f"2001:db8:0:1:1234:5678:9abc:{n:x}" for n in range(1, 6)]
SERVERS = {4: ["10.0.1.1", "10.0.1.2", "10.0.1.3"], 6: ["2001:db8:0:2::1", "2001:db8:0:2::2"]}


class Capture:
    """A capture of raw IP, packets in the order of their time"""

    def __init__(self):
        self.packets = []

    def send(self, when_us, packet):
        self.packets.append((when_us, len(self.packets), packet))

    def write(self, name):
        with open(name, "wb") as file:
            file.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
            for when, _, packet in sorted(self.packets):
                file.write(struct.pack("=IIII", BEGAN + when // 1000000, when % 1000000, len(packet), len(packet)) +
                           packet)


def wrap(src, dst, proto, l4):
    return (ipv6 if ":" in src else ipv4)(proto, l4, src=src, dst=dst)


class Connection:
    """From its SYN on; times in microseconds"""

    def __init__(self, capture, when, client, port, server):
        self.capture, self.now = capture, when
        self.ends = ((client, port), server)
        self.seq = [1000, 5000]

    def send(self, side, flags, size=0, after=0):
        (src, sport), (dst, dport) = self.ends[side], self.ends[1 - side]
        self.now += after
        ack = self.seq[1 - side] if flags & ACK else 0
        self.capture.send(self.now, wrap(src, dst, TCP, tcp(sport, dport, flags, bytes(size), self.seq[side], ack)))
        self.seq[side] += size + bool(flags & (SYN | FIN))

    def again(self, flags, after):
        """The SYN, or the SYN-ACK, once more"""
        side = int(flags != SYN)
        self.seq[side] -= 1
        self.send(side, flags, after=after)

    def whole(self, rtt, asked, answered):
        self.send(0, SYN)
        self.send(1, SYN | ACK, after=rtt * 3 // 4)
        self.send(0, ACK, after=rtt - rtt * 3 // 4)
        self.send(0, PSH | ACK, asked, after=100)
        for _ in range(answered // 1000):
            self.send(1, PSH | ACK, 1000, after=rtt // 2)
            self.send(0, ACK, after=rtt // 2)
        self.send(0, FIN | ACK, after=200)
        self.send(1, FIN | ACK, after=rtt // 2)
        self.send(0, ACK, after=rtt // 2)


def main():
    capture = Capture()
    told = {"completed": 0, "refused": 0, "unanswered": 0, "unfinished": 0, "udp": 0, "rtts": []}
    for number, client in enumerate(CLIENTS):
        servers = SERVERS[6 if ":" in client else 4]
        for round_ in range(3):
            when, port = number * 1000 + round_ * 700000, 40000 + 10 * number + round_
            server = servers[(number + round_) % len(servers)]
            rtt = (60, 250, 700, 2500, 9000, 28000, 95000, 250000)[(number * 3 + round_) % 8] + number
            Connection(capture, when, client, port, (server, (80, 443, 22)[round_])).whole(
                rtt, 100 + number, 1000 * (number * round_ % 12))
            told["completed"] += 1
            told["rtts"].append(rtt)
        query = wrap(client, servers[0], UDP, udp(50000 + number, 53, bytes(30)))
        answer = wrap(servers[0], client, UDP, udp(53, 50000 + number, bytes(90 + number)))
        capture.send(3000000 + number * 100, query)
        capture.send(3000000 + number * 100 + 40, answer)
        told["udp"] += 1
        if number % 3 == 0:
            refused = Connection(capture, 4000000 + number, client, 60000 + number, (servers[0], 23))
            refused.send(0, SYN)
            refused.send(1, RST | ACK, after=50)
            told["refused"] += 1
        if number % 4 == 0:
            unanswered = Connection(capture, 5000000 + number, client, 60100 + number, (servers[0], 8080))
            unanswered.send(0, SYN)
            for pause in (1000000, 2000000)[:number % 3]:
                unanswered.again(SYN, pause)
            told["unanswered"] += 1
        if number % 10 == 0:
            unfinished = Connection(capture, 6000000 + number, client, 60200 + number, (servers[-1], 443))
            unfinished.send(0, SYN)
            unfinished.send(1, SYN | ACK, after=300)
            unfinished.again(SYN | ACK, after=1000000)
            told["unfinished"] += 1
    capture.write(sys.argv[1])
    print(json.dumps(told))


main()
