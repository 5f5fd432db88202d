from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.event_cases import finding

from reviewer.events import Patch
from reviewer.fixes import patch as patches
from reviewer.outputs.places import (
    LineEdit,
    edits,
    line_edits,
    new_lines,
    old_note,
    patched_files,
    raw_name,
    uri,
)

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"\xff\n", "ä𐐀\r\n".encode()]), max_size=9)
ENDS = st.sampled_from([b"", b"end"])


def published(path: str, old: bytes, new: bytes) -> Patch:
    raw = patches.write([(path, old, new)])
    text = raw.decode("utf-8", "replace")
    encoded = None if text.encode() == raw else base64.b64encode(raw).decode()
    return Patch(diff=text, diff_base64=encoded, verification="applies", checks=[])


def applied(old: bytes, made: list[LineEdit]) -> bytes:
    lines = old.splitlines(keepends=True) if b"\r" not in old else [*_split(old)]
    for edit in reversed(made):
        assert tuple(lines[edit.start - 1 : edit.start - 1 + len(edit.old)]) == edit.old
        lines[edit.start - 1 : edit.start - 1 + len(edit.old)] = edit.new
    return b"".join(lines)


def _split(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return [*(part + b"\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


@given(LINES, ENDS, LINES, ENDS, st.sampled_from(["a.py", "ä b.py", "x\udce9.py"]))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_edits_make_what_the_patch_makes(
    before: list[bytes], before_end: bytes, after: list[bytes], after_end: bytes, path: str
) -> None:
    old, new = b"".join(before) + before_end, b"".join(after) + after_end
    if old == new:
        return
    (file,) = patched_files(published(path, old, new))
    for made in (list(edits(file)), list(line_edits(file))):
        assert applied(old, made) == new
        assert {edit.path for edit in made} == {path.encode("utf-8", "surrogateescape")}
    assert not old or all(edit.old for edit in line_edits(file))


def test_added_lines_take_a_neighbour_along() -> None:
    (file,) = patched_files(published("a", b"1\n2\n3\n", b"1\n2\nnew\n3\n"))
    assert list(edits(file)) == [LineEdit(b"a", 3, (), (b"new\n",))]
    assert list(line_edits(file)) == [LineEdit(b"a", 2, (b"2\n",), (b"2\n", b"new\n"))]
    (file,) = patched_files(published("a", b"1\n2\n", b"new\n1\n2\n"))
    assert list(line_edits(file)) == [LineEdit(b"a", 1, (b"1\n",), (b"new\n", b"1\n"))]


def test_what_cannot_be_read_exactly_is_no_edit() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,9 +1 @@\n-a\n+b\n"
    assert patched_files(Patch(diff=diff, verification="clean", checks=[])) == ()
    new_file = (
        "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
    )
    assert patched_files(Patch(diff=new_file, verification="clean", checks=[])) == ()


@pytest.mark.fault(
    "output",
    "blanks, #, %, ? and brackets in a name, in SARIF",
    "a valid URI that leads to the file",
)
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"a/b c.py", "a/b%20c.py"),
        (b"javascript:alert(1)", "javascript%3Aalert%281%29"),
        (b"//evil.test/a", "%2F%2Fevil.test/a"),
        (b"a%2Fb?c#d", "a%252Fb%3Fc%23d"),
        (b"caf\xe9.py", "caf%E9.py"),
        ("ü.py".encode(), "%C3%BC.py"),
    ],
)
def test_uri(path: bytes, expected: str) -> None:
    assert uri(path) == expected


def test_names_are_those_of_git() -> None:
    assert raw_name(finding(file_name="src/caf\udce9.py")) == b"src/caf\xe9.py"
    assert raw_name(finding(file_name="ä")) == "ä".encode()


def test_lines_of_the_new_side_only() -> None:
    assert new_lines(finding(start_line=3, end_line=5)) == (3, 5)
    assert new_lines(finding(start_line=3, end_line=None)) == (3, 3)
    assert new_lines(finding(start_line=None, end_line=None)) is None
    assert new_lines(finding(side="old")) is None
    assert old_note(finding(side="old", start_line=3, end_line=3)) == "line 3 of the base"
    assert old_note(finding(side="old", start_line=3, end_line=5)) == "lines 3–5 of the base"
    assert old_note(finding()) == ""
