#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
handshake_peer.py COMMANDS ANSWERS: one TCP host that does what it is told, a command a line of the first pipe; each is
answered by a line in the second, "ok" or "error ...", once it is done. A test that tells two of these decides the order
of what is on the wire.

  listen ADDR PORT             one connection at a time
  accept
  connect SRC SPORT DST DPORT  and wait until it is open
  begin SRC SPORT DST DPORT    the same without waiting; "opened" waits
  opened
  abandon                      forget a connection that was begun: the kernel will answer for it
  fastopen SRC SPORT DST DPORT N    connect by N octets in the SYN, as far as the server has allowed it before
  buffer N                     of sockets to come, for what is received
  send N, recv N               N octets
  fill                         send until nothing more is taken; answers "ok N"
  eof                          read to the end
  half                         close for sending
  close
  watch DEVICE                 follow the sequence numbers that this host uses
  rst N                        a RST of the connection, N above the next number; the connection does not know of it
  segment SRC SPORT DST DPORT FLAGS SEQ ACK N    any segment, with N octets
"""
import os
import select
import socket
import struct
import sys

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "0": 0}  # "0" alone: no flag
TIMEOUT = 20


def checksum(data):
    """RFC 1071"""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def send_segment(ends, flags, seq, ack, payload):
    """From (address, port) to (address, port) of IPv4, through the output hook like any other packet."""
    (src, sport), (dst, dport) = ends
    header = struct.pack("!2H2I2B3H", sport, dport, seq & 0xffffffff, ack & 0xffffffff, 5 << 4, flags, 0xffff, 0, 0)
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!2H", 6, len(header + payload))
    header = header[:16] + struct.pack("!H", checksum(pseudo + header + payload)) + header[18:]
    # the kernel fills in the length and the checksum of this header
    ip = struct.pack("!2B3H2BH4s4s", 0x45, 0, 0, 0, 0, 64, 6, 0, socket.inet_aton(src), socket.inet_aton(dst))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.sendto(ip + header + payload, (dst, 0))


class Host:
    def __init__(self):
        self.sock = None
        self.listener = None
        self.watcher = None
        self.next_seq = None
        self.receive_buffer = 0

    def socket(self, addr):
        sock = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # two sends are two segments, whenever they come
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        sock.settimeout(TIMEOUT)
        return sock

    def bound(self, src, sport):
        self.sock = self.socket(src)
        self.sock.bind((src, int(sport)))
        return self.sock

    def do_listen(self, addr, port):
        self.listener = self.socket(addr)
        self.listener.bind((addr, int(port)))
        # so that SYNs with data are taken; nobody need send any
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 8)
        self.listener.listen(8)

    def do_accept(self):
        self.sock = self.listener.accept()[0]
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(TIMEOUT)

    def do_connect(self, src, sport, dst, dport):
        self.bound(src, sport).connect((dst, int(dport)))

    def do_begin(self, src, sport, dst, dport):
        self.bound(src, sport).setblocking(False)
        self.sock.connect_ex((dst, int(dport)))

    def do_opened(self):
        if not select.select([], [self.sock], [], TIMEOUT)[1]:
            raise TimeoutError("not opened")
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        self.sock.settimeout(TIMEOUT)

    def do_abandon(self):
        self.sock.close()

    def do_fastopen(self, src, sport, dst, dport, count):
        # with a time-out it would not wait for the answer where there is no cookie yet
        self.bound(src, sport).settimeout(None)
        self.sock.sendto(bytes(int(count)), socket.MSG_FASTOPEN, (dst, int(dport)))
        self.sock.settimeout(TIMEOUT)

    def do_buffer(self, count):
        self.receive_buffer = int(count)

    def do_send(self, count):
        self.sock.sendall(bytes(int(count)))

    def do_recv(self, count):
        left = int(count)
        while left:
            data = self.sock.recv(left)
            if not data:
                raise EOFError("closed by the other side")
            left -= len(data)

    def do_fill(self):
        total = 0
        self.sock.setblocking(False)
        try:
            while True:
                total += self.sock.send(bytes(4096))
        except BlockingIOError:
            pass
        self.sock.settimeout(TIMEOUT)
        return total

    def do_eof(self):
        while self.sock.recv(65536):
            pass

    def do_half(self):
        self.sock.shutdown(socket.SHUT_WR)

    def do_close(self):
        self.sock.close()

    def do_watch(self, device):
        # only of all protocols is what this host sends to be seen
        self.watcher = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.watcher.bind((device, 3))
        self.watcher.setblocking(False)

    def follow(self, port):
        try:
            while True:
                packet = self.watcher.recv(65536)
                tcp = packet[(packet[0] & 15) * 4:]
                if packet[0] >> 4 != 4 or packet[9] != 6 or struct.unpack("!H", tcp[:2])[0] != port:
                    continue
                length = struct.unpack("!H", packet[2:4])[0] - (packet[0] & 15) * 4 - (tcp[12] >> 4) * 4
                self.next_seq = struct.unpack("!I", tcp[4:8])[0] + length + bool(tcp[13] & 3)
        except BlockingIOError:
            pass

    def do_rst(self, above):
        ends = self.sock.getsockname(), self.sock.getpeername()
        self.follow(ends[0][1])
        send_segment(ends, FLAGS["R"], self.next_seq + int(above), 0, b"")

    @staticmethod
    def do_segment(src, sport, dst, dport, flags, seq, ack, count):
        send_segment(((src, int(sport)), (dst, int(dport))), sum(FLAGS[flag] for flag in flags), int(seq), int(ack),
                     bytes(int(count)))


def main():
    host = Host()
    commands = open(sys.argv[1], encoding="ascii")
    answers = open(sys.argv[2], "w", encoding="ascii")
    for line in commands:
        word, *words = line.split()
        try:
            result = getattr(host, "do_" + word)(*words)
            print("ok" if result is None else "ok %s" % result, file=answers, flush=True)
        except (OSError, EOFError, AttributeError, TypeError) as error:
            print("error", error, file=answers, flush=True)


main()
