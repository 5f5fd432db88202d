from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.repo import Repo
from support.scripted import Scripted

from reviewer.errors import UsageError
from reviewer.pipeline.explain import explain
from reviewer.pipeline.plan import Request
from reviewer.types import Scope


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit(
        {
            "a.py": "def f(x):\n    return x\n",
            "b.py": "from a import f\n\n\ndef g():\n    return f(1)\n",
        }
    )
    repo.git("checkout", "-q", "-b", "work")
    repo.write("a.py", "def f(x, y):\n    return x + y\n")
    return Request(repo.path, Scope(), {"analyzers": ("ruff",)})


def shown(request: Request, place: str, model: Scripted | None = None) -> str:
    return asyncio.run(
        explain(request, place, (model or Scripted()).choose("" if model else "none runs"))
    )


def test_it_shows_the_prompt_the_reasons_and_the_cost(request_: Request):
    out = shown(request_, "a.py", Scripted())
    assert out.startswith("unit 1 of 1: a.py, lines 1-2\nabout ")
    assert "\n\nunit 1 of 1: a.py, lines 1-2, lens contracts\nabout " in out
    assert "b.py:4-5  caller of f()" in out
    assert "   1 + def f(x, y):" in out
    assert "assumed" not in out


def test_without_a_model_a_context_is_assumed_and_said(request_: Request):
    assert shown(request_, "a.py:2").endswith(
        "No model is running: this assumes a context of 16384 tokens."
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("b.py", "b.py is not in the change under review, which has a.py"),
        ("a.py:99", "line 99 of a.py is in no hunk"),
    ],
)
def test_a_place_that_is_not_in_the_change(request_: Request, place: str, message: str):
    with pytest.raises(UsageError, match=message):
        shown(request_, place)


def test_a_place_is_relative_to_where_the_user_is(tmp_path: Path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"sub/a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "work")
    repo.write("sub/a.py", "x = 2\n")
    inside = Request(repo.path / "sub", Scope(), {"analyzers": ("ruff",)})
    for place in ("a.py", "./a.py:1", "sub/a.py", str(repo.path / "sub/a.py")):
        assert shown(inside, place, Scripted()).startswith("unit 1 of 1: sub/a.py, lines 1-1\n")
