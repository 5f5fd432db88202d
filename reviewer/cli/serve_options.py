"""The options of `reviewer serve start`, and the server that they describe."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.errors import UsageError
from reviewer.text import one_line

if TYPE_CHECKING:
    from reviewer.serving.fit import Want
    from reviewer.serving.launch import Launch

_OPTIONS = [
    click.option(
        "--engine",
        type=click.Choice(["auto", "vllm", "llama-server", "llamacpp", "ollama"]),
        default="auto",
        show_default=True,
        help=(
            "The program that serves: vLLM, llama.cpp's llama-server, the embedded llama.cpp"
            " (llamacpp), or Ollama. auto takes the best for this machine of those installed."
        ),
    ),
    click.option(
        "--model",
        metavar="NAME",
        help=(
            "A size (12b), a Hugging Face id or a folder; for llama.cpp a GGUF file, for Ollama a"
            " tag; smoke for the tiny model that only tests the setup. Default: the best that fits"
            " this machine."
        ),
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        help=(
            "On 127.0.0.1; 0 picks a free one. Default: 8000 for vllm, 8080 for llama.cpp, 11434"
            " for ollama."
        ),
    ),
    click.option("--uds", metavar="PATH", help="A Unix socket instead of a port (vllm)."),
    click.option(
        "--context",
        type=click.IntRange(min=512),
        default=16384,
        show_default=True,
        metavar="N",
        help="Tokens per request, prompt and reply together.",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(min=1),
        metavar="N",
        help="Concurrent requests. Default: 16 for vllm, else 1.",
    ),
    click.option(
        "--batched-tokens",
        type=click.IntRange(min=64),
        default=1024,
        show_default=True,
        metavar="N",
        help="Prompt tokens per step (vllm). More reserves more memory per sequence.",
    ),
    click.option(
        "--kv-dtype",
        metavar="TYPE",
        default="auto",
        show_default=True,
        help="Type of the KV cache (vllm): fp8 halves it on Ada, Hopper and Blackwell.",
    ),
    click.option(
        "--experimental", is_flag=True, help="Allow KV types that have not run with Gemma 4 so far."
    ),
    click.option(
        "--gpu-memory",
        type=click.FloatRange(0.1, 0.99),
        metavar="SHARE",
        help="Share of the GPU's memory to use (vllm). Default: what is free, at most 0.90.",
    ),
    click.option(
        "--kv-gib",
        type=click.IntRange(min=1),
        metavar="GIB",
        help="Size of the KV cache of vLLM on a CPU.",
    ),
    click.option(
        "--tensor-parallel",
        type=click.IntRange(min=1),
        metavar="N",
        help="GPUs that share one copy of the model. Default: as many as the plan needs.",
    ),
    click.option(
        "--data-parallel",
        type=click.IntRange(min=1),
        default=1,
        metavar="N",
        help="Copies of the model behind one address.",
    ),
    click.option(
        "--lora",
        multiple=True,
        metavar="NAME=PATH",
        help="A LoRA adapter; select it with --model NAME (repeatable).",
    ),
    click.option(
        "--speculative",
        type=click.Choice(["mtp"]),
        help="Speculative decoding with Gemma's drafter. Measure first.",
    ),
    click.option(
        "--anyway", is_flag=True, help="Start a model that does not fit or run here by the plan."
    ),
    click.option(
        "--offline", is_flag=True, help="Use only models on this machine; contact no model hub."
    ),
    click.option(
        "--python",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="The Python with vLLM. Default: this one, else that of `vllm` on the PATH.",
    ),
]


_OURS = ("--api-key", "--host", "--port", "--uds", "--model", "--served-model-name", "--config")


def options(function: Any) -> Any:
    function = click.argument("extra", nargs=-1, metavar="[-- VLLM_OPTION...]")(function)
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def launch(engine: str, port: int | None, **chosen: Any) -> Launch:
    """The server to start. Raises UsageError and NoEngine."""
    from reviewer.serving import select
    from reviewer.serving.launch import PORTS

    program: Any = engine
    if engine == "auto":
        program = "vllm" if _only_vllm(chosen) else select.program(chosen["model"], _want(chosen))
    number = PORTS[program] if port is None else port or _free_port()
    if program == "vllm":
        if chosen["uds"] is not None and port is not None:
            raise UsageError("--port and --uds exclude each other: a server listens at one address")
        return _vllm(number, chosen)
    if wrong := _only_vllm(chosen):
        raise UsageError(f"{', '.join(wrong)}: only for --engine vllm")
    if program == "ollama":
        return _ollama(number, chosen)
    return _llama(program, number, chosen)


def _only_vllm(chosen: dict[str, Any]) -> list[str]:
    """The options given that only vLLM has."""
    given = {
        "--uds": chosen["uds"],
        "--lora": chosen["lora"],
        "--speculative": chosen["speculative"],
        "--python": chosen["python"],
        "--gpu-memory": chosen["gpu_memory"],
        "--kv-gib": chosen["kv_gib"],
        "--kv-dtype": chosen["kv_dtype"] != "auto",
        "--tensor-parallel": (chosen["tensor_parallel"] or 1) > 1,
        "--data-parallel": chosen["data_parallel"] > 1,
        "options after --": chosen["extra"],
    }
    return [name for name, value in given.items() if value]


def _want(chosen: dict[str, Any]) -> Want:
    from reviewer.serving.fit import Want

    return Want(
        context=chosen["context"],
        concurrency=chosen["concurrency"] or 1,
        batched_tokens=chosen["batched_tokens"],
        gpus=chosen["tensor_parallel"] or 1,
    )


def _llama(program: Any, port: int, chosen: dict[str, Any]) -> Launch:
    from reviewer.serving import hardware, launch, llama_server, registry, select, weights

    machine = hardware.detect()
    path, first = select.gguf_of(
        chosen["model"], program, _want(chosen), machine, anyway=chosen["anyway"]
    )
    shape = {
        "port": port,
        "context": chosen["context"],
        "parallel": chosen["concurrency"] or 1,
    }
    if program == "llamacpp":
        made = launch.llamacpp(path, where=registry.folder(), **shape)
    else:
        found = llama_server.find()
        if chosen["model"] is None:
            llama_server.check_backend(found, machine.best.kind, machine.best.name)
        card = select.card_of(path, _want(chosen), machine)
        template = weights.template(path)
        made = llama_server.launch(found, path, template=template, card=card, **shape)
    return replace(made, first=first)


def _ollama(port: int, chosen: dict[str, Any]) -> Launch:
    from reviewer.serving import ollama, select

    found = ollama.find()
    tag = select.tag_of(chosen["model"], _want(chosen), anyway=chosen["anyway"])
    return ollama.launch(
        found,
        tag,
        port=port,
        context=chosen["context"],
        parallel=chosen["concurrency"] or 1,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _vllm(port: int, chosen: dict[str, Any]) -> Launch:
    from reviewer.serving import installed, vllm_launch

    changes: dict[str, Any] = {
        "port": port,
        "uds": None if chosen["uds"] is None else str(Path(chosen["uds"]).expanduser().absolute()),
        "max_model_len": chosen["context"],
        "max_num_batched_tokens": chosen["batched_tokens"],
        "kv_dtype": chosen["kv_dtype"],
        "experimental": chosen["experimental"],
        "data_parallel": chosen["data_parallel"],
        "loras": tuple(_adapter(value) for value in chosen["lora"]),
        "speculative": chosen["speculative"],
        "offline": chosen["offline"],
    }
    given = {
        "max_num_seqs": chosen["concurrency"],
        "tensor_parallel": chosen["tensor_parallel"],
        "gpu_memory_utilization": chosen["gpu_memory"],
        "cpu_kv_gib": chosen["kv_gib"],
    }
    changes |= {name: value for name, value in given.items() if value is not None}
    vllm = installed.find_vllm(chosen["python"])
    return vllm_launch.vllm(
        chosen["model"],
        vllm,
        extra=_extra(chosen["extra"]),
        anyway=chosen["anyway"],
        **changes,
    )


def _extra(words: tuple[str, ...]) -> tuple[str, ...]:
    """The options passed to vLLM unchanged. The address and the key may not be among them, since
    they keep the server private."""
    if words and not words[0].startswith("--"):
        raise UsageError(
            f"{one_line(words[0])}: put options for vLLM after --, for example: -- --enforce-eager"
        )
    for word in words:
        name = word.partition("=")[0].replace(
            "_", "-"
        )  # vLLM takes both spellings, and abbreviations
        if len(name) > 2 and any(ours.startswith(name) for ours in _OURS):
            raise UsageError(
                f"{one_line(word)} cannot follow --: set the address and the model with the options"
                " of reviewer serve start; the key is generated"
            )
    return words


def _adapter(value: str) -> tuple[str, str]:
    name, separator, folder = value.partition("=")
    path = Path(folder).expanduser().absolute()
    if not separator or not folder:
        raise UsageError("--lora takes NAME=PATH, for example --lora review=adapters/review")
    if not (path / "adapter_config.json").is_file():
        raise UsageError(
            f"--lora {name}: that folder has no adapter_config.json; give the folder of a PEFT"
            " adapter"
        )
    return name, str(path)
