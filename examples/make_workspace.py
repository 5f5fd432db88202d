#!/usr/bin/env python3
"""Makes a git workspace with a feature branch to review: make_workspace.py TARGET

The branch `feature/currencies` of a small shop has one commit over `main`, a staged change, an
unstaged one and an untracked file. shop/DEFECTS.md says what is wrong with it. The same commits
come out every time.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHOP = Path(__file__).resolve().parent / "shop"
# Put together here, so that no scanner of published repositories takes this one for a leak. It
# opens nothing.
FAKE_KEY = "AKIA" + "NOTAREALKEY7FAKE"


def git(target, *arguments, day):
    """Run git as somebody without any configuration of their own, on a fixed day."""
    date = f"2026-03-{day:02}T09:00:00+00:00"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    } | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann Example",
        "GIT_AUTHOR_EMAIL": "ann@example.com",
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": "Ann Example",
        "GIT_COMMITTER_EMAIL": "ann@example.com",
        "GIT_COMMITTER_DATE": date,
    }
    subprocess.run(
        ["git", "-C", target, *arguments], check=True, env=environment, stdin=subprocess.DEVNULL
    )


def copy(source, target):
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes().replace(b"@FAKE_KEY@", FAKE_KEY.encode()))


def make(target):
    """The workspace in `target`, which must be empty or not there. Raises SystemExit with one
    line."""
    if shutil.which("git") is None:
        raise SystemExit("git is not installed, or not on the PATH.")
    if target.is_symlink() or (
        target.exists() and not (target.is_dir() and not any(target.iterdir()))
    ):
        raise SystemExit(f"{target} is not an empty directory: name another one.")
    target.mkdir(parents=True, exist_ok=True)
    git(target, "init", "--quiet", "--initial-branch=main", "--template=", day=2)
    copy(SHOP / "base", target)
    git(target, "add", "--all", day=2)
    git(target, "commit", "--quiet", "--message=A small shop", day=2)
    git(target, "checkout", "--quiet", "-b", "feature/currencies", day=3)
    copy(SHOP / "change" / "commit", target)
    git(
        target,
        "commit",
        "--quiet",
        "--all",
        "--message=Prices in other currencies, and coupons",
        day=3,
    )
    copy(SHOP / "change" / "staged", target)
    git(target, "add", "--all", day=4)
    copy(SHOP / "change" / "unstaged", target)
    copy(SHOP / "change" / "untracked", target)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit("usage: make_workspace.py TARGET")
    target = Path(sys.argv[1])
    make(target)
    print(f"Review it with: cd {target} && reviewer")


if __name__ == "__main__":
    main()
