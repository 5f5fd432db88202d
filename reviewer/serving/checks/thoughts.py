"""Whether a server thinks when it is asked to, and is silent when it is not."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.errors import EngineError, OutOfTime
from reviewer.messages import Prompt
from reviewer.models import thoughts
from reviewer.models.base import PromptTooLong, Schema
from reviewer.models.http import HttpModel
from reviewer.serving.checks.base import Check, failed, ok, warning
from reviewer.serving.checks.measure import THOUGHT_MARKS, Answer

_OFF_FIX = {
    "vllm": (
        "start it with `reviewer serve start`, or with --reasoning-parser gemma4 and "
        "--default-chat-template-kwargs '{\"enable_thinking\": false}'"
    ),
    "ollama": "update Ollama: it must support `think: false`",
    "llamacpp": "start llama-server with --reasoning off",
    "lmstudio": "turn off Reasoning in the model's parameters, which newer versions turn on",
}
_ON_FIX = {
    "vllm": "start it with `reviewer serve start`, or with --reasoning-parser gemma4",
    "sglang": "start it with --reasoning-parser gemma4",
    "ollama": "use a model that thinks, such as gemma4",
    "llamacpp": "start llama-server with --jinja, and with a model that thinks",
    "lmstudio": "load a model that thinks",
}
_OTHER = "use `reviewer serve start`, or pass --thinking off"
_OFF = "off unless it is asked to"


async def thinking(
    model: HttpModel, unasked: Iterable[Answer], prompt: Prompt, schema: Schema, *, smoke: bool
) -> Check:
    """The check of answers that were to come without thoughts, and of one with a thought. A review
    budgets its tokens for what it asked for."""
    if (silent := quiet(unasked, model.engine)).status != "ok" or smoke:
        return silent
    if not model.thinks:
        return ok("thinking", f"off; {model.engine} has no documented way to ask for it")
    fix = _ON_FIX.get(model.engine, _OTHER)
    try:
        reply = await model.complete(prompt, schema, thinking=thoughts.LEAST)
    except (EngineError, OutOfTime, PromptTooLong) as error:
        return warning("thinking", f"off, and asked to think it fails: {error}", fix)
    if not model.thinks:
        return warning("thinking", "off, and asked to think it refuses", fix)
    if reply.thoughts or reply.text.lstrip().startswith(THOUGHT_MARKS):
        return ok("thinking", _OFF)
    return warning("thinking", "off, even when it is asked to: --thinking changes nothing", fix)


def quiet(answers: Iterable[Answer], engine: str) -> Check:
    """Whether the model answers without thoughts: they would use up the tokens of the answer."""
    characters = sum(len(answer.thought) for answer in answers)
    if characters:
        return failed(
            "thinking",
            f"on although it was turned off ({characters} characters): answers will be cut",
            _OFF_FIX.get(engine, _OTHER),
        )
    return ok("thinking", "off")
