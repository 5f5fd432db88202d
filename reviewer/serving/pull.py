"""Downloads a model's files into the Hugging Face cache, after checking their size against the
space on disk. Files that are there are kept, and one that was cut off goes on where it stopped."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatch
from pathlib import Path

from reviewer import disk, text
from reviewer.errors import EngineError, EngineUnreachable, ModelNotFound, UsageError
from reviewer.serving import catalogue, hub, hub_cache, meter
from reviewer.serving.catalogue import GIB
from reviewer.serving.hub import HubFile, Listing

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
Say = Callable[[str], None]


def pull(name: str, say: Say) -> Path:
    """Download `name` (a Hugging Face id) and return the folder with its files. `say` gets a line
    at the start; progress goes to standard error.

    Raises UsageError for a name that is not such an id, EngineError and its subclasses when the
    download fails. An interrupt leaves what has arrived.
    """
    repository = _repository(name)
    try:
        with hub.connected(repository) as client:
            listed = hub.listing(client, repository)
            files = _wanted(listed)
            missing = [file for file in files if not _is_there(listed, file)]
            _room(repository, missing, say)
            _fetch(listed, missing, lambda *what: hub.fetch(client, *what))
    except EngineUnreachable:
        if (there := hub_cache.complete(repository)) is None:
            raise
        say(f"{repository} is already downloaded (could not contact the hub).")
        return there
    with hub.explained(repository):
        return hub_cache.link(listed, files)


def objection(name: str) -> str:
    """Why `name` cannot be downloaded now; "" when the hub has it."""
    repository = _repository(name)
    try:
        with hub.connected(repository) as client:
            hub.listing(client, repository)
    except EngineError as error:
        return error.message
    return ""


def _wanted(listed: Listing) -> list[HubFile]:
    """The files to download, small ones first. Raises ModelNotFound when there are no weights."""
    is_gguf = "gguf" in listed.repository.lower()
    wanted, unwanted = (GGUF, PROJECTOR) if is_gguf else (WEIGHTS, ())
    files = [
        file
        for file in listed.files
        if _matches(file, wanted) and not _matches(file, unwanted) and hub_cache.is_safe(file)
    ]
    if not any(file.path.endswith((".safetensors", ".gguf")) for file in files):
        raise ModelNotFound(
            f"{listed.repository} has neither safetensors nor GGUF files: choose a model from"
            " `reviewer model list`"
        )
    return sorted(files, key=lambda file: (file.size, file.path))


def _matches(file: HubFile, patterns: Sequence[str]) -> bool:
    return any(fnmatch(file.path, pattern) for pattern in patterns)


def _is_there(listed: Listing, file: HubFile) -> bool:
    place = hub_cache.folder(listed.repository) / "snapshots" / listed.commit / file.path
    return hub_cache.blob(listed.repository, file).is_file() or (
        place.is_file() and place.stat().st_size == file.size  # where links cannot be made
    )


def _fetch(listed: Listing, files: Sequence[HubFile], fetch: Callable[..., None]) -> None:
    if not files:
        return
    done = sum(_size(hub_cache.partial(listed.repository, file)) for file in files)
    shown = meter.on_stderr(sum(file.size for file in files), done)
    with _alone(listed.repository), ExitStack() as stack:
        stack.callback(shown.moving.clear)
        for file in files:
            partial = hub_cache.partial(listed.repository, file)
            fetch(listed, file, partial, shown.add)
            with hub.explained(listed.repository):
                disk.replace(partial, hub_cache.blob(listed.repository, file))


@contextmanager
def _alone(repository: str) -> Iterator[None]:
    """Keep another download of ours from writing to the same files."""
    place = hub_cache.lock(repository)
    with ExitStack() as stack:
        with hub.explained(repository):
            (hub_cache.folder(repository) / "blobs").mkdir(parents=True, exist_ok=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(disk.locked(place, seconds=0))
            except disk.Taken:
                raise EngineError(
                    f"another `reviewer model pull` is downloading {repository}: wait for it, then"
                    " repeat the command"
                ) from None
        yield


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


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


def _room(repository: str, files: Sequence[HubFile], say: Say) -> None:
    """Report what will be downloaded. Raises EngineError when there is not enough space on disk."""
    if not files:
        say(f"{repository} is already downloaded.")
        return
    cache = hub_cache.folder(repository).parent
    place = next(folder for folder in (cache, *cache.absolute().parents) if folder.is_dir())
    there = sum(_size(hub_cache.partial(repository, file)) for file in files)
    needed, free = sum(file.size for file in files) - there, shutil.disk_usage(place).free
    if needed + _SPARE > free:
        raise EngineError(
            f"{repository} needs {needed / GIB:.1f} GiB in {cache} and {_SPARE / GIB:.0f} GiB to"
            f" spare, but only {free / GIB:.1f} GiB are free: free some space, or set HF_HOME to a"
            " larger disk"
        )
    resumed = f" ({there / GIB:.1f} GiB are there from before)" if there else ""
    say(
        f"{repository}: downloading {needed / GIB:.1f} GiB to {text.one_line(str(cache))}"
        f"{resumed}, {free / GIB:.1f} GiB free."
    )
