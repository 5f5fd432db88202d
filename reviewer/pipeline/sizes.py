"""How large the parts of a prompt may be: by the context length of the server, and by how many
units share the work."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.context.risk import TESTS
from reviewer.types import ModelRole

UNIT_TOKENS = 4000  # hunks of one call
CONTEXT_TOKENS = 6000  # context of one call, in a small change …
CONTEXT_LEAST = 780  # … and in a large one, which would take much longer, and explains itself
# Up to so many units, each may have so much. There are few steps, so that a unit more or less does
# not alter the prompts of the others.
_STEPS = ((8, CONTEXT_TOKENS), (16, CONTEXT_TOKENS // 2), (24, CONTEXT_TOKENS // 4))
REPLY_TOKENS = 3072
GUIDELINES = 5  # the team's guidelines take at most this part of the context
_TESTS = 4  # tests and documentation get this part of it: few defects hide there
_RULES_LEAST = 200  # tokens of guidelines that always have room
_CHARACTERS = 4  # about as many to a token, in prose
RULES_TOKENS = 1500  # the system message takes about 1,000


@dataclass(frozen=True)
class Budgets:
    """Tokens for the hunks, the context and the reply of one call, and for a thought before it."""

    hunks: int
    context: int
    reply: int
    thought: int = 0


# The smoke model reads only about 75 tokens a second.
_SMOKE = Budgets(hunks=300, context=0, reply=384)
_FULL = Budgets(UNIT_TOKENS, CONTEXT_TOKENS, REPLY_TOKENS)


def budgets(role: ModelRole, context_tokens: int, max_tokens: int | None) -> Budgets:
    """What one call may take on a server with this context length; `max_tokens` is the user's limit
    of a reply."""
    most = _SMOKE if role == "smoke" else _FULL
    reply = max_tokens or min(most.reply, context_tokens // 4)
    rest = context_tokens - reply - RULES_TOKENS
    return Budgets(
        hunks=min(most.hunks, max(200, rest // 2)),
        context=max(0, min(most.context, rest // 3)),
        reply=reply,
    )


def context_share(most: int, units: int) -> int:
    """Tokens of context for each of `units` calls, at most `most`."""
    share = next((tokens for limit, tokens in _STEPS if units <= limit), CONTEXT_LEAST)
    return min(most, share)


def context_of(most: int, units: int, kind: int) -> int:
    """The same for a unit of a file of this kind of risk."""
    share = context_share(most, units)
    return share // _TESTS if kind >= TESTS else share


def guideline_characters(most: int, units: int) -> int:
    """Characters of the team's guidelines in one call. Equal for all units, since they stand before
    what differs."""
    return max(_RULES_LEAST, context_share(most, units) // GUIDELINES) * _CHARACTERS
