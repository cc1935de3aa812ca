# SPDX-License-Identifier: GPL-2.0
"""Compares three tellings of one contract: module/uapi/tuplestat.yaml, module/uapi/linux/tuplestat.h, and what the
loaded module answers to CTRL_CMD_GETPOLICY. For policy_matches_yaml.sh; prints KTAP."""

import re
import socket
import struct
import sys

import yaml

NETLINK_GENERIC, GENL_ID_CTRL = 16, 16
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
CTRL_CMD_GETPOLICY = 10
CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_POLICY, CTRL_ATTR_OP_POLICY = 2, 8, 9
CTRL_ATTR_POLICY_DO, CTRL_ATTR_POLICY_DUMP = 1, 2
# enum netlink_policy_type_attr
TYPE, MIN_U, MAX_U, MIN_LEN, MAX_LEN, POLICY_IDX = 1, 4, 5, 6, 7, 8
INTEGERS = {2: "u8", 3: "u16", 4: "u32", 5: "u64"}  # enum netlink_attribute_type
TYPES = {**INTEGERS, 10: "binary", 13: "nest"}

results = failures = 0


def check(name, wanted, got):
    global results, failures
    results += 1
    if wanted != got:
        failures += 1
        print(f"# {name}\n# wanted: {wanted}\n# got:    {got}")
    print(f"{'ok' if wanted == got else 'not ok'} {results} {name}")


# --- what the module says ---


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def number(data):
    return int.from_bytes(data, sys.byteorder)


def ask_policy(family):
    """The module's policies by index, {attribute: {what: value}}, and those of its operations, {op: {"do": index}}."""
    name = family.encode() + b"\0"
    request = struct.pack("=BBHHH", CTRL_CMD_GETPOLICY, 1, 0, len(name) + 4, CTRL_ATTR_FAMILY_NAME) + name
    request += bytes(-len(request) % 4)
    header = struct.pack("=IHHII", len(request) + 16, GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_DUMP, 1, 0)
    nl = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    nl.send(header + request)
    policies, operations = {}, {}
    while True:
        data = nl.recv(65536)
        while data:
            length, kind = struct.unpack_from("=IH", data)
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                error = struct.unpack_from("=i", data, 16)[0]
                if error:
                    sys.exit(f"Bail out! no policy from the kernel: error {-error}")
                return policies, operations
            for outer, nest in attributes(data[20:length]):
                for index, inner in attributes(nest):
                    if outer == CTRL_ATTR_POLICY:
                        for attr, checks in attributes(inner):
                            policies.setdefault(index, {})[attr] = {k: number(v) for k, v in attributes(checks)}
                    elif outer == CTRL_ATTR_OP_POLICY:
                        operations[index] = {
                            {CTRL_ATTR_POLICY_DO: "do", CTRL_ATTR_POLICY_DUMP: "dump"}[k]: number(v)
                            for k, v in attributes(inner)}
            data = data[(length + 3) & ~3:]


# --- what the yaml says ---


class Spec:
    def __init__(self, path):
        self.yaml = yaml.safe_load(open(path))
        self.sets = {s["name"]: s for s in self.yaml["attribute-sets"]}
        self.values = {d["name"]: d["value"] for d in self.yaml["definitions"] if d["type"] == "const"}

    def attribute(self, set_name, name):
        """Number and description of an attribute; numbers begin with 1."""
        for index, attr in enumerate(self.sets[set_name]["attributes"], 1):
            if attr["name"] == name:
                return index, attr
        raise KeyError(f"{set_name}: {name}")

    def rule(self, attr):
        """What the kernel has to check of an attribute, in words."""
        kind, checks = attr["type"], attr.get("checks", {})
        value = lambda name, default: self.values.get(checks.get(name), checks.get(name, default))
        if kind == "nest":
            return f"nest of {attr['nested-attributes']}"
        if kind == "binary":
            return f"binary of {value('min-len', 0)} to {value('max-len', None)} octets"
        return f"{kind} from {value('min', 0)} to {value('max', 2 ** int(kind[1:]) - 1)}"


def told_rule(told, nest_name):
    """The same words for what the kernel tells."""
    kind = TYPES.get(told[TYPE], told[TYPE])
    if kind == "nest":
        return f"nest of {nest_name}"
    if kind == "binary":
        return f"binary of {told.get(MIN_LEN, 0)} to {told.get(MAX_LEN)} octets"
    return f"{kind} from {told.get(MIN_U)} to {told.get(MAX_U)}"


