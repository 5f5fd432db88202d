"""Writes small GGUF files: a header with the given keys, and no tensors."""

import struct
from pathlib import Path


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def pair(key: str, value: object) -> bytes:
    """One key: str, bool, int (uint32) or float values, and lists of str or int."""
    match value:
        case str():
            return text(key) + struct.pack("<I", 8) + text(value)
        case bool():
            return text(key) + struct.pack("<I?", 7, value)
        case int():
            return text(key) + struct.pack("<II", 4, value)
        case float():
            return text(key) + struct.pack("<If", 6, value)
        case [str(), *_]:
            return text(key) + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        case list():
            return (
                text(key)
                + struct.pack("<IIQ", 9, 4, len(value))
                + struct.pack(f"<{len(value)}I", *value)
            )
    raise TypeError(value)


def header(keys: dict[str, object], *, version: int = 3, count: int | None = None) -> bytes:
    body = b"".join(pair(key, value) for key, value in keys.items())
    return b"GGUF" + struct.pack("<IQQ", version, 0, len(keys) if count is None else count) + body


def gemma4(path: Path, *, size: int = 0, **changes: object) -> Path:
    """A file whose header is that of a Gemma 4; `changes` replace general.* keys, `size` pads
    it."""
    keys = {
        "architecture": "gemma4",
        "type": "model",
        "name": "Gemma 4 E2B It",
        "finetune": "it",
    } | changes
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        header({f"general.{key}": value for key, value in keys.items()}).ljust(size, b"\0")
    )
    return path
