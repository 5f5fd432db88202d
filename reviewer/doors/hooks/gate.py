"""Reviews each subject of a hook and decides whether git may go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewer import config, serving, verdict, watchdog, workspace
from reviewer.config import Settings
from reviewer.doors.hooks import HookType, Policy, Subject
from reviewer.errors import Exit, GitFailed, OutOfTime, ReviewerError
from reviewer.events import Complete, Error, Event, Finding, ReviewContext
from reviewer.findings import told_once
from reviewer.outputs.base import Output
from reviewer.pipeline.plan import Request
from reviewer.pipeline.seams import Chooser
from reviewer.types import Scope, Severity, severity_rank

FAIL_ON: Severity = "major"
SECONDS: Mapping[HookType, float] = {
    "pre-push": 300.0,
    "pre-commit": 60.0,
}  # unless the settings have a limit
SMOKE = (
    "a smoke model cannot gate: get a real one with `reviewer model pull`, or name a server"
    " with --endpoint URL"
)
_LEAST_SECONDS = 1.0  # with less time left, a review is not started


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """How the review of one subject ended. `problem`: why no model that may gate was available."""

    subject: Subject
    code: int  # the exit code of the review by itself
    last: Complete | Error
    fail_on: Severity = FAIL_ON
    findings: tuple[Finding, ...] = ()
    context: ReviewContext | None = None
    problem: str = ""

    @property
    def gating(self) -> list[Finding]:
        return [each for each in self.findings if verdict.counts(each, self.fail_on)]

    @property
    def unread(self) -> list[str]:
        """The files that an analyzer failed on and that no model has read: whether a model answers
        or not, nobody can vouch for them."""
        files = self.last.unreviewed_files if isinstance(self.last, Complete) else []
        return [file.file_name for file in files if file.reason == "analyzer_error"]


Run = Callable[[Coroutine[Any, Any, int]], int]


def review_subjects(
    directory: Path,
    hook: HookType,
    subjects: Sequence[Subject],
    policy: Policy,
    environ: Mapping[str, str],
    *,
    progress: Callable[[], Output] | None = None,
    choose: Chooser = serving.choose,
    run: Run = asyncio.run,
) -> tuple[SubjectResult, ...]:
    """Review the subjects in order. `progress` opens the progress output, `run` runs the event
    loop. Ctrl-C and SIGTERM end the current review and skip the rest."""
    began = time.monotonic()
    results: list[SubjectResult] = []
    for subject in subjects:
        spent = time.monotonic() - began if results else 0.0
        each = _review_subject(
            directory, hook, subject, policy, environ, spent, progress, choose, run
        )
        results.append(each)
        if each.code in (Exit.INTERRUPTED, Exit.TERMINATED):
            break
    return tuple(results)


def decide(results: Sequence[SubjectResult], policy: Policy) -> int:
    """The hook's exit code; 0 lets git go on. A subject that could not be reviewed stops git only
    with `--on-server-down block`; wrong options and settings, and files that an analyzer failed on,
    always do, because they are not the server's fault."""
    codes = {each.code for each in results}
    for code in (Exit.INTERRUPTED, Exit.TERMINATED, Exit.USAGE, Exit.FINDINGS):
        if code in codes:
            return code
    blocks = policy.on_server_down == "block" or any(each.unread for each in results)
    return Exit.FINDINGS if codes - {Exit.OK} and blocks else Exit.OK


def last_words(policy: Policy) -> watchdog.LastWords:
    """For a hook that had to be stopped: whether git goes on is a matter of the policy."""
    late = Exit.FINDINGS if policy.on_server_down == "block" else Exit.OK
    codes = {**watchdog.CODES, "out_of_time": late}
    return verdict.last_words(stream=False, codes=codes)


def _review_subject(
    directory: Path,
    hook: HookType,
    subject: Subject,
    policy: Policy,
    environ: Mapping[str, str],
    spent: float,
    progress: Callable[[], Output] | None,
    choose: Chooser,
    run: Run,
) -> SubjectResult:
    try:
        if subject.problem:
            raise GitFailed(subject.problem)
        settings = _settings(directory, hook, subject.scope, policy, environ)
        if (left := settings["timeout"] - spent) < _LEAST_SECONDS and spent:
            raise OutOfTime(
                f"the {settings['timeout']:g} s of --timeout expired before this review began"
            )
    except ReviewerError as exc:
        return SubjectResult(subject, exc.exit_code, verdict.error(exc))
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
        code = run(verdict.conclude(request, emit, choose=_real_models(choose, choices)))
    finally:
        if shown:
            shown.close()
    last = events[-1]
    assert isinstance(last, (Complete, Error))
    return SubjectResult(
        subject,
        code,
        last,
        settings["fail_on"],
        findings=tuple(told_once([event for event in events if isinstance(event, Finding)])),
        context=next((event for event in events if isinstance(event, ReviewContext)), None),
        problem=next((choice.problem for choice in choices if choice.role == "none"), ""),
    )


def _settings(
    directory: Path, hook: HookType, scope: Scope, policy: Policy, environ: Mapping[str, str]
) -> dict[str, Any]:
    """The overrides for a hook's review. Without --fail-on and --timeout the user's settings apply,
    then the hook's own defaults; the repository may only make its gate stricter."""
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
    """`choose`, with a smoke model replaced by none: it may not gate, so waiting for it is
    useless."""

    async def chosen(settings: Settings, *, session: str | None) -> serving.Choice:
        choice = await choose(settings, session=session)
        if choice.role == "smoke":
            choice = replace(choice, engine="none", model=None, role="none", problem=SMOKE)
        taken.append(choice)
        return choice

    return chosen