def check_policies(spec, family):
    policies, operations = ask_policy(family)
    check("operations", list(range(1, len(spec.yaml["operations"]["list"]) + 1)), sorted(operations))
    nests = {}
    for cmd, op in enumerate(spec.yaml["operations"]["list"], 1):
        attribute_set = op["attribute-set"]
        # The kernel has one policy for both ways of an operation; what is of one only is refused behind it.
        names = {name for way in ("do", "dump") if way in op for name in op[way]["request"]["attributes"]}
        wanted = dict(spec.attribute(attribute_set, name) for name in names)
        told = operations.get(cmd, {})
        check(f"{op['name']}: do, dump", [way for way in ("do", "dump") if way in op], sorted(told))
        for way, index in told.items():
            policy = policies.get(index, {})
            accepted = {number for number, attr in policy.items() if attr[TYPE]}
            check(f"{op['name']}, {way}: accepts what the yaml lists, and nothing else", set(wanted), accepted)
            for number, attr in sorted(wanted.items()):
                if number not in accepted:
                    continue
                if attr["type"] == "nest":
                    nests[attr["nested-attributes"]] = policies.get(policy[number].get(POLICY_IDX), {})
                check(f"{op['name']}, {way}: {attr['name']}", spec.rule(attr),
                      told_rule(policy[number], attr.get("nested-attributes")))
    # Which attributes of a nest are for requests the yaml cannot say; what the header says of them stands here.
    check("nests in requests", ["end"], sorted(nests))
    for name in ("addr", "port"):
        number, attr = spec.attribute("end", name)
        told = nests.get("end", {}).get(number)
        check(f"end: {name}", spec.rule(attr), told and told_rule(told, None))
    check("end: nothing else", 2, sum(1 for attr in nests.get("end", {}).values() if attr[TYPE]))


# --- what the header says ---


def header_enums(path):
    """{enum: [names]}, without those that are marked as private."""
    text = re.sub(r"/\*.*?\*/", lambda m: "@" if "private:" in m[0] else "", open(path).read(), flags=re.S)
    return {name: re.findall(r"\b([A-Z][A-Z0-9_]*)\b(?: = [^,]*)?", body.split("@")[0])
            for name, body in re.findall(r"enum (\w+) \{(.*?)\}", text, re.S)}


def header_struct(path, name):
    body = re.search(r"struct %s \{(.*?)\}" % name, open(path).read(), re.S)[1]
    return [f"{member}: {kind}" for kind, member in re.findall(r"__(\w+) (\w+);", body)]


def upper(prefix, name):
    return f"{prefix}{name}".upper().replace("-", "_")


def check_header(spec, path):
    enums = header_enums(path)
    for name, attrs in spec.sets.items():
        wanted = [upper(attrs["name-prefix"], a) for a in ["unspec"] + [a["name"] for a in attrs["attributes"]]]
        check(f"header: attributes of {name}", wanted, enums.get(f"tuplestat_a_{name}"))
    ops = spec.yaml["operations"]
    wanted = [upper(ops["name-prefix"], o) for o in ["unspec"] + [o["name"] for o in ops["list"]]]
    check("header: operations", wanted, enums.get("tuplestat_cmd"))
    for definition in spec.yaml["definitions"]:
        name = definition["name"].replace("-", "_")
        if definition["type"] in ("enum", "flags"):
            got = enums.get(f"tuplestat_{name}", [])
            # The names of the header begin with a word of its own choice, the same for all.
            got = [re.sub(r"^TUPLESTAT_[A-Z]+_", "", entry) for entry in got]
            check(f"header: {name}", [upper("", e["name"]) for e in definition["entries"]], got)
        elif definition["type"] == "struct":
            check(f"header: struct {name}",
                  [f"{m['name'].replace('-', '_')}: {m['type']}" for m in definition["members"]],
                  header_struct(path, f"tuplestat_{name}"))


def main():
    uapi = sys.argv[1]
    spec = Spec(f"{uapi}/tuplestat.yaml")
    print("KTAP version 1")
    check_header(spec, f"{uapi}/linux/tuplestat.h")
    check_policies(spec, spec.yaml["name"])
    print(f"1..{results}")
    sys.exit(failures > 0)


main()
