"""Remembered questions and rows of a dataset, for tests of `reviewer dataset`."""

from __future__ import annotations

import json

from support.scripted import answer, finding

from reviewer.memory.examples import Example
from reviewer.memory.feedback import Feedback

A, B, C, D = "00000000000a", "00000000000b", "00000000000c", "00000000000d"
PLACE = "r" * 32


def said(*quotes, checked=()):
    """A reply with a finding for each quote."""
    return {
        "checked": [answer("", quote=quote, note=f"looked at {quote}") for quote in checked],
        "findings": [finding(quote, "a.py") for quote in quotes],
    }


def example(
    reply, items=None, *, user="the change", at=0.0, repository=PLACE, rejected=None, **fields
):
    values = {
        "system": "You review.",
        "user": user,
        "reply": reply,
        "items": items or {A: [0]},
        "repository_name": "repo",
        "commit": "c1",
        "licence": "MIT",
        "engine": "scripted",
        "model": "m",
        "tool_version": "1",
        "at": at,
        "repository": repository,
        "rejected": rejected or {},
    }
    return Example(**values | fields)


def standings(repository=PLACE, **kinds):
    """`a="applied"` is the standing of finding A."""
    ids = {"a": A, "b": B, "c": C, "d": D}
    return {
        (repository, ids[each]): Feedback(ids[each], kind, 1.0, "model m", "", "security")
        for each, kind in kinds.items()
    }


def target(row):
    """The quotes in a row's target."""
    return [each["quote"] for each in json.loads(row.value["messages"][-1]["content"])["findings"]]


METADATA = {
    "kind": "positive",
    "findings": [{"id": A, "outcome": "applied", "category": "security"}],
    "repository": "repo",
    "commit": "c1",
    "licence": "MIT",
    "date": "2026-11-24T00:00:00Z",
    "engine": "scripted",
    "model": "m",
    "toolVersion": "1",
}


def chat(answer=None, *, user="the change", metadata=None, roles=("system", "user", "assistant")):
    """A row of a file."""
    content = answer if isinstance(answer, str) else json.dumps(answer or said())
    contents = ["You review.", user, content]
    messages = [
        {"role": role, "content": text} for role, text in zip(roles, contents, strict=False)
    ]
    return {"messages": messages, "metadata": METADATA if metadata is None else metadata}


def pair(chosen, rejected):
    rows = [chat(chosen), chat(rejected)]
    answers = [row["messages"][2:] for row in rows]
    return {
        "prompt": rows[0]["messages"][:2],
        "chosen": answers[0],
        "rejected": answers[1],
        "metadata": METADATA,
    }
