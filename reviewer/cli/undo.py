"""`reviewer undo`: takes back what `reviewer fix` did."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli import common
from reviewer.errors import Exit
from reviewer.text import count, one_line, scalar

if TYPE_CHECKING:
    from reviewer.fixes.journal import Run

EPILOG = """\b
Exit codes:
  0    everything is as it was before the fix
  1    the files are, but somebody has staged one anew since: the index keeps that
  2    no such run
  4    a file has changed since the fix, or could not be written: nothing was changed
"""


@click.command(
    epilog=EPILOG,
    context_settings=common.HELP,
)
@click.argument("run", required=False)
@click.option(
    "--list",
    "listing",
    is_flag=True,
    help="List the runs that can be taken back, the last one first.",
)
@click.pass_context
def undo(ctx: click.Context, /, run: str | None, listing: bool) -> None:
    """Take back what `reviewer fix` did in RUN (by default the last run), byte for byte and mode
    for mode."""
    from reviewer import workspace
    from reviewer.fixes import service
    from reviewer.memory import FeedbackLog

    repository = workspace.open_repository(Path())
    if listing:
        known = service.runs(repository.root)
        for one in known:
            click.echo(_line(one))
        if not known:
            click.echo(
                "nothing to take back: no fix was applied here since the last undo", err=True
            )
        return
    undone = service.undo(repository, FeedbackLog(os.environ, repository.common_dir), run)
    for entry in undone.run.manifest.files:
        click.echo(f"restored {_name(entry.path)}")
    for path in undone.kept:
        click.echo(f"the index keeps what was staged since: {_name(path)}")
    ctx.exit(Exit.FINDINGS if undone.kept else Exit.OK)


def _line(run: Run) -> str:
    when = f"{run.name[:4]}-{run.name[4:6]}-{run.name[6:8]} {run.name[9:11]}:{run.name[11:13]} UTC"
    names = ", ".join(_name(entry.path) for entry in run.manifest.files)
    return f"{run.name}  {when}  {count(len(run.manifest.fixes), 'fix', 'fixes')} in {names}"


def _name(path: str) -> str:
    return one_line(scalar(path))
