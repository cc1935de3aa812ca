# SPDX-License-Identifier: GPL-2.0
"""Generic netlink by hand, for the tests in Python: what neither the module's nor the command's code has a part in."""

import os
import socket
import struct
import sys

NETLINK_GENERIC, GENL_ID_CTRL = 16, 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
CTRL_CMD_GETFAMILY, CTRL_CMD_GETPOLICY = 3, 10
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_VERSION, CTRL_ATTR_OPS, CTRL_ATTR_MCAST_GROUPS = 1, 2, 3, 6, 7
CTRL_ATTR_POLICY, CTRL_ATTR_OP_POLICY = 8, 9
CTRL_ATTR_OP_ID, CTRL_ATTR_OP_FLAGS = 1, 2
CTRL_ATTR_MCAST_GRP_NAME = 1
CTRL_ATTR_POLICY_DO, CTRL_ATTR_POLICY_DUMP = 1, 2
NLA_F_NESTED = 0x8000


def attributes(data):
    """The attributes in some octets: number and octets of each."""
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def attribute(number, data, nested=False):
    """The octets of an attribute, padded."""
    header = struct.pack("=HH", len(data) + 4, number | (NLA_F_NESTED if nested else 0))
    return header + data + bytes(-len(data) % 4)


def number(data):
    return int.from_bytes(data, sys.byteorder)


class Socket:
    """A socket to a family; received counts the octets that have come."""

    def __init__(self, family=GENL_ID_CTRL):
        self.family = family
        self.received = 0
        self.seq = 0
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.bind((0, 0))

    def request(self, cmd, data=b"", dump=False):
        """Yields the attributes of each message of the answer; OSError for a refusal."""
        self.seq += 1
        flags = NLM_F_REQUEST | (NLM_F_DUMP if dump else NLM_F_ACK)
        header = struct.pack("=IHHII", len(data) + 20, self.family, flags, self.seq, 0)
        self.socket.send(header + struct.pack("=BBH", cmd, 1, 0) + data)
        while True:
            got = self.socket.recv(1 << 20)
            self.received += len(got)
            at = 0
            while at < len(got):
                length, kind = struct.unpack_from("=IH", got, at)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    error = struct.unpack_from("=i", got, at + 16)[0]
                    if error:
                        raise OSError(-error, os.strerror(-error))
                    return
                yield got[at + 20:at + length]
                at += (length + 3) & ~3


def open_family(name):
    """A socket to the family of that name, and what the kernel says of the family: attributes by number."""
    ask = attribute(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
    [about] = [dict(attributes(answer)) for answer in Socket().request(CTRL_CMD_GETFAMILY, ask)]
    return Socket(number(about[CTRL_ATTR_FAMILY_ID])), about


class Results:
    """KTAP; finish() is the exit status."""

    def __init__(self):
        self.results = self.failures = 0
        print("KTAP version 1")

    def ok(self, good, name, note=""):
        self.results += 1
        if not good:
            self.failures += 1
            for line in note.splitlines():
                print(f"# {line}")
        print(f"{'ok' if good else 'not ok'} {self.results} {name}", flush=True)

    def equal(self, name, wanted, got):
        self.ok(wanted == got, name, f"{name}\nwanted: {wanted}\ngot:    {got}")

    def finish(self):
        print(f"1..{self.results}")
        return self.failures > 0
