"""Asks the model about one unit: builds the prompt, sends it, and places the findings in the
reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reviewer import findings, prompt, replies, text, verify
from reviewer.context import gather, guidelines, units
from reviewer.context.risk import risk
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings import PassResult, Replacement
from reviewer.models import ask
from reviewer.models.ask import Asker
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.pipeline import sizes
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.passes import Pass
from reviewer.pipeline.plan import Plan
from reviewer.pipeline.seams import Keeper
from reviewer.types import Context, Evidence, Prompt, UnreviewedReason, Usage

HALVINGS = 2  # how often a unit is halved and asked about again after a cut reply
REPLY = Schema("reply", replies.portable_schema(replies.Reply))
SMOKE_REPLY = Schema("reply", replies.smoke_schema())
_ACROSS = "together"  # the lens that a pass across files uses


@dataclass(frozen=True)
class Interview:
    """What all questions of a run share: the model, the way to ask it, and the facts about the
    project."""

    plan: Plan
    ledger: Ledger
    model: Model
    asker: Asker
    keeper: Keeper
    facts: str  # the project in a few lines


async def ask_unit(
    interview: Interview,
    pass_: Pass,
    *,
    first_token: Callable[[], None] = lambda: None,
    halvings: int = HALVINGS,
) -> UnreviewedReason | None:
    """Show one unit to the model and enter its findings into the ledger. Return why the unit was
    not read in full, None when it was. Errors of the model client go through."""
    plan, ledger = interview.plan, interview.ledger
    role = plan.choice.role
    hints = ledger.hints(pass_.unit.file.path)
    context, message = await asyncio.to_thread(render, plan, pass_, interview.facts, hints)
    schema = SMOKE_REPLY if role == "smoke" else REPLY
    try:
        answer = await interview.asker.ask(
            interview.model, message, schema, first_token=first_token
        )
    except PromptTooLong as exc:
        answer = ask.Answer(None, str(exc), Usage(), cut=True)
    ledger.spend(answer.usage)
    ledger.held_back["malformed"] += answer.dropped
    if answer.value is not None:
        accepted = findings.accept(
            answer.value, pass_.unit, context, plan.source, role, redact=plan.redact
        )
        ledger.held_back.update(accepted.dropped)
        if role == "reviewer" and not answer.cut:
            interview.keeper.keep(message, answer.value, accepted.items)
        ledger.add_result(
            pass_,
            PassResult(
                pass_.unit,
                context,
                message,
                accepted.findings,
                lens=pass_.lens,
                replacements=accepted.replacements,
            ),
        )
        if not answer.cut:
            return None
    why = text.one_line(text.cut(answer.problem, 120))
    ledger.held_back[f"unusable reply: {why}"] += 1
    parts = units.halve(pass_.unit) if answer.cut and halvings and role != "smoke" else []
    reasons = [
        await ask_unit(interview, replace(pass_, unit=part), halvings=halvings - 1)
        for part in parts
    ]
    if parts:
        return next(filter(None, reasons), None)
    ledger.details.setdefault(pass_.unit.file.path, why)
    return "bad_reply"


def render(
    plan: Plan, pass_: Pass, facts: str, hints: Sequence[Evidence]
) -> tuple[Context, Prompt]:
    """The context of a pass, and the prompt that holds it. `hints` are the analyzers' results for
    the file."""
    unit, path = pass_.unit, pass_.unit.file.path
    context = _context(plan, pass_, hints)
    if plan.redact:  # a part of a file may hold a credential that only the whole file gives away
        pieces = (
            replace(piece, text=plan.source.masks_of(piece.path).hide(piece.text))
            for piece in context.pieces
        )
        context = replace(context, pieces=tuple(pieces))
    own = [
        (f"[[path]] {item.glob}", item.instructions)
        for item in plan.settings.path
        if item.matches(path)
    ]
    rules = guidelines.guidelines(
        plan.change,
        path,
        (*plan.request.guidelines, *own),
        files=plan.settings.guidelines,
        room=sizes.guideline_characters(plan.budgets.context, len(plan.units)),
    )
    message = prompt.render(
        unit,
        context,
        facts=facts,
        guidelines=[(item.source, item.text) for item in rules],
        hints=hints,
        role=plan.choice.role,
        redact=plan.redact,
        max_tokens=plan.budgets.reply,
    )
    lens = _ACROSS if pass_.is_across else pass_.lens
    return context, verify.with_lens(message, lens) if lens else message


def _context(plan: Plan, pass_: Pass, hints: Sequence[Evidence]) -> Context:
    most = plan.budgets.context
    in_order = replace(
        pass_.unit, hunks=tuple(sorted(pass_.unit.hunks, key=lambda hunk: hunk.new_start))
    )
    budget = sizes.context_of(most, len(plan.units), risk(pass_.unit.file)[0])
    if not budget:
        return Context()
    return gather(in_order, plan.change, evidence=hints, budget=budget, tokens=plan.choice.tokens)


async def ask_replacement(
    interview: Interview, result: PassResult, finding: Finding, reason: str
) -> Replacement | None:
    """Ask once more for the lines that fix a finding, with the reason why the first ones could not
    be used. None when there is no usable answer."""
    plan = interview.plan
    again = (
        "Your replacement for the finding about this line could not be used:"
        f" {text.one_line(text.cut(reason, 300))}\n"
        f"{_quoted(finding)}\n"
        "Give this one finding again, with oldLines copied exactly and newLines that are right."
    )
    message = replace(result.prompt, user=f"{result.prompt.user}\n\n{again}")
    try:
        answer = await interview.asker.ask(interview.model, message, REPLY)
    except (PromptTooLong, EngineError):
        return None
    interview.ledger.spend(answer.usage)
    accepted = findings.accept(
        answer.value or {},
        result.unit,
        result.context,
        plan.source,
        plan.choice.role,
        redact=plan.redact,
    )
    wanted = accepted.replacements.get(finding.id)
    return wanted or next(iter(accepted.replacements.values()), None)


def _quoted(finding: Finding) -> str:
    line = finding.evidence[0].quote if finding.evidence else finding.title
    return text.printable(text.neutral(line))
