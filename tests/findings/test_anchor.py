from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.change import change

from reviewer.findings.anchor import Anchor, find_evidence, locate, occurs
from reviewer.findings.source import Source
from reviewer.secrets import Masks
from reviewer.types import Context, Piece, Unit

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


TWICE = b"""\
def load(path):
    data = read(path)
    return parse(data)


def load_all(paths):
    return [load(path) for path in paths]


def save(path, data):
    check(data)
    write(path, data)


def copy(path, other):
    data = read(path)
    check(data)
    save(other, data)
"""


def near(new: bytes, quote: str, hint: int) -> tuple[str, int]:
    anchor = place(quote, hint, base={"stats.py": TWICE}, head={"stats.py": new})
    return anchor.side, anchor.start


@pytest.mark.fault(
    "reply",
    "the quoted line stands at several places",
    "the finding is at the one that the model names, or near it: a line of code, not a comment",
)
def test_the_place_that_the_model_names_comes_before_equal_ones():
    comment = TWICE.replace(
        b"    return parse", b"    # then check(data) is called\n    return parse"
    )
    assert near(comment, "check(data)", 0) == ("new", 12)
    assert near(comment, "check(data)", 18) == ("new", 18)
    assert near(comment, "# then check(data) is called", 19) == ("new", 3)
    changed = TWICE.replace(b"return parse(data)", b"return parse(check(data))")
    changed = changed.replace(b"save(other, data)", b"save(other, data, 1)")
    assert near(changed, "check(data)", 17) == ("new", 17)
    assert near(changed, "check(data)", 15) == ("new", 17)  # miscounted
    assert near(changed, "check(data)", 3) == ("new", 3)
    moved = TWICE.replace(b"    check(data)\n    write", b"    write")
    moved = moved.replace(b"save(other, data)", b"save(other, data, 1)")
    assert near(moved, "    check(data)", 11) == ("old", 11)
    assert near(moved, "    check(data)", 16) == ("new", 16)


def test_a_line_that_was_only_indented_is_the_new_one():
    indented = TWICE.replace(
        b"    check(data)\n    write", b"    if data:\n        check(data)\n    write"
    )
    for hint in (0, 12, 13):
        assert near(indented, "    check(data)", hint) == ("new", 12), hint


def test_code_elsewhere_comes_before_a_comment_of_the_unit():
    base = b"".join(b"line %d\n" % number for number in range(30)) + b"check(data, 1)\n"
    head = base.replace(b"line 3\n", b"line 3  # like check(data, 1)\n")
    made = place("check(data, 1)", 4, base={"stats.py": base}, head={"stats.py": head})
    assert made == Anchor("stats.py", "new", 31, 31, "file", False)


def evidence(quote: str, start: int, *, name: str = "stats.py", pieces=(), base=TWICE, head=None):
    made = change({"stats.py": base}, {"stats.py": head or TWICE, "b.py": TWICE})
    file = next(file for file in made.files if file.path == "stats.py")
    anchor = Anchor("stats.py", "new", start, start, "exact", True)
    found = find_evidence(
        quote,
        name,
        anchor,
        Unit(file, file.hunks, 0),
        Context(tuple(Piece(*each, "", "") for each in pieces)),
        Source(made),
        redact=None,
    )
    return found and (found.path, found.side, found.start)


@pytest.mark.fault(
    "reply",
    "evidence quotes a line that stands at several places, or one that the change removes",
    "it is shown at the place nearest to the finding, of those that the model saw; a removed line "
    "is marked as one",
)
def test_evidence_is_the_nearest_line_that_was_shown():
    removed = TWICE.replace(b"    write(path", b"    lock(path)\n    write(path")
    assert evidence("    data = read(path)", 4, base=removed) == ("stats.py", "new", 2)
    assert evidence("    data = read(path)", 12, base=removed) == ("stats.py", "new", 16)
    assert evidence("    lock(path)", 12, base=removed) == ("stats.py", "old", 12)
    assert evidence("    check(data)", 12, base=removed) == ("stats.py", "new", 11)
    moved = TWICE.replace(b"    check(data)\n    write", b"    write")
    moved = moved.replace(b"save(other, data)", b"save(other, data, 1)")
    assert evidence("    check(data)", 11, head=moved) == ("stats.py", "new", 16)
    # the unit shows lines 9 to 14 only, then what came along as context
    assert evidence("data = read(path)", 9, base=removed, pieces=[("stats.py", 15, 18)]) == (
        "stats.py",
        "new",
        16,
    )
    assert evidence("check(data)", 1, name="b.py", base=removed, pieces=[("b.py", 15, 18)]) == (
        "b.py",
        "new",
        17,
    )
    assert (
        evidence("check(data)", 1, name="b.py", base=removed) is None
    )  # a file that was not shown
    assert evidence("    nothing(path)", 1, base=removed) is None


def test_evidence_may_name_its_file_without_folders():
    pieces = [("lib/x/b.py", 1, 2)]
    made = change({"stats.py": OLD, "lib/x/b.py": TWICE}, {"stats.py": NEW, "lib/x/b.py": TWICE})
    unit = Unit(made.files[0], made.files[0].hunks, 0)
    context = Context(tuple(Piece(*each, "", "") for each in pieces))
    anchor = Anchor("stats.py", "new", 6, 6, "exact", True)
    source = Source(made)
    found = {
        name: find_evidence("    check(data)", name, anchor, unit, context, source, redact=None)
        for name in ("b.py", "./lib/x/b.py", "", "c.py", "/b.py")
    }
    assert [name for name, each in found.items() if each] == ["b.py", "./lib/x/b.py"]


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
