"""How far repeated runs of the same input agree: python tests/benchmarks/agreement.py [RUNS]
[OPTIONS OF THE REVIEW …]

Reviews the example workspace RUNS times (default 3) without the cache, every other time with one
request in flight, and prints the Jaccard overlap (findings in both runs / findings in either) of
the model's findings for each pair of runs. By default on the embedded engine, whose model is a
smoke test: how well it agrees with itself says nothing about how right it is. Any other engine:
--engine openai --endpoint URL --model NAME.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).parents[2]
EMBEDDED = ("--engine", "llamacpp")


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """1 for equal sets, also for two empty ones."""
    return len(one & other) / len(one | other) if one | other else 1.0


def review(
    workspace: Path, options: tuple[str, ...], concurrency: int | None
) -> tuple[frozenset[str], str]:
    """The ids of the model's findings, and a line on how the run ended."""
    command = [
        sys.executable,
        "-m",
        "reviewer",
        "--agent",
        "--no-cache",
        "--no-analyzers",
        "--effort",
        "low",
        *options,
    ]
    command += ["--concurrency", str(concurrency)] if concurrency else []
    began = time.monotonic()
    done = subprocess.run(command, cwd=workspace, capture_output=True, text=True, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    last = events[-1] if events else {"type": "error", "message": done.stderr.strip()}
    if last["type"] != "complete":
        raise SystemExit(f"a run failed (exit code {done.returncode}): {last['message']}")
    ids = frozenset(
        event["id"] for event in events if event["type"] == "finding" and event["source"] == "model"
    )
    left = len(last["unreviewedFiles"])
    return ids, f"{len(ids)} findings, {left} files unreviewed, {time.monotonic() - began:.0f} s"


def main(runs: int, options: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "shop"
        maker = [sys.executable, ROOT / "examples" / "make_workspace.py", workspace]
        subprocess.run(maker, check=True, stdout=subprocess.DEVNULL)
        found = []
        for number in range(1, runs + 1):
            ids, ended = review(workspace, options, 1 if number % 2 else None)
            found.append(ids)
            print(f"run {number}: {ended}", flush=True)
    pairs = [(a + 1, b + 1, jaccard(found[a], found[b])) for a, b in combinations(range(runs), 2)]
    for one, other, overlap in pairs:
        print(f"runs {one} and {other}: {overlap:.2f}")
    print(
        f"mean overlap of {len(pairs)} pairs:"
        f" {sum(overlap for *_, overlap in pairs) / len(pairs):.2f}"
    )
    if not any(found):
        print("no run found anything, so this overlap says nothing")


if __name__ == "__main__":
    given = sys.argv[1:]
    count = int(given.pop(0)) if given and given[0].isdigit() else 3
    if count < 2:
        raise SystemExit("two runs at least: there is nothing to compare else")
    main(count, tuple(given) or EMBEDDED)
