"""What `reviewer serve start` starts: finds the engine's package and makes the command line. Starts
nothing itself."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reviewer import resources
from reviewer.errors import NoEngine, UsageError
from reviewer.serving import bundled, catalogue, command, gguf
from reviewer.serving.installed import PRIVATE, Vllm
from reviewer.text import cut, one_line

CPU_KV_GIB = 4  # where nothing else is known; vLLM's own default on CPUs


@dataclass(frozen=True, slots=True)
class Launch:
    """A server to start. `environment` is added to ours, without the key, which goes there as
    `key_variable` or is read by the program from a file beside the registration."""

    engine: str
    model: str  # what clients ask for
    endpoint: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    version: str
    key: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    key_variable: str | None = None

    def line(self) -> str:
        """For a shell. The key is not in it: put one into $KEY."""
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


def vllm(model: str | None, found: Vllm, *, extra: tuple[str, ...] = (), **changes: Any) -> Launch:
    """vLLM with `model` (a name of the catalogue, a Hugging Face id or a folder), or the best one
    for this machine. `changes` are fields of ServeOptions, `extra` goes to vLLM as it is. Raises
    UsageError and NoEngine."""
    version = command.parse_version(found.version) if found.version[:1].isdigit() else None
    if found.cpu:
        changes = {"gpu_memory_utilization": None, "cpu_kv_gib": CPU_KV_GIB} | changes
    if model is None:
        options = replace(_best(version, changes), **changes)
    else:
        options = command.serve_options(_local(model), **changes)
    options = replace(
        options, served_name=served_name(options.model), program=found.program, vllm_version=version
    )
    _check_version(options, found)
    environment = command.vllm_environment(options) | {"PYTHONSAFEPATH": "1"}
    return Launch(
        "vllm",
        options.served_name,
        f"unix:{options.uds}" if options.uds else f"http://{options.host}:{options.port}",
        (*command.vllm_command(options), *extra),
        environment,
        found.version,
        key_variable="VLLM_API_KEY",
    )


def served_name(model: str) -> str:
    """`gemma4` for a Gemma 4 of the catalogue; anything else goes by its own name and does not pose
    as one."""
    if catalogue.lookup(model) is not None:
        return "gemma4"
    return Path(model).name


def _local(model: str) -> str:
    """A folder is named absolutely, since the server runs in another one. Raises UsageError when it
    is not there."""
    path = Path(model).expanduser()
    if path.is_dir():
        return str(path.absolute())
    if path.is_absolute() or model.startswith((".", "~")):
        raise UsageError(f"--model {one_line(cut(model, 200))}: there is no such folder.")
    return model


def _best(version: tuple[int, ...] | None, changes: Mapping[str, Any]) -> command.ServeOptions:
    from reviewer.serving import fit, hardware, plan

    machine = hardware.detect()
    want = fit.Want(
        context=changes.get("max_model_len", 16384),
        concurrency=1,
        vllm_version=version,
        gpus=changes.get("tensor_parallel", 1),
    )
    best = plan.best(plan.plans(machine.best, want, engines=("vllm",)))
    if best is None:
        raise NoEngine(
            f"No Gemma 4 fits {one_line(machine.best.name)} in vLLM: `reviewer model list` shows"
            " what each needs; --engine llamacpp runs a GGUF without a GPU."
        )
    model, checkpoints = catalogue.find(best.model)
    return plan.serve_options(model, checkpoints[0], machine.best, want, best.free_bytes)


def _check_version(options: command.ServeOptions, found: Vllm) -> None:
    known = catalogue.lookup(options.model)
    if (
        known
        and options.vllm_version
        and options.vllm_version < command.parse_version(known[0].min_vllm)
    ):
        raise NoEngine(
            f"{known[0].name} needs vLLM {known[0].min_vllm} or newer, and"
            f" {one_line(found.version)} is installed: pip install -U vllm"
        )


def llamacpp(model: str | None, *, port: int, context: int, parallel: int, where: Path) -> Launch:
    """The embedded llama.cpp with the GGUF `model`, or the best one on this machine. Raises
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
                "There is no GGUF model on this machine: fetch one with `reviewer model pull`, or"
                " name a file with --model FILE.gguf."
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
        f"--model {one_line(cut(model, 200))}: there is no such GGUF file on this machine; fetch it"
        f" first: reviewer model pull {one_line(cut(ids[0] if ids else model, 200))}"
    )


def _pulled(repository: str) -> Path | None:
    """The model that `reviewer model pull` has brought into the hub cache; the newest snapshot is
    the one to take."""
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
            "The embedded engine is not installed: pip install 'gemma-reviewer[embedded]'"
        ) from None
