"""Gemma 4 inside this process, on `vllm.LLM`: for evaluations, which put thousands of prompts to
one model and then end. Reviews talk to a server that stays (it takes minutes to load a model), so
`--engine` does not offer this one.

    async with models.load_local("google/gemma-4-E4B-it") as model:
        answer = await ask(model, prompt, schema)

It takes what models.schedule holds in flight as vLLM's batch: calls join and leave it at every step
of the engine, so that a long reply keeps nobody waiting. The engine lives in one thread, and all
bookkeeping on the event loop. vLLM may start processes by `spawn`: a script that uses this needs
the usual `if __name__ == "__main__":`. On GPUs the company in a batch can change a reply, in spite
of temperature 0 and a seed, unless VLLM_BATCH_INVARIANT=1 is in the environment.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer import text as safe
from reviewer.errors import EngineError, NoEngine
from reviewer.models.base import PromptTooLong, Schema, estimate_tokens
from reviewer.models.dialects.base import Request, messages, without_lengths
from reviewer.types import ModelRole, Prompt, Reply, Usage

# The last two are vLLM's input processor, where a prompt leaves no room for a single token of the
# reply.
_TOO_LONG = re.compile(r"maximum context length|maximum model length|max_model_len", re.IGNORECASE)
# No usage statistics are sent; standard output belongs to the program; a process with threads is
# not forked.
_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
}


@dataclass(eq=False, slots=True)
class _Call:
    prompt: Prompt
    schema: Schema
    output: asyncio.Future[Any]  # vLLM's RequestOutput; cancelled with the task that waits for it


@dataclass
class LocalModel:
    """Implements Model. It belongs to one event loop, and is closed with `aclose`.

    `llm` is a `vllm.LLM`, of which `enqueue_chat`, `llm_engine.step` and `llm_engine.abort_request`
    are used, in the single thread of `thread` and nowhere else. `sampling` makes the
    `vllm.SamplingParams` of a call.
    """

    llm: Any = field(repr=False)
    sampling: Callable[[Prompt, Schema], Any] = field(repr=False)
    thread: Executor = field(repr=False)
    name: str
    role: ModelRole
    context_tokens: int
    concurrency: int
    engine: str = "vllm"
    _waiting: list[_Call] = field(default_factory=list)
    _running: dict[str, _Call] = field(default_factory=dict)
    _driver: asyncio.Task[None] | None = None
    _broken: str | None = None  # why there will be no more replies

    def tokens(self, text: str) -> int:
        return estimate_tokens(text)

    async def complete(
        self, prompt: Prompt, schema: Schema, *, first_token: Callable[[], None] = lambda: None
    ) -> Reply:
        """See Model. vllm.LLM hands out whole replies only, so `first_token` is called when there
        is one. A call that is cancelled leaves the engine at its next step."""
        if self._broken is not None:
            raise EngineError(self._broken)
        call = _Call(prompt, schema, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._driver is None or self._driver.done():
            self._driver = asyncio.create_task(self._drive())
            self._driver.add_done_callback(self._ended)
        output = await call.output
        first_token()
        return _reply(output)

    async def aclose(self) -> None:
        """Drops the calls that are still waiting for a reply; returns when the engine is at
        rest."""
        self._broken = self._broken or "the model has been closed"
        self._fail_all(EngineError(self._broken))
        if self._driver is not None:
            await asyncio.wait([self._driver])

    async def _drive(self) -> None:
        """Until nobody waits any more: let new calls in, do one step, hand out what has ended."""
        while self._waiting or self._running:
            await self._abort_cancelled()
            while self._waiting:
                await self._start(self._waiting[0])
                del self._waiting[0]  # only now: _ended looks here for calls without an answer
            if self._running:
                await self._step()

    async def _abort_cancelled(self) -> None:
        gone = [key for key, call in self._running.items() if call.output.done()]
        if gone:
            _value(await self._engine(self.llm.llm_engine.abort_request, gone), self._stopped)
            for key in gone:
                del self._running[key]

    async def _start(self, call: _Call) -> None:
        if call.output.done():
            return
        added = await self._engine(self._enqueue, call)
        error = added.exception()
        if error is None:
            # vLLM adds "-" and random characters to its decimal request ids, and hands the output
            # out without them.
            self._running[str(added.result()).partition("-")[0]] = call
        elif not call.output.done():
            call.output.set_exception(_refused(error))

    def _enqueue(self, call: _Call) -> str:
        (request_id,) = self.llm.enqueue_chat(
            [messages(call.prompt)],
            self.sampling(call.prompt, call.schema),
            use_tqdm=False,
            chat_template_kwargs={"enable_thinking": False},
        )
        return str(request_id)

    async def _step(self) -> None:
        for output in _value(await self._engine(self.llm.llm_engine.step), self._stopped):
            call = self._running.pop(output.request_id, None) if output.finished else None
            if call is not None and not call.output.done():
                call.output.set_result(output)

    async def _engine(self, work: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """The finished future of `work`, done in the engine's thread; vLLM raises what it likes."""
        future = asyncio.get_running_loop().run_in_executor(self.thread, work, *args)
        await asyncio.wait([future])
        return future

    def _stopped(self, error: BaseException) -> EngineError:
        self._broken = f"vLLM stopped ({_said(error)}); see its messages above, and start again"
        return EngineError(self._broken)

    def _ended(self, driver: asyncio.Task[None]) -> None:
        """What made the driver fail becomes the answer to all: nobody waits for the driver itself.
        One that ended well has left nothing, and what is here now waits for the next one."""
        if driver.cancelled():
            self._fail_all(EngineError("vLLM was interrupted; run it again"))
        elif (error := driver.exception()) is not None:
            self._fail_all(error)

    def _fail_all(self, error: BaseException) -> None:
        for call in (*self._waiting, *self._running.values()):
            if not call.output.done():
                call.output.set_exception(error)


