from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.repo import GIT, environment, rebuilt

from reviewer import diff
from reviewer.errors import GitFailed
from reviewer.types import FileDiff, Hunk, Line

ID_A, ID_B = "1" * 40, "2" * 40


def file(path: str, hunks: tuple[Hunk, ...] = (), **changes: object) -> FileDiff:
    values: dict[str, object] = {
        "path": path,
        "old_path": path,
        "status": "modified",
        "old_mode": "100644",
        "new_mode": "100644",
        "old_id": None,
        "new_id": None,
        "hunks": hunks,
    } | changes
    return FileDiff(**values)  # type: ignore[arg-type]


ONE_TO_TWO = Hunk(
    1, 1, 1, 1, b"", (Line("removed", 1, None, b"one"), Line("added", None, 1, b"two"))
)


def test_whole_patch_of_git() -> None:
    patch = f"""From 0123 Mon Sep 17 00:00:00 2001
Subject: a mail from format-patch

---
 src/a.py | 3 ++-

diff --git a/src/a.py b/src/a.py
index {ID_A}..{ID_B} 100755
--- a/src/a.py
+++ b/src/a.py
@@ -1,3 +1,4 @@
 top
-old
+new
+more
 end
@@ -10 +11,0 @@ def f():
-gone
\\ No newline at end of file
diff --git a/new.py b/new.py
new file mode 100644
index 0000000000000000000000000000000000000000..{ID_B}
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+only
diff --git a/old.py b/old.py
deleted file mode 100644
index {ID_A}..0000000000000000000000000000000000000000
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-only
diff --git a/x.py b/y.py
similarity index 100%
rename from x.py
rename to y.py
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
--
2.39.5
""".encode()
    assert diff.parse(patch) == (
        file(
            "src/a.py",
            (
                Hunk(
                    1,
                    3,
                    1,
                    4,
                    b"",
                    (
                        Line("context", 1, 1, b"top"),
                        Line("removed", 2, None, b"old"),
                        Line("added", None, 2, b"new"),
                        Line("added", None, 3, b"more"),
                        Line("context", 3, 4, b"end"),
                    ),
                ),
                Hunk(
                    10, 1, 11, 0, b"def f():", (Line("removed", 10, None, b"gone", newline=False),)
                ),
            ),
            old_id=ID_A,
            new_id=ID_B,
            old_mode="100755",
            new_mode="100755",
        ),
        file(
            "new.py",
            (Hunk(0, 0, 1, 1, b"", (Line("added", None, 1, b"only"),)),),
            status="added",
            old_path=None,
            old_mode=None,
            new_id=ID_B,
        ),
        file(
            "old.py",
            (Hunk(1, 1, 0, 0, b"", (Line("removed", 1, None, b"only"),)),),
            status="deleted",
            new_mode=None,
            old_id=ID_A,
        ),
        file("y.py", old_path="x.py", status="renamed"),
        file("run.sh", new_mode="100755"),
    )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"diff --git a/x y.py b/x y.py\n--- a/x y.py\t\n+++ b/x y.py\t\n", file("x y.py")),
        (b"diff --git a/a b/b b/a b/b\n--- a/a b/b\n+++ b/a b/b\n", file("a b/b")),
        (b'diff --git "a/\\303\\244\\n\\t\\"\\\\" "b/\\303\\244\\n\\t\\"\\\\"\n', file('ä\n\t"\\')),
        (b'diff --git "a/\\377" "b/\\377"\n--- "a/\\377"\n+++ "b/\\377"\n', file("\udcff")),
        (b"diff --git x.py x.py\n--- x.py\n+++ x.py\n", file("x.py")),
        (b"diff --git src/x.py src/x.py\n--- src/x.py\n+++ src/x.py\n", file("src/x.py")),
        (b"diff --git i/src/x.py w/src/x.py\n--- i/src/x.py\n+++ w/src/x.py\n", file("src/x.py")),
        (b"--- a/src/x.py\n+++ b/src/x.py\n", file("src/x.py")),
        (
            b"--- old/src/x.py\t2026-01-01 00:00:00\n+++ new/src/x.py\t2026-01-01 00:00:01\n",
            file("src/x.py"),
        ),
        (b"Index: x.py\n=====\n--- x.py\t(revision 1)\n+++ x.py\t(working copy)\n", file("x.py")),
        (b"--- before.py\n+++ after.py\n", file("after.py")),
        (
            b"--- /dev/null\n+++ b/x.py\n",
            file("x.py", status="added", old_path=None, old_mode=None),
        ),
        (b"--- a/x.py\n+++ /dev/null\n", file("x.py", status="deleted", new_mode=None)),
        (
            (
                b"diff --git a/a b c b/d e\nsimilarity index 90%\n"
                b"rename from a b c\nrename to d e\n--- a/a b c\n+++ b/d e\n"
            ),
            file("d e", old_path="a b c", status="renamed"),
        ),
        (b"diff --git a/x b/y\ncopy from x\ncopy to y\n", file("y", old_path="x", status="copied")),
    ],
)
def test_names(header: bytes, expected: FileDiff) -> None:
    hunk = b"@@ -1 +1 @@\n-one\n+two\n"
    (found,) = diff.parse(header + hunk)
    assert found == FileDiff(
        expected.path,
        expected.old_path,
        expected.status,
        expected.old_mode,
        expected.new_mode,
        None,
        None,
        (ONE_TO_TWO,),
    )


