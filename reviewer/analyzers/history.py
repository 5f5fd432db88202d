"""Credentials that a commit of the range brings, and that a later one or the worktree takes out
again: whoever pushes publishes the commits."""

from __future__ import annotations

from dataclasses import replace

from reviewer import secrets
from reviewer.analyzers import credentials
from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.text import count, cut
from reviewer.types import Change, Commit, CommitDiff, Evidence

_AT_ONCE = 200  # commits read between two looks at the clock
_MAX_SUBJECT = 60


def check(change: Change, limits: Limits) -> AnalyzerResult:
    history = change.history
    wanted = [commit for commit in history.commits if commit.id not in history.clean]
    found: list[tuple[Commit, str, credentials.Credential]] = []
    clean: list[str] = []
    too_large = 0
    for start in range(0, len(wanted), _AT_ONCE):
        for each in history.read(wanted[start : start + _AT_ONCE]):
            limits.check()
            too_large += len(each.unread)
            hits = _hits(each)
            found += ((each.commit, *hit) for hit in hits)
            if not hits and not each.unread:
                clean.append(each.commit.id)
    problems = [history.problem] if history.problem else []
    if too_large:
        verb = "is" if too_large == 1 else "are"
        problems.append(
            f"{count(too_large, 'file')} in commits of this branch {verb} too large to be read"
        )
    return AnalyzerResult(
        "history",
        tuple(_evidence(change, found)) if found else (),
        problem=f"history: {'; '.join(problems)}" if problems else None,
        clean_commits=tuple(clean),
    )


def _hits(each: CommitDiff) -> list[tuple[str, credentials.Credential]]:
    """(path, credential) of those that the commit adds and did not merely move."""
    known = {one.value for file in each.files for one in credentials.removed(file)}
    return [
        (file.path, one)
        for file in each.files
        for one in credentials.added(file)
        if one.value not in known
    ]


def _evidence(
    change: Change, found: list[tuple[Commit, str, credentials.Credential]]
) -> list[Evidence]:
    """One hit for each credential that is no longer there, at the first commit that brought it. The
    others are reported where they stand."""
    there = {one.value for file in change.lines for one in credentials.added(file)}
    first: dict[str, Evidence] = {}
    for commit, path, one in found:
        if one.value not in there and one.value not in first:
            # No file of the change has it, so nothing later knows that it is to be masked.
            subject = commit.subject.replace(one.value, f"[REDACTED:{one.kind}]")
            commit = replace(commit, subject=secrets.redact(subject)[0])
            first[one.value] = Evidence(
                source="history",
                rule=one.kind,
                path=path,
                start=one.line,
                end=one.line + one.value.count("\n"),
                message=(
                    f"Commit {commit.id[:10]} ({cut(commit.subject, _MAX_SUBJECT)}) adds a"
                    f" credential at line {one.line}: {one.shown}.\nA later change removes it, but"
                    " a push publishes the commit as well."
                ),
                fix=_fix(commit),
                commit=commit,
                anchor=one.value,
            )
    return list(first.values())


def _fix(commit: Commit) -> str:
    onto = f"{commit.id[:10]}^" if commit.has_parents else "--root"
    return (
        "Revoke it at its issuer: deleting the line in one more commit does not help. Then take it"
        f" out of the commit: `git rebase -i --rebase-merges {onto}`, mark {commit.id[:10]} as"
        " `edit`, remove the line, `git commit --amend`, `git rebase --continue`. If the commit was"
        " already pushed, run `git filter-repo --replace-text FILE`, force-push, and tell everyone"
        " who has a clone."
    )
