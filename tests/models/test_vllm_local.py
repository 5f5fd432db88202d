"""How calls become batches of vLLM: with a stand-in for vllm.LLM that speaks its protocol and
counts its steps."""

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from reviewer.errors import EngineError
from reviewer.models import schedule
from reviewer.models.ask import ask
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.models.vllm_local import LocalModel
from reviewer.types import Prompt, Reply, Usage

SCHEMA = Schema(
    "reply",
    {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    },
)
TEXT = '{"ok":true}'
TOO_LONG = "The decoder prompt (length 9) is longer than the maximum model length of 8. Make sure …"


@dataclass
class Llm:
    """Each prompt says in its user message how many steps its reply takes: "3 and more text". What
    raises is in `faults`: of the prompt with that text, or of the step with that number. `gate`
    holds up every step."""

    faults: dict = field(default_factory=dict)
    finish: str = "stop"
    gate: threading.Event = field(default_factory=threading.Event)
    left: dict = field(default_factory=dict)  # request id -> [steps left, user message]
    batches: list = field(default_factory=list)  # what each step worked on
    asked: list = field(default_factory=list)
    aborted: list = field(default_factory=list)
    threads: set = field(default_factory=set)
    number: int = 0

    @property
    def llm_engine(self):
        return self

    def enqueue_chat(self, conversations, params, *, use_tqdm, chat_template_kwargs):
        self.threads.add(threading.current_thread().name)
        (conversation,) = conversations
        said = conversation[1]["content"]
        self.asked.append((conversation, params, use_tqdm, chat_template_kwargs))
        if said in self.faults:
            raise self.faults[said]
        key, self.number = str(self.number), self.number + 1
        self.left[key] = [int(said.split()[0]), said]
        return [f"{key}-9f3a"]

    def step(self):
        self.threads.add(threading.current_thread().name)
        self.gate.wait(10)
        if len(self.batches) in self.faults:
            raise self.faults[len(self.batches)]
        self.batches.append([said for _, said in self.left.values()])
        for entry in self.left.values():
            entry[0] -= 1
        ended = [key for key, (steps, _) in self.left.items() if not steps]
        return [self._output(key, self.left.pop(key)[1]) for key in ended]

    def _output(self, key, said):
        completion = SimpleNamespace(
            text=f"{TEXT} \n", token_ids=[1] * 7, finish_reason=self.finish
        )
        return SimpleNamespace(
            request_id=key,
            finished=True,
            prompt_token_ids=[0] * len(said),
            num_cached_tokens=None,
            outputs=[completion],
        )

    def abort_request(self, request_ids):
        self.threads.add(threading.current_thread().name)
        self.aborted += [self.left.pop(key)[1] for key in request_ids]


@asynccontextmanager
async def opened(llm, *, held=False):
    if not held:
        llm.gate.set()
    with ThreadPoolExecutor(1, "engine") as thread:
        model = LocalModel(
            llm,
            lambda prompt, schema: (prompt.max_tokens, schema.name),
            thread,
            "tiny",
            "reviewer",
            8192,
            4,
        )
        try:
            yield model
        finally:
            llm.gate.set()
            await model.aclose()


def prompts(*users):
    return [Prompt("rules", user, 100) for user in users]


def run(llm, *users):
    """The replies, or the errors that stand for them, to prompts that are asked at the same
    time."""

    async def go():
        async with opened(llm) as model:
            calls = (model.complete(prompt, SCHEMA) for prompt in prompts(*users))
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(go())


def reply(user, *, cut=False):
    return Reply(TEXT, cut, Usage(1, len(user), 0, 7))


def test_it_is_a_model():
    async def go():
        async with opened(Llm()) as model:
            same: Model = model
            return (
                same.engine,
                same.name,
                same.role,
                same.context_tokens,
                same.concurrency,
                same.tokens("sixsix"),
            )

    assert asyncio.run(go()) == ("vllm", "tiny", "reviewer", 8192, 4, 2)


def test_what_is_asked_of_vllm():
    llm = Llm()
    assert run(llm, "1 x") == [reply("1 x")]
    conversation = [{"role": "system", "content": "rules"}, {"role": "user", "content": "1 x"}]
    assert llm.asked == [(conversation, (100, "reply"), False, {"enable_thinking": False})]


