# SPDX-License-Identifier: GPL-2.0
"""A program that knows tuplestat by its specification alone, through the kernel tree's tools/net/ynl: validates the
specification by that tool's schema, drives every operation, and compares what it is told with what the sending programs
say they did and what nft counted. For ynl.sh, in a network namespace with a witness's counters; prints KTAP.

ynl_client.py KERNEL-TREE SPECIFICATION TRAFFIC-DIR NAMESPACE-OF-THE-SERVERS"""

import copy
import errno
import ipaddress
import json
import os
import subprocess
import sys
import tempfile
import time

import genl

tree, spec_path, traffic, server_ns = sys.argv[1:]
sys.path.insert(0, f"{tree}/tools/net/ynl")
import jsonschema
import yaml
from lib import NlError, YnlFamily

SCHEMA = f"{tree}/Documentation/netlink/genetlink-legacy.yaml"
TCP, UDP = 6, 17
PARAMETERS = "/sys/module/tuplestat/parameters"

results = genl.Results()
check = results.equal
scratch = tempfile.TemporaryDirectory()


class Family(YnlFamily):
    """Where a processor cannot read 64 bits anywhere, the kernel pads; Linux 6.12's ynl cannot read that, and would have
    to be told to process what is unknown (--process-unknown)."""

    def _decode(self, attrs, space, outer_attrs=None):
        known = self.attr_sets[space].attrs_by_val if space else {}
        return super()._decode([attr for attr in attrs if attr.type not in known or known[attr.type]["type"] != "pad"],
                               space, outer_attrs)


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# --- traffic: what was really done ---


