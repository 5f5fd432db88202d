"""`reviewer clean`: shows what this program keeps on the disk, and removes what is named."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from reviewer.cli import common
from reviewer.errors import EngineError, Exit, UsageError

if TYPE_CHECKING:
    from reviewer.doors.setup.kept import Kept

_WORDS = ("cache", "models", "logs", "memory", "undo", "servers")  # as doors.setup.kept has them
_UNITS = ("B", "kB", "MB", "GB")


@click.command(cls=common.Command)
@click.argument("words", nargs=-1, metavar="[WHAT]...", type=click.Choice(_WORDS))
@click.option("--all", "every", is_flag=True, help="Everything, also decisions; stop servers.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing.")
@click.option("--dry-run", is_flag=True, help="Only show it.")
@common.style
def clean(words: tuple[str, ...], every: bool, yes: bool, dry_run: bool, style: str) -> int:
    """Show what this program keeps on the disk; remove what you name.

    \b
    reviewer clean                    show everything, remove nothing
    reviewer clean cache logs         what comes back by itself
    reviewer clean models             Gemma 4 models in the hub cache, the smoke model
    reviewer clean memory             findings, and what you DISMISSED: it will be reported again
    reviewer clean undo               what `reviewer undo` needs
    reviewer clean servers            stop the servers that `reviewer serve` started
    reviewer clean --all --yes        everything; your settings are kept

    Files of other programs are left alone, also models that are not in `reviewer model list --all`.
    """
    from reviewer.doors.setup import kept

    if words and every:
        raise UsageError("--all already means everything: leave out the words")
    found = kept.kept()
    chosen = [each for each in found if every or each.word in words]
    shown = chosen if words else found
    if style == "json":
        click.echo(json.dumps([_row(each) for each in shown], indent=2))
    else:
        _show(shown)
    if dry_run or not (words or every) or not chosen:
        return Exit.OK
    if servers := kept.in_use(chosen):
        raise UsageError(
            f"a server is using the models ({servers[0].model} at {servers[0].endpoint}): name"
            " `servers` too, or run `reviewer serve stop` first"
        )
    if not _agreed(len(chosen), yes=yes):
        return Exit.OK
    _remove(chosen)
    return Exit.OK


def _agreed(count: int, *, yes: bool) -> bool:
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("clean asks before it removes anything: repeat it with --yes")
    return click.confirm(f"Remove {'this' if count == 1 else f'these {count}'}?", err=True)


def _remove(chosen: list[Kept]) -> None:
    from reviewer.doors.setup import kept
    from reviewer.text import one_line

    try:
        kept.remove(chosen)
    except OSError as error:
        raise EngineError(
            f"cannot remove {one_line(str(error.filename))}: {error.strerror}; then repeat the"
            " command"
        ) from error
    click.echo(f"removed {_bytes(sum(each.size for each in chosen))}", err=True)


def _show(rows: list[Kept]) -> None:
    """A line for each, and its path below: it may be long."""
    from reviewer.text import one_line

    if not rows:
        click.echo("Nothing is kept.")
        return
    for each in rows:
        click.echo(f"{each.word:<8} {_bytes(each.size):>8}  {one_line(each.what)}")
        click.echo(f"{'':18} {one_line(_short(each.path))}")
    click.echo(f"{'':8} {_bytes(sum(each.size for each in rows)):>8}  in all")


def _short(path: str) -> str:
    home = os.path.expanduser("~")  # noqa: PTH111 Path.home raises without one
    return f"~{path[len(home) :]}" if path.startswith(f"{home}{os.sep}") else path


def _row(each: Kept) -> dict[str, object]:
    return {"word": each.word, "what": each.what, "path": each.path, "bytes": each.size}


def _bytes(count: float) -> str:
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"
