"""ruff's own safe fixes, as patches that go through the same proof."""

from __future__ import annotations

import asyncio

import pytest
from support.change import change

from reviewer import analyzers
from reviewer.events import Patch
from reviewer.fixes import Built, Refused, prove, ruff_fix
from reviewer.types import Change, Evidence


def hits(under: Change) -> list[Evidence]:
    return [hit for result in asyncio.run(analyzers.run(under, names=("ruff",))) for hit in result.evidence]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"import os\nimport sys\n\nprint(sys)\n", b"import sys\n\nprint(sys)\n"),
        (b"\xef\xbb\xbfimport os\r\nx = 1\r\n", b"\xef\xbb\xbfx = 1\r\n"),
        ("s = 'é\u2028漢'; import os\nprint(s)\n".encode(), "s = 'é\u2028漢'; \nprint(s)\n".encode()),
        (b"from os import path, sep\n\nprint(path)\n", b"from os import path\n\nprint(path)\n"),
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


def test_only_the_hit_in_question_is_fixed() -> None:
    under = change({}, {"a.py": b"import os\nimport sys\n"})
    second = next(hit for hit in hits(under) if hit.start == 2)
    made = ruff_fix(second, under)
    assert isinstance(made, Built)
    assert made.files[0].new == b"import os\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"def f(x=[]):\n    return x\n", "ruff has no safe fix for it."),  # its fix is called unsafe
        (b"x = undefined\n", "ruff has no safe fix for it."),
        (b"# -*- coding: latin-1 -*-\nimport os\nx = '\xe9'\n", "ruff changes UTF-8 files only."),
    ],
)
def test_what_is_not_safe_is_left_alone(source: bytes, reason: str) -> None:
    under = change({}, {"a.py": source})
    found = [*hits(under), Evidence("ruff", "F401", "a.py", 2, 2, "m")]
    assert ruff_fix(found[0], under) == Refused(reason)


def test_a_file_that_is_gone() -> None:
    made = ruff_fix(Evidence("ruff", "F401", "b.py", 1, 1, "m"), change({}, {"a.py": b"import os\n"}))
    assert made == Refused("There is no file b.py that could be read.")
