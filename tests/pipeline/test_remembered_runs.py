"""A run is remembered as a whole only when nothing about it was missing. Otherwise the next run of
the same change has to do the rest, and says so again where it cannot."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.pipeline import found, kinds, run
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer.errors import EngineUnreachable

FILE = "a.py"
LINE = "    return x + 1"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({FILE: "def f(x):\n    return x\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write(FILE, f"def f(x):\n{LINE}\n")
    return made


def wrong(prompt):
    return reply(finding(LINE, FILE))


def mended(new: str):
    return reply(finding(LINE, FILE, oldLines=[LINE], newLines=[new]))


def test_a_whole_run_is_remembered(repo: Repo):
    run(repo, Scripted(wrong))
    model = Scripted(wrong)
    stream, _ = run(repo, model)
    assert (model.prompts, len(found(stream))) == ([], 1)
    assert kinds(stream) == ["review_context", "finding", "status", "complete"]


def test_a_remembered_run_begins_with_the_most_severe(repo: Repo):
    """All of its findings come at once, so that their order is ours."""
    repo.write("b.py", f"def g(x):\n{LINE}\n")

    def some(prompt):
        if "b.py" in prompt.user:
            return reply(finding(LINE, "b.py", severity="critical"))
        return reply(finding(LINE, FILE, severity="minor"))

    first, again = (run(repo, Scripted(some, concurrency=1))[0] for _ in range(2))
    assert sorted(each.severity for each in found(first)) == ["critical", "minor"]
    assert [each.severity for each in found(again)] == ["critical", "minor"]


def test_warnings_are_said_again_the_second_time(repo: Repo):
    """Nothing is unreviewed, but the model could not be asked to refute what it had found."""

    def no_verdict(prompt):
        return (
            EngineUnreachable("nothing answers")
            if "The candidates, between the lines" in prompt.user
            else wrong(prompt)
        )

    said = []
    for _ in range(2):
        stream, code = run(repo, Scripted(no_verdict), effort="medium")
        complete = stream[-1]
        assert (len(found(stream)), complete.reviewed_files, code) == (1, [FILE], 0)
        said.append((complete.outcome, complete.message))
    assert said[0][0] == "completed_with_warnings"
    assert said[0][1].startswith("could not verify some findings")
    assert said[1] == said[0]


@dataclass
class LateRepair(Scripted):
    """Its first replacement does not parse. When it is asked for another one, `late` happens and
    no answer comes."""

    late: object = lambda: None

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        if "could not be used" in prompt.user:
            self.late()
            await asyncio.sleep(60)
        return await super().complete(prompt, schema, first_token=first_token)


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(
    ("late", "limit", "code"),
    [(lambda: None, {"timeout": 1.5}, 0), (interrupt, {}, 130)],
    ids=["out of time", "interrupted"],
)
def test_a_run_that_ended_before_its_patches_were_proved_is_not_remembered(
    repo: Repo, late, limit, code
):
    """Every file is reviewed by then, so nothing else would tell that something is missing."""
    stream, ended = run(
        repo, LateRepair(lambda prompt: mended("    return (x"), late=late), **limit
    )
    assert ([item.patch for item in found(stream)], ended) == ([None], code)
    assert (stream[-1].reviewed_files, stream[-1].unreviewed_files) == ([FILE], [])

    def answer(prompt):
        return mended("    return x" if "could not be used" in prompt.user else "    return (x")

    stream, ended = run(repo, Scripted(answer))
    assert ([item.patch is not None for item in found(stream)], ended) == ([True], 0)


def test_a_run_that_left_a_file_unreviewed_is_not_remembered(repo: Repo):
    stream, code = run(repo, Scripted(lambda prompt: "prose"))
    assert (stream[-1].outcome, code) == ("failed", 3)
    stream, code = run(repo, Scripted(lambda prompt: "prose"))
    assert (stream[-1].outcome, code) == ("failed", 3)
    stream, code = run(repo, Scripted(lambda prompt: NOTHING))
    assert (stream[-1].outcome, stream[-1].reviewed_files, code) == ("completed", [FILE], 0)