def test_calls_of_the_same_time_are_one_batch_in_one_thread():
    llm = Llm()
    users = ["2 a", "2 b", "2 c"]
    assert run(llm, *users) == [reply(user) for user in users]
    assert llm.batches == [users, users]
    assert llm.threads == {"engine_0"}


def test_a_short_reply_does_not_wait_for_a_long_one():
    llm = Llm()

    async def go():
        order = []
        async with opened(llm) as model:

            async def one(prompt):
                await model.complete(prompt, SCHEMA)
                order.append(prompt.user)

            await asyncio.gather(*map(one, prompts("3 long", "1 short", "2 middle")))
        return order

    assert asyncio.run(go()) == ["1 short", "2 middle", "3 long"]
    assert llm.batches == [["3 long", "1 short", "2 middle"], ["3 long", "2 middle"], ["3 long"]]


def test_the_scheduler_keeps_the_batch_full():
    """The places that short replies free are taken while a long one goes on: all others have come
    and gone by then."""
    llm = Llm()
    users = [
        f"{steps} of {number}"
        for number, steps in enumerate((1, 1, 200, 1, 1, 1, 1, 1, 1, 1, 1, 1))
    ]

    async def go():
        got = {}
        async with opened(llm) as model:

            def job(prompt):
                return lambda ready: model.complete(prompt, SCHEMA, first_token=ready)

            await schedule.run(
                [*map(job, prompts(*users))],
                lambda one: got.update({one.index: one.value}),
                concurrency=model.concurrency,
                patience=5,
            )
        return [got[number] for number in range(len(users))]

    assert asyncio.run(go()) == [reply(user) for user in users]
    assert max(map(len, llm.batches)) == 4
    assert llm.batches[-1] == ["200 of 2"]


def test_calls_in_turn_start_the_engine_anew():
    llm = Llm()

    async def go():
        async with opened(llm) as model:
            got = []
            for prompt in prompts("1 a", "2 b", "1 c"):
                got.append(await model.complete(prompt, SCHEMA))
                await asyncio.sleep(0)
            return got

    assert asyncio.run(go()) == [reply(user) for user in ("1 a", "2 b", "1 c")]
    assert llm.batches == [["1 a"], ["2 b"], ["2 b"], ["1 c"]]


def test_first_token_is_told_once():
    async def go():
        told = []
        async with opened(Llm()) as model:
            await model.complete(*prompts("4 x"), SCHEMA, first_token=lambda: told.append("now"))
        return told

    assert asyncio.run(go()) == ["now"]


def test_the_ladder_stands_on_it():
    async def go():
        async with opened(Llm()) as model:
            return await ask(model, *prompts("1 x"), SCHEMA)

    answer = asyncio.run(go())
    assert (answer.value, answer.problem, answer.usage) == ({"ok": True}, "", Usage(1, 3, 0, 7))


@pytest.mark.parametrize("finish", ["length", "repetition"])
def test_a_reply_that_did_not_end_by_itself_is_cut(finish):
    assert run(Llm(finish=finish), "1 x") == [reply("1 x", cut=True)]


@pytest.mark.parametrize("finish", ["error", "abort"])
def test_a_request_that_vllm_gives_up_is_an_error(finish):
    (error,) = run(Llm(finish=finish), "1 x")
    assert (type(error), str(error)) == (
        EngineError,
        f"vLLM gave up a request ({finish}); see its messages above, and run it again",
    )


def test_a_refused_prompt_does_not_hurt_the_others():
    llm = Llm(faults={"2 long": ValueError(TOO_LONG), "2 odd": ValueError("bad\x1b[31m grammar")})
    one, long, odd, four = run(llm, "2 a", "2 long", "2 odd", "2 b")
    assert [one, four] == [reply("2 a"), reply("2 b")]
    assert (type(long), str(long)) == (PromptTooLong, f"ValueError: {TOO_LONG}")
    assert type(odd) is EngineError
    assert str(odd).startswith("vLLM refuses a prompt (ValueError: bad")
    assert "\x1b" not in str(odd)
    assert llm.batches == [["2 a", "2 b"]] * 2