def test_binary_sections_have_no_lines() -> None:
    patch = (
        b"diff --git a/a.png b/a.png\nindex 1111..2222 100644\nBinary files a/a.png and b/a.png"
        b" differ\ndiff --git a/b.png b/b.png\nindex 1111..2222 100644\nGIT binary patch\nliteral"
        b" 3\nKcmZ\n\nliteral 1\nIcmZ\n\ndiff --git a/c.py b/c.py\n--- a/c.py\n+++ b/c.py\n@@ -1 +1"
        b" @@\n-one\n+two\n"
    )
    assert diff.sections(patch) == (
        diff.Section(file("a.png"), binary=True, size=0),
        diff.Section(file("b.png"), binary=True, size=0),
        diff.Section(file("c.py", (ONE_TO_TWO,)), binary=False, size=22),
    )


def test_content_cannot_forge_headers() -> None:
    forged = [
        b"-- a/evil.py",
        b"++ b/evil.py",
        b"diff --git a/evil.py b/evil.py",
        b"@@ -1 +1 @@",
        "a\u2028diff --git a/evil.py b/evil.py\u2028@@ -1 +1 @@".encode(),
        b"\\ No newline at end of file",
        b"a\rb",
        b"GIT binary patch",
        b"rename to evil.py",
    ]
    body = b"".join(b"+" + line + b"\n" for line in forged) + b"".join(
        b"-" + line + b"\n" for line in forged
    )
    count = len(forged)
    patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,%d +1,%d @@\n" % (count, count) + body
    (found,) = diff.parse(patch)
    assert found.path == "x"
    assert [line.data for line in found.hunks[0].lines] == forged * 2


