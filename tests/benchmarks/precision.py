"""What each filter is worth: python tests/benchmarks/precision.py

A scripted model reports, in known proportions, defects that are there (some with a wrong line
number, some twice), quotes that it invented, files outside of the change, claims that code refutes,
claims that the shown text refutes, noise, and doubtful findings; as a verifier it judges most of
them rightly and some wrongly. Precision is the share of what is left that is there; recall the
share of the defects that is left. Nothing here says how a real model does.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.candidates import read_of, said, verdicts
from support.change import change
from support.scripted import Scripted, finding

from reviewer.events import Finding
from reviewer.findings import PassResult, Source, accept
from reviewer.types import Change, Context, Unit
from reviewer.verify import FLOORS, judge

FILES = 24
TEXT = """import json


def load(path, limit):
    if limit < 0:
        raise ValueError(limit)
    with open(path) as file:
        rows = json.load(file)
    share = sum(rows) / limit
    kept = rows[: limit - 1]
    return share, kept
"""
ZERO, LAST, JSON, OPEN = (
    "    share = sum(rows) / limit",
    "    kept = rows[: limit - 1]",
    "        rows = json.load(file)",
    "    with open(path) as file:",
)
REAL = "Real: "
# kind: (every how many files it is reported, the finding, the verdict on it)
Items = dict[str, tuple[int, dict[str, object], dict[str, object]]]


def items(path: str) -> Items:
    def made(quote: str, title: str, problem: str, **fields: object) -> dict[str, object]:
        return finding(quote, fields.pop("file", path), title=title, problem=problem, **fields)

    sure, no = {"confidence": 90}, {"verdict": "refuted", "confidence": 5}
    return {
        "right": (1, made(ZERO, f"{REAL}division by zero", "A limit of 0 divides by zero."), sure),
        "right, wrong line": (
            2,
            made(LAST, f"{REAL}last row is lost", "One row too few is kept.", line=9999),
            sure,
        ),
        "duplicate": (
            2,
            made(ZERO, f"{REAL}zero limit", "The division fails for a limit of zero."),
            sure,
        ),
        "right, refuted wrongly": (
            6,
            made(
                "    return share, kept", f"{REAL}order swapped", "Callers expect the rows first."
            ),
            {**no, "contradiction": "    return kept, share", "confidence": 60},
        ),
        "invented quote": (
            1,
            made("    rows.sort(reverse=True)", "Wrong order", "It sorts in place."),
            sure,
        ),
        "outside": (
            3,
            made("root:x:0:0", "Password file", "It can be read.", file="/etc/passwd"),
            sure,
        ),
        "refuted by code": (
            2,
            made(JSON, "`json` is not imported", "`json` is used without an import."),
            sure,
        ),
        "refuted by the text": (
            2,
            made(OPEN, "Negative limits are accepted", "A negative limit cuts from the end."),
            {**no, "contradiction": "    if limit < 0:", "contradictionFile": path},
        ),
        "praise": (
            4,
            made("def load(path, limit):", "Good name", "A clean solution.", scenario=""),
            sure,
        ),
        "advice": (
            3,
            made(
                "        raise ValueError(limit)", "Ensure it is seen", "Consider it.", scenario=""
            ),
            sure,
        ),
        "doubtful": (
            3,
            made("import json", "Slow", "It is read at once."),
            {"verdict": "unsure", "confidence": 20},
        ),
        "wrong, believed": (
            8,
            made("    if limit < 0:", "Wrong type", "A limit of 1.5 is accepted."),
            sure,
        ),
    }


@dataclass(frozen=True)
class Step:
    name: str
    left: int
    right: int  # of them, the defects that are there, each counted once
    repeated: int  # of them, that say again what another one says


@dataclass(frozen=True)
class Outcome:
    reported: Counter[str]
    steps: tuple[Step, ...]
    published: tuple[tuple[str, int, str], ...]  # (file, line, title)
    calls: int


def run() -> Outcome:
    """The filters, one after the other, on everything that the scripted model says."""
    paths = [f"m{number}.py" for number in range(FILES)]
    made = change({}, {path: TEXT.encode() for path in paths})
    source = Source(made)
    model = Scripted(lambda prompt: _verdicts(prompt.user))
    reported: Counter[str] = Counter()
    raw: list[tuple[str, str]] = []
    reads: dict[str, PassResult] = {}
    for number, path in enumerate(paths):
        said_of = {
            kind: item for kind, (every, item, _) in items(path).items() if number % every == 0
        }
        reported.update(said_of.keys())
        raw += [(path, str(item["title"])) for item in said_of.values()]
        reads[path] = _read(made, source, path, list(said_of.values()))
    steps = [_step("reported", raw)]
    placed = [finding for read in reads.values() for finding in read.findings]
    steps.append(_step("placed", _named(placed)))
    calls = 0
    published: Sequence[Finding] = ()
    stages = (
        ("claims and noise", "low", 0.0),
        ("refutation", "medium", 0.0),
        ("confidence", "medium", FLOORS["balanced"]),
    )
    for name, effort, floor in stages:
        published, calls = asyncio.run(_judged(reads, made, source, model, effort, floor))
        steps.append(_step(name, _named(published)))
    places = sorted((item.file_name, item.start_line or 0, item.title) for item in published)
    return Outcome(reported, tuple(steps), tuple(places), calls)


def _read(made: Change, source: Source, path: str, said_of: list[dict[str, object]]) -> PassResult:
    file = next(file for file in made.files if file.path == path)
    found = accept(
        {"findings": said_of},
        Unit(file, file.hunks, 0),
        Context(),
        source,
        "reviewer",
        redact=None,
    )
    return read_of(made, path, found.findings)


async def _judged(
    reads: dict[str, PassResult],
    made: Change,
    source: Source,
    model: Scripted,
    effort: str,
    floor: float,
) -> tuple[list[Finding], int]:
    published: list[Finding] = []
    calls = 0
    for read in reads.values():
        result = await judge(
            [read], made, source, model=model, effort=effort, floor=floor, redact=None
        )
        published += result.published
        calls += result.usage.calls
    return published, calls


def _verdicts(user: str) -> str:
    listed = re.findall(r"^(\d+)\. (\S+), line \d+: (.*)$", user, re.MULTILINE)
    known = {str(item["title"]): verdict for _, item, verdict in items(listed[0][1]).values()}
    return verdicts(*(said(int(number), **known[title]) for number, _, title in listed))


def _named(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(item.file_name, item.title) for item in found]


_SAME = {f"{REAL}zero limit": f"{REAL}division by zero"}


def _step(name: str, left: Sequence[tuple[str, str]]) -> Step:
    real = [(path, _SAME.get(title, title)) for path, title in left if title.startswith(REAL)]
    return Step(name, len(left), len(set(real)), len(real) - len(set(real)))


def defects() -> int:
    kinds = ("right", "right, wrong line", "right, refuted wrongly")
    return sum(len(range(0, FILES, items("x.py")[kind][0])) for kind in kinds)


def main() -> None:
    outcome = run()
    print("reported:", ", ".join(f"{count} {kind}" for kind, count in outcome.reported.items()))
    print(f"{'after':<20}{'left':>6}{'right':>7}{'again':>7}{'precision':>11}{'recall':>8}")
    for step in outcome.steps:
        share, recall = step.right / step.left, step.right / defects()
        print(
            f"{step.name:<20}{step.left:>6}{step.right:>7}{step.repeated:>7}{share:>10.0%}{recall:>8.0%}"
        )
    print(f"{outcome.calls} questions of the verifier for {FILES} files")


if __name__ == "__main__":
    main()
