"""DebugBench (thunlp/DebugBench): solutions of LeetCode problems with bugs that a model planted; no
tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer.lab.evals.cases import Case, Tree
from reviewer.lab.evals.imports.base import Imported, LeftOut, defects, rows, slug, string
from reviewer.languages import CPP, JAVA, PYTHON

_LANGUAGES = {
    "python3": (PYTHON, "solution.py"),
    "python": (PYTHON, "solution.py"),
    "cpp": (CPP, "solution.cpp"),
    "java": (JAVA, "Solution.java"),
}


def read(path: Path) -> Imported:
    """The cases of one file. Rows have no ids, so language, problem and kind of bug form one,
    numbered if it repeats. Raises UsageError."""
    made = Imported()
    seen: dict[str, int] = {}
    for number, row in rows(path):
        made.add(f"{row.get('slug', 'row')} ({number})", _case, row, seen)
    return made


def _case(row: Mapping[str, Any], seen: dict[str, int]) -> Case:
    language = _LANGUAGES.get(string(row, "language").lower())
    if language is None:
        raise LeftOut("unsupported language")
    known, file = language
    bug = string(row, "subtype") if "subtype" in row else string(row, "bug_type")
    task = _comment(str(row.get("question", "")), known.comments.line[0])
    right = task + _ended(string(row, "solution"))
    wrong = task + _ended(string(row, "buggy_code"))
    found = defects(file, right, wrong, description=str(row.get("bug_explanation") or bug))
    key = f"debugbench-{known.name}-{slug(string(row, 'slug'))}-{slug(bug)}"[:110]
    seen[key] = seen.get(key, 0) + 1
    return Case(
        id=key if seen[key] == 1 else f"{key}-{seen[key]}",
        kind="defect",
        language=known.name,
        title=f"{row['slug']}: {bug}",
        source=Tree(base={file: right}, head={file: wrong}),
        defects=found,
        tags=(
            "function",
            *filter(None, (slug(str(row.get("category", ""))), slug(str(row.get("level", ""))))),
        ),
        licence="Apache-2.0",
        provenance=f"DebugBench {row['slug']} ({row['language']}, {bug})",
    )


def _comment(question: str, mark: str) -> str:
    """The problem statement as a comment: without it the purpose of the code is unknown."""
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in question.strip().splitlines())


def _ended(code: str) -> str:
    """Make both sides begin and end alike, so that a line break is no defect."""
    return code.strip("\n") + "\n"
