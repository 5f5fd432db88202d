"""The public cases in examples/evals: every one loads, its answer lies where the change is, and its
tests prove it.

A case holds its base and its head, not the head without the defect. That is in `fixed/ID/`: only
the files that differ. The tests must pass on the base, fail on the head and pass on the head with
these files in place.
"""

from __future__ import annotations

import difflib
import functools
import json
import os
import re
import shlex
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from reviewer.fixes import confine
from reviewer.lab.evals.cases import Case
from reviewer.lab.evals.load import load

ROOT = Path(__file__).parents[3]
CASES = ROOT / "examples" / "evals"
FIXED = Path(__file__).parent / "fixed"
NAMES = sorted(path.parent.name for path in CASES.glob("*/case.json"))
NEEDED = {
    "python": (),
    "javascript": ("node",),
    "typescript": ("tsc", "node"),
    "go": ("go",),
    "java": ("javac", "java"),
    "rust": ("rustc",),
    "c": ("gcc",),
    "shell": ("bash",),
}
GIVE_AWAY = re.compile(
    r"\b(bugs?|buggy|defects?|fixme|todo|planted|oracle|mistakes?|broken)\b", re.IGNORECASE
)


def case_of(name: str) -> Case:
    return Case.model_validate_json((CASES / name / "case.json").read_bytes())


def texts(folder: Path) -> dict[str, str]:
    """Every file below `folder`, by its path with `/`."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def touched(old: str, new: str) -> set[int]:
    """Lines of `new` that are not in `old`, and for a removal the lines around it."""
    lines: set[int] = set()
    for tag, _, _, start, end in difflib.SequenceMatcher(
        None, old.split("\n"), new.split("\n"), autojunk=False
    ).get_opcodes():
        if tag != "equal":
            lines |= set(range(start + 1, end + 1)) or {start, start + 1}
    return lines


def passes(case: Case, tree: dict[str, str], work: Path) -> bool:
    """Whether the tests of the case pass on these files, run as `eval run --run-tests` would."""
    assert case.tests is not None
    copy, home = work / "copy", work / "home"
    shutil.rmtree(work, ignore_errors=True)
    home.mkdir(parents=True)
    for path, text in {**tree, **case.tests.files}.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text, encoding="utf-8")
    command = shlex.join(
        sys.executable if word == "{python}" else word for word in case.tests.command
    )
    ran = confine.run(command, copy, home, case.tests.timeout)
    assert not ran.problem, ran.problem
    return ran.passed


@functools.cache
def missing(language: str) -> tuple[str, ...]:
    return tuple(program for program in NEEDED[language] if shutil.which(program) is None)


def test_the_set_is_what_its_readme_says():
    cases = [case_of(name) for name in NAMES]
    kinds = Counter(case.kind if case.kind == "clean" else case.tags[0] for case in cases)
    assert set(kinds) == {"clean", "cross-file", "single-file"}
    assert all(count >= 22 and count >= len(cases) // 4 for count in kinds.values()), kinds
    languages = Counter(case.language for case in cases)
    assert set(languages) == set(NEEDED)
    assert min(languages.values()) >= 10
    for language in languages:
        assert {case.kind for case in cases if case.language == language} == {"clean", "defect"}
    assert {path.name for path in FIXED.iterdir()} == {
        case.id for case in cases if case.kind == "defect"
    }
    size = sum(
        path.stat().st_size for top in (CASES, FIXED) for path in top.rglob("*") if path.is_file()
    )
    assert size < 700_000


def test_the_loader_takes_the_whole_set():
    loaded = load(CASES)
    assert [(each.case.id, each.home) for each in loaded] == [
        (name, CASES / name) for name in NAMES
    ]
    assert len({each.digest for each in loaded}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_lies_in_the_change(name):
    case = case_of(name)
    base, head = texts(CASES / name / "base"), texts(CASES / name / "head")
    assert case.id == name
    assert base
    assert base != head
    assert case.licence == "Apache-2.0"
    assert {path.name for path in (CASES / name).iterdir()} <= {"case.json", "base", "head"}
    assert not [hit for text in (*base.values(), *head.values()) if (hit := GIVE_AWAY.search(text))]
    changed = sum(
        line[0] in "+-"
        for path in {*base, *head}
        for line in difflib.ndiff(base.get(path, "").splitlines(), head.get(path, "").splitlines())
    )
    assert 8 <= changed <= 90
    fixed = texts(FIXED / name) if case.kind == "defect" else {}
    assert all(head[path] != text for path, text in fixed.items())
    for defect in case.defects:
        lines = head[defect.file].splitlines()
        place = set(range(defect.start_line, defect.end_line + 1))
        assert max(place) <= len(lines) + defect.deletion
        assert len(place) <= 8
        assert defect.category
        assert defect.description
        assert place & touched(base.get(defect.file, ""), head[defect.file])
        if defect.file in fixed:
            undone = touched(fixed[defect.file], head[defect.file])
            assert any(line + step in place for line in undone for step in (-1, 0, 1))
        else:  # the change is right where it stands: what it forgot lies elsewhere
            assert case.tags == ("cross-file",)
            assert fixed


@pytest.fixture(scope="module", autouse=True)
def _go(tmp_path_factory):
    """Go may be a package of this environment. What it compiled for one case serves the others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        patch.setenv("GOCACHE", str(tmp_path_factory.mktemp("go")))
        yield


@pytest.mark.cases
@pytest.mark.parametrize("name", NAMES)
def test_the_tests_tell_the_defect(name, tmp_path):
    case = case_of(name)
    if (gone := missing(case.language)) and os.environ.get("CI") != "true":
        pytest.skip(f"{', '.join(gone)} is not installed")
    base, head = texts(CASES / name / "base"), texts(CASES / name / "head")
    found = {"base": passes(case, base, tmp_path), "head": passes(case, head, tmp_path)}
    if case.kind == "clean":
        assert found == {"base": True, "head": True}
        return
    found["fixed"] = passes(case, {**head, **texts(FIXED / name)}, tmp_path)
    assert found == {"base": True, "head": False, "fixed": True}


def test_the_files_say_nothing_but_the_case():
    for name in NAMES:
        text = (CASES / name / "case.json").read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
