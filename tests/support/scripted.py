"""A model whose answers a test writes down, for the logic of the pipeline."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from reviewer.messages import Reply, Usage
from reviewer.serving import Choice

NOTHING = json.dumps({"checked": [], "findings": []})


_UNSURE = {
    "contradiction": "",
    "contradictionFile": "",
    "before": "",
    "reason": "It cannot be seen from here.",
    "verdict": "unsure",
    "precedent": 0,
    "confidence": 60,
    "impact": "serious",
    "likelihood": "ordinary",
    "sameAs": "",
    "needs": [],
}
UNDECIDED = json.dumps({"verdicts": [{"index": number, **_UNSURE} for number in range(1, 9)]})


_QUESTION = re.compile(r"^- (Q\d+) \(", re.MULTILINE)
_OPEN = re.compile(r"These questions are still open: ([^.]*)\.")


def answer(label, said="right", **fields):
    """An answer as the model would write it."""
    return {
        "id": label,
        "quote": "",
        "input": "any",
        "note": "It holds.",
        "needs": [],
        "answer": said,
        **fields,
    }


def answered(said, asked):
    """The reply, with the answer `right` to each question that it leaves out."""
    open_ = _OPEN.findall(asked)
    labels = open_[-1].split(", ") if open_ else _QUESTION.findall(asked)
    try:
        value = json.loads(said)
    except ValueError:
        return said
    if not isinstance(value, dict) or not isinstance(value.get("checked"), list) or not labels:
        return said
    known = {each.get("id") for each in value["checked"] if isinstance(each, dict)}
    value["checked"] = [*(answer(each) for each in labels if each not in known), *value["checked"]]
    return json.dumps(value)


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
    answers: bool = True  # it answers what the script leaves out

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
        if schema.name == "reply" and self.answers:
            if isinstance(said, str):
                said = answered(said, prompt.user)
            elif isinstance(said, Reply):
                said = replace(said, text=answered(said.text, prompt.user))
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
