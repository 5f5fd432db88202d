"""SGLang."""

from __future__ import annotations

from dataclasses import replace

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
    string,
    without_lengths,
)
from reviewer.models.thoughts import SAMPLING


def _recognise(facts: Facts) -> bool:
    return owned_by(facts, "sglang") or bool(
        string(record(facts.get("/model_info")).get("model_path"))
    )


def _served(facts: Facts) -> list[Served]:
    context = count(record(facts.get("/server_info")).get("context_length")) or None
    return [replace(model, context=model.context or context) for model in openai_models(facts)]


def _body(request: Request) -> Body:
    body = openai_body(
        without_lengths(request),
        top_k=-1,
        chat_template_kwargs={"enable_thinking": bool(request.thinking)},
        separate_reasoning=True,
    )
    if not request.thinking:
        return body
    most = request.prompt.max_tokens + request.thinking
    # Only a server with --enable-strict-thinking keeps to the budget; others have no limit but
    # `max_tokens`.
    budget = {"thinking_budget": request.thinking}
    return body | SAMPLING | {"max_tokens": most, "custom_params": budget}


SGLANG = Dialect(
    name="sglang",
    chat="/v1/chat/completions",
    enforce="response_format",
    info=("/model_info", "/server_info", "/v1/models"),
    # Newer servers have both, and log a warning for each use of the old one.
    older={"/model_info": "/get_model_info", "/server_info": "/get_server_info"},
    recognise=_recognise,
    served=_served,
    body=_body,
    read=openai_read,
    optional=(
        "custom_params",
        "separate_reasoning",
        "chat_template_kwargs",
        "stream_options",
        "top_k",
        "seed",
        "response_format",
    ),
    concurrency=16,
    thinks="chat_template_kwargs",
)
