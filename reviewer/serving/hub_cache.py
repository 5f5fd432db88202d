"""The Hugging Face cache as every program of the hub's lays it out: blobs by their checksum,
snapshots of links to them, and the newest commit by its name."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from reviewer import disk
from reviewer.serving import gguf
from reviewer.serving.hub import HubFile, Listing

_PARTIAL = ".reviewer.incomplete"  # beside the library's own, which it never goes on with


def folder(repository: str) -> Path:
    """All of one repository."""
    return gguf._hugging_face_dir(os.environ) / f"models--{repository.replace('/', '--')}"


def blob(repository: str, file: HubFile) -> Path:
    return folder(repository) / "blobs" / file.blob


def partial(repository: str, file: HubFile) -> Path:
    """Where a download of `file` is kept until it is complete."""
    return folder(repository) / "blobs" / f"{file.blob}{_PARTIAL}"


def lock(repository: str) -> Path:
    """The file that a download of ours holds; the library's own are in the same folder."""
    top = folder(repository)
    return top.parent / ".locks" / top.name / "reviewer.lock"


def is_safe(file: HubFile) -> bool:
    """Whether its path stays in the snapshot and can be written, on every system."""
    try:
        file.path.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold
        return False
    parts = PurePosixPath(file.path).parts
    return bool(parts) and all(
        part not in ("/", "..") and disk.is_name(part, "win32") for part in parts
    )


def link(listed: Listing, files: Sequence[HubFile]) -> Path:
    """The snapshot of `files`, whose blobs are there. It has a name only once it is complete."""
    top = folder(listed.repository)
    snapshot = top / "snapshots" / listed.commit
    for number, file in enumerate(files, 1):
        place = snapshot / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        again = any(file.blob == other.blob for other in files[number:])
        _link(blob(listed.repository, file), place, again=again)
    (top / "refs").mkdir(exist_ok=True)
    (top / "refs" / "main").write_text(listed.commit, encoding="ascii")
    return snapshot


def _link(target: Path, place: Path, *, again: bool) -> None:
    """`again`: another link to the same target follows."""
    if not target.is_file() and place.is_file():
        return  # the file itself, which was moved here
    place.unlink(missing_ok=True)
    try:
        place.symlink_to(os.path.relpath(target, place.parent))
    except OSError:  # Windows without the privilege: the library moves the file, too
        if again:
            shutil.copyfile(target, place)
        else:
            target.replace(place)


def complete(repository: str) -> Path | None:
    """The newest snapshot, if all of its weights are there."""
    top = folder(repository)
    try:
        commit = (top / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    snapshot = top / "snapshots" / PurePosixPath(commit).name
    whole = _has_safetensors(snapshot) or any(map(gguf.is_gemma4, snapshot.glob("**/*.gguf")))
    return snapshot if whole else None


def _has_safetensors(snapshot: Path) -> bool:
    if not (snapshot / "config.json").is_file():
        return False
    try:
        index = (snapshot / "model.safetensors.index.json").read_text(encoding="utf-8")
        names = set(json.loads(index)["weight_map"].values())
    except FileNotFoundError:
        return (snapshot / "model.safetensors").is_file()
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return all((snapshot / str(name)).is_file() for name in names)
