"""Compares the measured speed with the limit of the memory bandwidth, and detects models that are
partly in CPU memory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.models import wire
from reviewer.models.dialects.base import count, record, records, string
from reviewer.models.http import HttpModel
from reviewer.serving import catalogue, sizing
from reviewer.serving.catalogue import GIB, CatalogueModel, Checkpoint
from reviewer.serving.checks.base import Check, ok, skipped, warning
from reviewer.serving.checks.measure import Answer
from reviewer.serving.hardware import Device, Machine
from reviewer.serving.plan import USEFUL_TOKENS

FAR_BELOW = 0.5  # of what is expected: the estimates are within a third (sizing.PACE)
_FITTING = (
    "serve a model that fits (`reviewer model list`), free the GPU of other programs, or use a"
    " shorter context"
)
_WELL_KNOWN = "this is how 31B on a 24 GB card ends up at 10 tokens/s"


@dataclass(frozen=True, slots=True)
class Bound:
    """The most tokens/s that one stream can reach on a device, by its memory bandwidth. `streamed`
    and `kv` are the bytes that each token reads."""

    model: CatalogueModel
    checkpoint: Checkpoint
    device: Device
    host: Device
    streamed: int
    kv: int

    @property
    def ceiling(self) -> float:
        return sizing.decode_ceiling(self.device.bandwidth, self.streamed, self.kv)

    @property
    def expected(self) -> float:
        """Tokens/s of a server that holds the whole model on the device."""
        return sizing.expected(self.ceiling, self._pace)

    @property
    def _pace(self) -> sizing.Pace:
        return sizing.pace(self.checkpoint.engine, self.device.kind)

    def outside(self, speed: float) -> float | None:
        """The share of the weights (0 to 1) in CPU memory that would explain this speed, at the
        usual pace; None when no share does."""
        slower = self.streamed / self.host.bandwidth - self.streamed / self.device.bandwidth
        if slower <= 0:
            return None
        seconds = sizing.reading(speed, self._pace)
        share = (seconds - (self.streamed + self.kv) / self.device.bandwidth) / slower
        return share if 0 < share <= 1 else None


def bound(names: Iterable[str], engine: str, machine: Machine, tokens: int) -> Bound | None:
    """The bound of the model called one of `names`, with `tokens` of context; None when the
    catalogue does not have it, or the bandwidth of this machine's best device is unknown."""
    found = recognise(names, engine)
    device = machine.best
    if found is None or device.bandwidth_source == "estimate":
        return None
    model, checkpoint = found
    streamed = catalogue.streamed_bytes(model, checkpoint.quantization)
    return Bound(model, checkpoint, device, machine.cpu, streamed, sizing.kv_true(model, tokens))


def recognise(names: Iterable[str], engine: str) -> tuple[CatalogueModel, Checkpoint] | None:
    """The checkpoint that is served under one of `names`: ids and tags, and the GGUF files of a
    repository."""
    wanted = {name.lower() for name in names if name}
    wanted |= (
        {"gemma4:e4b"} if wanted & {"gemma4", "gemma4:latest"} and engine == "ollama" else set()
    )
    files = {name.rpartition("/")[2] for name in wanted if name.endswith(".gguf")}
    found = []
    for model, checkpoint in catalogue.checkpoints():
        name = checkpoint.repository.lower()
        stem = name.rpartition("/")[2].removesuffix("-gguf")
        if name in wanted or (
            name.endswith("-gguf") and any(file.startswith(stem) for file in files)
        ):
            found.append((model, checkpoint))
    # One repository may be loaded in several ways, which its flags tell apart.
    for model, checkpoint in sorted(found, key=lambda pair: -len(pair[1].flags)):
        if {flag.lower() for flag in checkpoint.flags} <= wanted:
            return model, checkpoint
    return _only_one(wanted, engine)


def _only_one(wanted: Iterable[str], engine: str) -> tuple[CatalogueModel, Checkpoint] | None:
    """The checkpoint of a size, if the engine has only one of that size."""
    for name in sorted(wanted):
        try:
            found = catalogue.lookup(name)
        except UsageError:  # known, but cannot review
            continue
        if found is not None:
            sound = [item for item in found[1] if item.engine == engine]
            return (found[0], sound[0]) if len(sound) == 1 else None
    return None


