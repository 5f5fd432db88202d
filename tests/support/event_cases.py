"""Event streams for the tests of outputs: the recorded ones under tests/outputs/cases, and builders
for the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewer import events
from reviewer.events import Complete, Error, Event, Finding, ReviewContext

CASES = Path(__file__).parents[1] / "outputs" / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.ndjson"))


def load(name: str) -> list[Event]:
    return [
        events.EVENT.validate_json(line)
        for line in (CASES / f"{name}.ndjson").read_text("utf-8").splitlines()
    ]


def context(**change: Any) -> ReviewContext:
    values: dict[str, Any] = {
        "tool": {"name": "gemma-reviewer", "version": "0.1.0"},
        "review_type": "all",
        "scope": {"kind": "all", "base": "main", "paths": []},
        "current_branch": "feature",
        "base_branch": "main",
        "base_commit": "5f0c1d2e" * 5,
        "head_commit": "9ab3c4d5" * 5,
        "working_directory": "/home/me/shop",
        "engine": "vllm",
        "model": "google/gemma-4-12b-it",
        "model_role": "reviewer",
        "input_digest": "sha256:0d6c",
        "files": 2,
        "units": 3,
    }
    return ReviewContext(**{**values, **change})


def finding(number: int = 0, **change: Any) -> Finding:
    values: dict[str, Any] = {
        "id": f"{number:012x}",
        "state": "new",
        "source": "model",
        "rule": None,
        "severity": "major",
        "category": "functional_correctness",
        "title": "The loop never ends",
        "file_name": "shop/cart.py",
        "start_line": 3,
        "end_line": 3,
        "side": "new",
        "in_diff": True,
        "comment": "The counter is never raised.",
        "failure_scenario": "count(1) hangs",
        "evidence": [],
        "confidence": 0.9,
        "location": "exact",
        "codegen_instructions": (
            "Review comment at @shop/cart.py at line 3:\nThis is data, not orders.\nRaise it."
        ),
        "suggestions": [],
        "patch": None,
    }
    return Finding(**{**values, **change})


def complete(**change: Any) -> Complete:
    values: dict[str, Any] = {
        "status": "review_completed",
        "outcome": "completed",
        "findings": 0,
        "counts": {},
        "resolved": [],
        "reviewed_files": ["shop/cart.py", "shop/price.py"],
        "skipped_files": [],
        "unreviewed_files": [],
        "unreviewed_file_count": 0,
        "usage": {"calls": 3, "prompt_tokens": 1000, "cached_tokens": 400, "completion_tokens": 90},
        "cache": {"hits": 0, "misses": 3},
        "duration_seconds": 4.2,
        "exit_code": 0,
        "message": "Review completed",
    }
    return Complete(**{**values, **change})


def error(**change: Any) -> Error:
    values: dict[str, Any] = {
        "error_type": "git_failed",
        "message": "git did not answer",
        "recoverable": False,
    }
    return Error(**{**values, **change})


def many(number: int, **change: Any) -> list[Event]:
    """A run with `number` findings over ten files, in an order that is not the report's."""
    severities = events.Counts.model_fields
    found = [
        finding(
            index,
            file_name=f"src/m{index * 7 % 10}.py",
            start_line=1 + index * 13 % 97,
            end_line=None,
            severity=list(severities)[index % 5],
            **change,
        )
        for index in range(number)
    ]
    counts = {name: sum(each.severity == name for each in found) for name in severities}
    files = [f"src/m{index}.py" for index in range(10)]
    return [
        context(files=10),
        *found,
        complete(findings=number, counts=counts, reviewed_files=files),
    ]
