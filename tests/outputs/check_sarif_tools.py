#!/usr/bin/env python3
"""Reads our SARIF with sarif-tools, a reader that others wrote: .venv/bin/python
tests/outputs/check_sarif_tools.py

sarif-tools brings 150 MB of packages, so it has an environment of its own, made on the first run
and kept in $REVIEWER_SARIF_VENV, or else in
${XDG_CACHE_HOME:-~/.cache}/gemma-reviewer-ci/venv-sarif. Ends with 0, or says what differs and ends
with 1.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
WANTED = "sarif-tools==3.0.5"
LEVELS = {
    "critical": "error",
    "major": "error",
    "minor": "warning",
    "trivial": "note",
    "info": "note",
}
CONFLICT = "<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n"
# What a path in a URI can break on. The file has a finding of its own.
ODD = "docs/a b#c%20d&e's ü.txt"
MORE = "web/prices.json"  # gives one finding of a kind that the example does not have


class Wrong(Exception):
    """One line or a few: what differs."""


def need(same: object, what: str) -> None:
    if not same:
        raise Wrong(what)


def environment() -> Path:
    """The directory of programs with `sarif` in it; made anew when another version is wanted."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    made = Path(
        os.environ.get("REVIEWER_SARIF_VENV") or cache / "gemma-reviewer-ci" / "venv-sarif"
    ).absolute()
    stamp = made / "wanted.txt"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == WANTED):
        uv = shutil.which(
            "uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        )
        need(uv, "uv is not there: run this with .venv/bin/python after make setup")
        command = [str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(made)]
        subprocess.run(command, check=True)
        command = [
            str(uv),
            "pip",
            "install",
            "--quiet",
            "--python",
            str(made / "bin" / "python"),
            WANTED,
        ]
        subprocess.run(command, check=True)
        stamp.write_text(WANTED, encoding="utf-8")
    return made / "bin"


def review(workspace: Path, state: Path, report: Path) -> list[dict[str, Any]]:
    """The findings of the analyzers, which are also in the SARIF file `report`."""
    quiet = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REVIEWER_", "GIT_"))
    }
    home = {
        name: str(state) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    }
    command = [
        sys.executable,
        "-m",
        "reviewer",
        "--no-model",
        "--quiet",
        "--format",
        "json",
        "-o",
        f"sarif={report}",
    ]
    done = subprocess.run(
        command,
        cwd=workspace,
        env=quiet | home | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    need(
        done.returncode == 0,
        f"the review ended with {done.returncode}: {done.stderr or done.stdout[-500:]}",
    )
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    need(findings, "there are no findings to compare")
    return findings


class Tools:
    """`sarif` as its users start it, in a folder of its own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.program, self.folder = programs / "sarif", folder

    def __call__(self, *args: str, code: int = 0) -> str:
        done = subprocess.run(
            [str(self.program), *args], cwd=self.folder, capture_output=True, text=True
        )
        said = done.stdout + done.stderr
        need(
            done.returncode == code and "Traceback" not in said,
            f"sarif {args}: {done.returncode}: {said}",
        )
        return done.stdout

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def place(finding: dict[str, Any]) -> tuple[str, str, str, int]:
    source = finding["source"].removeprefix("analyzer:")
    return (
        LEVELS[finding["severity"]],
        f"{source}/{finding['rule']}",
        finding["fileName"],
        finding["startLine"] or 1,
    )


def check_summary(tools: Tools, findings: list[dict[str, Any]]) -> None:
    """Also the gate that it offers to CI, whose exit code is the number of errors."""
    ours = Counter(LEVELS[finding["severity"]] for finding in findings)
    counted = re.findall(
        r"(?m)^(error|warning|note): (\d+)$",
        tools("--check", "error", "summary", "old", code=ours["error"]),
    )
    theirs = {level: int(count) for level, count in counted}
    need(
        theirs == {level: ours[level] for level in ("error", "warning", "note")},
        f"summary: {theirs}, not {ours}",
    )
    need(ours["error"] and ours["warning"], "the example has neither errors nor warnings")


def check_csv(tools: Tools, findings: list[dict[str, Any]]) -> None:
    tools("csv", "-o", "old.csv", "old")
    with (tools.folder / "old.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    theirs = sorted(
        (row["Severity"], row["Code"], unquote(row["Location"]), int(row["Line"])) for row in rows
    )
    ours = sorted(map(place, findings))
    need(
        theirs == ours,
        f"csv: only theirs: {set(theirs) - set(ours)}, only ours: {set(ours) - set(theirs)}",
    )
    texts = Counter(row["Description"].split("\n")[0] for row in rows)
    need(
        texts == Counter(each["comment"].split("\n")[0] for each in findings),
        "csv: descriptions are not our comments",
    )


def check_html(tools: Tools, findings: list[dict[str, Any]]) -> None:
    """Each place, under its severity. (The page counts kinds of issues, not issues.)"""
    tools("html", "-o", "old.html", "old")
    _, *sections = re.split(r"<h3>Severity : (\w+) \[ \d+ \]</h3>", tools.read("old.html"))
    theirs = sorted(
        (level, unquote(unescape(path)), int(line))
        for level, section in zip(sections[::2], sections[1::2], strict=True)
        for path, line in re.findall(r"<li>([^<]+):(\d+)</li>", section)
    )
    ours = sorted((level, path, line) for level, _, path, line in map(place, findings))
    need(theirs == ours, f"html: {theirs}, not {ours}")


def check_diff(tools: Tools, more: list[dict[str, Any]]) -> None:
    """(The numbers count kinds of issues; the places are in the lists.)"""
    tools("--check", "error", "diff", "-o", "same.json", "old", "old")
    same = json.loads(tools.read("same.json"))
    need(
        all(same[level]["+"] == same[level]["-"] == 0 for level in same),
        f"diff with itself: {same}",
    )
    tools("--check", "error", "diff", "-o", "more.json", "old", "new", code=1)
    change = json.loads(tools.read("more.json"))
    news = [
        (level, code, each["Location"], each["Line"])
        for level in ("error", "warning", "note")
        for code, changed in change[level]["codes"].items()
        for each in changed.get("+@", [])
    ]
    need(change["all"] == {"+": 1, "-": 0}, f"diff: {change['all']}, not one new issue")
    [ours] = [place(finding) for finding in more if finding["fileName"] == MORE]
    need(
        [(level, code.split(" ")[0], *rest) for level, code, *rest in news] == [ours],
        f"diff: {news}, not {ours}",
    )


def check(folder: Path, programs: Path) -> None:
    workspace = folder / "shop"
    make = [sys.executable, str(ROOT / "examples" / "make_workspace.py"), str(workspace)]
    subprocess.run(make, check=True, capture_output=True)
    (workspace / "docs").mkdir(exist_ok=True)
    (workspace / ODD).write_text(CONFLICT, encoding="utf-8")
    for name in ("old", "new"):
        (folder / name).mkdir()
    findings = review(workspace, folder / "state1", folder / "old" / "reviewer.sarif")
    need(ODD in {finding["fileName"] for finding in findings}, f"nothing was found in {ODD}")
    (workspace / MORE).write_text('{"a": }\n', encoding="utf-8")
    more = review(workspace, folder / "state2", folder / "new" / "reviewer.sarif")
    tools = Tools(programs, folder)
    check_summary(tools, findings)
    check_csv(tools, findings)
    check_html(tools, findings)
    check_diff(tools, more)
    print(
        f"sarif-tools reads what we write: {len(findings)} findings by summary, csv, html and diff"
    )


def main() -> int:
    try:
        programs = environment()
        with tempfile.TemporaryDirectory(prefix="sarif-tools-") as folder:
            check(Path(folder), programs)
    except (Wrong, subprocess.CalledProcessError) as wrong:
        print(f"sarif-tools: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
