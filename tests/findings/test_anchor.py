from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.change import change

from reviewer.findings.anchor import Anchor, locate, occurs
from reviewer.findings.source import Source
from reviewer.secrets import Masks
from reviewer.types import Unit

OLD = b"""\
import os


def mean(xs):
    total = 0
    for x in xs:
        total += x
    return total / len(xs)


def first(xs):
    return xs[0]


def far(a):
    return a


def further(a):
    return a


def last_of_all(a):
    value = compute(a)
    return value
"""
NEW = b"""\
import os


def mean(xs):
    total = 0
    for x in xs[1:]:
        total += x
    return total / len(xs)


def first(xs):
    return xs[0]


def far(a):
    return a


def further(a):
    return a


def last_of_all(a, b):
    value = compute(
        a,
        b + 1,
    )
    return value
"""


def place(
    quote: str,
    hint: int = 0,
    name: str = "stats.py",
    *,
    hunk: int | None = None,
    base=None,
    head=None,
):
    made = change(base or {"stats.py": OLD}, head or {"stats.py": NEW})
    file = next(file for file in made.files if file.path == "stats.py")
    unit = Unit(file, file.hunks if hunk is None else file.hunks[hunk : hunk + 1], 0)
    return locate(quote, hint, name, unit, Source(made), redact=None)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        pytest.param(
            "    for x in xs[1:]:", Anchor("stats.py", "new", 6, 6, "exact", True), id="equal"
        ),
        pytest.param(
            "for x in xs[1:]:",
            Anchor("stats.py", "new", 6, 6, "normalized", True),
            id="no indentation",
        ),
        pytest.param(
            "for  x in xs[1:] :",
            Anchor("stats.py", "new", 6, 6, "normalized", True),
            id="other spaces",
        ),
        pytest.param(
            "    6 + for x in xs[1:]:",
            Anchor("stats.py", "new", 6, 6, "normalized", True),
            id="number and mark",
        ),
        pytest.param(
            "+    for x in xs[1:]:",
            Anchor("stats.py", "new", 6, 6, "normalized", True),
            id="diff mark",
        ),
        pytest.param(
            "x in xs[1:]",
            Anchor("stats.py", "new", 6, 6, "normalized", True),
            id="part of the line",
        ),
        pytest.param(
            "value = compute(a, b + 1,)",
            Anchor("stats.py", "new", 24, 27, "normalized", True),
            id="wrapped statement",
        ),
        pytest.param(
            "        a,\n        b + 1,",
            Anchor("stats.py", "new", 25, 26, "exact", True),
            id="two lines",
        ),
        pytest.param(
            "    total += x",
            Anchor("stats.py", "new", 7, 7, "moved", False),
            id="unchanged line of the hunk",
        ),
        pytest.param(
            "    for x in xs:", Anchor("stats.py", "old", 6, 6, "moved", True), id="removed line"
        ),
        pytest.param(
            "def far(a):",
            Anchor("stats.py", "new", 15, 15, "file", False),
            id="elsewhere in the file",
        ),
        pytest.param("    for y in ys[1:]:", None, id="invented"),
        pytest.param(
            "a,",
            Anchor("stats.py", "new", 25, 25, "normalized", True),
            id="short but the whole line",
        ),
        pytest.param("b + 1", None, id="short part"),
        pytest.param("", None, id="empty"),
        pytest.param("   \n ", None, id="blank"),
    ],
)
def test_the_ladder(quote: str, expected: Anchor | None):
    assert place(quote) == expected


def test_another_hunk_of_the_file_is_said_to_be_elsewhere():
    assert place("    for x in xs[1:]:", hunk=1) == Anchor("stats.py", "new", 6, 6, "moved", True)


def test_the_hint_only_breaks_ties():
    head = {"stats.py": b"x = risky()\n" + b"keep\n" * 10 + b"x = risky()\n"}
    base = {"stats.py": b"keep\n" * 10}
    assert [place("x = risky()", hint, base=base, head=head).start for hint in (0, 3, 9, 900)] == [
        1,
        1,
        12,
        12,
    ]
    assert place("    for x in xs[1:]:", 9_999_999).start == 6


def test_other_files_of_the_change_and_no_others():
    base = {"stats.py": OLD, "b.py": b"b = 1\n"}
    head = {"stats.py": NEW, "b.py": b"b = function(2)\n"}
    found = Anchor("b.py", "new", 1, 1, "moved", True)
    for name in ("b.py", "./b.py", "a/b.py"):
        assert place("b = function(2)", name=name, base=base, head=head) == found
    for name in ("c.py", "/etc/passwd", "../b.py", "B.PY"):
        assert place("b = function(2)", name=name, base=base, head=head) is None


