"""Patches as git writes and takes them, and what is no fix."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.fixes import diff_of, git_apply, under_review
from support.repo import Repo

from reviewer import diff
from reviewer.diff import blob_id
from reviewer.fixes import patch
from reviewer.fixes.lines import spliced

TEN = "".join(f"line {number}\n" for number in range(10))
NAMES = [
    "a.py",
    "with space.py",
    'quote".py',
    "back\\slash.py",
    "tab\t.py",
    "new\nline.py",
    "ünï/漢.py",
    "-x",
    "\udcff\udc80.py",
    "dir/b c",
    "☃ and space",
    "\x7f",
    "a b\tc",
]


@pytest.mark.parametrize("name", NAMES)
def test_git_writes_the_same_patch(tmp_path: Path, name: str) -> None:
    """Byte for byte, but for the mode in the index line."""
    repo = Repo(tmp_path / "repo", tmp_path / "githome")
    repo.commit({name: TEN})
    new = TEN.replace("line 3", "line three").removesuffix("\n") + " end"
    repo.write(name, new)
    theirs = repo.git("diff", "--full-index").encode("utf-8", "surrogateescape")
    ours = diff_of((name, TEN, new))
    without = [
        line.partition(b" @@")[0] for line in theirs.replace(b" 100644\n", b"\n").split(b"\n")
    ]
    assert [line.partition(b" @@")[0] for line in ours.split(b"\n")] == without
    assert [file.path for file in diff.parse(ours)] == [name]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "a\n"),
        ("a\n", ""),
        ("", "a"),
        ("a", "b"),
        ("a\n", "a"),
        ("a", "a\n"),
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("a\rb\n", "c\rb\n"),
        ("\n\n\n", "\n\n"),
        (TEN, TEN + TEN),
        (TEN, "x\n" + TEN + "y\n"),
        (TEN, TEN[:-1]),
        ("- a\n+ b\n", "-- a/x\n++ b/x\n"),
        ("a\n\u2028diff --git a/x b/x\n", "b\n\u2028diff --git a/x b/x\n"),
        ("\x0c\n", "\x0b\n"),
    ],
)
def test_git_applies_it_and_so_do_we(tmp_path: Path, old: str, new: str) -> None:
    repo, _ = under_review(tmp_path, {"f": old})
    made = diff_of(("f", old, new))
    done = git_apply(repo, made, "--whitespace=nowarn")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (repo.path / "f").read_bytes() == new.encode()
    (file,) = patch.read(made)[0]
    assert spliced(old.encode(), patch.splices(file)) == new.encode()
    assert (file.old_id, file.new_id) == (blob_id(old.encode()), blob_id(new.encode()))


@pytest.mark.parametrize("between", [5, 6, 7])
def test_hunks_are_joined_where_git_joins_them(tmp_path: Path, between: int) -> None:
    repo = Repo(tmp_path / "repo", tmp_path / "githome")
    lines = [f"line {number}\n" for number in range(30)]
    old = "".join(lines)
    repo.commit({"f": old})
    lines[5] = lines[6 + between] = "changed\n"
    repo.write("f", "".join(lines))
    heads = [
        [line.partition(" @@")[0] for line in text.splitlines() if line.startswith("@@")]
        for text in (repo.git("diff"), diff_of(("f", old, "".join(lines))).decode())
    ]
    assert heads[0] == heads[1]
    assert len(heads[0]) == 1 + (between == 7)


def test_the_ids_are_those_of_git(tmp_path: Path) -> None:
    repo, _ = under_review(tmp_path, {"f": "x"})
    assert blob_id(b"x\0\xff") == repo.git("hash-object", "--stdin", stdin=b"x\0\xff").strip()


HEAD = "diff --git a/f b/f\n"
BODY = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the patch is empty"),
        (
            HEAD + "new file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n",
            "it would make f added",
        ),
        (
            HEAD + "new file mode 120000\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+/etc\n",
            "it would make f added",
        ),
        (
            HEAD + "deleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
            "it would make f deleted",
        ),
        (
            "diff --git a/f b/g\nsimilarity index 90%\nrename from f\nrename to g\n",
            "it would make g renamed",
        ),
        (HEAD + "old mode 100644\nnew mode 100755\n" + BODY, "it would change the mode of f"),
        (HEAD + "index 1111111..2222222 160000\n" + BODY, "f is a link or a submodule"),
        (HEAD + "index 1111111..2222222 120000\n" + BODY, "f is a link or a submodule"),
        (
            HEAD + "index 1111111..2222222\nGIT binary patch\nliteral 1\nIcmZ\n\n",
            "it does not say which lines of f",
        ),
        (HEAD + "Binary files a/f and b/f differ\n", "it does not say which lines of f"),
        ("--- a/f\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n", "it would make g renamed"),
        (HEAD + BODY + HEAD + BODY, "the patch names a file twice"),
        (HEAD + "--- a/f\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n", "names a different file"),
        (HEAD + "--- a/f\n+++ b/f\n@@ -1,2 +1 @@\n-a\n", "the patch ends inside a hunk"),
    ],
)
def test_a_fix_only_changes_lines_of_existing_files(text: str, why: str) -> None:
    files, problem = patch.read(text.encode())
    assert not files
    assert problem is not None
    assert why in problem


def test_patches_are_joined(tmp_path: Path) -> None:
    """Those that overlap or adjoin an earlier one are left out, equal ones are taken once, and git
    takes the result."""
    lines = [f"line {number}\n" for number in range(40)]

    def changed(*numbers: int, to: str = "new") -> bytes:
        new = [f"{to}\n" if number in numbers else line for number, line in enumerate(lines)]
        return diff_of(("f", "".join(lines), "".join(new)))

    inserted = diff_of(("f", "".join(lines), "".join([*lines[:30], "more\n", *lines[30:]])))
    other = diff_of(("g", "a\n", "b\n"))
    both = diff_of(("f", "".join(lines), "".join([*lines[:39], "last"])), ("h", "1\n", "2\n"))
    stale = diff_of(("f", "another\n" * 3, "file\n" * 3))
    patches = [
        changed(10),
        changed(10),
        changed(10, to="else"),
        changed(11),
        changed(12),
        changed(2, 18),
        inserted,
        other,
        both,
        stale,
        b"no patch",
        changed(0),
    ]
    joined, left_out = patch.join(patches)
    assert left_out == [2, 3, 9, 10]
    repo, _ = under_review(tmp_path, {"f": "".join(lines), "g": "a\n", "h": "1\n"})
    done = git_apply(repo, joined)
    assert (done.returncode, done.stderr) == (0, b"")
    new = ["new\n" if number in (0, 2, 10, 12, 18) else line for number, line in enumerate(lines)]
    assert (repo.path / "f").read_text() == "".join([*new[:30], "more\n", *new[30:39], "last"])
    assert [(repo.path / name).read_text() for name in "gh"] == ["b\n", "2\n"]


def test_joining_keeps_a_fix_of_several_files_whole() -> None:
    first = diff_of(("f", "a\n", "b\n"))
    second = diff_of(("e", "1\n", "2\n"), ("f", "a\n", "c\n"))
    assert patch.join([first, second]) == (first.replace(_ids(first), b""), [1])
    assert patch.join([]) == (b"", [])


def _ids(made: bytes) -> bytes:
    return made.split(b"\n")[1] + b"\n"


def test_a_patch_for_another_state_is_not_joined() -> None:
    """Even where the lines are the same: its line numbers are those of another file."""
    assert patch.join(
        [diff_of(("f", TEN, "0\n" + TEN)), diff_of(("f", TEN + "10\n", TEN + "11\n"))]
    )[1] == [1]


def test_names_survive_the_join() -> None:
    joined, left_out = patch.join([diff_of((name, "a\n", "b\n")) for name in NAMES])
    assert not left_out
    assert [file.path for file in diff.parse(joined)] == sorted(NAMES, key=os.fsencode)
