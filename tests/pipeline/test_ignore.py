"""`[[ignore]]` tables of the configuration, through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import Scripted, finding, reply

from reviewer import memory
from reviewer.memory import listing

OLD = "def f(x):\n    return x\n"
NEW = "def f(x):\n    return x + 1\n"
SRC = '[[ignore]]\nrule = "model"\npath = "src/**"\nreason = "frozen"\n'
NOTE = "1 finding ignored by configuration: --show-rejected lists them."
KEY = 'KEY = "AKIAQ3EGR7XHZ2NB5WTL"\n'


def repository(tmp_path: Path, settings: str = "") -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    files = {"src/a.py": OLD, "b.py": OLD}
    made.commit(files | ({".reviewer.toml": settings} if settings else {}))
    made.git("checkout", "-q", "-b", "work")
    made.write("src/a.py", NEW)
    made.write("b.py", NEW)
    return made


def wrong(prompt):
    path = "src/a.py" if "src/a.py" in prompt.user else "b.py"
    return reply(finding("    return x + 1", path))


def names(events):
    return [each.file_name for each in found(events)]


def test_what_the_base_ignores_is_counted_and_shown(tmp_path, capsys):
    repo = repository(tmp_path, SRC)
    events, code = run(repo, Scripted(wrong), fail_on="info", show_rejected=True)
    last = events[-1]
    assert (names(events), code, last.outcome, last.message) == (["b.py"], 1, "completed", NOTE)
    assert (last.findings, last.ignored) == (1, 1)
    assert sorted(last.reviewed_files) == ["b.py", "src/a.py"]
    said = capsys.readouterr().err
    assert said.startswith("held back: 1 ignored by configuration\nsrc/a.py:2: ")
    assert said.endswith("    ignored by .reviewer.toml (model in src/**): frozen\n")


@pytest.mark.fault(
    "git",
    "a change that brings an `[[ignore]]` for its own findings",
    "not in force before it is in the base revision, and named",
)
def test_an_ignore_of_the_change_is_not_in_force(tmp_path):
    repo = repository(tmp_path)
    repo.write(".reviewer.toml", SRC)
    events, _ = run(repo, Scripted(wrong))
    assert sorted(names(events)) == ["b.py", "src/a.py"]
    first = repo.git("rev-parse", "main").strip()[:12]
    assert events[-1].message == (
        f".reviewer.toml is not in force: it is read from the base, main ({first}), which has none;"
        " not ignored yet: model in src/**."
    )


@pytest.mark.fault(
    "secrets",
    "an `[[ignore]]` of the repository for a folder with a credential",
    "the credential is found: no repository can have it ignored, only the user can",
)
def test_a_repository_cannot_ignore_credentials(tmp_path):
    everything = '[[ignore]]\nrule = "*"\nreason = "all is well"\n'
    repo = repository(tmp_path, everything)
    repo.write("b.py", NEW + KEY)
    events, _ = run(repo, Scripted(wrong), analyzers=("secrets",))
    assert [each.rule for each in found(events)] == ["aws-access-key"]
    by_the_user = ({"rule": "*", "reason": "a fixture"},)
    events, _ = run(repo, Scripted(wrong), analyzers=("secrets",), ignore=by_the_user)
    assert names(events) == []


def test_changed_ignores_need_no_model_call(tmp_path):
    """Neither for what is left out from now on, nor for what is reported again."""
    repo = repository(tmp_path)
    user = ({"path": "src/", "reason": "frozen"},)
    assert sorted(names(run(repo, Scripted(wrong))[0])) == ["b.py", "src/a.py"]
    model = Scripted(wrong)
    events, _ = run(repo, model, ignore=user)
    assert (names(events), events[-1].message) == (["b.py"], NOTE)
    assert events[-1].resolved == []  # it is still there
    events, _ = run(repo, model)
    assert sorted((each.file_name, each.state) for each in found(events)) == [
        ("b.py", "open"),
        ("src/a.py", "open"),
    ]
    assert model.prompts == []


def test_the_list_leaves_out_what_is_ignored(tmp_path):
    repo = repository(tmp_path, SRC)
    run(repo, Scripted(wrong))
    with memory.open_store({}) as store:
        key = memory.repository_key(repo.path / ".git")
        known = listing.remembered(store, key)
    assert [each.finding.file_name for each in known] == ["b.py"]


def test_an_ignore_hides_no_unreviewed_file(tmp_path):
    repo = repository(tmp_path, SRC)
    events, code = run(
        repo, Scripted(lambda prompt: "no JSON" if "src" in prompt.user else wrong(prompt))
    )
    assert (names(events), code) == (["b.py"], 3)
    assert [each.file_name for each in events[-1].unreviewed_files] == ["src/a.py"]


def test_what_a_comment_suppresses_is_shown_on_demand(tmp_path, capsys):
    repo = repository(tmp_path)
    repo.write("b.py", "def f(x):\n    return nowhere  # noqa: F821\n")
    for asked in (False, True):
        events, _ = run(repo, Scripted(), analyzers=("ruff",), show_rejected=asked)
        assert names(events) == []
    assert "Undefined name `nowhere`" in (said := capsys.readouterr().err)
    assert said.count("    suppressed by a comment in the code (ruff/F821)\n") == 1


def test_what_a_comment_of_ours_dismisses_is_shown_on_demand(tmp_path, capsys):
    repo = repository(tmp_path)
    (one,) = [each for each in found(run(repo, Scripted(wrong))[0]) if each.file_name == "b.py"]
    repo.git("checkout", "-q", "main")
    noted = f"def f(x):\n    return x  # reviewer: ignore[{one.id}] meant so\n"
    repo.commit({"b.py": noted, "src/a.py": OLD})
    repo.write("b.py", noted.replace("return x  ", "return x + 1  "))
    events, _ = run(
        repo, Scripted(lambda prompt: reply(finding("return x + 1", "b.py"))), show_rejected=True
    )
    assert names(events) == []
    assert "    dismissed: by a comment in the file: meant so\n" in capsys.readouterr().err
