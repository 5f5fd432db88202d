"""Builds the command line of the server that `reviewer serve start` runs. Starts nothing itself."""

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

CPU_KV_GIB = 4  # fallback; vLLM's own default on CPUs


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


def vllm(
    model: str | None, installed: Vllm, *, extra: tuple[str, ...] = (), **changes: Any
) -> Launch:
    """vLLM with `model` (a catalogue name, a Hugging Face id or a folder), or with the best model
    for this machine. `changes` are fields of ServeOptions; `extra` is passed to vLLM unchanged.
    Raises UsageError and NoEngine."""
    version = command.parse_version(installed.version) if installed.version[:1].isdigit() else None
    if installed.cpu:
        changes = {"gpu_memory_utilization": None, "cpu_kv_gib": CPU_KV_GIB} | changes
    if model is None:
        options = replace(_best(version, changes), **changes)
    else:
        options = command.serve_options(_local(model), **changes)
    options = replace(
        options,
        served_name=served_name(options.model),
        program=installed.program,
        vllm_version=version,
    )
    _check_version(options, installed)
    environment = command.vllm_environment(options) | {"PYTHONSAFEPATH": "1"}
    return Launch(
        "vllm",
        options.served_name,
        f"unix:{options.uds}" if options.uds else f"http://{options.host}:{options.port}",
        (*command.vllm_command(options), *extra),
        environment,
        installed.version,
        key_variable="VLLM_API_KEY",
    )


def served_name(model: str) -> str:
    """`gemma4` for a Gemma 4 in the catalogue; any other model is served under its own name."""
    if catalogue.lookup(model) is not None:
        return "gemma4"
    return Path(model).name


def _local(model: str) -> str:
    """Make the path of a folder absolute, since the server runs in another one. Raises UsageError
    if the folder does not exist."""
    path = Path(model).expanduser()
    if path.is_dir():
        return str(path.absolute())
    if path.is_absolute() or model.startswith((".", "~")):
        raise UsageError(
            f"--model {one_line(cut(model, 200))}: no such folder; give a folder, a Hugging Face"
            " id or a name from `reviewer model list`"
        )
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
            f"no Gemma 4 fits {one_line(machine.best.name)} in vLLM; `reviewer model list` shows"
            " what each model needs, and --engine llamacpp runs a GGUF without a GPU"
        )
    model, checkpoints = catalogue.find(best.model)
    return plan.serve_options(model, checkpoints[0], machine.best, want, best.free_bytes)


def _check_version(options: command.ServeOptions, installed: Vllm) -> None:
    known = catalogue.lookup(options.model)
    if (
        known
        and options.vllm_version
        and options.vllm_version < command.parse_version(known[0].min_vllm)
    ):
        raise NoEngine(
            f"{known[0].name} requires vLLM {known[0].min_vllm} or newer, but"
            f" {one_line(installed.version)} is installed; run: pip install -U vllm"
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