def test_stripped_context_lines_and_crlf_content() -> None:
    (found,) = diff.parse(b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\r\n+c\r\n")
    assert found.hunks[0].lines == (
        Line("context", 1, 1, b"a"),
        Line("context", 2, 2, b""),
        Line("removed", 3, None, b"b\r"),
        Line("added", None, 3, b"c\r"),
    )


HEADER = b"--- a/x\n+++ b/x\n"


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (b"diff --cc x.py\nindex 1,2..3\n", "line 1 is a combined diff of a merge"),
        (HEADER + b"@@@ -1,2 -1,2 +1,3 @@@\n  a\n", "line 3 is a combined diff of a merge"),
        (b"@@ -1 +1 @@\n-a\n+b\n", "line 1 starts a hunk without a file header"),
        (HEADER + b"@@ -1,2 +1,2 @@\n-a\n+b\n", "line 6 is missing: the patch ends inside a hunk"),
        (
            HEADER + b"@@ -1,2 +1,1 @@\n a\n b\n",
            "line 5 is one more than the hunk header announces",
        ),
        (HEADER + b"@@ -1,2 +1,2 @@\n a\n?b\n", "line 5 does not belong in a hunk"),
        (
            HEADER + b"@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n",
            "line 8 ends a hunk that overlaps the one before it",
        ),
        (
            HEADER + b"@@ -1 +1 @@\n-a\n+b\n+c\n",
            "line 6 is one more than the hunk header announces",
        ),
        (
            HEADER + b"@@ -1 +1 @@\n-a\n+b\n-c\n",
            "line 6 is one more than the hunk header announces",
        ),
        (HEADER + b"@@ -1 +1 @@\n a\n", "line 4 ends a hunk that changes nothing"),
        (b"--- a/\n+++ b/\n@@ -1 +1 @@\n-a\n+b\n", "line 2 ends a file header without a name"),
        (
            b"diff --git a/x b/x\nnew file mode 100644\n@@ -1 +1 @@\n-a\n+b\n",
            "line 2 ends the header of a new file, and its hunks have old lines",
        ),
        (
            b"diff --git a/x b/x\ndeleted file mode 100644\n@@ -1 +1 @@\n-a\n+b\n",
            "line 2 ends the header of a deleted file, and its hunks have new lines",
        ),
        (
            b"diff --git a/x b/x\nGIT binary patch\n",
            "line 3 should begin the data of a binary patch",
        ),
        (b'diff --git "a/x b/x\n', "line 1 has a quoted file name without an end"),
        (
            b"diff --git a/x b/x\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
            "line 3 names a different file than its header",
        ),
        (
            b"diff --git a/x b/yy\n@@ -1 +1 @@\n-a\n+b\n",
            "line 2 follows a file header without a name",
        ),
    ],
)
def test_malformed_patches_are_refused(patch: bytes, message: str) -> None:
    with pytest.raises(GitFailed) as caught:
        diff.parse(patch)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("hunk", "status"),
    [
        (b"@@ -3,0 +4 @@\n+new\n", "modified"),
        (b"@@ -4 +3,0 @@\n-old\n", "modified"),
        (b"@@ -0,0 +1 @@\n+new\n", "added"),
        (b"@@ -1 +0,0 @@\n-old\n", "deleted"),
    ],
    ids=["insertion", "removal", "first lines of all", "last lines of all"],
)
def test_a_plain_patch_without_context_says_by_its_numbers_whether_the_file_was_there(
    hunk: bytes, status: str
) -> None:
    (found,) = diff.parse(HEADER + hunk)
    assert (found.path, found.status) == ("x", status)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"@@ -1,2 +1 @@\n-a\n-b\n+c\n", b"@@ -2 +5 @@\n-b\n+d\n"),
        (b"@@ -1 +1,2 @@\n-a\n+b\n+c\n", b"@@ -5 +2 @@\n-d\n+e\n"),
    ],
    ids=["old", "new"],
)
def test_hunks_that_overlap_on_one_side_only_are_refused(first: bytes, second: bytes) -> None:
    with pytest.raises(GitFailed, match="ends a hunk that overlaps the one before it"):
        diff.parse(HEADER + first + second)


def test_hunks_may_touch() -> None:
    (found,) = diff.parse(HEADER + b"@@ -1,2 +1,2 @@\n-a\n+b\n c\n@@ -2,0 +3 @@\n+d\n")
    assert [hunk.old_start for hunk in found.hunks] == [1, 2]
    hunks = b"@@ -1,2 +1 @@\n-a\n-b\n+c\n", b"@@ -3 +2,2 @@\n-d\n+e\n+f\n", b"@@ -4 +4 @@\n-g\n+h\n"
    (found,) = diff.parse(HEADER + b"".join(hunks))
    assert [hunk.old_start for hunk in found.hunks] == [1, 3, 4]


@pytest.mark.parametrize(
    "header",
    [
        b"@@ -1 +1 @@ def f():",
        b"@@ -1 +1 @@def f():",
        b"@@ -1 +1 @@ def f():\r",
        b"@@ -001,01 +0000000000001 @@ def f():",
    ],
)
@pytest.mark.fault(
    "patches",
    "a hunk header with text or a CR right behind it, zeros in front, or no counts",
    "it is read as git reads it",
)
def test_hunk_headers_are_read_as_git_reads_them(header: bytes) -> None:
    (found,) = diff.parse(HEADER + header + b"\n-one\n+two\n")
    assert found.hunks == (replace(ONE_TO_TWO, section=b"def f():"),)


