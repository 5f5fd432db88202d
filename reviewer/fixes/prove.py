"""Proves a patch in scratch copies before anyone sees it: it applies, the files still parse, the
analyzers find nothing new, and, on request, the user's command still passes."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer import analyzers, diff, events, text
from reviewer.analyzers.base import UNCERTAIN
from reviewer.fixes import confine, parsing, patch, scratch
from reviewer.fixes.build import Built
from reviewer.types import Change, Evidence, FileDiff, History, Side
from reviewer.workspace import encodings

# The signature of analyzers.run; tests may pass their own.
Analyze = Callable[..., Awaitable[Sequence[analyzers.AnalyzerResult]]]
Level = Literal["applies", "parses", "clean", "tests_pass"]
LEVELS: tuple[Level, ...] = ("applies", "parses", "clean", "tests_pass")  # weakest first
_GIT_TIMEOUT = 20.0
_ANALYZER_TIMEOUT = 20.0
_Done = tuple[str, Literal["passed", "failed", "skipped"], str]  # name, status, detail


@dataclass(frozen=True, slots=True)
class Withheld:
    """A patch that failed a check and is not published. `reason` is one sentence that the model can
    act on."""

    reason: str
    checks: tuple[events.Check, ...]


async def prove(
    built: Built,
    change: Change,
    *,
    cause: Evidence | None = None,
    analyze: Analyze = analyzers.run,
    names: Sequence[str] | None = None,
    verify_command: str | None = None,
    before: confine.Ran | None = None,
    timeout: float = 60,  # noqa: ASYNC109 - of each check, not of the call
) -> events.Patch | Withheld:
    """The patch to publish, with all checks and the level that they support, or why it is withheld.

    `cause` is the analyzer hit that the fix must remove. `names` are the enabled analyzers.
    `verify_command` comes from the user, never from the repository; `before` is its result without
    the patch (from `run_before`), so that this runs only once for all fixes. `timeout` is in
    seconds, for each check.
    """
    checks: list[events.Check] = []
    after = patched_change(built, change)
    steps: tuple[Callable[[], Awaitable[_Done | None]], ...] = (
        lambda: _applies(built, timeout),
        lambda: _parses(after, timeout),
        lambda: _analyzers(built, after, cause, analyze, names, timeout),
        lambda: _verify(built, change, verify_command, before, timeout),
    )
    for step in steps:
        began = time.monotonic()
        done = await step()
        if done is None:
            continue
        name, status, detail = done
        seconds = round(time.monotonic() - began, 3)
        checks.append(
            events.Check(name=name, status=status, duration_seconds=seconds, detail=detail)
        )
        if status == "failed":
            return Withheld(f"The replacement fails the check `{name}`: {detail}", tuple(checks))
    diff_text = built.shown.decode("utf-8", "replace")
    return events.Patch(
        diff=diff_text, diff_base64=_base64(built.diff), verification=level(checks), checks=checks
    )


def level(checks: Sequence[events.Check]) -> Level:
    """The strongest level that the checks support. `clean` means parsed and analyzed: a clean
    analysis of a file that has no parser means little."""
    passed = {check.name for check in checks if check.status == "passed"}
    if "verify" in passed:
        return "tests_pass"
    if "parses" in passed:
        return "clean" if "analyzers" in passed else "parses"
    return "applies"


def patched_change(built: Built, change: Change) -> Change:
    """The fix as a change of its own: from the state under review to the patched one. What else the
    change under review brings, in commits or in skipped files, is not the fix's doing."""
    new = {file.path: encodings.as_utf8(file.new, file.codec) for file in built.files}
    codecs = {file.path: file.codec for file in built.files}
    modes = {file.path: file.new_mode for file in change.files}

    def read(path: str, side: Side) -> bytes | None:
        return new[path] if side == "new" and path in new else change.read(path, "new")

    def grep(words: Sequence[str]) -> tuple[str, ...]:
        wanted = re.compile(
            rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(os.fsencode(word)) for word in words)
        )
        found = [path for path in change.grep(words) if path not in new]
        return (*found, *(path for path, data in new.items() if words and wanted.search(data)))

    def one(file: FileDiff) -> FileDiff:
        mode = modes.get(file.path) or "100644"
        codec = codecs.get(file.path)
        return dataclasses.replace(
            encodings.shown(file, (codec, codec)), old_mode=mode, new_mode=mode
        )

    return dataclasses.replace(
        change,
        files=tuple(one(file) for file in diff.parse(built.diff)),
        skipped=(),
        skipped_lines=(),
        unreviewed=(),
        history=History(),
        read=read,
        grep=grep,
        list_files=lambda side: change.list_files("new"),
    )


