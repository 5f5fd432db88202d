from __future__ import annotations

from dataclasses import replace

import pytest
from support.change import change
from support.questions import asked, units

from reviewer.context.units import halve
from reviewer.questions import Asked, ask, within
from reviewer.questions.choose import MOST
from reviewer.types import Unit


def of(old, new, path="a.py"):
    base = {path: old.encode()} if old else {}
    return change(base, {path: new.encode()})


def test_a_question_has_an_id_a_place_and_what_it_needs():
    made = of("def a(x):\n    b(x, y=1)\n", "def a(x):\n    b(x)\n")
    (question,) = asked(made)
    assert (question.path, question.side, question.line) == ("a.py", "new", 2)
    assert (question.family, question.needs) == ("arguments", ("b",))
    assert question.id == asked(made)[0].id
    assert len(question.id) == 7


def test_the_id_follows_the_sentence_not_the_line():
    old, new = "def a(x):\n    b(x, y=1)\n", "def a(x):\n    b(x)\n"
    lower = of(f"import z\n\n\n{old}", f"import z\n\n\n{new}")
    assert [q.id for q in asked(lower)] == [q.id for q in asked(of(old, new))]


@pytest.mark.fault(
    "scale", "forty changed conditions in one unit", "twelve questions, and how many were cut"
)
def test_a_unit_has_at_most_twelve_and_says_what_was_cut():
    old = "".join(
        f"def f{n}(a, b):\n    if a < {n}:\n        g{n}(a, k={n})\n    return b{n} / a\n\n"
        for n in range(40)
    )
    made = of(old, old.replace("<", "<=").replace("/ a", "* a").replace(", k=", ") or ("))
    (found,) = ask(made, units(made)).values()
    assert len(found.questions) == MOST
    assert found.cut > 20


def test_lost_guards_come_before_what_is_merely_new():
    body = "".join(f"    v{n} = rows[{n} + k]\n" for n in range(30))
    old = "def f(rows, k):\n    if k < 0:\n        raise ValueError(k)\n    return rows\n"
    made = of(old, f"def f(rows, k):\n{body}    return rows\n")
    (found,) = ask(made, units(made)).values()
    assert "removed" in {q.family for q in found.questions}


def test_equal_edits_are_one_question():
    old = "".join(f"def f{n}(a):\n    return load(a, {n}, True)\n\n\n" for n in range(6))
    made = of(old, old.replace("True", "False"))
    assert len(asked(made)) == 1


def test_equal_questions_in_two_files_are_one():
    old, new = b"def a(x):\n    b(x, y=1)\n", b"def a(x):\n    b(x)\n"
    made = change({"a.py": old, "b.py": old}, {"a.py": new, "b.py": new})
    assert [q.path for q in asked(made)] == ["a.py"]


def test_a_part_of_a_unit_has_the_questions_about_its_lines():
    old = "".join(f"def f{n}(a, b):\n    return g{n}(a, b)\n\n\n" for n in range(4))
    made = of(old, old.replace("(a, b)\n\n", "(b, a)\n\n"))
    (whole,) = units(made)
    found = ask(made, [whole])[0]
    parts = [within(found, part) for part in halve(whole)]
    assert all(part.questions for part in parts)
    assert {q.id for part in parts for q in part.questions} == {q.id for q in found.questions}


def test_a_deleted_file_and_one_that_cannot_be_read_have_none():
    made = change({"a.py": b"def a():\n    return 1\n"}, {})
    assert ask(made, units(made)) == {0: Asked()}
    unread = replace(of("", "def a(b):\n    return 1 / b\n"), read=lambda path, side: None)
    assert ask(unread, units(unread)) == {0: Asked()}


def test_lines_that_a_unit_does_not_show_are_not_asked_about():
    made = of("", "def a(b):\n    return 1 / b\n")
    file = made.files[0]
    first = replace(file.hunks[0], lines=file.hunks[0].lines[:1], new_count=1)
    assert ask(made, [Unit(file, (first,), 0)]) == {0: Asked()}


@pytest.mark.fault(
    "scale",
    "a generated file of 20,000 changed lines",
    "its questions take no longer than its lines",
)
def test_time_grows_with_the_lines_alone():
    """Counts the work, not the clock: a file twice as long has twice the facts, up to the limit."""
    from reviewer.questions.choose import view_of

    def facts(number):
        text = "".join(f"def f{n}(a, b):\n    return a[{n}] / b\n" for n in range(number))
        made = of("", text)
        return len(view_of(made, made.files[0]).new.facts)

    assert facts(200) == 2 * facts(100)
    assert facts(4000) == facts(8000)
