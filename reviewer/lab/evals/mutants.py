"""One small defect at a time in source code: each mutant replaces one span of bytes, and the rest
of the file stays byte for byte.

Our own, because mutmut writes all mutants into one file behind switches and brings pytest and a
screen, cosmic-ray brings a database and a web client; neither drops a check, a call or an await,
nor swaps arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.lab.evals import grammar_mutants, operators
from reviewer.lab.evals.spans import Edit, Source, Where
from reviewer.languages import PYTHON, Language, parse_python
from reviewer.text import cut, one_line

OPERATORS = tuple(operators.ALL)
LANGUAGES = (PYTHON, *grammar_mutants.LANGUAGES)
_LINE = 120  # characters of code in a description
# What has no position of its own in Python 3.11 (f-strings), or is no code that runs when the
# function does.
_LEFT_ALONE = (ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
_NOT_RUN = {"annotation", "returns", "decorator_list", "type_comment", "type_params"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """`data[start:end]` becomes `new`: offsets in bytes. `first` to `last` are the lines it
    changes, 1-based."""

    operator: str
    start: int
    end: int
    new: bytes
    first: int
    last: int
    what: str  # one line, for the reader of a case


def mutants(data: bytes, language: Language = PYTHON) -> tuple[Mutant, ...]:
    """Every mutant of a file, in text order. Empty unless it is UTF-8 that parses here, with line
    ends that its language and git count alike."""
    if data.startswith(b"\xef\xbb\xbf") or b"\r" in data.replace(b"\r\n", b"") or b"\0" in data:
        return ()
    source = Source(data)
    try:
        data.decode("utf-8")
        made = (
            list(_edits(parse_python(data), source))
            if language is PYTHON
            else grammar_mutants.edits(data, language)
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[tuple[int, int, bytes], Mutant] = {}
    for name, edit in made:
        if data[edit.start : edit.end] != edit.new:
            # Two operators may mean the same text: the first has it.
            found.setdefault((edit.start, edit.end, edit.new), _mutant(name, edit, source))
    return tuple(
        sorted(
            found.values(), key=lambda each: (each.start, each.end, OPERATORS.index(each.operator))
        )
    )


def _edits(tree: ast.Module, source: Source) -> Iterator[tuple[str, Edit]]:
    for where in _places(tree):
        for name, operator in operators.ALL.items():
            for edit in operator(where, source):
                yield name, edit


def mutated(data: bytes, mutant: Mutant, language: Language = PYTHON) -> bytes | None:
    """The file with the defect; None if it no longer parses or is known to mean the same as
    before."""
    made = data[: mutant.start] + mutant.new + data[mutant.end :]
    if language is not PYTHON:
        return made if grammar_mutants.parses(made, language) else None
    try:
        same = ast.dump(parse_python(made)) == ast.dump(parse_python(data))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None if same else made


def _mutant(name: str, edit: Edit, source: Source) -> Mutant:
    first = source.line_of(edit.start)
    last = max(first, source.line_of(max(edit.start, edit.end - 1)))
    return Mutant(
        name,
        edit.start,
        edit.end,
        edit.new,
        first,
        last,
        f"{name.replace('-', ' ')}: {_what(edit, source)}",
    )


def _what(edit: Edit, source: Source) -> str:
    data = source.data
    if edit.gone:
        return f"{_shown(edit.seen)} was removed"
    if edit.seen:
        return f"{_shown(edit.seen)} became {_shown(edit.became)}"
    low, high = source.starts[source.line_of(edit.start) - 1], data.find(b"\n", edit.end)
    high = len(data) if high < 0 else high
    if high - low > _LINE:  # the place alone says little, but a long line would be cut before it
        return f"{_shown(data[edit.start : edit.end])} became {_shown(edit.new)}"
    return (
        f"{_shown(data[low:high])} became"
        f" {_shown(data[low : edit.start] + edit.new + data[edit.end : high])}"
    )


def _shown(code: bytes) -> str:
    return f"`{cut(one_line(' '.join(code.decode('utf-8').split())), _LINE)}`"


def _places(tree: ast.Module) -> Iterator[Where]:
    """Every node that runs when a function is called, and the functions themselves, with what is
    around it."""
    todo: list[Where] = [Where(tree)]
    while todo:
        where = todo.pop()
        if where.function is not None:
            yield where
        for name, value in ast.iter_fields(where.node):
            if name in _NOT_RUN:
                continue
            body = (
                value
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt)
                else []
            )
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, _LEFT_ALONE):
                    todo.append(_below(where, name, child, body))


def _below(above: Where, name: str, child: ast.AST, body: list[ast.stmt]) -> Where:
    inside = above.function
    if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
        inside = child
    elif isinstance(child, ast.ClassDef):
        inside = None
    return Where(child, above.node, name, tuple(body), inside)
