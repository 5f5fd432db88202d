"""What all calls of a run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer import replies
from reviewer.models.ask import Asker
from reviewer.models.base import Model, Schema
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.passes import Pass
from reviewer.pipeline.plan import Plan
from reviewer.pipeline.seams import Keeper
from reviewer.questions import Asked, Question, within

REPLY = Schema("reply", replies.portable_schema(replies.Reply))
SMOKE_REPLY = Schema("reply", replies.smoke_schema())


@dataclass(frozen=True)
class Interview:
    """The model, the way to ask it, and the questions that the change raises, by the ordinal of
    their unit."""

    plan: Plan
    ledger: Ledger
    model: Model
    asker: Asker
    keeper: Keeper
    questions: Mapping[int, Asked] = field(default_factory=dict)


def asked_in(questions: Mapping[int, Asked], pass_: Pass, plan: Plan) -> dict[str, Question]:
    """The questions that the prompt of a pass holds, by the label that they have there. A pass
    across files has none, and a smoke model gets none."""
    if pass_.is_across or plan.choice.role != "reviewer":
        return {}
    found = within(questions.get(pass_.unit.ordinal, Asked()), pass_.unit).questions
    if plan.redact and plan.redact.kinds:
        # A part of a credential cannot be masked: what was cut may hold one.
        found = tuple(each for each in found if "…" not in each.sentence)
    return {f"Q{number}": each for number, each in enumerate(found, 1)}


def must_answer(pass_: Pass) -> bool:
    """Whether a pass answers its questions: the first of several over a unit does."""
    return not pass_.lens