def test_an_engine_that_dies_is_an_error_for_all_and_for_good():
    llm = Llm(faults={1: RuntimeError("out of memory\nat step 1")})

    async def go():
        async with opened(llm) as model:
            calls = [model.complete(prompt, SCHEMA) for prompt in prompts("1 a", "2 b", "3 c")]
            got = await asyncio.gather(*calls, return_exceptions=True)
            late = await asyncio.gather(
                model.complete(*prompts("1 late"), SCHEMA), return_exceptions=True
            )
            return got + late

    first, *errors = asyncio.run(go())
    assert first == reply("1 a")
    assert {type(error) for error in errors} == {EngineError}
    (message,) = {str(error) for error in errors}
    assert message.startswith("vLLM stopped (RuntimeError: out of memory")
    assert message.endswith("); see its messages above, and start again")
    assert "\n" not in message
    assert len(llm.asked) == 3


def test_an_answer_of_another_shape_is_raised_as_it_is():
    """A bug, ours or of a vLLM that changed: not taken for a model error, and nobody is left
    waiting."""
    llm = Llm()
    llm.step = lambda: [SimpleNamespace(id="0")]
    assert [type(error) for error in run(llm, "1 a", "1 b")] == [AttributeError] * 2


def test_a_cancelled_call_leaves_the_batch():
    llm = Llm()

    async def go():
        async with opened(llm, held=True) as model:
            keep, drop = (
                asyncio.create_task(model.complete(prompt, SCHEMA))
                for prompt in prompts("3 keep", "9 drop")
            )
            while len(llm.left) < 2:
                await asyncio.sleep(0.001)
            drop.cancel()
            await asyncio.gather(drop, return_exceptions=True)
            llm.gate.set()
            return await keep, drop.cancelled()

    assert asyncio.run(go()) == (reply("3 keep"), True)
    assert llm.aborted == ["9 drop"]
    assert sum("9 drop" in batch for batch in llm.batches) == 1  # the step that ran already


def test_a_call_that_is_cancelled_before_its_start_is_never_sent():
    llm = Llm()

    async def go():
        async with opened(llm, held=True) as model:
            keep = asyncio.create_task(model.complete(*prompts("1 keep"), SCHEMA))
            while not llm.left:
                await asyncio.sleep(0.001)
            drop = asyncio.create_task(model.complete(*prompts("1 drop"), SCHEMA))
            await asyncio.sleep(0)
            drop.cancel()
            await asyncio.gather(drop, return_exceptions=True)
            llm.gate.set()
            return await keep

    assert asyncio.run(go()) == reply("1 keep")
    assert [conversation[1]["content"] for conversation, *_ in llm.asked] == ["1 keep"]
    assert llm.aborted == []


def test_closing_ends_what_still_waits():
    llm = Llm()

    async def go():
        async with opened(llm, held=True) as model:
            call = asyncio.create_task(model.complete(*prompts("99 x"), SCHEMA))
            while not llm.left:
                await asyncio.sleep(0.001)
            closing = asyncio.create_task(model.aclose())
            await asyncio.sleep(0)
            llm.gate.set()
            await closing
            after = model.complete(*prompts("1 y"), SCHEMA)
            return await asyncio.gather(call, after, return_exceptions=True)

    errors = asyncio.run(go())
    assert [(type(error), str(error)) for error in errors] == [
        (EngineError, "the model has been closed")
    ] * 2
    assert (llm.aborted, len(llm.batches)) == (["99 x"], 1)


def test_cancelling_everything_leaves_nothing_behind():
    llm = Llm()

    async def go():
        async with opened(llm) as model:
            calls = [model.complete(prompt, SCHEMA) for prompt in prompts("100000 a", "100000 b")]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*calls), 0.05)
        return len(asyncio.all_tasks())

    assert asyncio.run(go()) == 1
    assert sorted(llm.aborted) == ["100000 a", "100000 b"]


def test_without_vllm_the_error_names_the_extra():
    """In a process of its own: variables for vLLM are set before it is imported."""
    program = """
import asyncio, sys
from reviewer import models
from reviewer.errors import NoEngine

sys.modules["vllm"] = None  # as if it were not installed

async def go():
    async with models.load_local("google/gemma-4-E4B-it"):
        pass

try:
    asyncio.run(go())
except NoEngine as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        (
            "vLLM cannot be imported (ModuleNotFoundError: import of vllm halted; None in"
            " sys.modules): install it with pip install 'gemma-reviewer[vllm]', or review with a"
            " running server (--endpoint)\n"
        ),
        "",
    )
