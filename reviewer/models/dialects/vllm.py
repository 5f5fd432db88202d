"""vLLM."""

from __future__ import annotations

from reviewer.models.dialects.base import (
    Body,
    Dialect,
    Facts,
    Request,
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
    version = record(facts.get("/version"))
    return owned_by(facts, "vllm") or (
        bool(string(version.get("version"))) and bool(openai_models(facts))
    )


def _body(request: Request) -> Body:
    body = openai_body(
        without_lengths(request),
        top_k=-1,
        chat_template_kwargs={"enable_thinking": bool(request.thinking)},
        # False makes vLLM treat the thought as ended, so that the grammar applies from the first
        # token.
        include_reasoning=bool(request.thinking),
        # Stops only what no reply needs: the same 1 to 16 tokens at least 200 times in a row.
        repetition_detection={"max_pattern_size": 16, "min_pattern_size": 1, "min_count": 200},
    )
    if request.thinking:
        most = request.prompt.max_tokens + request.thinking
        body |= SAMPLING | {"max_tokens": most, "thinking_token_budget": request.thinking}
    return body if request.salt is None else {**body, "cache_salt": request.salt}


VLLM = Dialect(
    name="vllm",
    chat="/v1/chat/completions",
    enforce="response_format",
    info=("/version", "/v1/models"),
    recognise=_recognise,
    served=openai_models,
    body=_body,
    read=openai_read,
    optional=(
        "thinking_token_budget",
        "repetition_detection",
        "cache_salt",
        "include_reasoning",
        "chat_template_kwargs",
        "stream_options",
        "top_k",
        "seed",
        "response_format",
    ),
    concurrency=16,
    thinks="chat_template_kwargs",
)