@pytest.mark.parametrize(
    "header",
    [b"@@ -1 +1 @", b"@@", b"@@ -1 +x @@", b"@@ -%s +1 @@" % (b"9" * 6000), b" @@ -1 +1 @@"],
    ids=["half", "bare", "no number", "absurd", "indented"],
)
@pytest.mark.parametrize("before", [b"", b"@@ -1 +1 @@\n-one\n+two\n"], ids=["first", "second"])
@pytest.mark.fault(
    "patches",
    "a hunk header that cannot be read, as the first or as a later one of its file",
    "an error that names the line (git drops the hunk)",
)
def test_what_cannot_be_read_as_a_hunk_header_is_an_error(header: bytes, before: bytes) -> None:
    line = HEADER.count(b"\n") + before.count(b"\n") + 1
    with pytest.raises(GitFailed, match=f"line {line} (is|should be) a hunk header"):
        diff.parse(HEADER + before + header + b"\n-a\n+b\n")


@pytest.mark.parametrize(
    "header",
    [
        b"diff --git a/x b/x\n",
        b"diff --git a/x b/x\nindex 1111..2222 100644\n",
        b"diff --git a/x b/x\nindex 1111..2222 100644\n--- a/x\n+++ b/x\n",
        b"diff --git a/x b/x\nold mode 100644\n",
        b"diff --git a/x b/x\nold mode 100644\nnew mode 100755\nindex 1111..2222\n",
        b"diff --git a/x b/x\nnew file mode 100644\nindex 0000000..2222222\n",
        b"diff --git a/x b/y\nrename from x\nrename to y\nindex 1111..2222\n",
        b"diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n",
        HEADER,
    ],
)
@pytest.mark.parametrize("after", [b"", b"diff --git a/z b/z\nnew file mode 100644\n"])
@pytest.mark.fault(
    "patches",
    "a file header without a hunk after it (a broken pipe)",
    'an error that names the line, never "only the mode changed"',
)
def test_a_header_whose_hunks_are_missing_is_an_error(header: bytes, after: bytes) -> None:
    line = header.count(b"\n") + 1
    with pytest.raises(GitFailed, match=f"line {line} should be a hunk header"):
        diff.parse(header + after)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"old mode 100644\nnew mode 100755\n", file("x", new_mode="100755")),
        (
            b"new file mode 100644\nindex 0000000..e69de29\n",
            file("x", status="added", old_path=None, old_mode=None),
        ),
        (b"new file mode 100644\n", file("x", status="added", old_path=None, old_mode=None)),
        (
            b"deleted file mode 100644\nindex 1111..0000\n",
            file("x", status="deleted", new_mode=None),
        ),
        (
            b"similarity index 100%\nrename old w\nrename new x\n",
            file("x", old_path="w", status="renamed"),
        ),
    ],
    ids=["mode", "empty", "empty, without ids", "git diff -D", "rename"],
)
def test_headers_that_need_no_hunk(header: bytes, expected: FileDiff) -> None:
    assert diff.parse(b"diff --git a/x b/x\n" + header) == (expected,)


def section(name: str, *, binary: bool = False, unseen: bool = False, **changes: object) -> object:
    return diff.Section(file(name, **changes), binary, 0, unseen)  # type: ignore[arg-type]


@pytest.mark.fault(
    "patches",
    "submodules as `diff.submodule=log` or `diff` shows them, without a diff header",
    "they are listed as submodules",
)
def test_submodules_without_a_diff_header() -> None:
    patch = b"""Submodule libs/a b 1111111..2222222:
  > two
Submodule gone 1111111...0000000 (submodule deleted)
Submodule new 0000000...2222222 (new submodule)
Submodule back 2222222...1111111 (rewind):
  < two
Submodule dirty contains modified content
Submodule is a word
"""
    link = {"old_mode": "160000", "new_mode": "160000"}
    assert diff.sections(patch) == (
        section("libs/a b", **link),
        section("gone", status="deleted", old_mode="160000", new_mode=None),
        section("new", status="added", old_path=None, old_mode=None, new_mode="160000"),
        section("back", **link),
        section("dirty", **link),
    )


