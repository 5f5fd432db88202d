from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import config, memory, verdict
from reviewer.cli import options
from reviewer.cli.review import review
from reviewer.errors import ConfigError, UsageError
from reviewer.memory import listing
from reviewer.pipeline.plan import Request
from reviewer.types import Scope

FILE, BASELINE = "shop/a.py", "baseline.jsonl"
OLD, NEW = "def f(x):\n    return x\n", "def f(x):\n    return x + 1\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({FILE: OLD})
    made.git("checkout", "-q", "-b", "work")
    made.write(FILE, NEW)
    return made


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Switches to the memory of another user, which is empty."""
    return lambda name: monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / name))


def wrong(prompt):
    return reply(finding("    return x + 1", FILE))


def dismissed(repo: Repo) -> bytes:
    """The baseline file of somebody who has dismissed the finding."""
    (said,) = found(run(repo, Scripted(wrong))[0])
    with memory.open_store({}) as store:
        key = memory.repository_key(repo.path / ".git")
        memory.dismiss(store, key, said.id, "meant so")
        entries = [each.dismissal for each in listing.remembered(store, key) if each.dismissal]
    return memory.dump_baseline(entries)


def held(stream):
    complete = stream[-1]
    return len(found(stream)), complete.outcome, complete.message


def test_a_baseline_of_the_base_revision_holds_for_everybody(repo: Repo, state):
    data = dismissed(repo)
    repo.git("stash", "-q")
    repo.git("checkout", "-q", "main")
    repo.commit({BASELINE: data})
    repo.git("checkout", "-q", "-B", "work")
    repo.git("stash", "pop", "-q")
    state("another")
    assert len(found(run(repo, Scripted(wrong))[0])) == 1  # only when it is asked for
    stream, code = run(repo, Scripted(wrong), baseline=BASELINE, fail_on="major")
    assert (held(stream), code) == ((0, "completed", "Review completed"), 0)
    below = [str(repo.path / BASELINE), f"shop/../{BASELINE}"]
    assert [len(found(run(repo, Scripted(wrong), baseline=name)[0])) for name in below] == [0, 0]
    repo.write(BASELINE, b"")  # what the change makes of the file does not count
    assert found(run(repo, Scripted(wrong), baseline=BASELINE)[0]) == []


def test_a_change_cannot_dismiss_its_own_findings(repo: Repo, state):
    data = dismissed(repo)
    state("another")
    repo.write(BASELINE, data)
    repo.git("add", BASELINE)
    repo.git("commit", "-qm", "silence")
    stream, code = run(repo, Scripted(wrong), baseline=BASELINE, fail_on="major")
    assert [item.start_line for item in found(stream)] == [2]
    assert (stream[-1].outcome, code) == ("completed_with_warnings", 1)
    base = repo.head("main")[:12]
    assert (
        f"{BASELINE} is not in the base revision ({base}): commit it first, it applies to later"
        " changes"
    ) in stream[-1].message


def test_lines_of_a_baseline_that_say_nothing_are_counted(repo: Repo, state):
    data = dismissed(repo) + b"{}\nnot json\n"
    state("another")
    repo.git("stash", "-q")
    repo.commit({BASELINE: data})
    repo.git("stash", "pop", "-q")
    repo.git("branch", "-f", "main", "work")
    stream, _ = run(repo, Scripted(wrong), baseline=BASELINE)
    assert held(stream)[:2] == (0, "completed_with_warnings")
    assert f"{BASELINE}: ignored 2 malformed lines" in stream[-1].message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.jsonl", "--baseline: the base ("),
        ("../outside.jsonl", "--baseline: ../outside.jsonl is not a file inside the repository"),
        ("/etc/passwd", "--baseline: /etc/passwd is not a file inside the repository"),
        (".", "--baseline: . is not a file inside the repository"),
    ],
)
def test_a_baseline_must_be_a_file_of_the_repository(
    repo: Repo, tmp_path: Path, name: str, said: str
):
    (tmp_path / "outside.jsonl").write_text("")
    model = Scripted(wrong)
    stream, code = run(repo, model, baseline=name)
    assert (stream[-1].error_type, code, model.prompts) == ("usage", 2, [])
    assert stream[-1].message.startswith(said)


def aged(repo: Repo) -> str:
    """A branch with an old defect, the baseline commit, and a new one; the commit."""
    repo.git("checkout", "-q", "-f", "-B", "work", "main")
    repo.commit({"old.py": "import os\n\n\ndef old():\n    return missing_one\n", FILE: OLD})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"new.py": "def new():\n    return missing_two\n"})
    return commit


def test_what_was_there_at_the_baseline_commit_is_held_back(repo: Repo):
    commit = aged(repo)
    model = Scripted(
        lambda prompt: reply(finding("def old():", "old.py"), finding("def new():", "new.py"))
    )
    for _ in range(2):  # the second time from memory
        stream, code = run(repo, model, analyzers=None, baseline_commit=commit)
        assert {(item.file_name, item.source) for item in found(stream)} == {
            ("new.py", "analyzer:ruff"),
            ("new.py", "model"),
        }
        assert (sorted(stream[-1].reviewed_files), stream[-1].resolved, code) == (
            ["new.py", "old.py"],
            [],
            0,
        )
    assert len(found(run(repo, model, analyzers=None)[0])) == 4


def test_what_broke_before_the_baseline_commit_on_lines_that_nobody_touched_is_held_back(
    repo: Repo,
):
    repo.git("checkout", "-q", "-f", "main")
    repo.commit(
        {"lib.py": "def helper():\n    pass\n", "old.py": "from lib import helper\n\nhelper()\n"}
    )
    repo.git("checkout", "-q", "-B", "work")
    repo.commit({"lib.py": "def renamed():\n    pass\n"})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"new.py": "def new():\n    return missing_two\n"})
    places = [
        [
            (item.file_name, item.in_diff)
            for item in found(run(repo, Scripted(), analyzers=None, **more)[0])
        ]
        for more in ({}, {"baseline_commit": commit})
    ]
    assert [sorted(each) for each in places] == [
        [("new.py", True), ("old.py", False)],
        [("new.py", True)],
    ]


def test_what_broke_since_on_old_lines_is_not_held_back(repo: Repo):
    repo.git("checkout", "-q", "-f", "main")
    repo.commit({"lib.py": "def helper():\n    pass\n"})
    repo.git("checkout", "-q", "-B", "work")
    repo.commit({"old.py": "from lib import helper\n\nhelper()\n"})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"lib.py": "def renamed():\n    pass\n"})
    stream, _ = run(repo, Scripted(), analyzers=None, baseline_commit=commit)
    assert [(item.file_name, item.start_line, item.source) for item in found(stream)] == [
        ("old.py", 1, "analyzer:ty")
    ]


def test_a_baseline_commit_that_is_none(repo: Repo):
    stream, code = run(repo, Scripted(), baseline_commit="nowhere")
    assert (stream[-1].type, stream[-1].error_type, code) == ("error", "bad_base", 4)
    assert stream[-1].message.startswith(
        "no such commit: nowhere; name an existing branch, tag or commit with --baseline-commit"
    )
    with pytest.raises(UsageError, match="--baseline-commit and --diff exclude each other"):
        options.overrides(given("--baseline-commit", "HEAD", "--diff", "-"))


def test_moved_code_is_said_to_be_moved_and_its_file_counts_as_reviewed(repo: Repo):
    body = "".join(f"    value = step_{n}(value)\n" for n in range(40))
    repo.git("checkout", "-q", "-f", "main")
    repo.commit({"old.py": f"import os\n\n\ndef work(value):\n{body}    return value\n"})
    repo.git("checkout", "-q", "-B", "work")
    repo.write("old.py", "import os\n")
    repo.write("new.py", f"def work(value):\n{body}    return value\n\n\nlimit = 0\n")
    model = Scripted(
        lambda prompt: (
            reply(finding("limit = 0", "new.py")) if "+ limit" in prompt.user else NOTHING
        )
    )
    stream, code = run(repo, model)
    assert [(item.file_name, item.start_line, item.location) for item in found(stream)] == [
        ("new.py", 45, "exact")
    ]
    assert (sorted(stream[-1].reviewed_files), stream[-1].outcome, code) == (
        ["new.py", "old.py"],
        "completed",
        0,
    )
    (new,) = [prompt.user for prompt in model.prompts if "+ limit" in prompt.user]
    hunks = new[new.rindex("limit = 0") - 1500 :]
    assert "unchanged, lines 1-42 come from old.py 4-45" in hunks
    assert "+     value = step_20(value)" not in new


def test_a_patch_that_claims_to_move_code_is_read_whole(repo: Repo):
    """Nobody can tell whether what it removes was ever there."""
    lines = [f"    value = step_{n}(value)" for n in range(20)]
    gone = "".join(f"-{line}\n" for line in lines)
    patch = f"--- a/never.py\n+++ b/never.py\n@@ -1,21 +1,1 @@\n import os\n{gone}"
    patch += "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,20 @@\n" + "".join(
        f"+{line}\n" for line in lines
    )
    model = Scripted()
    events = []
    request = Request(
        repo.path, Scope("diff", rev="-"), {"analyzers": (), "effort": "low"}, patch=patch.encode()
    )
    code = asyncio.run(verdict.conclude(request, events.append, choose=model.choose()))
    (new,) = [prompt.user for prompt in model.prompts if "The change to new.py" in prompt.user]
    assert (code, [line for line in lines if f" + {line}" not in new]) == (0, [])


def given(*args: str):
    return review.make_context("review", list(args)).params


def test_the_options(repo: Repo):
    assert options.overrides(given("--baseline", "b.jsonl", "--max-units", "3")) == {
        "baseline": "b.jsonl",
        "max_units": 3,
    }
    with pytest.raises(UsageError, match="--baseline and --diff exclude each other"):
        options.overrides(given("--baseline", "b.jsonl", "--diff", "x.patch"))


@pytest.mark.parametrize(
    ("name", "value"), [("max_units", 0), ("max_units", -1), ("baseline", ""), ("baseline", "a\0b")]
)
def test_settings_that_make_no_sense(name: str, value):
    with pytest.raises(ConfigError, match=f"command line: {name.replace('_', '-')}: "):
        config.load({name: value}, {})


def test_a_repository_may_set_neither(repo: Repo):
    loaded = config.load({}, {}, repository=b'baseline = "b.jsonl"\nmax-units = 1\n')
    assert (loaded.settings.baseline, loaded.settings.max_units) == (None, None)
    assert loaded.warnings == (
        ".reviewer.toml: a repository may not set baseline; ignored",
        ".reviewer.toml: a repository may not set max-units; ignored",
    )
