#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compares output with the JSON Schema of it.

usage: json_schema.py SCHEMA NAME FILE [NAME FILE]...

NAME: what the file should be, one of the schema's $defs; with a '+' behind it, each line is one, and "monitor+" stands
for lines that are events or tell of missed ones. Prints a line for each file, "good NAME FILE", or "bad NAME FILE: why";
at last "unseen NAME.MEMBER[.MEMBER]..." with the members that the schema has and that were in none of the files."""
import json
import sys

import jsonschema


def refs_of(name):
    """What a name stands for, one of these"""
    return [{"$ref": f"#/$defs/{part}"} for part in (("event", "missed") if name == "monitor" else (name,))]


def subschema(schema, name):
    """The schema of a name, with all that it refers to"""
    return {"$schema": schema["$schema"], "$defs": schema["$defs"], "anyOf": refs_of(name)}


def members(schema, part, path, known):
    """Adds to known the paths of members that a part of the schema speaks of"""
    if isinstance(part, list):
        for item in part:
            members(schema, item, path, known)
        return
    if "$ref" in part:
        members(schema, schema["$defs"][part["$ref"].rsplit("/", 1)[1]], path, known)
    for key, value in part.get("properties", {}).items():
        known.add(f"{path}.{key}")
        members(schema, value, f"{path}.{key}", known)
    for key in ("items", "anyOf"):
        members(schema, part.get(key, []), path, known)


def keys(value, path, seen):
    """Adds to seen the paths of members that a value has"""
    if isinstance(value, list):
        for item in value:
            keys(item, path, seen)
    elif isinstance(value, dict):
        for key, item in value.items():
            seen.add(f"{path}.{key}")
            keys(item, f"{path}.{key}", seen)


def deepest(error):
    """Of what was tried, the one that went furthest"""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300]


def judge(schema, name, path, seen):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        values = [json.loads(line) for line in text.splitlines()] if name.endswith("+") else [json.loads(text)]
    except json.JSONDecodeError as error:
        return f"not JSON: {error}"
    validator = jsonschema.Draft202012Validator(subschema(schema, name.rstrip("+")))
    for value in values:
        keys(value, name.rstrip("+"), seen)
        for error in validator.iter_errors(value):
            return deepest(error)
    return None if values else "nothing in it"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    known, seen = set(), set()
    for name, path in zip(sys.argv[2::2], sys.argv[3::2]):
        why = judge(schema, name, path, seen)
        print(f"bad {name} {path}: {why}" if why else f"good {name} {path}")
        members(schema, refs_of(name.rstrip("+")), name.rstrip("+"), known)
    print("unseen", *sorted(known - seen))


main()
