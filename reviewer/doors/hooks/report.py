"""The hook's report: one line where that is enough, never more than a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewer.doors.hooks import HookType, Policy
from reviewer.doors.hooks.gate import SubjectResult, decide
from reviewer.errors import Exit
from reviewer.events import Complete, Error, Finding
from reviewer.outputs.page import fit, inline, wrap
from reviewer.outputs.wording import by_severity, more_places, ordered, place, verdict
from reviewer.text import count, cut
from reviewer.types import SEVERITIES

SHOWN = 10  # findings, two lines each
_NAMED = 5  # files
_PLACE, _MESSAGE = 160, 400  # characters
_COLUMNS = 80  # of a finding's lines: git's output goes to terminals and logs of any width
_INDENT = 12
_SERVER = {"no_model", "model_error"}
_FINDINGS = tuple(f"  {severity.upper()}" for severity in SEVERITIES)
_VERB = {"pre-push": "push", "pre-commit": "commit"}


def lines(hook: HookType, results: Sequence[SubjectResult], policy: Policy) -> list[str]:
    """The complete report, sanitised; empty when there is nothing to report."""
    verb, code = _VERB[hook], decide(results, policy)
    out = [
        line
        for each in results
        for line in _subject(verb, each, policy, quiet=hook == "pre-commit")
    ]
    if code == Exit.FINDINGS:
        out += [f"  details:  {each.subject.see}" for each in results if each.code]
        out += _dismiss(results)
        out.append(f"  {verb} anyway:  git {verb} --no-verify, or REVIEWER_SKIP=1 git {verb}")
    elif code:
        out.append(f"reviewer: {verb} stopped; to skip the review: git {verb} --no-verify")
    return _once(out)


def _dismiss(results: Sequence[SubjectResult]) -> list[str]:
    """The command for the finding that blocks, if it is the only one."""
    ids = {finding.id for each in results for finding in each.gating}
    named = next(iter(ids)) if len(ids) == 1 else "ID"
    return [f'  dismiss:  reviewer findings dismiss {named} --reason "why"'] if ids else []


def _once(lines: Sequence[str]) -> list[str]:
    """Drop repeated lines, such as the same server problem for every branch; findings stay."""
    first = {line: number for number, line in reversed([*enumerate(lines)])}
    return [
        line
        for number, line in enumerate(lines)
        if first[line] == number or line.startswith((*_FINDINGS, " " * _INDENT))
    ]


def _subject(verb: str, each: SubjectResult, policy: Policy, *, quiet: bool) -> Iterator[str]:
    name = f"{inline(cut(each.subject.name, _PLACE))}: " if each.subject.name else ""
    block = policy.on_server_down == "block"
    if isinstance(each.last, Error):
        blocked = f"{verb} blocked: " if block and each.code == Exit.CANNOT_RUN else ""
        not_reviewed = "not reviewed: " if each.code == Exit.CANNOT_RUN else ""
        yield f"reviewer: {blocked}{name}{not_reviewed}{_message(each.last.message)}"
        return
    if each.gating and each.code == Exit.FINDINGS:
        found = count(len(each.gating), "finding")
        yield f"reviewer: {verb} blocked: {name}{found} at or above {each.fail_on}"
        yield from _findings(each)
    if each.unread:
        yield f"reviewer: {verb} blocked: {name}{_unread(each.unread)}"
    yield from _incomplete(each, each.last, f"{verb} blocked: {name}" if block else name, policy)
    if each.last.outcome == "completed_with_warnings":
        yield f"reviewer: {name}{_message(each.last.message)}"
    if each.code == Exit.OK and each.findings:
        yield (
            f"reviewer: {name}{verdict(each.context, each.last, each.findings)[1]}"
            f"{_ignored(each.last)}; see: {each.subject.see}"
        )
    elif each.code == Exit.OK and (each.last.ignored or not quiet):
        yield f"reviewer: {name}{verdict(each.context, each.last, ())[1]}"
    elif each.code == Exit.INCOMPLETE and each.findings:
        yield (
            f"reviewer: {name}{count(len(each.findings), 'finding')} so far; see:"
            f" {each.subject.see}"
        )


def _ignored(last: Complete) -> str:
    return f"; {last.ignored:,} ignored by configuration" if last.ignored else ""


def _findings(each: SubjectResult) -> Iterator[str]:
    worst = ordered(each.gating)
    for finding in worst[:SHOWN]:
        yield from _lines(finding)
    below = by_severity([finding for finding in each.findings if finding not in worst])
    more = f"{len(worst) - SHOWN:,} more" if len(worst) > SHOWN else ""
    if more or below:
        yield f"  and {', '.join(filter(None, (more, below)))}"


def _lines(finding: Finding) -> Iterator[str]:
    """Its place and its id, then its title."""
    room, indent = _COLUMNS - _INDENT, " " * _INDENT
    where = place(cut(finding.file_name, _PLACE), finding.start_line)
    first, *rest = wrap(f"{where}  {finding.id}", room)
    yield f"{f'  {finding.severity.upper()}':<{_INDENT}}{first}"
    yield from (indent + line for line in rest)
    more = more_places(finding)
    yield f"{indent}{fit(inline(finding.title), room - len(more))}{more}"


def _unread(files: Sequence[str]) -> str:
    names = ", ".join(inline(cut(file, _PLACE)) for file in files[:_NAMED])
    more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
    said = count(len(files), "file")
    return f"an analyzer failed on {said} that no model has read either: {names}{more}"


def _incomplete(each: SubjectResult, last: Complete, name: str, policy: Policy) -> Iterator[str]:
    """One line for files that no usable model reviewed, one for everything else left unreviewed."""
    reasons = {file.reason for file in last.unreviewed_files}
    silent = policy.on_server_down == "skip"
    if each.problem and reasons and not silent:
        yield (
            f"reviewer: {name if policy.on_server_down == 'block' else ''}analyzers only:"
            f" {_message(each.problem)}"
        )
    rest = reasons - _SERVER if each.problem or silent else reasons
    if rest or each.code in (Exit.INTERRUPTED, Exit.TERMINATED):
        yield f"reviewer: {name}{_message(last.message)}"


def _message(text: str) -> str:
    return inline(cut(text, _MESSAGE)).rstrip(".")
