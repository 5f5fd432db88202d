from __future__ import annotations

from dataclasses import replace

import pytest
from support.change import change
from support.event_cases import finding

from reviewer.events import Quote
from reviewer.findings import grouped, is_older
from reviewer.types import Skipped, Unreviewed

BASE = b"".join(b"line %d\n" % number for number in range(1, 31))
SINCE = change(
    {"a.py": BASE, "gone.py": b"x\n"},
    {"a.py": BASE.replace(b"line 15\n", b"other\n"), "gone.py": b"y\n"},
)


def test_all_places_have_to_be_older():
    old, new, removed = at(1), at(15), at(2, number=2, file_name="gone.py", side="old")
    there = at(3, number=3, file_name="elsewhere.py")
    assert is_older(grouped(old, [at(2, number=2), there]), SINCE)
    assert not is_older(grouped(old, [at(15, number=2)]), SINCE)
    assert not is_older(grouped(old, [removed]), SINCE)
    assert not is_older(grouped(new, [at(1, number=2)]), SINCE)


def at(start, end=None, **more):
    fields = {
        "file_name": "a.py",
        "start_line": start,
        "end_line": end or start,
        "in_diff": True,
        "side": "new",
        **more,
    }
    return finding(**fields)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (at(1), True),
        (at(11), True),
        (at(12), False),  # within the hunk: what is new stands three lines away
        (at(15), False),
        (at(18), False),
        (at(19), True),
        (at(1, 30), False),
        (at(1, in_diff=False), False),  # broken by the change, on a line that it does not touch
        (at(None), False),
        (at(1, side="old"), False),
        (at(5, file_name="never_changed.py"), True),
    ],
)
def test_older(found, expected):
    assert is_older(found, SINCE) is expected


def test_what_cannot_be_compared_is_not_older():
    assert not is_older(
        at(1, file_name="b.bin"), replace(SINCE, skipped=(Skipped("b.bin", "binary"),))
    )
    assert not is_older(
        at(1, file_name="big.py"), replace(SINCE, unreviewed=(Unreviewed("big.py", "too_large"),))
    )


@pytest.mark.parametrize(("path", "expected"), [("a.py", False), ("never_changed.py", True)])
def test_a_removed_line_proves_nothing_of_a_file_that_has_changed_since(path, expected):
    """Its number is that of the base of the change under review, which may be a third state."""
    quote = Quote(file_name=path, start_line=1, end_line=1, quote="x", why="", side="old")
    assert is_older(at(1, evidence=[quote]), SINCE) is expected


@pytest.mark.parametrize(
    ("line", "path", "expected"), [(1, "a.py", True), (15, "a.py", False), (1, "gone.py", False)]
)
def test_what_is_shown_as_evidence_must_be_old_as_well(line, path, expected):
    """Old code that something else has broken since."""
    quote = Quote(file_name=path, start_line=line, end_line=line, quote="x", why="renames it")
    assert is_older(at(5, file_name="never_changed.py", evidence=[quote]), SINCE) is expected
