"""A patch that somebody edited by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fixes import diff_of

from reviewer.fixes import patch
from reviewer.fixes.edited import recounted, replacement, with_replacement
from reviewer.fixes.lines import spliced

TEXT = "".join(f"line {number}\n" for number in range(30))
contents = st.lists(
    st.sampled_from(["a\n", "b\n", "\n", "-- x\n", "++ y\n", "@\n", "#\n", "end"]), max_size=12
)


def made_of(old: str, edited: bytes) -> str:
    """What the edited patch makes of the file."""
    files, problem = patch.read(recounted(edited))
    assert problem is None, problem
    return spliced(old.encode(), patch.splices(files[0])).decode()


@pytest.mark.parametrize("ending", ["", "\n\\ No newline at end of file"])
def test_what_does_not_change_any_more_is_dropped(ending: str) -> None:
    kept = "@@ -9,1 +9,1 @@\n-i\n+I"
    head = "diff --git a/f b/f\n--- a/f\n+++ b/f\n"
    nothing = f"@@ -20,2 +20,3 @@\n a\n\n b{ending}"
    other = head.replace("/f", "/g")
    for said in (
        f"{head}{kept}\n{nothing}\n",
        f"{head}{nothing}\n{kept}\n",
        f"{head}{kept}\n{other}{nothing}\n",
        f"{other}{nothing}\n{head}{kept}\n",
    ):
        assert recounted(said.encode()) == f"{head}{kept}\n".encode()


def test_the_second_hunk_of_a_file_needs_no_header() -> None:
    said = (
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n+b\n a\n@@ -9,1 +10,1 @@\n-i\n+I\n"
    )
    assert recounted(said.encode()) == said.encode()


@given(contents, contents)
def test_what_was_not_edited_means_the_same(old: list[str], new: list[str]) -> None:
    before, after = (
        "".join(side).replace("end", "end\n").removesuffix("\n") for side in (old, new)
    )
    if before != after:
        assert made_of(before, diff_of(("f", before, after))) == after


def test_lines_may_be_added_dropped_and_changed() -> None:
    two = TEXT.replace("line 3\n", "three\n").replace("line 20\n", "twenty\n")
    said = (
        diff_of(("f", TEXT, two))
        .replace(b"+three\n", b"+3\n+and\n+more\n")
        .replace(b"-line 20\n+twenty\n", b" line 20\n")
    )
    assert made_of(TEXT, said) == TEXT.replace("line 3\n", "3\nand\nmore\n")


def test_what_editors_do_to_blank_lines_and_what_is_written_around_is_no_matter() -> None:
    old = "a\n\nb\n"
    said = b"# a comment\n" + diff_of(("f", old, "a\n\nc\n")).replace(b"\n \n", b"\n\n")
    assert made_of(old, said) == "a\n\nc\n"


@pytest.mark.parametrize("said", [b"", b"\n", b"nonsense\n", b"@@ -1 +1 @@\n-a\n+b\n"])
def test_what_is_no_patch_any_more_is_told(said: bytes) -> None:
    assert patch.read(recounted(said))[1] is not None


def test_several_files_are_counted_each_for_itself() -> None:
    said = diff_of(("f", TEXT, "0\n" + TEXT), ("g", TEXT, TEXT + "x\n")).replace(
        b"+0\n", b"+0\n+1\n+2\n"
    )
    files, problem = patch.read(recounted(said))
    assert problem is None
    made = [spliced(TEXT.encode(), patch.splices(file)).decode() for file in files]
    assert made == ["0\n1\n2\n" + TEXT, TEXT + "x\n"]


@given(contents, contents, st.lists(st.sampled_from([b"a", b"b", b"", b"+ x", b"-y"]), max_size=6))
def test_other_lines_in_the_place_of_the_new_ones(
    old: list[str], new: list[str], typed: list[bytes]
) -> None:
    """Whatever somebody types there, the file has it, and is otherwise as it was."""
    before, after = "".join(["top\n", *old]), "".join(["top\n", *new])
    diff = diff_of(("f", before, after))
    shown = replacement(diff)
    if before == after or shown is None:
        return
    assert shown in after.encode()
    written = b"".join(line + b"\n" for line in typed)
    made = with_replacement(diff, written)
    files, problem = patch.read(made)
    expected = after.encode().replace(shown, written, 1)
    if problem:
        assert (problem, expected) == ("the patch is empty", before.encode())
    else:
        assert spliced(before.encode(), patch.splices(files[0])) == expected


def test_what_has_several_hunks_or_no_last_line_end_is_edited_as_a_patch() -> None:
    two = diff_of(("f", TEXT, TEXT.replace("line 0\n", "x\n").replace("line 20\n", "y\n")))
    for diff in (two, diff_of(("f", "a", "b")), b"no patch"):
        assert replacement(diff) is None
        with pytest.raises(ValueError, match="not one hunk"):
            with_replacement(diff, b"x\n")