async def run_before(change: Change, command: str, timeout: float) -> confine.Ran:  # noqa: ASYNC109
    """The result of the user's command on the state under review, for `prove`."""
    return await asyncio.to_thread(_run, change, None, command, timeout)


async def _applies(built: Built, seconds: float) -> _Done:
    try:
        problem = await asyncio.to_thread(scratch.applied_by_git, built, min(seconds, _GIT_TIMEOUT))
    except OSError as exc:
        problem = f"the scratch copy could not be written: {exc.strerror}"
    return (
        "applies",
        "failed" if problem else "passed",
        problem or "git apply gives exactly the lines that were meant",
    )


async def _parses(after: Change, seconds: float) -> _Done:
    found = await asyncio.to_thread(parsing.problems, after, seconds)
    if found.broken:
        return "parses", "failed", _listed(found.broken)
    if found.unknown:
        return "parses", "skipped", _listed(found.unknown)
    return "parses", "passed", _listed(found.read)


def _listed(reasons: Mapping[str, str]) -> str:
    return "; ".join(f"{text.one_line(path)}: {why}" for path, why in reasons.items())


async def _analyzers(
    built: Built,
    after: Change,
    cause: Evidence | None,
    analyze: Analyze,
    names: Sequence[str] | None,
    seconds: float,
) -> _Done:
    seconds = min(seconds, _ANALYZER_TIMEOUT)
    results = await analyze(after, names=names, timeout=seconds)
    hits = [hit for result in results for hit in result.evidence if hit.rule != UNCERTAIN]
    if hits:
        found = [
            f"{hit.source} {hit.rule} at {hit.path}:{hit.start or 0}: {hit.message}"
            for hit in hits[:3]
        ]
        return "analyzers", "failed", text.one_line("; ".join(found))
    paths = {file.path for file in after.files}
    gaps = [
        result.problem
        for result in results
        if result.problem and (not result.files or paths & {*result.files})
    ]
    if gaps or not results:
        return "analyzers", "skipped", "; ".join(gaps) or "no analyzers are enabled"
    if cause is None:
        return "analyzers", "passed", "nothing new"
    what = text.one_line(f"{cause.source} {cause.rule} at {cause.path}:{cause.start or 0}")
    if not await _gone(built, after, cause, analyze, seconds):
        return "analyzers", "failed", f"{what} is still reported"
    return "analyzers", "passed", f"nothing new, and {what} is gone"


async def _gone(
    built: Built, after: Change, cause: Evidence, analyze: Analyze, seconds: float
) -> bool:
    """Whether the patch removes the hit: undoing the patch must bring the hit back."""
    back = tuple(dataclasses.replace(file, old=file.new, new=file.old) for file in built.files)
    undone = Built(back, patch.write((file.path, file.old, file.new) for file in back))
    results = await analyze(patched_change(undone, after), names=(cause.source,), timeout=seconds)
    hits = [hit for result in results for hit in result.evidence]
    return any(
        (hit.rule, hit.path, hit.start) == (cause.rule, cause.path, cause.start) for hit in hits
    )


async def _verify(
    built: Built, change: Change, command: str | None, before: confine.Ran | None, seconds: float
) -> _Done | None:
    if command is None:
        return None
    before = before or await run_before(change, command, seconds)
    ran = await asyncio.to_thread(_run, change, built, command, seconds)
    network = "" if ran.isolated else "; the network could not be taken from it on this system"
    if ran.passed:
        was = "did too" if before.passed else "did not"
        return "verify", "passed", f"the command passes; before the patch it {was}{network}"
    why = _failure(ran)
    if before.passed:
        return (
            "verify",
            "failed",
            f"the command passed before the patch and does not now: {why}{network}",
        )
    return (
        "verify",
        "skipped",
        f"the command passes neither before nor after the patch: {why}{network}",
    )


def _failure(ran: confine.Ran) -> str:
    return ran.problem or f"exit code {ran.code}{f', {ran.last_line}' if ran.last_line else ''}"


def _run(change: Change, built: Built | None, command: str, seconds: float) -> confine.Ran:
    """The command in a fresh copy of the whole repository: leftovers of an earlier run cannot
    influence the result."""
    with scratch.folder() as top:
        (top / "copy").mkdir()
        (top / "home").mkdir()
        try:
            scratch.copy(change, top / "copy", built)
        except scratch.TooLarge:
            return confine.Ran(1, 0.0, "", True, "the repository is too large to be copied")
        except OSError as exc:
            return confine.Ran(
                1, 0.0, "", True, f"the scratch copy could not be written: {exc.strerror}"
            )
        return confine.run(command, top / "copy", top / "home", seconds)


def _base64(data: bytes) -> str | None:
    """The patch in base64, if it is not valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii")
    return None
