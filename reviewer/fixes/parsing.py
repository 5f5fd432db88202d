"""Whether files still parse: Python by its own parser, the others by the analyzers that parse them
anyway."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path

from reviewer import process, text
from reviewer.analyzers import astgrep, dataformats
from reviewer.analyzers.base import AnalyzerError, Limits
from reviewer.languages import Language, language, language_of
from reviewer.types import Change, FileDiff, Side
from reviewer.workspace import encodings

_BEFORE = "it did not parse before either"
Why = Mapping[str, str]


def problems(change: Change, seconds: float) -> tuple[Why, Why]:
    """Of the files of `change` (from the reviewed to the patched state): why some do not parse any
    more, and why for others it cannot be told, each by path."""
    broken: dict[str, str] = {}
    unknown: dict[str, str] = {}
    limits = Limits(seconds)
    grown: list[FileDiff] = []
    for file in change.files:
        known = language_of(file.path)
        if known and (known.syntax.program or known.syntax.check):
            _file(file, known, change, limits, broken, unknown)
        elif astgrep.is_parsed(change, file):
            grown.append(file)
        else:
            unknown[file.path] = f"no parser for {language(file.path) or 'this kind of file'}"
    try:
        now = _syntax_errors(change, grown, "new", limits)
        before = _syntax_errors(change, [file for file in grown if file.path in now], "old", limits)
    except AnalyzerError as exc:
        return broken, unknown | dict.fromkeys((file.path for file in grown), exc.problem)
    unknown |= dict.fromkeys(before, _BEFORE)
    return broken | {path: said for path, said in now.items() if path not in before}, unknown


def _file(
    file: FileDiff,
    language: Language,
    change: Change,
    limits: Limits,
    broken: dict[str, str],
    unknown: dict[str, str],
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
        broken[file.path] = said
    else:
        unknown[file.path] = _BEFORE


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
    change: Change, files: list[FileDiff], side: Side, limits: Limits
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
        if hit.rule in ("syntax-error", "parse-error")
    }
