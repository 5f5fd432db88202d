"""LM Studio, whose model list shows which models are loaded, and with which context."""

from __future__ import annotations

from reviewer.models.dialects.base import (
    Dialect,
    Facts,
    Served,
    count,
    openai_body,
    openai_models,
    openai_read,
    record,
    records,
    string,
)

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


LMSTUDIO = Dialect(
    name="lmstudio",
    chat="/v1/chat/completions",
    enforce="response_format",
    info=("/api/v0/models", "/v1/models"),
    recognise=_recognise,
    served=_served,
    # Only newer versions can turn thoughts off; older ones ignore the field.
    body=lambda request: openai_body(request, top_k=0, reasoning_effort="none"),
    read=openai_read,
    optional=("reasoning_effort", "stream_options", "top_k", "seed", "response_format"),
    concurrency=1,
)
