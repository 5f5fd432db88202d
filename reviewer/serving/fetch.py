"""Brings the weights of a model to this machine before its server starts, so that the time limit
of the start does not count the download, and the server needs no network."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from reviewer.errors import NoEngine
from reviewer.serving import gguf, pull
from reviewer.text import cut, one_line

_WEIGHTS = (".safetensors", ".gguf")


def ready(name: str, say: Callable[[str], None], *, offline: bool = False) -> Path:
    """The file or folder with the weights of `name`, for every engine that reads files: itself if
    it is a path, else what lies in the Hugging Face cache of that id, else what is downloaded now
    (`say` gets a line, the progress goes to standard error).

    Raises NoEngine when it would have to be downloaded and `offline` forbids that, UsageError for
    what is no id, and EngineError and its subclasses when the download fails.
    """
    if (there := here(name)) is not None:
        return there
    if offline:
        shown = one_line(cut(name, 200))
        raise NoEngine(
            f"{shown} is not on this machine, and --offline forbids its download; on a machine with"
            f" a network, run: reviewer model pull {shown}"
        )
    return _download(name, say)


def _download(name: str, say: Callable[[str], None]) -> Path:
    return pull.pull(name, say)


def here(name: str) -> Path | None:
    """Where the weights of `name` (an absolute path, or an id) are on this machine; None if they
    are not, or not all of them."""
    path = Path(name).expanduser()
    if path.is_absolute():
        return path if path.exists() else None
    return _complete(gguf._hugging_face_dir(os.environ) / f"models--{name.replace('/', '--')}")


def _complete(top: Path) -> Path | None:
    """The snapshot in a repository's folder of the cache, if all of its weights are there."""
    try:
        commit = (top / "refs" / "main").read_text(encoding="ascii").strip()
        snapshot = top / "snapshots" / PurePosixPath(commit).name
        index = snapshot / "model.safetensors.index.json"
        if index.exists():
            named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
            files = [snapshot / str(name) for name in named]
        else:
            files = [path for path in snapshot.rglob("*") if path.suffix in _WEIGHTS]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
    return snapshot if commit and files and all(file.is_file() for file in files) else None
