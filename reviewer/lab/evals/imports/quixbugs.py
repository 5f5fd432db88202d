"""QuixBugs (jkoppel/QuixBugs): one-line defects in classic algorithms; the folder of a checkout."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from reviewer import languages
from reviewer.errors import UsageError
from reviewer.lab.evals.cases import Case, Tests, Tree
from reviewer.lab.evals.imports.base import Imported, LeftOut, defects, slug
from reviewer.text import one_line
from reviewer.workspace import files

MAX_BYTES = 1 << 20
# (folder of the faulty programs, folder of the right ones, language, suffix)
_KINDS = (
    ("python_programs", "correct_python_programs", languages.PYTHON.name, ".py"),
    ("java_programs", "correct_java_programs", languages.JAVA.name, ".java"),
)
_CLASS = re.compile(r"^(?:public |final |abstract )*(?:class|interface|enum) ", re.MULTILINE)
# Programs that approximate are told how exact to be.
_HARNESS = """import copy, json, math, types
import {name} as program

with open("{name}.json") as lines:
    for line in filter(str.strip, lines):
        given, wanted = json.loads(line)
        given = given if isinstance(given, list) else [given]
        made = program.{name}(*copy.deepcopy(given))
        made = json.loads(json.dumps(list(made) if isinstance(made, types.GeneratorType) else made))
        near = isinstance(made, float) and math.isclose(made, wanted, rel_tol=0.01)
        assert near or made == wanted, (given, made, wanted)
"""


def read(root: Path) -> Imported:
    """The cases of a checkout, by language and name. Raises UsageError when there are no
    programs."""
    made = Imported()
    found = [kind for kind in _KINDS if (root / kind[0]).is_dir() and (root / kind[1]).is_dir()]
    if not found:
        raise UsageError(
            f"{one_line(str(root))} is not a QuixBugs checkout: it has no python_programs"
        )
    for wrong, right, language, suffix in found:
        for path in sorted((root / wrong).glob(f"*{suffix}")):
            made.add(f"{wrong}/{path.name}", _case, root, wrong, right, language, path.name)
    return made


def _case(root: Path, wrong: str, right: str, language: str, name: str) -> Case:
    if name.endswith("_test.py") or not (root / right / name).is_file():
        raise LeftOut("no correct counterpart")
    faulty = _text(root, f"{wrong}/{name}")
    correct = _text(root, f"{right}/{name}")
    if language == languages.PYTHON.name:
        faulty, correct = _one_description(faulty, correct)
    else:
        correct = _one_head(faulty, correct)
    found = defects(name, correct, faulty)
    if language == languages.JAVA.name and len(found) > 1:
        raise LeftOut(
            "the Java programs differ in layout too, so the lines of the defect are unknown"
        )
    stem = name.partition(".")[0]
    return Case(
        id=f"quixbugs-{language}-{slug(stem)}",
        kind="defect",
        language=language,
        title=stem,
        source=Tree(base={name: correct}, head={name: faulty}),
        defects=found,
        tests=_tests(root, stem) if language == languages.PYTHON.name else None,
        tags=("function",),
        licence="MIT",
        provenance=f"QuixBugs {wrong}/{name}",
    )


def _text(root: Path, path: str) -> str:
    data = files.read(root, path, MAX_BYTES)
    if data is None:
        raise LeftOut("unreadable program")
    return (
        "\n".join(line.rstrip() for line in data.decode("utf-8", "replace").splitlines()).strip(
            "\n"
        )
        + "\n"
    )


def _one_description(faulty: str, correct: str) -> tuple[str, str]:
    """Both programs with the docstrings of the faulty one, and without the alternative solutions
    that the correct one quotes: text about the code is not a difference in the code."""
    said = _strings(faulty)
    return _code(faulty) + said, _code(correct) + said


def _one_head(faulty: str, correct: str) -> str:
    """The correct program with the package and imports of the faulty one; each has its own
    package."""
    one, other = _CLASS.search(faulty), _CLASS.search(correct)
    if one is None or other is None:
        raise LeftOut("program without a class")
    return faulty[: one.start()] + correct[other.start() :]


def _blocks(text: str) -> list[tuple[int, int]]:
    """The line ranges of strings that stand alone in the module. Raises LeftOut."""
    try:
        tree = languages.parse_python(text)
    except (SyntaxError, ValueError, RecursionError):
        raise LeftOut("program does not parse") from None
    return [
        (node.lineno, node.end_lineno or node.lineno)
        for node in tree.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]


def _strings(text: str) -> str:
    lines = text.splitlines()
    return "".join("\n" + "\n".join(lines[start - 1 : end]) + "\n" for start, end in _blocks(text))


def _code(text: str) -> str:
    gone = {number for start, end in _blocks(text) for number in range(start, end + 1)}
    kept = [line for number, line in enumerate(text.splitlines(), 1) if number not in gone]
    return "\n".join(kept).strip("\n") + "\n"


def _tests(root: Path, name: str) -> Tests | None:
    """The test cases, if they are plain values; the programs on graphs have none."""
    data = files.read(root, f"json_testcases/{name}.json", MAX_BYTES)
    if data is None or not name.isidentifier():
        return None
    try:
        text = data.decode("utf-8")
        for line in filter(str.strip, text.splitlines()):
            _, _ = json.loads(line)
    except (ValueError, TypeError):
        return None
    return Tests(
        command=("{python}", f"test_{name}.py"),
        files={f"{name}.json": text, f"test_{name}.py": _HARNESS.format(name=name)},
        timeout=20.0,
    )
