"""Checks that a LoRA adapter has an effect. Servers accept adapters whose weights they then ignore:
when the keys have an unexpected prefix (vllm-project/vllm#41754), or for stacked experts
(vllm-project/vllm#50252)."""

from __future__ import annotations

from dataclasses import replace

from reviewer.errors import EngineError, OutOfTime
from reviewer.messages import Prompt
from reviewer.models.base import PromptTooLong, Schema
from reviewer.models.http import HttpModel
from reviewer.serving.checks.base import Check, failed, ok, warning
from reviewer.serving.checks.endpoint import refused
from reviewer.serving.checks.measure import ask

TEXT = Schema(
    "doctor_text",
    {
        "type": "object",
        "properties": {"text": {"type": "string", "maxLength": 300}},
        "required": ["text"],
        "additionalProperties": False,
    },
)
QUESTIONS = (
    "Review this change:\n-    if count > limit:\n+    if count >= limit:",
    (
        "Review this change:\n+    password = request.args['password']\n+    log.info('login %s',"
        " password)"
    ),
    "Write the first sentences of a story about a lighthouse.",
)
_TOKENS = 96


async def check(model: HttpModel, name: str) -> Check:
    """Compare greedy answers of `model` and of its adapter `name`, until one differs."""
    if name == model.name:
        return failed(
            "adapter",
            f"{name} is the model to compare the adapter with",
            "name the base model with --model NAME",
        )
    if model.models and name not in model.models:
        available = ", ".join(model.models[:20])
        return failed(
            "adapter",
            f"the server has no adapter {name}; it has {available}",
            "load it: `reviewer serve start --lora NAME=PATH`, or vLLM's --enable-lora"
            " --lora-modules NAME=PATH",
        )
    adapted = replace(model, served=replace(model.served, name=name))
    try:
        return await _compare(model, adapted, name)
    except (EngineError, OutOfTime, PromptTooLong) as error:
        return refused("adapter", error, model.engine)


async def _compare(model: HttpModel, adapted: HttpModel, name: str) -> Check:
    for number, question in enumerate(QUESTIONS):
        prompt = Prompt("You are a code reviewer. Answer in the field text.", question, _TOKENS)
        plain = (await ask(model, prompt, TEXT)).text
        if (await ask(adapted, prompt, TEXT)).text == plain:
            continue
        # The same question again: servers under load do not always give the same greedy answer.
        if (await ask(model, prompt, TEXT)).text != plain:
            return warning(
                "adapter",
                "the server answers the same question differently each time, so a different answer"
                " proves nothing",
                "try again while the server is otherwise idle",
            )
        return ok(
            "adapter", f"{name} changes the answer to question {number + 1} of {len(QUESTIONS)}"
        )
    return failed(
        "adapter",
        f"the adapter has no effect: {len(QUESTIONS)} greedy answers are the same with and without"
        f" {name}",
        "merge it into the weights and serve those; the server may ignore its experts, or the"
        " prefix of its keys",
    )
