"""Runs in the environment of vLLM: `python local_run.py MODEL SCHEMA`. What the model in the
process does, as JSON."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from reviewer import models
from reviewer.errors import EngineError
from reviewer.models import schedule
from reviewer.models.base import PromptTooLong, Schema
from reviewer.types import Prompt

PREFIX = "You review a change and answer in JSON. " * 60
WORDS = {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 3000, "maxItems": 3000}
ENDLESS = Schema(
    "endless",
    {
        "type": "object",
        "properties": {"words": WORDS},
        "required": ["words"],
        "additionalProperties": False,
    },
)


async def cancelled(model, schema):
    """Whether a short call comes back while a long one that began before it still runs, and what
    became of the long one when it was cancelled then."""
    long = asyncio.create_task(model.complete(Prompt("a", "b", 8000), ENDLESS))
    await asyncio.sleep(0.2)
    short = await model.complete(Prompt("a", "c", 8), schema)
    overtaken = not long.done()
    long.cancel()
    await asyncio.gather(long, return_exceptions=True)
    after = await model.complete(Prompt("a", "d", 8), schema)
    return {
        "overtaken": overtaken,
        "cancelled": long.cancelled(),
        "left": len(model._running),
        "tokens": [short.usage.completion_tokens, after.usage.completion_tokens],
    }


async def refused(model, schema):
    try:
        await model.complete(Prompt(PREFIX, "+x = 1 # long line\n" * 4000, 64), schema)
    except PromptTooLong as error:
        return str(error)


async def main(folder, schema):
    seen = {}
    async with models.load_local(folder, concurrency=8, seed=7, enforce_eager=True) as model:
        seen["model"] = [
            model.engine,
            model.name,
            model.role,
            model.context_tokens,
            model.concurrency,
        ]
        prompts = [
            Prompt(PREFIX, f"+def f{number}(x):\n+    return x * {number}", 4096)
            for number in range(4)
        ]
        outcomes = {}
        jobs = [
            lambda ready, prompt=prompt: model.complete(prompt, schema, first_token=ready)
            for prompt in prompts
        ]
        await schedule.run(jobs, lambda one: outcomes.update({one.index: one}), concurrency=4)
        seen["replies"] = [asdict(outcomes[number].value) for number in range(4)]
        again = await asyncio.gather(*(model.complete(prompt, schema) for prompt in prompts))
        seen["again"] = [asdict(reply) for reply in again]
        seen["too_long"] = await refused(model, schema)
        seen["cancelled"] = await cancelled(model, schema)
    try:
        await model.complete(prompts[0], schema)
    except EngineError as error:
        seen["closed"] = str(error)
    try:
        async with models.load_local(folder + "-none"):
            pass
    except EngineError as error:
        seen["no_model"] = str(error)
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Schema("reply", json.loads(Path(sys.argv[2]).read_text()))))
