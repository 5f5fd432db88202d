"""The words of a recommendation: why this plan, and what another one would cost."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.serving import catalogue, fit, rank
from reviewer.serving.catalogue import GIB, Measured
from reviewer.serving.hardware import Device, Machine
from reviewer.serving.plan import Plan
from reviewer.serving.programs import FORMATS

_CPU_GBPS = 60  # the bandwidth of the CPUs in measured.toml is below
_NEARLY = GIB  # what a stronger model may lack to be named
_BUSY = 0.6  # a card with less than this share free is used by more than a desktop
_LONG = 65536  # tokens of context of which more is not missed


def why(machine: Machine, best: Plan, made: list[Plan]) -> Iterator[str]:
    """One sentence a line: the model, the program, the devices, and what the machine hides."""
    yield _model(best, made)
    yield from _nearly(best, made)
    yield from _experts(machine, best, made)
    if seen := measured(best):
        where = f"{seen.device}, {seen.source}"
        yield f"Others measured {seen.speed:g} tokens/s with it ({where})."
    yield from _program(machine, best, made)
    yield from _devices(machine, best, made)
    yield from _memory(machine, best, made)


def _model(best: Plan, made: list[Plan]) -> str:
    score = f"{rank.coding(best):g}% in LiveCodeBench v6, with thinking"
    stronger = [plan for plan in made if rank.coding(plan) > rank.coding(best)]
    if not any(plan.fits for plan in stronger):
        return f"{best.name} is the strongest Gemma 4 that fits: {score}."
    return f"{best.name} is the best balance of what it can do ({score}) and speed."


def _nearly(best: Plan, made: list[Plan]) -> Iterator[str]:
    """The stronger model that lacks so little that closing a browser may be enough."""
    stronger = [
        plan
        for plan in made
        if rank.coding(plan) > rank.coding(best) and not plan.fits and plan.bound != "unsupported"
    ]
    least = min(stronger, key=_lacking, default=None)
    if (
        least
        and _lacking(least) < _NEARLY
        and not any(plan.fits for plan in made if plan.family == least.family)
    ):
        yield (
            f"{least.name} ({rank.coding(least):g}%) lacks {_lacking(least) / GIB:.1f} GiB: with"
            " less else in memory, or a shorter --context, it may fit."
        )


def _experts(machine: Machine, best: Plan, made: list[Plan]) -> Iterator[str]:
    """The mixture on a card that is too small for it. llama.cpp can keep the experts in main
    memory, of which a token reads little; nobody has measured enough of it for a plan."""
    mixture = [plan for plan in made if (plan.family, plan.engine) == ("26b", "llama-server")]
    weaker = mixture and rank.coding(best) < rank.coding(mixture[0])
    enough = (machine.cpu.free or 0) > max((plan.weight_bytes for plan in mixture), default=0)
    if weaker and enough and best.device_kind in ("cuda", "rocm") and not machine.best.shared:
        yield (
            f"26B-A4B ({rank.coding(mixture[0]):g}%) runs here with its experts in main memory,"
            " slower (llama-server with --cpu-moe): others measured 20 tokens/s on an 8 GB RTX 4060"
            " (threadreaderapp.com/user/analogalok, June 2026)."
        )


def _lacking(plan: Plan) -> int:
    return max(0, _need(plan) - plan.usable_bytes)


def _need(plan: Plan) -> int:
    return plan.weight_bytes + plan.margin_bytes + plan.kv_bytes_per_sequence


def measured(plan: Plan) -> Measured | None:
    """What others measured with this model on this device, or on a CPU like any other, if anybody
    did."""
    if plan.device_count > 1:
        return None
    same_model = [row for row in catalogue.measured() if row.family == plan.family]
    if plan.device_kind == "cpu":
        return next((row for row in same_model if row.gbps < _CPU_GBPS), None)
    form = plan.quantization, FORMATS[plan.engine]
    return next(
        (
            row
            for row in same_model
            if (row.quantization, row.engine) == form and row.device.lower() in plan.device.lower()
        ),
        None,
    )


def _program(machine: Machine, best: Plan, made: list[Plan]) -> Iterator[str]:
    yield from _without_embedded(best, made)
    if best.device_kind == "rocm":
        yield (
            "llama-server uses the GPU through Vulkan or ROCm; the vLLM of the package index is"
            " for CUDA only."
        )
    elif best.device_kind == "cuda" and machine.system == "Windows":
        yield "vLLM does not run on Windows; in WSL2 it does, for many requests at once."
    elif best.device_kind == "cuda" and best.engine != "vllm":
        yield from _without_vllm(best, made)
    elif rank.batches(best):
        at_once = min(fit.sequences(fit.Want()), int(best.max_concurrency))
        yield f"vLLM answers up to {at_once} full requests at once."
    elif best.device_kind == "cpu":
        yield "A CPU reads prompts slowly too: a large change takes its time."


def _without_embedded(best: Plan, made: list[Plan]) -> Iterator[str]:
    """Why a plan without a GPU of its own is for Ollama, which has to be installed first."""
    own = (plan for plan in made if (plan.family, plan.engine) == (best.family, "llamacpp"))
    needs = min((_need(plan) for plan in own if not plan.fits), default=0)
    if best.engine == "ollama" and needs:
        yield (
            f"The embedded engine would need {needs / GIB:.1f} GiB for it: it keeps the whole"
            " context on every layer, Ollama only windows of it."
        )


def _without_vllm(best: Plan, made: list[Plan]) -> Iterator[str]:
    """Why a plan on an NVIDIA card is not one for vLLM, if that was thought of."""
    own = [plan for plan in made if (plan.family, plan.engine) == (best.family, "vllm")]
    fitting = [plan for plan in own if plan.fits]
    if fitting:
        room = max(plan.max_concurrency for plan in fitting)
        yield (
            f"vLLM would have room for {room:.1f} requests at once, {best.engine} has for"
            f" {best.max_concurrency:.1f}."
        )
    elif own and all(plan.bound == "unsupported" for plan in own):
        yield f"vLLM cannot use this card. {own[0].warnings[0]}"
    elif own:
        least = min(plan.weight_bytes for plan in own)
        yield (
            f"The smallest sound form of it for vLLM has {least / GIB:.1f} GiB of weights; Google's"
            f" 4-bit GGUF, which {best.engine} runs, has {best.weight_bytes / GIB:.1f}."
        )


def _devices(machine: Machine, best: Plan, made: list[Plan]) -> Iterator[str]:
    if best.device_count > 1:
        how = "tensor parallel" if best.engine == "vllm" else "some layers each"
        yield f"{best.device_count} equal GPUs share it ({how})."
    left = list(machine.devices) if best.device_kind != "cpu" else []
    for _ in range(best.device_count):
        used = next((device for device in left if device.name == best.device), None)
        if used:
            left.remove(used)
    for device in left:
        yield f"{device.name} is not used: {_unused(device, best)}."
    if best.device_kind == "cpu" and machine.devices:
        held = "no Gemma 4 fits its memory"
        embedded = "the embedded llama.cpp has the CPU only, llama-server uses it"
        asked = not any(plan.device_kind != "cpu" for plan in made)
        yield f"{machine.best.name} is not used: {embedded if asked else held}."
    for device in machine.devices:
        if device.free is not None and device.free < device.memory * _BUSY:
            yield (
                f"Only {device.free / GIB:.1f} of {device.memory / GIB:.1f} GiB of {device.name}"
                " are free: end what uses it (nvidia-smi, rocm-smi), and ask again for more."
            )


def _unused(device: Device, best: Plan) -> str:
    if device.name == best.device:
        return "one card holds the model, and a second one would gain little"
    return "a model is shared by equal GPUs only, since the slowest sets the pace"


def _memory(machine: Machine, best: Plan, made: list[Plan]) -> Iterator[str]:
    device = machine.best
    if best.device_kind == "apple" and any(plan.bound == "memory_capacity" for plan in made):
        share = fit.wired_share(device)
        yield (
            f"macOS lets the GPU take {device.memory * share / GIB:.0f} of"
            f" {device.memory / GIB:.0f} GiB; `sudo sysctl iogpu.wired_limit_mb=N` raises that"
            " until the next start."
        )
    elif device.carve_out is not None:
        yield (
            f"The GPU shares the memory of the CPU: {device.carve_out / GIB:.1f} GiB are set aside"
            f" by the firmware, and Linux maps up to {_mapped(device):.1f} more (GTT). Vulkan and"
            " ROCm see no more than that; the kernel parameter ttm.pages_limit=N (pages of 4 KiB)"
            " raises it."
        )
    elif device.shared and best.engine == "vllm":
        yield (
            "The GPU shares the memory of the CPU: vLLM gets"
            f" {fit.SHARED_UTILIZATION:.0%} of it at most, so that the system keeps the rest. Its"
            " recipe for the GB10 uses an image of its own (vllm-project/recipes#916)."
        )


def _mapped(device: Device) -> float:
    return (device.memory - (device.carve_out or 0)) / GIB


def ratio(one: Plan, other: Plan) -> float:
    """How much faster one plan is than another."""
    return (one.decode_tokens_per_second or 0) / (other.decode_tokens_per_second or 1)


def cost(best: Plan, other: Plan) -> str:
    """What `other` costs and gives against `best`."""
    parts = []
    if other.family != best.family:
        parts.append(f"{rank.coding(other):g} instead of {rank.coding(best):g}% in LiveCodeBench")
    speed = (
        f"about {other.decode_tokens_per_second or 0:.0f} instead of"
        f" {best.decode_tokens_per_second or 0:.0f} tokens/s"
    )
    change = ratio(other, best)
    if change >= 1.1:
        parts.append(f"{speed}, {change:.1f} times as fast")
    elif change <= 0.9:
        parts.append(f"{speed}, {1 / change:.1f} times slower")
    else:
        parts.append("about as fast")
    if other.context != best.context:
        parts.append(
            f"{other.context} instead of {best.context} tokens of context, too few for some prompts"
        )
    elif other.max_context < min(best.max_context, _LONG):
        parts.append(f"at most {other.max_context} instead of {best.max_context} tokens of context")
    return "; ".join(parts)
