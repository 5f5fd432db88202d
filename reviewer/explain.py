"""`--explain`: what would be sent to the model about a place, why each part is there, and what it
costs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reviewer import analyzers, memory, prompt, serving, text
from reviewer.context import project
from reviewer.errors import UsageError
from reviewer.models.base import estimate_tokens
from reviewer.prepare import prepare, units_of
from reviewer.reading import render
from reviewer.run import Chooser, Request, Run
from reviewer.settling import precedents
from reviewer.types import Unit

MOST_PRECEDENTS = 10  # that are listed for a unit
ASSUMED_CONTEXT = 16384  # tokens, where no model is there to say


async def explain(request: Request, place: str, choose: Chooser = serving.choose) -> str:
    """The prompts for the units of `place` (`FILE` or `FILE:LINE`, a line of the new version), as
    text to read.

    Raises UsageError when the file is not in the change or the line in none of its units.
    """
    stop: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    run = await prepare(request, lambda event: None, stop, choose)  # type: ignore[arg-type]
    assumed = run.choice.role == "none"
    if assumed:
        run.choice = replace(
            run.choice,
            role="reviewer",
            context_tokens=ASSUMED_CONTEXT,
            tokens=estimate_tokens,
            local=True,
        )
        run.todo = units_of(run)
    chosen = _chosen(run, place, request.directory)
    for result in await analyzers.run(run.change, names=run.settings.analyzers):
        for item in result.evidence:
            run.evidence.setdefault(item.path, []).append(item)
    facts = await asyncio.to_thread(project.facts, run.change)
    with memory.open_store(request.environ) as store:
        run.precedents = precedents(run, memory.decided(store, run.change, run.baseline)[1])
    parts = ["\n".join(_unit(run, unit, facts)) for unit in chosen]
    if assumed:
        parts.append(f"No model is running: a context of {ASSUMED_CONTEXT} tokens is assumed.")
    return "\n\n".join(parts)


def _chosen(run: Run, place: str, directory: Path) -> list[Unit]:
    """The units of a place. As everywhere, a path is relative to the directory that the user is in;
    one as the report has it, relative to the top of the repository, will do."""
    name, _, tail = place.rpartition(":")
    path, line = (name, int(tail)) if name and tail.isdecimal() else (place, None)
    here = os.path.relpath(os.path.realpath(directory / path), os.path.realpath(run.change.root))
    if any(unit.file.path == here for unit in run.todo):
        path = here
    units = [unit for unit in run.todo if unit.file.path == path]
    if not units:
        known = ", ".join(text.one_line(file.path) for file in run.change.files[:5]) or "nothing"
        raise UsageError(
            f"--explain: {text.one_line(path)} is not in the change under review; it holds {known}"
        )
    if line is None:
        return units
    units = [
        unit
        for unit in units
        if any(
            hunk.new_start <= line < hunk.new_start + max(hunk.new_count, 1) for hunk in unit.hunks
        )
    ]
    if not units:
        raise UsageError(
            f"--explain: line {line} of {text.one_line(path)} is in no hunk; leave the line out"
        )
    return units


def _unit(run: Run, unit: Unit, facts: str) -> Iterator[str]:
    around, message = render(run, unit, facts)
    count = run.choice.tokens
    lines = ", ".join(
        f"{hunk.new_start}-{hunk.new_start + max(hunk.new_count, 1) - 1}" for hunk in unit.hunks
    )
    yield (
        f"unit {unit.ordinal + 1} of {len(run.todo)}: {text.one_line(unit.file.path)}, lines"
        f" {lines}"
    )
    yield (
        f"about {count(message.system) + count(message.user)} tokens, and up to"
        f" {message.max_tokens} for the reply:"
    )
    yield f"  {count(message.system):>6}  rules (the same for every unit)"
    yield (
        f"  {count(message.user):>6}  project, context, hunks and hints of this unit; of that"
        " context:"
    )
    for piece in around.pieces:
        place = f"{text.one_line(piece.path)}:{piece.start}-{piece.end}"
        yield f"  {count(piece.text):>6}    {place}  {text.one_line(piece.why)}"
    for left_out in around.left_out:
        yield f"       –    left out: {text.one_line(left_out)}"
    yield from _precedents(run, unit)
    yield ""
    yield text.printable(message.user)


def _precedents(run: Run, unit: Unit) -> Iterator[str]:
    """What the verifier would be given, depending on what findings on these lines say."""
    known = run.precedents.known
    if not known:
        return
    redact = not run.choice.local
    lines = [
        (line.new or line.old or 0, code)
        for hunk in sorted(unit.hunks, key=lambda hunk: hunk.new_start)
        for line, code in zip(hunk.lines, prompt.shown_lines(hunk.lines, redact), strict=True)
        if line.kind != "removed"
    ]
    near = run.precedents.near(unit.file.path, lines)
    yield (
        f"precedents, {len(near)} of {len(known)}, for findings of their kind on lines that are"
        " like theirs:"
    )
    for number, one in near[:MOST_PRECEDENTS]:
        said = text.cut(text.one_line(one.reason), 160)
        yield (
            f"  line {number}: {one.id} {text.cut(text.one_line(one.title), 100)} ({one.category};"
            f" dismissed: {said})"
        )
    if len(near) > MOST_PRECEDENTS:
        yield f"  and {len(near) - MOST_PRECEDENTS} more"
