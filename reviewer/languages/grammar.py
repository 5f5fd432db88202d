"""Outline of a file from its ast-grep grammar: definitions and imports. Uses of names are read from
the text instead, see `context.mentions`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewer.languages.base import Grammar, Language
from reviewer.languages.definitions import definitions
from reviewer.languages.imports import imports_of
from reviewer.languages.outline import Outline, split_lines
from reviewer.languages.typed import types_of

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def outline(source: bytes, language: Language) -> Outline:
    """Definitions, references and imports of a file in a language with a grammar."""
    from ast_grep_py import SgRoot

    assert language.grammar is not None, f"{language.name} has no grammar"
    text, lines = split_lines(source)
    grammar = _valid(language.grammar)
    readable = grammar.unread.sub(_blanked, text) if grammar.unread else text
    root = SgRoot(readable.replace("\0", " "), grammar.name).root()
    outer = Outline(language, True, lines, definitions(root, grammar), (), ())
    imports, types = imports_of(root, grammar), types_of(root, grammar, outer)
    return Outline(language, True, lines, outer.defs, (), imports, types)


def _blanked(match: re.Match[str]) -> str:
    gone = next(filter(None, match.groups()))
    return match[0].replace(gone, " " * len(gone), 1)


@cache
def _valid(grammar: Grammar) -> Grammar:
    """The grammar without kinds that the installed version lacks (they would be an error)."""
    from ast_grep_py import SgRoot

    root = SgRoot("", grammar.name).root()

    def known(kinds: Sequence[str]) -> tuple[str, ...]:
        return tuple(kind for kind in kinds if _is_known(root, kind))

    return replace(
        grammar,
        functions=known(grammar.functions),
        classes=known(grammar.classes),
        values=known(grammar.values),
        imports=known(grammar.imports),
        declares=known(grammar.declares),
        members=tuple(rule for rule in grammar.members if _is_valid(root, rule)),
        tops=tuple(rule for rule in grammar.tops if _is_valid(root, rule)),
    )


def _is_known(root: SgNode, kind: str) -> bool:
    return _is_valid(root, {"kind": kind})


def _is_valid(root: SgNode, rule: Mapping[str, Any]) -> bool:
    rules: list[Any] = [rule]
    try:
        root.find_all(any=rules)
    except RuntimeError:
        return False
    return True
