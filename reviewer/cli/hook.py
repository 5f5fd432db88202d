"""`reviewer hook`: the review before a push or a commit, and the hook files that start it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common
from reviewer.doors.hooks import HOOK_TYPES, ON_SERVER_DOWN, HookType, Policy, Subject
from reviewer.errors import ReviewerError, UsageError
from reviewer.types import SEVERITIES, Scope

if TYPE_CHECKING:
    from reviewer.outputs.base import Output
    from reviewer.workspace import Repository

_POLICY = [
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        help=(
            "Stop git for a finding at least this severe "
            "(default: the settings' fail-on, else major)."
        ),
    ),
    click.option(
        "--on-server-down",
        type=click.Choice(ON_SERVER_DOWN),
        help=(
            "When no model answers: block stops git; warn (default) prints a warning and lets the"
            " analyzers decide; skip does so without the warning."
        ),
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="S",
        help=(
            "Seconds for the whole hook "
            "(default: the settings' timeout, else 300 for a push and 60 for a commit)."
        ),
    ),
    click.option(
        "--model",
        is_flag=True,
        help="Use the model before a commit, too; without it, only analyzers run.",
    ),
]
_type = click.option(
    "--type", "types", type=click.Choice(HOOK_TYPES), multiple=True, help="Which hook (repeatable)."
)


def _policy(command: Callable[..., None]) -> Callable[..., None]:
    for decorate in reversed(_POLICY):
        command = decorate(command)
    return command


@click.group(cls=common.Group)
def hook() -> None:
    """Review before each push or commit.

    \b
    reviewer hook install                         before every push: a full review
    reviewer hook install --type pre-commit       before every commit: the analyzers, within seconds
    git push --no-verify                          skip all hooks, once
    REVIEWER_SKIP=1 git push                      skip only this hook, once

    An existing hook still runs, before ours, and is restored when ours is uninstalled. Ctrl-C in
    the hook stops the push or the commit.
    """


@hook.command(short_help="Install the hook in this repository.")
@_type
@_policy
def install(types: tuple[HookType, ...], **given: Any) -> None:
    """Install the hook in this repository (pre-push, unless --type says otherwise).

    \b
    reviewer hook install --type pre-push --type pre-commit
    reviewer hook install --fail-on critical --on-server-down block --timeout 120

    The options are written into the hook. Install again to change them.
    """
    from reviewer.doors.hooks import install as files
    from reviewer.doors.hooks import status as messages
    from reviewer.doors.hooks.script import Options

    repository = _repository()
    for kind in dict.fromkeys(types or ("pre-push",)):
        _print_lines(
            messages.change_lines(files.install(repository, kind, Options(**given)), repository)
        )
    _print_lines(messages.others(repository))


@hook.command(short_help="Remove our hooks, restore the previous ones.")
@_type
def uninstall(types: tuple[HookType, ...]) -> None:
    """Remove our hooks and restore the previous ones, byte for byte.

    \b
    reviewer hook uninstall --type pre-commit
    """
    from reviewer.doors.hooks import install as files
    from reviewer.doors.hooks import status as messages

    repository = _repository()
    all_done = [files.uninstall(repository, kind) for kind in dict.fromkeys(types or HOOK_TYPES)]
    notable = [done for done in all_done if done.outcome != "absent" or done.chained] or all_done
    for done in notable:
        _print_lines(messages.change_lines(done, repository))


@hook.command()
@common.style
def status(style: str) -> None:
    """Show which hooks are ours, which others they run, and what else manages hooks here.

    \b
    reviewer hook status --format json | jq -r '.hooks[] | select(.state == "ours") | .type'
    """
    from reviewer.doors.hooks import status as messages

    repository = _repository()
    if style == "json":
        click.echo(json.dumps(messages.as_json(repository), indent=2))
    else:
        _print_lines(messages.lines(repository))


@hook.command(short_help="Run the review that the hook runs.")
@click.argument("kind", metavar="TYPE", type=click.Choice(HOOK_TYPES))
@_policy
@click.argument("given_by_git", metavar="[REMOTE URL]", nargs=-1)
def run(kind: HookType, given_by_git: tuple[str, ...], **given: Any) -> None:
    """Run the hook: review exactly what is pushed or committed, and exit with 0 to let git go on.

    TYPE is pre-push (reads git's list of refs from standard input) or pre-commit. The exit code is
    1 for findings at or above --fail-on, 2 for wrong settings, 130 when interrupted. Files that
    could not be reviewed get a one-line warning, and stop git only with --on-server-down block, or
    where an analyzer failed on them and no model has read them.
    """
    if os.environ.get("REVIEWER_SKIP", "").lower() in ("1", "true"):
        click.echo("reviewer: skipped (REVIEWER_SKIP is set)", err=True)
        return
    policy = Policy(
        given["fail_on"],
        given["on_server_down"] or "warn",
        given["timeout"],
        kind == "pre-push" or given["model"],
    )
    failure: ReviewerError | None = None
    subjects: list[Subject] = []
    try:
        subjects = _pushed(given_by_git) if kind == "pre-push" else [_committed(policy.model)]
    except UsageError:
        raise
    except (
        ReviewerError
    ) as exc:  # for example an unusable repository: the policy decides about that, too
        failure = exc
    if subjects or failure:
        click.get_current_context().exit(_review(kind, subjects, failure, policy))


def _review(
    kind: HookType, subjects: list[Subject], failure: ReviewerError | None, policy: Policy
) -> int:
    from reviewer import config, verdict, watchdog
    from reviewer.doors.hooks import gate, report

    if failure:
        results: tuple[gate.SubjectResult, ...] = (
            gate.SubjectResult(
                Subject("", Scope(), "reviewer"), failure.exit_code, verdict.error(failure)
            ),
        )
        _write(report.lines(kind, results, policy))
        return gate.decide(results, policy)
    progress = _progress if sys.stderr is not None and sys.stderr.isatty() else None
    with watchdog.watch(gate.last_words(policy)) as watch, asyncio.Runner() as runner:
        watchdog.limit(config.time_limit(policy.timeout, gate.SECONDS[kind]))
        results = gate.review_subjects(
            Path.cwd(), kind, subjects, policy, dict(os.environ), progress=progress, run=runner.run
        )
        _write(report.lines(kind, results, policy))
        code = gate.decide(results, policy)
        watch.ended(code)
    return code


def _pushed(given_by_git: tuple[str, ...]) -> list[Subject]:
    """One subject for each range of commits in this push, and for what has no commits."""
    from reviewer import workspace
    from reviewer.doors.hooks import push

    if "PRE_COMMIT" in os.environ:
        refs = push.from_framework(os.environ)
        remote = os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    elif sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "pre-push reads git's list of refs from standard input: install the hook with"
            " reviewer hook install, or review your commits with reviewer --committed"
        )
    else:
        refs = push.parse(sys.stdin.buffer.read())
        remote = next(iter(given_by_git), "")
    if not refs:
        return []
    repository = workspace.open_repository(Path.cwd(), hook=True)
    subjects = [
        Subject(each.name, Scope("range", rev=each.range), f"reviewer --range {each.short}")
        for each in push.pushed(repository, remote, refs)
    ]
    for name, kind, oid in push.without_commits(repository, refs):
        see = f"git show {oid[:12]}"
        problem = f"it brings a {kind} without a commit; see it with: {see}"
        subjects.append(Subject(name, Scope(), see, problem))
    return subjects


def _committed(model: bool) -> Subject:
    """The index that git made for this commit. With `commit -a` and `commit PATH` git discards that
    index when the hook stops the commit, so the command to look again names another scope."""
    own = Path(os.environ.get("GIT_INDEX_FILE", "index")).name == "index"
    see = f"reviewer --{'staged' if own else 'uncommitted'}{'' if model else ' --no-model'}"
    return Subject("", Scope("staged"), see)


def _repository() -> Repository:
    from reviewer import workspace

    return workspace.open_repository(Path.cwd())


def _progress() -> Output:
    from reviewer import outputs
    from reviewer.cli import screen

    return outputs.open_progress(
        sys.stderr, color=screen.color(sys.stderr), width=screen.columns(), tty=True
    )


def _write(lines: list[str]) -> None:
    """Write to stderr, which git and graphical clients show. A closed stderr must not decide about
    the push."""
    from reviewer.outputs.page import write

    if lines and sys.stderr is not None:
        with contextlib.suppress(OSError):
            write(sys.stderr, "\n".join(lines) + "\n")


def _print_lines(lines: list[str]) -> None:
    from reviewer import text

    for line in lines:
        click.echo(text.one_line(line))
