"""Deterministic evidence: what tools know better than a model, and faster.

Each analyzer is a module of this folder with `check(change, limits) -> Result`. All run at the same
time, each with its own time limit; none runs or imports reviewed code, and none reads configuration
of the reviewed repository.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
import threading
from collections.abc import Callable, Sequence
from typing import cast

from reviewer.analyzers.base import Check, Limits, Result, Unable
from reviewer.analyzers.registry import ANALYZERS, Tool, missing, versions
from reviewer.analyzers.severity import rating
from reviewer.errors import UsageError
from reviewer.secrets import redact  # (the name `secrets` is the analyzer's in this package)
from reviewer.types import Change

__all__ = ["ANALYZERS", "Limits", "Result", "Unable", "missing", "run", "versions"]

_GRACE = 2.0  # seconds that an analyzer may take longer than its limit, to say so itself


async def run(
    change: Change,
    *,
    names: Sequence[str] | None = None,
    timeout: float = 20,  # noqa: ASYNC109 - of each analyzer, not of the call
    report: Callable[[Result], None] = lambda result: None,
) -> tuple[Result, ...]:
    """Run the analyzers `names` (None: all that are installed) at the same time, each for at most
    `timeout` seconds.

    `report` gets each result, in the calling thread, as soon as it is there; all are returned in
    the order of ANALYZERS. Raises UsageError for an unknown name. A missing tool, a timeout and a
    crash are a Result with a `problem`.
    """
    gone = missing()
    if names is None:
        chosen = [name for name in ANALYZERS if name not in gone or gone[name].extra is None]
    else:
        _refuse_unknown(names)
        chosen = [name for name in ANALYZERS if name in names]
    limits = Limits(timeout)
    tasks = [asyncio.ensure_future(_one(name, gone.get(name), change, limits)) for name in chosen]
    try:
        for done in asyncio.as_completed(tasks):
            report(await done)
        return tuple(task.result() for task in tasks)
    finally:
        limits.stop.set()
        for task in tasks:
            task.cancel()


def _refuse_unknown(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in ANALYZERS]
    if unknown:
        raise UsageError(
            f"No analyzer is called {', '.join(unknown)}; there are: {', '.join(ANALYZERS)}"
        )


async def _one(name: str, lacks: Tool | None, change: Change, limits: Limits) -> Result:
    everything = tuple(file.path for file in change.files)
    if lacks is not None:
        said = f"{name} is not installed: {lacks.command}"
        return Result(name, problem=said, files=everything)
    check = cast(Check, importlib.import_module(f"reviewer.analyzers.{name}").check)
    try:
        return _advised(
            await asyncio.wait_for(_in_thread(check, change, limits), limits.remaining() + _GRACE)
        )
    except Unable as exc:
        return Result(name, problem=f"{name}: {exc.problem}", files=exc.files or everything)
    except TimeoutError:  # it is left behind in a daemon thread
        return Result(name, problem=f"{name}: gave up after {limits.seconds:g} s", files=everything)


def _advised(result: Result) -> Result:
    """With our own advice, where severity.toml has some (tools give theirs in many styles), and
    without credentials: tools like to quote the code."""
    evidence = []
    for hit in result.evidence:
        listed = rating(hit.source, hit.rule)
        fix = listed.fix if listed and listed.fix else hit.fix
        evidence.append(dataclasses.replace(hit, fix=fix, message=redact(hit.message)[0]))
    return dataclasses.replace(result, evidence=tuple(evidence))


def _in_thread(check: Check, change: Change, limits: Limits) -> asyncio.Future[Result]:
    """`check` in a daemon thread: whatever it hangs on does not keep the program from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def finish(result: Result | None, error: BaseException | None) -> None:
        if future.done():
            return  # nobody waits any more
        if error is not None:
            future.set_exception(error)
        elif result is not None:
            future.set_result(result)

    def work() -> None:
        result, error = None, None
        try:
            result = check(change, limits)
        except BaseException as exc:  # noqa: BLE001 - handed over to the thread that waits
            error = exc
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(finish, result, error)

    threading.Thread(target=work, name=f"analyzer {check.__module__}", daemon=True).start()
    return future
