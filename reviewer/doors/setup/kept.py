"""What this program keeps on the disk: where, how much, and how to remove it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from reviewer import config, memory, temporary
from reviewer.serving import catalogue, gguf, hub_cache, registry
from reviewer.serving.registry import Server

Word = Literal["cache", "models", "logs", "memory", "undo", "servers"]
WORDS: tuple[Word, ...] = get_args(Word)
SMOKE = "gemma-3-270m-q4_k_m.gguf"


@dataclass(frozen=True, slots=True)
class Kept:
    """`word` is what the user names to remove it; `size` is in bytes, `path` is what is shown."""

    word: Word
    what: str
    path: str
    size: int
    remove: Callable[[], None]


def kept() -> list[Kept]:
    """Everything, in the order of WORDS. Others' files in the same folders are left out: models
    that are not in the catalogue, GGUF files that the user put beside ours, the settings."""
    return [*_cache(), *_models(), *_logs(), *_state(), *_servers()]


def remove(chosen: Iterable[Kept]) -> None:
    """Remove what was chosen, then folders of ours that are empty. Raises OSError. Servers are
    stopped first: they use the models."""
    for each in sorted(chosen, key=lambda each: each.word != "servers"):
        each.remove()
    state = config.state_folder(os.environ)
    for folder in (gguf.models_dir(), temporary.cache_dir(), registry.folder(), state):
        with contextlib.suppress(OSError):  # not empty, or not there
            folder.rmdir()


def in_use(chosen: Iterable[Kept]) -> tuple[Server, ...]:
    """The running servers whose models are chosen, unless they are chosen, too."""
    words = {each.word for each in chosen}
    return registry.running(starting=True) if "models" in words and "servers" not in words else ()


def _cache() -> Iterator[Kept]:
    # REVIEWER_CACHE_DIR may be a folder that others use, too: only what is ours by its name.
    if (place := temporary.cache_dir() / "gocheck").is_dir():
        yield _folder("cache", "gocheck, can be made again", place)
    if size := _replies():
        yield Kept("cache", "replies of models, in the memory", str(_file()), size, _forget)


def _replies() -> int:
    """Bytes of the remembered replies, which lie in the memory's file."""
    if not _file().is_file():
        return 0
    with memory.open_store(os.environ) as store:
        rows = store.rows("SELECT COALESCE(SUM(size), 0) FROM cache")
    return sum(int(row[0]) for row in rows)


def _file() -> Path:
    return config.state_folder(os.environ) / "memory" / memory.place.FILE


def _forget() -> None:
    with memory.open_store(os.environ) as store:
        store.transaction(lambda execute: execute("DELETE FROM cache"))


def _models() -> Iterator[Kept]:
    smoke = gguf.models_dir() / SMOKE
    if smoke.is_file():
        yield _folder("models", "the smoke model", smoke)
    repositories = {
        each.repository for _, each in catalogue.checkpoints() if each.engine != "ollama"
    }
    for repository in sorted(repositories):
        place = hub_cache.folder(repository)
        if place.is_dir():
            yield _folder("models", repository, place, place.parent / ".locks" / place.name)


def _logs() -> Iterator[Kept]:
    where = registry.folder()
    used = {registry.stem(each.endpoint) for each in registry.running(where, starting=True)}
    for place in sorted(where.glob("*")) if where.is_dir() else ():
        if place.suffix in (".log", ".lock") and place.stem not in used:
            what = "log of a server" if place.suffix == ".log" else "lock of a server"
            yield _folder("logs", what, place)


def _state() -> Iterator[Kept]:
    state = config.state_folder(os.environ)
    if (place := state / "memory").is_dir():
        made = _folder("memory", "findings, DISMISSALS, statistics, examples", place)
        yield replace(made, size=max(0, made.size - _replies()))
    if (place := state / "fixes").is_dir():
        yield _folder("undo", "what `reviewer undo` needs", place)


def _servers() -> Iterator[Kept]:
    where = registry.folder()
    for server in registry.running(where, starting=True):
        stop = partial(_stop, server, where)
        yield Kept("servers", f"{server.model}, running", server.endpoint, 0, stop)


def _stop(server: Server, where: Path) -> None:
    registry.stop(server, where)
    for suffix in (".log", ".lock"):
        (where / f"{registry.stem(server.endpoint)}{suffix}").unlink(missing_ok=True)


def _folder(word: Word, what: str, *places: Path) -> Kept:
    return Kept(word, what, str(places[0]), _size(places[0]), partial(_delete, places))


def _size(place: Path) -> int:
    """Bytes on the disk; links count for nothing."""
    files = place.rglob("*") if place.is_dir() and not place.is_symlink() else [place]
    return sum(each.lstat().st_size for each in files if each.is_file() and not each.is_symlink())


def _delete(places: Iterable[Path]) -> None:
    for place in places:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
