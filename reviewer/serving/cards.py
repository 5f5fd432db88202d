"""Which of several NVIDIA GPUs a server uses. CUDA would otherwise take the first ones, in an order
of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer.serving.hardware import Device, Machine

_VISIBLE = "CUDA_VISIBLE_DEVICES"


def visible(machine: Machine, environ: Mapping[str, str]) -> Machine:
    """The machine with the GPUs that the user's environment leaves. Identifiers other than numbers
    are left to CUDA."""
    numbers = environ.get(_VISIBLE, "").replace(" ", "").split(",")
    if not all(number.isdigit() for number in numbers):
        return machine
    kept = {int(number) for number in numbers}
    shown = tuple(card for card in machine.devices if card.index is None or card.index in kept)
    return replace(machine, devices=shown)


def variables(
    machine: Machine, like: Device, count: int, environ: Mapping[str, str]
) -> dict[str, str]:
    """The variables that give a server `count` GPUs `like` one, those with the most free memory;
    empty where it has no others, where the user's environment names them, or where there are not
    enough of them."""
    cards = [card for card in machine.devices if card.kind == "cuda" and card.index is not None]
    equal = [card for card in cards if (card.name, card.memory) == (like.name, like.memory)]
    if _VISIBLE in environ or len(cards) <= count or len(equal) < count:
        return {}
    best = sorted(equal, key=lambda card: -(card.free or 0))[:count]
    numbers = sorted(card.index for card in best if card.index is not None)
    # nvidia-smi and NVML number by the bus, CUDA by speed unless told otherwise.
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", _VISIBLE: ",".join(map(str, numbers))}
