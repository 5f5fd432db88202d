"""docs/reference/events.md: the event contract, from its models and a recorded stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from support.reference.markdown import fenced, kind, meaning, meanings, prose, table

from reviewer import events
from reviewer.events import Complete, Error, Finding, Heartbeat, ReviewContext, Status
from reviewer.types import SkipReason, UnreviewedReason

_TESTS = Path(__file__).parents[2]
_EVENTS: tuple[type[BaseModel], ...] = (
    ReviewContext,
    Status,
    Heartbeat,
    Finding,
    Complete,
    Error,
)
_INTRO = """\
# Events

`reviewer --agent` (or `--format ndjson`) prints one JSON object a line on stdout, and nothing else.
First comes `review_context`, then `status`, `heartbeat` and `finding` in any order, and last
exactly one `complete` or `error`: also after a crash, Ctrl-C, SIGTERM or a timeout. An `error`
before anything is known may be the only line. The stream is never silent for more than 10 seconds
and stays under 4 MiB.

Ignore fields and types that you do not know: they may be added without a new `schemaVersion`. The
keys are a superset of the CodeRabbit CLI's. `reviewer schema event` prints the JSON Schema of a
line.

`--format json` writes one document `{context, findings, complete}` with the same objects, the
findings sorted by file, line and id.
"""


def page() -> str:
    examples = _examples()
    parts = [_INTRO]
    for model in _EVENTS:
        name = str(model.model_fields["type"].default)
        parts += [f"## {name}", *_described(model), "Example:", fenced(examples[name], "json")]
    parts.append("## Parts of events")
    for model in _parts():
        parts += [f"### {model.__name__}", *_described(model)]
    parts += _reasons("Why a file is skipped", "skipped", get_args(SkipReason))
    parts += _reasons("Why a file is unreviewed", "unreviewed", get_args(UnreviewedReason))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def models() -> list[type[BaseModel]]:
    return [*_EVENTS, *_parts()]


def properties(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model as they are sent."""
    return dict(model.model_json_schema(mode="serialization", by_alias=True)["properties"])


def _parts() -> list[type[BaseModel]]:
    """The models that events are made of, in the order in which they are defined."""
    used = {
        name
        for model in _EVENTS
        for name in model.model_json_schema(mode="serialization").get("$defs", {})
    }
    return [
        value
        for name, value in vars(events).items()
        if name in used and isinstance(value, type) and issubclass(value, BaseModel)
    ]


def _described(model: type[BaseModel]) -> Iterator[str]:
    name = model.__name__
    yield meanings()["model"].get(name) or prose(" ".join((model.__doc__ or "").split()))
    fields = properties(model)
    first = [field for field in ("type", "schemaVersion") if field in fields]  # as they are sent
    rows = (
        (f"`{field}`", kind(fields[field]), meaning("field", name, field))
        for field in [*first, *(field for field in fields if field not in first)]
    )
    yield table(("field", "value", "meaning"), rows)


def _examples() -> dict[str, str]:
    """The first event of each type in the recorded streams of the tests."""
    recorded = ("contract.ndjson", "outputs/cases/example.ndjson", "outputs/cases/error.ndjson")
    found: dict[str, str] = {}
    for name in recorded:
        for line in (_TESTS / name).read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            found.setdefault(event["type"], json.dumps(event, indent=2, ensure_ascii=False))
    return found


def _reasons(title: str, group: str, names: Iterable[str]) -> Iterator[str]:
    yield f"## {title}"
    if group == "skipped":
        yield "These files need no review. They never change the exit code."
    else:
        yield "One of these makes the run incomplete: `outcome` is `failed` and the exit code 3."
    yield table(("reason", "meaning"), ((f"`{one}`", meaning(group, one)) for one in names))
