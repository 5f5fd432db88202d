"""The brackets of a source, as the lexis of its language has it, and the directives that compile
parts of it or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from reviewer.languages import Language
from reviewer.languages.lexis import Hole

OPENING = {")": "(", "]": "[", "}": "{"}
_DIRECTIVE = (
    r"^[ \t]*+#[ \t]*+(?P<name>if(?:n?def)?|el(?:if(?:n?def)?|seif|se)|endif|define|error|include"
    r"|line|pragma|region|undef|warning)\b"
    r"(?:[^\n\\/]|\\[\s\S]|/(?:\*(?:[^*]|\*(?!/)){0,2000}+\*/)?)*+"
)
_ESCAPED = r"\\[\s\S]"
Token = tuple[str, int]  # an opening bracket and 1 or -1, or the name of a directive and 0


class Lone(Exception):
    """Something begins with `mark` and never ends: what follows cannot be read. `opened` is the
    bracket that holds it, if it is code in a string."""

    def __init__(self, mark: str, opened: str = "") -> None:
        super().__init__(mark)
        self.mark = mark
        self.opened = opened


@dataclass(frozen=True, slots=True)
class _Lexer:
    code: re.Pattern[str]
    within: tuple[re.Pattern[str], ...]  # for each kind of string with code in it


def tokens(language: Language, source: str) -> Iterator[Token]:
    """Raises Lone."""
    around: list[tuple[int, str, int]] = []  # strings, what ends the code in each, and how deep
    try:
        yield from _tokens(language, source.replace("\r\n", "\n"), around)
    except Lone as exc:
        raise Lone(exc.mark, OPENING[around[-1][1]] if around else "") from None


def _tokens(language: Language, source: str, around: list[tuple[int, str, int]]) -> Iterator[Token]:
    lexer, lexis = _lexer(language), language.syntax.lexis
    below: list[str] = []  # ends of texts that begin on the next line
    at = _end(lexis.before, source, 0, "") if lexis.before else 0
    while (found := lexer.code.search(source, at)) is not None:
        at, mark = found.end(), found[0]
        kind, _, number = (found.lastgroup or "").partition("_")
        entered = int(number) if kind == "string" else None
        if kind == "pair":
            ends = lexis.pairs[int(number)][1]
            if "\\g<tag>" in ends:
                ends = ends.replace("\\g<tag>", re.escape(found[f"tag{number}"]))
            at = _end(ends, source, at, mark[-1])
        elif kind == "comment":
            at = _end_of_comment(language, mark, source, at)
        elif kind == "below":
            below.append(found["tag"])
        elif kind == "line":
            for tag in below:
                at = _end(rf"^[ \t]*{re.escape(tag)}\b", source, at, "")
            below.clear()
        elif kind == "directive":
            yield found["name"], 0
        elif kind == "quote":
            raise Lone(mark)
        elif kind == "bracket":
            opening = OPENING.get(mark, mark)
            step = 1 if mark == opening else -1
            yield opening, step
            if around and OPENING[around[-1][1]] == opening:
                which, closing, depth = around.pop()
                if depth + step:
                    around.append((which, closing, depth + step))
                else:
                    entered = which
        if entered is not None:
            at, closing = _inside(lexis.strings[entered], lexer.within[entered], source, at)
            if closing:
                around.append((entered, closing, 1))
                yield OPENING[closing], 1


def _inside(string: Hole, within: re.Pattern[str], source: str, at: int) -> tuple[int, str]:
    """Where the string ends, or code in it begins, and what ends that code."""
    for found in within.finditer(source, at):
        if found[0] == string.ends:
            return found.end(), ""
        for opening, closing in string.holes:
            if found[0] == opening:
                return found.end(), closing
    raise Lone(string.ends)


def _end(ends: str, source: str, at: int, mark: str) -> int:
    found = _compiled(ends).search(source, at)
    if found is None:
        raise Lone(mark)
    return found.end()


def _end_of_comment(language: Language, begins: str, source: str, at: int) -> int:
    ends = dict(language.comments.block)[begins]
    either = _compiled(f"{re.escape(begins)}|{re.escape(ends)}")
    depth = 1
    while depth:
        found = either.search(source, at)
        if found is None:
            raise Lone("")
        at = found.end()
        if found[0] == ends:
            depth -= 1
        elif language.syntax.lexis.nested:
            depth += 1
    return at


@cache
def _lexer(language: Language) -> _Lexer:
    lexis, comments = language.syntax.lexis, language.comments
    block = "|".join(re.escape(begins) for begins, _ in comments.block)
    line = "|".join(map(re.escape, comments.line if lexis.comments else ()))
    parts = (
        *(
            (f"pair_{number}", begins.replace("(?P<tag>", f"(?P<tag{number}>"))
            for number, (begins, _) in enumerate(lexis.pairs)
        ),
        ("below", lexis.below),
        *((f"string_{number}", each.begins) for number, each in enumerate(lexis.strings)),
        ("comment", block),
        ("skipped", "|".join((*lexis.literals, *([rf"(?:{line})[^\n]*+"] if line else ())))),
        ("directive", _DIRECTIVE if language.syntax.conditional else ""),
        ("bracket", r"[()\[\]{}]"),
        ("line", r"\n" if lexis.below else ""),
        ("quote", "[\"'`]"),
    )
    return _Lexer(
        _compiled("|".join(f"(?P<{name}>{part})" for name, part in parts if part)),
        tuple(
            _compiled(
                "|".join((*(re.escape(opens) for opens, _ in each.holes), r"\\[\s\S]", each.ends))
            )
            for each in lexis.strings
        ),
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
