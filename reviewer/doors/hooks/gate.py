"""Reviews what a hook was called for, one subject after the other, and decides whether git may go
on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewer import config, serving, verdict, workspace
from reviewer.config import Settings
from reviewer.doors.hooks import HookType, Policy, Subject
from reviewer.errors import Exit, OutOfTime, ReviewerError
from reviewer.events import Complete, Error, Event, Finding, ReviewContext
from reviewer.outputs.base import Output
from reviewer.pipeline.plan import Request
from reviewer.pipeline.seams import Chooser
from reviewer.types import Scope, Severity, is_at_least, severity_rank

FAIL_ON: Severity = "major"
SECONDS: Mapping[HookType, float] = {
    "pre-push": 300.0,
    "pre-commit": 60.0,
}  # where nobody has set a limit
SMOKE = (
    "a smoke model counts for nothing in a hook: bring a real one with `reviewer model pull` or"
    " --endpoint URL"
)
_LEAST_SECONDS = 1.0  # with less than that left, a review is not begun


@dataclass(frozen=True, slots=True)
class Seen:
    """How the review of one subject ended. `problem` says why no model that counts was there."""

    subject: Subject
    code: int  # the exit code of the review by itself
    last: Complete | Error
    fail_on: Severity = FAIL_ON
    findings: tuple[Finding, ...] = ()
    context: ReviewContext | None = None
    problem: str = ""

    @property
    def gating(self) -> list[Finding]:
        return [each for each in self.findings if is_at_least(each.severity, self.fail_on)]


def look(
    directory: Path,
    hook: HookType,
    subjects: Sequence[Subject],
    policy: Policy,
    environ: Mapping[str, str],
    *,
    progress: Callable[[], Output] | None = None,
    choose: Chooser = serving.choose,
) -> tuple[Seen, ...]:
    """Review the subjects in their order. `progress` opens what shows how far a review is. Ctrl-C
    and SIGTERM end the one under way and leave out the rest."""
    began = time.monotonic()
    seen: list[Seen] = []
    for subject in subjects:
        spent = time.monotonic() - began if seen else 0.0
        each = _look_at(directory, hook, subject, policy, environ, spent, progress, choose)
        seen.append(each)
        if each.code in (Exit.INTERRUPTED, Exit.TERMINATED):
            break
    return tuple(seen)


def decide(seen: Sequence[Seen], policy: Policy) -> int:
    """The hook's exit code: 0 and git goes on. What could not be reviewed stops git only where the
    user wants it so; wrong options and settings always do, because they say nothing about the
    server."""
    codes = {each.code for each in seen}
    for code in (Exit.INTERRUPTED, Exit.TERMINATED, Exit.USAGE, Exit.FINDINGS):
        if code in codes:
            return code
    return Exit.FINDINGS if codes - {Exit.OK} and policy.on_server_down == "block" else Exit.OK


def _look_at(
    directory: Path,
    hook: HookType,
    subject: Subject,
    policy: Policy,
    environ: Mapping[str, str],
    spent: float,
    progress: Callable[[], Output] | None,
    choose: Chooser,
) -> Seen:
    try:
        settings = _settings(directory, hook, subject.scope, policy, environ)
        if (left := settings["timeout"] - spent) < _LEAST_SECONDS and spent:
            raise OutOfTime(f"the {settings['timeout']:g} s of --timeout were over before it began")
    except ReviewerError as exc:
        return Seen(subject, exc.exit_code, verdict.error(exc))
    request = Request(
        directory,
        subject.scope,
        {**settings, "timeout": left},
        environ,
        user_file=config.user_file(),
        hook=True,
    )
    events: list[Event] = []
    choices: list[serving.Choice] = []
    shown = progress() if progress else None

    def emit(event: Event) -> None:
        events.append(event)
        if shown:
            shown.emit(event)

    try:
        code = asyncio.run(verdict.conclude(request, emit, choose=_real_models(choose, choices)))
    finally:
        if shown:
            shown.close()
    last = events[-1]
    assert isinstance(last, (Complete, Error))
    return Seen(
        subject,
        code,
        last,
        settings["fail_on"],
        findings=tuple(event for event in events if isinstance(event, Finding)),
        context=next((event for event in events if isinstance(event, ReviewContext)), None),
        problem=next((choice.problem for choice in choices if choice.role == "none"), ""),
    )


def _settings(
    directory: Path, hook: HookType, scope: Scope, policy: Policy, environ: Mapping[str, str]
) -> dict[str, Any]:
    """The overrides of a hook's run. Without --fail-on and --timeout, the user's settings rule;
    where there are none, a hook has defaults of its own, and the repository may only make its gate
    stricter."""
    repository = workspace.open_repository(directory, hook=True)
    base = workspace.resolve(repository, scope)
    file = workspace.read_base(repository, base, config.REPOSITORY_FILE)
    loaded = config.load({}, environ, user=config.user_file(), repository=file)
    origin, found = loaded.origin, loaded.settings
    fail_on = policy.fail_on or found.fail_on or FAIL_ON
    if policy.fail_on is None and origin["fail_on"].startswith(config.REPOSITORY_FILE):
        fail_on = max(fail_on, FAIL_ON, key=severity_rank)
    seconds = policy.timeout or (SECONDS[hook] if origin["timeout"] == "default" else found.timeout)
    return {"fail_on": fail_on, "timeout": seconds, **({} if policy.model else {"engine": "none"})}


def _real_models(choose: Chooser, taken: list[serving.Choice]) -> Chooser:
    """`choose`, but a smoke model is none: it may not gate, so nobody has to wait for it."""

    async def chosen(settings: Settings, *, session: str | None) -> serving.Choice:
        choice = await choose(settings, session=session)
        if choice.role == "smoke":
            choice = replace(choice, engine="none", model=None, role="none", problem=SMOKE)
        taken.append(choice)
        return choice

    return chosen
