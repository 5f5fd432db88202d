"""Whether files still parse: by the parser of their language where there is one, else by a grammar,
which may be older than the code."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviewer import process, text
from reviewer.analyzers import astgrep, dataformats, own_parsers
from reviewer.analyzers.base import UNCERTAIN, AnalyzerError, Limits
from reviewer.languages import Language, language, language_of
from reviewer.types import Change, FileDiff, Side
from reviewer.workspace import encodings

_BEFORE = "it did not parse before either"


@dataclass(frozen=True, slots=True)
class Problems:
    """By path: why files do not parse any more, why of others it cannot be told, and what has read
    those that the parser of their language has not."""

    broken: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)


def problems(change: Change, seconds: float) -> Problems:
    """Of the files of `change` (from the reviewed to the patched state)."""
    found = Problems()
    limits = Limits(seconds)
    grown: list[FileDiff] = []
    for file in change.files:
        known = language_of(file.path)
        if known and (known.syntax.program or known.syntax.check):
            _file(file, known, change, limits, found)
        elif known and _is_settled(file, known, change, limits, found):
            continue
        elif astgrep.is_parsed(change, file):
            grown.append(file)
        else:
            kind = language(file.path) or "this kind of file"
            found.unknown[file.path] = f"no parser for {kind}"
    if grown:
        try:
            _by_grammar(change, grown, limits, found)
        except AnalyzerError as exc:
            found.unknown.update(dict.fromkeys((file.path for file in grown), exc.problem))
    return found


def _is_settled(
    file: FileDiff, language: Language, change: Change, limits: Limits, found: Problems
) -> bool:
    """Whether the language's own parser, which the user has installed, tells."""

    def parses(side: Side) -> bool | None:
        data = change.read(file.path, side) or b""
        return own_parsers.parses(language, data, file.path, limits, change.root)

    now = parses("new")
    if now is False:
        if parses("old") is False:
            found.unknown[file.path] = _BEFORE
        else:
            found.broken[file.path] = f"the parser of {language.name} refuses it"
    return now is not None


def _by_grammar(change: Change, files: list[FileDiff], limits: Limits, found: Problems) -> None:
    now = _syntax_errors(change, files, "new", limits)
    suspects = tuple(file for file in files if file.path in now)
    before = _syntax_errors(change, suspects, "old", limits)
    hits = astgrep.check(dataclasses.replace(change, files=suspects), limits).evidence
    certain = {hit.path for hit in hits if hit.rule == "syntax-error"}
    for file in files:
        path = file.path
        known = language_of(path)
        if path in before:
            found.unknown[path] = _BEFORE
        elif path in certain:
            found.broken[path] = now[path]
        elif path in now:
            found.unknown[path] = f"{now[path]} Or it is newer than the grammar that was asked."
        elif known and not known.syntax.certain:
            found.read[path] = f"read by a grammar, not by the parser of {known.name} itself"


def _file(
    file: FileDiff,
    language: Language,
    change: Change,
    limits: Limits,
    found: Problems,
) -> None:
    codec = change.encodings.get(file.path)

    def parse(source: bytes) -> str | None:
        if language.syntax.program:
            return _run(language.syntax.program, _as_declared(source, codec), limits)
        return dataformats.why_broken(source, file.path)

    said = parse(change.read(file.path, "new") or b"")
    if said is None:
        return
    if parse(change.read(file.path, "old") or b"") is None:
        found.broken[file.path] = said
    else:
        found.unknown[file.path] = _BEFORE


def _as_declared(source: bytes, codec: str | None) -> bytes:
    """A file that names its encoding in that encoding: parsers believe it."""
    raw = encodings.from_utf8(source, codec)
    return raw if encodings.declared(raw) else source


def _run(program: str, source: bytes, limits: Limits) -> str | None:
    """What a parser says against `source`, None when it parses. In a process: deep nesting can end
    an interpreter."""
    try:
        result = process.run(
            [sys.executable, "-I", "-W", "ignore", "-c", program],
            cwd=Path(sys.prefix),
            env={"LC_ALL": "C.UTF-8"},
            timeout=limits.remaining(),
            stdin=source,
            max_bytes=1 << 20,
        )
    except process.ProcessTimeout:
        return "the parser did not end in time"
    if result.code == 0:
        return None
    lines = text.decode(result.stderr).strip().split("\n")
    where = next((line for line in lines if line.lstrip().startswith('File "<unknown>", line')), "")
    return text.cut(
        text.one_line(f"{where.rpartition(', ')[2]}: {lines[-1]}".removeprefix(": ")), 200
    )


def _syntax_errors(
    change: Change, files: Sequence[FileDiff], side: Side, limits: Limits
) -> dict[str, str]:
    """What ast-grep says of one side of the files, taken for itself, by path."""
    alone = dataclasses.replace(
        change,
        files=tuple(dataclasses.replace(file, status="added", old_path=None) for file in files),
        read=lambda path, _: change.read(path, side),
    )
    return {
        hit.path: f"line {hit.start}: {hit.message}"
        for hit in astgrep.check(alone, limits).evidence
        if hit.rule in ("syntax-error", UNCERTAIN)
    }
