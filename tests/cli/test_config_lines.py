"""The line of each key of a TOML file, also where strings and brackets look like keys."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from reviewer.cli.config_lines import line_of, lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("a = 1\n\n# b = 2\n  c = 3 # d = 4", {("a",): 1, ("c",): 4}),
        ('a = """\nb = 1\n[c]\n"""\nd = 1', {("a",): 1, ("d",): 5}),
        ("a = '''\nb = 1\\'''\nd = 1", {("a",): 1, ("d",): 3}),
        ('a = """x\\"""\nb = 1\n""""\nc = 1', {("a",): 1, ("c",): 4}),
        (
            'a = ["[", \'{\', # ]\n"b = 1",\n[1]]\nd = {e = 1, f = "}"}\ng = 1',
            {("a",): 1, ("d",): 4, ("g",): 5},
        ),
        (
            '"a b" = 1\n\'c.d\' = 2\n"\\u0065" = 3\n"" = 4',
            {("a b",): 1, ("c.d",): 2, ("e",): 3, ("",): 4},
        ),
        (
            "a . b.c = 1\n[d.e]\nf = 1",
            {
                ("a",): 1,
                ("a", "b"): 1,
                ("a", "b", "c"): 1,
                ("d",): 2,
                ("d", "e"): 2,
                ("d", "e", "f"): 3,
            },
        ),
        (
            "[[p]]\ng = 1\n[[ p ]] # x\ng = 2\n[p.q]\nr = 1\n[s]",
            {
                ("p",): 1,
                ("p", 0): 1,
                ("p", 0, "g"): 2,
                ("p", 1): 3,
                ("p", 1, "g"): 4,
                ("p", 1, "q"): 5,
                ("p", 1, "q", "r"): 6,
                ("s",): 7,
            },
        ),
    ],
)
def test_lines(text: str, expected: dict[Any, int]) -> None:
    tomllib.loads(text)
    assert lines(text) == expected


def test_line_of_what_is_inside_of_a_value() -> None:
    known = lines('x = 1\ninclude = [\n  "a",\n]\n[[path]]\nglob = "a"')
    places = [("include", 1), ("path", 0, "glob"), ("path", 0, "more"), ("path", 3), ("absent",)]
    assert [line_of(place, known) for place in places] == [2, 6, 5, 5, 1]


def test_hostile_keys_take_no_time() -> None:
    text = ".".join(["a"] * 1000) + " = 1\n" + "\n".join(f"[[{'b.' * 20}c]]" for _ in range(300))
    tomllib.loads(text)
    assert lines(text)[("a", "a", "a", "a")] == 1
    assert lines("\t" * 500_000 + "# nothing\na = 1\n") == {("a",): 2}
