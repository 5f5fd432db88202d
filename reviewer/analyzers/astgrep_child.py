"""Parses files with ast-grep and matches the rules, in a process of its own: hostile input can make
a parser hang, overflow its stack or panic, which must not end the review. Imports nothing from the
project.

Reads {"rules": […], "lags": {language: [pattern, replacement]}, "files": [[key, language, new
source, old source or null], …]} on stdin and writes a JSON line for each file: {"key", "new":
facts, "old": facts or null}. Facts: {"errors": [[start, end], …] lines that do not parse, "open":
{bracket: how many are not closed}, "impossible": [lines that are valid in no version of the
language], "hits": [[rule id, start, end, edit or null], …]}. An edit is [start, end, text], in
characters: the fix, for a rule with `rewrite`. The old source is examined only if the new one has
errors or hits. Where a grammar lags behind, errors that the replacement cures do not count.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_MAX_ERRORS = 20
_MAX_TOKEN = 4  # characters of a token with a bracket in it
_MAX_REWRITTEN = 1000  # characters of a match that is rewritten
_OPEN = {")": "(", "]": "[", "}": "{"}
_QUOTES = ('"', "`")
_NUMBERS = ("number", "integer_literal", "float_literal", "floating_point_literal")
_STATEMENTS = (
    "expression_statement",
    "lexical_declaration",
    "let_declaration",
    "local_variable_declaration",
    "return_statement",
    "variable_declaration",
    "variable_declarator",
)
_REQUIRED = ("(", ")", "[", "]", "{", "}", ";", ":", ",", '"', "'", "`", "identifier")


def main() -> None:
    sys.path += sys.argv[1:]  # where ast-grep-py is installed
    task = json.load(sys.stdin)
    for key, language, new, old in task["files"]:
        lag = task["lags"].get(language)
        facts = examine(new, language, task["rules"], lag)
        needed = old is not None and (facts["errors"] or facts["hits"])
        before = examine(old, language, task["rules"], lag) if needed else None
        sys.stdout.write(json.dumps({"key": key, "new": facts, "old": before}) + "\n")


def examine(
    source: str, language: str, rules: list[dict[str, Any]], lag: tuple[str, str] | None = None
) -> dict[str, Any]:
    from ast_grep_py import SgRoot

    root = SgRoot(source, language).root()
    leaves = _leaves(root)
    broken = lagging = _broken(root, leaves)
    if broken and lag and (again := re.sub(lag[0], lag[1], source)) != source:
        other = SgRoot(again, language).root()
        broken = _broken(other, _leaves(other))
    hits = (
        []
        if lagging
        else [
            hit
            for rule in rules
            if language in rule["languages"] and _may_match(root, source, rule)
            for hit in _hits(root, rule, language)
        ]
    )
    return {
        "errors": broken[:_MAX_ERRORS],
        "open": _open(leaves) if broken else {},
        "impossible": _impossible(leaves) if broken else [],
        "hits": hits,
    }


def _impossible(leaves: list[SgNode]) -> list[int]:
    """Lines of simple statements that the parser recognized and stumbled over, with a value missing
    (`x = ;`) or one too many (`return 1 2`): no new syntax looks like that."""
    found = set()
    ordered = leaves[::-1]
    kinds = ["", *(leaf.kind() for leaf in ordered)]
    for before, first, second, *pair in zip(
        kinds, kinds[1:], kinds[2:], ordered, ordered[1:], strict=False
    ):
        missing = first == "=" and second == ";"
        extra = before in ("=", "return") and all(
            kind.endswith(_NUMBERS) for kind in (first, second)
        )
        if (missing or extra) and pair[1].text():  # none that the parser inserted
            (_, end), (start, _) = map(_lines, pair)
            if end == start and any(map(_stumbled, pair)):
                found.add(start)
    return sorted(found)


def _stumbled(leaf: SgNode) -> bool:
    error = leaf.parent()
    around = error.parent() if error is not None and error.kind() == "ERROR" else None
    return around is not None and around.kind() in _STATEMENTS


def _broken(root: SgNode, leaves: list[SgNode]) -> list[tuple[int, int]]:
    # Leaves without text are tokens that the parser inserted because they are missing. (Some
    # grammars also have line ends and indentation without text.)
    missing = [node for node in leaves if node.kind() in _REQUIRED and not node.text()]
    return sorted(_lines(node) for node in [*root.find_all(kind="ERROR"), *missing])


def _may_match(root: SgNode, source: str, rule: dict[str, Any]) -> bool:
    """A quick look before the rule is compiled."""
    kind = rule["rule"].get("kind")
    return (
        any(all(word in source for word in words) for words in rule["words"])
        and ("needs" not in rule or re.search(rule["needs"], source) is not None)
        and (kind is None or root.find(kind=kind) is not None)
    )


def _hits(
    root: SgNode, rule: dict[str, Any], language: str
) -> list[tuple[str, int, int, tuple[int, int, str] | None]]:
    config: Any = {"rule": rule["rule"], "constraints": rule.get("constraints", {})}
    nodes = root.find_all(config)
    if nodes and rule.get("calls") == "async":
        names = _names(root, rule["async"][language])
        nodes = [node for node in nodes if _called(node) in names]
    return [(rule["id"], *_lines(node), _edit(node, rule.get("rewrite", ()))) for node in nodes]


def _edit(node: SgNode, rewrites: Sequence[dict[str, Any]]) -> tuple[int, int, str] | None:
    text = node.text()
    for rewrite in rewrites if len(text) <= _MAX_REWRITTEN else ():
        if "inside" in rewrite and not node.matches(inside=rewrite["inside"]):
            continue
        changed, number = re.subn(rewrite["match"], rewrite["to"], text, count=1, flags=re.DOTALL)
        if number and changed != text:
            return node.range().start.index, node.range().end.index, changed
    return None


def _lines(node: SgNode) -> tuple[int, int]:
    return node.range().start.line + 1, node.range().end.line + 1


def _leaves(root: SgNode) -> list[SgNode]:
    stack, found = [root], []
    while stack:
        node = stack.pop()
        children = node.children()
        if children:
            stack += children
        else:
            found.append(node)
    return found


def _open(leaves: list[SgNode]) -> dict[str, int]:
    """How many more brackets outside strings and comments open than close, and how many quotes are
    without a partner."""
    found = dict.fromkeys((*_OPEN.values(), *_QUOTES), 0)
    for leaf in leaves:
        kind = leaf.kind()
        if len(kind) > _MAX_TOKEN or leaf.text() != kind:
            continue  # no token of the grammar, or one that the parser inserted
        for mark in kind:  # `${`, `#[` and `((` count, too
            if mark in found:
                found[mark] += 1
            elif mark in _OPEN:
                found[_OPEN[mark]] -= 1
    return found | {quote: found[quote] % 2 for quote in _QUOTES}


def _names(root: SgNode, rules: list[Any]) -> set[str]:
    """The names of the definitions that one of the rules matches."""
    configs: list[Any] = [{"rule": rule} for rule in rules]
    nodes = [node for config in configs for node in root.find_all(config)]
    return {name.text() for node in nodes if (name := node.field("name")) is not None}


def _called(statement: SgNode) -> str:
    call = statement.child(0)
    function = call.field("function") if call is not None else None
    return function.text() if function is not None else ""


if __name__ == "__main__":
    main()
