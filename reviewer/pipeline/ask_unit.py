"""One unit and the model: what is shown, how the answer is asked for, what is accepted of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reviewer import findings, prompt, replies, text, verify
from reviewer.context import gather, guidelines, together, units
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings import PassResult, Replacement
from reviewer.models import ask
from reviewer.models.ask import Asker
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.passes import Pass
from reviewer.pipeline.plan import CONTEXT_LEAST, Plan
from reviewer.pipeline.seams import Keeper
from reviewer.types import Context, Evidence, Prompt, UnreviewedReason, Usage

HALVINGS = 2  # how often a unit whose reply was cut is asked about again in smaller parts
REPLY = Schema("reply", replies.portable_schema(replies.Reply))
SMOKE_REPLY = Schema("reply", replies.smoke_schema())
_ACROSS = "together"  # the file in prompts/review/lenses that a pass across files ends with


@dataclass(frozen=True)
class Interview:
    """Who is asked, through what, and what every question begins with."""

    plan: Plan
    ledger: Ledger
    model: Model
    asker: Asker
    keeper: Keeper
    facts: str  # the project in a few lines


async def ask_unit(
    interview: Interview,
    made: Pass,
    *,
    first_token: Callable[[], None] = lambda: None,
    halvings: int = HALVINGS,
) -> UnreviewedReason | None:
    """Show one unit to the model and enter what it found, placed, into the ledger; why the unit is
    not fully read, None when it is. What the model client raises goes through."""
    plan, ledger = interview.plan, interview.ledger
    role = plan.choice.role
    hints = ledger.hints(made.unit.file.path)
    context, message = await asyncio.to_thread(render, plan, made, interview.facts, hints)
    schema = SMOKE_REPLY if role == "smoke" else REPLY
    try:
        answer = await interview.asker.ask(
            interview.model, message, schema, first_token=first_token
        )
    except PromptTooLong as exc:
        answer = ask.Answer(None, str(exc), Usage(), cut=True)
    ledger.spend(answer.usage)
    ledger.held_back["no valid item"] += answer.dropped
    if answer.value is not None:
        accepted = findings.accept(
            answer.value, made.unit, context, plan.source, role, redact=plan.redact
        )
        ledger.held_back.update(accepted.dropped)
        if role == "reviewer" and not answer.cut:
            interview.keeper.keep(message, answer.value, accepted.items)
        ledger.add_result(
            made,
            PassResult(
                made.unit,
                context,
                message,
                accepted.findings,
                lens=made.lens,
                replacements=accepted.replacements,
            ),
        )
        if not answer.cut:
            return None
    ledger.held_back[f"unusable reply: {text.one_line(text.cut(answer.problem, 100))}"] += 1
    parts = units.halve(made.unit) if answer.cut and halvings and role != "smoke" else []
    reasons = [
        await ask_unit(interview, replace(made, unit=part), halvings=halvings - 1) for part in parts
    ]
    return next(filter(None, reasons), None) if parts else "bad_reply"


def render(plan: Plan, made: Pass, facts: str, hints: Sequence[Evidence]) -> tuple[Context, Prompt]:
    """The prompt of a pass, and the context that is in it. `hints` is what analyzers say about the
    file."""
    unit, path = made.unit, made.unit.file.path
    context = _context(plan, made, hints)
    own = [
        (f"[[path]] {item.glob}", item.instructions)
        for item in plan.settings.path
        if item.matches(path)
    ]
    told = guidelines.guidelines(
        plan.change, path, (*plan.request.guidelines, *own), files=plan.settings.guidelines
    )
    message = prompt.render(
        unit,
        context,
        facts=facts,
        guidelines=[(item.source, item.text) for item in told],
        hints=hints,
        role=plan.choice.role,
        redact=plan.redact,
        max_tokens=plan.budgets.reply,
    )
    lens = _ACROSS if made.is_across else made.lens
    return context, verify.with_lens(message, lens) if lens else message


def _context(plan: Plan, made: Pass, hints: Sequence[Evidence]) -> Context:
    tokens, most = plan.choice.tokens, plan.budgets.context
    in_order = replace(
        made.unit, hunks=tuple(sorted(made.unit.hunks, key=lambda hunk: hunk.new_start))
    )
    if made.is_across:
        return together.related_context(in_order, plan.change, most, tokens)
    budget = min(most, CONTEXT_LEAST + units.size(made.unit, tokens) // 2)
    if not budget:
        return Context()
    return gather(in_order, plan.change, evidence=hints, budget=budget, tokens=tokens)


async def ask_replacement(
    interview: Interview, result: PassResult, finding: Finding, reason: str
) -> Replacement | None:
    """Ask once more for the lines that mend a finding, with the reason why the first ones could not
    be used; None when no usable answer comes."""
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
