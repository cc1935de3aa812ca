# SPDX-License-Identifier: GPL-2.0
"""Makes flows of many kinds, asks the kernel for those of which some terms hold, and compares with what its own rules
pick from a dump of all. Then makes many flows, asks for one, and counts the octets that come. For filters.sh, in a
network namespace where counting was started; prints KTAP."""

import collections
import errno
import functools
import ipaddress
import itertools
import socket
import struct
import subprocess
import sys
import time

import genl
from genl import attribute, attributes, number

CMD_FLOW_GET, CMD_CONFIG_SET, CMD_FLOW_DEL = 1, 4, 5
FLOW_PROTO, FLOW_ORIG, FLOW_REPLY, FLOW_STATE, FLOW_CONN_STATE, FLOW_TERM, FLOW_COUNT = 2, 3, 4, 5, 9, 14, 15
END_ADDR, END_PORT = 2, 3
NOT, SIDE, FAMILY, PROTO, ADDR, PREFIX, PORT_FIRST, PORT_LAST, STATES, CONN_STATES = range(1, 11)
CONFIG_STARTED, CONFIG_MAX_FLOWS, CONFIG_TIMEOUTS = 1, 2, 3
STATE_NAMES = ["NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT",
               "CLOSE", "SYN_SENT2", "UNREPLIED", "REPLIED"]
CONN_NAMES = ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"]
SIDES = {None: "either side", "either": "either side, named", "orig": "orig", "reply": "reply"}
TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP

results = genl.Results()


class Flow(collections.namedtuple("Flow", "proto orig oport reply rport state conn")):
    def __str__(self):
        return f"{self.proto} {self.orig}.{self.oport} > {self.reply}.{self.rport} {self.state} {self.conn}"


# --- flows ---


def read_end(data):
    end = dict(attributes(data))
    return ipaddress.ip_address(end[END_ADDR]), int.from_bytes(end[END_PORT], "big")


# The same octets are the same flow; and most of them come again and again.
@functools.lru_cache(maxsize=1000)
def read_flow(data):
    flow = dict(attributes(data))
    return Flow(number(flow[FLOW_PROTO]), *read_end(flow[FLOW_ORIG]), *read_end(flow[FLOW_REPLY]),
                STATE_NAMES[number(flow[FLOW_STATE])], CONN_NAMES[number(flow[FLOW_CONN_STATE])])


def dump(nl, *terms):
    return [read_flow(answer) for answer in nl.request(CMD_FLOW_GET, b"".join(t.octets() for t in terms), dump=True)]


# --- terms: what the kernel is told, and what it means here ---


class Term:
    def __init__(self, text, attrs, holds, negate=False):
        self.text, self.attrs, self.holds, self.negate = text, attrs, holds, negate

    def __invert__(self):
        return Term(f"not {self.text}", self.attrs, self.holds, not self.negate)

    def octets(self):
        return attribute(FLOW_TERM, (attribute(NOT, b"") if self.negate else b"") + self.attrs, nested=True)

    def picks(self, flow):
        return self.holds(flow) != self.negate

    @functools.lru_cache(maxsize=None)
    def picked(self, flows):
        return frozenset(flow for flow in flows if self.picks(flow))


def family(version):
    return Term(f"IPv{version}", attribute(FAMILY, bytes([socket.AF_INET if version == 4 else socket.AF_INET6])),
                lambda flow: flow.orig.version == version)


def proto(which):
    return Term(f"protocol {which}", attribute(PROTO, bytes([which])), lambda flow: flow.proto == which)


def sided(side, attrs):
    return attrs if side is None else attribute(SIDE, bytes([["either", "orig", "reply"].index(side)])) + attrs


def of_side(side, condition):
    """Whether a condition holds of the orig or of the reply, or of one of them."""
    return {"orig": lambda flow: condition(flow.orig, flow.oport),
            "reply": lambda flow: condition(flow.reply, flow.rport)}.get(
        side, lambda flow: condition(flow.orig, flow.oport) or condition(flow.reply, flow.rport))


def net(text, side=None):
    """ADDRESS or ADDRESS/PREFIX; bits behind the prefix may be set."""
    addr, slash, bits = text.partition("/")
    network = ipaddress.ip_network(text, strict=False)
    attrs = attribute(ADDR, ipaddress.ip_address(addr).packed)
    if slash:
        attrs += attribute(PREFIX, bytes([int(bits)]))
    return Term(f"net {text} ({SIDES[side]})", sided(side, attrs),
                of_side(side, lambda addr, port: addr.version == network.version and addr in network))


