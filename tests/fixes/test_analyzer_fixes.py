"""The fixes of analyzers themselves, as patches that go through the same proof."""

from __future__ import annotations

import asyncio

import pytest
from support.change import change

from reviewer import analyzers
from reviewer.analyzers import external
from reviewer.events import Patch
from reviewer.fixes import Built, Refused, analyzer_fix, astgrep_fix, prove, ruff_fix
from reviewer.types import Change, Evidence


def hits(under: Change) -> list[Evidence]:
    return [
        hit
        for result in asyncio.run(analyzers.run(under, names=("ruff",)))
        for hit in result.evidence
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"import os\nimport sys\n\nprint(sys)\n", b"import sys\n\nprint(sys)\n"),
        (b"\xef\xbb\xbfimport os\r\nx = 1\r\n", b"\xef\xbb\xbfx = 1\r\n"),
        (
            "s = 'é\u2028漢'; import os\nprint(s)\n".encode(),
            "s = 'é\u2028漢'; \nprint(s)\n".encode(),
        ),
        (b"from os import path, sep\n\nprint(path)\n", b"from os import path\n\nprint(path)\n"),
        (b"A = 1\rB = 2\nimport os\nprint(A)\n", b"A = 1\rB = 2\nprint(A)\n"),
        (b"x = 1\nif x is 'a':\n    pass\n", b"x = 1\nif x == 'a':\n    pass\n"),
    ],
)
def test_a_safe_fix_is_built_and_proved(old: bytes, new: bytes) -> None:
    under = change({}, {"pkg/a.py": old})
    (hit,) = hits(under)
    made = ruff_fix(hit, under)
    assert isinstance(made, Built)
    assert made.files[0].new == new
    done = asyncio.run(prove(made, under, cause=hit, timeout=20))
    assert isinstance(done, Patch)
    assert done.verification == "clean"
    assert done.checks[-1].detail.endswith("is gone")


@pytest.mark.fault(
    "scale", "thousands of hits of one rule in a file", "ruff is asked once for all their fixes"
)
def test_ruff_is_asked_once_for_the_hits_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    under = change({}, {"a.py": b"import os\nimport sys\nprint(undefined)\n" * 20})
    found = hits(under)
    asked: list[str] = []
    run = external.run

    def counted(argv: list[str], **options: object) -> bytes:
        asked.append(next(each for each in argv if str(each).startswith("--select=")))
        return run(argv, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(external, "run", counted)
    for hit in found:
        ruff_fix(hit, under)
    assert len(found) > 40
    assert sorted(asked) == sorted({f"--select={hit.rule}" for hit in found})


def test_of_two_hits_in_a_row_none_is_fixed() -> None:
    under = change({}, {"a.py": b"import os; import sys\n"})
    for row in (1, 2):
        hit = Evidence("ruff", "F401", "a.py", row, row, "m")
        assert ruff_fix(hit, under) == Refused("ruff has no safe fix for it.")


def test_only_the_hit_in_question_is_fixed() -> None:
    under = change({}, {"a.py": b"import os\nimport sys\n"})
    second = next(hit for hit in hits(under) if hit.start == 2)
    made = ruff_fix(second, under)
    assert isinstance(made, Built)
    assert made.files[0].new == b"import os\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            b"def f(x=[]):\n    return x\n",
            "ruff has no safe fix for it.",
        ),  # its fix is called unsafe
        (b"x = undefined\n", "ruff has no safe fix for it."),
        (b"# -*- coding: latin-1 -*-\nimport os\nx = '\xe9'\n", "ruff changes UTF-8 files only."),
    ],
)
def test_what_is_not_safe_is_left_alone(source: bytes, reason: str) -> None:
    under = change({}, {"a.py": source})
    found = [*hits(under), Evidence("ruff", "F401", "a.py", 2, 2, "m")]
    assert ruff_fix(found[0], under) == Refused(reason)


def test_a_file_that_is_gone() -> None:
    made = ruff_fix(
        Evidence("ruff", "F401", "b.py", 1, 1, "m"), change({}, {"a.py": b"import os\n"})
    )
    assert made == Refused("Cannot read the file b.py.")


