"""Results of evaluations, made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reviewer.lab.evals.cases import Defect
from reviewer.lab.evals.results import Header, Reported, Result


def header(**given: Any) -> Header:
    values: dict[str, Any] = {
        "name": "by hand",
        "started": "2026-01-02T03:04:05Z",
        "tool_version": "0.1.0",
        "engine": "vllm",
        "model": "gemma",
        "model_role": "reviewer",
        "effort": "standard",
        "settings": {},
        "cases": "cases.jsonl",
        "repeats": 1,
        "ran_tests": True,
    }
    return Header(**values | given)


def finding(line: int | None, **given: Any) -> Reported:
    values: dict[str, Any] = {
        "id": f"{line or 0:012x}",
        "file": "a.py",
        "start_line": line,
        "end_line": line,
        "side": "new",
        "severity": "major",
        "category": "stability",
        "source": "model",
        "rule": None,
        "title": "title",
        "comment": "comment",
        "location": "exact",
        "confidence": None,
        "verification": None,
        "fixes": None,
    }
    return Reported(**values | given)


def defect(start: int, end: int | None = None, **given: Any) -> Defect:
    values: dict[str, Any] = {
        "file": "a.py",
        "start_line": start,
        "end_line": end or start,
        "category": "stability",
    }
    return Defect(**values | given)


def result(
    case: str, defects: Iterable[Defect] = (), findings: Iterable[Reported] = (), **given: Any
) -> Result:
    known = tuple(defects)
    values: dict[str, Any] = {
        "case": case,
        "digest": f"sha256:{case}",
        "repeat": 0,
        "language": "python",
        "kind": "defect" if known else "clean",
        "tags": (),
        "defects": known,
        "changed_lines": 10,
        "outcome": "completed",
        "exit_code": 0,
        "findings": tuple(findings),
    }
    return Result(**values | given)


def write(path: Path, head: Header, results: Iterable[Result]) -> Path:
    lines = [head.model_dump_json(), *(each.model_dump_json() for each in results)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def known_run() -> tuple[Header, list[Result]]:
    """Two languages, every state of a review, and every way in which a finding and a defect can be
    to each other."""
    results = [
        # On the line, of the right category, with a patch that passes everything.
        result(
            "c1-exact",
            [defect(10)],
            [finding(10, verification="tests_pass", fixes=True)],
            tags=("cross-file",),
            replies=2,
            bad_replies=0,
            calls=2,
            prompt_tokens=1000,
            cached_tokens=400,
            completion_tokens=100,
            seconds=1.5,
            held_back={"refuted": 2},
            tests_confirmed=True,
        ),
        # Two lines off and of another category; one at no defect; one that is not severe enough to
        # count.
        result(
            "c2-near",
            [defect(20, 22)],
            [
                finding(24, category="security", verification="parses", fixes=False),
                finding(80, title="<b>no</b>"),
                finding(90, severity="trivial", location="normalized"),
            ],
            language="go",
            changed_lines=100,
            replies=3,
            bad_replies=1,
            calls=3,
            prompt_tokens=2000,
            cached_tokens=0,
            completion_tokens=200,
            seconds=2.5,
            held_back={"refuted": 1, "no place": 1},
        ),
        # Seven lines off: found within ten only. A second defect has no category and is not found
        # at all.
        result(
            "c3-far",
            [defect(30), defect(60, category=None, description="unseen")],
            [finding(37)],
            changed_lines=30,
            replies=1,
            calls=1,
            prompt_tokens=500,
            completion_tokens=50,
            seconds=0.5,
        ),
        # Two findings at one defect: one hits, the other repeats.
        result(
            "c4-twice",
            [defect(5)],
            [finding(5), finding(6, location="moved", verification="applies")],
            language="go",
            replies=1,
            calls=1,
            prompt_tokens=500,
            completion_tokens=50,
            seconds=0.5,
        ),
        result(
            "k1-silent",
            language="go",
            replies=1,
            calls=1,
            prompt_tokens=300,
            completion_tokens=10,
            seconds=0.25,
        ),
        result(
            "k2-false",
            [],
            [finding(3), finding(9)],
            replies=1,
            calls=1,
            prompt_tokens=300,
            completion_tokens=90,
            seconds=0.75,
        ),
        result(
            "x1-incomplete",
            [defect(1)],
            [finding(1)],
            outcome="failed",
            exit_code=3,
            unreviewed=1,
            replies=1,
            bad_replies=1,
            calls=1,
            prompt_tokens=400,
            completion_tokens=0,
            seconds=4.0,
        ),
        result(
            "x2-unrunnable",
            [defect(1)],
            unrunnable="the clone is not there",
            outcome=None,
            exit_code=None,
        ),
    ]
    return header(), results
