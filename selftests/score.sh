#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How well "tuplestat -r" agrees with another flow meter. DIR holds captures, and in expected.tsv what the other one
# made of them: a line a flow, in the order in which they began where the 5-tuple is the same, with the columns
#
#	trace proto orig_h orig_p resp_h resp_p conn_state history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes duration
#
# "-" stands for what is not set, and is not compared. A history with an X or a C says that the other one did not follow
# all packets (it knew the content, or a checksum was wrong): of such a line packets and bytes are not compared, and of
# the history not these letters.
#
# Prints every difference and a score for each kind. Exit status: 0 if all minima that are given are reached, else 1;
# 2 where it cannot be told.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage="usage: ${0##*/} [--min-orientation PERCENT] [--min-packets PERCENT] [--min-conn-state PERCENT]
       [--min-history PERCENT] [--tuplestat PROGRAM] DIR"

if [ "${1:-}" = --help ]; then
	echo "$usage"
	exit 0
fi

TUPLESTAT=${TUPLESTAT:-$here/../build/tuplestat} USAGE=$usage exec python3 - "$@" <<'PYTHON'
import csv
import json
import os
import subprocess
import sys

KINDS = ("orientation", "packets", "conn_state", "history")


def die(text):
    print("score.sh: " + text, file=sys.stderr)
    sys.exit(2)


def arguments(words):
    minima, folder, program = {}, None, os.environ["TUPLESTAT"]
    words = list(words)
    while words:
        word = words.pop(0)
        kind = word[len("--min-"):].replace("-", "_")
        if word.startswith("--min-") and kind in KINDS and words:
            try:
                minima[kind] = float(words.pop(0))
            except ValueError:
                die(word + " takes a percentage")
        elif word == "--tuplestat" and words:
            program = words.pop(0)
        elif folder is None and not word.startswith("--"):
            folder = word
        else:
            die(os.environ["USAGE"])
    if folder is None:
        die(os.environ["USAGE"])
    return minima, folder, program


def replay(program, path):
    done = subprocess.run([program, "-j", "-r", path],
                          stdout=subprocess.PIPE, check=False)
    if done.returncode:
        die("%s -r %s: exit status %d" % (program, path, done.returncode))
    return json.loads(done.stdout)


def expected(folder):
    with open(os.path.join(folder, "expected.tsv"), encoding="utf-8") as file:
        return list(csv.DictReader((line.lstrip("#") for line in file),
                                   delimiter="\t"))


def key_of_row(row):
    ends = [(row["orig_h"], int(row["orig_p"])),
            (row["resp_h"], int(row["resp_p"]))]
    return (row["proto"],) + tuple(sorted(ends))


def key_of_flow(flow):
    ends = [(flow[side]["addr"], flow[side]["port"])
            for side in ("orig", "reply")]
    return (flow["proto"],) + tuple(sorted(ends))


def without_marks(history):
    return "".join(c for c in history if c not in "XxCc")


class Score:
    def __init__(self):
        self.good = dict.fromkeys(KINDS, 0)
        self.all = dict.fromkeys(KINDS, 0)
        self.has = dict.fromkeys(KINDS, True)

    def compare(self, kind, name, want, got):
        self.all[kind] += 1
        if want == got:
            self.good[kind] += 1
        else:
            print("%s: %s: expected %s, got %s" % (name, kind, want, got))

    def row(self, name, row, flow):
        """@flow: None where there is none"""
        flipped = flow is not None and \
            (flow["orig"]["addr"], flow["orig"]["port"]) != \
            (row["orig_h"], int(row["orig_p"]))
        self.compare("orientation", name, "as is",
                     "no record" if flow is None
                     else "flipped" if flipped else "as is")
        marked = without_marks(row["history"]) != row["history"]
        if row["orig_pkts"] != "-" and not marked:
            want = tuple(int(row[column]) for column in (
                "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"))
            sides = ("reply", "orig") if flipped else ("orig", "reply")
            got = flow and tuple(flow[side][member] for side in sides
                                 for member in ("packets", "ip_bytes"))
            self.compare("packets", name, want, got)
        for kind in ("conn_state", "history"):
            if row[kind] == "-":
                continue
            got = flow and flow.get(kind)
            if flow is not None and got is None:
                self.has[kind] = False
                self.all[kind] += 1
                continue
            self.compare(kind, name, without_marks(row[kind])
                         if kind == "history" else row[kind], got)

    def percent(self, kind):
        if not self.all[kind]:
            return 0.0
        return 100.0 * self.good[kind] / self.all[kind]


def score_trace(score, trace, rows, flows):
    left = {}
    for flow in flows:
        left.setdefault(key_of_flow(flow), []).append(flow)
    for row in rows:
        name = "%s %s %s:%s > %s:%s" % (
            trace, row["proto"], row["orig_h"], row["orig_p"],
            row["resp_h"], row["resp_p"])
        same = left.get(key_of_row(row))
        score.row(name, row, same.pop(0) if same else None)
    for key, same in left.items():
        for flow in same:
            print("%s %s: a record that is not expected: %s, %d/%d packets" % (
                trace, key, flow["state"], flow["orig"]["packets"],
                flow["reply"]["packets"]))


def main():
    minima, folder, program = arguments(sys.argv[1:])
    traces = {}
    try:
        for row in expected(folder):
            traces.setdefault(row["trace"], []).append(row)
    except (OSError, KeyError) as error:
        die("%s: %s" % (folder, error))
    score = Score()
    for trace, rows in traces.items():
        score_trace(score, trace, rows,
                    replay(program, os.path.join(folder, trace)))
    reached = True
    for kind in KINDS:
        note = "" if score.has[kind] else ", not in the output of tuplestat"
        if kind in minima and score.percent(kind) < minima[kind]:
            reached = False
            note += ", less than %g %%" % minima[kind]
        print("score: %-11s %3d of %3d (%.1f %%)%s" % (
            kind, score.good[kind], score.all[kind], score.percent(kind), note))
    return 0 if reached else 1


sys.exit(main())
PYTHON
