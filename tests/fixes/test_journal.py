"""Crash at every step, undo, and what the journal refuses."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.errors import UsageError
from reviewer.fixes import folder, journal
from reviewer.fixes.writer import Replacement, WriteFailed

OLD = {"a.txt": (b"old a\r\n", 0o644), "dir/b.sh": (b"\xff old b", 0o755), "c.txt": (b"", 0o600)}
NEW = {path: (f"new {path}\n".encode(), mode) for path, (_, mode) in OLD.items()}


@pytest.fixture(autouse=True, params=["by handle", "by name"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How folders are held: as on POSIX, or as on Windows."""
    monkeypatch.setattr(folder, "BY_HANDLE", request.param == "by handle")
    return str(request.param)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "root"
    (top / "dir").mkdir(parents=True)
    write(top, OLD)
    return top


def write(root: Path, files: dict[str, tuple[bytes, int]]) -> None:
    for path, (data, mode) in files.items():
        (root / path).write_bytes(data)
        (root / path).chmod(mode)


def state(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode & 0o7777)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


class Killer:
    """The helper process of killed.py."""

    def __init__(self, way: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("killed.py")), way],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, root: Path, what: str, after: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{after} {what} {root}\n")
        self.process.stdin.flush()

    def answer(self) -> int | None:
        """The number of steps to the end, None for a process that died before."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        return None if said == "died" else int(said)

    def __call__(self, root: Path, what: str, after: int) -> int | None:
        self.ask(root, what, after)
        return self.answer()


@pytest.fixture
def killed(way: str) -> Iterator[Killer]:
    killer = Killer(way)
    with killer.process:
        yield killer


def items(root: Path, new: dict[str, tuple[bytes, int]] = NEW) -> list[Replacement]:
    now = state(root)
    return [Replacement(path, now[path][0], data, now[path][1]) for path, (data, _) in new.items()]


def apply(root: Path, **options: object) -> journal.Run:
    with journal.locked(root) as home:
        return journal.apply(root, home, items(root), ["1" * 12], **options)  # type: ignore[arg-type]


def undo(root: Path, name: str | None = None) -> journal.Run:
    with journal.locked(root) as home:
        return journal.undo(root, home, name)


def recover(root: Path) -> None:
    with journal.locked(root) as home:
        journal.recover(root, home)


def test_done_and_undone(root: Path) -> None:
    run = apply(root)
    assert state(root) == NEW
    assert undo(root).name == run.name
    assert state(root) == OLD
    with pytest.raises(UsageError, match="no fixes to undo"):
        undo(root)


@pytest.mark.parametrize("what", ["apply", "undo"])
def test_a_kill_after_every_step(tmp_path: Path, killed: Killer, what: str) -> None:
    """Each file is old or new right after the kill; the next start leaves all of them old, or all
    new."""
    ends = []
    for after in range(1, 100):
        root = tmp_path / f"{what}{after}"
        (root / "dir").mkdir(parents=True)
        write(root, OLD)
        if what == "undo":
            apply(root)
        steps = killed(root, what, after)
        now = state(root)
        assert all(now[path] in (OLD[path], NEW[path]) for path in OLD), after
        recover(root)
        assert state(root) in (OLD, NEW), after
        ends.append(state(root) == NEW)
        if state(root) == NEW:
            undo(root)
        assert state(root) == OLD, after
        if steps is not None:
            assert steps == after - 1
            break
    else:
        pytest.fail("it never came to its end")
    if what == "apply":  # it is taken back, until the last file is written
        assert (len(ends), ends) == (27, [False] * 23 + [True] * 4)
    else:  # it goes on, from the moment at which it was decided
        assert (len(ends), set(ends)) == (21, {False})


def test_recovery_can_be_repeated(root: Path, killed: Killer) -> None:
    """It is the same whoever does it, and how often."""
    assert killed(root, "apply", 21) is None
    mixed = state(root)
    assert {path: mixed[path] for path in OLD} not in (OLD, NEW)
    for _ in range(2):
        recover(root)
        assert state(root) == OLD


def test_a_file_that_was_changed_after_the_crash_stays(root: Path, killed: Killer) -> None:
    assert killed(root, "apply", 21) is None
    now = state(root)
    changed = next(path for path in OLD if now[path] == NEW[path])
    (root / changed).write_bytes(b"mine\n")
    recover(root)
    assert state(root) == {**OLD, changed: (b"mine\n", OLD[changed][1])}


@pytest.mark.parametrize("what", ["content", "mode", "gone", "link"])
def test_undo_refuses_what_has_changed_since(root: Path, what: str) -> None:
    apply(root)
    path = root / "c.txt"
    if what == "content":
        path.write_bytes(b"mine")
    elif what == "mode":
        path.chmod(0o640)
    else:
        path.unlink()
        if what == "link":
            path.symlink_to("a.txt")
    before = state(root)
    with pytest.raises(WriteFailed, match=r"c\.txt has changed since the fix"):
        undo(root)
    assert state(root) == before


def test_runs_are_undone_by_name_or_from_the_last(root: Path) -> None:
    first = apply(root)
    write(root, OLD)
    second = apply(root)
    with journal.locked(root) as home:
        assert [run.name for run in journal.runs(home)] == [first.name, second.name]
    assert undo(root).name == second.name
    write(root, NEW)
    assert undo(root, first.name).name == first.name
    with pytest.raises(UsageError, match="no run nonsense"):
        undo(root, "nonsense")


def test_the_journal_is_private_and_elsewhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    run = apply(root)
    assert run.folder.is_relative_to(tmp_path / "state" / "fixes")
    folders = [run.folder, run.folder.parent, run.folder.parent.parent]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert {file.stat().st_mode & 0o777 for file in run.folder.iterdir()} == {0o600}
    assert sorted(file.name for file in run.folder.iterdir()) == [
        "0.old",
        "1.old",
        "2.old",
        "done",
        "manifest.json",
    ]
    assert list(root.rglob(".reviewer*")) == []


def test_a_forged_journal_restores_nothing_outside(root: Path, tmp_path: Path) -> None:
    run = apply(root)
    (tmp_path / "victim").write_bytes(b"safe")
    made = json.loads((run.folder / "manifest.json").read_text())
    for path in ("../victim", ".git/hooks/pre-commit", "/etc/passwd"):
        made["files"][0]["path_hex"] = path.encode().hex()
        (run.folder / "manifest.json").write_text(json.dumps(made))
        with pytest.raises(WriteFailed, match="has changed since the fix"):
            undo(root)
    (run.folder / "manifest.json").write_text("{")
    with pytest.raises(UsageError, match="no fixes to undo"):
        undo(root)
    assert (tmp_path / "victim").read_bytes() == b"safe"


def test_lost_old_bytes_are_noticed(root: Path) -> None:
    run = apply(root)
    (run.folder / "0.old").write_bytes(b"other")
    with pytest.raises(WriteFailed, match="is damaged"):
        undo(root)
    assert state(root) == NEW


def test_only_so_many_runs_are_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEEP", 3)
    names = []
    for _ in range(5):
        names.append(apply(root).name)
        undo(root)
    with journal.locked(root) as home:
        assert [run.name for run in journal.runs(home)] == names[-3:]


def test_a_state_directory_that_cannot_be_used(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "file"))
    with pytest.raises(WriteFailed, match="set REVIEWER_STATE_DIR"):
        apply(root)
    assert state(root) == OLD


def test_two_at_once_wait_for_each_other(root: Path, killed: Killer) -> None:
    killed(root, "apply", 1)  # it has started up
    with journal.locked(root):
        killed.ask(root, "apply", 0)
        time.sleep(0.3)
        assert state(root) == OLD
    assert killed.answer() is not None
    assert state(root) == NEW
