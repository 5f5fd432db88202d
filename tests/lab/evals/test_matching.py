"""Findings and known defects by place."""

from __future__ import annotations

import subprocess
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.eval_results import defect, finding, result

from reviewer.diff import parse
from reviewer.lab.evals.cases import Defect
from reviewer.lab.evals.matching import chance, distance, matched, spans
from reviewer.lab.evals.results import Reported, Span, Spot

PATCH = b"""diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,6 +1,7 @@
 1
+new 2
+new 3
 2
-old 3
-old 4
+new 5
 5
 6
@@ -20,4 +21,2 @@ def f():
 20
-old 21
-old 22
 23
diff --git a/b.py b/b.py
new file mode 100644
--- /dev/null
+++ b/b.py
@@ -0,0 +1,2 @@
+1
+2
diff --git a/c.py b/c.py
deleted file mode 100644
--- a/c.py
+++ /dev/null
@@ -1,2 +0,0 @@
-1
-2
"""
HUNKS: dict[str, tuple[Span, ...]] = {
    "a.py": ((1, 0, 2, 2), (3, 2, 5, 1), (21, 2, 21, 0)),
    "b.py": ((0, 0, 1, 2),),
    "c.py": ((1, 2, 0, 0),),
}


def test_spans_are_what_git_counts_without_context() -> None:
    assert spans(parse(PATCH)) == HUNKS


def spot(line: int, **fields: object) -> Spot:
    values = {"file": "a.py", "start_line": line, "end_line": line, "side": "new", **fields}
    return Spot.model_validate(values)


@pytest.mark.parametrize(
    ("place", "known", "apart"),
    [
        (finding(10), defect(10), 0),
        (finding(9), defect(10, 12), 1),
        (finding(15), defect(10, 12), 3),
        (finding(1, end_line=40), defect(10), 0),
        (finding(4, end_line=None), defect(10), 6),
        (finding(10, file="b.py"), defect(10), None),
        (finding(None), defect(10), None),
        (finding(1, places=[spot(9), spot(30)]), defect(10), 1),
        (finding(11, places=[spot(30)]), defect(10), 1),
        (finding(10, file="b.py", places=[spot(10)]), defect(10), 0),
        (finding(10, file="b.py", places=[spot(10, file="c.py")]), defect(10), None),
        (finding(1, places=[spot(10, side="old")]), defect(10), 9),
        (finding(10, side="old"), defect(10), None),  # an old line is no line of the head side
        (
            finding(21, side="old"),
            defect(21, 22, deletion=True),
            0,
        ),  # the lines that were removed stood between these
        (finding(22, side="old"), defect(21, 22, deletion=True), 0),
        (finding(20, side="old"), defect(21, 22, deletion=True), 0),  # 20 is 21 now
        (finding(19, side="old"), defect(21, 22, deletion=True), 1),
        (finding(23, side="old"), defect(21, 22, deletion=True), 0),  # 23 is 22 now
        (finding(1, side="old"), defect(21, 22, deletion=True), 20),
        (finding(4, side="old"), defect(21, 22, deletion=True), 16),  # 4 became 5
        (finding(21, end_line=22, side="old"), defect(21, 22, deletion=True), 0),
        (finding(2, side="old", file="c.py"), defect(1, deletion=True, file="c.py"), 0),
    ],
)
def test_distance(place: Reported, known: Defect, apart: int | None) -> None:
    assert distance(place, known, HUNKS) == apart


def test_old_lines_are_taken_as_they_stand_where_no_hunks_were_recorded() -> None:
    assert distance(finding(23, side="old"), defect(21, 22, deletion=True), {}) == 1


def test_as_many_pairs_as_there_can_be() -> None:
    """The first defect could take either finding, the second only the first one: both are hit."""
    defects, findings = [defect(11), defect(8)], [finding(10), finding(13)]
    assert matched(findings, defects, {}, 2) == {0: 1, 1: 0}


def test_a_long_chain_of_exchanges() -> None:
    """Every finding but the last lies on a defect; one more defect in front moves all of them up by
    one."""
    defects = [*(defect(2 * number) for number in range(1, 1101)), defect(1)]
    findings = [finding(2 * number + 1) for number in range(1101)]
    pairs = matched(findings, defects, {}, 1)
    assert sorted(pairs) == list(range(1101))
    assert len(set(pairs.values())) == 1101


def test_one_finding_hits_one_defect_and_the_first_is_never_given_up() -> None:
    assert matched([finding(10)], [defect(9), defect(10)], {}, 3) == {0: 0}
    assert matched([finding(10)], [defect(10), defect(9)], {}, 3) == {0: 0}


