"""Repositories under review with fixes to apply, and findings that carry a patch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from support.event_cases import complete, context, finding
from support.repo import GIT, Repo, environment, review

from reviewer.events import Finding, Report, dump
from reviewer.fixes import Built, Refused, from_contents, patch
from reviewer.fixes.apply import Fix
from reviewer.types import Change


def under_review(tmp_path: Path, files: dict[str, str | bytes]) -> tuple[Repo, Change]:
    """A repository with an empty commit on main, and `files` as untracked files on a branch."""
    repo = Repo(tmp_path / "repo", tmp_path / "githome")
    repo.commit({"README": "x\n"})
    repo.git("checkout", "-q", "-b", "work")
    for path, data in files.items():
        repo.write(path, data)
    return repo, review(repo)


def diff_of(*files: tuple[str, str | bytes, str | bytes]) -> bytes:
    """The patch of (path, old, new)."""
    return patch.write((path, _bytes(old), _bytes(new)) for path, old, new in files)


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def built(change: Change, **new: bytes) -> Built:
    """The fix that gives files new contents; `_` in a keyword stands for `.`."""
    made = from_contents({path.replace("_", "."): data for path, data in new.items()}, change)
    assert not isinstance(made, Refused), made
    return made


def proposed(number: int, diff: bytes, verification: str = "clean", **fields: Any) -> Finding:
    """A finding with a patch."""
    checks = [{"name": "applies", "status": "passed", "duration_seconds": 0.0, "detail": ""}]
    text = {"diff": diff.decode("utf-8", "replace"), "verification": verification, "checks": checks}
    try:
        diff.decode()
    except UnicodeDecodeError:
        import base64

        text["diff_base64"] = base64.b64encode(diff).decode()
    return finding(number, patch=text, **fields)


def fix(number: int, diff: bytes, **fields: Any) -> Fix:
    return Fix(proposed(number, diff, **fields), diff)


def report(path: Path, *findings: Finding) -> Path:
    """A JSON report with these findings, written to `path`."""
    whole = Report(
        context=context(), findings=list(findings), complete=complete(findings=len(findings))
    )
    path.write_text(json.dumps(dump(whole)))
    return path


def git_apply(repo: Repo, diff: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    """What `git apply` itself makes of a patch in the worktree."""
    return subprocess.run(
        [GIT, "apply", *options, "-"],
        cwd=repo.path,
        env=environment(repo.home),
        input=diff,
        capture_output=True,
    )
