"""Finds GGUF models on this machine and reads their headers.

A header is hostile input: only a bounded part of the file is read, without recursion, and no number
in the file decides an allocation.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewer import temporary

_HEADER_BYTES = 1 << 20  # the general.* keys come first; the vocabulary after them is not needed
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9
_INSTRUCT = re.compile(r"(?<![a-z])(?:it|instruct)(?![a-z])", re.IGNORECASE)
_SPLIT = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")


class NotGguf(Exception):
    """The file is not a GGUF model that llama.cpp can read. The message says why, without the name
    of the file."""


def metadata(path: Path) -> dict[str, str | int | float | bool]:
    """The scalar keys in the first MiB of a GGUF file (`general.architecture`, `general.name`, …).

    Raises NotGguf, also for a header that is truncated or damaged within that part, and OSError if
    the file cannot be read.
    """
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with open(descriptor, "rb") as file:  # noqa: PTH123 (opened above without waiting for the writer of a FIFO)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotGguf("it is not a regular file")
        data = file.read(_HEADER_BYTES)
    if data[:4] != b"GGUF":
        raise NotGguf("it does not start with GGUF")
    try:
        version, _tensors, count = struct.unpack_from("<IQQ", data, 4)
        if version not in (2, 3):
            raise NotGguf(f"its format version {version} is not supported, only 2 and 3")
        return dict(_pairs(data, 24, count))
    except (struct.error, UnicodeDecodeError):
        raise NotGguf("its header is truncated or damaged") from None


def _pairs(data: bytes, at: int, count: int) -> Iterator[tuple[str, str | int | float | bool]]:
    """Scalar pairs from offset `at`. Pairs beyond a full buffer are left out; a shorter file is
    damaged."""
    for _ in range(min(count, len(data))):
        try:
            key, at = _string(data, at)
            (kind,) = struct.unpack_from("<I", data, at)
            at += 4
            if kind == _STRING:
                value, at = _string(data, at)
                yield key, value
            elif kind == _ARRAY:
                at = _after_array(data, at)
            elif kind in _SCALARS:
                yield key, struct.unpack_from(_SCALARS[kind], data, at)[0]
                at += struct.calcsize(_SCALARS[kind])
            else:
                raise NotGguf(f"its header has a value of unknown type {kind}")
        except struct.error:
            if len(data) == _HEADER_BYTES:
                return
            raise


def _string(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<Q", data, at)
    if length > len(data) - at - 8:
        raise struct.error
    end = at + 8 + length
    return data[at + 8 : end].decode("utf-8"), end


def _after_array(data: bytes, at: int) -> int:
    """The offset after the array at `at`; its elements are skipped."""
    kind, count = struct.unpack_from("<IQ", data, at)
    at += 12
    if kind == _STRING:
        for _ in range(
            count
        ):  # each step takes 8 bytes or more, so a huge `count` ends with the buffer
            (length,) = struct.unpack_from("<Q", data, at)
            at = min(at + 8 + length, len(data))
        return at
    if kind not in _SCALARS:
        raise NotGguf(f"its header has an array of unknown type {kind}")
    end: int = at + count * struct.calcsize(_SCALARS[kind])
    return min(end, len(data))


def trained_context(head: Mapping[str, object]) -> int | None:
    """The context length, in tokens, that the model was trained with; None if not in the header."""
    value = head.get(f"{head.get('general.architecture')}.context_length")
    return value if isinstance(value, int) and value > 0 else None


def is_gemma4(path: Path) -> bool:
    """Whether the file is a complete instruction-tuned Gemma 4 (no projector, drafter or base
    model)."""
    try:
        head = metadata(path)
    except (NotGguf, OSError):
        return False
    names = [head.get(f"general.{key}", "") for key in ("finetune", "name", "basename")] + [
        path.name
    ]
    return (
        head.get("general.architecture") == "gemma4"
        and head.get("general.type", "model") == "model"
        and any(_INSTRUCT.search(str(name)) for name in names)
        and all(part.is_file() for part in _parts(path))
    )


def is_smoke_model(path: Path) -> bool:
    """Whether the file is the Gemma 3 270M, whatever its name. It only proves that the engine
    works."""
    try:
        head = metadata(path)
    except (NotGguf, OSError):
        return False
    return head.get("general.architecture") == "gemma3" and head.get("general.size_label") == "270M"


def _parts(path: Path) -> list[Path]:
    """All files of a model. llama.cpp takes the first file of a split model and opens the others by
    name."""
    match = _SPLIT.search(path.name)
    if match is None:
        return [path]
    stem, total = path.name[: match.start()], min(int(match[2]), 999)
    return [
        path.with_name(f"{stem}-{number:05}-of-{match[2]}.gguf") for number in range(1, total + 1)
    ]


def models_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The directory of this program's models. A GGUF file placed there is found."""
    return temporary.cache_dir(environ) / "models"


def _hugging_face_dir(environ: Mapping[str, str]) -> Path:
    """The hub cache, located as huggingface_hub does."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if value := environ.get(name):
            return Path(value).expanduser()
    home = environ.get("HF_HOME") or str(
        Path(environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    )
    return Path(home).expanduser() / "hub"


def local_gemma4(environ: Mapping[str, str] = os.environ, memory: int | None = None) -> Path | None:
    """The largest instruction-tuned Gemma 4 on this machine whose weights take at most 70 % of
    `memory` (bytes; default: this machine's). Our models directory comes first, then the Hugging
    Face cache."""
    limit = 0.7 * (_memory() if memory is None else memory)
    hub = _hugging_face_dir(environ)
    for files in (models_dir(environ).glob("*.gguf"), hub.glob("models--*/snapshots/*/**/*.gguf")):
        sized = []
        for path in files:
            match = _SPLIT.search(path.name)
            if (match is None or int(match[1]) == 1) and is_gemma4(path):
                size = sum(part.stat().st_size for part in _parts(path))
                if size <= limit:
                    sized.append((size, str(path), path))
        if sized:
            return max(sized)[2]
    return None


def _memory() -> int:
    """Physical memory in bytes; a huge number if the system does not report it."""
    if sys.platform == "win32":
        return 1 << 62
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 1 << 62
