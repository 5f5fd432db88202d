"""The model's answers to the questions about a unit: which are missing, what they need to see, and
the candidates that follow from them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviewer import findings, prompt, text
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings.search import MIN_PART
from reviewer.messages import Prompt
from reviewer.models.base import PromptTooLong
from reviewer.pipeline.interview import REPLY, Interview
from reviewer.questions import Question
from reviewer.replies import CheckedAnswer, Verdicts, read_answers
from reviewer.types import Context, Unit
from reviewer.verify import needs

ROUNDS = 2  # how often a unit is asked again for its answers
_NEAR = 3  # lines between a question and a finding about it
_TELLING: tuple[Verdicts, ...] = ("wrong", "cannot_tell", "right")  # of several in one reply
_OTHER = re.compile(r"\bQ\d{1,2}\b", re.IGNORECASE)  # a question that the note of another names
Labelled = Mapping[str, Question]


@dataclass(frozen=True)
class Further:
    """A further reply about a unit, and what was shown for it."""

    value: Mapping[str, Any]
    context: Context


def rows(labelled: Labelled) -> list[tuple[str, str]]:
    """(label and place, sentence) of each question, for the prompt."""
    return [
        (f"{label} (line {each.line}{', removed' if each.side == 'old' else ''})", each.sentence)
        for label, each in labelled.items()
    ]


def read(value: Mapping[str, Any], labelled: Labelled) -> dict[str, CheckedAnswer]:
    """The answers in a reply, by label. Unknown labels are ignored; of several answers to one
    question, the most alarming counts."""
    said: dict[str, CheckedAnswer] = {}
    for answer in read_answers(value):
        label = answer.id.strip().strip("().:").upper()
        known = said.get(label)
        worse = known is None or _TELLING.index(answer.answer) < _TELLING.index(known.answer)
        if label in labelled and worse:
            said[label] = answer
    return said


async def ask_again(
    interview: Interview,
    unit: Unit,
    context: Context,
    message: Prompt,
    labelled: Labelled,
    said: dict[str, CheckedAnswer],
) -> list[Further]:
    """Ask once more for the answers to the `labelled` questions that are missing, and up to twice
    with what an answer needs to see. Adds the answers to `said`; returns the replies. An error of
    the client ends it: the first reply stands."""
    further: list[Further] = []
    looked_up: set[str] = set()
    for attempt in range(ROUNDS):
        missing = [label for label in labelled if label not in said] if not attempt else []
        unsure = {
            label: fresh
            for label, answer in said.items()
            if answer.answer == "cannot_tell"
            and label in labelled
            and (fresh := [name for name in answer.needs if name.strip() not in ("", *looked_up)])
        }
        if not (missing or unsure):
            break
        looked_up |= {name.strip() for wanted in unsure.values() for name in wanted}
        shown = await _look_up(
            interview, unit, context, unsure, labelled, last=attempt + 1 == ROUNDS
        )
        again = [*missing, *unsure]
        context = replace(context, pieces=(*context.pieces, *shown.pieces))
        message = replace(message, user=f"{message.user}\n\n{_again(again, shown)}")
        try:
            answer = await interview.asker.ask(interview.model, message, REPLY)
        except (PromptTooLong, EngineError):
            break
        interview.ledger.spend(answer.usage)
        if answer.value is None:
            break
        said.update(read(answer.value, {label: labelled[label] for label in again}))
        further.append(Further(answer.value, context))
    return further


async def _look_up(
    interview: Interview,
    unit: Unit,
    context: Context,
    unsure: Mapping[str, Sequence[str]],
    labelled: Labelled,
    *,
    last: bool,
) -> needs.Shown:
    """What the answers with these labels need to see."""
    plan = interview.plan
    return await asyncio.to_thread(
        needs.asked_to_see,
        [name for wanted in unsure.values() for name in wanted],
        unit,
        context,
        plan.change,
        about=" ".join(labelled[label].sentence for label in unsure),
        budget=min(needs.TOKENS, plan.budgets.context),
        tokens=plan.choice.tokens,
        redact=plan.redact,
        last=last,
    )


def _again(labels: Sequence[str], shown: needs.Shown) -> str:
    return (
        f"{shown.section}These questions are still open: {', '.join(labels)}. Answer each of them"
        " in checked; findings holds only what you have not reported yet."
    )


def candidates(
    said: Mapping[str, CheckedAnswer], labelled: Labelled, found: Sequence[Finding], unit: Unit
) -> list[dict[str, Any]]:
    """A finding, as a reply has it, for each answer that says `wrong` where none was reported."""
    made = []
    for label, answer in said.items():
        question = labelled[label]
        if answer.answer != "wrong" or any(
            _is_about(item, question) or _says(item, answer) for item in found
        ):
            continue
        if (other := _named(answer)) and other != label and _tells(said.get(other)):
            continue
        what = " ".join((answer.note.strip() or question.sentence).split())
        made.append(
            {
                "fileName": unit.file.path,
                "quote": _line(question, unit) or answer.quote,
                "line": question.line,
                "problem": text.cut(what, 400),
                "scenario": text.cut(answer.input, 300),
                "evidence": [],
                "title": text.cut(what, 100),
                "category": "functional_correctness",
                "severity": "minor",
                "advice": "",
                "oldLines": [],
                "newLines": [],
            }
        )
    return made


def with_questions(
    found: Iterable[Finding], said: Mapping[str, CheckedAnswer], labelled: Labelled
) -> tuple[Finding, ...]:
    """The findings, with the id of the question that led to each."""
    wrong = [labelled[label] for label, answer in said.items() if answer.answer == "wrong"]

    def led(item: Finding) -> Finding:
        question = next((each for each in wrong if _is_about(item, each)), None)
        return item.model_copy(update={"question": question.id}) if question else item

    return tuple(led(item) for item in found)


def _is_about(item: Finding, question: Question) -> bool:
    start, end = item.start_line or 0, item.end_line or item.start_line or 0
    return (
        findings.path_of(item) == question.path
        and item.side == question.side
        and start - _NEAR <= question.line <= end + _NEAR
    )


def _says(item: Finding, answer: CheckedAnswer) -> bool:
    """Whether the answer names the finding, or the finding quotes the line that the answer quotes,
    wherever the question stands."""
    note, title, quote = map(_bare, (answer.note, item.title, answer.quote))
    alike = note in title or title in note
    return (min(len(note), len(title)) >= MIN_PART and alike) or (
        len(quote) >= MIN_PART and any(quote in _bare(each.quote) for each in item.evidence)
    )


def _named(answer: CheckedAnswer) -> str:
    """The label of a question that the note names; "" for none."""
    other = _OTHER.search(answer.note)
    return other[0].upper() if other else ""


def _tells(other: CheckedAnswer | None) -> bool:
    """Whether an answer that the note of another names becomes a finding by itself."""
    return other is not None and other.answer == "wrong" and not _named(other)


def _bare(said: str) -> str:
    return "".join(said.split()).casefold()


def _line(question: Question, unit: Unit) -> str:
    """The line of a question as the model saw it."""
    for line in (line for hunk in unit.hunks for line in hunk.lines):
        if question.line == (line.new if question.side == "new" else line.old) and (
            line.kind != "context"
        ):
            return prompt.shown(line.data)[:200]
    return ""
