#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What a page of "tuplestat report" says, read from its HTML, against what others say of the same capture.

usage: read_report.py PAGE CAPTURE TOLD

TOLD: what gen_talks.py printed. Prints a line a comparison, for test_report.sh: name, wanted, got, between tabs.
"""
import collections
import html.parser
import json
import re
import subprocess
import sys

LIMITS = [100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000, 3000000]
VOID = {"meta", "br", "wbr", "rect", "link", "img", "input", "hr"}


class Page(html.parser.HTMLParser):
    """The rows of tables that have a name, definitions, and what must not be there"""

    def __init__(self, text):
        super().__init__()
        self.tables = collections.defaultdict(list)
        self.values = {}
        self.outside = []
        self.scripts = 0
        self.title = ""
        self._table = self._row = self._cell = self._value = None
        self._open = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        self.scripts += tag == "script" or any(name.startswith("on") for name in attrs)
        self.outside += [f"{tag} {name}" for name in ("src", "href", "xlink:href", "action", "data", "srcset")
                         if name in attrs]
        if tag == "table":
            self._table = attrs.get("id")
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._cell = {"text": "", "bytes": []}
        elif tag == "br" and self._cell:
            self._cell["text"] += " "
        elif tag == "span" and self._cell and "title" in attrs:
            self._cell["bytes"].append(int(attrs["title"].split()[0]))
        elif tag == "dd":
            self._value = attrs.get("id")
            self.values.setdefault(self._value, "")

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass
        if tag in ("td", "th") and self._cell:
            self._row.append(self._cell)
            self._cell = None
        elif tag == "tr" and self._row and "text" in self._row[0]:
            self.tables[self._table].append(self._row)
        elif tag == "dd":
            self._value = None

    def handle_data(self, data):
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data
        elif self._cell is not None and "title" not in self._open:
            self._cell["text"] += data
        elif self._value:
            self.values[self._value] += data


def number(text):
    return int(text.replace("\u202f", ""))


def capinfos(capture):
    text = subprocess.run(["capinfos", "-M", "-c", "-d", capture], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [int(value) for value in re.findall(r":\s+(\d+)(?: bytes)?$", text, re.M)]


def conversations(capture, kind):
    """How many there are, and the pairs of addresses of each, by tshark"""
    text = subprocess.run(["tshark", "-q", "-n", "-r", capture, "-z", f"conv,{kind}"], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return re.findall(r"^(\S+):\d+\s+<->\s+(\S+):\d+\s", text, re.M)


def bytes_between(capture):
    """{(source, destination): bytes}, by tshark"""
    total = collections.Counter()
    fields = subprocess.run(["tshark", "-n", "-r", capture, "-T", "fields", "-E", "separator=|", "-e", "ip.src", "-e",
                             "ip.dst", "-e", "ipv6.src", "-e", "ipv6.dst", "-e", "frame.len"], check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    for line in fields.splitlines():
        src4, dst4, src6, dst6, size = line.split("|")
        total[src4 or src6, dst4 or dst6] += int(size)
    return total


def bucket(rtt):
    return sum(rtt >= limit for limit in LIMITS)


def pairs_wanted(between, flows):
    pairs = {tuple(sorted(pair)) for pair in between}
    rows = [(between[a, b] + between[b, a], a, b, flows[a, b]) for a, b in pairs]
    return sorted(((total, *sorted((f"{a}>{b} {between[a, b]}", f"{b}>{a} {between[b, a]}")), count)
                   for total, a, b, count in rows), reverse=True)


def pairs_got(page):
    rows = []
    for row in page.tables["pairs"][1:]:
        a, b = row[0]["text"].split()
        there, back = row[2]["bytes"][0], row[3]["bytes"][0]
        rows.append((there + back, *sorted((f"{a}>{b} {there}", f"{b}>{a} {back}")), number(row[1]["text"])))
    return rows


def hosts_wanted(between):
    sent, received = collections.Counter(), collections.Counter()
    for (src, dst), size in between.items():
        sent[src] += size
        received[dst] += size
    hosts = sorted((-(sent[host] + received[host]), host) for host in {*sent, *received})
    rows = [(host, sent[host], received[host]) for _, host in hosts]
    others = rows[12:]
    return rows[:12], (f"{len(others)} other hosts", sum(row[1] for row in others), sum(row[2] for row in others))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = Page(file.read())
    capture, told = sys.argv[2], json.loads(sys.argv[3])
    between = bytes_between(capture)
    tcp, udp = conversations(capture, "tcp"), conversations(capture, "udp")
    flows = collections.Counter(tuple(sorted(ends)) for ends in tcp + udp)
    packets, size = capinfos(capture)

    def result(name, wanted, got):
        print(f"{name}\t{wanted}\t{got}")

    result("packets, of capinfos", packets, number(page.values["packets"]))
    result("bytes, of capinfos", size, number(page.values["bytes"]))
    result("TCP flows, of tshark", len(tcp), number(page.values["tcp"]))
    result("UDP flows, of tshark", len(udp), number(page.values["udp"]))
    result("hosts, of tshark", len({host for pair in between for host in pair}), number(page.values["hosts-count"]))

    wanted = pairs_wanted(between, flows)[:10]
    got = pairs_got(page)
    # of equal ones any can be first, and any can be the last of ten
    result("pairs: their bytes, of tshark", [row[0] for row in wanted], [row[0] for row in got])
    every = {row[1:] for row in pairs_wanted(between, flows)}
    result("pairs: each direction and flows, of tshark", [], [row for row in got if row[1:] not in every])

    first, others = hosts_wanted(between)
    rows = [(row[1]["text"], row[2]["bytes"][0], row[3]["bytes"][0]) for row in page.tables["hosts"][1:]]
    result("hosts: what they sent and received, of tshark", sorted(first), sorted(rows[:-1]))
    result("hosts: all others together", others, rows[-1])

    outcomes = {row[0]["text"]: number(row[2]["text"]) for row in page.tables["handshakes"]}
    result("handshakes, as they were made", {name: told[name] for name in outcomes}, outcomes)
    counts = collections.Counter(bucket(rtt) for rtt in told["rtts"])
    result("round trips, as they were made", [counts[at] for at in range(min(counts), max(counts) + 1)],
           [number(row[2]["text"]) for row in page.tables["rtts"]])
    ports = {row[0]["text"]: [number(cell["text"]) for cell in row[1:]] for row in page.tables["ports"][1:]}
    result("ports: nobody listens on 23, nobody answers on 8080",
           [[told["refused"], 0, told["refused"], 0, 0], [told["unanswered"], 0, 0, told["unanswered"], 0]],
           [ports["23"], ports["8080"]])

    result("no script", 0, page.scripts)
    result("nothing from outside", [], page.outside)
    result("its title is the name of the capture", f"tuplestat: {capture}", page.title)


main()
