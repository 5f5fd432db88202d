import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from reviewer.errors import EngineError
from reviewer.messages import Prompt, Reply, Usage
from reviewer.models.ask import Answer, ask
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.types import ModelRole

SCHEMA = Schema(
    "numbers",
    {
        "type": "object",
        "properties": {"numbers": {"type": "array", "items": {"type": "integer"}, "maxItems": 5}},
        "required": ["numbers"],
        "additionalProperties": False,
    },
)
PROMPT = Prompt("rules", "the hunk", 200)
USAGE = Usage(1, 100, 50, 10)
TWICE = Usage(2, 200, 100, 20)


@dataclass
class Scripted:
    """A model in this process that sends what it is given, and remembers what it was asked."""

    replies: list[Reply | Exception]
    asked: list[Prompt] = field(default_factory=list)
    thought: list[int] = field(default_factory=list)
    engine: str = "scripted"
    name: str = "scripted"
    role: ModelRole = "reviewer"
    context_tokens: int = 8192
    concurrency: int = 1

    def tokens(self, text: str) -> int:
        return len(text)

    async def complete(
        self,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Reply:
        self.asked.append(prompt)
        self.thought.append(thinking)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        first_token()
        return reply


def asked(
    *replies: Reply | Exception, first_token: Callable[[], None] = lambda: None
) -> tuple[Answer, list[Prompt]]:
    scripted = Scripted(list(replies))
    model: Model = scripted
    answer = asyncio.run(ask(model, PROMPT, SCHEMA, first_token=first_token))
    assert scripted.replies == []
    return answer, scripted.asked


def text(value: object) -> str:
    return json.dumps(value)


def test_a_good_reply_takes_one_call():
    tokens: list[int] = []
    answer, prompts = asked(
        Reply(text({"numbers": [1, 2]}), False, USAGE), first_token=lambda: tokens.append(1)
    )
    assert answer == Answer({"numbers": [1, 2]}, "", USAGE)
    assert prompts == [PROMPT]
    assert tokens == [1]


def test_a_whole_reply_is_whole_even_where_the_server_says_cut():
    answer, _ = asked(Reply(text({"numbers": [1]}), True, USAGE))
    assert answer == Answer({"numbers": [1]}, "", USAGE)


def test_a_cut_reply_keeps_its_items_and_says_so():
    answer, prompts = asked(Reply('{"numbers": [1, 2, 34', True, USAGE))
    assert answer == Answer({"numbers": [1, 2]}, "the reply ends too early", USAGE, cut=True)
    assert prompts == [PROMPT]


def test_wrong_items_are_left_out_without_a_second_call():
    answer, _ = asked(Reply(text({"numbers": [1, "x", 2]}), False, USAGE))
    assert answer == Answer(
        {"numbers": [1, 2]}, "numbers: $: 'x' is not of type 'integer'", USAGE, dropped=1
    )


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (Reply("", False, USAGE), "the reply is empty"),
        (Reply("I see no problem.", False, USAGE), "the reply holds no JSON object"),
        (
            Reply(text({"numbers": ["<|turn>"]}), False, USAGE),
            "the reply does not fit the schema: numbers: $: '<¦turn>' is not of type 'integer'",
        ),
    ],
)
def test_a_bad_reply_is_repaired_once_with_the_same_prefix(bad, problem):
    answer, prompts = asked(bad, Reply(text({"numbers": []}), False, USAGE))
    assert answer == Answer({"numbers": []}, "", TWICE)
    hint = "Follow the described format exactly."
    repair = Prompt(
        "rules", f"the hunk\n\nYour last reply could not be used: {problem}\n{hint}", 200
    )
    assert prompts == [PROMPT, repair]


def test_nothing_to_keep_of_a_cut_reply():
    cut = Reply('{"numbers": [', True, USAGE)
    answer, prompts = asked(cut, cut)
    assert answer == Answer(None, "the reply ends too early", TWICE, cut=True)
    assert prompts[1].user.endswith(
        "the reply ends too early\nBe brief: only the most important items, no blank space."
    )


GIVEN = '{"numbers": [1]}'


@pytest.mark.fault(
    "reply",
    "the answer comes as reasoning, with an empty content",
    "read if it ends with the answer",
)
@pytest.mark.parametrize("thoughts", [GIVEN, f"I count them. {GIVEN}"])
def test_an_answer_among_the_thoughts(thoughts):
    answer, _ = asked(Reply("", False, USAGE, thoughts))
    assert answer == Answer({"numbers": [1]}, "", USAGE)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (
            Reply("", False, USAGE, "I see none."),
            "the reply is empty, and its reasoning holds no answer: the reply holds no JSON object",
        ),
        (
            Reply("", False, USAGE, f"{GIVEN} or not"),
            "the reply is empty, and its reasoning holds no answer: it does not end with an answer",
        ),
        (
            Reply("", True, USAGE, GIVEN, "the thinking used all 10 tokens"),
            "the thinking used all 10 tokens",
        ),
        (Reply("", False, USAGE, "", "the model refuses: no"), "the model refuses: no"),
        (Reply("", True, USAGE), "the reply is empty"),
    ],
)
def test_why_there_is_no_answer(reply, problem):
    answer, _ = asked(reply, reply)
    assert answer == Answer(None, problem, TWICE, cut=reply.cut)


def test_two_bad_replies_are_a_problem_never_an_empty_result():
    answer, prompts = asked(Reply("no", False, USAGE), Reply("", False, USAGE))
    assert answer == Answer(None, "the reply is empty", TWICE)
    assert len(prompts) == 2


@pytest.mark.parametrize("error", [EngineError("gone"), PromptTooLong("8193 tokens")])
def test_errors_go_through(error):
    with pytest.raises(type(error)):
        asked(error)
    with pytest.raises(type(error)):
        asked(Reply("no", False, USAGE), error)