def converse(proto, mode, addr, port, source_port, *options, serve=True):
    """One exchange; what the client reports of it, None where it failed."""
    words = [proto, mode, addr, str(port)]
    ready = f"{scratch.name}/{port}"
    if serve:
        server = subprocess.Popen(["ip", "netns", "exec", server_ns, f"{traffic}/traffic_server", *words, *options,
                                   "--ready", ready])
        wait_for(lambda: os.path.exists(ready))
    client = subprocess.run([f"{traffic}/traffic_client", *words, *options, "--source-port", str(source_port),
                             "--report"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if serve:
        server.wait()
    return json.loads(client.stdout) if client.returncode == 0 else None


def end(addr, port):
    return {"addr": ipaddress.ip_address(addr).packed, "port": port}


def tuple_of(proto, source, source_port, addr, port):
    return {"proto": proto, "orig": end(source, source_port), "reply": end(addr, port)}


def key(flow):
    """A flow that was told, as it can be compared."""
    return (flow["proto"], *(flow[side][what] for side in ("orig", "reply") for what in ("addr", "port")))


V4, V6 = ("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")
GENERAL = (TCP, V4[0], 40000, V4[1], 5000)
THANKS = (TCP, V6[0], 40001, V6[1], 5001)
ECHO = (UDP, V4[0], 40002, V4[1], 5002)
UNHEARD = (UDP, V4[0], 40003, "10.0.0.99", 5003)
REFUSED = (TCP, V4[0], 40004, V4[1], 5004)
ALL = {GENERAL, THANKS, ECHO, UNHEARD, REFUSED}


# --- what ynl says ---


def refusal(operation, attrs, dump=False):
    """The error number, and extack as ynl tells it."""
    try:
        ynl.dump(operation, attrs) if dump else ynl.do(operation, attrs)
    except NlError as error:
        return error.error, error.nl_msg.extack or {}
    return 0, {}


def told(*terms):
    return {key(flow) for flow in ynl.dump("flow-get", {"term": list(terms)} if terms else {})}


def one(flow):
    return ynl.do("flow-get", tuple_of(*flow))


def flags(counters):
    return {name: counters[name] for name in ("syn", "fin", "rst")}


def payload(flow):
    return {side: flow[side]["counters"]["payload-bytes"] for side in ("orig", "reply")}


def parameter(name):
    with open(f"{PARAMETERS}/{name}") as file:
        return int(file.read())


def check_schema():
    results.ok(True, "the schema of genetlink-legacy accepts the specification")
    broken = copy.deepcopy(ynl.yaml)
    broken["operations"]["list"][0]["flgas"] = []
    try:
        with open(SCHEMA) as file:
            jsonschema.validate(broken, yaml.safe_load(file))
        results.ok(False, "and does not accept one with an unknown word")
    except jsonschema.ValidationError:
        results.ok(True, "and does not accept one with an unknown word")
    check("every operation is one that this test drives",
          {"flow-get", "flow-del", "stats-get", "config-get", "config-set", "flow-event"}, set(ynl.msgs))


def check_config():
    config = ynl.do("config-get", {})
    check("config-get: not started, max-flows of the module's parameter", (0, parameter("max_flows")),
          (config["started"], config["max-flows"]))
    check("config-get: timeouts of the module's parameters",
          {name: parameter("timeout_" + name.replace("-", "_")) for name in config["timeouts"]}, config["timeouts"])
    check("flow-get before that: ENOENT or the like, with its text", "not started in this network namespace",
          refusal("flow-get", tuple_of(*GENERAL))[1].get("msg"))
    check("config-set: nothing is answered", None,
          ynl.do("config-set", {"started": 1, "max-flows": 1000, "timeouts": {"time-wait": 3600, "active": 77}}))
    changed = dict(config, started=1, **{"max-flows": 1000})
    changed["timeouts"] = dict(config["timeouts"], **{"time-wait": 3600, "active": 77})
    check("config-get: that, and all else as it was", changed, ynl.do("config-get", {}))


def check_flows(sent):
    check("flow-get, dump: the flows that were made", ALL, told())
    general, thanks, echo = one(GENERAL), one(THANKS), one(ECHO)
    check("flow-get: payload is what the client sent and received, TCP over IPv4",
          {"orig": sent[GENERAL]["bytes_sent"], "reply": sent[GENERAL]["bytes_received"]}, payload(general))
    check("flow-get: and over IPv6", {"orig": 0, "reply": sent[THANKS]["bytes_received"]}, payload(thanks))
    check("flow-get: and UDP", {"orig": sent[ECHO]["bytes_sent"], "reply": sent[ECHO]["bytes_received"]}, payload(echo))
    check("flow-get: datagrams", (sent[ECHO]["datagrams_sent"], sent[ECHO]["datagrams_received"]),
          (echo["orig"]["counters"]["packets"], echo["reply"]["counters"]["packets"]))
    check("flow-get: datagrams that nobody answered", (sent[UNHEARD]["datagrams_sent"], 0, "unreplied", "s0"),
          (lambda flow: (flow["orig"]["counters"]["packets"], flow["reply"]["counters"]["packets"], flow["state"],
                         flow["conn-state"]))(one(UNHEARD)))
    check("flow-get: one SYN and one FIN a side, enums by name",
          ("time-wait", "sf", {"ethernet"}, {"syn": 1, "fin": 1, "rst": 0}, {"syn": 1, "fin": 1, "rst": 0}),
          (general["state"], general["conn-state"], general["flags"], flags(general["orig"]["counters"]),
           flags(general["reply"]["counters"])))
    check("flow-get: refused", ("close", "rej"), (lambda flow: (flow["state"], flow["conn-state"]))(one(REFUSED)))
    check("flow-get from the other side: the same flow", key(general),
          key(ynl.do("flow-get", tuple_of(TCP, *GENERAL[3:], *GENERAL[1:3]))))
    results.ok(0 < general["synack"] < 10 ** 10 and 0 < general["ackdat"] < 10 ** 10 and
               abs(general["last"] / 10 ** 9 - time.time()) < 600 and general["first"] < general["last"],
               "flow-get: times are times", str(general))
    results.ok(0 < general["first-monotonic"] < time.monotonic_ns() and
               general["last"] - general["first"] < time.monotonic_ns() - general["first-monotonic"],
               "flow-get: the first packet on the monotonic clock, before now", str(general))
    check_teardown(general)


def check_teardown(flow):
    """Four arrows: FIN, its ACK, FIN, its ACK; who closes first is the client."""
    size = ynl._struct_size("arrow")
    arrows = [ynl._decode_struct(flow["teardown"][at:at + size], "arrow")["flags"]
              for at in range(0, len(flow["teardown"]), size)]
    check("flow-get: the teardown begins with the client's FIN, and ends with its ACK", [True, False, True, False],
          ["fin" in arrows[0], "reply" in arrows[0], "ack" in arrows[-1], "reply" in arrows[-1]])
    check("flow-get: the teardown has a FIN a side", [set(), {"reply"}],
          [arrow & {"reply"} for arrow in arrows if "fin" in arrow])


def check_filters():
    states = ynl.consts["state"].entries
    verdicts = ynl.consts["conn-state"].entries
    for name, terms, wanted in (
            ("protocol", [{"proto": UDP}], {ECHO, UNHEARD}),
            ("not", [{"not": True, "proto": UDP}], {GENERAL, THANKS, REFUSED}),
            ("address and prefix", [{"addr": ipaddress.ip_address("fd00::").packed, "prefix": 64}], {THANKS}),
            ("range of ports of a side", [{"side": "reply", "port-first": 5001, "port-last": 5003}],
             {THANKS, ECHO, UNHEARD}),
            ("the same ports of the other", [{"side": "orig", "port-first": 5001, "port-last": 5003}], set()),
            ("states", [{"states": 1 << states["unreplied"].value | 1 << states["close"].value}], {UNHEARD, REFUSED}),
            ("verdicts", [{"conn-states": 1 << verdicts["rej"].value}], {REFUSED}),
            ("several terms", [{"family": 2}, {"proto": TCP}, {"not": True, "port-first": 5004}], {GENERAL})):
        check(f"flow-get, dump with a filter: {name}", wanted, told(*terms))


def counted():
    out = subprocess.run(["nft", "-j", "list", "counter", "inet", "witness", "seen"], stdout=subprocess.PIPE, check=True)
    [counter] = [item["counter"] for item in json.loads(out.stdout)["nftables"] if "counter" in item]
    return {"packets": counter["packets"], "bytes": counter["bytes"]}


def steady():
    """The ledger, and what nft counted, at a time when nothing was under way: IPv6 speaks when it likes."""
    answer = {}

    def unchanged():
        answer["nft"] = counted()
        answer["stats"] = ynl.do("stats-get", {})
        return answer["nft"] == counted()
    wait_for(unchanged)
    return answer["nft"], answer["stats"]


def sums(totals):
    return {what: sum(total[what] for total in totals) for what in ("packets", "bytes")}


def since(before, after):
    return {what: after[what] - before[what] for what in ("packets", "bytes")}


def check_stats(nft_before, stats_before, flows):
    nft, stats = steady()
    check("stats-get: seen is what nft counted", since(nft_before, nft), since(stats_before["seen"], stats["seen"]))
    check("stats-get: live flows are those that were made", len(ALL), stats["live"]["flows"])
    check("stats-get: packets and bytes of live flows are those of the flows",
          {"packets": sum(flow[side]["counters"]["packets"] for flow in flows for side in ("orig", "reply")),
           "bytes": sum(flow[side]["counters"]["ip-bytes"] for flow in flows for side in ("orig", "reply"))},
          sums([stats["live"]]))
    check("stats-get: seen = live + ended + unattributed", sums([stats["seen"]]),
          sums([stats["live"], *stats["ended"], *stats["unattributed"]]))
    check("stats-get: a line for each reason", (len(ynl.consts["end-reason"].entries),
                                                len(ynl.consts["unattributed"].entries),
                                                len(ynl.consts["unusual"].entries)),
          (len(stats["ended"]), len(stats["unattributed"]), len(stats["unusual"])))
    check("stats-get: max-flows as set", 1000, stats["max-flows"])
    results.ok(stats["memory"] >= 256 * len(ALL) and stats["buckets"] > 0, "stats-get: memory and buckets", str(stats))


def check_refusals():
    number, extack = refusal("config-set", {"max-flows": 1})
    check("a refusal by the policy: error, attribute by name, the range",
          (errno.ERANGE, ".max-flows", "integer out of range", 16, 16777216),
          (number, extack.get("bad-attr"), extack.get("msg"), extack.get("policy", {}).get("min-value"),
           extack.get("policy", {}).get("max-value")))
    number, extack = refusal("config-set", {"timeouts": {"close": 0}})
    check("the same within a nest", (errno.ERANGE, ".timeouts.close"), (number, extack.get("bad-attr")))
    number, extack = refusal("flow-get", tuple_of(TCP, V4[0], 1, V4[1], 2))
    check("the module's own text: no such flow", (errno.ENOENT, "no such flow"), (number, extack.get("msg")))
    number, extack = refusal("flow-get", {"orig": end(V4[0], 1), "reply": end(V4[1], 2)})
    check("the module's own text: protocol is missing", (errno.EINVAL, "protocol is missing"),
          (number, extack.get("msg")))
    if tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (6, 1):
        check("and which attribute that is, by name", "proto", extack.get("miss-type"))
    number, extack = refusal("flow-get", {"term": [{"proto": 1}]}, dump=True)
    check("the module's own text, of a dump's filter", (errno.EINVAL, "protocol must be TCP (6) or UDP (17)"),
          (number, extack.get("msg")))
    number, extack = refusal("config-set", {})
    check("the module's own text: no setting", (errno.EINVAL, "no setting is named"), (number, extack.get("msg")))


def events():
    """The events so far, by flow: what happened, and why it ended."""
    listener.check_ntf()
    happened = {}
    for event in (notice["msg"] for notice in listener.async_msg_queue):
        bits, reason = happened.setdefault(key(event), (set(), None))
        happened[key(event)] = bits | event["events"], event.get("end-reason", reason)
    return happened


def check_events(wanted):
    wait_for(lambda: events() == wanted)
    check("group flows: what happened to each flow", wanted, events())
    numbers = [notice["msg"]["seq"] for notice in listener.async_msg_queue]
    check("group flows: events are numbered without a gap, by the operation's name",
          (list(range(1, len(numbers) + 1)), {"flow-event"}), (numbers, {n["name"] for n in listener.async_msg_queue}))


def check_deletion():
    check("flow-del: one by its 5-tuple", {"count": 1}, ynl.do("flow-del", tuple_of(*THANKS)))
    check("flow-del: those that match", {"count": 2}, ynl.do("flow-del", {"term": [{"proto": UDP}]}))
    check("flow-del: the others are left", {GENERAL, REFUSED}, told())
    check("flow-del: none", {"count": 0}, ynl.do("flow-del", {"term": [{"proto": UDP}]}))
    check("flow-del: the same flow again", (errno.ENOENT, "no such flow"),
          (lambda number, extack: (number, extack.get("msg")))(*refusal("flow-del", tuple_of(*THANKS))))
    forced = ynl.consts["end-reason"].entries["forced"].value
    after = ynl.do("stats-get", {})
    check("flow-del: they are in the ledger as ended by force", (len(ALL) - 3, 3, 0),
          (after["live"]["flows"], *(sum(total["flows"] for total in after["ended"] if (total["reason"] == forced) == is_it)
                                     for is_it in (True, False))))


def cli(*words):
    """The tool's own command, as anybody calls it."""
    run = subprocess.run([sys.executable, f"{tree}/tools/net/ynl/cli.py", "--spec", spec_path, *words],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return run.returncode, run.stdout


def check_cli():
    code, out = cli("--schema", SCHEMA, "--process-unknown", "--output-json", "--dump", "flow-get", "--json",
                    '{"term": [{"proto": 6}, {"port-first": 5000}]}')
    check("cli.py: a dump with a filter", (0, [GENERAL]),
          (code, [key(flow) for flow in json.loads(out)] if code == 0 else out))
    code, out = cli("--no-schema", "--do", "config-set", "--json", '{"max-flows": 15}')
    results.ok(code == 1 and "Numerical result out of range" in out and "'bad-attr': '.max-flows'" in out and
               "integer out of range" in out, "cli.py: a refusal is told in words, and which attribute", f"{code} {out}")


ynl = Family(spec_path, SCHEMA)
# Apart, for the tool does not stand an event in the midst of its answers.
listener = Family(spec_path, "")
listener.ntf_subscribe("flows")
check_schema()
check_config()
before = steady()
sent = {
    GENERAL: converse("tcp", "general", V4[1], 5000, 40000, "--count", "3", "--size", "700"),
    THANKS: converse("tcp", "thanks", V6[1], 5001, 40001),
    ECHO: converse("udp", "echo", V4[1], 5002, 40002, "--count", "4", "--size", "100"),
    UNHEARD: converse("udp", "flood", "10.0.0.99", 5003, 40003, "--count", "5", serve=False),
}
converse("tcp", "general", V4[1], 5004, 40004, serve=False)
wait_for(lambda: {one(GENERAL)["state"], one(THANKS)["state"]} == {"time-wait"})
check_flows(sent)
check_filters()
check_stats(*before, ynl.dump("flow-get", {}))
check_refusals()
open_ = {"new", "established"}
check_events({GENERAL: (open_, None), THANKS: (open_, None), ECHO: (open_, None), UNHEARD: ({"new"}, None),
              REFUSED: ({"new"}, None)})
check_deletion()
ended = (open_ | {"end"}, "forced")
check_events({GENERAL: (open_, None), THANKS: ended, ECHO: ended, UNHEARD: ({"new", "end"}, "forced"),
              REFUSED: ({"new"}, None)})
check_cli()
check("config-set: stopped", None, ynl.do("config-set", {"started": 0}))
check("config-get: it is", 0, ynl.do("config-get", {})["started"])
sys.exit(results.finish())
