"""Small cases with known answers, and what the code under test makes of them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from reviewer.lab.evals.load import load
from reviewer.lab.evals.results import Header, Result
from reviewer.lab.evals.running import Options, run_cases

RIGHT = "def total(items):\n    return sum(items)\n"
WRONG = "def total(items):\n    return sum(items[1:])\n"
CHECK = "from total import total\n\nassert total([1, 2]) == 3\n"


def tree(name="sum", *, head=WRONG, base=RIGHT, **fields):
    """A case of one file whose second line has the defect; `kind` and `defects` agree with each
    other."""
    clean = fields.get("kind") == "clean"
    return {
        "id": name,
        "kind": "defect",
        "language": "python",
        "source": {"kind": "tree", "base": {"total.py": base}, "head": {"total.py": head}},
        "defects": [] if clean else [{"file": "total.py", "start_line": 2, "end_line": 2}],
        **fields,
    }


def with_test(name="sum", **fields):
    """The same with a test that sees the defect."""
    return tree(
        name, tests={"command": ["{python}", "check.py"], "files": {"check.py": CHECK}}, **fields
    )


def write(path: Path, *cases) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return path


def loaded(path: Path, *cases):
    return load(write(path, *cases))


def ran(cases, out, model, *, said=None, overrides=None, **options):
    """Run the cases with a scripted model; the summary."""
    wanted = {"analyzers": (), "effort": "low", **(overrides or {})}
    work = run_cases(
        cases,
        out,
        wanted,
        Options(**options),
        say=(said if said is not None else []).append,
        choose=model.choose(),
    )
    return asyncio.run(work)


def results(path: Path) -> list[Result]:
    """The results of a file, by case and repeat."""
    lines = path.read_text(encoding="utf-8").splitlines()
    Header.model_validate_json(lines[0])
    found = [Result.model_validate_json(line) for line in lines[1:]]
    return sorted(found, key=lambda each: (each.case, each.repeat))
