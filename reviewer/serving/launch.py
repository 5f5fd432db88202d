"""Builds the command line of the server that `reviewer serve start` runs. Starts nothing itself."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer import installer
from reviewer.errors import NoEngine
from reviewer.serving.installed import PRIVATE
from reviewer.serving.plan import Plan
from reviewer.serving.programs import Program
from reviewer.text import one_line

# Where `reviewer` looks for them.
PORTS: Mapping[Program, int] = {
    "vllm": 8000,
    "llama-server": 8080,
    "llamacpp": 8080,
    "ollama": 11434,
}


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


def of_plan(
    plan: Plan, *, where: Path, port: int | None = None, weights: Path | None = None
) -> Launch:
    """The server that `plan` describes, at `port` or where servers of its kind usually listen.
    `where` is the folder of registrations. `weights` is the GGUF file, by default that in the hub
    cache; where it is missing, `first` of the launch brings it. Raises NoEngine when the program
    is missing or cannot use the device."""
    number = PORTS[plan.engine] if port is None else port
    if plan.engine == "vllm":
        from reviewer.serving import vllm_launch
        from reviewer.serving.installed import find_vllm

        return vllm_launch.vllm(
            plan.model,
            find_vllm(None),
            port=number,
            max_model_len=plan.context,
            tensor_parallel=plan.device_count,
        )
    if plan.engine == "ollama":
        from reviewer.serving import ollama

        found = ollama.find()
        return ollama.launch(
            found, plan.model, port=number, context=plan.context, parallel=plan.concurrency
        )
    from reviewer.serving import weights as files

    path = weights or files.pulled(plan.model)
    first = () if path else tuple(plan.get_command)
    path = path or files.expected(plan.model)
    context, parallel = plan.context, plan.concurrency
    if plan.engine == "llamacpp":
        made = llamacpp(path, port=number, context=context, parallel=parallel, where=where)
        return replace(made, first=first)
    from reviewer.serving import llama_server

    server = llama_server.find()
    llama_server.check_backend(server, plan.device_kind, plan.device)
    card = plan.device if plan.device_count == 1 and plan.device_kind != "cpu" else ""
    made = llama_server.launch(
        server, path, port=number, context=context, parallel=parallel, card=card
    )
    return replace(made, first=first)


def llamacpp(path: Path, *, port: int, context: int, parallel: int, where: Path) -> Launch:
    """The embedded llama.cpp with the GGUF file `path`. Raises NoEngine."""
    from reviewer.serving import weights

    endpoint = f"http://127.0.0.1:{port}"
    template = weights.template(path)
    argv = [
        *(sys.executable, "-P", "-m", "reviewer.serving.embedded"),
        *("--model", str(path), "--name", one_line(path.stem)),
        *("--context", str(context), "--parallel", str(parallel)),
        *("--port", str(port), "--key-file", str(key_file(endpoint, where)), "--stay"),
        *(("--chat-template", str(template)) if template else ()),
    ]
    return Launch("llamacpp", one_line(path.stem), endpoint, tuple(argv), {}, _version("xllamacpp"))


def key_file(endpoint: str, where: Path) -> Path:
    from reviewer.serving import registry

    return where / f"{registry.stem(endpoint)}.key"


def _version(distribution: str) -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        raise NoEngine(
            f"the embedded engine is not installed; run: {installer.hint('embedded')}"
        ) from None