@pytest.mark.fault(
    "patches",
    "lines of `diff -ru` for binary files and for files that one side lacks",
    "the files are listed: as binary, and as not visible",
)
def test_directories_compared_with_diff() -> None:
    patch = b"""Only in new/sub: added.py
diff -ru old/x.py new/x.py
--- old/x.py\t2026-01-01 00:00:00
+++ new/x.py\t2026-01-01 00:00:01
@@ -1 +1 @@
-one
+two
Binary files old/a and b.png and new/a and b.png differ
Files old/c.png and new/c.png differ
Only in old: gone.py
"""
    assert diff.sections(patch) == (
        section("sub/added.py", unseen=True),
        diff.Section(file("x.py", (ONE_TO_TWO,)), False, 22),
        section("a and b.png", binary=True),
        section("c.png", binary=True),
        section("gone.py", unseen=True),
    )
    assert diff.sections(b"Only in new: a\n" + HEADER + b"@@ -1 +1 @@\n-one\n+two\n") == (
        diff.Section(file("x", (ONE_TO_TWO,)), False, 22),
    )


def test_a_file_that_becomes_a_link_is_one_file() -> None:
    patch = b"""diff --git a/x b/x
deleted file mode 100644
index 1111..0000
--- a/x
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git a/x b/x
new file mode 120000
index 0000..2222
--- /dev/null
+++ b/x
@@ -0,0 +1 @@
+two
\\ No newline at end of file
"""
    two = Line("added", None, 1, b"two", newline=False)
    assert diff.parse(patch) == (
        file(
            "x",
            (replace(ONE_TO_TWO, lines=(ONE_TO_TWO.lines[0], two)),),
            status="type_changed",
            new_mode="120000",
        ),
    )
    again = patch.replace(b"120000", b"100644")  # of a series: made anew
    assert [found.status for found in diff.parse(again)] == ["deleted", "added"]


@pytest.mark.parametrize(
    "line", [b"diff --git a/x b/x\n", b"some words\n", b"similarity index 90%\n", b"index what\n"]
)
def test_lines_that_git_reads_over_in_a_header(line: bytes) -> None:
    patch = b"diff --git a/x b/x\n" + line + HEADER + b"@@ -1 +1 @@\n-one\n+two\n"
    assert diff.parse(patch) == (file("x", (ONE_TO_TWO,)),)


@pytest.mark.parametrize(
    ("prefixes", "name"),
    [(b"old/x.py newer/x.py", "x.py"), (b"a/x y.py longer/x y.py", "x y.py")],
)
def test_prefixes_of_different_length(prefixes: bytes, name: str) -> None:
    header = b"diff --git " + prefixes + b"\nold mode 100644\nnew mode 100755\n"
    assert diff.parse(header) == (file(name, new_mode="100755"),)


LINES = st.sampled_from(
    [
        b"",
        b"a",
        b"b",
        b"c",
        b"-- a/x",
        b"++ b/x",
        b"--- a/x",
        b"+++ b/x",
        b"@@ -1 +1 @@",
        b"@@@ -1 -1 +1 @@@",
        b"diff --git a/x b/x",
        b"\\ No newline at end of file",
        "\u2028diff --git a/x b/x".encode(),
        b"x\r",
        b"\r",
        b"\x0b\x0c",
        b"\x1c\x1d\x85",
        b"\xff\xfe",
        " ",
        b"\t",
        b" ",
        b"-",
        b"+",
    ]
)
CONTENT = st.builds(
    lambda lines, end: (
        b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        + b"\n" * end
    ),
    st.lists(LINES, max_size=25),
    st.booleans(),
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(old=CONTENT, new=CONTENT)
def test_hunks_rebuild_the_new_file_and_agree_with_numstat(old: bytes, new: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "old").write_bytes(old)
        (place / "new").write_bytes(new)
        patch = git(place, "diff", "--no-index", "--text", "-U3", "old", "new")
        files = diff.parse(patch)
        assert len(files) == (old != new)
        if not files:
            return
        assert rebuilt(old, files[0]) == new
        added, removed, _ = git(place, "apply", "--numstat", "-z", stdin=patch).split(b"\t")
        kinds = [line.kind for hunk in files[0].hunks for line in hunk.lines]
        assert (kinds.count("added"), kinds.count("removed")) == (int(added), int(removed))


def git(place: Path, *args: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(
        [GIT, *args], cwd=place, env=environment(place), input=stdin, capture_output=True
    ).stdout
