import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.change import change

from reviewer.analyzers import delta
from reviewer.types import Evidence

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"d d"]), max_size=12)


def file_of(old, new, context=3):
    files = change({"f": old}, {"f": new}, context=context).files
    return files[0] if files else None


@given(LINES, LINES, st.integers(0, 3))
def test_the_map_leads_to_equal_lines_and_covers_the_old_side(before, after, context):
    file = file_of(b"\n".join(before), b"\n".join(after), context)
    if file is None:
        return
    lines = delta.LineMap(file)
    new, old = b"\n".join(after).split(b"\n"), b"\n".join(before).split(b"\n")
    removed = {line.old for hunk in file.hunks for line in hunk.lines if line.kind == "removed"}
    mapped = [lines.old(number) for number in range(1, len(new) + 1) if number not in lines.added]
    for number in range(1, len(new) + 1):
        place = lines.old(number)
        assert (place is None) == (number in lines.added)
        if place is not None and place <= len(old):
            assert old[place - 1] == new[number - 1]
    assert mapped == sorted(set(mapped))
    assert not removed & set(mapped)
    for number, place in enumerate((lines.old(n) for n in range(1, len(new) + 1)), 1):
        if place is not None:
            assert lines.nearest(place) == number


@pytest.mark.parametrize("context", [0, 3])
def test_a_removed_line_is_where_the_added_one_is_that_seems_to_replace_it(context):
    old = b"1\na\nb\nc\n2\n3\nd\ne\n4\n"
    lines = delta.LineMap(file_of(old, b"0\n1\nA\nB\n2\n3\n4\nE\n", context))
    assert [lines.nearest(number) for number in range(1, 10)] == [2, 3, 4, 4, 5, 6, 7, 7, 7]


def test_touches_sees_added_and_removed_lines():
    file = file_of(b"1\n2\n3\n4\n5\n", b"1\n3\n4\nx\n5\n", 0)
    lines = delta.LineMap(file)
    assert [lines.touches(number, number) for number in range(1, 6)] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert lines.touches(1, 2)
    assert not lines.touches(3, 3)


def found(source, rule="R"):
    """One hit for each line that says BAD, with the word after it in the message."""
    return [
        Evidence("t", rule, path, number, number, f"bad {match[1].decode()}")
        for path, data in source.items()
        for number, line in enumerate(data.split(b"\n"), 1)
        for match in re.finditer(rb"BAD (\w+)", line)
    ]


def introduced(base, head, **options):
    subject = change(base, head, **options)
    hits = delta.introduced(subject, found(base), found(head), delta.split(base), delta.split(head))
    return [(hit.path, hit.start) for hit in hits]


def test_a_problem_on_an_added_line_counts():
    assert introduced({"a": b"1\n2\n"}, {"a": b"1\nBAD x\n2\n"}) == [("a", 2)]
    assert introduced({}, {"a": b"BAD x\n"}) == [("a", 1)]


def test_a_problem_that_was_there_does_not_count_wherever_the_line_is_now():
    assert introduced({"a": b"1\nBAD x\n"}, {"a": b"0\n0\n1\nBAD x\n3\n"}) == []
    assert introduced({"a": b"1\n2\n3\nBAD x\n4\n5\n"}, {"a": b"1\n2\nBAD x\n3\n4\n5\n"}) == []
    assert introduced({"a": b"BAD x\n1\n"}, {"a": b"1\n", "b": b"2\n  BAD x\n"}) == []


def test_a_problem_of_a_renamed_file_does_not_count():
    assert introduced({"a": b"BAD x\n1\n"}, {"b": b"BAD x\n2\n"}, renames={"b": "a"}) == []


def test_a_problem_that_was_reformatted_or_renamed_does_not_count():
    assert introduced({"a": b"call(BAD x, 1)\n"}, {"a": b"call(\n    BAD x,\n    1,\n)\n"}) == []
    assert introduced({"a": b"call(BAD x, x)\n"}, {"a": b"call(BAD y, y)\n"}) == []


def test_one_vanished_problem_answers_for_one_new_one():
    assert introduced({"a": b"BAD x\n"}, {"a": b"0 BAD x\n1 BAD x\n"}) == [("a", 2)]
    assert introduced({"a": b"BAD x\n"}, {"a": b"BAD x\nBAD x\n"}) == [("a", 2)]


def test_an_unchanged_line_that_the_change_broke_counts_also_in_an_unchanged_file():
    base, head = {"a": b"1\n2\n", "b": b"BAD x\n"}, {"a": b"1\n", "b": b"BAD x\n"}
    subject = change(base, head)
    hits = delta.introduced(subject, [], found(head), delta.split(base), delta.split(head))
    assert [(hit.path, hit.start) for hit in hits] == [("b", 1)]
    assert introduced(base, head) == []


def test_where_the_old_side_is_unknown_only_added_lines_count():
    base, head = {"a": b"BAD x\n2\n"}, {"a": b"BAD x\n2\nBAD y\n"}
    hits = delta.introduced(
        change(base, head), [], found(head), delta.split(base), delta.split(head), frozenset({"a"})
    )
    assert [(hit.path, hit.start) for hit in hits] == [("a", 3)]


def test_moved_lines_are_recognised_without_their_white_space():
    subject = change({"a": b"  moved(1)\nstays\n"}, {"a": b"stays\n", "b": b"\tmoved( 1 )\nnew\n"})
    removed = delta.removed_content(subject)
    added = [line for file in subject.files for _, line in delta.added_lines(file)]
    assert [(line, delta.is_moved(line, removed)) for line in added] == [
        (b"\tmoved( 1 )", True),
        (b"new", False),
    ]
