"""The kinds of servers, in the order of detection: the most specific first."""

from __future__ import annotations

from reviewer.models.dialects.base import Dialect
from reviewer.models.dialects.llamacpp import LLAMACPP
from reviewer.models.dialects.lmstudio import LMSTUDIO
from reviewer.models.dialects.ollama import OLLAMA
from reviewer.models.dialects.openai import OPENAI
from reviewer.models.dialects.sglang import SGLANG
from reviewer.models.dialects.vllm import VLLM

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect for dialect in (LLAMACPP, OLLAMA, LMSTUDIO, SGLANG, VLLM, OPENAI)
}
