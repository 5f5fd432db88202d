#!/usr/bin/env python3
"""Makes a git workspace with a feature branch to review: make_workspace.py TARGET

reviewer/doors/setup/example.py says what is in it, and shop/DEFECTS.md what is wrong with it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from reviewer.doors.setup import example
from reviewer.errors import ReviewerError


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit("usage: make_workspace.py TARGET")
    target = Path(sys.argv[1])
    try:
        example.make(target)
    except ReviewerError as error:
        raise SystemExit(f"{error.message}.") from None
    print(f"Review it with: cd {target} && reviewer")


if __name__ == "__main__":
    main()
