"""`reviewer integrate`: teaches a coding agent when and how to call this program."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common
from reviewer.doors.integrations.hosts import HOSTS, SILENCE, Host
from reviewer.errors import ReviewerError, UsageError

if TYPE_CHECKING:
    from reviewer.doors.integrations.plan import FileEdit, Plan

EPILOG = """\b
Examples:
  reviewer integrate                      agents found here, and what is installed
  reviewer integrate claude --dry-run     the files that would be written, as a diff
  reviewer integrate claude               a skill, and a hook that reminds the agent once to review
  reviewer integrate claude --remove      restore everything

\b
Exit codes:
  0    done, or nothing to do
  2    a file is in the way, was edited, or cannot be used: nothing was written
  4    not in a git repository (use --global, or git init)
"""
_OPTIONS = [
    click.option(
        "--global", "home", is_flag=True, help="For all your projects, in your home directory."
    ),
    click.option("--remove", is_flag=True, help="Uninstall, and leave everything else unchanged."),
    click.option("--dry-run", is_flag=True, help="Show paths and a diff; write nothing."),
    click.option(
        "--force",
        is_flag=True,
        help="Replace or remove our files even if you have edited them.",
    ),
]
_NO_REMINDER = click.option("--no-reminder", is_flag=True, help="Install only the skill, no hook.")


@click.group(cls=common.Group, invoke_without_command=True, epilog=EPILOG)
@common.style
@click.pass_context
def integrate(context: click.Context, style: str) -> None:
    """Teach a coding agent when and how to call `reviewer --agent`.

    Installs a skill (what to run, how to read the stream, how to fix and dismiss findings) and, if
    the agent has hooks, a reminder that requests one review when edited code was not reviewed.
    Other people's files are never overwritten.
    """
    if context.invoked_subcommand is None:
        _overview(style)
    elif style == "json":
        raise UsageError(f"--format json and {context.invoked_subcommand} exclude each other")


def _overview(style: str) -> None:
    from reviewer.doors.integrations import status

    try:
        top = _top()
    except ReviewerError:
        top = None
    home = Path(os.environ["HOME"]) if os.environ.get("HOME") else None
    found = status.agents(top, home)
    if style == "json":
        click.echo(json.dumps({"agents": status.as_json(found)}, indent=2))
    else:
        install = "Install with: reviewer integrate AGENT [--global]"
        _print_lines([*status.lines(found), "", install])


def _command(host: Host) -> click.Command:
    def run(
        home: bool, remove: bool, dry_run: bool, force: bool, no_reminder: bool = False
    ) -> None:
        _run(host, home=home, remove=remove, dry_run=dry_run, force=force, no_reminder=no_reminder)

    run.__doc__ = (
        f"Install for {host.title}: {host.project}{' and a reminder' if host.reminder else ''}."
    )
    options: list[Callable[[Any], Any]] = [*_OPTIONS, *([_NO_REMINDER] if host.reminder else [])]
    for decorate in reversed(options):
        run = decorate(run)
    return click.command(host.name, cls=common.Command, short_help=host.title)(run)


for _host in HOSTS:
    integrate.add_command(_command(_host))


def _run(
    host: Host, *, home: bool, remove: bool, dry_run: bool, force: bool, no_reminder: bool
) -> None:
    from reviewer.doors.integrations import plan as planning

    if remove and no_reminder:
        raise UsageError("--remove and --no-reminder exclude each other: --remove uninstalls both")
    base = _home(host) if home else _top()
    try:
        if remove:
            plan = planning.remove(base, host, home=home, force=force)
        else:
            plan = planning.install(base, host, home=home, reminder=not no_reminder, force=force)
    except planning.UnfitSettings as exc:
        click.echo(exc.snippet)
        raise
    if dry_run:
        for edit in plan.edits:
            _print_lines(_diff(edit, home=home))
        return
    planning.apply(base, plan)
    _print_lines(_done(plan, home=home, remove=remove))


def _done(plan: Plan, *, home: bool, remove: bool) -> list[str]:
    shown = [
        f"{edit.action:<10}{_shown(edit.path, home=home)}{f'  ({edit.remark})' if edit.remark else ''}"  # noqa: E501
        for edit in plan.edits
    ]
    changed = any(edit.old != edit.new for edit in plan.edits)
    return shown + ([f"note      {note}" for note in plan.notes] if changed and not remove else [])


def _diff(edit: FileEdit, *, home: bool) -> list[str]:
    """A header that names the planned change, then the diff. Differences in line endings alone are
    not shown."""
    old, new = (
        (data or b"").decode("utf-8", "replace").splitlines() for data in (edit.old, edit.new)
    )
    name = _shown(edit.path, home=home)
    head = f"{edit.action:<10}{name}"
    return [head, *list(difflib.unified_diff(old, new, "now", "then", lineterm=""))[2:]]


def _shown(path: str, *, home: bool) -> str:
    return f"~/{path}" if home else path


def _top() -> Path:
    from reviewer import workspace

    return workspace.open_repository(Path.cwd()).root


def _home(host: Host) -> Path:
    if not host.home:
        raise UsageError(
            f"--global does not work for {host.name}, which has no user-wide settings: leave"
            " --global out, or name an agent (see: reviewer integrate)"
        )
    home = Path(os.environ.get("HOME", ""))
    if not home.is_absolute() or not home.is_dir():
        raise UsageError("--global requires HOME: set it to your home directory")
    return home


@integrate.command(short_help="Called by the hooks, with the agent's JSON on standard input.")
@click.argument("host", metavar="AGENT")
def reminder(host: str) -> None:
    """Request one review when edited code was not reviewed; print nothing otherwise.

    The hooks that `reviewer integrate` installs call this with the agent's JSON on standard input.
    It runs no model, never blocks twice for the same state of the code, and always exits with 0,
    because an agent must be able to stop.
    """
    if answer := _answer(host) or SILENCE.get(host, ""):
        click.echo(answer)


def _answer(host: str) -> str:
    try:
        from reviewer.doors.integrations import reminder as asking

        request = (
            b""
            if sys.stdin is None or sys.stdin.isatty()
            else sys.stdin.buffer.read(asking.MAX_BYTES + 1)
        )
        return asking.answer(host, request, dict(os.environ), Path.cwd())
    except Exception:  # noqa: BLE001 as above: an agent must be able to stop
        return ""


def _print_lines(lines: list[str]) -> None:
    from reviewer import text

    for line in lines:
        click.echo(text.one_line(line))
