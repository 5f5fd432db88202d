"""What the tools do without the protocol: reviews take turns, and a scripted model is heard."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from support.hooking import broken, with_remote
from support.memory import judged, record
from support.repo import Repo
from support.scripted import Scripted, finding, reply

from reviewer import memory
from reviewer.doors.mcp import tools
from reviewer.doors.mcp.contract import (
    DismissArguments,
    FindingArguments,
    ListArguments,
    ReviewArguments,
)
from reviewer.doors.mcp.tools import Door
from reviewer.errors import Interrupted, UsageError
from reviewer.events import Report
from reviewer.memory import history
from reviewer.memory.records import HistoryKey


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = with_remote(tmp_path)
    made.write("a.py", broken())
    return made


def door(repo: Repo) -> Door:
    user_file = repo.home / ".config/gemma-reviewer/config.toml"
    return Door((Path(os.path.realpath(repo.path)),), False, dict(os.environ), user_file)


def test_the_id_of_another_place_leads_to_the_finding(repo):
    at = door(repo)
    both = judged(1, "b.py", places=[(2, "a.py")])
    key = HistoryKey(memory.repository_key(repo.path / ".git"), "s")
    with memory.open_store(at.environ) as store:
        history.record_run(store, key, record(both))
    place = f"{2:012x}"
    explained = tools.explain_finding(at, FindingArguments(id=place))
    assert (explained.id, explained.places) == (both.finding.id, both.finding.places)
    made = tools.dismiss_finding(at, DismissArguments(id=place, reason="fine"))
    assert (made.id, made.state) == (both.finding.id, "dismissed")
    with memory.open_store(at.environ) as store:
        history.record_run(store, key, record(judged(3), both))
    with pytest.raises(UsageError, match="matches 2 findings"):
        tools.explain_finding(at, FindingArguments(id="0000"))


def outcome(done: list[Report | BaseException]) -> list[object]:
    return [each.complete.outcome if isinstance(each, Report) else type(each) for each in done]


def test_a_model_is_heard(repo):
    model = Scripted(
        lambda prompt: reply(finding("return nowhere", "a.py", title="It is not there"))
    )

    async def go() -> Report:
        job = tools.begin(door(repo), ReviewArguments(), lambda _: None, model.choose())
        assert job.task is not None
        return await job.task

    report = asyncio.run(go())
    assert (report.context.model_role, [each.source for each in report.findings]) == (
        "reviewer",
        ["analyzer:ruff", "model"],
    )
    assert model.closed


def test_reviews_take_turns_and_one_that_is_stopped_keeps_what_it_has(repo):
    opened = door(repo)
    slow, quick = Scripted(delay=60), Scripted()

    async def go() -> list[Report | BaseException]:
        first = tools.begin(opened, ReviewArguments(), lambda _: None, slow.choose())
        second = tools.begin(opened, ReviewArguments(fresh=True), lambda _: None, quick.choose())
        third = tools.begin(opened, ReviewArguments(), lambda _: None, quick.choose())
        async with asyncio.timeout(20):
            while not slow.prompts:
                await asyncio.sleep(0.01)
        assert [each.directory for each in tools.status(opened).running] == [
            str(opened.roots[0])
        ] * 3
        assert quick.prompts == []
        third.stop.set_result("interrupted")
        first.stop.set_result("interrupted")
        tasks = [job.task for job in (first, second, third) if job.task]
        return await asyncio.gather(*tasks, return_exceptions=True)

    done = asyncio.run(go())
    assert outcome(done) == ["failed", "completed", Interrupted]
    assert isinstance(done[0], Report)
    assert [(each.file_name, each.reason) for each in done[0].complete.unreviewed_files] == [
        ("a.py", "interrupted")
    ]
    assert [each.rule for each in done[0].findings] == ["F821"]
    assert (slow.cancelled, len(quick.prompts) > 0, opened.jobs) == (len(slow.prompts), True, [])
    assert [each.rule for each in tools.list_findings(opened, ListArguments()).findings] == ["F821"]


def test_more_than_there_is_patience_for(repo):
    opened = door(repo)

    async def go() -> None:
        model = Scripted(delay=60)
        jobs = [
            tools.begin(opened, ReviewArguments(), lambda _: None, model.choose())
            for _ in range(tools.MOST_JOBS)
        ]
        with pytest.raises(UsageError, match="8 reviews are running or waiting"):
            tools.begin(opened, ReviewArguments(), lambda _: None, model.choose())
        for job in jobs:
            job.stop.set_result("interrupted")
        done = await asyncio.gather(*(job.task for job in jobs if job.task), return_exceptions=True)
        assert outcome(done) == [Interrupted] * tools.MOST_JOBS

    asyncio.run(go())
