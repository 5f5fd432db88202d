"""A model whose answers a test writes down, for the logic of the pipeline."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reviewer.serving import Choice
from reviewer.types import Reply, Usage

NOTHING = json.dumps({"checked": [], "findings": []})


_UNSURE = {
    "contradiction": "",
    "contradictionFile": "",
    "reason": "It cannot be seen from here.",
    "verdict": "unsure",
    "precedent": 0,
    "confidence": 60,
    "impact": "serious",
    "likelihood": "ordinary",
    "needs": [],
}
UNDECIDED = json.dumps({"verdicts": [{"index": number, **_UNSURE} for number in range(1, 9)]})


@dataclass
class Scripted:
    """`answer(prompt)` gives the text of the reply, a Reply, or an exception to raise. Where it has
    no verdict on a finding that it is asked to refute, it is undecided."""

    answer: object = lambda prompt: NOTHING
    role: str = "reviewer"
    context_tokens: int = 16384
    concurrency: int = 4
    delay: float = 0.0
    engine: str = "scripted"
    name: str = "scripted-1"
    thinks: bool = False
    prompts: list = field(default_factory=list)
    thoughts: list = field(default_factory=list)  # how many tokens each call could think
    closed: bool = False
    cancelled: int = 0

    def tokens(self, text):
        return len(text) // 3 + 1

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        self.prompts.append(prompt)
        self.thoughts.append(thinking)
        first_token()
        try:
            await asyncio.sleep(self.delay)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        said = self.answer(prompt)
        if schema.name == "refutation" and isinstance(said, str) and '"findings"' in said:
            said = UNDECIDED
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Reply):
            return said
        return Reply(said, False, Usage(1, 100, 50, 10))

    def choose(self, problem: str = "", failure=None):
        """What `serving.choose` would be if this were the only engine."""

        @asynccontextmanager
        async def opened():
            try:
                yield self
            finally:
                self.closed = True

        async def chooser(settings, *, session):
            role = "none" if problem or settings.engine == "none" else self.role
            return Choice(
                engine=self.engine if role != "none" else "none",
                model=self.name if role != "none" else None,
                role=role,
                context_tokens=self.context_tokens,
                local=True,
                problem=problem,
                tokens=self.tokens,
                open=opened,
                failure=failure,
                thinks=self.thinks,
            )

        return chooser


def finding(quote: str, file_name: str, **fields):
    """A finding as the model would write it."""
    return {
        "fileName": file_name,
        "quote": quote,
        "line": 1,
        "problem": f"{quote.strip()} is wrong.",
        "scenario": "any input fails",
        "evidence": [],
        "title": "It is wrong",
        "category": "functional_correctness",
        "severity": "major",
        "advice": "Change it.",
        "oldLines": [],
        "newLines": [],
        **fields,
    }


def reply(*findings, checked=()):
    return json.dumps({"checked": list(checked), "findings": list(findings)})
