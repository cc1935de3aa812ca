# SPDX-License-Identifier: GPL-2.0
"""Compares three tellings of one contract: module/uapi/tuplestat.yaml, module/uapi/linux/tuplestat.h, and what the
loaded module answers to CTRL_CMD_GETPOLICY. For policy_matches_yaml.sh; prints KTAP."""

import re
import sys

import yaml

import genl
from genl import attributes, number

# enum netlink_policy_type_attr
TYPE, MIN_U, MAX_U, MIN_LEN, MAX_LEN, POLICY_IDX = 1, 4, 5, 6, 7, 8
# enum netlink_attribute_type
TYPES = {1: "flag", 2: "u8", 3: "u16", 4: "u32", 5: "u64", 10: "binary", 13: "nest"}
# flags of operations, linux/genetlink.h
FLAGS = {1: "admin-perm", 2: "do", 4: "dump", 16: "uns-admin-perm"}

results = genl.Results()
check = results.equal


# --- what the module says ---


def ask_policy(family):
    """The module's policies by index, {attribute: {what: value}}, and those of its operations, {op: {"do": index}}."""
    ways = {genl.CTRL_ATTR_POLICY_DO: "do", genl.CTRL_ATTR_POLICY_DUMP: "dump"}
    policies, operations = {}, {}
    ask = genl.attribute(genl.CTRL_ATTR_FAMILY_NAME, family.encode() + b"\0")
    for answer in genl.Socket().request(genl.CTRL_CMD_GETPOLICY, ask, dump=True):
        for outer, nest in attributes(answer):
            for index, inner in attributes(nest):
                if outer == genl.CTRL_ATTR_POLICY:
                    for attr, checks in attributes(inner):
                        policies.setdefault(index, {})[attr] = {k: number(v) for k, v in attributes(checks)}
                elif outer == genl.CTRL_ATTR_OP_POLICY:
                    operations[index] = {ways[k]: number(v) for k, v in attributes(inner)}
    return policies, operations


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
        if kind == "flag":
            return kind
        if kind == "binary":
            return f"binary of {value('min-len', 0)} to {value('max-len', None)} octets"
        return f"{kind} from {value('min', 0)} to {value('max', 2 ** int(kind[1:]) - 1)}"


def told_rule(told, nest_name):
    """The same words for what the kernel tells."""
    kind = TYPES.get(told[TYPE], told[TYPE])
    if kind == "nest":
        return f"nest of {nest_name}"
    if kind == "flag":
        return kind
    if kind == "binary":
        return f"binary of {told.get(MIN_LEN, 0)} to {told.get(MAX_LEN)} octets"
    return f"{kind} from {told.get(MIN_U)} to {told.get(MAX_U)}"


# Which attributes of a nest are for requests the yaml cannot say; what the header says of them stands here.
REQUEST_NESTS = {"end": ["addr", "port"], "term": None, "timeout": None}  # None: all


def check_policy(name, spec, set_name, names, policies, index, nests):
    """One policy accepts the attributes of those names, and nothing else; notes the nests in it."""
    wanted = dict(spec.attribute(set_name, attr) for attr in names)
    policy = policies.get(index, {})
    accepted = {number for number, attr in policy.items() if attr[TYPE]}
    check(f"{name}: accepts what the yaml lists, and nothing else", set(wanted), accepted)
    for number, attr in sorted(wanted.items()):
        if number not in accepted:
            continue
        inner = attr.get("nested-attributes")
        if inner:
            nests[inner, policy[number].get(POLICY_IDX)] = name
        check(f"{name}: {attr['name']}", spec.rule(attr), told_rule(policy[number], inner))


def check_policies(spec, family):
    policies, operations = ask_policy(family)
    listed = dict(enumerate(spec.yaml["operations"]["list"], 1))
    asked = {cmd: op for cmd, op in listed.items() if "do" in op or "dump" in op}
    # What is only ever sent is no operation to the kernel.
    check("what is not asked for is an event", [op["name"] for cmd, op in listed.items() if cmd not in asked],
          [op["name"] for op in listed.values() if "event" in op])
    check("operations with a policy", sorted(asked), sorted(operations))
    nests = {}
    for cmd, op in asked.items():
        # The kernel has one policy for both ways of an operation; what is of one only is refused behind it.
        names = {name for way in ("do", "dump") if way in op for name in op[way]["request"]["attributes"]}
        told = operations.get(cmd, {})
        check(f"{op['name']}: do, dump", [way for way in ("do", "dump") if way in op], sorted(told))
        for way, index in told.items():
            check_policy(f"{op['name']}, {way}", spec, op["attribute-set"], names, policies, index, nests)
    check("nests in requests", sorted(REQUEST_NESTS), sorted({name for name, _ in nests}))
    inner = {}
    for (set_name, index), where in sorted(nests.items()):
        names = REQUEST_NESTS.get(set_name) or [attr["name"] for attr in spec.sets[set_name]["attributes"]]
        check_policy(f"{set_name} in {where}", spec, set_name, names, policies, index, inner)
    check("no nest in a nest", {}, inner)


