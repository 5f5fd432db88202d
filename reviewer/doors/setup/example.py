"""The bundled example: a git workspace of a small shop with planted defects.

The branch `feature/currencies` has one commit over `main`, a staged change, an unstaged one and an
untracked file. DEFECTS.md beside the sources says what is wrong. The same commits come out every
time. Imports nothing that is not in the standard library, since examples/make_workspace.py runs
without an installation.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from reviewer import programs, resources
from reviewer.errors import GitFailed, UsageError

# Put together here, so that no scanner of published repositories takes this one for a leak. It
# opens nothing.
FAKE_KEY = "AKIA" + "NOTAREALKEY7FAKE"
BRIEF = "shop/pricing.py"  # the file to review where a model is slow


def make(target: Path) -> None:
    """The workspace in `target`, which must be empty or not there.

    Raises UsageError when it is neither, GitFailed when git is missing or fails."""
    if programs.find("git") is None:
        raise GitFailed("git is not installed, or not on the PATH")
    if target.is_symlink() or (
        target.exists() and not (target.is_dir() and not any(target.iterdir()))
    ):
        raise UsageError(f"{target} is not an empty directory: name another one")
    shop = resources.folder("examples") / "shop"
    target.mkdir(parents=True, exist_ok=True)
    _git(target, "init", "--quiet", "--initial-branch=main", "--template=", day=2)
    _copy(shop / "base", target)
    _git(target, "add", "--all", day=2)
    _git(target, "commit", "--quiet", "--message=A small shop", day=2)
    _git(target, "checkout", "--quiet", "-b", "feature/currencies", day=3)
    _copy(shop / "change" / "commit", target)
    message = "--message=Prices in other currencies, and coupons"
    _git(target, "commit", "--quiet", "--all", message, day=3)
    _copy(shop / "change" / "staged", target)
    _git(target, "add", "--all", day=4)
    _copy(shop / "change" / "unstaged", target)
    _copy(shop / "change" / "untracked", target)


def _git(target: Path, *arguments: str, day: int) -> None:
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
    done = subprocess.run(
        [programs.find("git") or "git", "-C", str(target), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise GitFailed(f"git {arguments[0]} failed in {target}: update git, then repeat")


def _copy(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes().replace(b"@FAKE_KEY@", FAKE_KEY.encode()))
