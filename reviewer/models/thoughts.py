"""A thought before the answer: how much of it there is room for, and, for servers whose grammar
does not wait for the end of a thought, the two questions in its place."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Template

from reviewer import resources, text
from reviewer.messages import Prompt, Reply

BUDGET = 2048  # tokens of one thought at most, unless the context has no room for them
LEAST = 256  # tokens; a shorter thought is cut off before it gets anywhere
# The model card's: with temperature 0, thoughts go round in circles.
SAMPLING = {"temperature": 1.0, "top_p": 0.95, "top_k": 64}
_CHARACTERS = 8  # of a token at most, for servers that ignore the limit
_SHORTEST = 20  # characters; "done" is no thought
_ABOUT_THOUGHTS = re.compile(r"think|reason(?:ing)?[_ ](?:effort|config|parser)", re.IGNORECASE)


def refused(status: int, message: str) -> bool:
    """Whether the server says that this model, or this server, does not think."""
    return status in (400, 422) and bool(_ABOUT_THOUGHTS.search(message))


def fitting(thinking: int, reply: int, room: int | None) -> int:
    """The tokens of a thought that leave `reply` of the `room` after the prompt (None: not known),
    fewer than `thinking`; 0 when that is too little, or the numbers make no sense."""
    left = (room or 0) - reply
    return left if LEAST <= left < thinking else 0


def question(prompt: Prompt) -> Prompt:
    """The first of two questions: the thought alone."""
    asked = resources.text("prompts/thinking/question.md").strip()
    return replace(prompt, user=f"{prompt.user}\n\n{asked}")


def noted(prompt: Prompt, thought: Reply, thinking: int) -> Prompt:
    """The second of two questions, with the thought as data. Where a server does not tell thoughts
    from text, the text is the thought; without any, the prompt as it was. Of a thought beyond
    `thinking` tokens the end is kept, where its conclusions are."""
    notes = thought.thoughts.strip() or thought.text.strip()
    if len(notes) < _SHORTEST:
        return prompt
    notes = text.printable(text.neutral(notes[-thinking * _CHARACTERS :]))
    user = Template(resources.text("prompts/thinking/notes.md")).substitute(
        user=prompt.user, fence=text.fence(notes), notes=notes
    )
    return replace(prompt, user=user.strip())
