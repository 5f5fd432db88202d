"""One unit and the model: what is shown, how the answer is asked for, what is accepted of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reviewer import findings, prompt, replies, text, verify
from reviewer.context import gather, guidelines, together, units
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings import Replacement
from reviewer.models import ask
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.prepare import CONTEXT_LEAST, TOGETHER, budgets
from reviewer.run import Run
from reviewer.types import Context, Prompt, Unit, UnreviewedReason, Usage

HALVINGS = 2  # how often a unit whose reply was cut is asked about again in smaller parts
REPLY = Schema("reply", replies.portable_schema(replies.Reply))
SMOKE_REPLY = Schema("reply", replies.smoke_schema())


@dataclass(frozen=True)
class Found:
    """What the model said about a unit, placed: with the prompt that it answered and the context
    that was in it."""

    unit: Unit
    context: Context
    prompt: Prompt
    said: tuple[Finding, ...]
    replacements: Mapping[str, Replacement]  # by finding id
    lens: str = ""  # which way of looking it was asked for, with several looks


async def read(
    run: Run,
    model: Model,
    unit: Unit,
    facts: str,
    take: Callable[[Found], None],
    *,
    lens: str = "",
    first_token: Callable[[], None] = lambda: None,
    halvings: int = HALVINGS,
) -> UnreviewedReason | None:
    """Show one unit to the model and hand what it found, placed, to `take`; why the unit is not
    fully read, None when it is. What the model client raises goes through."""
    around, message = await asyncio.to_thread(render, run, unit, facts, lens)
    schema = SMOKE_REPLY if run.choice.role == "smoke" else REPLY
    try:
        answer = await run.ask(model, message, schema, first_token=first_token)
    except PromptTooLong as exc:
        answer = ask.Answer(None, str(exc), Usage(), cut=True)
    run.outcome.usage = ask.add(run.outcome.usage, answer.usage)
    run.outcome.held_back["no valid item"] += answer.dropped
    if answer.value is not None:
        redact, role = not run.choice.local, run.choice.role
        accepted = findings.accept(answer.value, unit, around, run.source, role, redact=redact)
        run.outcome.held_back.update(accepted.dropped)
        if role == "reviewer" and not answer.cut:
            run.keep(message, answer.value, accepted.items)
        vote = "" if lens == TOGETHER else lens
        take(Found(unit, around, message, accepted.findings, accepted.replacements, vote))
        if not answer.cut:
            return None
    run.outcome.held_back[f"unusable reply: {text.one_line(text.cut(answer.problem, 100))}"] += 1
    smaller = units.halve(unit) if answer.cut and halvings and run.choice.role != "smoke" else []
    parts = [
        await read(run, model, part, facts, take, lens=lens, halvings=halvings - 1)
        for part in smaller
    ]
    return next((part for part in parts if part), None) if parts else "bad_reply"


def render(run: Run, unit: Unit, facts: str, lens: str = "") -> tuple[Context, Prompt]:
    """The prompt for a unit, and the context that went into it."""
    _, most, reply = budgets(run)
    around = min(most, CONTEXT_LEAST + units.size(unit, run.choice.tokens) // 2)
    path, settings, hints = unit.file.path, run.settings, run.evidence.get(unit.file.path, [])
    in_order = replace(unit, hunks=tuple(sorted(unit.hunks, key=lambda hunk: hunk.new_start)))
    if lens == TOGETHER:
        pieces = together.beside(in_order, run.change, most, run.choice.tokens)
    elif around:
        pieces = gather(
            in_order, run.change, evidence=hints, budget=around, tokens=run.choice.tokens
        )
    else:
        pieces = Context()
    own = [
        (f"[[path]] {item.glob}", item.instructions) for item in settings.path if item.matches(path)
    ]
    told = guidelines.guidelines(
        run.change, path, (*run.extra_guidelines, *own), files=settings.guidelines
    )
    message = prompt.render(
        unit,
        pieces,
        facts=facts,
        guidelines=[(item.source, item.text) for item in told],
        hints=hints,
        role=run.choice.role,
        redact=not run.choice.local,
        max_tokens=reply,
    )
    return pieces, verify.with_lens(message, lens) if lens else message


async def replacement(
    run: Run, model: Model, found: Found, finding: Finding, reason: str
) -> findings.Replacement | None:
    """Ask once more for the lines that mend a finding, with the reason why the first ones could not
    be used; None when no usable answer comes."""
    again = (
        "Your replacement for the finding about this line could not be used:"
        f" {text.one_line(text.cut(reason, 300))}\n{_quoted(finding)}\nGive this one finding again,"
        " with oldLines copied exactly and newLines that are right."
    )
    message = replace(found.prompt, user=f"{found.prompt.user}\n\n{again}")
    try:
        answer = await run.ask(model, message, REPLY)
    except (PromptTooLong, EngineError):
        return None
    run.outcome.usage = ask.add(run.outcome.usage, answer.usage)
    redact, role = not run.choice.local, run.choice.role
    accepted = findings.accept(
        answer.value or {}, found.unit, found.context, run.source, role, redact=redact
    )
    return accepted.replacements.get(finding.id) or next(iter(accepted.replacements.values()), None)


def _quoted(finding: Finding) -> str:
    line = finding.evidence[0].quote if finding.evidence else finding.title
    return text.printable(text.neutral(line))
