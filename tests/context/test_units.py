from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.changes import change_of, hunks_of

from reviewer.context.symbols import outline
from reviewer.context.units import OVERLAP, first_shown, halve, size, split
from reviewer.types import FileDiff, Unit


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def changed(base: bytes, head: bytes) -> FileDiff:
    return change_of({"a.py": base}, {"a.py": head}).files[0]


def marks(file: FileDiff, units: list[Unit]) -> tuple[list, list]:
    """Changed lines of the file, and of the units in order without those that were there before."""
    every = [line for hunk in file.hunks for line in hunk.lines if line.kind != "context"]
    seen = [
        line
        for unit in units
        for hunk in unit.hunks
        for line in hunk.lines
        if line.kind != "context"
    ]
    return every, list(dict.fromkeys(seen))


def assert_counts(units: list[Unit]) -> None:
    for hunk in (hunk for unit in units for hunk in unit.hunks):
        old = [line.old for line in hunk.lines if line.old]
        new = [line.new for line in hunk.lines if line.new]
        assert (hunk.old_count, hunk.new_count) == (len(old), len(new))
        assert not old or (
            hunk.old_start == old[0] and old == list(range(old[0], old[0] + len(old)))
        )
        assert not new or (
            hunk.new_start == new[0] and new == list(range(new[0], new[0] + len(new)))
        )
        assert any(line.kind != "context" for line in hunk.lines)


def spread(number: int) -> tuple[bytes, bytes]:
    lines = [f"line {at}".encode() for at in range(number * 20)]
    head = [line + b" changed" if at % 20 == 10 else line for at, line in enumerate(lines)]
    return b"\n".join(lines) + b"\n", b"\n".join(head) + b"\n"


def test_small_hunks_share_a_unit_in_order():
    file = changed(*spread(6))
    units = split(file, budget=100_000, tokens=tokens, first=7)
    assert units == [Unit(file, file.hunks, 7)]
    one = split(file, budget=110, tokens=tokens, first=7)
    assert [unit.hunks for unit in one] == [(hunk,) for hunk in file.hunks]
    assert [unit.ordinal for unit in one] == [7, 8, 9, 10, 11, 12]
    two = split(file, budget=300, tokens=tokens)
    assert [hunk for unit in two for hunk in unit.hunks] == list(file.hunks)
    assert 1 < len(two) < 6


def test_a_file_without_hunks_has_no_unit():
    file = FileDiff("a", "a", "modified", "100644", "100755", None, None, ())
    assert split(file, budget=100, tokens=tokens) == []
    assert halve(Unit(file, (), 0)) == []


def test_a_large_hunk_is_cut_before_a_line_that_is_indented_little():
    source = "".join(
        f"def f{at}(x):\n    a = x\n    b = x\n    return a + b\n\n\n" for at in range(40)
    ).encode()
    file = change_of({}, {"a.py": source}).files[0]
    units = split(file, budget=300, tokens=tokens)
    assert_counts(units)
    every, seen = marks(file, units)
    assert seen == every
    firsts = [unit.hunks[0].lines[OVERLAP].data for unit in units[1:]]
    assert len(units) > 5
    assert all(line.startswith(b"def ") for line in firsts)
    overlaps = [
        before.hunks[0].lines[-OVERLAP:] == after.hunks[0].lines[:OVERLAP]
        for before, after in pairwise(units)
    ]
    assert all(overlaps)


def test_a_part_repeats_three_lines_of_the_part_before():
    file = changed(b"", b"".join(b"value %d\n" % number for number in range(60)))
    units = split(file, budget=200, tokens=tokens)
    assert len(units) > 2
    shown = [[line.new for line in unit.hunks[0].lines] for unit in units]
    assert [before[-3:] == after[:3] for before, after in pairwise(shown)] == [True] * (
        len(units) - 1
    )
    assert [sorted({*before} & {*after}) for before, after in pairwise(shown)] == [
        before[-3:] for before in shown[:-1]
    ]


def test_what_a_part_repeats_counts_for_its_size():
    file = changed(b"", b"".join(b"value %d\n" % number for number in range(100)))
    units = split(file, budget=400, tokens=len)
    assert len(units) > 3
    assert max(size(unit, len) for unit in units) <= 400


@pytest.mark.parametrize(("lines", "repeated"), [(18, 0), (20, 3)])
def test_halves_repeat_three_lines_unless_they_are_short(lines: int, repeated: int):
    file = changed(b"", b"".join(b"value %d\n" % number for number in range(lines)))
    first, second = (
        [line.new for line in half.hunks[0].lines] for half in halve(Unit(file, file.hunks, 0))
    )
    assert len(first) == lines // 2
    assert second == list(range(len(first) + 1 - repeated, lines + 1))


def test_a_replacement_is_not_torn():
    base = b"".join(b"old %d\n" % at for at in range(100))
    head = b"".join(b"new %d\n" % at for at in range(100))
    file = changed(base, head)
    for unit in split(file, budget=700, tokens=tokens):
        lines = unit.hunks[0].lines
        assert not (lines[-1].kind == "removed" and lines[-1].old == 100)


def test_one_endless_line_is_a_unit_of_its_own():
    file = changed(b"a\n", b"x" * 500_000 + b"\ny\n")
    units = split(file, budget=100, tokens=tokens)
    assert_counts(units)
    every, seen = marks(file, units)
    assert seen == every


