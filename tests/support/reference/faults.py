"""The fault catalogue: one row per test that is marked with

    @pytest.mark.fault(GROUP, CASE, RIGHT)

GROUP is one of SECURITY or RELIABILITY, CASE what comes in or goes wrong, RIGHT what happens then.
All three are literal strings, since the tests are read and not imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.reference.markdown import prose, table

TESTS = Path(__file__).parents[2]
SECURITY = {
    "git": "A hostile repository",
    "secrets": "Credentials",
    "network": "Other machines",
    "output": "What is printed",
    "code": "Running and changing files",
}
RELIABILITY = {
    "verdict": "The verdict",
    "patches": "Patches",
    "refs": "Revisions, refs and pushes",
    "lines": "Lines and encodings",
    "syntax": "What is valid, and looks broken",
    "deadline": "Deadlines and signals",
    "scale": "Size",
    "server": "Model servers",
    "reply": "Replies",
    "files": "Files and disks",
    "screen": "What a person sees",
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    group: str
    case: str
    right: str
    test: str  # as pytest names it, from the root of the repository


def marked(root: Path = TESTS) -> list[Fault]:
    """Every marked test below `root`. Raises ValueError for a mark that is not three literal
    strings with a known group."""
    found: list[Fault] = []
    for path in sorted(root.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.fault(" in source:
            found += _of(ast.parse(source), f"tests/{path.relative_to(root).as_posix()}")
    return sorted(found)


def _of(module: ast.Module, path: str) -> Iterator[Fault]:
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                yield _row(mark, f"{path}::{function.name}")


def _row(mark: ast.Call, test: str) -> Fault:
    try:
        group, case, right = (ast.literal_eval(argument) for argument in mark.args)
    except ValueError as error:  # not a literal, or not three of them
        raise ValueError(f"{test}: a fault is three literal strings") from error
    if group not in SECURITY and group not in RELIABILITY:
        raise ValueError(f"{test}: no group of faults is called {group!r}")
    return Fault(group, case, right, test)


def security() -> str:
    return _tables(SECURITY)


def reliability() -> str:
    return _tables(RELIABILITY)


def _tables(groups: Mapping[str, str]) -> str:
    faults = marked()
    return "\n\n".join(
        f"### {title}\n\n{_table(rows)}"
        for group, title in groups.items()
        if (rows := [fault for fault in faults if fault.group == group])
    )


def _table(faults: Iterable[Fault]) -> str:
    return table(
        ("case", "what happens", "test"),
        (
            (prose(fault.case), prose(fault.right), f"`{fault.test.removeprefix('tests/')}`")
            for fault in faults
        ),
    )