async def other_names(model: HttpModel) -> list[str]:
    """Further names of the served model: vLLM's `root`, llama.cpp's file."""
    names = []
    for path in ("/v1/models", "/props"):
        try:
            reply = record(json.loads(await wire.fetch(model.http, path, model.limits)))
        except (wire.Broken, wire.Refused, ValueError, RecursionError):
            continue
        names += [
            string(entry.get("root"))
            for entry in records(reply.get("data"))
            if entry.get("id") == model.name
        ]
        names.append(string(reply.get("model_path")))
    return [name for name in names if name]


def speed(answer: Answer, known: Bound | None, *, smoke: bool) -> Check:
    """How fast the server reads and writes."""
    name = "speed"
    prefill, decode = answer.prefill, answer.decode
    if decode is None:
        return skipped(
            name,
            f"not measurable: {answer.usage.completion_tokens} tokens written in"
            f" {answer.seconds:.1f} s, " + ("too few" if answer.streamed else "in one piece"),
        )
    measured = {"decodeTokensPerSecond": decode}
    shown = f"writes {_rounded(decode)} tokens/s"
    if prefill is not None:
        measured["prefillTokensPerSecond"] = prefill
        shown = f"reads {_rounded(prefill)} and {shown}"
    if known is not None:
        measured["boundTokensPerSecond"] = known.ceiling
        shown += (
            f"; {known.checkpoint.id} on {known.device.name} could write {_rounded(known.ceiling)}"
            " tokens/s at most"
        )
    if decode < USEFUL_TOKENS and not smoke:
        return warning(
            name,
            f"{shown}: reviews will be slow",
            "choose a smaller model: `reviewer model list`",
            measured,
        )
    return ok(name, shown, measured)


async def offload(model: HttpModel, answer: Answer, known: Bound | None, machine: Machine) -> Check:
    """Whether part of the model seems to be in CPU memory: Ollama reports it, otherwise the speed
    shows it."""
    if model.engine == "ollama":
        return await _ollama(model, machine)
    name = "offload"
    if known is None or not model.server.local:
        return skipped(
            name,
            "unknown: the model or the memory bandwidth of its machine is not known here",
        )
    if answer.decode is None:
        return skipped(name, "unknown: the speed was not measured")
    part = answer.decode / known.expected
    if part >= FAR_BELOW:
        return ok(name, f"no sign of it: {part:.0%} of what is usual for {known.device.name}")
    share = known.outside(answer.decode)
    why = (
        f"as if {share:.0%} of the weights were in CPU memory; {_WELL_KNOWN}"
        if share
        else "the server may be busy"
    )
    return warning(
        name,
        f"only {part:.0%} of the {_rounded(known.expected)} tokens/s to expect of"
        f" {known.device.name}: {why}",
        _FITTING,
    )


async def _ollama(model: HttpModel, machine: Machine) -> Check:
    name = "offload"
    try:
        listed = records(
            record(json.loads(await wire.fetch(model.http, "/api/ps", model.limits))).get("models")
        )
    except (wire.Broken, wire.Refused, ValueError, RecursionError):
        return skipped(name, "unknown: Ollama does not report what is loaded")
    loaded = next((entry for entry in listed if entry.get("name") == model.name), {})
    size, on_gpu = count(loaded.get("size")), count(loaded.get("size_vram"))
    if not size:
        return skipped(name, "unknown: Ollama does not list the model as loaded")
    if on_gpu >= size:
        return ok(name, f"none: all {size / GIB:.1f} GiB are on the GPU")
    if not on_gpu and model.server.local and not machine.devices:
        return ok(name, f"no GPU here: all {size / GIB:.1f} GiB are in CPU memory")
    return warning(
        name,
        f"{1 - on_gpu / size:.0%} of {size / GIB:.1f} GiB are in CPU memory and are read for every"
        f" token; {_WELL_KNOWN}",
        _FITTING,
        {"bytes": float(size), "gpuBytes": float(on_gpu)},
    )


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
