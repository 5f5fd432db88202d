"""Installs our hook and removes it again. An existing hook is moved aside, runs before ours, and is
restored as it was."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer import disk, process, temporary
from reviewer.doors.hooks import HookType, place
from reviewer.doors.hooks.place import HookState
from reviewer.doors.hooks.script import BEFORE, Options, write
from reviewer.errors import ConfigError, UsageError
from reviewer.text import one_line
from reviewer.workspace import Repository

EDITED = "edited-reviewer"  # NAME.edited-reviewer is a copy of our hook with the user's edits


@dataclass(frozen=True, slots=True)
class HookChange:
    """What happened to one hook. `chained`: the earlier hook, which runs first; `kept`: a copy of
    an edited hook."""

    type: HookType
    path: Path
    outcome: str  # installed, updated, unchanged, removed, restored, absent
    chained: Path | None = None
    kept: Path | None = None


def install(repository: Repository, hook: HookType, options: Options) -> HookChange:
    """Write the hook. Raises UsageError, with a way out, where another manager owns the hooks or
    their directory is not the repository's own; ConfigError where the file cannot be written."""
    where = place.hooks_directory(repository)
    if where.problem:
        raise UsageError(where.problem.replace("pre-push", hook))
    found = place.inspect(where, hook)
    _refuse(found)
    data = write(hook, options, sys.executable or "", _isolated())
    if found.state == "ours" and place.read(found.path) == data and os.access(found.path, os.X_OK):
        return HookChange(hook, found.path, "unchanged", found.before)
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
    return HookChange(
        hook, found.path, "updated" if found.state == "ours" else "installed", before, kept
    )


def uninstall(repository: Repository, hook: HookType) -> HookChange:
    """Remove our hook and restore the earlier one, byte for byte and with its mode. Searches git's
    current hooks directory and the default one: core.hooksPath may have been set since."""
    where = place.hooks_directory(repository)
    for each in (where, place.default_directory(repository)):
        found = place.inspect(each, hook)
        if each.problem or not (
            found.state == "ours" or (found.state == "absent" and found.before)
        ):
            continue
        with _explained(found.path):
            kept = _keep_edited(found)
            if found.before and found.path.name == hook:
                found.before.replace(found.path)
                return HookChange(hook, found.path, "restored", kept=kept)
            found.path.unlink()
            return HookChange(hook, found.path, "removed", found.before, kept)
    return HookChange(hook, where.directory / hook, "absent", place.inspect(where, hook).before)


def _refuse(found: HookState) -> None:
    """Leave to the user what we would overwrite, or what would overwrite us."""
    name = one_line(str(found.path))
    if found.manager:
        raise UsageError(
            f"{found.manager} manages {name} and would replace our hook:"
            f" {place.advice(found.manager, found.type)}"
        )
    if found.path.is_dir():
        raise UsageError(f"{name} is a directory; move it away first")
    if found.state == "foreign" and found.before:
        raise UsageError(
            f"{name} is no longer our hook, and {found.before.name} still holds the earlier one:"
            " keep one of the two, then try again"
        )


def _keep_edited(found: HookState) -> Path | None:
    """Keep the user's edits to our file in a copy."""
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
    """Write the executable file atomically."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o755)
        disk.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise ConfigError(f"cannot write {one_line(str(path))}: {exc.strerror or exc}") from None


def _isolated() -> tuple[str, ...]:
    """The interpreter options that keep the reviewed repository off the module path: -I, which also
    drops the user's own packages, or -P where this package is one of those. Raises ConfigError when
    a hook could not import it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryDirectory(prefix="reviewer-", dir=temporary.folder()) as folder:
        for option in ("-I", "-P"):
            command = [sys.executable, option, "-c", "import reviewer.cli"]
            if process.run(command, cwd=Path(folder), env=environ, timeout=30).code == 0:
                return (option,)
    raise ConfigError(
        "a hook cannot import this package, which is not installed for its Python: pip install it"
        " first"
    )
