"""Brings a model's files into the Hugging Face cache: sizes first, room on disk next, then the
download.

What the hub's library does is a parameter, so that the decisions can be tried without a hub.
"""

from __future__ import annotations

import errno
import importlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer import text
from reviewer.errors import (
    AuthFailed,
    EngineError,
    EngineUnreachable,
    ModelNotFound,
    NoEngine,
    ReviewerError,
    UsageError,
)
from reviewer.serving import catalogue
from reviewer.serving.catalogue import GIB

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
# Weights, configuration and tokenizer; never pickles (*.bin, *.pt) or code.
WEIGHTS = (
    "*.safetensors",
    "*.safetensors.index.json",
    "*.json",
    "*.jinja",
    "*.txt",
    "tokenizer.model",
)
GGUF, PROJECTOR = ("*.gguf",), ("*mmproj*",)  # the projector is for images
_SPARE = GIB
_DISK = {
    getattr(errno, name, errno.ENOSPC)  # Windows has no quota
    for name in ("ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EIO", "ENOTDIR")
}


@dataclass(frozen=True, slots=True)
class Hub:
    """`download` is huggingface_hub.snapshot_download, `failures` what it raises, `cache` where it
    writes."""

    download: Callable[..., Any]
    failures: tuple[type[Exception], ...]
    cache: Path


def hub() -> Hub:
    """The real one. Raises NoEngine when the extra is not installed."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        library = importlib.import_module("huggingface_hub")
        errors = importlib.import_module("huggingface_hub.errors")
        constants = importlib.import_module("huggingface_hub.constants")
    except ImportError as error:
        raise NoEngine(
            "Downloading needs the extra `pull`: pip install 'gemma-reviewer[pull]', then repeat"
            " the command."
        ) from error
    transport = tuple(
        kind for kind in errors.HfHubHTTPError.__mro__ if kind.__name__ == "HTTPError"
    )  # httpx's base
    return Hub(
        library.snapshot_download, (OSError, ValueError, *transport), Path(constants.HF_HUB_CACHE)
    )


def pull(name: str, source: Hub, say: Callable[[str], None]) -> Path:
    """Download `name` (a Hugging Face id) and return the folder with its files. What is there
    already is not fetched again, and a download that was cut goes on where it stopped; the library
    draws its progress on stderr.

    Raises UsageError for a name that is no such id, EngineError and its subclasses when it cannot
    be had.
    """
    repository = _repository(name)
    patterns = {"allow_patterns": list(WEIGHTS), "ignore_patterns": None}
    if "gguf" in repository.lower():
        patterns = {"allow_patterns": list(GGUF), "ignore_patterns": list(PROJECTOR)}
    options = {"cache_dir": source.cache, **patterns}
    try:
        files = source.download(repository, dry_run=True, **options)
    except source.failures as error:
        return _checked(repository, _without_the_hub(repository, source, options, error, say))
    _room(repository, files, source.cache, say)
    try:
        folder = Path(source.download(repository, **options))
    except source.failures as error:
        raise explain(repository, error) from error
    return _checked(repository, folder)


def _checked(repository: str, folder: Path) -> Path:
    if not any(path.suffix in (".safetensors", ".gguf") for path in folder.rglob("*")):
        raise ModelNotFound(
            f"{repository} has no safetensors and no GGUF: `reviewer model list` names what has."
        )
    return folder


def _without_the_hub(
    repository: str,
    source: Hub,
    options: dict[str, Any],
    why: Exception,
    say: Callable[[str], None],
) -> Path:
    """The folder of a complete earlier download; raises what `explain` makes of `why` when there is
    none."""
    try:
        folder = Path(source.download(repository, local_files_only=True, **options))
    except source.failures:
        raise explain(repository, why) from why
    say(f"{repository} is already there (the hub was not asked: {type(why).__name__}).")
    return folder


def _repository(name: str) -> str:
    found = catalogue.lookup(name)
    if found is not None:
        checkpoint = found[1][0]
        if len(found[1]) > 1:
            raise UsageError(
                f"{found[0].name} comes in several forms: `reviewer model list` names the ids."
            )
        if checkpoint.engine == "ollama":
            raise UsageError(f"{checkpoint.id} is an Ollama tag: ollama pull {checkpoint.id}")
        return checkpoint.repository
    if not _ID.fullmatch(name):
        raise UsageError(
            f"'{text.one_line(text.cut(name, 80))}' is not an id such as"
            " google/gemma-4-12B-it-qat-w4a16-ct: `reviewer model list` names what fits here."
        )
    return name


def _room(repository: str, files: Iterable[Any], cache: Path, say: Callable[[str], None]) -> None:
    """Say what will be fetched, and raise EngineError when the disk cannot take it."""
    wanted = [file.file_size or 0 for file in files if file.will_download]
    if not wanted:
        say(f"{repository} is already there.")
        return
    place = next(folder for folder in (cache, *cache.absolute().parents) if folder.is_dir())
    needed, free = sum(wanted), shutil.disk_usage(place).free
    if needed + _SPARE > free:
        raise EngineError(
            f"{repository} needs {needed / GIB:.1f} GiB in {cache} and {_SPARE / GIB:.0f} GiB to"
            f" spare, but {free / GIB:.1f} GiB are free: make room, or set HF_HOME to a larger"
            " disk."
        )
    say(
        f"{repository}: {len(wanted)} files, {needed / GIB:.1f} GiB into {cache} ({free / GIB:.1f}"
        " GiB free)."
    )


def explain(repository: str, error: BaseException) -> ReviewerError:
    """One line for what the hub's library raised, with the next step. It hides the cause behind its
    own exceptions, so the whole chain is looked at."""
    names = {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}
    statuses = {
        getattr(getattr(link, "response", None), "status_code", None) for link in _chain(error)
    }
    if "GatedRepoError" in names:
        return AuthFailed(
            f"{repository} is gated: accept its terms on its page at huggingface.co, then `hf auth "
            "login` (or set HF_TOKEN) and repeat the command."
        )
    if "OfflineModeIsEnabled" in names or os.environ.get("HF_HUB_OFFLINE", "").upper() in (
        "1",
        "ON",
        "YES",
        "TRUE",
    ):
        return EngineUnreachable(
            f"{repository} is not here and HF_HUB_OFFLINE forbids to fetch it: unset it, or copy "
            "the hub cache from a machine that has the model."
        )
    if "RepositoryNotFoundError" in names or statuses & {401, 403, 404}:
        return ModelNotFound(
            f"The hub has no {repository}, or not for you: check the id with `reviewer model list`;"
            " for a private one, `hf auth login`."
        )
    if isinstance(error, OSError) and error.errno is not None and error.errno in _DISK:
        return EngineError(
            f"{repository} cannot be written: {os.strerror(error.errno)}. Set HF_HOME to "
            "a directory of yours with enough room."
        )
    why = text.cut(text.one_line(str(error).strip().partition("\n")[0]), 200)
    return EngineUnreachable(
        f"The hub cannot be reached for {repository} ({type(error).__name__}: {why}). What has "
        "come is kept: repeat the command when the network is back."
    )


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
