"""How a command that failed says so: as an event for agents, on stderr for people."""

from __future__ import annotations

import contextlib
import traceback
from itertools import pairwise

import click

from reviewer.errors import Exit, ReviewerError, limit


def crash(exc: Exception, args: list[str]) -> int:
    """Python's own exit code 1 would mean findings."""
    if not _wants_events(args) and (why := limit(exc)):
        echo(f"reviewer: {why}", err=True)
        return Exit.CANNOT_RUN
    if not _wants_events(args):
        traceback.print_exception(exc)
        return Exit.CANNOT_RUN
    from reviewer import events, verdict

    echo(events.line(verdict.crash(exc, verbose=True)))
    return Exit.CANNOT_RUN


def fail(exc: ReviewerError, args: list[str]) -> int:
    """Report the error in one line: as an event for agents, on stderr for people."""
    if _wants_events(args):
        from reviewer import events, verdict

        echo(events.line(verdict.error(exc)))
    else:
        from reviewer import text

        echo(f"reviewer: {text.one_line(exc.message)}", err=True)
    return exc.exit_code


def echo(line: str, *, err: bool = False) -> None:
    """Write a line, if there is still something to write to: what became of the run counts."""
    with contextlib.suppress(OSError):
        click.echo(line, err=err)


def _wants_events(args: list[str]) -> bool:
    options = args[: args.index("--")] if "--" in args else args
    return args[0] == "review" and (
        "--agent" in options
        or "--format=ndjson" in options
        or any(pair == ("--format", "ndjson") for pair in pairwise(options))
    )
