"""Runs cases, several at once against one engine, and writes each result to disk as soon as it is
ready."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from reviewer import __version__, config, process, serving
from reviewer.errors import EngineError, Interrupted, UsageError
from reviewer.fixes import confine
from reviewer.lab.evals.engine import Engine, engine
from reviewer.lab.evals.load import LoadedCase
from reviewer.lab.evals.measure import RunContext, measure
from reviewer.lab.evals.records import Records, records
from reviewer.lab.evals.results import Header, Result
from reviewer.pipeline import thinking
from reviewer.pipeline.clock import Stop, Stopped
from reviewer.pipeline.seams import Chooser
from reviewer.text import one_line

HTTP_JOBS = 4  # cases at once against a server; an embedded model reads one prompt at a time
# The user's file and environment may set only the engine here. Everything else comes from the
# command line, so that the header is enough to repeat a run.
_ENGINE_SETTINGS = (
    "engine",
    "endpoint",
    "model",
    "timeout",
    "max_tokens",
    "concurrency",
    "seed",
    "effort",
    "thinking",
    "max_units",
    "analyzers",
)


@dataclass(frozen=True)
class Options:
    """Options of a run. `jobs` None: as many as suit the engine."""

    repeats: int = 1
    jobs: int | None = None
    resume: bool = False
    run_tests: bool = False
    name: str = ""
    cases: str = ""  # where the cases came from


@dataclass
class Summary:
    """The progress of a run."""

    total: int  # cases times repeats
    before: int = 0  # results that the file already contained
    done: int = 0  # run now, including unrunnable ones
    findings: int = 0
    unrunnable: list[tuple[str, str]] = field(default_factory=list)  # (case, why)


def select(cases: Sequence[LoadedCase], only: Sequence[str], limit: int | None) -> list[LoadedCase]:
    """The cases with one of the ids, tags or languages, and of those the first `limit`. Raises
    UsageError for a name that selects nothing."""
    for name in only:
        if not any(_named(loaded, name) for loaded in cases):
            raise UsageError(f"--only {one_line(name)}: no case has that id, tag or language")
    chosen = [loaded for loaded in cases if not only or any(_named(loaded, name) for name in only)]
    return chosen[:limit]


def _named(loaded: LoadedCase, name: str) -> bool:
    return name in (loaded.case.id, loaded.case.language, loaded.case.kind, *loaded.case.tags)


def settings_of(
    overrides: dict[str, Any], user_file: Path | None
) -> tuple[config.Settings, dict[str, Any]]:
    """The settings of the run, and those of them that were set anywhere, as overrides for each
    review."""
    loaded = config.load(overrides, os.environ, user=user_file)
    given = {
        name: getattr(loaded.settings, name)
        for name in _ENGINE_SETTINGS
        if loaded.origin[name] != "default"
    }
    values = {"cache": "off", **given, **overrides}
    key = loaded.settings.api_key
    return config.load({**values, "api_key": key} if key else values, {}).settings, values


async def run_cases(
    cases: Sequence[LoadedCase],
    out: Path,
    overrides: dict[str, Any],
    options: Options,
    *,
    say: Callable[[str], None],
    user_file: Path | None = None,
    choose: Chooser = serving.choose,
) -> Summary:
    """Run every case `repeats` times and append the results to `out`; results that it already
    contains are not repeated.

    `say` takes one line of progress for each case. Raises EngineError when no engine answers, also
    during the run, and Interrupted when the user stops the run: finished results are in the file.
    Raises UsageError for a file that cannot be continued, ConfigError for invalid settings.
    """
    settings, values = settings_of(overrides, user_file)
    loop = asyncio.get_running_loop()
    stop: Stop = loop.create_future()
    stop.add_done_callback(lambda _: process.kill_running())
    async with engine(settings, choose) as ready:
        header = _header(ready, settings, values, options)
        bench = RunContext(ready, values, settings.timeout, options.run_tests)
        jobs = options.jobs or default_jobs(ready)
        if options.run_tests and not confine.isolation():
            say("cannot block network access for the tests on this system")
        with records(out, header, resume=options.resume) as file, _signals(loop, stop):
            todo = [(loaded, repeat) for repeat in range(options.repeats) for loaded in cases]
            left = [
                (loaded, repeat)
                for loaded, repeat in todo
                if (loaded.digest, repeat) not in file.done
            ]
            summary = Summary(len(todo), before=len(todo) - len(left))
            await _all(bench, left, jobs, stop, _Writer(file, summary, say))
    if stop.done():
        raise Interrupted(
            f"interrupted after {summary.before + summary.done} of {summary.total}: continue with"
            " --resume",
            terminated=stop.result() == "terminated",
        )
    return summary


def default_jobs(ready: Engine) -> int:
    """The number of concurrent cases that suits the engine."""
    if ready.choice.engine == "llamacpp":
        return 1
    return HTTP_JOBS if ready.choice.role != "none" else max(1, min(HTTP_JOBS, os.cpu_count() or 1))


@dataclass
class _Writer:
    file: Records
    summary: Summary
    say: Callable[[str], None]

    def take(self, result: Result) -> None:
        self.file.add(result)
        summary = self.summary
        summary.done += 1
        summary.findings += len(result.findings)
        if result.unrunnable:
            summary.unrunnable.append((result.case, result.unrunnable))
        self.say(
            f"{summary.before + summary.done}/{summary.total} {result.case}: {_outcome(result)}"
        )


def _outcome(result: Result) -> str:
    if result.unrunnable:
        return f"cannot run: {result.unrunnable}"
    said = (
        f"{len(result.findings)} finding{'s' * (len(result.findings) != 1)}, {result.seconds:.1f} s"
    )
    confirmed = {True: ", tests see the defect", False: ", tests do not see the defect", None: ""}
    return (
        f"{said}{', ' + result.outcome if result.outcome in ('failed', 'error') else ''}"
        + confirmed[result.tests_confirmed]
    )


async def _all(
    bench: RunContext,
    todo: Sequence[tuple[LoadedCase, int]],
    jobs: int,
    stop: Stop,
    writer: _Writer,
) -> None:
    """Work through `todo` with `jobs` at once. The first failure ends the others, and their
    unfinished results are dropped."""
    queue = iter(todo)

    async def work() -> None:
        for loaded, repeat in queue:
            if stop.done():
                return
            result = await measure(bench, loaded, repeat, stop)
            if result is not None:
                writer.take(result)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(jobs, len(todo))):
                group.create_task(work())
    except BaseExceptionGroup as failed:
        first = failed.exceptions[0]
        if not isinstance(first, EngineError):
            raise first from failed
        summary = writer.summary
        said = first.message.rstrip(".")
        raise EngineError(
            f"{said}; {summary.before + summary.done} of {summary.total} results are kept:"
            " continue with --resume"
        ) from None


def _header(
    ready: Engine, settings: config.Settings, values: dict[str, Any], options: Options
) -> Header:
    choice = ready.choice
    shown = {
        name: _shown(value)
        for name, value in sorted(values.items())
        if name not in ("engine", "model", "effort", "thinking")
    }
    return Header(
        name=options.name,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        tool_version=__version__,
        engine=choice.engine,
        model=choice.model,
        model_role=choice.role,
        effort=settings.effort,
        thinking=thinking.mode(settings, choice),
        settings=shown,
        cases=options.cases,
        repeats=options.repeats,
        ran_tests=options.run_tests,
    )


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: Stop) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the run in order, the second at once. Finished results are
    in the file either way."""

    seen: list[Stopped] = []

    def handle(number: int, _: FrameType | None) -> None:
        if seen:
            os._exit(130 if number == signal.SIGINT else 143)
        seen.append("terminated" if number == signal.SIGTERM else "interrupted")
        loop.call_soon_threadsafe(stop.set_result, seen[0])

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