def check_family(spec, family):
    """What CTRL_CMD_GETFAMILY says."""
    about = genl.open_family(family)[1]
    check("family: version", spec.yaml["version"], number(about[genl.CTRL_ATTR_VERSION]))
    told = {}
    for _, nest in attributes(about[genl.CTRL_ATTR_OPS]):
        op = {kind: number(data) for kind, data in attributes(nest)}
        flags = op[genl.CTRL_ATTR_OP_FLAGS]
        told[op[genl.CTRL_ATTR_OP_ID]] = sorted(word for bit, word in FLAGS.items() if flags & bit)
    check("family: operations, and what they need",
          {cmd: sorted([way for way in ("do", "dump") if way in op] + op.get("flags", []))
           for cmd, op in enumerate(spec.yaml["operations"]["list"], 1) if "event" not in op}, told)
    groups = [dict(attributes(nest)) for _, nest in attributes(about.get(genl.CTRL_ATTR_MCAST_GROUPS, b""))]
    check("family: multicast groups", [group["name"] for group in spec.yaml["mcast-groups"]["list"]],
          [group[genl.CTRL_ATTR_MCAST_GRP_NAME].rstrip(b"\0").decode() for group in groups])


# --- what the header says ---


def value(text):
    """Of a number, 1 << 3 or (1 << 24)."""
    left, _, right = text.strip(" ()").partition("<<")
    return int(left) << int(right or 0)


def header_enums(path):
    """{enum: {name: value}}, without those that are marked as private."""
    text = re.sub(r"/\*.*?\*/", lambda m: "@" if "private:" in m[0] else "", open(path).read(), flags=re.S)
    enums = {}
    for enum, body in re.findall(r"enum (\w+) \{(.*?)\}", text, re.S):
        entries, following = enums.setdefault(enum, {}), 0
        for name, given in re.findall(r"\b([A-Z][A-Z0-9_]*)\b(?: = ([^,]*))?", body.split("@")[0]):
            entries[name] = value(given) if given else following
            following = entries[name] + 1
    return enums


def header_defines(path):
    """{name: value} of #define NAME "text" or NAME number."""
    found = re.findall(r'^#define (TUPLESTAT_\w+) (?:"(.*)"|([ ()0-9<]+))$', open(path).read(), re.M)
    return {name: text or value(digits) for name, text, digits in found}


def header_struct(path, name):
    body = re.search(r"struct %s \{(.*?)\}" % name, open(path).read(), re.S)[1]
    return [f"{member}: {kind}" for kind, member in re.findall(r"__(\w+) (\w+);", body)]


def upper(prefix, name):
    return f"{prefix}{name}".upper().replace("-", "_")


def numbered(prefix, names):
    return {upper(prefix, name): index for index, name in enumerate(["unspec"] + names)}


def check_header(spec, path):
    enums, defines = header_enums(path), header_defines(path)
    for name, attrs in spec.sets.items():
        check(f"header: attributes of {name}",
              numbered(attrs["name-prefix"], [attr["name"] for attr in attrs["attributes"]]),
              enums.get(f"tuplestat_a_{name}"))
    ops = spec.yaml["operations"]
    check("header: operations", numbered(ops["name-prefix"], [op["name"] for op in ops["list"]]),
          enums.get("tuplestat_cmd"))
    for definition in spec.yaml["definitions"]:
        name, kind = definition["name"].replace("-", "_"), definition["type"]
        if kind in ("enum", "flags"):
            # The names of the header begin with a word of its own choice, the same for all.
            got = {re.sub(r"^TUPLESTAT_[A-Z]+_", "", entry): number
                   for entry, number in enums.get(f"tuplestat_{name}", {}).items()}
            check(f"header: {name}",
                  {upper("", entry["name"]): 1 << i if kind == "flags" else i
                   for i, entry in enumerate(definition["entries"], definition.get("value-start", 0))}, got)
        elif kind == "struct":
            check(f"header: struct {name}",
                  [f"{m['name'].replace('-', '_')}: {m['type']}" for m in definition["members"]],
                  header_struct(path, f"tuplestat_{name}"))
        elif kind == "const":
            check(f"header: {name}", definition["value"], defines.get(upper("tuplestat-", name)))
    check("header: the family", (spec.yaml["name"], spec.yaml["version"]),
          (defines.get("TUPLESTAT_FAMILY_NAME"), defines.get("TUPLESTAT_FAMILY_VERSION")))
    check("header: multicast groups",
          {upper("tuplestat-mcgrp-", group["name"]) + "_NAME": group["name"]
           for group in spec.yaml["mcast-groups"]["list"]},
          {name: text for name, text in defines.items() if "_MCGRP_" in name})


def main():
    uapi = sys.argv[1]
    spec = Spec(f"{uapi}/tuplestat.yaml")
    check_header(spec, f"{uapi}/linux/tuplestat.h")
    check_policies(spec, spec.yaml["name"])
    check_family(spec, spec.yaml["name"])
    sys.exit(results.finish())


main()
