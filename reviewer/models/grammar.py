"""Translates a JSON Schema to a GBNF grammar for llama.cpp, without free whitespace.

llama.cpp's own translation allows blanks between tokens, and small models fill their budget with
them. This one covers the portable subset that the reply schemas use: closed objects, enum and
const, strings with maxLength, integers, numbers, booleans, null, arrays with minItems and maxItems,
anyOf, and $ref to local $defs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Annotations, and constraints that are checked after the reply.
_IGNORED = frozenset(
    (
        "$schema",
        "$id",
        "$defs",
        "$comment",
        "title",
        "description",
        "default",
        "examples",
        "additionalProperties",
        "required",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "discriminator",
    )
)
_KNOWN = frozenset(
    (
        "$ref",
        "anyOf",
        "enum",
        "const",
        "type",
        "properties",
        "items",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
    )
)
_BASE = {
    "char": r'[^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,14})',
    "natural": '"0" | [1-9] [0-9]{0,14}',
    "number": '"-"? natural ("." [0-9]{1,6})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
}


def gbnf(schema: Mapping[str, Any]) -> str:
    """The grammar of exactly the compact JSON texts that follow `schema`, with keys in the schema's
    order.

    Numeric bounds are left out, because their grammar is large: replies are validated anyway.
    Raises ValueError for a keyword outside the subset.
    """
    rules: dict[str, str] = {}
    rules["root"] = _node(schema, schema, rules)
    return "\n".join(f"{name} ::= {body}" for name, body in {**rules, **_BASE}.items()) + "\n"


def _literal(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _node(node: Mapping[str, Any], root: Mapping[str, Any], rules: dict[str, str]) -> str:
    if unknown := node.keys() - _IGNORED - _KNOWN:
        raise ValueError(f"the reply grammar does not cover {sorted(unknown)}")
    if "$ref" in node:
        return _ref(node["$ref"], root, rules)
    if "anyOf" in node:
        return "(" + " | ".join(_node(part, root, rules) for part in node["anyOf"]) + ")"
    if "const" in node:
        return _literal(node["const"])
    if "enum" in node:
        return "(" + " | ".join(map(_literal, node["enum"])) + ")"
    kind = node.get("type")
    if isinstance(kind, list):
        return "(" + " | ".join(_node({**node, "type": name}, root, rules) for name in kind) + ")"
    if kind == "object":
        return _object(node, root, rules)
    if kind == "array":
        return _array(node, root, rules)
    if kind == "string":
        return '"\\"" char' + _times(node.get("minLength", 0), node.get("maxLength")) + ' "\\""'
    if kind == "integer":
        return "natural" if node.get("minimum", -1) >= 0 else "integer"
    if kind in ("number", "boolean", "null"):
        return str(kind)
    raise ValueError(f"the reply grammar does not cover the type {kind!r}")


def _times(least: int, most: int | None) -> str:
    if most is None:
        return "*" if least == 0 else f"{{{least},}}"
    return f"{{{least},{most}}}"


def _object(node: Mapping[str, Any], root: Mapping[str, Any], rules: dict[str, str]) -> str:
    """All properties, required or not: a model that must write every field forgets none."""
    members = [
        f'{_literal(name)} ":" {_node(part, root, rules)}'
        for name, part in node.get("properties", {}).items()
    ]
    return '"{" ' + ' "," '.join(members) + ' "}"' if members else '"{}"'


def _array(node: Mapping[str, Any], root: Mapping[str, Any], rules: dict[str, str]) -> str:
    least, most = node.get("minItems", 0), node.get("maxItems")
    if most == 0:
        return '"[]"'
    item = _rule(f"item-{len(rules)}", node.get("items", {}), root, rules)
    more = f'("," {item}){_times(max(0, least - 1), None if most is None else most - 1)}'
    some = f"{item} {more}" if most != 1 else item
    return f'"[" {some} "]"' if least else f'"[" ({some})? "]"'


def _ref(target: str, root: Mapping[str, Any], rules: dict[str, str]) -> str:
    prefix, _, name = target.rpartition("/")
    if prefix != "#/$defs" or name not in root.get("$defs", {}):
        raise ValueError(f"the reply grammar does not cover the reference {target}")
    rule = "def-" + re.sub(r"[^A-Za-z0-9]+", "-", name)
    return rule if rule in rules else _rule(rule, root["$defs"][name], root, rules)


def _rule(
    name: str, node: Mapping[str, Any], root: Mapping[str, Any], rules: dict[str, str]
) -> str:
    rules[name] = ""  # reserves the name: a definition may refer to itself
    rules[name] = _node(node, root, rules)
    return name
