"""1,000 files and 100,000 changed lines through real git: collecting the change, units, context and
prompts.

    python tests/benchmarks/large_change.py [FILES]

Prints seconds for each stage and the peak memory of the process; the target is 10 s and 400 MB
together.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from reviewer import prompt, workspace
from reviewer.context import gather, project, units
from reviewer.models.base import estimate_tokens
from reviewer.types import Scope

LINES = 100


def module(number: int, factor: int) -> str:
    functions = (
        f"def step_{number}_{n}(value):\n    total = value * {factor} + {n}\n"
        f"    return total if total > {n} else None\n\n\n"
        for n in range(LINES // 5)
    )
    return "".join(functions)


def make(folder: Path, files: int) -> None:
    def git(*args: str) -> None:
        who = {
            f"GIT_{role}_{what}": "x@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        subprocess.run(
            ["git", *args],
            cwd=folder,
            check=True,
            env={**os.environ, **who},
            stdout=subprocess.DEVNULL,
        )

    git("init", "-q", "-b", "main")
    (folder / "README").write_text("base\n")
    git("add", "-A")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "work")
    for number in range(files):
        path = folder / f"package_{number % 20}" / f"module_{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(module(number, 2))
    git("add", "-A")
    git("commit", "-qm", "change")


def main(files: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), files)
        marks = [("start", time.perf_counter())]
        repository = workspace.open_repository(Path(name))
        base = workspace.resolve(repository, Scope())
        change = workspace.collect(repository, base, Scope(), workspace.Limits())
        marks.append(("diff", time.perf_counter()))
        todo = []
        for file in change.files:
            todo += units.split(file, budget=1600, tokens=estimate_tokens, first=len(todo))
        marks.append(("units", time.perf_counter()))
        contexts = [
            gather(unit, change, evidence=(), budget=3000, tokens=estimate_tokens) for unit in todo
        ]
        marks.append(("context", time.perf_counter()))
        size = 0
        for unit, around in zip(todo, contexts, strict=True):
            message = prompt.render(
                unit,
                around,
                facts=project.facts(change, unit.file.path),
                guidelines=(),
                hints=(),
                role="reviewer",
                redact=None,
                max_tokens=1024,
            )
            size += len(message.user)
        marks.append(("prompts", time.perf_counter()))
    lines = sum(
        line.kind != "context"
        for file in change.files
        for hunk in file.hunks
        for line in hunk.lines
    )
    print(
        f"{len(change.files)} files, {lines} changed lines, {len(todo)} units, {size / 1e6:.1f} MB"
        " of prompts"
    )
    for (_, before), (stage, after) in pairwise(marks):
        print(f"{stage:8} {after - before:6.2f} s")
    print(f"{'all':8} {marks[-1][1] - marks[0][1]:6.2f} s")
    print(f"peak     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
