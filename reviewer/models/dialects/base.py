"""How to talk to one kind of server, and the parts that OpenAI-style servers share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reviewer.messages import Prompt, Usage
from reviewer.models.base import Schema

DEFAULT_CONTEXT = 8192  # tokens, for servers that do not report it; nearly every one has that

# The information that a server reports: path -> JSON value, without the paths that failed.
Facts = Mapping[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """A model that a server offers. `context` is in tokens, for one request; `slots` is the number
    of requests at once."""

    name: str
    context: int | None = None
    slots: int | None = None
    chat: bool = True  # False for embedding models, and for adapters, which must be named
    loaded: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `context` is the context length to request, if the client decides it; `salt` keeps
    prefix caches of different users of a shared server apart. `thinking` are the tokens for a
    thought: one that comes before the answer, or, with a dialect that gets it `apart`, one alone
    without the schema."""

    model: str
    prompt: Prompt
    schema: Schema
    seed: int
    context: int
    salt: str | None = None
    thinking: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """One event of the stream. `thought` is what the server took for the model's reasoning,
    `arguments` those of a call of a tool (whose number is `call`) that we never offered, `refusal`
    the model's own words. `finish` is the server's reason for ending, `error` its failure as
    (status, message)."""

    text: str = ""
    thought: str = ""
    arguments: str = ""
    call: int = 0
    refusal: str = ""
    finish: str | None = None
    usage: Usage | None = None
    error: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """A request for details of one model: POST `path` with `body(name)`."""

    path: str
    body: Callable[[str], Body]
    apply: Callable[[Served, Any], Served]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server. `optional` are the fields of the body that a server may reject, in the
    order in which they are dropped; `enforce` is the field with the schema (without it, the schema
    is part of the prompt). `info` are the paths to GET for `recognise` and `served`, `older` the
    names that some of them had before. `concurrency` is the default for servers that do not report
    it. `thinks` is the field that makes the model
    think, "" when no such field is documented; `apart`: not in one call with the schema."""

    name: str
    chat: str
    enforce: str
    info: tuple[str, ...]
    recognise: Callable[[Facts], bool]
    served: Callable[[Facts], list[Served]]
    body: Callable[[Request], Body]
    read: Callable[[Any], Delta]
    optional: tuple[str, ...]
    concurrency: int
    older: Mapping[str, str] = field(default_factory=dict)
    detail: Detail | None = None
    thinks: str = ""
    apart: bool = False


def record(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def records(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def count(value: Any) -> int:
    """A token count that a server sent: not negative, not absurd, else 0."""
    return (
        value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40
        else 0
    )


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """A prompt without a system part is one message: not every template has a system role."""
    if not prompt.system:
        return [{"role": "user", "content": prompt.user}]
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]


def openai_body(request: Request, **more: Any) -> Body:
    """The chat request that every OpenAI-style server understands. Sampling is explicit: servers
    and model repositories come with their own defaults."""
    return {
        "model": request.model,
        "messages": messages(request.prompt),
        "max_tokens": request.prompt.max_tokens,
        "temperature": 0,
        "top_p": 1,
        "seed": request.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": request.schema.name,
                "strict": True,
                "schema": dict(request.schema.schema),
            },
        },
        **more,
    }


def without_lengths(request: Request) -> Request:
    """The request with a schema that does not limit strings, for servers whose grammars come from
    xgrammar: it turns such a string into one that allows no escapes at all (no quote, no backslash)
    but raw control characters, and takes 25 s to compile our schema for a vocabulary of Gemma's
    size (vLLM 0.32 with xgrammar 0.2.8). Long strings are cut when the reply is read."""

    def stripped(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {
                key: stripped(value)
                for key, value in node.items()
                if key not in ("minLength", "maxLength")
            }
        return [stripped(item) for item in node] if isinstance(node, list) else node

    return replace(request, schema=Schema(request.schema.name, stripped(request.schema.schema)))


def openai_models(facts: Facts) -> list[Served]:
    """/v1/models, with the context length under any of the names that servers give it. An entry
    with a parent is an adapter."""
    names = ("max_model_len", "context_length", "context_window", "max_context_length")
    return [
        Served(
            name,
            next((value for key in names if (value := count(entry.get(key)))), None),
            chat=not entry.get("parent"),
        )
        for entry in records(record(facts.get("/v1/models")).get("data"))
        if (name := string(entry.get("id")))
    ]


def owned_by(facts: Facts, owner: str) -> bool:
    return any(
        entry.get("owned_by") == owner
        for entry in records(record(facts.get("/v1/models")).get("data"))
    )


def failure(event: Any) -> tuple[int, str] | None:
    """(status, message) of a JSON error in any of the usual forms; None when it is not an error."""
    event = record(event)
    error = event.get(
        "error", event.get("detail") or (event.get("object") == "error" and event.get("message"))
    )
    if not error:
        return None
    inner = record(error)
    status = count(inner.get("code")) or count(inner.get("status"))
    message = string(inner.get("message")) or (
        error if isinstance(error, str) else str(error)[:500]
    )
    return status if 400 <= status < 600 else 500, message


def openai_read(event: Any) -> Delta:
    """One `chat.completion.chunk`, or a whole `chat.completion` of a server that does not
    stream."""
    if error := failure(event):
        return Delta(error=error)
    event = record(event)
    choice = next(iter(records(event.get("choices"))), {})
    message = record(choice.get("delta")) or record(choice.get("message"))
    usage = record(event.get("usage"))
    delta = message_delta(message or {"content": choice.get("text")})
    return replace(
        delta,
        finish=string(choice.get("finish_reason")).lower() or None,
        usage=openai_usage(usage, record(event.get("timings"))) if usage else None,
    )


def message_delta(message: Mapping[str, Any]) -> Delta:
    """What a message holds, in any of the usual forms."""
    text, thoughts = _parts(message.get("content"))
    # One text under several names (vLLM sends both during a change of names).
    names = ("reasoning_content", "reasoning", "thinking")
    thoughts += next((value for name in names if (value := string(message.get(name)))), "")
    calls = records(message.get("tool_calls")) or records([message.get("function_call")])
    call = calls[-1] if calls else {}
    given = (record(call.get("function")) or call).get("arguments")
    return Delta(
        text,
        thoughts,
        json.dumps(given) if isinstance(given, dict) else string(given),
        max(count(call.get("index")), len(calls) - 1, 0),
        string(message.get("refusal")),
    )


def _parts(content: Any) -> tuple[str, str]:
    """(text, thoughts) of a content that is a text or a list of typed parts."""
    if not isinstance(content, list):
        return string(content), ""
    text, thoughts = "", ""
    for part in content:
        if isinstance(part, str):
            text += part
        elif record(part).get("type") in ("thinking", "reasoning"):
            inner = part.get("thinking", part.get("text"))
            thoughts += "".join(_parts(inner))
        else:
            text += string(record(part).get("text"))
    return text, thoughts


def openai_usage(usage: dict[str, Any], timings: dict[str, Any]) -> Usage:
    cached = (
        record(usage.get("prompt_tokens_details")).get(
            "cached_tokens"
        ),  # OpenAI, vLLM, SGLang, llama.cpp
        usage.get("prompt_cache_hit_tokens"),
        usage.get("cached_tokens"),
        timings.get("cache_n"),  # older llama.cpp
    )
    return Usage(
        1,
        count(usage.get("prompt_tokens")),
        next((value for item in cached if (value := count(item))), 0),
        count(usage.get("completion_tokens")),
        count(record(usage.get("completion_tokens_details")).get("reasoning_tokens")),
    )
