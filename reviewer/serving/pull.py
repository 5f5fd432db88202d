"""Downloads a model's files into the Hugging Face cache, after checking their size against the
space on disk.

The hub's library is a parameter, so that the decisions can be tested without a hub.
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
from reviewer.models import route
from reviewer.models.address import Endpoint
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
_HUB = Endpoint("https://huggingface.co", None, local=False)
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
    """The real hub. Raises NoEngine when the extra is not installed."""
    import httpx

    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        library = importlib.import_module("huggingface_hub")
        errors = importlib.import_module("huggingface_hub.errors")
        constants = importlib.import_module("huggingface_hub.constants")
    except ImportError as error:
        raise NoEngine(
            "downloads require the extra `pull`: pip install 'gemma-reviewer[pull]', then repeat"
            " the command"
        ) from error
    transport = tuple(
        kind for kind in errors.HfHubHTTPError.__mro__ if kind.__name__ == "HTTPError"
    )  # httpx's base
    # The last two come from a proxy of the environment.
    failures = (OSError, ValueError, *transport, ImportError, httpx.InvalidURL)
    return Hub(library.snapshot_download, failures, Path(constants.HF_HUB_CACHE))


def pull(name: str, source: Hub, say: Callable[[str], None]) -> Path:
    """Download `name` (a Hugging Face id) and return the folder with its files. Files that exist
    are not downloaded again, and an interrupted download resumes; the library shows its progress on
    stderr.

    Raises UsageError for a name that is not such an id, EngineError and its subclasses when the
    download fails.
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
            f"{repository} has neither safetensors nor GGUF files: choose a model from `reviewer"
            " model list`"
        )
    return folder


def _without_the_hub(
    repository: str,
    source: Hub,
    options: dict[str, Any],
    why: Exception,
    say: Callable[[str], None],
) -> Path:
    """The folder of a complete earlier download. Raises the explained `why` when there is none."""
    try:
        folder = Path(source.download(repository, local_files_only=True, **options))
    except source.failures:
        raise explain(repository, why) from why
    say(f"{repository} is already downloaded (could not contact the hub: {type(why).__name__}).")
    return folder


def _repository(name: str) -> str:
    found = catalogue.lookup(name)
    if found is not None:
        checkpoint = found[1][0]
        if len(found[1]) > 1:
            raise UsageError(
                f"{found[0].name} is ambiguous: choose an id from `reviewer model list`"
            )
        if checkpoint.engine == "ollama":
            raise UsageError(f"{checkpoint.id} is an Ollama tag: run `ollama pull {checkpoint.id}`")
        return checkpoint.repository
    if not _ID.fullmatch(name):
        raise UsageError(
            f"'{text.one_line(text.cut(name, 80))}' is not an id such as"
            " google/gemma-4-12B-it-qat-w4a16-ct: `reviewer model list` shows what fits here"
        )
    return name


def _room(repository: str, files: Iterable[Any], cache: Path, say: Callable[[str], None]) -> None:
    """Report what will be downloaded. Raises EngineError when there is not enough space on disk."""
    wanted = [file.file_size or 0 for file in files if file.will_download]
    if not wanted:
        say(f"{repository} is already downloaded.")
        return
    place = next(folder for folder in (cache, *cache.absolute().parents) if folder.is_dir())
    needed, free = sum(wanted), shutil.disk_usage(place).free
    if needed + _SPARE > free:
        raise EngineError(
            f"{repository} needs {needed / GIB:.1f} GiB in {cache} and {_SPARE / GIB:.0f} GiB to"
            f" spare, but only {free / GIB:.1f} GiB are free: free some space, or set HF_HOME to a"
            " larger disk"
        )
    say(
        f"{repository}: downloading {len(wanted)} files, {needed / GIB:.1f} GiB, to {cache}"
        f" ({free / GIB:.1f} GiB free)."
    )


def explain(repository: str, error: BaseException) -> ReviewerError:
    """The hub library's error in one line with the next step. The library hides the cause behind
    its own exceptions, so the entire chain counts."""
    names = {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}
    statuses = {
        getattr(getattr(link, "response", None), "status_code", None) for link in _chain(error)
    }
    if "GatedRepoError" in names:
        return AuthFailed(
            f"{repository} is gated: accept its terms on its page at huggingface.co, then run `hf"
            " auth login` (or set HF_TOKEN) and repeat the command"
        )
    if "OfflineModeIsEnabled" in names or os.environ.get("HF_HUB_OFFLINE", "").upper() in (
        "1",
        "ON",
        "YES",
        "TRUE",
    ):
        return EngineUnreachable(
            f"{repository} is not on this machine, and HF_HUB_OFFLINE forbids downloads: unset it,"
            " or copy the hub cache from a machine that has the model"
        )
    if "RepositoryNotFoundError" in names or statuses & {401, 403, 404}:
        return ModelNotFound(
            f"the hub has no {repository}, or you have no access: check the id with `reviewer model"
            " list`; for a private model, run `hf auth login`"
        )
    if (cause := _on_the_way(repository)) is not None:
        return cause
    if isinstance(error, OSError) and error.errno is not None and error.errno in _DISK:
        return EngineError(
            f"cannot write {repository}: {os.strerror(error.errno)}; set HF_HOME to a directory of"
            " yours with enough space"
        )
    why = text.cut(text.one_line(str(error).strip().partition("\n")[0]), 200)
    if "InvalidURL" in names:
        return EngineUnreachable(
            f"the hub's library cannot use NO_PROXY ({why}): repeat the command without that entry,"
            f" as in NO_PROXY=localhost reviewer model pull {repository}"
        )
    return EngineUnreachable(
        f"cannot reach the hub for {repository} ({type(error).__name__}: {why}): repeat the command"
        " when the network is back, to resume the download"
    )


def _on_the_way(repository: str) -> EngineUnreachable | None:
    """Why the environment keeps anyone from reaching the hub, None if it does not."""
    try:
        route.proxy(_HUB)
        route.certificates()
    except EngineUnreachable as error:
        return EngineUnreachable(f"cannot reach the hub for {repository}: {error.message}")
    return None


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
