from __future__ import annotations

import pytest
from support.change import change

from reviewer.findings import Source, from_evidence, inline_ignores
from reviewer.findings.identity import fingerprint, id_under, identity, path_of
from reviewer.findings.ignores import without
from reviewer.types import Evidence

A, B = "0123456789ab", "ffffffffffff"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"x = 1  # reviewer: ignore[{A}] checked in parse()", {A: "checked in parse()"}),
        (f"//reviewer:ignore[{A}]: no input comes here", {A: "no input comes here"}),
        (f"-- reviewer: ignore[{A}]", {A: "no reason given"}),
        (f"/* reviewer: ignore[{A}] constant */", {A: "constant"}),
        (f"<!-- reviewer: ignore[{A}] static page -->", {A: "static page"}),
        (f"; reviewer: ignore[{A}, {B}] both fine\r", {A: "both fine", B: "both fine"}),
        (f"# reviewer: ignore[{A}] one\n# reviewer: ignore[{A}] two\n", {A: "one"}),
        (f"# reviewer: ignore[{A}] gr\u00fcn", {A: "grün"}),
        (f"reviewer: ignore[{A}] not in a comment", {}),
        (f"# reviewer: ignore[{A[:11]}] too short", {}),
        (f"# reviewer: ignore[{A}0] too long", {}),
        (f"# reviewer: ignore[{A.upper()}] no id", {}),
        ("# reviewer: ignore[*] everything", {}),
        ("# reviewer: ignore[] nothing", {}),
        (f"# reviewer: ignore\n[{A}]", {}),
        ("", {}),
    ],
)
def test_inline_ignores(line, expected):
    assert inline_ignores(line.encode()) == expected


def test_bytes_that_are_no_text():
    assert inline_ignores(b"\xff\xfe\n# reviewer: ignore[%s] caf\xe9\n" % A.encode()) == {A: "café"}


@pytest.mark.fault(
    "scale",
    "half a million spaces inside an ignore comment, or before a comment of a settings file",
    "they are read in one pass",
)
def test_a_long_line_takes_no_time():
    assert inline_ignores(b"# reviewer: ignore[" * 50_000) == {}
    assert inline_ignores(b"#" * 500_000 + b"ignore[") == {}
    said = b"# reviewer: ignore[%s] one%stwo" % (A.encode(), b" " * 500_000)
    assert inline_ignores(said)[A].startswith("one")


def test_the_comment_does_not_make_it_another_finding():
    """Neither on the line itself nor on an equal one before it."""
    code = b"def f():\n    g()\n    h()\n    g()\n"
    plain = Source(change({}, {"a.py": code}))
    said = Source(
        change({}, {"a.py": code.replace(b"g()", b"g()  # reviewer: ignore[%s] fine" % A.encode())})
    )
    assert without(b"g()  # reviewer: ignore[%s] fine" % A.encode()) == b"g()  "
    assert [identity("a.py", "model", "new", line, plain, "f") for line in (2, 4)] == [
        identity("a.py", "model", "new", line, said, "f") for line in (2, 4)
    ]


def test_a_fingerprint_is_an_id_without_the_path():
    code = b"import os\n\n\ndef f():\n    return nane\n\n\ndef g():\n    return nane\n"
    hit = Evidence("ruff", "F821", "a.py", 5, 5, "Undefined name")
    one = Source(change({}, {"a.py": code, "sub/b\udcff.py": b"# moved\n" + code}))
    first = from_evidence(hit, "major", "functional_correctness", one)
    moved = from_evidence(
        Evidence("ruff", "F821", "sub/b\udcff.py", 6, 6, "Undefined name"), "major", "security", one
    )
    other = from_evidence(
        Evidence("ruff", "F821", "a.py", 9, 9, "Undefined name"), "major", "security", one
    )
    rule = from_evidence(
        Evidence("ruff", "F822", "a.py", 5, 5, "Undefined name"), "major", "security", one
    )
    whole = from_evidence(
        Evidence("ruff", "F821", "a.py", None, None, "All of it"), "major", "security", one
    )
    marks = [fingerprint(each, one) for each in (first, moved, other, rule, whole)]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 4
    assert (path_of(moved), moved.file_name) == ("sub/b\udcff.py", "sub/b\ufffd.py")
    assert id_under("a.py", first, one) == first.id == id_under("a.py", moved, one)
    assert id_under("sub/b\udcff.py", first, one) == moved.id