def test_deleted_and_added_files_keep_gits_empty_sides():
    for base, head in (({"a": b"1\n2\n" * 50}, {}), ({}, {"a": b"1\n2\n" * 50})):
        file = change_of(base, head).files[0]
        units = split(file, budget=150, tokens=tokens)
        assert len(units) > 2
        assert_counts(units)
        sides = {
            (hunk.old_start, hunk.old_count) if head else (hunk.new_start, hunk.new_count)
            for unit in units
            for hunk in unit.hunks
        }
        assert sides == {(0, 0)}


_TEXT = st.lists(st.sampled_from([b"", b"a", b"  b", b"    c()", b"}", b"x" * 90]), max_size=60)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(_TEXT, _TEXT, st.integers(30, 400))
def test_every_changed_line_is_in_a_unit(old, new, budget):
    base, head = b"".join(line + b"\n" for line in old), b"".join(line + b"\n" for line in new)
    file = FileDiff("a", "a", "modified", "100644", "100644", None, None, hunks_of(base, head))
    units = split(file, budget=budget, tokens=tokens)
    assert_counts(units)
    every, seen = marks(file, units)
    assert seen == every
    for unit in units:
        halves = halve(unit)
        assert_counts(halves)
        if halves:
            before, after = marks(
                FileDiff("a", "a", "modified", None, None, None, None, unit.hunks), halves
            )
            assert sorted(map(str, after)) == sorted(set(map(str, before)))
            total = sum(len(hunk.lines) for hunk in unit.hunks)
            assert all(sum(len(hunk.lines) for hunk in half.hunks) < total for half in halves)


def test_halving_ends():
    file = changed(*spread(5))
    todo, calls, smallest = split(file, budget=100_000, tokens=tokens), 0, []
    while todo:
        unit = todo.pop()
        calls += 1
        parts = halve(unit)
        todo += parts
        if not parts:
            smallest.append(unit)
    assert calls < 100
    assert all(
        sum(line.kind != "context" for line in unit.hunks[0].lines) == 1 for unit in smallest
    )


def test_halves_keep_the_ordinal_and_split_between_hunks_first():
    file = changed(*spread(4))
    unit = Unit(file, file.hunks, 3)
    assert halve(unit) == [Unit(file, file.hunks[:2], 3), Unit(file, file.hunks[2:], 3)]


def test_lines_that_two_units_show_belong_to_the_first():
    new = b"".join(b"value %d\n" % number for number in range(60))
    file = changed(b"old 1\n", new)
    first, second, *rest = split(file, budget=200, tokens=tokens, first=3)
    shown = [
        {line.new for hunk in unit.hunks for line in hunk.lines if line.new}
        for unit in (first, second)
    ]
    both = first_shown([second, *rest, first])
    assert {number for number in shown[0] if both[file.path, "new", number] == 3} == shown[0]
    assert {number for number in shown[1] if both[file.path, "new", number] == 3} == shown[
        0
    ] & shown[1]
    assert len(shown[0] & shown[1]) == OVERLAP
    assert both[file.path, "old", 1] == 3


def function(name: str, lines: int) -> str:
    body = "".join(f"    value = step_{at}(value)\n" for at in range(lines))
    return f"# {name}\ndef {name}(value):\n{body}    return value\n\n\n"


def whole(source: str, budget: int) -> list[list[str]]:
    """For each unit of a new file, the functions whose first line it shows as new."""
    file = change_of({}, {"a.py": source.encode()}).files[0]
    units = split(
        file, budget=budget, tokens=tokens, outline=lambda: outline("a.py", source.encode())
    )
    assert_counts(units)
    every, seen = marks(file, units)
    assert seen == every
    assert max(size(unit, tokens) for unit in units) <= budget
    firsts = []
    for at, unit in enumerate(units):
        lines = [line.data.decode() for line in unit.hunks[0].lines[OVERLAP if at else 0 :]]
        firsts.append([line[4:-8] for line in lines if line.startswith("def ")])
        assert [line[2:] for line in lines if line.startswith("# ")] == firsts[-1]
    return firsts


@pytest.mark.fault(
    "scale", "a function at the end of a unit", "it moves to the next one as a whole"
)
def test_a_function_is_not_torn_while_it_fits():
    source = function("one", 8) + function("two", 8) + function("three", 44) + function("four", 12)
    assert whole(source, 700) == [["one", "two"], ["three"], ["four"]]


def test_a_function_that_never_fits_is_cut_at_its_statements():
    source = function("one", 8) + function("two", 200)
    parts = whole(source, 700)
    assert parts[0] == ["one", "two"]
    assert all(part == [] for part in parts[1:])


def test_functions_inside_a_function_are_seams_too():
    inner = "".join(
        f"  {line}\n" for line in (function("in_1", 30) + function("in_2", 20)).split("\n")
    )
    source = f"def outer(value):\n{inner}"
    file = change_of({}, {"a.py": source.encode()}).files[0]
    made = split(file, budget=600, tokens=tokens, outline=lambda: outline("a.py", source.encode()))
    assert [unit.hunks[0].lines[OVERLAP].data for unit in made[1:]] == [b"  # in_2"]


def test_hunks_of_one_function_stay_together():
    source = function("one", 90) + function("two", 90)
    head = source.replace("step_5(", "other_5(").replace("step_60(", "other_60(")
    file = changed(source.encode(), head.encode())
    assert len(file.hunks) == 4
    alone = split(file, budget=350, tokens=tokens)
    made = split(file, budget=350, tokens=tokens, outline=lambda: outline("a.py", head.encode()))
    assert [len(unit.hunks) for unit in alone] == [3, 1]
    assert [len(unit.hunks) for unit in made] == [2, 2]
