"""The plan of `reviewer setup` for people, and as JSON."""

from __future__ import annotations

import textwrap
from typing import Any

from reviewer.doors.setup.plan import Have, Setup, Step, line, speed
from reviewer.serving.catalogue import GIB
from reviewer.serving.hardware import Device, Machine
from reviewer.serving.plan import Plan
from reviewer.text import one_line

_NAMES = {
    "vllm": "vLLM",
    "llama-server": "llama.cpp (llama-server)",
    "llamacpp": "llama.cpp (embedded)",
    "ollama": "Ollama",
}
_LABEL = 10  # columns


def lines(setup: Setup, machine: Machine, have: Have, width: int) -> list[str]:
    """The machine, the choice and its reasons, then the steps; no line is longer than `width`."""
    out = [("machine", ", ".join(_device(each) for each in machine.devices or (machine.cpu,)))]
    if setup.running:
        out.append(("model", f"{setup.running}: this is what `reviewer` uses"))
    elif setup.found is None:
        out.append(("model", f"no Gemma 4 can be set up now: {setup.smoke}"))
        out.append(("instead", "the smoke model shows the whole path, but is no reviewer"))
    else:
        plan = setup.found.plan
        out += [
            ("model", f"{plan.name} ({plan.model})"),
            ("engine", f"{_NAMES[plan.engine]}: {speed(plan)}, {plan.context} tokens of context"),
            *(("why", reason) for reason in setup.found.why),
            *(("better", f"{each}; then repeat `reviewer setup`") for each in setup.better),
            *(
                ("or", f"--model {each.plan.model}: {each.cost}")
                for each in setup.found.alternatives
            ),
        ]
    out += [(step.name, _step(step)) for step in setup.steps]
    return [shown for pair in _labelled(out) for shown in _wrapped(*pair, width)]


def _labelled(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each label once."""
    before = ["", *(label for label, _ in rows)]
    return [
        ("" if label == last else label, text)
        for (label, text), last in zip(rows, before, strict=False)
    ]


def _wrapped(label: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        one_line(text),
        width,
        initial_indent=f"{label:<{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _step(step: Step) -> str:
    if step.done or not step.command:
        return step.what
    return f"{line(step)}  ({step.what})"


def _device(device: Device) -> str:
    free = f", {device.free / GIB:.1f} free" if device.free else ""
    return f"{device.name}, {device.memory / GIB:.1f} GiB{free}"


def as_json(setup: Setup, machine: Machine, have: Have) -> dict[str, Any]:
    """The same, for programs."""
    plan: Plan | None = setup.found.plan if setup.found else None
    return {
        "devices": [each.name for each in machine.devices or (machine.cpu,)],
        "running": setup.running or None,
        "plan": plan.model_dump(mode="json", by_alias=True) if plan else None,
        "why": list(setup.found.why) if setup.found else [],
        "smoke": setup.smoke or None,
        "better": list(setup.better),
        "freeBytes": have.free,
        "steps": [
            {
                "name": step.name,
                "what": step.what,
                "command": list(step.command),
                "done": step.done,
            }
            for step in setup.steps
        ],
    }
