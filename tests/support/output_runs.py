"""Runs of an output over a stream of events, and hypothesis strategies for hostile events."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from support.event_cases import complete, context, finding

from reviewer.events import Event, Finding
from reviewer.findings import told_once
from reviewer.outputs import open_output

WIDTH = 80


def rendered(name: str, events: Iterable[Event], **options: Any) -> str:
    """What the output writes, with the line ends that it wrote."""
    stream = io.StringIO(newline="")
    settings = {"color": False, "width": WIDTH, "quiet": False, "verbose": False, **options}
    output = open_output(name, stream, **settings)
    for event in events:
        output.emit(event)
    output.close()
    return stream.getvalue()


def told(events: Iterable[Event]) -> int:
    """How many findings of a run that has ended stand for themselves: the others became places of
    these."""
    return len(told_once([event for event in events if isinstance(event, Finding)]))


SPECIAL = "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\u00ad\u0301\u200b\u200d\u202e\u2028\ufe0f\ufeff\ud800\udce9\U000e0041"  # noqa: E501
texts = st.text(st.one_of(st.sampled_from(SPECIAL + "│─漢👩[/]; a"), st.characters()), max_size=120)
names = st.one_of(
    texts.map(lambda text: text.encode("utf-8", "replace").decode()),
    st.binary(max_size=40).map(os.fsdecode),
)
numbers = st.one_of(st.none(), st.integers(1, 10**9))


@st.composite
def quotes(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(1, 10**6))
    return {
        "file_name": draw(st.one_of(names, st.just("shop/cart.py"))),
        "start_line": start,
        "end_line": start + draw(st.integers(0, 20)),
        "quote": draw(texts),
        "why": draw(texts),
    }


@st.composite
def places(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(1, 10**6))
    return {
        "id": f"{draw(st.integers(0, 2**48 - 1)):012x}",
        "file_name": draw(names),
        "start_line": start,
        "end_line": start + draw(st.integers(0, 20)),
        "side": draw(st.sampled_from(["new", "old"])),
    }


@st.composite
def findings(draw: st.DrawFn) -> Any:
    check = {
        "name": draw(texts),
        "status": "failed",
        "duration_seconds": 0.0,
        "detail": draw(texts),
    }
    patch = {
        "diff": draw(texts) + "\n@@ -1 +1 @@\n" + draw(texts),
        "verification": "parses",
        "checks": [check],
    }
    prose = ("source", "rule", "title", "comment", "failure_scenario", "codegen_instructions")
    return finding(
        draw(st.integers(0, 2**48 - 1)),
        file_name=draw(st.one_of(names, st.just("shop/cart.py"))),
        start_line=draw(numbers),
        end_line=draw(numbers),
        side=draw(st.sampled_from(["new", "old"])),
        severity=draw(st.sampled_from(["critical", "major", "minor", "trivial", "info"])),
        evidence=draw(st.lists(quotes(), max_size=3)),
        suggestions=draw(st.lists(texts, max_size=2)),
        patch=draw(st.one_of(st.none(), st.just(patch))),
        confidence=draw(st.one_of(st.none(), st.floats(0, 1))),
        places=draw(st.lists(places(), max_size=3)),
        preexisting=draw(st.booleans()),
        **{name: draw(texts) for name in prose},
    )


@st.composite
def runs(draw: st.DrawFn) -> list[Any]:
    found = draw(st.lists(findings(), max_size=2))
    facts = ("current_branch", "base_branch", "base_commit", "working_directory", "engine", "model")
    kind = draw(
        st.sampled_from(["all", "staged", "uncommitted", "committed", "commit", "range", "diff"])
    )
    scope = {
        "kind": kind,
        "base": draw(texts),
        "rev": draw(texts),
        "paths": draw(st.lists(texts, max_size=2)),
    }
    role = draw(st.sampled_from(["reviewer", "smoke", "none"]))
    clean = {name: draw(texts).encode("utf-8", "replace").decode() for name in facts}
    first = context(model_role=role, scope=scope, **clean)
    left = [{"file_name": name, "reason": "timeout"} for name in draw(st.lists(names, max_size=2))]
    last = complete(
        findings=len(found),
        resolved=[
            name.encode("utf-8", "replace").decode() for name in draw(st.lists(texts, max_size=2))
        ],
        reviewed_files=draw(st.lists(texts, max_size=2)),
        skipped_files=[
            {"file_name": name, "reason": "binary"} for name in draw(st.lists(names, max_size=2))
        ],
        unreviewed_files=left,
        unreviewed_file_count=len(left),
        message=draw(texts),
    )
    return [first, *found, last]
