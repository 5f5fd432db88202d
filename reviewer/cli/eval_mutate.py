"""`reviewer eval mutate`: makes cases from the user's own repository, proved by its own tests."""

from __future__ import annotations

import posixpath
import signal
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reviewer.cli import common
from reviewer.errors import Exit, Interrupted
from reviewer.text import count, one_line

if TYPE_CHECKING:
    from reviewer.lab.evals.mutate import MutationRun

EPILOG = """\b
Exit codes:
  0    cases were made
  2    wrong options, or a test command that fails even without a mutant
  3    no case was made: no mutant was killed
  130  interrupted (143: terminated): the cases made so far are written

\b
Examples:
  reviewer eval mutate -o cases.jsonl --test-command '{python} -m pytest -q -x'
  reviewer eval mutate ~/src/app -o cases/ --test-command 'PYTHONPATH=src {python} -m unittest -q' --clean 10
  reviewer eval mutate -o cases.jsonl --test-command 'python -m pytest -q tests/core' --paths src/core --limit 50
  reviewer eval mutate -o cases.jsonl --test-command "ln -s $PWD/node_modules . && npx vitest run"
  export GOCACHE=$(go env GOCACHE) GOMODCACHE=$(go env GOMODCACHE)
  reviewer eval mutate -o cases.jsonl --test-command 'go test ./...' --build-command 'go vet ./...'
"""  # noqa: E501
_NONE_KILLED = (
    "no mutant was killed: make sure that the tests import the code from the working directory (for"
    " example with PYTHONPATH=src), not from an installed package"
)
_NONE_TRIED = (
    "no mutant could be tried: raise --commits, or give --paths of code that the tests run"
)
_COLUMNS = ("made", "tried", "killed", "survived", "timeout", "refused", "kept")


@click.command(cls=common.Command, epilog=EPILOG)
@click.argument("repo", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="The cases: OUT.jsonl, or a new folder.",
)
@click.option(
    "--test-command",
    "command",
    required=True,
    metavar="CMD",
    help="Command that runs your tests; {python} stands for this interpreter.",
)
@click.option(
    "--build-command",
    default="",
    metavar="CMD",
    help="Command that fails where the code does not compile: such mutants are not tried.",
)
@click.option(
    "--limit",
    type=click.IntRange(0, 1000),
    default=20,
    show_default=True,
    metavar="N",
    help="At most N cases with a defect.",
)
@click.option(
    "--clean",
    type=click.IntRange(0, 1000),
    default=0,
    show_default=True,
    metavar="N",
    help="Also up to N real changes, unmodified, as clean cases.",
)
@click.option(
    "--commits",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    metavar="N",
    help="How many commits back to look for changes.",
)
@click.option("--since", metavar="REV", help="Only changes after this commit.")
@click.option(
    "--paths",
    multiple=True,
    metavar="PATH",
    help="Only code at or below PATH (repeatable), whether or not it changed recently.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 3600, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds per test run.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Seed for the order in which mutants are tried.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def mutate(ctx: click.Context, /, repo: Path, out: Path, *, quiet: bool, **given: Any) -> None:
    """Make cases from REPO (default: this one) by planting one defect in each of its changes.

    Recent changes to tested code (Python, JavaScript, TypeScript, Go) get one small defect each, on
    a line that the change added. A case is kept if the tests pass without the defect and fail with
    it. The tests run in copies made from commits, confined, without network and with an empty home
    directory; your worktree is not touched. They must import the code from the working directory,
    not from an installed package.
    """
    from reviewer.lab.evals import folders, mutate

    def say(line: str) -> None:
        if not quiet:
            click.echo(one_line(line), err=True)

    folders.check(out)
    given["paths"] = _normal(given["paths"])
    made = mutate.MutationRun()
    before = signal.signal(signal.SIGTERM, _terminated)
    stopped: BaseException | None = None
    try:
        mutate.mutate(repo, mutate.Options(**given), made, say)
    except (KeyboardInterrupt, Interrupted) as exc:
        stopped = exc
    finally:
        signal.signal(signal.SIGTERM, before)
    if made.cases:
        folders.write(made.cases, out)
    click.echo("\n".join(_table(made)))
    where = one_line(str(out)) if made.cases else "nothing was written"
    click.echo(
        f"{count(made.count('defect'), 'case')} with a defect, {made.count('clean')} clean: {where}"
    )
    if stopped:
        raise Interrupted(
            f"interrupted after {count(len(made.cases), 'case')}",
            terminated=isinstance(stopped, Interrupted),
        )
    if not made.cases:
        click.echo(f"reviewer: {_NONE_KILLED if made.tried else _NONE_TRIED}", err=True)
    ctx.exit(Exit.OK if made.cases else Exit.INCOMPLETE)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise Interrupted("terminated", terminated=True)


def _normal(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths as git spells them. The top of the repository is no limit, but it still includes
    code that did not change recently."""
    return tuple(posixpath.normpath(path) for path in paths)


def _table(made: MutationRun) -> list[str]:
    rows = {name: row for name, row in made.rows.items() if row.made}
    width = max(map(len, (*rows, "operator")))

    def line(name: str, cells: Iterable[object]) -> str:
        pairs = zip(cells, _COLUMNS, strict=True)
        return f"{name:<{width}}" + "".join(f"  {cell:>{max(5, len(at))}}" for cell, at in pairs)

    counts = {name: [getattr(row, each) for each in _COLUMNS] for name, row in rows.items()}
    total = [sum(getattr(row, each) for row in rows.values()) for each in _COLUMNS]
    return [
        line("operator", _COLUMNS),
        *(line(name, cells) for name, cells in counts.items()),
        line("all", total),
    ]
