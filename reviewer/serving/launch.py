"""Builds the command line of the server that `reviewer serve start` runs. Starts nothing itself."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reviewer import resources
from reviewer.errors import NoEngine, UsageError
from reviewer.serving import bundled, catalogue, gguf
from reviewer.serving.installed import PRIVATE
from reviewer.text import cut, one_line


@dataclass(frozen=True, slots=True)
class Launch:
    """A server to start. `environment` is added to ours. It does not hold the key, which is passed
    in `key_variable`, or which the program reads from a file beside the registration."""

    engine: str
    model: str  # what clients ask for
    endpoint: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    version: str
    key: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    key_variable: str | None = None
    first: tuple[str, ...] = ()  # the command that has to bring the model; empty if it is here

    def line(self) -> str:
        """The command for a shell. It leaves out the key: set $KEY."""
        key = [f'{self.key_variable}="$KEY"'] if self.key_variable else []
        words = [f"{name}={shlex.quote(value)}" for name, value in sorted(self.environment.items())]
        return one_line(" ".join([*words, *key, shlex.join(self.argv)]))

    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in PRIVATE}
        return (
            kept
            | dict(self.environment)
            | ({self.key_variable: self.key} if self.key_variable else {})
        )


def llamacpp(model: str | None, *, port: int, context: int, parallel: int, where: Path) -> Launch:
    """The embedded llama.cpp with the GGUF `model`, or with the best one on this machine. Raises
    UsageError and NoEngine."""
    path = _gguf(model)
    smoke = gguf.is_smoke_model(path)
    endpoint = f"http://127.0.0.1:{port}"
    template = (
        ["--chat-template", str(resources.folder("prompts") / "chat" / "gemma3.jinja")]
        if smoke
        else []
    )
    argv = [
        sys.executable,
        "-P",
        "-m",
        "reviewer.serving.embedded",
        "--model",
        str(path),
        "--name",
        one_line(path.stem),
        "--context",
        str(context),
        "--parallel",
        str(parallel),
        "--port",
        str(port),
        "--key-file",
        str(key_file(endpoint, where)),
        "--stay",
        *template,
    ]
    return Launch("llamacpp", one_line(path.stem), endpoint, tuple(argv), {}, _version("xllamacpp"))


def key_file(endpoint: str, where: Path) -> Path:
    from reviewer.serving import registry

    return where / f"{registry.stem(endpoint)}.key"


def _gguf(model: str | None) -> Path:
    if model is None:
        path = gguf.local_gemma4() or bundled.bundled_smoke_model()
        if path is None:
            raise NoEngine(
                "no GGUF model on this machine; fetch one with `reviewer model pull`, or give a"
                " file with --model FILE.gguf"
            )
        return path.absolute()
    path = Path(model).expanduser()
    if path.is_file():
        return path.absolute()
    known = catalogue.lookup(model)
    ids = (
        [entry.repository for entry in known[1] if entry.engine == "llamacpp"] if known else [model]
    )
    for repository in ids:
        if pulled := _pulled(repository):
            return pulled
    raise UsageError(
        f"--model {one_line(cut(model, 200))}: no such GGUF file on this machine; fetch it with:"
        f" reviewer model pull {one_line(cut(ids[0] if ids else model, 200))}"
    )


def _pulled(repository: str) -> Path | None:
    """The model that `reviewer model pull` fetched into the hub cache, from its newest snapshot."""
    folder = (
        gguf._hugging_face_dir(os.environ)
        / f"models--{repository.replace('/', '--')}"
        / "snapshots"
    )
    found = [path for path in folder.glob("*/**/*.gguf") if gguf.is_gemma4(path)]
    return max(found, key=lambda path: (path.parent.stat().st_mtime, path.name), default=None)


def _version(distribution: str) -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        raise NoEngine(
            "the embedded engine is not installed: pip install 'gemma-reviewer[embedded]'"
        ) from None
