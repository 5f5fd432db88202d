"""Brings the weights of a model to this machine before its server starts, so that the time limit
of the start does not count the download, and the server needs no network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reviewer.errors import NoEngine
from reviewer.serving import hub_cache, pull
from reviewer.text import cut, one_line


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
    return pull.pull(name, say)


def here(name: str) -> Path | None:
    """Where the weights of `name` (an absolute path, or an id) are on this machine; None if they
    are not, or not all of them."""
    path = Path(name).expanduser()
    if path.is_absolute():
        return path if path.exists() else None
    return hub_cache.complete(name)