def test_the_defects_found_do_not_depend_on_the_order_of_the_findings() -> None:
    findings = [finding(10), finding(14), finding(14, category="security"), finding(30)]
    defects = [defect(12), defect(16), defect(8), defect(18), defect(11)]
    found = {tuple(sorted(matched(order, defects, {}, 2))) for order in permutations(findings)}
    assert found == {(0, 1, 2)}


def test_the_finding_of_the_same_category_and_then_the_nearest_is_taken() -> None:
    findings = [finding(10, category="security"), finding(12), finding(11)]
    assert matched(findings, [defect(10)], {}, 3) == {0: 2}


def test_with_categories_only_what_agrees_is_a_pair() -> None:
    defects = [defect(10), defect(20, category="security"), defect(30, category=None)]
    findings = [finding(10), finding(20), finding(30)]
    assert matched(findings, defects, {}, 0) == {0: 0, 1: 1, 2: 2}
    assert matched(findings, defects, {}, 0, categories=True) == {0: 0}


@pytest.mark.parametrize(
    ("known", "tolerance", "hits"),
    [
        (
            [defect(2)],
            0,
            1,
        ),  # of the lines 2, 3 and 5 of the head side, 3, 4, 21 and 22 of the base, and those of b and c  # noqa: E501
        ([defect(2)], 1, 2),
        ([defect(2)], 3, 3),
        ([defect(21, 22, deletion=True)], 0, 2),  # both removed lines
        ([defect(21, 22, deletion=True), defect(2)], 0, 3),
        ([defect(1, file="b.py")], 0, 1),
        ([defect(1, file="d.py")], 10, 0),
    ],
)
def test_chance_counts_every_changed_line(known: list[Defect], tolerance: int, hits: int) -> None:
    assert chance(result("c", known, hunks=HUNKS), tolerance) == hits / 11


def test_chance_is_not_known_without_lines_or_defects() -> None:
    assert chance(result("c", [defect(2)]), 3) is None
    assert chance(result("c", hunks=HUNKS), 3) is None


places = st.builds(
    lambda start, length, category: (start, start + length, category),
    st.integers(1, 12),
    st.integers(0, 3),
    st.sampled_from(["security", "stability"]),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(places, max_size=4), st.lists(places, max_size=4), st.integers(0, 2), st.booleans())
def test_no_other_choice_has_more_pairs(
    known: list[tuple[int, int, str]],
    said: list[tuple[int, int, str]],
    tolerance: int,
    categories: bool,
) -> None:
    defects = [defect(start, end, category=category) for start, end, category in known]
    findings = [finding(start, end_line=end, category=category) for start, end, category in said]

    def fits(one: Defect, other: Reported) -> bool:
        apart = distance(other, one, {})
        return (
            apart is not None
            and apart <= tolerance
            and (not categories or one.category == other.category)
        )

    slots: list[Reported | None] = [*findings, *[None] * len(defects)]
    best = (
        max(
            sum(
                other is not None and fits(one, other)
                for one, other in zip(defects, order, strict=False)
            )
            for order in permutations(slots, len(defects))
        )
        if defects and findings
        else 0
    )
    pairs = matched(findings, defects, {}, tolerance, categories=categories)
    assert len(pairs) == best
    assert len(set(pairs.values())) == len(pairs)
    assert all(fits(defects[one], findings[other]) for one, other in pairs.items())


def test_spans_are_those_of_git(tmp_path: Path) -> None:
    """The same change, shown by git with context and without."""
    old = [f"line {number}" for number in range(60)]
    new = [
        *old[:4],
        "more",
        *old[4:20],
        *old[23:30],
        "other",
        *old[31:33],
        "x",
        "y",
        *old[34:],
        "end",
    ]
    for name, lines in (("old", old), ("new", new)):
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))

    def patch(context: int) -> bytes:
        command = ["git", "diff", "--no-index", f"-U{context}", "old", "new"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True).stdout

    bare = [
        (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count)
        for file in parse(patch(0))
        for hunk in file.hunks
    ]
    assert len(bare) == 5
    assert [list(made) for made in spans(parse(patch(3))).values()] == [bare]
    assert spans(parse(patch(0))) == spans(parse(patch(100)))


def test_chance_takes_no_time_for_large_changes() -> None:
    huge = {"a.py": ((1, 10**12, 1, 10**12),)}
    assert chance(
        result("c", [defect(1, 10), defect(8, 20), defect(1, 2, deletion=True)], hunks=huge), 0
    ) == (20 + 10**12) / (2 * 10**12)
