"""Puts our hook where git looks for it, and takes it away again; the hook that was there first is
moved aside, runs before ours, and comes back as it was."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer import process
from reviewer.doors.hooks import HookType, place
from reviewer.doors.hooks.place import Hook
from reviewer.doors.hooks.script import BEFORE, Options, write
from reviewer.errors import ConfigError, UsageError
from reviewer.text import one_line
from reviewer.workspace import Repository

EDITED = "edited-reviewer"  # NAME.edited-reviewer is our own hook as somebody had changed it


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one hook. `chained`: the hook that was there before and runs first; `kept`: a
    changed copy."""

    type: HookType
    path: Path
    what: str  # installed, updated, unchanged, removed, restored, absent
    chained: Path | None = None
    kept: Path | None = None


def install(repository: Repository, hook: HookType, options: Options) -> Done:
    """Write the hook. Raises UsageError with what to do where another manager is in charge or the
    directory is not the repository's own, ConfigError where it cannot be written."""
    where = place.find(repository)
    if where.problem:
        raise UsageError(where.problem.replace("pre-push", hook))
    found = place.look(where, hook)
    _refuse(found)
    data = write(hook, options, sys.executable or "", _isolated())
    if found.state == "ours" and place.read(found.path) == data and os.access(found.path, os.X_OK):
        return Done(hook, found.path, "unchanged", found.before)
    with _explained(found.path):
        found.path.parent.mkdir(parents=True, exist_ok=True)
        kept = _keep_edited(found)
        before = found.before
        if found.state == "foreign":
            before = found.path.with_name(f"{hook}.{BEFORE}")
            found.path.rename(before)
        try:
            _put(found.path, data)
        except OSError:
            if found.state == "foreign" and before:
                before.rename(found.path)
            raise
    return Done(hook, found.path, "updated" if found.state == "ours" else "installed", before, kept)


def uninstall(repository: Repository, hook: HookType) -> Done:
    """Take our hook away and bring back the one that was there before, byte for byte and with its
    mode. Both the place that git looks at now and the usual one are searched: core.hooksPath may
    have been set since."""
    where = place.find(repository)
    for each in (where, place.usual(repository)):
        found = place.look(each, hook)
        if each.problem or not (
            found.state == "ours" or (found.state == "absent" and found.before)
        ):
            continue
        with _explained(found.path):
            kept = _keep_edited(found)
            if found.before and found.path.name == hook:
                found.before.replace(found.path)
                return Done(hook, found.path, "restored", kept=kept)
            found.path.unlink()
            return Done(hook, found.path, "removed", found.before, kept)
    return Done(hook, where.directory / hook, "absent", place.look(where, hook).before)


def _refuse(found: Hook) -> None:
    """What would have to be overwritten, or would overwrite us, is left to the user."""
    name = one_line(str(found.path))
    if found.manager:
        raise UsageError(
            f"{found.manager} made {name} and would replace ours:"
            f" {place.advice(found.manager, found.type)}"
        )
    if found.path.is_dir():
        raise UsageError(f"{name} is a directory; move it away first")
    if found.state == "foreign" and found.before:
        raise UsageError(
            f"{name} is not ours any more, and {found.before.name} beside it is the hook that was"
            " there before: keep one of the two, then try again"
        )


def _keep_edited(found: Hook) -> Path | None:
    """Whatever somebody wrote into our file must survive it."""
    if found.ours is None or not found.ours.edited:
        return None
    kept = found.path.with_name(f"{found.type}.{EDITED}")
    number = 1
    while os.path.lexists(kept):
        number += 1
        kept = found.path.with_name(f"{found.type}.{EDITED}-{number}")
    kept.write_bytes(found.path.read_bytes())  # not executable: it is a copy to read
    return kept


def _put(path: Path, data: bytes) -> None:
    """Write the file whole or not at all, executable."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o755)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise ConfigError(
            f"{one_line(str(path))} cannot be written: {exc.strerror or exc}"
        ) from None


def _isolated() -> tuple[str, ...]:
    """The options that keep the reviewed repository off the module path: -I, which also leaves out
    the user's own packages, or -P where it is there that this package lies. Raises ConfigError when
    a hook would not find it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        for option in ("-I", "-P"):
            command = [sys.executable, option, "-c", "import reviewer.cli"]
            if process.run(command, cwd=Path(folder), env=environ, timeout=30).code == 0:
                return (option,)
    raise ConfigError(
        "a hook could not find this package, which is not installed for its Python: pip install it"
        " first"
    )
