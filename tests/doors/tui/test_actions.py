"""What the keys do, on real worktrees and a real memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.event_cases import finding
from support.fixes import diff_of, proposed
from support.memory import mark
from support.repo import Repo

from reviewer import memory
from reviewer.doors.tui import actions
from reviewer.doors.tui.actions import Desk
from reviewer.doors.tui.model import Item
from reviewer.errors import NoRepository, ReviewerError, UsageError
from reviewer.memory import history
from reviewer.memory.records import HistoryKey, JudgedFinding, RunRecord

OLD, NEW = "a\nb\nc\n", "a\nB\nc\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "githome")
    made.commit({"f.txt": OLD, "g.txt": OLD})
    return made


@pytest.fixture
def desk(repo: Repo) -> Desk:
    return Desk(repo.path, dict(os.environ))


def item(number: int = 1, path: str = "f.txt", state: str = "new", **fields: object) -> Item:
    return Item(
        proposed(
            number, diff_of((path, OLD, NEW)), file_name=path, start_line=2, end_line=2, **fields
        ),
        state,
    )


def remember(desk: Desk, *items: Item) -> None:
    where = HistoryKey(memory.repository_key(desk.repository.common_dir), "s" * 32)
    judged = [
        JudgedFinding(each.finding, mark(int(each.id, 16)), each.finding.file_name, "model m")
        for each in items
    ]
    record = RunRecord(
        judged=judged,
        reviewed={"f.txt"},
        touched={"f.txt"},
        sources={"model m"},
        base="b1",
        complete=True,
        seconds=1.0,
    )
    with memory.open_store(desk.environ) as store:
        history.record_run(store, where, record)


def test_apply_and_undo_give_the_bytes_back(repo: Repo, desk: Desk):
    assert actions.apply_fix(desk, item()) == "applied to f.txt; u undoes it"
    assert (repo.path / "f.txt").read_bytes() == NEW.encode()
    assert actions.apply_fix(desk, item()) == "already applied: the file has it"
    assert actions.apply_fix(desk, item(2, "g.txt")) == "applied to g.txt; u undoes it"
    assert actions.undo(desk) == ("000000000002",)
    assert actions.undo(desk) == ("000000000001",)
    assert [(repo.path / name).read_bytes() for name in ("f.txt", "g.txt")] == [OLD.encode()] * 2
    with pytest.raises(UsageError, match="no fixes to undo here"):
        actions.undo(desk)


def test_from_a_directory_below(repo: Repo):
    (repo.path / "sub").mkdir()
    actions.apply_fix(Desk(repo.path / "sub", dict(os.environ)), item())
    assert (repo.path / "f.txt").read_bytes() == NEW.encode()


@pytest.mark.parametrize(
    ("given", "content", "said"),
    [
        (Item(finding(1), "new"), OLD, "it has no patch: follow its instructions"),
        (item(verification="parses"), OLD, "its patch is only verified as `parses`"),
        (item(), "else\n", r"f\.txt \(line 1\) has changed there since the review"),
        (item(state="dismissed"), OLD, "it is|000000000001 is dismissed"),
        (item(state="fixed"), OLD, "000000000001 is fixed"),
        (item(path=".github/workflows/ci.yml"), OLD, "is run or read by other programs"),
        (item(path="../f.txt"), OLD, "is outside the worktree"),
        (item(path=".git/hooks/pre-push"), OLD, "inside a git directory"),
    ],
)
def test_what_is_refused_changes_nothing(
    repo: Repo, desk: Desk, given: Item, content: str, said: str
):
    repo.write("f.txt", content)
    with pytest.raises(ReviewerError, match=said) as exc:
        actions.apply_fix(desk, given)
    assert exc.value.message.startswith("not applied: ")
    assert (repo.path / "f.txt").read_text() == content
    assert repo.git("status", "--porcelain").split() in ([], ["M", "f.txt"])


def test_decisions_are_those_of_the_command(desk: Desk):
    one, two = item(), Item(finding(2, file_name="f.txt"), "new", "new")
    remember(desk, one, two)
    assert {each.id: each.state for each in actions.remembered(desk)[0]} == {
        one.id: "new",
        two.id: "new",
    }
    dismissed = actions.dismiss(desk, one, "  checked in parse() ")
    assert (dismissed.state, dismissed.reason) == ("dismissed", "checked in parse()")
    known = {each.id: each for each in actions.remembered(desk)[0]}
    assert (known[one.id].state, known[one.id].reason, known[two.id].state) == (
        "dismissed",
        "checked in parse()",
        "new",
    )
    with pytest.raises(UsageError, match="give a reason"):
        actions.dismiss(desk, two, " ")
    with pytest.raises(UsageError, match="no finding 000000000009 in this repository"):
        actions.dismiss(desk, Item(finding(9), "new"), "x")
    assert actions.reopen(desk, known[one.id]).state == "new"
    assert {each.state for each in actions.remembered(desk)[0]} == {"new"}
    with pytest.raises(UsageError, match="is not dismissed"):
        actions.reopen(desk, one)


def test_without_a_repository_the_keys_say_so(tmp_path: Path):
    desk = Desk(tmp_path, dict(os.environ))
    for act in (actions.apply_fix, actions.reopen):
        with pytest.raises(NoRepository):
            act(desk, item())
    assert actions.source(desk, item().finding) is None


def test_a_memory_that_cannot_be_used_is_an_error(repo: Repo, tmp_path: Path):
    (tmp_path / "file").touch()
    desk = Desk(repo.path, {"REVIEWER_STATE_DIR": str(tmp_path / "file")})
    with pytest.raises(ReviewerError):
        actions.remembered(desk)


def test_the_file_is_read_only_where_it_is_one(repo: Repo, desk: Desk, tmp_path: Path):
    assert actions.source(desk, item().finding) == OLD
    (tmp_path / "secret").write_text("key")
    (repo.path / "link").symlink_to(tmp_path / "secret")
    (repo.path / "below").symlink_to(tmp_path)
    os.mkfifo(repo.path / "pipe")
    (repo.path / "large").write_bytes(b"x" * (actions.MOST_SHOWN + 1))
    names = (
        "link",
        "below/secret",
        "pipe",
        "large",
        "missing",
        "../secret",
        "/etc/hostname",
        ".git/config",
        "",
        "a\0",
    )
    assert {
        name: actions.source(desk, finding(1, file_name=name)) for name in names
    } == dict.fromkeys(names)
    raw = repo.write(b"\xff.txt", b"\xe9\n")
    name = os.fsdecode(raw.name.encode("utf-8", "surrogateescape"))
    assert actions.source(desk, finding(1, file_name=name)) == "é\n"


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, ["vi", "+2", "PATH"]),
        ({"EDITOR": "nano -l"}, ["nano", "-l", "+2", "PATH"]),
        ({"EDITOR": "nano", "VISUAL": "/usr/bin/nvim"}, ["/usr/bin/nvim", "+2", "PATH"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "--goto", "PATH:2"]),
        ({"EDITOR": "hx"}, ["hx", "PATH:2"]),
        ({"EDITOR": "zed"}, ["zed", "PATH:2"]),
        ({"EDITOR": "'/opt/my editor/run' -x"}, ["/opt/my editor/run", "-x", "+2", "PATH"]),
    ],
)
def test_the_editor_is_the_users(repo: Repo, environ, wanted):
    repo.git("config", "core.editor", "evil")
    path = str(repo.path.resolve() / "f.txt")
    assert actions.editor(Desk(repo.path, environ), item().finding) == [
        each.replace("PATH", path) for each in wanted
    ]


def test_what_cannot_be_opened_is_not(repo: Repo, desk: Desk):
    (repo.path / "link").symlink_to("/etc/hostname")
    for name, said in {
        "missing": "no longer exists",
        "link": "is a symbolic link",
        "../x": "is outside",
    }.items():
        with pytest.raises(UsageError, match=said):
            actions.editor(desk, finding(1, file_name=name))
    repo.write("-rf.txt", "x\n")
    command = actions.editor(
        Desk(repo.path, {"EDITOR": "vi"}), finding(1, file_name="-rf.txt", side="old")
    )
    assert command == ["vi", "+1", str(repo.path.resolve() / "-rf.txt")]
    with pytest.raises(UsageError, match="EDITOR"):
        actions.editor(Desk(repo.path, {"EDITOR": "'"}), item().finding)
