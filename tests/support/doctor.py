"""Servers for the doctor: they answer by the schema that they are asked for, each well or ill in
one way. And what makes its reports comparable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from support.server import Answer, Connection, chunk, event, finish, status, stream, usage

GEMMA = "google/gemma-4-31B-it-qat-w4a16-ct"
WORD = '{"word":"zorfibex"}'
SUMMARY = json.dumps(
    {"summary": "They multiply a value by a small number and take another one from it."}
)
TEXT = '{"text":"It is wrong."}'


def vllm(
    name: str = "gemma4", root: str = GEMMA, context: int = 16384, *adapters: str
) -> dict[str, Any]:
    """What vLLM tells about itself."""
    listed = [{"id": name, "owned_by": "vllm", "max_model_len": context, "root": root}]
    listed += [
        {"id": adapter, "owned_by": "vllm", "root": "/lora", "parent": name} for adapter in adapters
    ]
    return {"/version": {"version": "0.33.0"}, "/v1/models": {"data": listed}}


def ollama_facts(size: int, on_gpu: int, name: str = "gemma4:31b") -> dict[str, Any]:
    loaded = {"name": name, "size": size, "size_vram": on_gpu, "context_length": 16384}
    return {
        "/api/version": {"version": "0.33.0"},
        "/api/tags": {"models": [{"name": name}]},
        "/api/ps": {"models": [loaded]},
        "/api/show": {"model_info": {"gemma4.context_length": 262144}},
    }


def schema_name(body: Mapping[str, Any]) -> str:
    schema = body.get("format") or body["response_format"]["json_schema"]["schema"]
    return str(next(iter(schema["properties"])))


def answering(
    *,
    word: str = WORD,
    summary: str = SUMMARY,
    text: Callable[[str], str] = lambda model: TEXT,
    thought: str = "",
    thinks: bool = True,
    cached: int = 1000,
    gap: float = 0.02,
    tokens: int = 20,
) -> Answer:
    """An OpenAI-style server, which `thinks` when it is asked to, and has a `thought` even when it
    is not. A prompt that begins like one before is `cached`; `gap` seconds lie between the four
    pieces of an answer, which has `tokens` tokens."""
    seen: set[str] = set()

    def answer(conn: Connection) -> bool:
        body = conn.asked.body
        said = {"word": word, "summary": summary, "text": text(body["model"])}[schema_name(body)]
        system = body["messages"][0]["content"]
        known, _ = system in seen, seen.add(system)
        size = -(-len(said) // 4)
        asked = body.get("chat_template_kwargs", {}).get("enable_thinking") and thinks
        mused = thought or ("A cat? It says this." if asked else "")
        thoughts = [event(chunk("", reasoning=mused))] if mused else []
        pieces: list[Any] = []
        for at in range(0, len(said), size):
            pieces += [gap, event(chunk(said[at : at + size]))]
        counted = event(usage(1200, tokens, cached if known else 0))
        return stream(*thoughts, *pieces, event(finish()), counted, event(b"[DONE]"))(conn)

    return answer


def ollama_answering(*, gap: float = 0.02, tokens: int = 20) -> Answer:
    def answer(conn: Connection) -> bool:
        body = conn.asked.body
        if body["think"]:
            thought = {"message": {"thinking": "A cat? It says this."}, "done": False}
            end = {"done": True, "done_reason": "stop"}
            both = [json.dumps(line).encode() + b"\n" for line in (thought, end)]
            return stream(*both, kind="application/x-ndjson")(conn)
        said = {"word": WORD, "summary": SUMMARY, "text": TEXT}[schema_name(body)]
        size = -(-len(said) // 4)
        parts = [said[at : at + size] for at in range(0, len(said), size)]
        lines = [
            {"message": {"role": "assistant", "content": part}, "done": False} for part in parts
        ]
        last = {
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 1200,
            "eval_count": tokens,
        }
        steps: list[Any] = []
        for line in [*lines, last]:
            steps += [json.dumps(line).encode() + b"\n", gap]
        return stream(gap, *steps, kind="application/x-ndjson")(conn)

    return answer


def refusing_schemas(conn: Connection) -> bool:
    return status(400, "response_format is not supported by this model")(conn)


def shown(checks: Any, hide: Mapping[str, str] | None = None) -> list[str]:
    """`status name: detail -> fix {measured}`, without what changes from run to run: times, speeds,
    and `hide`."""
    return [_shown(check, hide or {}) for check in checks]


def _shown(check: Any, hide: Mapping[str, str]) -> str:
    line = f"{check.status} {check.name}: {check.detail}"
    line += f" -> {check.fix}" if check.fix else ""
    line += f" {sorted(check.measured)}" if check.measured else ""
    for volatile, name in hide.items():
        line = line.replace(volatile, name)
    line = re.sub(r"(?<!ends up at )\b[\d,.]+ (s\b|tokens/s|GiB)", r"N \1", line)
    line = re.sub(r"reads [\d,.]+ and writes", "reads N and writes", line)
    return re.sub(r"after [\d.]+ s", "after N s", line)
