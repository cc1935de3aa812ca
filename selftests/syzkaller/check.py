# SPDX-License-Identifier: GPL-2.0
"""Compares tuplestat.txt, in syzkaller's language, with module/uapi/tuplestat.yaml: check.py TXT YAML SELFTESTS. That
the yaml is true to the header and to the kernel's word, policy_matches_yaml.py says. Prints KTAP."""

import re
import sys

import yaml

sys.path.insert(0, sys.argv[3])
import genl  # noqa: E402

# Words of syzkaller's language, and of its own description of generic netlink.
BUILTIN = set("""array const flags in int8 int16 int32 int64 ipv4_addr ipv6_addr msghdr_netlink netlink_msg_t nlattr
    nlnest genlmsghdr_t ptr send_flags sock_nl_generic sock_port string void varlen""".split())
INTEGERS = {"u8": "int8", "u32": "int32", "u64": "int64"}

results = genl.Results()
check = results.equal


def upper(prefix, name):
    return f"{prefix}{name}".upper().replace("-", "_")


class Text:
    """The description: unions and structures, members of each; system calls; lists of values."""

    def __init__(self, path):
        text = re.sub(r"^#.*\n", "", open(path).read(), flags=re.M)
        self.members, self.calls, self.lists, self.unread = {}, {}, {}, []
        block = None
        for line in text.splitlines():
            if re.fullmatch(r"[\]}]( \[varlen\])?", line):
                block = None
            elif found := re.fullmatch(r"(\w+) [\[{]", line):
                block = self.members.setdefault(found[1], [])
            elif found := block is not None and re.fullmatch(r"\t(\w+)\t+(\S.*)", line):
                block.append((found[1], found[2]))
            elif found := re.fullmatch(r"(\w+\$\w+)\((.*)\)( \w+)?", line):
                self.calls[found[1]] = found[2]
            elif found := re.fullmatch(r"(tuplestat_\w+) = (.*)", line):
                self.lists[found[1]] = found[2].split(", ")
            elif line and not line.startswith(("include <", "resource ", "type ")):
                self.unread.append(line)
        self.words = set(re.findall(r"\w+", re.sub(r'"[^"]*"|<[^>]*>', "", text)))


def limit(value):
    """A limit, by its number or its name in the header."""
    return value if isinstance(value, int) else upper("tuplestat-", value)


def wanted_type(attr):
    """How an attribute is to be written, as a regular expression for its payload."""
    kind = attr["type"]
    if kind == "u16":
        return "sock_port"  # big-endian, the only one there is
    if kind in INTEGERS:
        word, checks = INTEGERS[kind], attr.get("checks")
        if checks:
            return re.escape(f"{word}[{limit(checks.get('min', 0))}:{limit(checks['max'])}]")
        return rf"{word}(\[\w+:\w+\])?|flags\[\w+, {word}\]"
    if kind == "nest":
        return rf"array\[tuplestat_{attr['nested-attributes']}\]"
    if kind == "binary":
        # The specification has no word for several of a struct, so its text says that.
        several = re.search(r"of struct (\w+)", attr["doc"])
        return rf".*\btuplestat_{several[1] if several else attr.get('struct', 'addr')}\b.*"
    return {"flag": "void", "pad": "void", "string": "string"}[kind]


def written(name, attr, entry):
    """Whether the entry of an attribute says what the yaml says."""
    macro = "nlnest" if attr["type"] == "nest" else "nlattr"
    return re.fullmatch(rf"{macro}\[{name}, ({wanted_type(attr)})\]", entry) is not None


def check_set(text, attrs):
    block = f"tuplestat_{attrs['name']}"
    entries = dict(text.members.get(block, []))
    wanted = {upper(attrs["name-prefix"], attr["name"]): attr for attr in attrs["attributes"]}
    check(f"{attrs['name']}: every attribute, none else, and none twice", sorted(wanted),
          sorted(name for name, _ in text.members.get(block, [])))
    check(f"{attrs['name']}: their types", [],
          [entries[name] for name, attr in wanted.items() if name in entries and not written(name, attr, entries[name])])


def check_calls(text, spec):
    ops = spec["operations"]
    wanted = {}
    for op in ops["list"]:
        name = upper(ops["name-prefix"], op["name"])
        wanted[f"sendmsg${name}"] = (f"fd sock_nl_generic, msg ptr[in, msghdr_tuplestat[{name}, "
                                     f"tuplestat_{op['attribute-set']}]], f flags[send_flags]")
    wanted["syz_genetlink_get_family_id$tuplestat"] = f'name ptr[in, string["{spec["name"]}"]], fd sock_nl_generic'
    check("every operation, with the attributes of its set, and none else", wanted, text.calls)


def check_structs(text, spec):
    for struct in (d for d in spec["definitions"] if d["type"] == "struct"):
        wanted = [(member["name"].replace("-", "_"), INTEGERS[member["type"]]) for member in struct["members"]]
        got = [(name, re.sub(r"const\[0, (\w+)\]", r"\1", kind))
               for name, kind in text.members.get(f"tuplestat_{struct['name']}", [])]
        check(f"struct {struct['name']}", wanted, got)


def check_words(text, spec):
    """Nothing is named that nobody defines."""
    known = {upper("tuplestat-", d["name"]) for d in spec["definitions"] if d["type"] == "const"}
    known |= {upper(s["name-prefix"], attr["name"]) for s in spec["attribute-sets"] for attr in s["attributes"]}
    known |= {upper(spec["operations"]["name-prefix"], op["name"]) for op in spec["operations"]["list"]}
    check("no constant that the header does not have", set(),
          {word for word in text.words if word.startswith("TUPLESTAT_")} - known)
    types = set(re.findall(r"\b[a-z]\w*", " ".join(kind for members in text.members.values() for _, kind in members)))
    check("no type that is not defined", set(), types - BUILTIN - set(text.members) - set(text.lists))
    check("no line that is not understood", [], text.unread)


def main():
    text, spec = Text(sys.argv[1]), yaml.safe_load(open(sys.argv[2]))
    for attrs in spec["attribute-sets"]:
        check_set(text, attrs)
    check_calls(text, spec)
    check_structs(text, spec)
    check_words(text, spec)
    sys.exit(results.finish())


main()
