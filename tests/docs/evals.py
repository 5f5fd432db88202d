"""The figures of our own evaluation cases in docs/explanation/measured.md, from a report of
`reviewer eval report --format json`.

usage: evals.py REPORT.json [--write]    without --write it fails when the page says something else
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/explanation/measured.md"
BLOCK = re.compile(r"(<!-- evals -->\n).*?(<!-- /evals -->)", re.DOTALL)
ROWS = {
    "recall_3": "known defects found, within 3 lines",
    "precision": "findings that hit a known defect",
    "silent_clean": "clean changes without a finding",
}


def table(report: dict) -> str:
    counts, figures = report["counts"], report["figures"]
    if counts["unrunnable"] or counts["incomplete"]:
        sys.exit(
            f"{counts['unrunnable']} cases could not be run, {counts['incomplete']} reviews are"
            " incomplete"
        )
    engine = report["header"]["model"] or "analyzers alone"
    rows = [f"| {counts['cases']} cases, {engine} | figure | 95 % interval |", "|---|---|---|"]
    for name, said in ROWS.items():
        one = figures[name]
        share, part = f"{100 * one['value']:.1f} %", f"{one['part']:.0f} of {one['whole']}"
        rows.append(
            f"| {said} | {share} ({part}) | {100 * one['low']:.1f} to {100 * one['high']:.1f} % |"
        )
    return "\n".join(rows) + "\n"


def main(path: str, *options: str) -> None:
    (report,) = json.loads(Path(path).read_text("utf-8"))["reports"]
    before = PAGE.read_text("utf-8")
    after = BLOCK.sub(lambda found: found[1] + table(report) + found[2], before)
    if "--write" in options:
        PAGE.write_text(after, "utf-8")
    elif before != after:
        sys.exit(f"{PAGE.name} does not say what was measured; it should be:\n{table(report)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
