"""LM Studio, whose model list shows which models are loaded, and with which context."""

from __future__ import annotations

from reviewer.models.dialects.base import (
    Body,
    Dialect,
    Facts,
    Request,
    Served,
    count,
    openai_body,
    openai_models,
    openai_read,
    record,
    records,
    string,
)
from reviewer.models.thoughts import SAMPLING

# of a model that is loaded by a request; longer prompts fail silently
JIT_CONTEXT = 4096


def _recognise(facts: Facts) -> bool:
    return any(
        "compatibility_type" in entry
        for entry in records(record(facts.get("/api/v0/models")).get("data"))
    )


def _served(facts: Facts) -> list[Served]:
    listed = [
        Served(
            name,
            count(entry.get("loaded_context_length")) or JIT_CONTEXT,
            chat=entry.get("type") != "embeddings",
            loaded=entry.get("state") == "loaded",
        )
        for entry in records(record(facts.get("/api/v0/models")).get("data"))
        if (name := string(entry.get("id")))
    ]
    return listed or openai_models(facts)


def _body(request: Request) -> Body:
    if not request.thinking:
        # Only newer versions can turn thoughts off; older ones ignore the field.
        return openai_body(request, top_k=0, reasoning_effort="none")
    # Models that can only think or not take any effort for "on".
    most = request.prompt.max_tokens + request.thinking
    return openai_body(request, reasoning_effort="medium") | SAMPLING | {"max_tokens": most}


LMSTUDIO = Dialect(
    name="lmstudio",
    chat="/v1/chat/completions",
    enforce="response_format",
    info=("/api/v0/models", "/v1/models"),
    recognise=_recognise,
    served=_served,
    body=_body,
    read=openai_read,
    optional=("reasoning_effort", "stream_options", "top_k", "seed", "response_format"),
    concurrency=1,
    thinks="reasoning_effort",
)