@asynccontextmanager
async def load(
    model: str,
    *,
    context_tokens: int = 16384,
    concurrency: int = 64,
    seed: int = 0,
    role: ModelRole = "reviewer",
    enforce_eager: bool = False,
    engine_args: Mapping[str, Any] | None = None,
) -> AsyncIterator[LocalModel]:
    """The model (a Hugging Face id or a folder) in this process (vLLM may start more), until the
    block ends.

    `context_tokens` are of prompt and reply together; `concurrency` is how many sequences vLLM
    works on at once (as many as the KV cache has room for: the others wait in its queue).
    `enforce_eager` starts quicker and runs slower. `engine_args` are further arguments of
    `vllm.LLM`, for example `tensor_parallel_size`; they win.

    Raises NoEngine when vLLM is not installed, EngineError when it cannot load the model. To load
    takes minutes, which cancelling does not shorten.
    """
    arguments = {
        "model": model,
        "max_model_len": context_tokens,
        "max_num_seqs": concurrency,
        "seed": seed,
        "max_num_batched_tokens": max(
            2048, concurrency
        ),  # each sliding layer reserves KV for two such batches
        "enable_prefix_caching": True,
        "enforce_eager": enforce_eager,
        "generation_config": "vllm",
        # Free blanks are a trap: a model can fill its budget with them.
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        "limit_mm_per_prompt": {"image": 0, "audio": 0, "video": 0},
        **(engine_args or {}),
    }
    thread = ThreadPoolExecutor(1, "vllm")
    opening = thread.submit(_open, arguments)
    try:
        opened = asyncio.wrap_future(opening)
        await asyncio.wait([opened])
        llm = _value(opened, lambda error: _not_loaded(model, error))
        local = LocalModel(
            llm,
            lambda prompt, schema: _sampling(prompt, schema, seed),
            thread,
            _name(model),
            role,
            llm.model_config.max_model_len,
            concurrency,
        )
        try:
            yield local
        finally:
            await local.aclose()
    finally:
        thread.submit(_close, opening)  # after all that is still to be done there
        await asyncio.to_thread(thread.shutdown)


def _name(model: str) -> str:
    return Path(model).name if Path(model).is_dir() else model


def _open(arguments: Mapping[str, Any]) -> Any:
    for variable, value in _ENVIRONMENT.items():
        os.environ.setdefault(variable, value)
    try:
        from vllm import LLM
    except ImportError as error:
        raise NoEngine(
            f"vLLM cannot be imported ({_said(error)}): install it with pip install"
            " 'gemma-reviewer[vllm]', or review with a running server (--endpoint)"
        ) from error
    if not hasattr(LLM, "enqueue_chat"):
        raise NoEngine(
            "this vLLM is too old to run in the process: pip install --upgrade"
            " 'gemma-reviewer[vllm]'"
        )
    return LLM(**arguments)


def _close(opening: Future[Any]) -> None:
    if opening.exception() is None:
        opening.result().llm_engine.engine_core.shutdown()


def _sampling(prompt: Prompt, schema: Schema, seed: int) -> Any:
    """The same as what the client asks of a vLLM server (dialects.vllm)."""
    from vllm import SamplingParams
    from vllm.sampling_params import RepetitionDetectionParams, StructuredOutputsParams

    request = without_lengths(Request("", prompt, schema, seed, 0))
    return SamplingParams(
        max_tokens=prompt.max_tokens,
        temperature=0,
        top_p=1,
        top_k=-1,
        seed=seed,
        structured_outputs=StructuredOutputsParams(json=dict(request.schema.schema)),
        repetition_detection=RepetitionDetectionParams(
            max_pattern_size=16, min_pattern_size=1, min_count=200
        ),
    )


def _reply(output: Any) -> Reply:
    (said,) = output.outputs
    if said.finish_reason in ("error", "abort"):
        raise EngineError(
            f"vLLM gave up a request ({said.finish_reason}); see its messages above, and run it"
            " again"
        )
    usage = Usage(
        1, len(output.prompt_token_ids), output.num_cached_tokens or 0, len(said.token_ids)
    )
    return Reply(said.text.rstrip(), said.finish_reason != "stop", usage)


def _value(
    done: asyncio.Future[Any] | Future[Any], failure: Callable[[BaseException], EngineError]
) -> Any:
    error = done.exception()
    if error is None or isinstance(error, EngineError):
        return done.result()
    raise failure(error) from error


def _refused(error: BaseException) -> Exception:
    """vLLM refuses one prompt; the others go on."""
    if _TOO_LONG.search(str(error)):
        return PromptTooLong(_said(error))
    return EngineError(f"vLLM refuses a prompt ({_said(error)}); see its messages above")


def _not_loaded(model: str, error: BaseException) -> EngineError:
    return EngineError(
        f"vLLM cannot load {safe.one_line(model)} ({_said(error)}); see its messages above, and"
        " what fits here with `reviewer model list`"
    )


def _said(error: BaseException) -> str:
    return safe.cut(safe.one_line(f"{type(error).__name__}: {error}"), 300)
