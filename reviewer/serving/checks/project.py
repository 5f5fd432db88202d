"""Checks the repository of the current directory, and the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer import config, workspace
from reviewer.errors import BadBase, ConfigError, GitFailed, NoRepository
from reviewer.serving.checks.base import Check, failed, ok, skipped, warning
from reviewer.types import Scope

_GIT_SECONDS = 10.0  # of each git process


@dataclass(frozen=True)
class Project:
    """The check of the current directory, and the configuration file in its base (None if there is
    none)."""

    check: Check
    file: bytes | None = None


def repository(directory: Path) -> Project:
    """Whether the repository can be opened, and what a review would compare with."""
    name = "repository"
    try:
        opened = workspace.open_repository(directory, timeout=_GIT_SECONDS)
    except NoRepository:
        return Project(
            skipped(name, "the current directory is not in a git repository with a worktree")
        )
    except GitFailed as error:
        return Project(
            failed(
                name,
                error.message,
                "check that `git status` works here, or review a patch with --diff FILE",
            )
        )
    try:
        base = workspace.resolve(opened, Scope())
    except (BadBase, GitFailed) as error:
        return Project(
            failed(name, error.message, "name the base to compare with: reviewer --base REF")
        )
    against = (
        f"{base.branch or 'HEAD'} ({base.commit[:12]})"
        if base.commit
        else "the empty tree: no commit yet"
    )
    detail = (
        f"{opened.root}, on {base.current_branch or 'a detached HEAD'}, compared with {against}"
    )
    file = workspace.read_base(opened, base, config.REPOSITORY_FILE)
    if opened.warnings:
        return Project(
            warning(name, f"{detail}; {opened.warnings[0]}", "check .git/config: who added this?"),
            file,
        )
    return Project(ok(name, detail), file)


def configuration(
    overrides: Mapping[str, Any], environ: Mapping[str, str], user: Path | None, file: bytes | None
) -> tuple[Check, config.Settings]:
    """Whether the configuration is valid. If not, the settings are the defaults and `overrides`."""
    name = "configuration"
    try:
        loaded = config.load(overrides, environ, user=user, repository=file)
    except ConfigError as error:
        return failed(
            name, error.message, "fix it; `reviewer config show` lists every setting"
        ), config.Settings(**overrides)
    if loaded.warnings:
        more = f" (and {len(loaded.warnings) - 1} more)" if len(loaded.warnings) > 1 else ""
        return warning(
            name, loaded.warnings[0] + more, "see `reviewer config show`"
        ), loaded.settings
    given = sorted(
        {source for source in loaded.origin.values() if source not in ("default", "command line")}
    )
    return ok(name, f"from {', '.join(given)}" if given else "defaults"), loaded.settings
