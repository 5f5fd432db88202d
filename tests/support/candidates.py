"""Findings of a model about a change in memory, placed as the pipeline places them."""

import json

from support.change import change
from support.scripted import finding

from reviewer import prompt
from reviewer.findings import PassResult, Source, accept
from reviewer.types import Context, Unit


def candidate(made, path, quote, *, source=None, **fields):
    """The finding for a quote of a file of the change `made`."""
    file = next(file for file in made.files if file.path == path)
    accepted = accept(
        {"findings": [finding(quote, path, **fields)]},
        Unit(file, file.hunks, 0),
        Context(),
        source or Source(made),
        "reviewer",
        redact=None,
    )
    assert accepted.findings, (accepted.dropped, quote)
    return accepted.findings[0]


def added(path, text, **others):
    """A change that adds one file; `others` are unchanged files, `/` written as `__`."""
    rest = {name.replace("__", "/") + ".py": body.encode() for name, body in others.items()}
    return change(rest, {**rest, path: text.encode()})


def read_of(made, path, found, *, pieces=(), lens="", hunks=None):
    """One unit as the pipeline hands it to the verifier."""
    file = next(file for file in made.files if file.path == path)
    unit = Unit(file, hunks or file.hunks, 0)
    context = Context(tuple(pieces))
    message = prompt.render(
        unit,
        context,
        facts="Python",
        guidelines=[],
        hints=[],
        role="reviewer",
        redact=None,
        max_tokens=2000,
    )
    return PassResult(unit, context, message, tuple(found), lens)


def said(index, verdict="supported", **fields):
    """A verdict as the model would write it."""
    return {
        "index": index,
        "contradiction": "",
        "contradictionFile": "",
        "before": "",
        "reason": "It was followed.",
        "verdict": verdict,
        "confidence": 80,
        "impact": "serious",
        "likelihood": "ordinary",
        "sameAs": "",
        "needs": [],
        **fields,
    }


def verdicts(*items):
    return json.dumps({"verdicts": list(items)})
