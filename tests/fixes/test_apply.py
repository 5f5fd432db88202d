"""What is applied, what is refused, and that nothing else changes: the hostile cases of fix
application."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fixes import diff_of, fix

from reviewer.fixes import journal, target
from reviewer.fixes.apply import Fix, Plan, plan
from reviewer.fixes.writer import Replacement, WriteFailed, replace

LINES = [f"line {number}\n" for number in range(20)]
TEXT = "".join(LINES)


def changed(number: int, new: str = "new\n") -> str:
    return "".join(new if at == number else line for at, line in enumerate(LINES))


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "root"
    top.mkdir()
    (top / "f").write_text(TEXT)
    return top


def apply(root: Path, *fixes: Fix, allow: tuple[str, ...] = ()) -> Plan:
    """Plan the fixes and write what is accepted."""
    with journal.locked(root) as home:
        made = plan(root, fixes, allow)
        if made.replacements:
            journal.apply(root, home, made.replacements, [each.id for each in made.accepted])
    return made


def undo(root: Path) -> None:
    with journal.locked(root) as home:
        journal.undo(root, home, None)


def reasons(made: Plan) -> list[str]:
    return [reason for _, reason in made.refused]


def refused(root: Path, diff: bytes, allow: tuple[str, ...] = ()) -> str:
    """Why the only fix is refused, with nothing written."""
    made = apply(root, fix(1, diff), allow=allow)
    assert (made.accepted, made.replacements) == ([], [])
    return reasons(made)[0]


# 98: a fix of several files is all or nothing


def test_98_a_fix_whose_second_file_fails_changes_none(root: Path) -> None:
    (root / "g").write_text("other\n")
    assert "g (line 1) has changed" in refused(
        root, diff_of(("f", TEXT, changed(3)), ("g", "a\n", "b\n"))
    )
    assert "h no longer exists" in refused(
        root, diff_of(("f", TEXT, changed(3)), ("h", "a\n", "b\n"))
    )
    assert (root / "f").read_text() == TEXT


def test_98_when_the_second_rename_fails_the_first_file_is_put_back(root: Path) -> None:
    """Its directory takes no more entries between the check and the rename."""
    (root / "d").mkdir()
    (root / "d/g").write_text("a\n")
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if (root / "f").read_text() != TEXT:
            for left in (root / "d").glob(".reviewer*"):
                left.unlink()

    items = [Replacement("f", TEXT.encode(), b"x", 0o644), Replacement("d/g", b"a\n", b"y", 0o644)]
    with pytest.raises(WriteFailed, match="nothing was changed: d/g cannot be written"):
        replace(root, "run", items, step)
    assert {path.name: path.read_text() for path in root.rglob("*") if path.is_file()} == {
        "f": TEXT,
        "g": "a\n",
    }


def test_98_an_interrupt_puts_everything_back(root: Path) -> None:
    (root / "g").write_text(TEXT)
    made = plan(root, [fix(1, diff_of(("f", TEXT, changed(1)), ("g", TEXT, changed(2))))])
    for after in range(1, 19):  # then all is done
        steps = iter(range(1, 100))

        def step(steps: Iterator[int] = steps, after: int = after) -> None:
            if next(steps) == after:
                raise KeyboardInterrupt

        with journal.locked(root) as home, pytest.raises(KeyboardInterrupt):
            journal.apply(root, home, made.replacements, [], step=step)
        with journal.locked(root) as home:
            journal.recover(root, home)
            assert [run.name for run in journal.runs(home) if not run.undone] == []
        assert {path.name: path.read_text() for path in root.iterdir()} == {
            "f": TEXT,
            "g": TEXT,
        }, after


# 99: the file has changed since the review


def test_99_lines_that_are_not_there_exactly(root: Path) -> None:
    made = diff_of(("f", TEXT, changed(9)))
    for now in ("top\n" + TEXT, changed(8), changed(9, "mine\n"), TEXT.replace("\n", "\r\n"), ""):
        (root / "f").write_bytes(now.encode())
        assert refused(root, made).startswith(
            "f (line 7) has changed there since the review; review again"
        )
        assert (root / "f").read_bytes() == now.encode()


def test_99_a_change_elsewhere_in_the_file_does_not_matter(root: Path) -> None:
    (root / "f").write_text(changed(18, "mine\n"))
    apply(root, fix(1, diff_of(("f", TEXT, changed(9)))))
    assert (root / "f").read_text() == changed(18, "mine\n").replace("line 9\n", "new\n")


def test_99_a_change_between_the_plan_and_the_write(root: Path) -> None:
    made = plan(root, [fix(1, diff_of(("f", TEXT, changed(9))))])
    (root / "f").write_text(TEXT + "more\n")
    with (
        journal.locked(root) as home,
        pytest.raises(WriteFailed, match="f changed while it was being written"),
    ):
        journal.apply(root, home, made.replacements, [])
    assert (root / "f").read_text() == TEXT + "more\n"
    with pytest.raises(Exception, match="no fixes to undo"):
        undo(root)


# 100: test_journal.py

# 101: no space, no right


def test_101_a_full_disk(root: Path) -> None:
    """A file size limit stands for it: the write fails half way."""
    script = (
        "import resource, signal, sys; from pathlib import Path; from reviewer.fixes.writer import"
        " *;signal.signal(signal.SIGXFSZ,"
        " signal.SIG_IGN);resource.setrlimit(resource.RLIMIT_FSIZE, (5000,"
        f" {resource.getrlimit(resource.RLIMIT_FSIZE)[1]}));root = Path(sys.argv[1]); old = (root /"
        " 'f').read_bytes();items = [Replacement('g', b'a', b'b', 0o644), Replacement('f', old,"
        " b'x' * 9000, 0o644)]\ntry: replace(root, 'run', items, lambda: None)\nexcept WriteFailed"
        " as exc: print(exc)"
    )
    (root / "g").write_text("a")
    (root / "g").chmod(0o644)
    (root / "f").chmod(0o644)
    done = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, text=True)
    assert (
        done.stdout == f"nothing was changed: f cannot be written: {os.strerror(errno.EFBIG)}\n"
    ), done.stderr
    assert {path.name: path.read_text() for path in root.iterdir()} == {"f": TEXT, "g": "a"}


def test_101_a_directory_that_cannot_be_written(root: Path) -> None:
    """Not even root can create a file in a directory that is gone."""
    (root / "d").mkdir()
    (root / "d/g").write_text("a\n")
    script = (
        "import os, sys; from pathlib import Path; from reviewer.fixes.writer import *;"
        "os.setegid(65534); os.seteuid(65534); root = Path(sys.argv[1]);"
        "items = [Replacement('d/g', b'a\\n', b'b\\n', 0o644)]\n"
        "try: replace(root, 'run', items, lambda: None)\n"
        "except WriteFailed as exc: print(exc)"
    )
    if os.geteuid():
        (root / "d").chmod(0o555)
        script = script.replace("os.setegid(65534); os.seteuid(65534);", "")
    (root / "d/g").chmod(0o644)
    for folder in (root, *root.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, text=True)
    assert (
        done.stdout == f"nothing was changed: d/g cannot be written: {os.strerror(errno.EACCES)}\n"
    ), done.stderr
    assert (root / "d/g").read_text() == "a\n"


# 102: links


def test_102_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text(TEXT)
    (root / "link").symlink_to(outside / "f")
    (root / "dir").symlink_to(outside)
    os.mkfifo(root / "fifo")
    assert "link is a symbolic link" in refused(root, diff_of(("link", TEXT, changed(1))))
    assert "dir/f does not exist, or is reached through a symbolic link" in refused(
        root, diff_of(("dir/f", TEXT, changed(1)))
    )
    assert "fifo is not a regular file" in refused(root, diff_of(("fifo", TEXT, changed(1))))
    assert (outside / "f").read_text() == TEXT


def outside_and_inside(root: Path) -> tuple[Path, Path]:
    outside, inside = root.parent / "outside", root / "d"
    for folder in (outside, inside):
        folder.mkdir()
        (folder / "f").write_text("a\n")
        (folder / "f").chmod(0o644)
    return outside, inside


def untouched(outside: Path) -> bool:
    return [(path.name, path.read_text()) for path in outside.iterdir()] == [("f", "a\n")]


@pytest.mark.parametrize("when", range(1, 7))
def test_102_a_directory_that_is_swapped_for_a_link_at_every_step(root: Path, when: int) -> None:
    """What is written stays in the directory that was checked, wherever it is now."""
    outside, inside = outside_and_inside(root)
    steps = iter(range(1, 100))

    def step() -> None:
        if next(steps) == when:
            inside.rename(root / "aside")
            inside.symlink_to(outside)

    replace(root, "run", [Replacement("d/f", b"a\n", b"b\n", 0o644)], step)
    assert [(path.name, path.read_text()) for path in (root / "aside").iterdir()] == [("f", "b\n")]
    assert untouched(outside)
    with pytest.raises(WriteFailed, match="reached through a symbolic link"):
        replace(root, "run", [Replacement("d/f", b"a\n", b"b\n", 0o644)], step)
    assert untouched(outside)


def test_102_a_directory_that_is_swapped_for_a_link_again_and_again(root: Path) -> None:
    """Whenever it happens: the file outside keeps its content."""
    outside, inside = outside_and_inside(root)
    aside, over = root / "aside", threading.Event()

    def swap() -> None:
        while not over.is_set():
            inside.rename(aside)
            inside.symlink_to(outside)
            time.sleep(0.0005)
            inside.unlink()
            aside.rename(inside)
            time.sleep(0.002)

    swapper = threading.Thread(target=swap)
    swapper.start()
    content, written, refusals = [b"a\n", b"b\n"], 0, 0
    until = time.monotonic() + 20
    try:
        while min(written, refusals) < 10 and time.monotonic() < until:
            try:
                item = Replacement("d/f", content[written % 2], content[(written + 1) % 2], 0o644)
                replace(root, f"run{written}", [item], lambda: None)
                written += 1
            except WriteFailed:
                refusals += 1
    finally:
        over.set()
        swapper.join()
    assert min(written, refusals) >= 10
    assert (inside / "f").read_bytes() == content[written % 2]
    assert untouched(outside)


# 103: names

GIT = [
    ".git/config",
    ".GIT/config",
    ".git/hooks/pre-commit",
    "sub/.git/config",
    "sub/.Git/HEAD",
    "git~1/config",
    "GIT~1/config",
    "git~2/x",
    ".g\u200cit/config",
    ".git\u200e/config",
    "\ufeff.git/config",
    ".git./config",
    ".git /config",
    ".git ./config",
    ".git::$INDEX_ALLOCATION/config",
    ".git:stream/config",
    "a\\.git\\config",
    "..\\x",
    "../x",
    "a/../../x",
    "/etc/passwd",
    "./x",
    "a//b",
    "...",
    ".. /x",
]
PROTECTED = [
    ".gitattributes",
    ".gitmodules",
    "sub/.gitattributes",
    ".GitModules",
    "gitmod~1",
    "GI7EBA~1",
    "gitatt~2",
    ".gitattributes::$DATA",
    ".github/workflows/ci.yml",
    ".GitHub/Workflows/ci.yml",
    ".github/actions/x/action.yml",
    ".gitlab-ci.yml",
    ".husky/pre-commit",
    ".pre-commit-config.yaml",
    "lefthook.yml",
    ".reviewer.toml",
    ".envrc",
    "AGENTS.md",
    "docs/CLAUDE.md",
    ".cursor/rules/x",
    ".claude/settings.json",
    ".vscode/tasks.json",
    ".mcp.json",
]
PLAIN = [
    "src/git.py",
    ".gitignore",
    "a/github/workflows.py",
    "git/config",
    "x.git/config",
    ".github/CODEOWNERS",
    "agents.mdx",
    "gitmod",
    "hooks/x.py",
    ".gitx/y",
    "a~1/b",
    "ü.py",
    "-rf",
    "with space",
]


@pytest.mark.parametrize("path", GIT)
def test_103_git_directories_and_places_outside_are_refused_in_every_spelling(
    root: Path, path: str
) -> None:
    for allow in ((), (path,)):
        with pytest.raises(target.Unsafe, match="outside the worktree, or inside a git directory"):
            target.refuse_name(path, allow)
    if path[0] not in "./" and "\\" not in path and "//" not in path:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("a\n")
        assert "git directory" in refused(root, diff_of((path, "a\n", "b\n")), allow=(path,))


@pytest.mark.parametrize("path", PROTECTED)
def test_103_what_others_run_needs_to_be_named(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("a\n")
    made = diff_of((path, "a\n", "b\n"))
    assert "pass its name to --allow" in refused(root, made, allow=("f", path + "x"))
    assert not apply(root, fix(1, made), allow=(path,)).refused
    assert (root / path).read_text() == "b\n"


@pytest.mark.parametrize("path", PLAIN)
def test_103_other_names_are_no_matter(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("a\n")
    assert not apply(root, fix(1, diff_of((path, "a\n", "b\n")))).refused
    assert (root / path).read_text() == "b\n"


def test_103_repositories_inside_are_not_entered(root: Path) -> None:
    for name in ("sub/.git", "bare/objects", "bare/refs"):
        (root / name).mkdir(parents=True)
    (root / "bare/HEAD").write_text("ref: refs/heads/main\n")
    for path in ("sub/f", "bare/config"):
        (root / path).write_text("a\n")
        assert "inside another repository" in refused(
            root, diff_of((path, "a\n", "b\n")), allow=(path,)
        )


# 104: more than lines of existing files


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("new file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+/etc/passwd\n", "added"),
        ("new file mode 100755\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+run\n", "added"),
        (
            "new file mode 160000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+Subproject commit 1\n",
            "added",
        ),
        ("deleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-line 0\n", "deleted"),
        ("old mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-line 0\n+x\n", "mode"),
        (
            (
                "index 1111111..2222222 160000\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-Subproject"
                " 1\n+Subproject 2\n"
            ),
            "submod",
        ),
        ("GIT binary patch\nliteral 1\nIcmZ\n\n", "which lines"),
    ],
)
def test_104_a_patch_that_does_more_is_refused(root: Path, head: str, why: str) -> None:
    (root / "f").rename(root / "x")
    assert why in refused(root, f"diff --git a/x b/x\n{head}".encode())
    assert {path.name: path.read_text() for path in root.iterdir()} == {"x": TEXT}


def test_104_a_rename_is_refused(root: Path) -> None:
    head = "diff --git a/f b/g\nsimilarity index 90%\nrename from f\nrename to g\n"
    assert "renamed" in refused(root, head.encode())


# 105: context at two places


def test_105_lines_that_are_there_twice_are_refused_when_the_file_has_changed(root: Path) -> None:
    block = "a\nb\nc\nd\ne\nf\ng\n"
    made = diff_of(("f", block, block.replace("d", "D")))
    (root / "f").write_text(block)
    assert not plan(root, [fix(1, made)]).refused
    (root / "f").write_text(block * 2)
    assert "these lines occur in it more than once" in refused(root, made)


def test_105_another_offset_is_refused_where_git_would_take_it(root: Path) -> None:
    (root / "f").write_text("top\n" + TEXT)
    assert "(line 7) has changed" in refused(root, diff_of(("f", TEXT, changed(9))))


# 106: modes, owners, attributes, hard links


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o444, 0o4711, 0o640])
def test_106_the_mode_stays(root: Path, mode: int) -> None:
    (root / "f").chmod(mode)
    apply(root, fix(1, diff_of(("f", TEXT, changed(9)))))
    info = (root / "f").stat()
    assert (stat.S_IMODE(info.st_mode), (root / "f").read_text()) == (mode, changed(9))
    undo(root)
    assert (stat.S_IMODE((root / "f").stat().st_mode), (root / "f").read_text()) == (mode, TEXT)


def test_106_owner_and_attributes_stay(root: Path) -> None:
    if os.geteuid() == 0:
        os.chown(root / "f", 65534, 65533)
        (root / "f").chmod(0o4755)
    before = (root / "f").stat()
    with_attributes = hasattr(os, "setxattr")
    if with_attributes:
        try:
            os.setxattr(root / "f", "user.origin", b"mine")
        except OSError:
            with_attributes = False
    apply(root, fix(1, diff_of(("f", TEXT, changed(9)))))
    after = (root / "f").stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (
        before.st_uid,
        before.st_gid,
        before.st_mode,
    )
    assert after.st_ino != before.st_ino
    if with_attributes:
        assert os.getxattr(root / "f", "user.origin") == b"mine"


def test_106_a_hard_link_is_not_torn(root: Path) -> None:
    os.link(root / "f", root / "g")
    assert "has other hard links" in refused(root, diff_of(("f", TEXT, changed(9))))
    assert (root / "f").stat().st_ino == (root / "g").stat().st_ino


# 107: bytes outside the edit


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\xef\xbb\xbfa\r\nb\r\n", b"\xef\xbb\xbfa\r\nB\r\n"),
        (b"\xff\xfe a\nb\xe9\n\tc", b"\xff\xfe a\nB\xe9\n\tc"),
        (b"a\rb\nb\r\nc\x0c\n\n\n", b"a\rb\nB\r\nc\x0c\n\n\n"),
        ("a\u2028\x85\nb\n".encode(), "a\u2028\x85\nB\n".encode()),
    ],
)
def test_107_all_else_is_kept_to_the_byte(root: Path, old: bytes, new: bytes) -> None:
    (root / "f").write_bytes(old)
    from reviewer.fixes import patch

    apply(root, fix(1, patch.write([("f", old, new)])))
    assert (root / "f").read_bytes() == new
    undo(root)
    assert (root / "f").read_bytes() == old


# 108: test_prove.py for what does not parse


def test_108_a_fix_that_is_there_already_is_not_applied_twice(root: Path) -> None:
    fixes = [
        fix(1, diff_of(("f", TEXT, changed(9)))),
        fix(2, diff_of(("f", TEXT, "".join(LINES[:3] + LINES[4:])))),
    ]
    assert apply(root, *fixes).accepted == fixes
    now = (root / "f").read_text()
    again = apply(root, *fixes)
    assert (again.done, again.accepted, again.refused, again.replacements) == (fixes, [], [], [])
    assert (root / "f").read_text() == now


def test_a_file_may_be_emptied_and_filled_again(root: Path) -> None:
    apply(root, fix(1, diff_of(("f", TEXT, ""))))
    assert (root / "f").read_bytes() == b""
    assert "has changed" in refused(root, diff_of(("f", TEXT, "")))
    apply(root, fix(2, diff_of(("f", "", "new"))))
    assert (root / "f").read_bytes() == b"new"
    assert len(apply(root, fix(2, diff_of(("f", "", "new")))).done) == 1


# 109: fixes that overlap


def test_109_the_later_of_two_that_overlap_is_refused(root: Path) -> None:
    first = fix(1, diff_of(("f", TEXT, changed(9))))
    others = [fix(2, diff_of(("f", TEXT, changed(number, "other\n")))) for number in (8, 9, 10)]
    insert = fix(3, diff_of(("f", TEXT, "".join([*LINES[:9], "in\n", *LINES[9:]]))))
    made = apply(root, first, *others, insert)
    assert made.accepted == [first]
    assert (
        reasons(made)
        == ["f: overlaps another fix that is being applied; review again afterwards"] * 4
    )
    assert (root / "f").read_text() == changed(9)


def test_109_those_that_do_not_are_applied_together_whatever_their_order(root: Path) -> None:
    new = {0: "a\nb\n", 5: "", 7: "c\n", 19: "end"}
    fixes = [
        fix(number, diff_of(("f", TEXT, changed(number, data)))) for number, data in new.items()
    ]
    expected = "".join(new.get(number, line) for number, line in enumerate(LINES))
    for order in (fixes, fixes[::-1], [fixes[2], fixes[0], fixes[3], fixes[1]]):
        assert apply(root, *order, fixes[0]).refused == []
        assert (root / "f").read_text() == expected
        undo(root)
        assert (root / "f").read_text() == TEXT


# 110, 112: tests/cli/test_fix.py

# 111: undo


def test_111_undo_gives_back_a_dirty_tree_and_refuses_after_an_edit(root: Path) -> None:
    (root / "f").chmod(0o640)
    (root / "dirty").write_text("untracked\n")
    apply(root, fix(1, diff_of(("f", TEXT, changed(9)))))
    (root / "dirty").write_text("still mine\n")
    undo(root)
    assert ((root / "f").read_text(), stat.S_IMODE((root / "f").stat().st_mode)) == (TEXT, 0o640)
    assert (root / "dirty").read_text() == "still mine\n"
    apply(root, fix(1, diff_of(("f", TEXT, changed(9)))))
    (root / "f").write_text("edited\n")
    with pytest.raises(WriteFailed, match="f has changed since the fix"):
        undo(root)
    assert (root / "f").read_text() == "edited\n"


@pytest.mark.parametrize("path", ["dir/aux.c", "a.py:x", "a.py.", "dir\\a.py"])
def test_a_name_that_windows_reads_as_another_one_is_refused_there(path: str) -> None:
    with pytest.raises(target.Unsafe, match="has a name that Windows reads as another one"):
        target.refuse_name(path, [], "win32")
    if "\\" not in path:
        target.refuse_name(path, [], "linux")
