"""HumanEvalFix of HumanEvalPack (bigcode-project/octopack): one hand-written bug in a function,
with its docstring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.lab.evals.cases import Case, Tests, Tree
from reviewer.lab.evals.imports.base import Imported, LeftOut, defects, rows, string
from reviewer.languages import CPP, GO, JAVA, JAVASCRIPT, PYTHON, RUST


@dataclass(frozen=True)
class _Language:
    """`command` shows the defect with the language alone; empty where the tests need packages (Go's
    use testify, Rust's need cargo)."""

    name: str
    file: str
    head: str = ""  # in front of the prompt
    test_file: str = ""
    test_head: str = ""  # in front of the tests
    command: tuple[str, ...] = ()


# console.assert only prints; the tests of the functions are in their own scope, so both are
# evaluated together.
_JS = """console.assert = (ok, said) => { if (!ok) throw new Error(String(said)); };
const fs = require("node:fs");
require("node:vm").runInThisContext(
  `(function (require) {${fs.readFileSync("solution.js", "utf8")}\\n${fs.readFileSync("cases.js", "utf8")}})`
)(require);
"""  # noqa: E501
_LANGUAGES = {
    "Python": _Language(
        PYTHON.name,
        "solution.py",
        "",
        "test_solution.py",
        "from solution import *\n",
        ("{python}", "test_solution.py"),
    ),
    "JavaScript": _Language(
        JAVASCRIPT.name, "solution.js", "", "cases.js", "", ("node", "run_cases.js")
    ),
    "Java": _Language(
        JAVA.name,
        "Solution.java",
        "",
        "Main.java",
        "import java.util.*;\nimport java.lang.*;\n",
        ("sh", "-c", "javac -d classes Solution.java Main.java && java -cp classes Main"),
    ),
    "CPP": _Language(
        CPP.name,
        "solution.cpp",
        "",
        "test_solution.cpp",
        '#include "solution.cpp"\n',
        ("sh", "-c", "g++ -std=c++17 -w -o test_solution test_solution.cpp && ./test_solution"),
    ),
    "Go": _Language(GO.name, "solution.go", "package main\n\n"),
    "Rust": _Language(RUST.name, "solution.rs"),
}


def read(path: Path) -> Imported:
    """The cases of one file of the pack. Raises UsageError."""
    made = Imported()
    for number, row in rows(path):
        made.add(str(row.get("task_id", f"line {number}")), _case, row)
    return made


def _case(row: Mapping[str, Any]) -> Case:
    task = string(row, "task_id")
    name, _, number = task.partition("/")
    language = _LANGUAGES.get(name)
    if language is None:
        raise LeftOut("unsupported language")
    start = language.head + string(row, "prompt")
    right, wrong = start + string(row, "canonical_solution"), start + string(row, "buggy_solution")
    said = ": ".join(str(row[key]) for key in ("bug_type", "failure_symptoms") if row.get(key))
    return Case(
        id=f"humanevalpack-{language.name}-{number}",
        kind="defect",
        language=language.name,
        title=f"{row.get('entry_point', task)}: {said}",
        source=Tree(base={language.file: right}, head={language.file: wrong}),
        defects=defects(language.file, right, wrong, description=said),
        tests=_tests(language, string(row, "test")),
        tags=("function",),
        licence="MIT",
        provenance=f"HumanEvalPack {task} (bigcode-project/octopack)",
    )


def _tests(language: _Language, text: str) -> Tests | None:
    if not language.command:
        return None
    files = {language.test_file: language.test_head + text}
    if language.name == JAVASCRIPT.name:
        files["run_cases.js"] = _JS
    return Tests(command=language.command, files=files, timeout=60.0)