def ports(first, last=None, side=None):
    attrs = attribute(PORT_FIRST, struct.pack("!H", first))
    if last is not None:
        attrs += attribute(PORT_LAST, struct.pack("!H", last))
    wanted = range(first, (first if last is None else last) + 1)
    return Term(f"ports {wanted} ({SIDES[side]})", sided(side, attrs),
                of_side(side, lambda addr, port: port in wanted))


def named(attr, names, member, wanted):
    bits = sum(1 << names.index(name) for name in wanted)
    return Term(f"{member} {','.join(wanted) or '(none)'}", attribute(attr, struct.pack("=I", bits)),
                lambda flow: getattr(flow, member) in wanted)


def states(*wanted):
    return named(STATES, STATE_NAMES, "state", wanted)


def conns(*wanted):
    return named(CONN_STATES, CONN_NAMES, "conn", wanted)


# --- traffic ---


class Traffic:
    """What lives as long as it is asked about; source ports are given out from 2001 on."""

    def __init__(self):
        self.open = []
        self.port = 2000

    def socket(self, kind, addr, port):
        sock = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((addr, port))
        self.open.append(sock)
        return sock

    def source(self, kind, addr):
        self.port += 1
        return self.socket(kind, addr, self.port)

    def begin(self, src, dst, port):
        """A connection that may not come about."""
        client = self.source(socket.SOCK_STREAM, src)
        client.setblocking(False)
        assert client.connect_ex((dst, port)) in (errno.EINPROGRESS, errno.ECONNREFUSED)
        return client

    def connect(self, src, dst, port):
        """A connection, data sent both ways: client's and server's socket."""
        listener = self.socket(socket.SOCK_STREAM, dst, port)
        listener.listen()
        client = self.source(socket.SOCK_STREAM, src)
        client.connect((dst, port))
        server = listener.accept()[0]
        self.open += [server]
        listener.close()
        self.talk(client, server)
        return client, server

    def talk(self, client, server):
        for one, other in ((client, server), (server, client)):
            one.sendall(b"some data")
            assert other.recv(100) == b"some data"

    def send(self, src, dst, port, answer):
        server = self.socket(socket.SOCK_DGRAM, dst, port)
        client = self.source(socket.SOCK_DGRAM, src)
        client.sendto(b"question", (dst, port))
        if answer:
            server.sendto(b"answer", server.recvfrom(100)[1])
        return client

    def close(self):
        for sock in self.open:
            sock.close()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def keep_flows(nl):
    """For an hour, whatever their state."""
    timeouts = b"".join(attribute(i, struct.pack("=I", 3600)) for i in range(1, len(STATE_NAMES) + 1))
    list(nl.request(CMD_CONFIG_SET, attribute(CONFIG_TIMEOUTS, timeouts, nested=True)))


def set_max_flows(nl, flows):
    """Of a small table a dump is quick: its buckets are as many."""
    list(nl.request(CMD_CONFIG_SET, attribute(CONFIG_MAX_FLOWS, struct.pack("=I", flows))))


def start(nl, on):
    list(nl.request(CMD_CONFIG_SET, attribute(CONFIG_STARTED, bytes([on]))))


# Ends of flows, and where nobody answers.
V4 = [("127.0.0.1", "127.0.0.1"), ("10.1.0.1", "10.1.0.2"), ("10.1.0.2", "10.2.0.1"), ("10.2.0.1", "10.1.0.1")]
V6 = [("::1", "::1"), ("fd00:1::1", "fd00:1::2"), ("fd00:1::2", "fd00:2::1"), ("fd00:2::1", "fd00:1::1")]
NOBODY = {4: ("10.9.0.1", "10.9.0.9"), 6: ("fd00:9::1", "fd00:9::9")}


def make_flows(nl, traffic):
    # Begun before counting is: seen from the middle on.
    before = [traffic.connect(*ends, 7000) for ends in (V4[1], V6[1])]
    start(nl, 0)
    start(nl, 1)
    for pair in before:
        traffic.talk(*pair)
    for ends4, ends6 in zip(V4, V6):
        for ends in (ends4, ends6):
            traffic.connect(*ends, 7001)
            traffic.send(*ends, 7002, True)
            traffic.send(*ends, 7003, False)
            # Flows to one port of different protocols, and a port that is a source elsewhere.
            traffic.send(*ends, 7001, True)
            traffic.send(*ends, 2005, True)
    for src, dst in (V4[1], V6[2]):
        client, server = traffic.connect(src, dst, 7004)
        client.close()
        assert server.recv(1) == b""
        server.close()
        client, server = traffic.connect(src, dst, 7005)
        client.shutdown(socket.SHUT_WR)
        client, server = traffic.connect(src, dst, 7006)
        server.shutdown(socket.SHUT_WR)
        client, server = traffic.connect(src, dst, 7007)
        reset(client)
        client, server = traffic.connect(src, dst, 7008)
        reset(server)
        traffic.begin(src, dst, 7009)  # nobody listens
        listener = traffic.socket(socket.SOCK_STREAM, dst, 7011)
        listener.listen()
        traffic.begin(src, dst, 7011)  # the answer is lost
    for src, dst in NOBODY.values():
        traffic.begin(src, dst, 7010)


