"""Deterministic evidence: what tools can tell better and faster than a model.

Each analyzer is a module of this folder with `check(change, limits) -> AnalyzerResult`. All run at
the same time, each with its own time limit. None runs or imports reviewed code, and none reads the
reviewed repository's configuration.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Check, Limits
from reviewer.analyzers.registry import ANALYZERS, Tool, missing, versions
from reviewer.analyzers.severity import rating
from reviewer.errors import UsageError
from reviewer.secrets import redact  # (the name `secrets` is the analyzer's in this package)
from reviewer.text import meant
from reviewer.types import Change, Evidence

__all__ = ["ANALYZERS", "AnalyzerError", "AnalyzerResult", "Limits", "missing", "run", "versions"]

_GRACE = 2.0  # extra seconds for an analyzer to report that it reached its limit


async def run(
    change: Change,
    *,
    names: Sequence[str] | None = None,
    timeout: float = 20,  # noqa: ASYNC109 - of each analyzer, not of the call
    most: float = 0.0,
    report: Callable[[AnalyzerResult], None] = lambda result: None,
) -> tuple[AnalyzerResult, ...]:
    """Run the analyzers `names` (None: all installed ones) at the same time, each for at most
    `timeout` seconds, or up to `most` if it builds something in its first run.

    `report` gets each result, in the calling thread, as soon as it is ready; all are returned in
    the order of ANALYZERS. Raises UsageError for an unknown name. A missing tool, a timeout and a
    crash are an AnalyzerResult with a `problem`.
    """
    not_installed = missing()
    if names is None:
        chosen = [
            name
            for name in ANALYZERS
            if name not in not_installed or not not_installed[name].is_optional
        ]
    else:
        _refuse_unknown(names)
        chosen = [name for name in ANALYZERS if name in names]
    limits = Limits(timeout)
    tasks = [
        asyncio.ensure_future(
            _run_one(name, not_installed.get(name), change, _longer(limits, name, most))
        )
        for name in chosen
    ]
    compilers = {name for name in chosen if (tool := ANALYZERS[name].tool) and tool.get}
    results: dict[str, AnalyzerResult] = {}
    held: list[str] = []
    try:
        for done in asyncio.as_completed(tasks):
            result = await done
            results[result.analyzer] = result
            if ANALYZERS[result.analyzer].yields:
                held.append(result.analyzer)
            else:
                report(result)
            if held and results.keys() >= compilers:
                name = held.pop()
                results[name] = _unsaid(results[name], [results[each] for each in compilers])
                report(results[name])
        return tuple(results[name] for name in chosen)
    finally:
        limits.stop.set()
        for task in tasks:
            task.cancel()


def _longer(limits: Limits, name: str, most: float) -> Limits:
    seconds = max(limits.seconds, min(limits.seconds + ANALYZERS[name].build, most))
    return dataclasses.replace(limits, seconds=seconds)


def _unsaid(result: AnalyzerResult, said: Iterable[AnalyzerResult]) -> AnalyzerResult:
    """The result without the hits that share a place with what compilers say: they know the
    cause."""
    known = {
        place
        for each in said
        for hit in each.evidence
        if rating(hit.source, hit.rule) is not None
        for place in _places(hit)
    }
    left = tuple(hit for hit in result.evidence if known.isdisjoint(_places(hit)))
    return dataclasses.replace(result, evidence=left)


def _places(hit: Evidence) -> set[tuple[str, int | None]]:
    return {(hit.path, hit.start), *((place.path, place.start) for place in hit.related)}


def _refuse_unknown(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in ANALYZERS]
    if unknown:
        raise UsageError(
            f"no analyzer is named {', '.join(unknown)}"
            + (meant(unknown[0], ANALYZERS) or f"; choose from: {', '.join(ANALYZERS)}")
        )


async def _run_one(
    name: str, missing_tool: Tool | None, change: Change, limits: Limits
) -> AnalyzerResult:

    def failed(problem: str) -> AnalyzerResult:
        reads = ANALYZERS[name].reads
        unread = tuple(file.path for file in change.files if reads(file.path))
        return AnalyzerResult(name, problem=problem, files=unread)

    if missing_tool is not None:
        return failed(f"{name} is not installed: {missing_tool.command}")
    check = cast(Check, importlib.import_module(f"reviewer.analyzers.{name}").check)
    try:
        return _with_our_advice(
            await asyncio.wait_for(_in_thread(check, change, limits), limits.remaining() + _GRACE)
        )
    except AnalyzerError as exc:
        return failed(f"{name}: {exc.problem}")
    except TimeoutError:  # the check goes on in its daemon thread
        return failed(f"{name}: gave up after {limits.seconds:g} s")


def _with_our_advice(result: AnalyzerResult) -> AnalyzerResult:
    """The result with our own advice from severity.toml where it has any (each tool has a style of
    its own), and without credentials: tools like to quote the code."""
    evidence = []
    for hit in result.evidence:
        listed = rating(hit.source, hit.rule)
        fix = listed.fix if listed and listed.fix else hit.fix
        evidence.append(dataclasses.replace(hit, fix=fix, message=redact(hit.message)[0]))
    return dataclasses.replace(result, evidence=tuple(evidence))


def _in_thread(check: Check, change: Change, limits: Limits) -> asyncio.Future[AnalyzerResult]:
    """Run `check` in a daemon thread, so that the program can end even if it hangs."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[AnalyzerResult] = loop.create_future()

    def finish(result: AnalyzerResult | None, error: BaseException | None) -> None:
        if future.done():
            return  # cancelled
        if error is not None:
            future.set_exception(error)
        elif result is not None:
            future.set_result(result)

    def work() -> None:
        result, error = None, None
        try:
            result = check(change, limits)
        except BaseException as exc:  # noqa: BLE001 - passed to the waiting thread
            error = exc
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(finish, result, error)

    threading.Thread(target=work, name=f"analyzer {check.__module__}", daemon=True).start()
    return future
