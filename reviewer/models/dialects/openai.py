"""Any other server with OpenAI's chat completions."""

from __future__ import annotations

from reviewer.models.dialects.base import Dialect, openai_body, openai_models, openai_read

OPENAI = Dialect(
    name="openai",
    chat="/v1/chat/completions",
    enforce="response_format",
    info=("/v1/models",),
    recognise=lambda facts: bool(openai_models(facts)),
    served=openai_models,
    body=openai_body,
    read=openai_read,
    optional=("stream_options", "seed", "top_p", "temperature", "response_format"),
    concurrency=4,
)
