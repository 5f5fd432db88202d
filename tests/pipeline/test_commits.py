"""Credentials that only a commit of the range has, from git to the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import Scripted

from reviewer.types import Scope
from reviewer.workspace import history as reading

VALUE = "kJ8x2LmQ" + "z7RtVw4"
LINE = f'db_password = "{VALUE}"\n'
OWN = ("secrets", "history")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "x = 1\n"})
    made.git("checkout", "-q", "-b", "work")
    return made


def reviewed(repo: Repo, scope: Scope | None = None, **settings: object):
    model = Scripted(lambda prompt: "", role="none")
    return run(repo, model, scope=scope, analyzers=OWN, fail_on="major", **settings)


def planted(repo: Repo) -> str:
    commit = repo.commit({"s.py": f"import os\n{LINE}"}, "add <settings>")
    repo.git("rm", "-q", "s.py")
    repo.commit(message="remove it")
    return commit


@pytest.mark.fault(
    "secrets",
    "a credential that one commit adds and a later one, or the worktree, removes",
    "a finding that names the commit, until no commit of the range contains it",
)
@pytest.mark.parametrize(
    "scope", [Scope(), Scope("committed"), Scope("range", rev="main..work"), Scope(base="main")]
)
def test_a_commit_is_reported_though_the_change_is_empty(repo: Repo, scope: Scope):
    commit = planted(repo)
    events, code = reviewed(repo, scope)
    (finding,) = found(events)
    assert (code, finding.source, finding.rule) == (1, "analyzer:history", "password")
    assert finding.file_name == "s.py"
    assert (finding.start_line, finding.location, finding.in_diff) == (None, "file", False)
    assert finding.commit is not None
    assert finding.commit.model_dump() == {
        "id": commit,
        "subject": "add <settings>",
        "start_line": 2,
        "end_line": 2,
    }
    assert f"git rebase -i --rebase-merges {commit[:10]}^" in finding.codegen_instructions
    assert "Revoke it" in finding.codegen_instructions
    assert f"@s.py at line 2 of commit {commit[:10]}:" in finding.codegen_instructions
    assert events[-1].status == "review_completed"
    assert VALUE not in repr(events)


def test_the_worktree_takes_it_out_too(repo: Repo):
    repo.commit({"s.py": LINE})
    assert [each.source for each in found(reviewed(repo)[0])] == ["analyzer:secrets"]
    repo.write("s.py", "db_password = read()\n")
    assert [each.source for each in found(reviewed(repo)[0])] == ["analyzer:history"]


def test_it_is_open_until_no_commit_holds_it_and_then_resolved(repo: Repo):
    planted(repo)
    repo.commit({"a.py": "x = 2\n"}, "other")
    (first,) = found(reviewed(repo)[0])
    repo.commit({"a.py": "x = 3\n"}, "further")
    events, _ = reviewed(repo)
    assert [(each.id, each.state) for each in found(events)] == [(first.id, "open")]
    assert events[-1].resolved == []
    repo.git("rebase", "-q", "--onto", "main", "HEAD~2")
    events, code = reviewed(repo)
    assert (found(events), code, events[-1].resolved) == ([], 0, [first.id])


@pytest.mark.fault(
    "secrets",
    "a credential in a commit, and a run that leaves its file out by its path",
    "the finding stays open",
)
@pytest.mark.parametrize("left_out", [{"exclude": ("s.py",)}, {"include": ("a.py",)}])
def test_a_file_that_is_left_out_resolves_nothing(repo: Repo, left_out: dict[str, object]):
    planted(repo)
    repo.commit({"a.py": "x = 2\n"})
    (first,) = found(reviewed(repo)[0])
    events, code = reviewed(repo, **left_out)
    assert (found(events), code, events[-1].resolved) == ([], 0, [])
    assert [(each.id, each.state) for each in found(reviewed(repo)[0])] == [(first.id, "open")]


def test_the_same_content_by_other_commits_is_read_again(repo: Repo):
    """The tree is the same, so nothing else would tell the runs apart."""
    repo.commit({"a.py": "x = 2\n"})
    assert reviewed(repo)[1] == 0
    repo.git("reset", "-q", "--hard", "main")
    repo.commit({"a.py": f"x = 2\n{LINE}"})
    repo.commit({"a.py": "x = 2\n"})
    assert reviewed(repo)[1] == 1


def test_only_commits_after_the_baseline_commit_count(repo: Repo):
    planted(repo)
    assert found(reviewed(repo, baseline_commit="HEAD")[0]) == []
    (finding,) = found(reviewed(repo, baseline_commit="HEAD~2")[0])
    assert finding.source == "analyzer:history"


def test_two_credentials_of_one_kind_in_one_file_are_two_findings(repo: Repo):
    other = "Vw4RtQz7" + "mLx2J8k9"
    repo.commit({"s.py": f"{LINE}api_token = '{other}'\n"})
    repo.commit({"s.py": ""})
    assert len({each.id for each in found(reviewed(repo)[0])}) == 2


def test_one_credential_in_several_commits_is_one_finding_at_the_first(repo: Repo):
    first = repo.commit({"s.py": LINE})
    repo.commit({"s.py": ""})
    repo.commit({"t.py": LINE})
    repo.commit({"t.py": ""})
    (finding,) = found(reviewed(repo)[0])
    assert finding.commit is not None
    assert finding.commit.id == first


def test_a_merge_of_what_the_base_has_is_not_the_branchs(repo: Repo):
    repo.commit({"b.py": "y = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"s.py": LINE}, "theirs")
    repo.commit({"s.py": ""}, "theirs too")
    repo.git("checkout", "-q", "work")
    repo.git("merge", "-q", "--no-edit", "main")
    assert found(reviewed(repo)[0]) == []


def test_a_commit_known_to_be_clean_is_not_read_again(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    read: list[list[str]] = []
    known = reading._read

    def spy(repository, wanted, limits, paths):
        read.append([commit.subject for commit in wanted])
        return known(repository, wanted, limits, paths)

    monkeypatch.setattr(reading, "_read", spy)
    repo.commit({"a.py": "x = 2\n"}, "one")
    repo.commit({"s.py": LINE}, "two")
    repo.commit({"s.py": ""}, "three")
    reviewed(repo)
    repo.commit({"a.py": "x = 3\n"}, "four")
    reviewed(repo)
    assert read == [["one", "two", "three"], ["two", "four"]]


def test_the_subject_of_a_commit_shows_no_credential(repo: Repo):
    repo.commit({"s.py": LINE}, f"set the password to {VALUE}")
    repo.git("rm", "-q", "s.py")
    repo.commit(message="remove it")
    events, _ = reviewed(repo)
    (finding,) = found(events)
    assert finding.commit is not None
    assert finding.commit.subject == "set the password to [REDACTED:password]"
    assert VALUE not in repr(events)


@pytest.mark.fault(
    "secrets",
    "more commits, or larger files in them, than are searched for credentials",
    "a warning in the report says so",
)
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("MAX_COMMITS", "history: only the newest 1 commits were searched for credentials"),
        ("MAX_FILE_BYTES", "history: 2 files in commits of this branch are too large to be read"),
    ],
)
def test_a_history_that_is_not_read_to_its_end_is_said(repo: Repo, monkeypatch, limit, said):
    repo.commit({"b.py": "y = 1\n"}, "one")
    repo.commit({"b.py": "y = 2\n"}, "two")
    monkeypatch.setattr(reading, limit, 1)
    events, code = reviewed(repo)
    assert code == 0
    assert said in repr(events[-1])
