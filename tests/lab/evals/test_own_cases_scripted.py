"""The public cases in examples/evals with an engine whose judgement is known: the figures must say
what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.eval_cases import ran
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer.lab.evals.files import read
from reviewer.lab.evals.load import LoadedCase, load
from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.report import report

CASES = Path(__file__).parents[3] / "examples" / "evals"


def lines(loaded: LoadedCase, side: str, path: str) -> list[str]:
    assert loaded.home is not None
    file = loaded.home / side / path
    return file.read_text("utf-8").split("\n") if file.exists() else []


def said_of(loaded: LoadedCase) -> tuple[str, str, str] | None:
    """(file, row of the prompt, line) that the engine complains about: for a defect its first added
    line, for a clean change the first added line that says anything; None where there is no such
    line."""
    if loaded.case.kind == "clean":
        paths = sorted(
            path.relative_to(loaded.home / "head").as_posix()
            for path in (loaded.home / "head").rglob("*.*")
        )
        places = [(path, range(1, 10_000)) for path in paths]
    else:
        places = [
            (item.file, range(item.start_line, item.end_line + 1)) for item in loaded.case.defects
        ]
    for path, numbers in places:
        before = set(lines(loaded, "base", path))
        for number, line in enumerate(lines(loaded, "head", path), 1):
            if number in numbers and line not in before and len(line.strip()) > 12:
                return path, f"{number:>4} + {line}", line
    return None


@pytest.mark.cases
def test_the_figures_say_what_the_engine_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds every second defect that has a line to be found at, and complains about every third
    clean change."""
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    cases = load(CASES)
    defects = [each for each in cases if each.case.kind == "defect"]
    clean = [each for each in cases if each.case.kind == "clean"]
    found = [said for each in defects[::2] if (said := said_of(each))]
    wrong = [said for each in clean[::3] if (said := said_of(each))]
    rows = {(path, row): line for path, row, line in found + wrong}
    assert len(rows) == len(found) + len(wrong) > 30

    def answer(prompt: object) -> str:
        user = getattr(prompt, "user", "")
        mine = [
            (path, line)
            for (path, row), line in rows.items()
            if f"The change to {path} " in user and row in user
        ]
        return reply(*(finding(line, path) for path, line in mine)) if mine else NOTHING

    ran(cases, tmp_path / "run.jsonl", Scripted(answer), jobs=2)
    file = read(tmp_path / "run.jsonl")
    figures = report(file.header, file.results, Rules()).figures
    known = sum(len(each.case.defects) for each in defects)
    got = {
        key: figures[key] and (figures[key].part, figures[key].whole)
        for key in (
            "recall_0",
            "precision",
            "false_per_clean",
            "silent_clean",
            "exact",
            "complete",
            "schema_valid",
        )
    }
    assert got == {
        "recall_0": (len(found), known),
        "precision": (len(found), len(found) + len(wrong)),
        "false_per_clean": (len(wrong), len(clean)),
        "silent_clean": (len(clean) - len(wrong), len(clean)),
        "exact": (len(found) + len(wrong), len(found) + len(wrong)),
        "complete": (len(cases), len(cases)),
        "schema_valid": (figures["calls_per_case"].part,) * 2,
    }
