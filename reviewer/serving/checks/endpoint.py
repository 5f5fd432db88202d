"""One server: whether it does what a review relies on. Three or four short completions, one after
the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from reviewer.errors import AuthFailed, EngineError, EngineUnreachable, ModelNotFound, OutOfTime
from reviewer.models.base import PromptTooLong, Schema
from reviewer.models.http import HttpModel
from reviewer.serving.checks import speed
from reviewer.serving.checks.base import Check, failed, ok, skipped, warning
from reviewer.serving.checks.measure import Heard, ask, valid
from reviewer.serving.hardware import Machine
from reviewer.types import Prompt

# No model says one of these words by itself: only a server that masks its tokens does.
WORDS = ("zorfibex", "quandrilo")
WORD = Schema(
    "doctor_word",
    {
        "type": "object",
        "properties": {"word": {"type": "string", "enum": list(WORDS)}},
        "required": ["word"],
        "additionalProperties": False,
    },
)
SUMMARY = Schema(
    "doctor_summary",
    {
        "type": "object",
        "properties": {"summary": {"type": "string", "maxLength": 300}},
        "required": ["summary"],
        "additionalProperties": False,
    },
)
SMALL_CONTEXT = 8192
_WORD_TOKENS, _SUMMARY_TOKENS, _SHORT_TOKENS = 256, 192, 24
_PREFIX_TOKENS = (
    1500  # what vLLM needs to keep a prefix of Gemma 4 is more than 1024 (its sliding window)
)
# An example of indented JSON in the prompt is what made servers loop over white space
# (vllm-project/vllm#42110).
_QUESTION = (
    'Say in about 60 words what {part} of these functions do, like this:\n{{\n    "summary": "They'
    ' …"\n}}\n'
)
_SCHEMA_FIX = {
    "vllm": (
        "start it with `reviewer serve start`, or with --structured-outputs-config and the backend"
        " xgrammar"
    ),
    "ollama": "update Ollama; models that run in Ollama's cloud ignore schemas",
    "llamacpp": "update llama.cpp: its server must take `grammar`",
    "lmstudio": "update LM Studio, and load the model as GGUF",
}
_BLANKS_FIX = {
    "vllm": (
        "start it with `reviewer serve start`, or add --structured-outputs-config "
        '\'{"backend":"xgrammar","disable_any_whitespace":true}\''
    ),
}
_THOUGHT_FIX = {
    "vllm": (
        "start it with `reviewer serve start`, or with --reasoning-parser gemma4 and "
        "--default-chat-template-kwargs '{\"enable_thinking\": false}'"
    ),
    "ollama": "update Ollama: it must take `think: false`",
    "llamacpp": "start llama-server with --reasoning-budget 0",
    "lmstudio": "switch thinking off in the model's settings",
}
_CACHE_FIX = {
    "vllm": (
        "start it with `reviewer serve start`, or with --enable-prefix-caching and"
        " --enable-prompt-tokens-details"
    ),
    "llamacpp": "start llama-server with --swa-full, and with enough context for each slot",
    "sglang": "start it without --disable-radix-cache, and with --enable-cache-report",
}
_CONTEXT_FIX = {
    "vllm": "start it with --max-model-len 16384",
    "llamacpp": "start llama-server with -c 16384 times the number of slots",
    "lmstudio": "load the model with a context length of 16384",
}
_ABOUT_SCHEMA = re.compile(r"schema|grammar|response_format|structured|\bformat\b", re.IGNORECASE)
_OTHER = "try `reviewer serve start`, which sets what a review needs"


async def examine(
    model: HttpModel,
    machine: Machine,
    *,
    nonce: str,
    names: Sequence[str] = (),
    smoke: bool = False,
) -> list[Check]:
    """Every check of a server that is connected. `nonce` (different each time) keeps its cache from
    having seen the prompt; `names` are further names of the model, where they are known."""
    checks = [_model(model, smoke), _context(model)]
    heard: list[Heard] = []
    try:
        heard.append(
            await ask(
                model,
                Prompt("You answer questions.", "What does a cat say? One word.", _WORD_TOKENS),
                WORD,
            )
        )
        checks.append(schema(heard[0], model.engine))
        prefix = _prefix(model, nonce)
        heard.append(await ask(model, _long(prefix, "the first ten", _SUMMARY_TOKENS), SUMMARY))
        heard.append(await ask(model, _long(prefix, "the last ten", _SHORT_TOKENS), SUMMARY))
        if not heard[
            -1
        ].usage.cached_tokens:  # vLLM finds what two prompts share when the second one comes
            heard.append(await ask(model, _long(prefix, "the middle", _SHORT_TOKENS), SUMMARY))
    except (EngineError, OutOfTime, PromptTooLong) as error:
        if heard:
            checks += [blanks(heard, model.engine), thinking(heard, model.engine)]
        about_schema = not heard and _ABOUT_SCHEMA.search(str(error))
        return [*checks, refused("schema" if about_schema else "completion", error, model.engine)]
    checks += [
        blanks(heard, model.engine),
        thinking(heard, model.engine),
        cache(heard[1:], model.engine),
    ]
    cold = heard[1]
    all_names = [model.name, *names, *(await speed.other_names(model))]
    known = (
        speed.bound(all_names, model.engine, machine, cold.usage.prompt_tokens)
        if model.server.local
        else None
    )
    return [
        *checks,
        speed.speed(cold, known, smoke=smoke),
        await speed.offload(model, cold, known, machine),
    ]


def refused(name: str, error: Exception, engine: str) -> Check:
    """What a failure to answer means. Messages of the client may end in advice, also to ask the
    doctor: not here."""
    said = str(error)
    problem, _, advice = said.rpartition("; ")
    if problem and any(word in advice for word in ("reviewer doctor", "--endpoint", "--model")):
        said = problem
    if isinstance(error, AuthFailed):
        key = "give it in REVIEWER_API_KEY, or in a file that REVIEWER_API_KEY_FILE names"
        return failed(name, "it refuses the key, or wants one", key)
    if isinstance(error, ModelNotFound):
        return failed(name, said, "choose with --model NAME")
    if isinstance(error, PromptTooLong):
        return failed(
            name,
            f"a prompt of {_PREFIX_TOKENS} tokens is too long: {error}",
            _CONTEXT_FIX.get(engine, _OTHER),
        )
    if isinstance(error, OutOfTime):
        return failed(
            name,
            "the server's time was up before all answers were there",
            "take a smaller model, or ask when it is less busy",
        )
    if isinstance(error, EngineUnreachable):
        return failed(
            name, said, "see its log, start it again, or name another server with --endpoint URL"
        )
    return failed(
        name, said, _SCHEMA_FIX.get(engine, _OTHER) if name == "schema" else "see the server's log"
    )


def _model(model: HttpModel, smoke: bool) -> Check:
    others = [name for name in model.models if name != model.name]
    shown = f"{model.name} ({model.engine})" + (
        f"; also {', '.join(others[:10])}" if others else ""
    )
    if smoke or model.role == "smoke":
        return warning(
            "model",
            f"{shown}: it proves the path, and reviews nothing",
            "get one: `reviewer model list`",
        )
    return ok("model", shown)


def _context(model: HttpModel) -> Check:
    tokens = model.context_tokens
    measured = {"contextTokens": float(tokens)}
    if model.served.context is None:
        return ok("context", f"not told; {tokens} tokens are assumed", measured)
    if tokens < SMALL_CONTEXT and model.role != "smoke":
        fix = _CONTEXT_FIX.get(model.engine, "serve it with a longer context")
        return warning(
            "context",
            f"{tokens} tokens: little of the code around a change has room",
            fix,
            measured,
        )
    return ok("context", f"{tokens} tokens", measured)


def schema(heard: Heard, engine: str) -> Check:
    """Whether the words that only the schema knows came back."""
    if heard.blank_loop:
        return skipped("schema", "cannot be told: the answer never came to its end")
    if valid(heard.text, WORD) is not None:
        return ok("schema", "replies follow it")
    said = heard.text.strip() or "nothing"
    detail = f"ignored: where only {' or '.join(WORDS)} was allowed, it said {said[:80]!r}"
    return failed("schema", detail, _SCHEMA_FIX.get(engine, _OTHER))


def blanks(heard: Iterable[Heard], engine: str) -> Check:
    """Whether answers run into white space, or waste tokens on it."""
    fix = _BLANKS_FIX.get(engine, _OTHER)
    spent = written = 0
    for one in heard:
        if one.blank_loop:
            return failed(
                "whitespace", "the answer ran into endless white space and had to be stopped", fix
            )
        try:
            compact = len(json.dumps(json.loads(one.text), ensure_ascii=False))
        except (ValueError, RecursionError):
            continue
        spent, written = spent + max(0, len(one.text) - compact), written + len(one.text)
    if not written:
        return skipped("whitespace", "no loop; no answer was JSON")
    if spent > written // 4:
        return warning(
            "whitespace",
            f"{spent / written:.0%} of the answers is indentation, which takes time",
            fix,
        )
    return ok("whitespace", "no loop, no waste")


def thinking(heard: Iterable[Heard], engine: str) -> Check:
    """A review allows tokens for the answer alone: thoughts use them up."""
    characters = sum(len(one.thought) for one in heard)
    if characters:
        return failed(
            "thinking",
            f"it thinks although it is told not to ({characters} characters): answers will be cut",
            _THOUGHT_FIX.get(engine, _OTHER),
        )
    return ok("thinking", "off")


def cache(heard: Sequence[Heard], engine: str) -> Check:
    """Whether a prompt that begins like the one before is read from where they part."""
    cold, again = heard[0], heard[-1]
    name, fix = "prefix cache", _CACHE_FIX.get(engine, _OTHER)
    cached, total = again.usage.cached_tokens, again.usage.prompt_tokens
    measured = {"cachedTokens": float(cached), "promptTokens": float(total)}
    if cached and cached * 2 >= total:
        return ok(name, f"{cached} of {total} prompt tokens were not read again", measured)
    if cached:
        return warning(
            name, f"only {cached} of {total} prompt tokens were not read again", fix, measured
        )
    sooner = (
        f"the first token came after {again.first:.2f} s, and after {cold.first:.2f} s the first"
        " time"
    )
    if cold.streamed and cold.first > 0.2 and again.first < cold.first / 2:
        if engine == "ollama":  # it never says
            return ok(name, f"it works: {sooner}", measured)
        return warning(name, f"it works, but is not reported: {sooner}", fix, measured)
    return warning(name, f"nothing is reported as cached: {sooner}", fix, measured)


def _prefix(model: HttpModel, nonce: str) -> str:
    """Code to read, about `_PREFIX_TOKENS` long where there is room for it."""
    room = min(_PREFIX_TOKENS, model.context_tokens // 2 - _SUMMARY_TOKENS)
    text, number = f"# {nonce}\n", 0
    while model.tokens(text) < room:
        number += 1
        text += f"def step_{number}(value):\n    return value * {number % 7 + 2} - {number % 5}\n\n"
    return text


def _long(prefix: str, part: str, tokens: int) -> Prompt:
    return Prompt(f"You read Python.\n{prefix}", _QUESTION.format(part=part), tokens)
