"""Whether a source parses, by TypeScript's own compiler."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import toolchains
from support.npm import installed

from reviewer.analyzers import tsc_syntax
from reviewer.analyzers.base import Limits

NEW = Path(__file__).parent / "new_syntax"
needs_tsc = toolchains.needs("tsc")


def parses(path: str, source: str) -> bool | None:
    return tsc_syntax.parses(source.encode(), path, Limits(20))


@needs_tsc
@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("a.ts", "export const a: number = 'no number'; import b from './gone'", True),
        ("a.ts", "function f( {\n", False),
        ("a.mts", "export type A = { a: 1", False),
        ("a.tsx", "const a = <T,>(x: T) => <div>{x}</div>;", True),
        ("a.tsx", "const a = <div>{x}</span>;", False),
        ("a.js", "f(", False),
        ("a.jsx", "const a = <div/>;", True),
        ("a.js", "const a = <div/>;", True),
        ("folder/a\n.ts", "a b c", False),
        ("a.ts", "", True),
    ],
)
def test_a_source_parses_or_not(path: str, source: str, expected: bool) -> None:
    assert parses(path, source) is expected


@needs_tsc
@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.js", "var a = 010;"),
        ("a.js", "var a = '\\07';"),
        ("a.js", "<!-- a comment, in a script\n"),
        ("a.js", "function f(a: number) { return (a: any) ? }"),
        ("a.js", "function f(a: number) {}"),
        ("a.js", "import source a from './a.wasm';"),
        ("a.py", "def f("),
        ("a.vue", "<script>"),
    ],
)
def test_what_the_compiler_cannot_tell(path: str, source: str) -> None:
    assert parses(path, source) is None


@needs_tsc
@pytest.mark.parametrize("suffix", ["ts", "tsx", "js"])
def test_new_syntax_parses_or_cannot_be_told(suffix: str) -> None:
    samples = (NEW / f"{suffix}.txt").read_text(encoding="utf-8").split("========\n")
    assert [sample for sample in samples if parses(f"a.{suffix}", sample) is False] == []


@pytest.mark.parametrize("version", ["Version 5.9.3", "Version 7.0.2"])
def test_without_a_compiler_that_works_it_cannot_be_told(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert parses("a.ts", "f(") is None
    link, native = installed(tmp_path, version)
    native.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit 0\nexit 9\n')
    monkeypatch.setenv("PATH", str(link.parent))
    assert parses("a.ts", "f(") is None
