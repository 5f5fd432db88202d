"""Folders as a download from the hub leaves them in its cache."""

from __future__ import annotations

import json
from pathlib import Path


def snapshot(hub: Path, repository: str, files: dict[str, str] | None = None) -> Path:
    """A complete snapshot of `repository` below `hub`, with one file of weights and `files`."""
    top = hub / f"models--{repository.replace('/', '--')}"
    folder = top / "snapshots" / "0123abcd"
    folder.mkdir(parents=True)
    for name, content in {"config.json": "{}", "model.safetensors": "", **(files or {})}.items():
        (folder / name).write_text(content)
    (top / "refs").mkdir()
    (top / "refs" / "main").write_text("0123abcd")
    return folder


def sharded(hub: Path, repository: str, names: tuple[str, ...], there: tuple[str, ...]) -> Path:
    """A snapshot whose index lists `names`, of which only those `there` have arrived."""
    index = {"weight_map": {f"layer.{at}": name for at, name in enumerate(names)}}
    folder = snapshot(hub, repository, {"model.safetensors.index.json": json.dumps(index)})
    (folder / "model.safetensors").unlink()
    for name in there:
        (folder / name).write_text("")
    return folder
