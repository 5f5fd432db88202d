"""Real git repositories in a temporary directory, made with a git that sees nothing of the user's
configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from reviewer.types import Change, FileDiff, Scope, ScopeKind
from reviewer.workspace import Limits, collect, open_repository, resolve

GIT = shutil.which("git") or "git"


def environment(home: Path) -> dict[str, str]:
    """Fixed author and dates, so that the same content gives the same ids; `home` holds the global
    configuration."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A U Thor",
        "GIT_AUTHOR_EMAIL": "author@example.com",
        "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
        "GIT_COMMITTER_NAME": "C O Mitter",
        "GIT_COMMITTER_EMAIL": "committer@example.com",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
        "LC_ALL": "C.UTF-8",
    }


class Repo:
    """A repository at `path`, by default new, with the branch `main`."""

    def __init__(self, path: Path, home: Path, *, init: bool = True) -> None:
        self.path, self.home = path, home
        home.mkdir(parents=True, exist_ok=True)
        (home / ".gitconfig").touch()
        if init:
            path.mkdir(parents=True, exist_ok=True)
            self.git("init", "-q", "-b", "main")

    def git(self, *args: str | bytes, check: bool = True, stdin: bytes = b"", **env: str) -> str:
        done = subprocess.run(
            [GIT, *args],
            cwd=self.path,
            env=environment(self.home) | env,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=30,
        )
        assert not check or done.returncode == 0, (args, done.stderr)
        return os.fsdecode(done.stdout)

    def write(self, path: str | bytes, data: str | bytes = "") -> Path:
        full = self.path / os.fsdecode(path)
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(data.encode() if isinstance(data, str) else data)
        return full

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "change") -> str:
        """Write the files, commit everything there is, and return the id of the commit."""
        for path, data in (files or {}).items():
            self.write(path, data)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.head()

    def head(self, rev: str = "HEAD") -> str:
        return self.git("rev-parse", rev).strip()


def review(
    repo: Repo,
    kind: ScopeKind = "all",
    *,
    below: str = "",
    limits: Limits | None = None,
    **scope: Any,
) -> Change:
    """What the code under test makes of a repository, seen from the directory `below` in it."""
    opened = open_repository(repo.path / below, timeout=20)
    wanted = Scope(kind, **scope)
    return collect(opened, resolve(opened, wanted), wanted, limits or Limits())


def outcome(change: Change) -> dict[str, dict[str, str]]:
    """Where every file ended up: name to status or reason."""
    return {
        "files": {file.path: file.status for file in change.files},
        "skipped": {item.path: item.reason for item in change.skipped},
        "unreviewed": {item.path: item.reason for item in change.unreviewed},
    }


def only(
    *,
    files: dict[str, str] | None = None,
    skipped: dict[str, str] | None = None,
    unreviewed: dict[str, str] | None = None,
) -> dict[str, dict[str, str]]:
    """The outcome in which there is nothing but this."""
    return {"files": files or {}, "skipped": skipped or {}, "unreviewed": unreviewed or {}}


def rebuilt(old: bytes, file: FileDiff) -> bytes:
    """The new content, made of the old one and the hunks; every line number and every old line is
    checked."""
    rest = old.split(b"\n")
    source = [line + b"\n" for line in rest[:-1]] + ([rest[-1]] if rest[-1] else [])
    out: list[bytes] = []
    at = 0
    for hunk in file.hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        out += source[at:start]
        at = start
        for line in hunk.lines:
            data = line.data + b"\n" * line.newline
            if line.old is not None:
                assert (line.old, source[at]) == (at + 1, data)
                at += 1
            if line.new is not None:
                out.append(data)
                assert line.new == len(out)
    return b"".join(out + source[at:])


def added_lines(file: FileDiff) -> list[bytes]:
    return [line.data for hunk in file.hunks for line in hunk.lines if line.kind == "added"]
