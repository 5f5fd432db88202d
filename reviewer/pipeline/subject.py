"""Takes the change that a request names, and what the base revision says about its review."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer import config, memory, text, workspace
from reviewer.config import Settings
from reviewer.errors import UsageError
from reviewer.findings.ignored import said
from reviewer.pipeline.request import Request
from reviewer.types import REPORT, Change


@dataclass(frozen=True)
class Subject:
    """`since` is the change from the baseline commit to the state under review; `notes` are for the
    user to know, but no warnings."""

    loaded: config.Loaded
    change: Change
    since: Change | None = None
    baseline: memory.Baseline = field(default_factory=memory.Baseline)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def take(request: Request) -> Subject:
    """Open the repository and load the settings, the change under review, the change since the
    baseline commit, and the baseline file. Raises what `workspace` and `config` raise."""

    def load(repository_file: bytes | None = None) -> config.Loaded:
        return config.load(
            request.overrides, request.environ, user=request.user_file, repository=repository_file
        )

    if request.patch is not None:
        loaded, rev = load(), request.scope.rev or "-"
        change = workspace.from_patch(
            request.patch, rev, request.directory, _limits(loaded.settings)
        )
        return Subject(loaded, change)
    repository = workspace.open_repository(
        request.directory, hook=request.hook, seconds=load().settings.timeout
    )
    base = workspace.resolve(repository, request.scope)
    in_force = workspace.read_base(repository, base, config.REPOSITORY_FILE)
    loaded = load(in_force)
    with memory.open_store(request.environ) as store:
        known, unread = memory.reports(store), store.warning
    limits = replace(_limits(loaded.settings), reports=request.reports, written=known)
    change = workspace.collect(repository, base, request.scope, limits)
    since = None
    if old := loaded.settings.baseline_commit:
        earlier = workspace.measured_from(repository, base, old, "--baseline-commit")
        since = workspace.collect(repository, earlier, request.scope, limits)
    name = loaded.settings.baseline
    given = loaded.origin["baseline"] == "command line"
    path = (
        _below(repository.root, request.directory if given else repository.root, name)
        if name
        else None
    )
    if given and path is None:
        raise UsageError(
            f"--baseline: {text.one_line(name or '')} is not a file inside the repository"
        )
    data = workspace.read_base(repository, base, path, memory.BASELINE_BYTES) if path else None
    baseline, warning = _baseline(change, path, data, given=given)
    notes = (_not_in_force(change, in_force, loaded.settings), _instead(repository, base, change))
    return Subject(
        loaded,
        change,
        since,
        baseline,
        warnings=(*loaded.warnings, *_warnings(change, since), *filter(None, [warning, unread])),
        notes=tuple(filter(None, notes)),
    )


def _not_in_force(change: Change, in_force: bytes | None, settings: Settings) -> str:
    """That the repository's settings as they stand in the state under review are not those of this
    review, and what they would ignore; "" if they are."""
    name = config.REPOSITORY_FILE
    here = workspace.read_here(change, name)
    if here == in_force or (here and here.replace(b"\r\n", b"\n") == in_force):
        return ""
    brought = config.load({}, {}, repository=here).settings.ignore
    new = ", ".join(said(table) for table in brought if table not in settings.ignore)
    more = f"; not ignored yet: {text.cut(text.one_line(new), 300)}" if new else ""
    if change.base_commit is None:
        return (
            f"{name} is not in force: it is read from the base, and nothing is committed yet{more}"
        )
    branch = text.one_line(change.base_branch or "")
    base = f"the base, {branch} ({change.base_commit[:12]})".replace(", (", " (")
    if in_force is None:
        return f"{name} is not in force: it is read from {base}, which has none{more}"
    what = "deleted" if here is None else "changed"
    return f"{name} is {what} here; in force is the one of {base}{more}"


def _instead(repository: workspace.Repository, base: workspace.Base, change: Change) -> str:
    """What could be reviewed where nothing has changed; "" where something has."""
    others = [each for each in change.skipped if each.detail != REPORT]
    if change.files or change.unreviewed or others:
        return ""
    return workspace.instead(repository, base, change.scope)


def _baseline(
    change: Change, path: str | None, data: bytes | None, *, given: bool
) -> tuple[memory.Baseline, str]:
    """The baseline file as it is in the base revision (a change must not dismiss its own findings),
    and a warning when that may surprise the user. Raises UsageError when a file `given` on the
    command line does not exist."""
    if path is None:
        return memory.Baseline(), ""
    name = text.one_line(path)
    if data is not None:
        baseline = memory.parse_baseline(data)
        return (
            baseline,
            (
                f"{name}: ignored {text.count(baseline.ignored, 'malformed line')}"
                if baseline.ignored
                else ""
            ),
        )
    if not given:  # the user's file names one for every repository
        return memory.Baseline(), ""
    at = (change.base_commit or "nothing is committed")[:12]
    if change.read(path, "new") is None:
        raise UsageError(
            f"--baseline: the base ({at}) has no {name}; create it with: reviewer findings list"
            " --baseline FILE"
        )
    return (
        memory.Baseline(),
        f"{name} is not in the base revision ({at}): commit it first, it applies to later changes",
    )


def _below(root: Path, directory: Path, name: str) -> str | None:
    """The path relative to `root`, None when the file is not below it. The file need not exist."""
    full = Path(os.path.realpath(directory), name)
    place = Path(os.path.realpath(full.parent), full.name)
    top = Path(os.path.realpath(root))
    return place.relative_to(top).as_posix() if top in place.parents else None


def _limits(settings: Settings) -> workspace.Limits:
    return workspace.Limits(
        max_file_bytes=settings.max_file_bytes,
        max_diff_bytes=settings.max_diff_bytes,
        include=settings.include,
        exclude=settings.exclude,
        timeout=settings.timeout,
    )


def _warnings(*changes: Change | None) -> tuple[str, ...]:
    """Of all changes, each once."""
    return tuple(dict.fromkeys(line for change in changes if change for line in change.warnings))
