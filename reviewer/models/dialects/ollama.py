"""Ollama's native API: the OpenAI-style one cannot set the context length, and then a long prompt
silently loses its beginning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewer.messages import Usage
from reviewer.models.dialects.base import (
    Body,
    Delta,
    Detail,
    Dialect,
    Facts,
    Request,
    Served,
    count,
    failure,
    message_delta,
    messages,
    record,
    records,
    string,
)
from reviewer.models.thoughts import SAMPLING

# tokens at most, unless the model is loaded with more: its memory use is unknown
ASKED_CONTEXT = 16_384


def _recognise(facts: Facts) -> bool:
    return bool(string(record(facts.get("/api/version")).get("version"))) and "models" in record(
        facts.get("/api/tags")
    )


def _served(facts: Facts) -> list[Served]:
    loaded = {
        string(entry.get("name")): count(entry.get("context_length"))
        for entry in records(record(facts.get("/api/ps")).get("models"))
    }
    return [
        Served(name, loaded.get(name) or None, chat="embed" not in name, loaded=name in loaded)
        for entry in records(record(facts.get("/api/tags")).get("models"))
        if (name := string(entry.get("name")))
    ]


def _shown(model: Served, answer: Any) -> Served:
    """/api/show names the model's own maximum as `ARCHITECTURE.context_length`."""
    info = record(record(answer).get("model_info"))
    most = next((count(value) for key, value in info.items() if key.endswith(".context_length")), 0)
    return replace(model, context=max(model.context or 0, min(most, ASKED_CONTEXT)) or None)


def _body(request: Request) -> Body:
    """Asked for both, it would think without a limit first, and begin again with the schema."""
    body: Body = {
        "model": request.model,
        "messages": messages(request.prompt),
        "stream": True,
        "format": dict(request.schema.schema),
        "think": False,
        "truncate": False,
        "shift": False,
        "options": {
            "num_ctx": request.context,
            "num_predict": request.prompt.max_tokens,
            "temperature": 0,
            "top_p": 1,
            "top_k": 1,
            "seed": request.seed,
        },
    }
    if request.thinking:
        del body["format"]
        body["think"] = True
        body["options"] |= SAMPLING | {"num_predict": request.thinking}
    return body


def _read(event: Any) -> Delta:
    if error := failure(event):
        return Delta(error=error)
    event = record(event)
    done = event.get("done") is True
    delta = message_delta(record(event.get("message")))
    if not done:
        return delta
    usage = Usage(1, count(event.get("prompt_eval_count")), 0, count(event.get("eval_count")))
    return replace(delta, finish=string(event.get("done_reason")) or "stop", usage=usage)


OLLAMA = Dialect(
    name="ollama",
    chat="/api/chat",
    enforce="format",
    info=("/api/version", "/api/tags", "/api/ps"),
    recognise=_recognise,
    served=_served,
    body=_body,
    read=_read,
    # Never `truncate`: a prompt that loses its beginning would be reviewed without its rules.
    optional=("think", "shift", "format"),
    concurrency=1,
    thinks="think",
    apart=True,
    detail=Detail("/api/show", lambda name: {"model": name}, _shown),
)
