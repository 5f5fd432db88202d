"""A repository with a remote, and git run in it as a user would, hooks included."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from support.repo import GIT, Repo, environment

CLEAN = "def f(x):\n    return x\n"
BROKEN = "def f(x):\n    return {name}\n"  # an undefined name: major, by the analyzers


def with_remote(tmp_path: Path) -> Repo:
    """`main` with one commit, pushed to the bare repository `origin`, and the branch `work` checked
    out."""
    repo = quick(Repo(tmp_path / "repo", tmp_path / "home"))
    repo.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "origin.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    repo.commit({"a.py": CLEAN})
    repo.git("push", "-q", "-u", "origin", "main")
    repo.git("checkout", "-q", "-b", "work")
    return repo


def quick(repo: Repo) -> Repo:
    """With the two analyzers that the tests need; the others take longer than all the rest."""
    user_file = repo.home / ".config/gemma-reviewer/config.toml"
    user_file.parent.mkdir(parents=True)
    user_file.write_text('analyzers = ["ruff", "conflict"]\n')
    return repo


def broken(name: str = "nowhere") -> str:
    return BROKEN.format(name=name)


def call(
    repo: Repo, *args: str, cwd: Path | None = None, stdin: bytes = b"", **env: str
) -> tuple[int, str]:
    """Exit code and stderr of a program in the repository. No model, unless `env` names one."""
    done = subprocess.run(
        args,
        cwd=cwd or repo.path,
        env=full_environment(repo) | env,
        input=stdin,
        capture_output=True,
        timeout=60,
    )
    return done.returncode, os.fsdecode(done.stderr)


def git(repo: Repo, *args: str, cwd: Path | None = None, **env: str) -> tuple[int, str]:
    return call(repo, GIT, *args, cwd=cwd, **env)


def full_environment(repo: Repo) -> dict[str, str]:
    state = {f"XDG_{kind}_HOME": str(repo.home / kind.lower()) for kind in ("CACHE", "STATE")}
    return environment(repo.home) | state | {"REVIEWER_ENGINE": "none"}


def ours(stderr: str) -> list[str]:
    """The lines that the hook wrote, without git's own, as `told` has them."""
    return told([line for line in stderr.splitlines() if line.startswith(("reviewer: ", "  "))])


def told(lines: list[str]) -> list[str]:
    """The lines of a report, each finding on one and without its id: `MAJOR  a.py:2  Title`."""
    text = re.sub(r"  [0-9a-f]{12}\n {12}", "  ", "\n".join(lines))
    return re.sub(r"\b[0-9a-f]{12} --reason", "ID --reason", text).split("\n") if lines else []


def contents(folder: Path) -> dict[str, object]:
    """Every file of a folder: mode and bytes, or the target of a link."""
    return {
        path.name: str(path.readlink())
        if path.is_symlink()
        else (path.stat().st_mode & 0o7777, path.read_bytes())
        for path in sorted(folder.iterdir())
    }
