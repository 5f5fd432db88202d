"""Which of several plans is worth most: what its model can do against how long one waits for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reviewer.serving import catalogue

if TYPE_CHECKING:
    from reviewer.serving.plan import Plan

# Our judgement, held by the table of tests/serving/test_recommend.py: at this speed (tokens/s)
# waiting costs half of what the model is worth …
PATIENCE = 15.0
# … below this one a plan is only for those who have no other …
TOO_SLOW = 5.0
# … and two forms of one model whose worth differs by less than this are equally good.
NEAR = 0.10


def coding(plan: Plan) -> float:
    """LiveCodeBench v6 of the plan's model, in percent."""
    return next(model.coding for model in catalogue.models() if model.id == plan.family)


def worth(plan: Plan) -> float:
    """The odds that the model solves a task of LiveCodeBench, times s / (s + PATIENCE) for a speed
    of s tokens/s. Speed counts less the more there is of it: from 20 to 40 tokens/s a review takes
    half the time, from 200 to 400 nobody sees it."""
    solved, speed = coding(plan), plan.decode_tokens_per_second or 0.0
    return solved / (100 - solved) * speed / (speed + PATIENCE)


def best(made: Iterable[Plan]) -> Plan | None:
    """The plan to recommend, of those that fit; None when none does.

    The model is that of the plan with the highest worth. Of its forms that are about as fast it is
    one whose maker answers for it, then one in vLLM with room for two requests (it serves a whole
    batch in little more time than one of them), on few GPUs, trained for its 4 bits, and the
    smallest download."""
    fitting = [plan for plan in made if plan.fits]
    usable = [plan for plan in fitting if (plan.decode_tokens_per_second or 0) >= TOO_SLOW]
    first = max(usable or fitting, key=worth, default=None)
    if first is None:
        return None
    equal = [
        plan
        for plan in usable or fitting
        if plan.family == first.family and worth(plan) >= worth(first) * (1 - NEAR)
    ]
    return max(equal, key=_form)


def _form(plan: Plan) -> tuple[bool, bool, int, bool, int, float]:
    return (
        official(plan),
        batches(plan),
        -plan.device_count,
        "qat" in plan.model,
        -plan.download_bytes,
        worth(plan),
    )


def official(plan: Plan) -> bool:
    _, (checkpoint, *_) = catalogue.find(plan.model)
    return checkpoint.official


def batches(plan: Plan) -> bool:
    """Whether the plan answers several requests in about the time of one."""
    return plan.engine == "vllm" and plan.device_kind != "cpu" and plan.max_concurrency >= 2
