"""`reviewer undo`: undoes what `reviewer fix` did."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
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
    cls=common.Command,
)
@click.argument("run", required=False)
@click.option(
    "--list",
    "listing",
    is_flag=True,
    help="List the runs that can be undone, latest first.",
)
@common.style
@click.pass_context
def undo(ctx: click.Context, /, run: str | None, listing: bool, style: str) -> None:
    """Undo what `reviewer fix` did in RUN (default: the last run), restoring content and file modes
    exactly."""
    from reviewer import workspace
    from reviewer.fixes import service
    from reviewer.memory import FeedbackLog

    repository = workspace.open_repository(Path())
    if listing:
        _list(service.runs(repository.root), style)
        return
    undone = service.undo(repository, FeedbackLog(os.environ, repository.common_dir), run)
    restored = [entry.path for entry in undone.run.manifest.files]
    left = len(service.runs(repository.root))
    if style == "json":
        kept = list(map(scalar, undone.kept))
        click.echo(json.dumps({**_json(undone.run), "keptInIndex": kept, "left": left}, indent=2))
    else:
        for path in restored:
            click.echo(f"restored {_name(path)}")
        for path in undone.kept:
            click.echo(f"kept in the index, since it was staged later: {_name(path)}")
        click.echo(_left(left))
    ctx.exit(Exit.FINDINGS if undone.kept else Exit.OK)


def _list(runs: Sequence[Run], style: str) -> None:
    if style == "json":
        click.echo(json.dumps({"runs": list(map(_json, runs))}, indent=2))
        return
    for each in runs:
        click.echo(_line(each))
    if not runs:
        click.echo("nothing to undo: no fix was applied here since the last undo", err=True)


def _left(number: int) -> str:
    if not number:
        return "nothing is left to undo"
    runs = count(number, "more run")
    return f"{runs} of fixes can be undone: reviewer undo --list"


def _json(run: Run) -> dict[str, object]:
    files = [scalar(entry.path) for entry in run.manifest.files]
    return {
        "run": run.name,
        "at": _when(run, "T", "Z"),
        "fixes": run.manifest.fixes,
        "files": files,
    }


def _line(run: Run) -> str:
    names = ", ".join(_name(entry.path) for entry in run.manifest.files)
    fixes = count(len(run.manifest.fixes), "fix", "fixes")
    return f"{run.name}  {_when(run, ' ', ' UTC')}  {fixes} in {names}"


def _when(run: Run, between: str, zone: str) -> str:
    """The time that the name of a run begins with."""
    day, time = run.name[:8], run.name[9:13]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}{between}{time[:2]}:{time[2:]}{zone}"


def _name(path: str) -> str:
    return one_line(scalar(path))
