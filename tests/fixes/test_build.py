"""From the model's lines to bytes: what is found, what is kept, what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from support.change import change
from support.fixes import under_review
from support.repo import review

from reviewer import prompt
from reviewer.fixes import Built, Edit, Refused, build, from_contents

FILE = "f.py"


def edited(
    data: bytes, old: list[str], new: list[str], line: int = 1, path: str = FILE
) -> bytes | str:
    """The new content, or why there is none."""
    made = build([Edit(path, line, tuple(old), tuple(new))], change({}, {path: data}))
    return made.reason if isinstance(made, Refused) else made.files[0].new


def test_the_patch_is_the_whole_of_it() -> None:
    made = build(
        [Edit(FILE, 2, ("    return 1",), ("    return 2",))],
        change({}, {FILE: b"def f():\n    return 1\n"}),
    )
    assert isinstance(made, Built)
    assert made.diff.decode() == (
        "diff --git a/f.py b/f.py\n"
        "index b8595995dba30b1cf7ee90f336b3e3356ee99e1b..ea743618ff6e9efc040fe434725239c7c5ebf113\n"
        "--- a/f.py\n+++ b/f.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n"
    )


@pytest.mark.parametrize(
    ("data", "old", "new", "expected"),
    [
        (b"a\nb\nc\n", ["b"], ["B"], b"a\nB\nc\n"),
        (b"a\nb\nc\n", ["b"], [], b"a\nc\n"),
        (b"a\nb\nc\n", ["b"], ["b", "b2"], b"a\nb\nb2\nc\n"),
        (b"a\nb", ["b"], ["B", "C"], b"a\nB\nC"),
        (b"a\nb", ["a"], ["A"], b"A\nb"),
        (b"a\nb", ["a", "b"], ["x"], b"x"),
        (b"a\nb", ["b"], [], b"a\n"),
        (b"a\r\nb\r\n", ["b"], ["B", "C"], b"a\r\nB\r\nC\r\n"),
        (b"a\r\nb", ["b"], ["B", "C"], b"a\r\nB\r\nC"),
        (b"a\r\nb\nc\n", ["b"], ["B"], b"a\r\nB\nc\n"),
        (b"a\r\nb\nc\n", ["a", "b"], ["a", "x", "b"], b"a\r\nx\r\nb\nc\n"),
        (b"\xef\xbb\xbfa\nb\n", ["a"], ["A"], b"\xef\xbb\xbfA\nb\n"),
        (b"\xef\xbb\xbfa\r\nb\r\n", ["b"], ["B"], b"\xef\xbb\xbfa\r\nB\r\n"),
        (b"if x:\n\ty = 1\n", ["\ty = 1"], ["\ty = 2"], b"if x:\n\ty = 2\n"),
        (b"a = 1   \nb\n", ["a = 1"], ["a = 2"], b"a = 2\nb\n"),
        (b"a = 1   \nb\n", ["a = 1", "b"], ["a = 1", "c"], b"a = 1   \nc\n"),
        (b"a\n\n\nb\n", ["a", "", "", "b"], ["a", "b"], b"a\nb\n"),
        (b"a\nb\n", ["a\nb"], ["x\ny"], b"x\ny\n"),
    ],
)
def test_what_is_around_stays(data: bytes, old: list[str], new: list[str], expected: bytes) -> None:
    assert edited(data, old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            ["if x:", "    y()"],
            ["if not x:", "    y()", "", "    z()"],
            ["    if not x:", "        y()", "", "        z()"],
        ),
        (["            y()"], ["            z()"], ["    if x:", "        z()"]),
        (["      if x:", "          y()"], ["      z()"], ["    z()"]),
    ],
)
def test_a_uniform_shift_is_indented_again(
    old: list[str], new: list[str], expected: list[str]
) -> None:
    made = edited(b"def f():\n    if x:\n        y()\n", old, new)
    assert made == ("\n".join(["def f():", *expected]) + "\n").encode()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (["IF x:"], ["pass"], 'is not in f.py: "IF x:". The nearest is line 2: "if x:".'),
        (["    if x :"], ["pass"], "only with other white space, line 2: copy"),  # too short
        (["\tif x:"], ["pass"], "only with other white space, line 2: copy"),
        (["def f():", "        y()"], ["pass"], "All 2 old lines are in f.py, but not one after"),
        (["      if x:"], ["pass"], "indented less"),
        (["    if x:"], ["    if x:"], "changes nothing"),
        ([], ["pass"], "no old lines"),
        (["", "  "], ["pass"], "no old lines"),
        (["    if x:"], ["    if x:\x07"], "control characters"),
        (["    if x:"], ["    if \ud800:"], "control characters"),
        (["    if x:"], ["    if '[REDACTED:key]':"], "the mask of a secret"),
    ],
)
def test_what_is_in_doubt_is_refused(old: list[str], new: list[str], why: str) -> None:
    assert why in str(edited(b"def f():\n    if x:\n        y()\n", old, new))


TWINS = b"def f():\n    a()\n    return 1\n\n\ndef g():\n    b()\n    return 1\n"


def test_of_equal_blocks_the_nearest_counts() -> None:
    old, new = ["    return 1"], ["    return 2"]
    assert edited(TWINS, old, new, 3) == TWINS.replace(b"return 1", b"return 2", 1)
    assert edited(TWINS, old, new, 8) == TWINS[:-2] + b"2\n"
    assert edited(TWINS, old, new, 5) == TWINS.replace(b"return 1", b"return 2", 1)
    assert edited(TWINS, ["    b()", *old], ["    b()", *new], 1) == TWINS[:-2] + b"2\n"
    far = b"a\n" * 20 + TWINS
    assert "in f.py at 2 places, lines 23, 28: give more" in str(edited(far, old, new, 12))
    assert edited(far, old, new, 13) == far.replace(b"return 1", b"return 2", 1)
    assert "at 2 places" in str(edited(b"x = 1\n\nx = 1\n", ["x = 1"], ["x = 2"], 2))


def test_blocks_that_are_shifted_must_be_at_the_anchor() -> None:
    old, new = ["return 1"], ["return 2"]
    assert edited(TWINS, old, new, 8) == TWINS[:-2] + b"2\n"
    assert "at 2 places" in str(edited(TWINS, old, new, 7))


def test_several_edits_are_one_patch() -> None:
    under = change({}, {"a.py": b"one\ntwo\nthree\nfour\n", "b.py": b"x\n"})
    edits = [
        Edit("a.py", 4, ("four",), ("4", "5")),
        Edit("b.py", 1, ("x",), ("y",)),
        Edit("a.py", 1, ("one",), ()),
        Edit("b.py", 1, ("x",), ("y",)),
    ]
    made = build(edits, under)
    assert isinstance(made, Built)
    assert {file.path: file.new for file in made.files} == {
        "a.py": b"two\nthree\n4\n5\n",
        "b.py": b"y\n",
    }
    assert build([edits[0], Edit("a.py", 3, ("three", "four"), ("5",))], under) == Refused(
        "Two of the replacements overlap."
    )
    assert build([], under) == Refused("The replacement changes nothing.")


@pytest.mark.parametrize(
    "path", ["gone.py", "../f.py", "/etc/passwd", ".git/config", "a/../f.py", "nul\0.py", ""]
)
def test_only_files_that_are_there(path: str) -> None:
    made = build([Edit(path, 1, ("a",), ("b",))], change({}, {FILE: b"a\n"}))
    assert isinstance(made, Refused)
    assert "Cannot read the file" in made.reason


def test_no_link_no_binary_no_patch_without_files(tmp_path: Path) -> None:
    repo, _ = under_review(tmp_path, {"real.py": "a\n"})
    (repo.path / "odd.py").symlink_to("a\n")
    seen = review(repo)
    assert build([Edit("odd.py", 1, ("a",), ("b",))], seen) == Refused(
        "odd.py is a link or a submodule."
    )
    assert "binary" in str(edited(b"a\0\nb\n", ["b"], ["c"]))
    unknown = dataclasses.replace(seen, read=lambda path, side: None)
    assert isinstance(build([Edit("real.py", 1, ("a",), ("b",))], unknown), Refused)


def test_a_secret_is_not_published_again() -> None:
    key = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"
    made = edited(f'token = "{key}"\nprint(1)\n'.encode(), ["print(1)"], ["print(2)"])
    assert made == "The patch would show a secret that is in these lines."


def test_a_patch_has_a_length_that_can_be_shown() -> None:
    data = b"".join(b"x%d\n" % number for number in range(9000))
    assert from_contents({FILE: data.replace(b"x", b"y")}, change({}, {FILE: data})) == Refused(
        "The patch is too long to be shown."
    )


ENCODED = [
    ("utf-8", "größe = 1\n", "größe = 2ß漢"),
    ("latin-1", "größe = 1\nß\n", "größe = 2ß"),
    ("shift_jis", "名前 = 1\n", None),
    ("cp1251", "имя = 1\n", None),
]


@pytest.mark.parametrize(("codec", "source", "new"), ENCODED)
def test_the_encoding_stays(codec: str, source: str, new: str | None) -> None:
    """Of an encoding that is only guessed, characters that the model was shown come back as the
    same bytes."""
    data = source.encode(codec)
    old = prompt.shown(data.split(b"\n")[0])
    wanted = new or old.replace("= 1", "= 2")
    made = edited(data, [old], [wanted])
    expected = (new or source.split("\n")[0].replace("= 1", "= 2")).encode(codec)
    assert made == expected + b"\n" + data.partition(b"\n")[2]


@pytest.mark.parametrize(
    ("data", "new", "why"),
    [
        ("größe = 1\n".encode("latin-1"), "x = 'é'", "not UTF-8"),
        ("größe = 1\n".encode("latin-1"), "x = '漢'", "not UTF-8"),
        ("a = 1\n\xe9\n".encode("latin-1"), "x = '漢'", "not UTF-8"),
    ],
)
def test_an_encoding_is_not_made_up(data: bytes, new: str, why: str) -> None:
    assert why in str(edited(data, [prompt.shown(data.split(b"\n")[0])], [new]))


def test_two_encodings_in_one_block_take_ascii_only() -> None:
    data = "ö".encode() + b"\n" + "ö".encode("latin-1") + b"\n"
    assert edited(data, ["ö", "ö"], ["o"]) == b"o\n"
    assert "cannot hold" in str(edited(data, ["ö", "ö"], ["öo"]))


def test_what_the_model_was_shown_instead_is_put_back() -> None:
    """Invisible characters, control tokens of chat templates; a literal escape in the same block is
    ambiguous."""
    for line in [
        "s = '⚠\ufe0f'",
        "s = '\u202e'",
        "s = '<|turn>'",
        "s = '<start_of_turn>'",
        "s = '\x1b[0m'",
    ]:
        shown = prompt.shown(line.encode())
        assert shown != line
        assert (
            edited(f"{line}\n".encode(), [shown], [shown + "  # no"]) == f"{line}  # no\n".encode()
        )
        assert edited(f"{line}\n".encode(), [shown], ["s = ''"]) == b"s = ''\n"
    both = "s = '\u202e' + '\\u{202e}'"
    assert "escape" in str(
        edited(f"{both}\n".encode(), [prompt.shown(both.encode())], ["s = '\\u{202e}'"])
    )
    assert (
        edited(b"s = '\\u{202e}'\n", ["s = '\\u{202e}'"], ["t = '\\u{202e}'"])
        == b"t = '\\u{202e}'\n"
    )


def test_a_line_that_was_cut_for_the_model_does_not_match() -> None:
    long = b"x" * 1500
    assert "is not in f.py" in str(edited(long + b"\n", ["x" * 1000], ["y"]))