def test_crlf_and_control_tokens_are_quoted_as_shown():
    head = {"stats.py": b'ROLE = "<|turn>model"\r\nbell = "\x07..."\r\n'}
    assert place('ROLE = "<¦turn>model"', base={"stats.py": b""}, head=head).location == "exact"
    assert place('bell = "\\u{7}..."', base={"stats.py": b""}, head=head).location == "exact"


def test_redacted_lines_are_found_by_their_mask():
    key = "AKIA" + "Q3EGRIXTTMOWXNPL"
    made = change({"a.py": b""}, {"a.py": f'key = "{key}"\nother = 1\n'.encode()})
    unit = Unit(made.files[0], made.files[0].hunks, 0)
    found = [
        locate(quote, 0, "a.py", unit, Source(made), redact=Masks())
        for quote in ('key = "[REDACTED:aws-access-key]"', "other = 1")
    ]
    assert [anchor and anchor.start for anchor in found] == [1, 2]


def test_a_file_may_be_named_without_its_folders_but_not_with_some_of_them():
    made = change({"pkg/shop/stats.py": OLD}, {"pkg/shop/stats.py": NEW})
    unit = Unit(made.files[0], made.files[0].hunks, 0)
    found = {
        name: locate("    for x in xs[1:]:", 0, name, unit, Source(made), redact=None)
        for name in ("pkg/shop/stats.py", "stats.py", "shop/stats.py", "tats.py", "stats")
    }
    assert [name for name, anchor in found.items() if anchor] == ["pkg/shop/stats.py", "stats.py"]


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("in xs[1:]", 6),  # eight characters that are no space
        ("xs[1:]:", None),  # seven
        ("+ xs[1:]:", None),  # the mark of the diff does not count
        ("(\na,\nb", None),
        ("value = compute(\nnothing like it", 24),
        ("a,\nnothing like it", None),
    ],
)
def test_a_part_of_a_line_needs_eight_characters(quote: str, line: int | None):
    found = place(quote)
    assert (found and found.start) == line


@pytest.mark.parametrize(("lines", "found"), [(6, True), (7, False)])
def test_a_statement_is_found_over_six_lines_at_most(lines: int, found: bool):
    parts = ["value = compute(", *(f"    argument_{n}," for n in range(lines - 2)), ")"]
    head = {"stats.py": "\n".join(["x = 1", *parts, "y = 2", ""]).encode()}
    anchor = place("".join(parts), base={"stats.py": b""}, head=head)
    assert (anchor is not None) == found
    if anchor:
        assert (anchor.start, anchor.end) == (2, 1 + lines)


def test_lines_of_two_hunks_are_no_statement():
    """They stand next to each other in the prompt, not in the file."""
    old = [f"line {number}" for number in range(40)]
    new = list(old)
    new[6], new[20] = "changed 6", "changed 20"
    old[9] = new[9] = "value = compute("
    old[17] = new[17] = "first, second)"
    base, head = ({"stats.py": "\n".join(each).encode()} for each in (old, new))
    made = change(base, head)
    (one, other) = made.files[0].hunks
    assert (one.lines[-1].data, other.lines[0].data) == (b"value = compute(", b"first, second)")
    assert place("value = compute(first, second)", base=base, head=head) is None


@given(st.text(max_size=80))
def test_a_place_is_always_a_line_that_exists(quote: str):
    anchor = place(quote)
    if anchor is not None:
        lines = (NEW if anchor.side == "new" else OLD).count(b"\n")
        assert 1 <= anchor.start <= anchor.end <= lines


@given(st.integers(0, 28), st.sampled_from(["", "  ", "+ ", "12 + "]))
def test_every_changed_line_is_found_by_its_own_quote(index: int, prefix: str):
    lines = NEW.decode().split("\n")
    quote = lines[index] if index < len(lines) else ""
    if len(quote.strip()) >= 8:
        anchor = place(prefix + quote, index + 1)
        assert anchor is not None
        assert lines[anchor.start - 1].strip() == quote.strip()


def test_a_quote_occurs_when_each_of_its_lines_does():
    lines = ["def f(x):", "    if x < 0:", "        raise ValueError(x)", "}"]
    assert occurs("if x < 0:", lines)
    assert occurs("def f(x):\n    raise ValueError(x)", lines)
    assert occurs("13 +     if x < 0:", lines)
    assert occurs("}", lines)
    assert not occurs("def f(x):\n    return x", lines)
    assert not occurs("x):", lines)
    assert not occurs("", lines)
