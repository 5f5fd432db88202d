"""Who speaks about a line that several looks have seen, and that nothing of it is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

BODY = [f"value_{n} = compute({n})  # {'x' * 60}" for n in range(300)]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"keep.py": ""})
    made.git("checkout", "-q", "-b", "work")
    return made


def shown(repo: Repo) -> list[list[str]]:
    """The lines of BODY that each unit shows, in the order in which the units are asked about."""
    plain = Scripted(concurrency=1)
    run(repo, plain, cache="off", concurrency=1)
    return [[line for line in BODY if f"+ {line}" in prompt.user] for prompt in plain.prompts]


def test_what_waits_for_its_turn_is_not_lost_when_the_run_is_stopped(repo: Repo):
    """Only the second unit speaks about a line that the first one shows, too: that is said last,
    but the run does not come so far."""
    repo.write("large.py", "\n".join(BODY) + "\n")
    first, second, third, *_ = shown(repo)
    (line, *_) = [line for line in first if line in second]
    only_second = next(line for line in second if line not in (*first, *third))

    class Stopped(Scripted):
        async def complete(self, prompt, schema, **more):
            mine = f"+ {only_second}" in prompt.user
            if not mine and f"+ {first[0]}" not in prompt.user:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.sleep(60)
            self.answer = lambda prompt: reply(finding(line, "large.py")) if mine else NOTHING
            return await super().complete(prompt, schema, **more)

    stream, code = run(repo, Stopped(concurrency=1), cache="off", concurrency=1)
    assert code == 130
    assert [item.start_line for item in found(stream)] == [BODY.index(line) + 1]


def test_what_a_look_across_files_finds_is_put_to_the_test_like_everything_else(repo: Repo):
    names = "shipped_at_utc, dispatched_at_utc"
    repo.write("order.py", f"wanted = [{names}]\n")
    repo.write("renamed.py", f"renamed = [{names}]\n")

    def answer(prompt):
        across = "look only at how" in prompt.user and "change to order.py" in prompt.user
        return reply(finding(f"wanted = [{names}]", "order.py")) if across else NOTHING

    model = Scripted(answer)
    stream, _ = run(repo, model, cache="off", effort="medium")
    asked = [prompt for prompt in model.prompts if "The candidates, between" in prompt.user]
    assert ([item.confidence for item in found(stream)], len(asked)) == ([0.6], 1)