NO_REWRITE = Refused("The rule has no rewrite for it.")


def matched(path: str, source: bytes) -> tuple[Change, list[Evidence]]:
    under = change({}, {path: source})
    return under, [
        hit
        for result in asyncio.run(analyzers.run(under, names=("astgrep",)))
        for hit in result.evidence
    ]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.js", b"if (value === NaN) stop()\n", b"if (Number.isNaN(value)) stop()\n"),
        (
            "a.ts",
            "const ä = '漢'; if (größe !== NaN) stop()\r\n".encode(),
            "const ä = '漢'; if (!Number.isNaN(größe)) stop()\r\n".encode(),
        ),
        (
            "a.js",
            b"\xef\xbb\xbfif (state = 'done') finish()\n",
            b"\xef\xbb\xbfif (state === 'done') finish()\n",
        ),
        (
            "a.rs",
            b"async fn save() {}\nasync fn run() {\n    save();\n}\n",
            b"async fn save() {}\nasync fn run() {\n    save().await;\n}\n",
        ),
        (
            "A.java",
            b'class A { boolean f(String s) { return s != "x"; } }',
            b'class A { boolean f(String s) { return !"x".equals(s); } }',
        ),
        (
            "a.c",
            b"void f(char *s) { memset(s, sizeof *s, 0); }\n",
            b"void f(char *s) { memset(s, 0, sizeof *s); }\n",
        ),
    ],
)
def test_a_rewrite_is_built_and_proved(path: str, old: bytes, new: bytes) -> None:
    under, (hit,) = matched(path, old)
    made = analyzer_fix(hit, under)
    assert isinstance(made, Built)
    assert made.files[0].new == new
    done = asyncio.run(prove(made, under, cause=hit, timeout=20))
    assert isinstance(done, Patch)
    assert (done.verification, done.checks[-1].detail.endswith("is gone")) == ("clean", True)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"try { load() } catch (error) { }\n", NO_REWRITE),
        (
            b"if (a === NaN || b === NaN) stop()\n",
            NO_REWRITE,
        ),  # two on one line: which one is meant?
        (b"// \xff\nif (a === NaN) stop()\n", Refused("Rules rewrite UTF-8 files only.")),
    ],
)
def test_what_has_no_rewrite_is_left_alone(source: bytes, reason: Refused) -> None:
    under, (hit, *_) = matched("a.js", source)
    assert astgrep_fix(hit, under) == reason


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.js", b"function f(a) { return(a) === NaN }\n"),  # returnNumber
        ("a.rs", b"async fn save() {}\nfn run() {\n    save();\n}\n"),  # await only in async code
        (
            "a.rs",
            b"async fn save() {}\nasync fn run() {\n    each(|_| {\n        save();\n    });\n}\n",
        ),
        ("a.c", b"int f(int *a) {\n    if (a[i=2] = 3) return 1;\n    return 0;\n}\n"),
        (
            "a.c",
            b"void f(char *s) { memset(s, -1, 0); }\n",
        ),  # as a size it would be all of the memory
        ("a.c", b"void f(char *s, int c) { memset(s, c, 0); }\n"),
    ],
)
def test_a_rewrite_that_would_mean_something_else_is_not_made(path: str, source: bytes) -> None:
    under, (hit, *_) = matched(path, source)
    assert astgrep_fix(hit, under) == NO_REWRITE


def test_async_blocks_and_closures_in_plain_functions_may_await() -> None:
    source = (
        b"async fn save() {}\nfn run() {\n    spawn(async move {\n        save();\n    });\n}\n"
    )
    under, (hit,) = matched("a.rs", source)
    made = astgrep_fix(hit, under)
    assert isinstance(made, Built)
    assert made.files[0].new == source.replace(b"save();", b"save().await;")


def test_other_analyzers_have_no_fix() -> None:
    assert (
        analyzer_fix(Evidence("ty", "x", "a.py", 1, 1, "m"), change({}, {"a.py": b"x\n"})) is None
    )
