"""Statistics of a dataset, and the length of its rows in tokens."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reviewer.errors import EngineError
from reviewer.models.base import estimate_tokens

if TYPE_CHECKING:
    from reviewer.models.http import HttpModel

Lengths = list[tuple[int, int]]  # tokens of the prompt, and of the target
_UNKNOWN = "not known"


def figures(values: Sequence[dict[str, Any]], lengths: Lengths, counted_by: str) -> dict[str, Any]:
    """Numbers of rows by their properties; `lengths` are those of the rows, in order."""
    known = [
        value["metadata"] if isinstance(value.get("metadata"), dict) else {} for value in values
    ]
    about = [each for one in known for each in _list(one.get("findings")) if isinstance(each, dict)]
    return {
        "rows": len(values),
        "formats": _counts("preference" if "prompt" in value else "chat" for value in values),
        "roles": _counts(each.get("role") for value in values for each in messages(value)),
        "kinds": _counts(one.get("kind") for one in known),
        "outcomes": _counts(each.get("outcome") for each in about),
        "categories": _counts(each.get("category") for each in about),
        "repositories": _counts(one.get("repository") for one in known),
        "licences": _counts(one.get("licence") for one in known),
        "models": _counts(one.get("model") for one in known),
        "dates": _span([str(one["date"]) for one in known if one.get("date")]),
        "tokens": {
            "countedBy": counted_by,
            "prompt": _spread([given for given, _ in lengths]),
            "target": _spread([target for _, target in lengths]),
            "row": _spread([given + target for given, target in lengths]),
        },
    }


def messages(value: dict[str, Any]) -> list[dict[str, Any]]:
    """All messages of a row; anything else is left out."""
    lists = [value.get(name) for name in ("messages", "prompt", "chosen", "rejected")]
    return [each for one in lists for each in _list(one) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def conversation(value: dict[str, Any]) -> list[dict[str, str]]:
    """The messages of a row with its target last; for a pair, with the longer answer."""
    if "prompt" not in value:
        found = messages({"messages": value.get("messages")})
    else:
        answers = [messages({name: value.get(name)}) for name in ("chosen", "rejected")]
        found = messages({"prompt": value["prompt"]}) + max(
            answers, key=lambda each: len(str(each))
        )
    return [{"role": str(each.get("role")), "content": str(each.get("content"))} for each in found]


def estimate(values: Sequence[dict[str, Any]]) -> Lengths:
    """Lengths by the reviewer's usual estimate: three bytes a token, rather too many than too
    few."""
    lengths = []
    for value in values:
        *given, target = [estimate_tokens(each["content"]) for each in conversation(value)] or [0]
        lengths.append((sum(given), target))
    return lengths


async def count_exactly(values: Sequence[dict[str, Any]], model: HttpModel) -> Lengths:
    """Lengths by the server's tokenizer: with the chat template if the server applies it (vLLM),
    else of the text alone (llama.cpp). Raises EngineError when the server has no tokenizer
    endpoint."""
    busy = asyncio.Semaphore(max(1, model.concurrency))

    async def one(value: dict[str, Any]) -> tuple[int, int]:
        said = conversation(value)
        async with busy:
            given = await _tokens(model, said[:-1], more=True)
            return given, max(0, await _tokens(model, said, more=False) - given)

    return list(await asyncio.gather(*(one(value) for value in values)))


async def _tokens(model: HttpModel, said: list[dict[str, str]], *, more: bool) -> int:
    from reviewer.models import wire

    body = (
        {
            "model": model.name,
            "messages": said,
            "add_generation_prompt": more,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        if model.engine == "vllm"
        else {"content": "\n".join(each["content"] for each in said)}
    )
    try:
        answer = json.loads(await wire.fetch(model.http, "/tokenize", model.limits, body))
        number = answer["count"] if "count" in answer else len(answer["tokens"])
        return int(number)
    except (wire.Broken, wire.Refused, ValueError, RecursionError, TypeError, KeyError):
        raise EngineError(
            f"{model.engine} has no tokenizer endpoint (/tokenize): leave out --endpoint for an"
            " estimate"
        ) from None


def _counts(found: Any) -> dict[str, int]:
    counted = Counter(each if isinstance(each, str) and each else _UNKNOWN for each in found)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _span(dates: list[str]) -> dict[str, str] | None:
    return {"first": min(dates), "last": max(dates)} if dates else None


def _spread(numbers: list[int]) -> dict[str, int] | None:
    """Minimum, median, 95th percentile and maximum (nearest rank), and the sum."""
    if not numbers:
        return None
    ranked = sorted(numbers)

    def rank(percent: int) -> int:
        return ranked[-(-len(ranked) * percent // 100) - 1]

    return {
        "least": ranked[0],
        "median": rank(50),
        "p95": rank(95),
        "most": ranked[-1],
        "sum": sum(ranked),
    }
