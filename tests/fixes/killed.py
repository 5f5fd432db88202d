"""Does things with the journal in processes that die without a word after the n-th step.

Its argument is how folders are held, `by handle` or `by name`. Reads lines `N apply|undo ROOT` on
stdin and answers each with `died`, or with the number of steps when it got to the end (N 0: it
always does).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reviewer.fixes import folder, journal
from reviewer.fixes.writer import Replacement


def main() -> None:
    folder.BY_HANDLE = sys.argv[1] == "by handle"
    for line in sys.stdin:
        last, what, root = line.rstrip("\n").split(" ", 2)
        child = os.fork()
        if not child:
            do(int(last), what, Path(root))
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9:
            print("died", flush=True)


def do(last: int, what: str, root: Path) -> None:
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == last:
            os._exit(9)

    with journal.locked(root) as home:
        if what == "undo":
            journal.undo(root, home, None, step=step)
        else:
            journal.apply(
                root,
                home,
                [item(root, path) for path in ("a.txt", "dir/b.sh", "c.txt")],
                [],
                step=step,
            )
    print(steps, flush=True)
    os._exit(0)


def item(root: Path, path: str) -> Replacement:
    file = root / path
    return Replacement(
        path, file.read_bytes(), f"new {path}\n".encode(), file.stat().st_mode & 0o7777
    )


if __name__ == "__main__":
    main()
