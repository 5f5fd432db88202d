"""Golden event streams: each folder of tests/cases is a change, what a model says about it, and
what comes out.

`base/` and `head/` are the two states (`head/` is left uncommitted on a branch), `replies.json` a
list of {"about": text in the prompt, "say": the reply as an object or as text}; nothing is said
about anything else. `pytest tests/test_cases.py --update-golden` writes `expected.ndjson` anew.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.pipeline import run
from support.repo import Repo
from support.scripted import NOTHING, Scripted

from reviewer import events

CASES = sorted(path for path in Path(__file__).with_name("cases").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, request: pytest.FixtureRequest):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    copy(case / "base", repo.path)
    repo.commit()
    repo.git("checkout", "-q", "-b", "work")
    for path in [path for path in repo.path.iterdir() if path.name != ".git"]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    copy(case / "head", repo.path)
    script = json.loads((case / "replies.json").read_text())

    def answer(prompt):
        for entry in script:
            if entry["about"] in prompt.user:
                return entry["say"] if isinstance(entry["say"], str) else json.dumps(entry["say"])
        return NOTHING

    settings = {"analyzers": ("conflict", "unicode", "weakened_tests"), "concurrency": 1}
    stream, code = run(repo, Scripted(answer, concurrency=1), **settings)
    assert code == stream[-1].exit_code
    got = "".join(
        events.line(normal(event, repo)) + "\n" for event in stream if event.type != "heartbeat"
    )
    expected = case / "expected.ndjson"
    if request.config.getoption("--update-golden"):
        expected.write_text(got)
    assert got == expected.read_text()


def normal(event, repo):
    """Without what differs between machines and runs."""
    match event.type:
        case "review_context":
            return event.model_copy(update={"working_directory": "/repo"})
        case "finding" if event.patch:
            checks = [
                check.model_copy(update={"duration_seconds": 0.0}) for check in event.patch.checks
            ]
            return event.model_copy(
                update={"patch": event.patch.model_copy(update={"checks": checks})}
            )
        case "complete":
            return event.model_copy(update={"duration_seconds": 0.0})
    return event


def copy(source: Path, target: Path):
    """With new times: git takes a file of equal size, time and inode for unchanged."""
    shutil.copytree(source, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
