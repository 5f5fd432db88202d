"""`reviewer eval report` and `reviewer eval compare`: figures from the results of `reviewer eval
run`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common
from reviewer.errors import ConfigError, UsageError
from reviewer.types import SEVERITIES

if TYPE_CHECKING:
    from reviewer.lab.evals.files import RunFile
    from reviewer.lab.evals.metrics import Rules

_file = click.Path(dir_okay=False, path_type=Path)
_style = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON.",
)


def _rules(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--min-severity",
            type=click.Choice(SEVERITIES),
            default="minor",
            show_default=True,
            help="Findings below this do not count for recall, precision and false findings.",
        ),
        click.option(
            "--tolerance",
            type=click.Choice(["0", "3", "10"]),
            default="3",
            show_default=True,
            help="Lines that a finding may be away from a known defect and still match it.",
        ),
    ):
        command = option(command)
    return command


@click.command(cls=common.Command)
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=_file)
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=_file,
    help="Also write an HTML page with tables and plots to FILE.",
)
@_style
@_rules
def report(
    runs: tuple[Path, ...], page: Path | None, style: str, tolerance: str, min_severity: Any
) -> None:
    """Report recall, precision, false findings, patches, tokens and time of one or more runs, with
    95 % intervals.

    Cases that were not run do not count. An incomplete review is listed, and counts neither as a
    miss nor as clean.

    \b
    reviewer eval report results.jsonl
    reviewer eval report results.jsonl --html report.html
    reviewer eval report a.jsonl b.jsonl --format json | jq '.reports[].figures.recall_3'
    """
    from reviewer.lab.evals import report as reports
    from reviewer.lab.evals import report_text
    from reviewer.outputs.page import write
    from reviewer.text import one_line

    rules = _chosen(tolerance, min_severity)
    files = [_read(run) for run in runs]
    if page is not None and page.exists() and any(page.samefile(run) for run in runs):
        raise UsageError(
            f"--html {one_line(str(page))} is one of the runs: give another --html FILE"
        )
    made = [reports.report(file.header, file.results, rules) for file in files]
    if page is not None:
        from reviewer.lab.evals.report_html import page as written

        _write(page, written(made))
    if style == "json":
        click.echo(
            json.dumps({"reports": [each.model_dump(mode="json") for each in made]}, indent=2)
        )
    else:
        write(sys.stdout, "\n".join(map(report_text.report, made)))


@click.command(cls=common.Command)
@click.argument("a", type=_file)
@click.argument("b", type=_file)
@_style
@_rules
def compare(a: Path, b: Path, style: str, tolerance: str, min_severity: Any) -> None:
    """Report what run B does better or worse than run A on the cases that both have, and whether
    that can be chance.

    \b
    reviewer eval compare before.jsonl after.jsonl
    """
    from reviewer.lab.evals import compare as comparing
    from reviewer.lab.evals import report_text
    from reviewer.outputs.page import write

    rules = _chosen(tolerance, min_severity)
    one, two = _read(a), _read(b)
    made = comparing.compare((one.header, one.results), (two.header, two.results), rules)
    if style == "json":
        click.echo(json.dumps(made.model_dump(mode="json"), indent=2))
    else:
        write(sys.stdout, report_text.comparison(made))


def _chosen(tolerance: str, min_severity: Any) -> Rules:
    from reviewer.lab.evals.metrics import Rules

    return Rules(int(tolerance), min_severity)


def _read(path: Path) -> RunFile:
    from reviewer.lab.evals import files
    from reviewer.text import count, one_line

    run_file, name = files.read(path), one_line(str(path))
    if run_file.cut:
        click.echo(
            f"reviewer: the last line of {name} is cut off and was ignored: finish the run with"
            " reviewer eval run --resume",
            err=True,
        )
    if run_file.superseded:
        click.echo(
            f"reviewer: ignored {count(run_file.superseded, 'result')} in {name} that later results"
            " of the same cases replace",
            err=True,
        )
    return run_file


def _write(path: Path, text: str) -> None:
    from reviewer.text import one_line

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise ConfigError(
            f"cannot write {one_line(str(path))}: {exc.strerror}; give another --html FILE"
        ) from exc
