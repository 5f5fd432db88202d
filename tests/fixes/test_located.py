"""Where a replacement belongs: realistic ones in four languages, with every kind of line end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from support.change import change
from support.fixes import git_apply, under_review

from reviewer.fixes import Built, Edit, Refused, build


@dataclass(frozen=True)
class Case:
    """A change and a replacement as a model gives it, at a line of one side."""

    file: str
    base: str
    head: str
    line: int
    old: list[str]
    new: list[str]
    fixed: str
    side: str = "new"


PY = """\
import json


def load(path, default=None):
    if path is None:
        return default
    with open(path) as file:
        data = json.load(file)
    return data


def first(items):
    if not items:
        return None
    return items[0]
"""
GO = """\
package shop

func (s *Store) Close() error {
\ts.mu.Lock()
\tdefer s.mu.Unlock()
\tif s.closed {
\t\treturn ErrClosed
\t}
\ts.closed = true
\treturn s.file.Close()
}
"""
TS = """\
export function total(items: Item[], tax = 0): number {
  const sum = items.reduce((all, item) => all + item.price, 0);
  return sum * (1 + tax);
}

export async function save(order: Order): Promise<void> {
  await store.put(order);
  events.emit('saved', order.id);
}
"""
C = """\
int copy(char *to, size_t size, const char *from)
{
\tsize_t n = strlen(from);

\tif (n >= size)
\t\treturn -1;
\tmemcpy(to, from, n + 1);
\treturn 0;
}
"""


def without(text: str, *lines: str) -> str:
    for line in lines:
        assert line + "\n" in text
        text = text.replace(line + "\n", "", 1)
    return text


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


GUARD = ["    if path is None:", "        return default"]
PY_OPEN = swap(PY, "    with open(path) as file:", "    with open(path, 'rb') as file:")
PY_LAST = swap(PY, "return items[0]", "return items[-1]")
GO_LOCK = ["\ts.mu.Lock()", "\tdefer s.mu.Unlock()"]
TS_SUM = swap(TS, "item.price, 0)", "item.price)")
CASES = {
    "py: a changed line": Case(
        "a.py", PY, PY_LAST, 15, ["    return items[-1]"], ["    return items[0]"], PY
    ),
    "py: a removed guard comes back as it was": Case(
        "a.py", PY, without(PY, *GUARD), 5, GUARD, GUARD, PY, "old"
    ),
    "py: a removed guard comes back otherwise": Case(
        "a.py",
        PY,
        without(PY, *GUARD),
        5,
        GUARD,
        ["    if not path:", "        return default"],
        swap(PY, "if path is None:", "if not path:"),
        "old",
    ),
    "py: only a new line, at a removed one": Case(
        "a.py",
        PY,
        without(PY, *GUARD),
        5,
        [],
        ["    if not path:", "        return {}"],
        swap(swap(PY, "if path is None:", "if not path:"), "return default", "return {}"),
        "old",
    ),
    "py: context lines around what was removed": Case(
        "a.py",
        PY,
        without(PY, *GUARD),
        5,
        ["def load(path, default=None):", "    with open(path) as file:"],
        ["def load(path, default=None):", *GUARD, "    with open(path) as file:"],
        PY,
        "old",
    ),
    "py: context and removed lines": Case(
        "a.py",
        PY,
        without(PY, *GUARD),
        6,
        ["def load(path, default=None):", *GUARD],
        ["def load(path, default=None):", *GUARD],
        PY,
        "old",
    ),
    "py: the old line of a rewritten one": Case(
        "a.py",
        PY,
        PY_LAST,
        15,
        ["    return items[0]"],
        ["    return items[0]"],
        PY,
        "old",
    ),
    "py: removed and added lines as the hunk shows them": Case(
        "a.py",
        PY,
        PY_LAST,
        15,
        ["    return items[0]", "    return items[-1]"],
        ["    return items[0]"],
        PY,
    ),
    "py: without the indentation": Case(
        "a.py", PY, PY_OPEN, 7, ["with open(path, 'rb') as file:"], ["with open(path) as file:"], PY
    ),
    "py: other white space inside": Case(
        "a.py",
        PY,
        PY_OPEN,
        7,
        ["    with open( path, 'rb' ) as file:"],
        ["    with open(path) as file:"],
        PY,
    ),
    "go: a deferred unlock comes back": Case(
        "a.go",
        GO,
        without(GO, GO_LOCK[1]),
        5,
        [GO_LOCK[1]],
        [GO_LOCK[1]],
        GO,
        "old",
    ),
    "go: the first of two removed lines": Case(
        "a.go", GO, without(GO, *GO_LOCK), 4, GO_LOCK[:1], GO_LOCK, GO, "old"
    ),
    "go: spaces for tabs": Case(
        "a.go",
        GO,
        swap(GO, "return ErrClosed", "return nil"),
        7,
        ["    if s.closed {", "        return nil"],
        ["    if s.closed {", "        return ErrClosed"],
        GO,
    ),
    "go: a guard before a rewritten line": Case(
        "a.go",
        GO,
        swap(
            without(GO, "\tif s.closed {", "\t\treturn ErrClosed", "\t}"),
            "\ts.closed = true",
            "\ts.state.Store(stateClosed)",
        ),
        6,
        ["\tif s.closed {", "\t\treturn ErrClosed", "\t}"],
        ["\tif s.state.Load() == stateClosed {", "\t\treturn ErrClosed", "\t}"],
        swap(
            swap(GO, "\tif s.closed {", "\tif s.state.Load() == stateClosed {"),
            "\ts.closed = true",
            "\ts.state.Store(stateClosed)",
        ),
        "old",
    ),
    "ts: a lost start value": Case(
        "a.ts",
        TS,
        TS_SUM,
        2,
        ["  const sum = items.reduce((all, item) => all + item.price);"],
        ["  const sum = items.reduce((all, item) => all + item.price, 0);"],
        TS,
    ),
    "ts: the old line, from the old side": Case(
        "a.ts",
        TS,
        TS_SUM,
        2,
        ["  const sum = items.reduce((all, item) => all + item.price, 0);"],
        ["  const sum = items.reduce((all, item) => all + item.price, 0);"],
        TS,
        "old",
    ),
    "ts: a lost await": Case(
        "a.ts",
        TS,
        swap(TS, "  await store.put(order);", "  store.put(order);"),
        7,
        ["  store.put(order);", "  events.emit('saved', order.id);"],
        ["  await store.put(order);", "  events.emit('saved', order.id);"],
        TS,
    ),
    "ts: the last lines were removed": Case(
        "a.ts",
        TS + "export default total;\n",
        TS,
        10,
        ["export default total;"],
        ["export default total;"],
        TS + "export default total;\n",
        "old",
    ),
    "c: the lines of a removed check": Case(
        "a.c",
        C,
        without(C, "\tif (n >= size)", "\t\treturn -1;"),
        5,
        ["\tif (n >= size)", "\t\treturn -1;"],
        ["\tif (n >= size)", "\t\treturn -1;"],
        C,
        "old",
    ),
    "c: one of equally many rewritten lines": Case(
        "a.c",
        C,
        swap(swap(C, "n >= size", "n > size"), "return -1", "return 1"),
        5,
        ["\tif (n >= size)"],
        ["\tif (size == 0 || n >= size)"],
        swap(swap(C, "n >= size", "size == 0 || n >= size"), "return -1", "return 1"),
        "old",
    ),
    "c: the file is empty now": Case(
        "a.c",
        "#define MAX 10\n",
        "",
        1,
        ["#define MAX 10"],
        ["#define MAX 16"],
        "#define MAX 16\n",
        "old",
    ),
}
ENDINGS = {
    "lf": lambda text: text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode() if text else b"",
    "no newline at the end": lambda text: text.removesuffix("\n").encode(),
    "crlf, none at the end": lambda text: text.removesuffix("\n").replace("\n", "\r\n").encode(),
}


@pytest.mark.fault(
    "patches",
    "a replacement of context lines, of removed lines, or without the old lines of an insertion",
    "it is built where those lines stand or stood, with any line ends and indentation",
)
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", CASES)
def test_a_replacement_is_built_where_its_lines_stand_or_stood(name: str, ending: str) -> None:
    case, encoded = CASES[name], ENDINGS[ending]
    if case.head == "" and ending != "lf":
        pytest.skip("a file without lines tells nothing about their ends")
    under = change({case.file: encoded(case.base)}, {case.file: encoded(case.head)})
    made = build([edit(case)], under)
    assert isinstance(made, Built), made
    assert made.files[0].new == encoded(case.fixed)


def edit(case: Case, path: str = "") -> Edit:
    side = "old" if case.side == "old" else "new"
    return Edit(path or case.file, case.line, tuple(case.old), tuple(case.new), side)


def test_git_takes_all_these_patches(tmp_path: Path) -> None:
    """Each file once with every kind of line end, in one patch."""
    wanted: dict[str, bytes] = {}
    files: dict[str, str | bytes] = {}
    patches = []
    for number, case in enumerate(CASES.values()):
        for kind, encoded in enumerate(ENDINGS.values()):
            path = f"f{number}_{kind}{Path(case.file).suffix}"
            files[path], wanted[path] = encoded(case.head), encoded(case.fixed)
            under = change({path: encoded(case.base)}, {path: encoded(case.head)})
            made = build([edit(case, path)], under)
            assert isinstance(made, Built)
            patches.append(made.diff)
            if not case.head:
                wanted[path] = made.files[0].new
    repo, _ = under_review(tmp_path, files)
    done = git_apply(repo, b"".join(patches))
    assert done.returncode == 0, done.stderr
    assert {path: (repo.path / path).read_bytes() for path in wanted} == wanted


def refused(base: str, head: str, line: int, old: list[str], new: list[str]) -> str:
    made = build(
        [Edit("a.py", line, tuple(old), tuple(new), "old")],
        change({"a.py": base.encode()}, {"a.py": head.encode()}),
    )
    assert isinstance(made, Refused), made
    return made.reason


@pytest.mark.fault(
    "patches",
    "a replacement whose old lines are gone, and other lines stand there",
    "it is refused with the lines that stand there, what was given, and what to give",
)
def test_what_is_not_clear_is_refused_with_what_was_given() -> None:
    base = "a = 1\nb = 2\nc = 3\nprint(a)\n"
    unclear = "it is not clear which lines stand in their place"
    head = "b = 20\nprint(a)\n"
    assert unclear in refused(base, head, 2, ["b = 2"], ["b = 3"])  # in the middle
    assert unclear in refused(base, head, 1, ["a = 1", "b = 2"], ["b = 3"])  # one is alike
    assert "line 1 is there now" in refused(base, head, 1, ["a = 1", "b = 2"], ["b = 3"])
    assert refused(base, head, 1, [], ["b = 3"]) == (
        "There are no old lines to replace: line 1 is where the removed line stood: give what is to"
        " be replaced there."
    )
    assert refused(base, head, 1, [], []) == "There are no old lines to replace."
    assert refused(base, head, 4, [], ["x"]) == "There are no old lines to replace."
    assert refused(base, head, 1, ["prnt(a)"], ["x"]) == (
        'Old line 1 of 1 is not in a.py: "prnt(a)". The nearest is line 2: "print(a)".'
    )
    assert refused(base, head, 1, ["nothing"], []) == 'Old line 1 of 1 is not in a.py: "nothing".'
    two = "a = 1\nb = 2\nkeep\nc = 3\nd = 4\n"
    part = ["b = 2", "keep", "c = 3"]
    assert unclear in refused(two, "x\nkeep\ny\n", 2, part, ["z"])  # parts of two blocks


def test_lines_that_stand_near_come_before_removed_ones_and_far_ones_after() -> None:
    """The removed line is a line of code that is often repeated."""
    filler = "".join(f"line {number}\n" for number in range(30))
    base = "check()\nrun()\n" + filler + "check()\n"
    gone, near = "run()\n" + filler + "check()\n", "run()\ncheck()\n" + filler + "check()\n"
    back = Edit("a.py", 1, ("check()",), ("check(1)",), "old")

    def fixed(head: str, edit: Edit = back) -> bytes:
        made = build([edit], change({"a.py": base.encode()}, {"a.py": head.encode()}))
        assert isinstance(made, Built)
        return made.files[0].new

    assert fixed(gone) == b"check(1)\n" + gone.encode()
    far = Edit("a.py", 1, ("line 29",), ("",), "old")
    assert fixed(gone, far) == gone.replace("line 29", "").encode()
    assert fixed(near) == near.replace("check()", "check(1)", 1).encode()


def test_white_space_is_that_of_the_file() -> None:
    tabs = "if x {\n\tlong_call(\n\t\tfirst,\n\t)\n}\n"
    old = ["    long_call(", "        first,", "    )"]
    new = ["    long_call(", "        first,", "            second,", "    )"]

    def fixed(old: list[str], new: list[str], head: str) -> bytes | str:
        made = build([Edit("a.go", 2, tuple(old), tuple(new))], change({}, {"a.go": head.encode()}))
        return made.reason if isinstance(made, Refused) else made.files[0].new

    assert fixed(old, new, tabs) == tabs.replace("first,\n", "first,\n\t\t\tsecond,\n").encode()
    spaces = tabs.replace("\t", "  ")
    given = [line.replace("    ", "\t") for line in (*old, *new)]
    assert (
        fixed(given[:3], given[3:], spaces)
        == spaces.replace("first,\n", "first,\n      second,\n").encode()
    )
    twice = "    f( 1, 2 )\n" * 2
    assert "only with other white space, lines 1, 2" in str(fixed(["f(1,2)"], ["f(3)"], twice))
    uneven = "    call_one( 1 )\n        call_two( 2 )\n"
    assert "not indented like the file" in str(fixed(["call_one(1)", "call_two(2)"], ["x"], uneven))
