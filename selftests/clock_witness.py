#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What CLOCK_MONOTONIC shows around the first packet of a connection.

usage: clock_witness.py ADDR PORT SOURCE-PORT...

Makes a connection from each source port, one after the other, within this host. The server closes first, so that a port
can be used again at once. Prints "ADDR SOURCE-PORT BEFORE AFTER" per connection: the clock before and after connect(),
in nanoseconds.
"""
import socket
import sys
import time


def connect(listener, addr, source_port):
    sock = socket.socket(listener.family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((addr, source_port))
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    sock.connect(listener.getsockname()[:2])
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    print(addr, source_port, before, after)
    listener.accept()[0].close()
    while sock.recv(1):
        pass
    sock.close()


def main():
    addr, port, *source_ports = sys.argv[1:]
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    listener = socket.create_server((addr, int(port)), family=family)
    for source_port in source_ports:
        connect(listener, addr, int(source_port))


main()
