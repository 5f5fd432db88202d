"""`reviewer undo`: undoes what `reviewer fix` did."""

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
  0    files and index were restored
  1    files were restored, but one was staged again since: the index keeps that
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
    help="List the runs that can be undone, latest first.",
)
@click.pass_context
def undo(ctx: click.Context, /, run: str | None, listing: bool) -> None:
    """Undo what `reviewer fix` did in RUN (default: the last run), restoring content and file modes
    exactly."""
    from reviewer import workspace
    from reviewer.fixes import service
    from reviewer.memory import FeedbackLog

    repository = workspace.open_repository(Path())
    if listing:
        runs = service.runs(repository.root)
        for each in runs:
            click.echo(_line(each))
        if not runs:
            click.echo("nothing to undo: no fix was applied here since the last undo", err=True)
        return
    undone = service.undo(repository, FeedbackLog(os.environ, repository.common_dir), run)
    for entry in undone.run.manifest.files:
        click.echo(f"restored {_name(entry.path)}")
    for path in undone.kept:
        click.echo(f"kept in the index, since it was staged later: {_name(path)}")
    ctx.exit(Exit.FINDINGS if undone.kept else Exit.OK)


def _line(run: Run) -> str:
    when = f"{run.name[:4]}-{run.name[4:6]}-{run.name[6:8]} {run.name[9:11]}:{run.name[11:13]} UTC"
    names = ", ".join(_name(entry.path) for entry in run.manifest.files)
    return f"{run.name}  {when}  {count(len(run.manifest.fixes), 'fix', 'fixes')} in {names}"


def _name(path: str) -> str:
    return one_line(scalar(path))
