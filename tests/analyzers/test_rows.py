"""Line numbers are git's: a line ends at "\n" and nowhere else."""

import pytest
from support.analyzed import analyzed, hits

from reviewer.analyzers import rows

# What some program takes for a line end: lone carriage returns, form feeds, NEL, U+2028 and more.
ODD = "A = 1\rB = 2\r\rC = '''\x0b\x0c\x1c\x85\u2028'''\n\x0c\nD = 4\r\nE = 5\r"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", [1]),
        (b"a\nb\r\nc\n", [1, 2, 3, 4]),
        (b"a\rb\nc", [1, 1, 2]),
        (b"a\r\r\nb\n\rc", [1, 1, 2, 3, 3]),
        (b"\r", [1, 1]),
    ],
)
def test_rows_of_a_tool_that_ends_lines_at_carriage_returns(source, expected):
    row = rows.universal(source)
    assert [row(number) for number in range(1, len(expected) + 1)] == expected


def test_a_row_beyond_the_end_is_in_the_last_line():
    row = rows.universal(b"a\rb\n")
    assert (row(0), row(99)) == (1, 2)


@pytest.mark.fault(
    "lines",
    "lone carriage returns, form feeds and other line ends that git does not know",
    "every analyzer's line numbers are git's",
)
def test_every_analyzer_counts_as_git_does():
    head = ODD + "def f(a): return lost\n\n\nf()\n"
    assert hits("ruff", {}, {"a.py": head}) == [("F821", "a.py", 4)]
    assert hits("ty", {}, {"a.py": head}) == [("missing-argument", "a.py", 7)]
    script = "let a = 1;\rlet b = '\x0b\x0c\x85\u2028';\n\x0c\ntry { f() } catch (e) { }\n"
    assert hits("astgrep", {}, {"a.js": script}) == [("js-empty-catch", "a.js", 3)]
    assert hits("dataformats", {}, {"a.json": '{"a":\r"\u2028",\x20\n"b" 1}'}) == [
        ("broken-json", "a.json", 2)
    ]
    assert hits("dataformats", {}, {"a.toml": "a = '\u2028\x85'\n\nb = \n"}) == [
        ("broken-toml", "a.toml", 3)
    ]
    shell = "#!/bin/sh\n# \u2028\x0b\x0c\x85\ncd $1\n"
    assert hits("shellcheck", {}, {"a.sh": shell}) == [("SC2164", "a.sh", 3)]
    flow = "on: push # \u2028\x85\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
    flow += "    steps:\n      - run: echo ${{ github.event.issue.title }}\n"
    assert hits("zizmor", {}, {".github/workflows/a.yml": flow}) == [
        ("template-injection", ".github/workflows/a.yml", 7)
    ]


def test_what_was_there_before_lone_carriage_returns_came_is_not_new():
    body = "def f():\n    return lost\n"
    assert hits("ruff", {"a.py": body}, {"a.py": "A = 1\rB = 2\n" + body}) == []
    assert hits("ruff", {"a.py": "A = 1\rB = 2\n" + body}, {"a.py": "A = 1\n" + body}) == []


def test_a_comment_on_the_line_that_git_counts_suppresses():
    assert hits("ruff", {}, {"a.py": "A = 1\rB = 2\nx = lost  # noqa: F821\n"}) == []


def test_where_a_definition_was_is_said_in_the_lines_of_git():
    core = "A = 1\rB = 2\rC = 3\rD = 4\n\n\ndef save(): ...\nX = 1\nY = 2\n"
    use = "from core import save\n\nsave()\n"
    base = {"core.py": core, "use.py": use}
    (hit,) = analyzed("ty", base, {**base, "core.py": core.replace("()", "(path)")}).evidence
    assert [(place.path, place.start) for place in hit.related] == [("core.py", 4)]
    (hit,) = analyzed(
        "ty", base, {**base, "core.py": core.replace("def save(): ...\n", "")}
    ).evidence
    assert [(place.path, place.start) for place in hit.related] == [("core.py", 4)]
