"""llama.cpp's llama-server, and the same server inside xllamacpp."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
    owned_by,
    record,
)
from reviewer.models.grammar import gbnf
from reviewer.models.thoughts import SAMPLING


def _props(facts: Facts) -> dict[str, Any]:
    return record(facts.get("/props"))


def _recognise(facts: Facts) -> bool:
    return "default_generation_settings" in _props(facts) or owned_by(facts, "llamacpp")


def _served(facts: Facts) -> list[Served]:
    props = _props(facts)
    # n_ctx here is that of one slot: the server divides its context among them.
    context = count(record(props.get("default_generation_settings")).get("n_ctx")) or None
    slots = count(props.get("total_slots")) or None
    return [
        replace(model, context=context or model.context, slots=slots)
        for model in openai_models(facts)
    ]


def _body(request: Request) -> Body:
    # A raw grammar applies from the first token: the thought comes apart.
    if request.thinking:
        body = openai_body(
            request, cache_prompt=True, chat_template_kwargs={"enable_thinking": True}
        )
        del body["response_format"]
        return body | SAMPLING | {"max_tokens": request.thinking}
    # The server would turn a schema into a grammar that allows blanks between tokens: replies are
    # indented until they are cut. Our grammar allows none. The server accepts only one of the two.
    body = openai_body(
        request,
        top_k=0,
        cache_prompt=True,
        chat_template_kwargs={"enable_thinking": False},
        grammar=gbnf(request.schema.schema),
    )
    del body["response_format"]
    return body


LLAMACPP = Dialect(
    name="llamacpp",
    chat="/v1/chat/completions",
    enforce="grammar",
    info=("/props", "/v1/models"),
    recognise=_recognise,
    served=_served,
    body=_body,
    read=openai_read,
    optional=("chat_template_kwargs", "stream_options", "cache_prompt", "top_k", "seed", "grammar"),
    concurrency=1,
    thinks="chat_template_kwargs",
    apart=True,
)
