from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo, only, outcome

from reviewer.errors import GitFailed
from reviewer.types import Change, FileDiff, Hunk, Line, Scope
from reviewer.workspace import Limits, from_patch

PATCH = b"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-one\n+two\n"
HUNK = Hunk(1, 1, 1, 1, b"", (Line("removed", 1, None, b"one"), Line("added", None, 1, b"two")))


def test_whole_change(tmp_path: Path) -> None:
    change = from_patch(PATCH, "x.patch", tmp_path)
    assert change == Change(
        scope=Scope("diff", rev="x.patch"),
        root=tmp_path,
        common_dir=None,
        current_branch=None,
        base_branch=None,
        base_commit=None,
        head_commit=None,
        files=(FileDiff("x.py", "x.py", "modified", "100644", "100644", None, None, (HUNK,)),),
        skipped=(),
        unreviewed=(),
        warnings=(),
        digest=change.digest,
        read=change.read,
        grep=change.grep,
        list_files=change.list_files,
    )
    assert (change.read("x.py", "new"), change.grep(["two"]), change.list_files("new")) == (
        None,
        (),
        (),
    )
    assert change.digest != from_patch(PATCH.replace(b"two", b"three"), "x.patch", tmp_path).digest


def test_patch_of_git_equals_the_change_itself(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"keep": "1\n", "old name": "\n".join("abcdefghij"), "gone": "1\n", "mode": "1\n"})
    repo.git("mv", "old name", "neu-\xe4\n")
    (repo.path / "gone").unlink()
    (repo.path / "mode").chmod(0o755)
    repo.commit({"keep": "2", "image.png": b"\0\1", "uv.lock": "x\n"})
    patch = repo.git("diff", "--binary", "--full-index", "HEAD~1", "HEAD").encode(
        "utf-8", "surrogateescape"
    )
    assert outcome(from_patch(patch, "-", tmp_path)) == only(
        files={"gone": "deleted", "keep": "modified", "neu-\xe4\n": "renamed"},
        skipped={"image.png": "binary", "mode": "mode_only", "uv.lock": "lockfile"},
    )


def test_reasons(tmp_path: Path) -> None:
    def section(name: bytes) -> bytes:
        return PATCH.replace(b"x.py", name)

    patch = b"".join(
        map(section, (b"../up.py", b".git/hooks/x", b"sub/skip.py", b"ok.py", b"api_pb2.py"))
    )
    patch += (
        b"diff --git a/sub b/sub\nindex 1111..2222 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1"
        b" @@\n-one\n+two\n"
    )
    patch += b"--- a/big.py\n+++ b/big.py\n@@ -0,0 +1 @@\n+" + b"x" * 200 + b"\n"
    assert outcome(
        from_patch(patch, "-", tmp_path, Limits(max_file_bytes=100, exclude=("skip.py",)))
    ) == only(
        files={"ok.py": "modified"},
        skipped={"sub/skip.py": "excluded", "api_pb2.py": "generated", "sub": "submodule"},
        unreviewed={
            "../up.py": "special_file",
            ".git/hooks/x": "special_file",
            "big.py": "too_large",
        },
    )


def test_nothing_to_review(tmp_path: Path) -> None:
    assert (
        outcome(from_patch(b"", "-", tmp_path))
        == outcome(from_patch(b"\n", "-", tmp_path))
        == only()
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello\n", "notes.txt is not a unified diff; make one with `git diff`"),
        (
            "\ufeffdiff".encode("utf-16-le"),
            (
                "notes.txt is not a unified diff (it is UTF-16: write it with "
                "`git diff --output=FILE`); make one with `git diff`"
            ),
        ),
        (PATCH * 9, "the patch has more than 100 bytes; split it, or raise max-diff-bytes"),
        (
            b"diff --cc x\n",
            (
                "cannot read the patch: line 1 is a combined diff of a merge; compare two commits"
                " instead (git diff A B)"
            ),
        ),
    ],
)
def test_what_is_no_patch(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(GitFailed) as caught:
        from_patch(data, "notes.txt", tmp_path, Limits(max_diff_bytes=100))
    assert caught.value.message == message


def test_a_patch_as_large_as_the_limit_is_read(tmp_path: Path) -> None:
    assert len(from_patch(PATCH, "-", tmp_path, Limits(max_diff_bytes=len(PATCH))).files) == 1
    with pytest.raises(GitFailed, match="the patch has more than"):
        from_patch(PATCH, "-", tmp_path, Limits(max_diff_bytes=len(PATCH) - 1))
