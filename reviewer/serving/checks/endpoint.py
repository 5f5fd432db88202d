"""Checks that a server does what a review relies on, with four or five short completions in a
row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from reviewer.errors import AuthFailed, EngineError, EngineUnreachable, ModelNotFound, OutOfTime
from reviewer.messages import Prompt
from reviewer.models.base import PromptTooLong, Schema
from reviewer.models.http import HttpModel
from reviewer.serving.checks import speed, thoughts
from reviewer.serving.checks.base import Check, failed, ok, skipped, warning
from reviewer.serving.checks.measure import Answer, ask, valid
from reviewer.serving.hardware import Machine

# No model produces these words by itself: only a server that enforces the schema does.
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
QUESTION = Prompt("You answer questions.", "What does a cat say? One word.", _WORD_TOKENS)
_PREFIX_TOKENS = 1500  # vLLM caches a prefix of Gemma 4 only beyond its sliding window of 1024
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
    "ollama": "update Ollama; models in Ollama's cloud ignore schemas",
    "llamacpp": "update llama.cpp: its server must support `grammar`",
    "lmstudio": "update LM Studio, and load the model as GGUF",
}
_BLANKS_FIX = {
    "vllm": (
        "start it with `reviewer serve start`, or add --structured-outputs-config "
        '\'{"backend":"xgrammar","disable_any_whitespace":true}\''
    ),
    "sglang": "start it with --constrained-json-disable-any-whitespace",
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
_OTHER = "try `reviewer serve start`, which sets everything that a review needs"


async def examine(
    model: HttpModel,
    machine: Machine,
    *,
    nonce: str,
    names: Sequence[str] = (),
    smoke: bool = False,
) -> list[Check]:
    """All checks of a connected server. `nonce` (different each time) makes sure that the prompt is
    not in its cache yet; `names` are other known names of the model."""
    smoke = smoke or model.role == "smoke"
    checks = [_model(model, smoke), _context(model)]
    answers: list[Answer] = []
    try:
        answers.append(await ask(model, QUESTION, WORD))
        checks.append(schema(answers[0], model.engine))
        prefix = _prefix(model, nonce)
        answers.append(await ask(model, _long(prefix, "the first ten", _SUMMARY_TOKENS), SUMMARY))
        answers.append(await ask(model, _long(prefix, "the last ten", _SHORT_TOKENS), SUMMARY))
        if not answers[
            -1
        ].usage.cached_tokens:  # vLLM detects a shared prefix only at the second prompt
            answers.append(await ask(model, _long(prefix, "the middle", _SHORT_TOKENS), SUMMARY))
    except (EngineError, OutOfTime, PromptTooLong) as error:
        if answers:
            checks += [blanks(answers, model.engine), thoughts.quiet(answers, model.engine)]
        about_schema = not answers and _ABOUT_SCHEMA.search(str(error))
        return [*checks, refused("schema" if about_schema else "completion", error, model.engine)]
    checks += [
        blanks(answers, model.engine),
        await thoughts.thinking(model, answers, QUESTION, WORD, smoke=smoke),
        cache(answers[1:], model.engine),
    ]
    cold = answers[1]
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
    """The check for a failed request. Advice at the end of the client's message is dropped: it may
    say to run this very command."""
    detail = str(error)
    problem, _, advice = detail.rpartition("; ")
    if problem and any(word in advice for word in ("reviewer doctor", "--endpoint", "--model")):
        detail = problem
    if isinstance(error, AuthFailed):
        fix = "set REVIEWER_API_KEY, or REVIEWER_API_KEY_FILE to a file with the key"
        return failed(name, "it requires a key, or rejects the one given", fix)
    if isinstance(error, ModelNotFound):
        return failed(name, detail, "choose a model with --model NAME")
    if isinstance(error, PromptTooLong):
        return failed(
            name,
            f"a prompt of {_PREFIX_TOKENS} tokens is too long: {error}",
            _CONTEXT_FIX.get(engine, _OTHER),
        )
    if isinstance(error, OutOfTime):
        return failed(
            name,
            "the server did not answer in time",
            "use a smaller model, or try again when the server is less busy",
        )
    if isinstance(error, EngineUnreachable):
        return failed(
            name, detail, "see its log, restart it, or name another server with --endpoint URL"
        )
    return failed(
        name,
        detail,
        _SCHEMA_FIX.get(engine, _OTHER) if name == "schema" else "see the server's log",
    )


def _model(model: HttpModel, smoke: bool) -> Check:
    others = [name for name in model.models if name != model.name]
    shown = f"{model.name} ({model.engine})" + (
        f"; also {', '.join(others[:10])}" if others else ""
    )
    if smoke:
        return warning(
            "model",
            f"{shown}: it only tests the setup, its findings are not a review",
            "get a real model: `reviewer model list`",
        )
    return ok("model", shown)


def _context(model: HttpModel) -> Check:
    tokens = model.context_tokens
    measured = {"contextTokens": float(tokens)}
    if model.served.context is None:
        return ok("context", f"unknown; assuming {tokens} tokens", measured)
    if tokens < SMALL_CONTEXT and model.role != "smoke":
        fix = _CONTEXT_FIX.get(model.engine, "serve it with a longer context")
        return warning(
            "context",
            f"{tokens} tokens: too few for much of the code around a change",
            fix,
            measured,
        )
    return ok("context", f"{tokens} tokens", measured)


def schema(answer: Answer, engine: str) -> Check:
    """Whether the answer is one of the words that only the schema has."""
    if answer.blank_loop:
        return skipped("schema", "unknown: the answer never ended")
    if valid(answer.text, WORD) is not None:
        return ok("schema", "replies follow it")
    text = answer.text.strip() or "nothing"
    detail = f"ignored: it allowed only {' or '.join(WORDS)}, but the answer was {text[:80]!r}"
    return failed("schema", detail, _SCHEMA_FIX.get(engine, _OTHER))


def blanks(answers: Iterable[Answer], engine: str) -> Check:
    """Whether answers loop over white space, or waste tokens on it."""
    fix = _BLANKS_FIX.get(engine, _OTHER)
    spent = written = 0
    for answer in answers:
        if answer.blank_loop:
            return failed(
                "whitespace", "the answer was endless white space and had to be stopped", fix
            )
        try:
            compact = len(json.dumps(json.loads(answer.text), ensure_ascii=False))
        except (ValueError, RecursionError):
            continue
        spent, written = spent + max(0, len(answer.text) - compact), written + len(answer.text)
    if not written:
        return skipped("whitespace", "no loop; no answer was JSON")
    if spent > written // 4:
        return warning(
            "whitespace",
            f"{spent / written:.0%} of the answers is indentation, which costs time",
            fix,
        )
    return ok("whitespace", "no loop, no waste")


def cache(answers: Sequence[Answer], engine: str) -> Check:
    """Whether a shared beginning of two prompts is read only once."""
    cold, again = answers[0], answers[-1]
    name, fix = "prefix cache", _CACHE_FIX.get(engine, _OTHER)
    cached, total = again.usage.cached_tokens, again.usage.prompt_tokens
    measured = {"cachedTokens": float(cached), "promptTokens": float(total)}
    if cached and cached * 2 >= total:
        return ok(name, f"{cached} of {total} prompt tokens came from the cache", measured)
    if cached:
        return warning(
            name, f"only {cached} of {total} prompt tokens came from the cache", fix, measured
        )
    sooner = (
        f"the first token came after {again.first:.2f} s, and after {cold.first:.2f} s the first"
        " time"
    )
    if cold.streamed and cold.first > 0.2 and again.first < cold.first / 2:
        if engine == "ollama":  # never reports it
            return ok(name, f"it works: {sooner}", measured)
        return warning(name, f"it works but is not reported: {sooner}", fix, measured)
    return warning(name, f"no cached tokens reported: {sooner}", fix, measured)


def _prefix(model: HttpModel, nonce: str) -> str:
    """Code of about `_PREFIX_TOKENS` tokens, or fewer if the context is small."""
    room = min(_PREFIX_TOKENS, model.context_tokens // 2 - _SUMMARY_TOKENS)
    text, number = f"# {nonce}\n", 0
    while model.tokens(text) < room:
        number += 1
        text += f"def step_{number}(value):\n    return value * {number % 7 + 2} - {number % 5}\n\n"
    return text


def _long(prefix: str, part: str, tokens: int) -> Prompt:
    return Prompt(f"You read Python.\n{prefix}", _QUESTION.format(part=part), tokens)
