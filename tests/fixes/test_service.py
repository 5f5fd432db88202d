"""Applying and taking back, whoever asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.fixes import diff_of, fix, proposed
from support.repo import Repo

from reviewer.errors import GitFailed, UsageError
from reviewer.events import Finding
from reviewer.fixes import journal, service
from reviewer.fixes.apply import Fix
from reviewer.fixes.writer import Replacement
from reviewer.workspace import Repository, open_repository

OLD, NEW = "a\nb\nc\n", "a\nB\nc\n"
ONE = f"{1:012x}"


@dataclass
class Heard:
    """A memory that keeps what it is told."""

    entries: list[tuple[str, list[str], list[str]]] = field(default_factory=list)

    def record(self, kind: str, ids: Iterable[str], findings: Iterable[Finding] = ()) -> None:
        self.entries.append((kind, list(ids), [each.id for each in findings]))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "githome")
    made.commit({"f.txt": OLD, "g.txt": OLD})
    return made


@pytest.fixture
def place(repo: Repo) -> Repository:
    return open_repository(repo.path)


def fixing(number: int = 1, path: str = "f.txt", new: str = NEW) -> Fix:
    return fix(number, diff_of((path, OLD, new)))


def content(repo: Repo, path: str = "f.txt") -> str:
    return (repo.path / path).read_text()


def test_what_is_applied_is_remembered_and_so_is_its_undo(repo: Repo, place: Repository) -> None:
    heard, one, two = Heard(), fixing(), fixing(2, new="a\nb2\nc\n")
    written = service.apply(place, [one, two], heard)
    assert written.run
    assert (written.accepted, written.done) == ((one,), ())
    assert [each for each, _ in written.refused] == [two]
    assert content(repo) == NEW
    assert heard.entries == [("applied", [ONE], [ONE])]
    undone = service.undo(place, heard)
    assert (undone.run.name, undone.kept, content(repo)) == (written.run.name, (), OLD)
    assert heard.entries[1:] == [("undone", [ONE], [])]


def test_a_fix_that_is_there_already_is_neither_written_nor_remembered(
    repo: Repo, place: Repository
) -> None:
    repo.write("f.txt", NEW)
    heard, one = Heard(), fixing()
    assert service.apply(place, [one], heard) == service.Written(None, (), (one,), ())
    assert (heard.entries, service.runs(repo.path)) == ([], [])


def test_what_nobody_has_accepted_is_written_in_silence_and_taken_back_by_name(
    repo: Repo, place: Repository
) -> None:
    heard = Heard()
    first = service.write(place, [fixing()]).run
    service.write(place, [fixing(2, "g.txt")])
    assert first
    service.undo(place, heard, first.name, kind="returned")
    assert heard.entries == [("returned", [ONE], [])]
    assert (content(repo), content(repo, "g.txt")) == (OLD, NEW)


def test_the_runs_that_can_be_taken_back_are_listed_last_first(
    repo: Repo, place: Repository
) -> None:
    names = [
        service.write(place, [fixing(at, path)]).run for at, path in ((1, "f.txt"), (2, "g.txt"))
    ]
    assert service.runs(repo.path) == names[::-1]
    service.undo(place, Heard())
    assert service.runs(repo.path) == names[:1]


def test_a_protected_file_has_to_be_allowed(repo: Repo, place: Repository) -> None:
    repo.commit({".gitlab-ci.yml": OLD})
    one = fixing(path=".gitlab-ci.yml")
    assert [each for each, _ in service.apply(place, [one], Heard()).refused] == [one]
    assert service.apply(place, [one], Heard(), [".gitlab-ci.yml"]).accepted == (one,)


@pytest.mark.parametrize("index", [False, True])
def test_the_index_has_the_fix_where_that_is_wanted_and_loses_it_again(
    repo: Repo, place: Repository, index: bool
) -> None:
    service.apply(place, [fixing()], Heard(), index=index)
    assert repo.git("show", ":f.txt") == (NEW if index else OLD)
    assert service.undo(place, Heard()).kept == ()
    assert repo.git("show", ":f.txt") == OLD


def test_an_index_that_cannot_take_the_fix_refuses_all_of_it(repo: Repo, place: Repository) -> None:
    repo.write("f.txt", "a\nmine\nc\n")
    repo.git("add", "f.txt")
    repo.write("f.txt", OLD)
    heard, one, two = Heard(), fixing(), fixing(2, new="a\nb2\nc\n")
    written = service.apply(place, [one, two], heard, index=True)
    assert (written.run, written.accepted) == (None, ())
    assert [each for each, _ in written.refused] == [two, one]
    assert (content(repo), heard.entries) == (OLD, [])


def test_an_index_that_is_locked_takes_the_fix_back(repo: Repo, place: Repository) -> None:
    (repo.path / ".git/index.lock").touch()
    heard = Heard()
    with pytest.raises(GitFailed):
        service.apply(place, [fixing()], heard, index=True)
    assert (content(repo), heard.entries, service.runs(repo.path)) == (OLD, [], [])


@pytest.mark.parametrize("state", ["fixed", "dismissed"])
def test_one_finding_that_is_settled_is_refused(repo: Repo, place: Repository, state: str) -> None:
    with pytest.raises(UsageError, match=f"^not applied: {ONE} is {state}$") as caught:
        service.apply_one(place, fixing().finding, state, Heard())
    assert (caught.value.details, content(repo)) == ({"reason": "refused"}, OLD)


@pytest.mark.parametrize(
    ("verification", "now", "said"),
    [("parses", OLD, "only verified as `parses`"), ("clean", "a\nx\nc\n", "review again")],
)
def test_one_finding_says_why_its_patch_is_refused(
    repo: Repo, place: Repository, verification: str, now: str, said: str
) -> None:
    repo.write("f.txt", now)
    found = proposed(1, diff_of(("f.txt", OLD, NEW)), verification)
    with pytest.raises(UsageError, match=f"^not applied: .*{said}") as caught:
        service.apply_one(place, found, "open", Heard())
    assert (caught.value.details, content(repo)) == ({"reason": "refused"}, now)


def test_one_finding_is_applied_and_remembered(repo: Repo, place: Repository) -> None:
    heard = Heard()
    assert len(service.apply_one(place, fixing().finding, "open", heard).accepted) == 1
    assert (content(repo), heard.entries) == (NEW, [("applied", [ONE], [ONE])])


def leave_half_done(root: Path) -> None:
    """A journal that says `apply` and has not come to its end, with both files written."""
    items = [Replacement(path, OLD.encode(), NEW.encode(), 0o644) for path in ("f.txt", "g.txt")]
    with journal.locked(root) as home:
        run = journal.apply(root, home, items, [ONE])
    (run.folder / "done").unlink()
    (root / "g.txt").write_text(OLD)


@pytest.mark.parametrize("entry", ["recover", "runs", "write", "undo"])
def test_every_way_in_recovers_first(repo: Repo, place: Repository, entry: str) -> None:
    for path in ("f.txt", "g.txt"):
        (repo.path / path).chmod(0o644)
    leave_half_done(repo.path)
    assert (content(repo), content(repo, "g.txt")) == (NEW, OLD)
    match entry:
        case "recover":
            service.recover(repo.path)
        case "runs":
            assert service.runs(repo.path) == []
        case "write":
            assert service.write(place, [fixing()]).done == ()
            service.undo(place, Heard())
        case _:
            with pytest.raises(UsageError, match="no fixes to undo"):
                service.undo(place, Heard())
    assert (content(repo), content(repo, "g.txt")) == (OLD, OLD)
