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


def red(patch: bytes) -> bytes:
    """As git colours a patch, more or less."""
    return b"".join(b"\x1b[1;31m" + line + b"\x1b[m\n" for line in patch.splitlines())


@pytest.mark.parametrize(
    "data",
    [
        PATCH.replace(b"\n", b"\r\n"),
        PATCH.replace(b"\n", b"\r\n").removesuffix(b"\n"),
        b"\xef\xbb\xbf" + PATCH,
        b"\xef\xbb\xbf" + PATCH.replace(b"\n", b"\r\n"),
        red(PATCH),
        red(PATCH).replace(b"\n", b"\r\n"),
    ],
    ids=["CRLF", "CRLF, cut", "BOM", "BOM and CRLF", "coloured", "coloured, CRLF"],
)
@pytest.mark.fault(
    "patches",
    "a patch with CRLF, with a BOM, or with the colours of `color.ui=always`",
    "it is read like the patch without them",
)
def test_dressed_patches(tmp_path: Path, data: bytes) -> None:
    change, plain = from_patch(data, "-", tmp_path), from_patch(PATCH, "-", tmp_path)
    assert (change.files, change.digest) == (plain.files, plain.digest)


def test_a_patch_of_a_file_with_crlf_keeps_it(tmp_path: Path) -> None:
    patch = PATCH.replace(b"two", b"two\r").replace(b"x.py\n", b"x.py\r\n")
    (found,) = from_patch(patch, "-", tmp_path).files
    assert (found.path, [line.data for line in found.hunks[0].lines]) == (
        "x.py",
        [b"one", b"two\r"],
    )


ONE = b"diff --git a/%s b/%s\n"
SERIES = (
    "the patch changes x.py more than once, as a series of commits does: review the commits with"
    " --range A..B, or make one patch with `git diff A B`"
)


@pytest.mark.parametrize(
    "data",
    [
        PATCH * 2,
        PATCH + b"From 12\nSubject: two\n---\n" + PATCH,
        ONE % (b"x.py", b"x.py") + b"old mode 100644\nnew mode 100755\n-- \n" + PATCH,
        ONE % (b"w", b"x.py") + b"rename from w\nrename to x.py\n-- \n" + PATCH,
        PATCH.replace(b"x.py", b"w") + ONE % (b"w", b"x.py") + b"rename from w\nrename to x.py\n",
    ],
    ids=["twice", "mails", "mode, then lines", "rename, then lines", "lines, then rename"],
)
@pytest.mark.fault(
    "patches",
    "a series of patches that changes a file more than once (`git format-patch --stdout`)",
    "refused: it names `--range`; no file is counted twice, no line is that of a state in between",
)
def test_a_series_of_patches_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(GitFailed) as caught:
        from_patch(data, "-", tmp_path)
    assert caught.value.message == SERIES


def test_a_series_that_changes_each_file_once_is_read(tmp_path: Path) -> None:
    patch = PATCH + b"-- \n2.39.5\n\nFrom 12\nSubject: two\n---\n" + PATCH.replace(b"x.py", b"y.py")
    assert outcome(from_patch(patch, "-", tmp_path)) == only(
        files={"x.py": "modified", "y.py": "modified"}
    )


def test_a_copy_of_a_changed_file_is_no_series(tmp_path: Path) -> None:
    patch = PATCH + ONE % (b"x.py", b"y.py") + b"copy from x.py\ncopy to y.py\n"
    assert [file.path for file in from_patch(patch, "-", tmp_path).files] == ["x.py", "y.py"]


def test_submodules_and_files_without_content(tmp_path: Path) -> None:
    patch = (
        b"Submodule sub contains modified content\nSubmodule sub 1111111..2222222:\n  > two\n"
        b"diff -ru old/a.png new/a.png\nBinary files old/a.png and new/a.png differ\n"
        b"Only in new: added.py\n"
    )
    assert outcome(from_patch(patch, "-", tmp_path)) == only(
        skipped={"sub": "submodule", "a.png": "binary"}, unreviewed={"added.py": "not_visible"}
    )


def test_an_encoded_mail_is_refused(tmp_path: Path) -> None:
    mail = b"Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n" + PATCH
    with pytest.raises(GitFailed) as caught:
        from_patch(mail, "x.eml", tmp_path)
    assert (
        caught.value.message
        == "x.eml is an encoded mail; write its text to a file with: git mailinfo"
    )
    assert from_patch(mail.replace(b"quoted-printable", b"8bit"), "-", tmp_path).files
