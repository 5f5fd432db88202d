"""Asks the model about one unit: builds the prompt, sends it, and places the findings in the
reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reviewer import findings, prompt, text, verify
from reviewer.context import gather, guidelines, project, units
from reviewer.context.risk import kind
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings import PassResult, Replacement
from reviewer.messages import Prompt, Usage
from reviewer.models import ask
from reviewer.models.base import PromptTooLong
from reviewer.pipeline import answers, sizes
from reviewer.pipeline.answers import Further
from reviewer.pipeline.interview import REPLY, SMOKE_REPLY, Interview, asked_in, must_answer
from reviewer.pipeline.passes import Pass
from reviewer.pipeline.plan import Plan
from reviewer.replies import CheckedAnswer
from reviewer.types import Context, Evidence, UnreviewedReason

HALVINGS = 2  # how often a unit is halved and asked about again after a cut reply
_ANSWERED_ELSEWHERE = "The questions are answered in another pass: leave them out of checked."
_NEAR = 10  # lines between a finding and the one that is given again in its place
_ACROSS = "together"  # the lens that a pass across files uses


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
    labelled = await asyncio.to_thread(asked_in, interview.questions, pass_, plan)
    context, message = await asyncio.to_thread(render, plan, pass_, hints, labelled)
    schema = SMOKE_REPLY if role == "smoke" else REPLY
    try:
        answer = await interview.asker.ask(
            interview.model, message, schema, first_token=first_token
        )
    except PromptTooLong as exc:
        answer = ask.Answer(None, str(exc), Usage(), cut=True)
    ledger.spend(answer.usage, pass_)
    ledger.held_back["malformed"] += answer.dropped
    if answer.value is not None:
        expected = labelled if must_answer(pass_) else {}
        said = answers.read(answer.value, labelled)
        found: list[Finding] = []
        accepted = _enter(
            interview, pass_, message, Further(answer.value, context), labelled, said, found
        )
        if role == "reviewer" and not answer.cut:
            interview.keeper.keep(message, answer.value, accepted.items)
        if not answer.cut:
            ledger.questions.ask(each.id for each in expected.values())
            for more in await answers.ask_again(
                interview, pass_.unit, context, message, expected, said
            ):
                _enter(interview, pass_, message, more, labelled, said, found)
            for label, given in said.items():
                ledger.questions.answer(labelled[label].id, given.answer)
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


def _enter(
    interview: Interview,
    pass_: Pass,
    message: Prompt,
    reply: Further,
    labelled: answers.Labelled,
    said: Mapping[str, CheckedAnswer],
    known: list[Finding],
) -> findings.Accepted:
    """Enter the findings of a reply into the ledger, and those that follow from its answers.
    `known` are those of the earlier replies in this pass, and then also those of this one."""
    plan, unit, ledger = interview.plan, pass_.unit, interview.ledger

    def accept(value: Mapping[str, Any]) -> findings.Accepted:
        return findings.accept(
            value, unit, reply.context, plan.source, plan.choice.role, redact=plan.redact
        )

    accepted = accept(reply.value)
    ledger.held_back.update(accepted.dropped)
    known += accepted.findings
    more = accept({"findings": answers.candidates(said, labelled, known, unit)})
    known += more.findings
    found = answers.with_questions((*accepted.findings, *more.findings), said, labelled)
    ledger.add_result(
        pass_,
        PassResult(
            unit,
            reply.context,
            message,
            found,
            lens=pass_.lens,
            replacements=accepted.replacements,
        ),
    )
    return accepted


def render(
    plan: Plan,
    pass_: Pass,
    hints: Sequence[Evidence],
    labelled: answers.Labelled | None = None,
) -> tuple[Context, Prompt]:
    """The context of a pass, and the prompt that holds it. `hints` are the analyzers' results for
    the file, `labelled` the questions by their labels."""
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
        facts=project.facts(plan.change, path),
        guidelines=[(item.source, item.text) for item in rules],
        hints=hints,
        questions=answers.rows(labelled or {}),
        role=plan.choice.role,
        redact=plan.redact,
        max_tokens=plan.budgets.reply,
    )
    lens = _ACROSS if pass_.is_across else pass_.lens
    if not lens:
        return context, message
    message = verify.with_lens(message, lens)
    if labelled and not must_answer(pass_):
        message = replace(message, user=f"{message.user} {_ANSWERED_ELSEWHERE}")
    return context, message


def _context(plan: Plan, pass_: Pass, hints: Sequence[Evidence]) -> Context:
    most = plan.budgets.context
    in_order = replace(
        pass_.unit, hunks=tuple(sorted(pass_.unit.hunks, key=lambda hunk: hunk.new_start))
    )
    budget = sizes.context_of(most, len(plan.units), kind(pass_.unit.file.path))
    if not budget:
        return Context()
    return gather(in_order, plan.change, evidence=hints, budget=budget, tokens=plan.choice.tokens)


async def ask_replacement(
    interview: Interview, result: PassResult, finding: Finding, reason: str
) -> Replacement | None:
    """Ask once more for the lines that fix a finding, with the reason why the first ones could not
    be used. None when there is no usable answer, or one that is for something else."""
    plan = interview.plan
    sent = _own(result.replacements, finding)
    again = _again(finding, sent, reason)
    if plan.redact:
        again = plan.redact.hide(again)
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
    others = {each.id for each in result.findings}
    near = (
        (abs(each.start - (finding.start_line or 0)), each)
        for (id_, _), each in accepted.replacements.items()
        if id_ not in others and each.path == findings.path_of(finding)
    )
    off, nearest = min(near, key=lambda each: each[0], default=(0, None))
    return _own(accepted.replacements, finding) or (nearest if off <= _NEAR else None)


def _own(given: Mapping[tuple[str, str], Replacement], finding: Finding) -> Replacement | None:
    """The replacement for the finding, in its own words if there is one."""
    same_line = {key[1]: each for key, each in given.items() if key[0] == finding.id}
    return same_line.get(finding.title) or next(iter(same_line.values()), None)


def _again(finding: Finding, sent: Replacement | None, reason: str) -> str:
    """The question for another replacement: what it is about, what was sent, why it failed."""
    given = _quoted(sent) if sent else "(none)"
    fence = text.fence(given)
    return (
        f'Your replacement for the finding "{text.one_line(text.neutral(finding.title))}" (line'
        f" {finding.start_line or '?'}) could not be used:"
        f" {text.one_line(text.neutral(text.cut(reason, 400)))}\n"
        f'You sent this, between the lines "{fence}":\n{fence}\n{given}\n{fence}\n'
        "Give this one finding again. oldLines are consecutive lines of the new version, copied"
        " exactly; newLines are what stands there afterwards, complete, and leave no import or"
        " variable unused."
    )


def _quoted(sent: Replacement) -> str:
    rows = [f"oldLines: {line}" for line in sent.old_lines] or ["oldLines: (none)"]
    rows += [f"newLines: {line}" for line in sent.new_lines] or ["newLines: (none)"]
    return "\n".join(text.one_line(text.neutral(row)) for row in rows)
