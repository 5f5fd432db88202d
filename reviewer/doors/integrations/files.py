"""Reads, writes and removes files below one folder. A link is followed only while it stays
inside."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from reviewer.errors import ConfigError
from reviewer.fixes import target, writer
from reviewer.text import one_line


def place(base: Path, path: str) -> Path:
    """The real path of `path` below `base`; it need not exist. Raises ConfigError when it leads
    outside, or into .git."""
    top = Path(os.path.realpath(base))
    real = Path(os.path.realpath(top / path))
    if top not in real.parents or ".git" in real.relative_to(top).parts:
        raise ConfigError(
            f"{path} leads outside {one_line(str(top))}, to {one_line(str(real))}; left unchanged:"
            " remove the link, then try again"
        )
    return real


def read(base: Path, path: str) -> bytes | None:
    """The content of the file, None if there is none. Raises ConfigError when it cannot be read or
    is not a regular file."""
    full = place(base, path)
    if not os.path.lexists(full):
        return None
    try:
        with target.parent(full.parent, full.name) as (folder, name):
            return target.read(folder, name).data
    except (target.Unsafe, OSError) as exc:
        raise _failed(path, exc) from None


def missing_folders(base: Path, path: str) -> tuple[str, ...]:
    """The folders to create before the file can be written, outermost first."""
    parents = [str(parent) for parent in reversed(Path(path).parents) if parent != Path()]
    return tuple(parent for parent in parents if not os.path.lexists(base / parent))


def write(base: Path, path: str, old: bytes | None, new: bytes | None) -> None:
    """Replace `old` with `new`; None stands for no file. Raises ConfigError, with nothing changed,
    when the file no longer holds `old` or cannot be written."""
    full = place(base, path)
    if read(base, path) != old:
        raise ConfigError(f"{path} changed in the meantime: try again")
    try:
        if new is None:
            full.unlink(missing_ok=True)
        elif old is None:
            full.parent.mkdir(parents=True, exist_ok=True)
            _create(place(base, path), new)
        else:
            with target.parent(full.parent, full.name) as (folder, name):
                mode = target.read(folder, name).mode
            item = writer.Replacement(full.name, old, new, mode)
            writer.replace(full.parent, "integrate", [item], lambda: None)
    except writer.WriteFailed as exc:
        raise ConfigError(exc.message) from None
    except (target.Unsafe, OSError) as exc:
        raise _failed(path, exc) from None


def remove_empty(base: Path, folders: tuple[str, ...]) -> None:
    """Remove the empty ones of the folders, innermost first; links are kept."""
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError):
            (base / folder).rmdir()


def _create(full: Path, data: bytes) -> None:
    handle = os.open(
        full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        full.unlink(missing_ok=True)
        raise


def _failed(path: str, exc: target.Unsafe | OSError) -> ConfigError:
    problem = f"cannot be used: {exc.strerror}" if isinstance(exc, OSError) else str(exc)
    return ConfigError(f"{path} {problem}; fix that, then try again")