STATES_MADE = {"SYN_SENT", "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "TIME_WAIT", "CLOSE", "UNREPLIED", "REPLIED"}
CONNS_MADE = {"S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "OTH"}


def settled(nl):
    """All flows, when each kind is there, and twice the same."""
    for _ in range(100):
        flows = dump(nl)
        time.sleep(0.1)
        if STATES_MADE <= {flow.state for flow in flows} and CONNS_MADE <= {flow.conn for flow in flows} and \
                not differences(flows, dump(nl)):
            break
    results.equal("states of flows that are there", sorted(STATES_MADE), sorted({flow.state for flow in flows}))
    results.equal("verdicts of flows that are there", sorted(CONNS_MADE), sorted({flow.conn for flow in flows}))
    results.ok(len(flows) == len(set(flows)), "no flow is there twice")
    return tuple(flows)


# --- what is compared ---

NETS = ["127.0.0.1", "10.1.0.1", "10.1.0.2", "10.3.0.1", "127.0.0.1/32", "10.1.0.1/31", "10.1.0.3/30", "10.1.0.0/24",
        "10.2.0.1/17", "10.1.2.3/16", "10.1.0.1/15", "10.3.0.1/14", "10.0.0.0/8", "11.0.0.0/8", "11.0.0.0/7",
        "128.0.0.0/1", "1.0.0.0/1", "10.9.0.9/29", "10.9.0.0/29", "0.0.0.0/0", "1.2.3.4/0",
        "::1", "fd00:1::2", "fd00:3::1", "::1/128", "fd00:1::3/127", "fd00:1::3/126", "fd00:1::/64", "fd00:1::/33",
        "fd00:1::/32", "fd00:1::/31", "fd00:2::/31", "fd00::/30", "fd00::/16", "fc00::/7", "8000::/1", "::/1",
        "::/127", "::/96", "fe00::/8", "::/0", "fd00::/0"]
PORTS = [(7001, None), (7001, 7001), (2005, None), (2005, 2005), (7000, 7005), (7002, 7003), (7006, 65535), (0, 7004),
         (0, 65535), (0, None), (65535, None), (0, 0), (65535, 65535), (1, 2000), (2001, 2040), (7012, 65535),
         (256, 511), (0x5859, 0x595a), (2010, 7003)]


def kinds():
    yield "family", [family(4), family(6)]
    yield "protocol", [proto(TCP), proto(UDP)]
    for side, name in SIDES.items():
        yield f"address of {name}", [net(text, side) for text in NETS]
        yield f"port of {name}", [ports(*pair, side) for pair in PORTS]
    pairs = itertools.combinations(STATE_NAMES, 2)
    yield "state", [states(name) for name in STATE_NAMES] + [states(*pair) for pair in pairs] + \
        [states(), states(*STATE_NAMES)]
    pairs = itertools.combinations(CONN_NAMES, 2)
    yield "verdict", [conns(name) for name in CONN_NAMES] + [conns(*pair) for pair in pairs] + \
        [conns(), conns(*CONN_NAMES)]


def differences(wanted, got):
    """Lines; none where the same flows are in both, once each."""
    wanted, got = collections.Counter(wanted), collections.Counter(got)
    return [f"  too many: {flow}" for flow in got - wanted] + [f"  missing: {flow}" for flow in wanted - got]


def same(name, wanted, got):
    lines = differences(wanted, got)
    results.ok(not lines, name, "\n".join(lines[:20]))


def compare(nl, flows, name, filters):
    """One result for a list of filters, each a list of terms."""
    wrong, some = [], 0
    for terms in filters:
        wanted = frozenset.intersection(*(term.picked(flows) for term in terms))
        some += 0 < len(wanted) < len(flows)
        lines = differences(wanted, dump(nl, *terms))
        if lines:
            wrong += [", ".join(term.text for term in terms)[:200]] + lines[:5]
    results.ok(some and not wrong, f"{name}: {len(filters)} filters, {some} of them pick some flows and not all",
               "\n".join(wrong[:20]) or "none of these filters tells anything")


def compare_all(nl, flows):
    for name, terms in kinds():
        compare(nl, flows, name, [[term] for term in terms])
        compare(nl, flows, f"not {name}", [[~term] for term in terms])
    few = [family(4), proto(TCP), net("10.1.0.1"), net("10.1.0.0/24", "orig"), net("fd00:1::/32", "reply"),
           ports(7001), ports(7002, 7008, "reply"), ports(2005, None, "orig"), states("ESTABLISHED", "REPLIED"),
           conns("S0", "REJ", "OTH")]
    few += [~term for term in few]
    compare(nl, flows, "two terms", [list(pair) for pair in itertools.product(few, few)])
    compare(nl, flows, "three terms", [list(three) for three in itertools.combinations(few, 3)][::7])
    many = [~ports(port) for port in range(2001, 2032)]
    compare(nl, flows, "32 terms, the first or the last of which counts",
            [many + [proto(TCP)], [proto(TCP)] + many, many + [~ports(7001)], [ports(7001)] + many])


def tuple_terms(proto_number, orig, oport, reply, rport):
    return [proto(proto_number), net(str(orig), "orig"), ports(oport, None, "orig"), net(str(reply), "reply"),
            ports(rport, rport, "reply")]


def compare_tuples(nl, flows):
    """Terms that leave one 5-tuple, for which the kernel does not go through all flows."""
    exact = [tuple_terms(*flow[:5]) for flow in flows]
    compare(nl, flows, "5-tuples", exact)
    compare(nl, flows, "5-tuples in another order, and the family",
            [[family(flow.orig.version)] + terms[::-1] for flow, terms in zip(flows, exact)])
    # Each of these leaves the flow, or none.
    turned = [tuple_terms(flow.proto, flow.reply, flow.rport, flow.orig, flow.oport) for flow in flows]
    compare(nl, flows, "5-tuples from the other side, and from this", turned + exact[:1])
    compare(nl, flows, "5-tuples, and a state", [terms + [states("ESTABLISHED", "REPLIED")] for terms in exact])
    compare(nl, flows, "5-tuples, and another port", [terms + [ports(7001, None, "reply")] for terms in exact])
    # And these more than one flow.
    compare(nl, flows, "5-tuples but for one part", [terms[:i] + terms[i + 1:] for terms in exact for i in range(5)])
    compare(nl, flows, "5-tuples, one part of which is not to be",
            [terms[:i] + [~terms[i]] + terms[i + 1:] for terms in exact for i in range(5)] + exact[:1])


def compare_deleting(nl, flows):
    terms = [proto(UDP), ~ports(7003, None, "reply"), net("10.1.0.0/16", "orig")]
    wanted = [flow for flow in flows if not all(term.picks(flow) for term in terms)]
    answers = list(nl.request(CMD_FLOW_DEL, b"".join(term.octets() for term in terms)))
    results.equal("to delete by three terms: the answer says how many",
                  [len(flows) - len(wanted)], [number(dict(attributes(a))[FLOW_COUNT]) for a in answers])
    same("those are gone, the others are there", wanted, dump(nl))


def test_many(nl, count, client):
    """One flow a source port; from 10000 on, where no other flow has one."""
    first, some = 10000, 10000 + count // 2
    subprocess.run([client, "udp", "flood", "127.0.0.1", "5000", "--source-port", str(first), "--ports", str(count),
                    "--count", str(count)], check=True)
    one = genl.Socket(nl.family)
    got = dump(one, ports(some))
    results.equal(f"of {count} flows, a dump of one port is one flow",
                  [("127.0.0.1", some, "127.0.0.1", 5000)],
                  [(str(flow.orig), flow.oport, str(flow.reply), flow.rport) for flow in got])
    results.ok(one.received <= 2048, f"{one.received} octets came for it, at most 2048")
    none = genl.Socket(nl.family)
    results.equal("a dump of a port that none has is empty", [], dump(none, ports(9999)))
    results.ok(none.received <= 64, f"{none.received} octets came for it, at most 64")
    wanted, got = range(some, some + 100), dump(nl, ports(some, some + 99, "orig"))
    results.equal("a dump of 100 ports is 100 flows", list(wanted), sorted(flow.oport for flow in got))
    every = genl.Socket(nl.family)
    messages = sum(1 for _ in every.request(CMD_FLOW_GET, ports(5000, None, "reply").octets(), dump=True))
    results.equal("a dump of what all of them have is all", count, messages)
    results.ok(every.received > 200 * count, f"{every.received} octets came for it: the count of octets counts")


def main():
    count, client = int(sys.argv[1]), sys.argv[2]
    nl = genl.open_family("tuplestat")[0]
    traffic = Traffic()
    keep_flows(nl)
    set_max_flows(nl, 1024)
    make_flows(nl, traffic)
    flows = settled(nl)
    compare_all(nl, flows)
    compare_tuples(nl, flows)
    same("nothing has changed meanwhile", flows, dump(nl))
    compare_deleting(nl, flows)
    traffic.close()
    set_max_flows(nl, 131072)
    test_many(nl, count, client)
    sys.exit(results.finish())


main()
