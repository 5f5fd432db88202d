"""`--explain`: shows what a run would send to the model about a place, why each part is there, and
how many tokens it takes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reviewer import memory, prompt, questions, serving, text
from reviewer.errors import UsageError
from reviewer.models.base import estimate_tokens
from reviewer.pipeline import evidence, settle
from reviewer.pipeline.ask_unit import render
from reviewer.pipeline.clock import Clock, Stop
from reviewer.pipeline.interview import asked_in
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.passes import Pass, make_passes
from reviewer.pipeline.plan import Plan, Request, make_plan, with_choice
from reviewer.pipeline.seams import Chooser
from reviewer.questions import Asked
from reviewer.types import Unit
from reviewer.verify import Precedents

MAX_PRECEDENTS = 10  # listed for one unit
ASSUMED_CONTEXT = 16384  # tokens, when no model is running
_PASSES = {"whole": "", "lens": ", lens ", "across": ", beside other files of the change"}


async def explain(request: Request, place: str, choose: Chooser = serving.choose) -> str:
    """What a run would send about `place` (`FILE` or `FILE:LINE`, a line of the new version), as
    text. It uses the plan, evidence, passes and rendering of a real run.

    Raises UsageError when the file is not in the change or the line is in none of its units.
    """
    stop: Stop = asyncio.get_running_loop().create_future()
    plan = await make_plan(request, Clock(stop, lambda event: None), choose)
    assumed = plan.choice.role == "none"
    if assumed:
        choice = replace(
            plan.choice,
            role="reviewer",
            context_tokens=ASSUMED_CONTEXT,
            tokens=estimate_tokens,
            local=True,
        )
        plan = with_choice(plan, choice)
    # `max_units` depends on earlier runs: explain every unit instead.
    plan = replace(plan, settings=plan.settings.model_copy(update={"max_units": None}))
    chosen = {unit.ordinal for unit in _chosen(plan, place, request.directory)}
    ledger = Ledger(plan, lambda event: None)
    await evidence.collect(
        plan, plan.settings.timeout, lambda result: ledger.add_evidence(result.evidence)
    )
    with memory.open_store(request.environ) as store:
        _, in_force = memory.load_dismissals(store, plan.change, plan.baseline)
        known = settle.precedents(plan, in_force)
    raised = await asyncio.to_thread(questions.ask, plan.change, plan.units)
    parts = [
        "\n".join(_explained(plan, ledger, pass_, known, raised))
        for pass_ in make_passes(plan, ledger.evidence, raised).passes
        if pass_.unit.ordinal in chosen
    ]
    if assumed:
        parts.append(f"No model is running: this assumes a context of {ASSUMED_CONTEXT} tokens.")
    return "\n\n".join(parts)


def _chosen(plan: Plan, place: str, directory: Path) -> list[Unit]:
    """The units of a place. A path may be relative to the user's directory or, as in reports, to
    the top of the repository."""
    name, _, tail = place.rpartition(":")
    path, line = (name, int(tail)) if name and tail.isdecimal() else (place, None)
    here = os.path.relpath(os.path.realpath(directory / path), os.path.realpath(plan.change.root))
    if any(unit.file.path == here for unit in plan.units):
        path = here
    units = [unit for unit in plan.units if unit.file.path == path]
    if not units:
        known = ", ".join(text.one_line(file.path) for file in plan.change.files[:5]) or "nothing"
        raise UsageError(
            f"--explain: {text.one_line(path)} is not in the change under review, which has {known}"
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
            f"--explain: line {line} of {text.one_line(path)} is in no hunk; try it without the"
            " line"
        )
    return units


def _explained(
    plan: Plan,
    ledger: Ledger,
    pass_: Pass,
    known: Precedents,
    raised: Mapping[int, Asked],
) -> Iterator[str]:
    unit, count = pass_.unit, plan.choice.tokens
    labelled = asked_in(raised, pass_, plan)
    context, message = render(plan, pass_, ledger.hints(unit.file.path), labelled)
    lines = ", ".join(
        f"{hunk.new_start}-{hunk.new_start + max(hunk.new_count, 1) - 1}"
        for hunk in sorted(unit.hunks, key=lambda hunk: hunk.new_start)
    )
    name = f"{text.one_line(unit.file.path)}, lines {lines}"
    yield f"unit {unit.ordinal + 1} of {len(plan.units)}: {name}{_PASSES[pass_.kind]}{pass_.lens}"
    yield (
        f"about {count(message.system) + count(message.user)} tokens, and up to"
        f" {message.max_tokens} for the reply:"
    )
    yield f"  {count(message.system):>6}  rules (the same for every unit)"
    yield (
        f"  {count(message.user):>6}  project, context, hunks, hints and questions of this unit;"
        " of that context:"
    )
    for piece in context.pieces:
        place = f"{text.one_line(piece.path)}:{piece.start}-{piece.end}"
        yield f"  {count(piece.text):>6}    {place}  {text.one_line(piece.why)}"
    cut = raised[unit.ordinal].cut if labelled else 0
    if labelled:
        asked = text.count(len(labelled), "question")
        yield f"       –    {asked}, and {cut} of less risk left out"
    for left_out in context.left_out:
        yield f"       –    left out: {text.one_line(left_out)}"
    yield from _precedents(plan, unit, known)
    yield ""
    yield text.printable(message.user)


def _precedents(plan: Plan, unit: Unit, known: Precedents) -> Iterator[str]:
    """The precedents that the judge might see for findings on these lines."""
    if not known.known:
        return
    lines = [
        (line.new or line.old or 0, code)
        for hunk in sorted(unit.hunks, key=lambda hunk: hunk.new_start)
        for line, code in zip(hunk.lines, prompt.shown_lines(hunk.lines, plan.redact), strict=True)
        if line.kind != "removed"
    ]
    near = known.similar_near(unit.file.path, lines)
    yield (
        f"precedents: {len(near)} of {len(known.known)}, for findings of the same kind on similar"
        " lines:"
    )
    for number, item in near[:MAX_PRECEDENTS]:
        reason = text.cut(text.one_line(item.reason), 160)
        yield (
            f"  line {number}: {item.id} {text.cut(text.one_line(item.title), 100)}"
            f" ({item.category}; dismissed: {reason})"
        )
    if len(near) > MAX_PRECEDENTS:
        yield f"  and {len(near) - MAX_PRECEDENTS} more"
