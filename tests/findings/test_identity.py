"""Ids never change: they name findings in baselines, in comments and in the memory of users."""

from __future__ import annotations

import pytest
from support.change import change

from reviewer.findings import Source, fingerprint, from_evidence
from reviewer.types import Evidence

SOURCE = b"""\
class A:
    def f(self):
        foo(bar)
        foo( bar)

        foo(bar)  # reviewer: ignore[0123456789ab] fine
    def g(self):
        foo(bar)
foo(bar)
foo(bar)
"""


def ids(path, *lines, side="new"):
    source = Source(change({path: SOURCE.replace(b"self", b"this")}, {path: SOURCE}))
    found = [
        from_evidence(
            Evidence("ruff", "F821", path, line, line, "m", side=side),
            "major",
            "functional_correctness",
            source,
        )
        for line in lines
    ]
    return [each.id for each in found], [fingerprint(each, source) for each in found]


@pytest.mark.fault(
    "verdict",
    "findings on equal lines of one function",
    "each has its own id, the same in every release",
)
def test_ids_are_what_they_always_were():
    assert ids("a.py", 3, 4, 6, 8, 9, 10) == (
        [
            "27436afe3a33",
            "47b48e6a2cfe",
            "22ffb8fcb2c3",
            "8e6e90709a73",
            "a7dd6a9f87ec",
            "9be8463f13d3",
        ],
        [
            "0a85ae9646dc",
            "50ce1dd7d237",
            "af11228e6c7c",
            "cee513485576",
            "5e2034a11b56",
            "1c7bd5875eb4",
        ],
    )


def test_ids_without_a_parser_on_the_old_side_and_beyond_the_file():
    assert ids("a.txt", 3, 10)[0] == ["80dafbb6184c", "ec1514831a75"]
    assert ids("a.py", 2, 3, side="old")[0] == ["bc1d7fa4b9b0", "463e086af782"]
    assert ids("a.py", 5, 99, None)[0] == ["c6f55abdc986", "3eb0ea6f2b58", "3eb0ea6f2b58"]
