"""`reviewer doctor`: checks that everything a review needs is in place."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import click

from reviewer.cli import common, pager, screen
from reviewer.errors import Exit
from reviewer.serving.checks.base import STATUSES, Check, Report

COLOURS = {"ok": "green", "warning": "yellow", "failed": "red", "skipped": "bright_black"}
_STATUS_WIDTH = max(map(len, STATUSES))


@click.command(cls=common.Command)
@common.style
@click.option("--endpoint", metavar="URL", help="Check only this server (also REVIEWER_ENDPOINT).")
@click.option("--model", metavar="NAME", help="The model to request; with --embedded a GGUF file.")
@click.option("--adapter", metavar="NAME", help="Check that this LoRA adapter changes the answers.")
@click.option("--embedded", is_flag=True, help="Also start and check the embedded engine.")
@common.color()
@click.pass_context
def doctor(
    ctx: click.Context,
    style: str,
    endpoint: str | None,
    model: str | None,
    adapter: str | None,
    embedded: bool,
) -> None:
    """Check this machine, the repository, the configuration, and every model server found.

    A few short requests show whether each server enforces schemas, wastes no white space, thinks
    when it is asked to and only then, and caches what prompts share, and how its speed compares
    with the memory bandwidth. That takes seconds on a GPU, a minute or more on a CPU.

    \b
    reviewer doctor
    reviewer doctor --endpoint http://gpu-box:8000 --adapter review
    reviewer doctor --embedded --format json

    Exits with 0, or with 1 when a check failed; warnings do not count.
    """
    from reviewer import config
    from reviewer.serving.doctor import Wanted, diagnose

    given = {"endpoint": endpoint, "model": model}
    wanted = Wanted(
        directory=Path(),
        environ=dict(os.environ),
        user_file=config.user_file(),
        overrides={name: value for name, value in given.items() if value is not None},
        adapter=adapter,
        embedded=embedded,
    )
    report = asyncio.run(diagnose(wanted, _progress if sys.stderr.isatty() else lambda line: None))
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    if style == "json":
        click.echo(report.model_dump_json(by_alias=True, indent=2))
    else:
        painted = screen.color(sys.stdout)
        width = max(40, screen.prose())
        pager.show("\n".join(lines(report, width, color=painted)))
    ctx.exit(Exit.FINDINGS if report.exit_code else Exit.OK)


def _progress(line: str) -> None:
    click.echo(line, err=True)


def lines(report: Report, width: int, *, color: bool) -> Iterator[str]:
    """The report as text of at most `width` columns, longer words excepted: a group for this
    machine and one for each server, then a summary."""
    names = max(len(check.name) for check in report.checks)
    for endpoint, group in groupby(report.checks, key=lambda check: check.endpoint):
        if endpoint is not None:
            yield ""
            yield click.style(endpoint, bold=True) if color else endpoint
        for check in group:
            yield from _check(check, names, width, color=color)
    yield ""
    counted = [
        (sum(check.status == status for check in report.checks), status) for status in STATUSES
    ]
    yield ", ".join(f"{number} {status}" for number, status in counted if number)


def _check(check: Check, names: int, width: int, *, color: bool) -> Iterator[str]:
    paint: Callable[[str], str] = (
        (lambda text: click.style(text, fg=COLOURS[check.status])) if color else str
    )
    margin = _STATUS_WIDTH + names + 4
    first, *rest = _wrapped(check.detail, width - margin)
    yield f"{paint(f'{check.status:<{_STATUS_WIDTH}}')}  {check.name:<{names}}  {first}".rstrip()
    fix = [
        f"→ {line}" if not number else f"  {line}"
        for number, line in enumerate(_wrapped(check.fix, width - margin - 2))
    ]
    for line in [*rest, *(fix if check.fix else [])]:
        yield f"{'':<{margin}}{line}".rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap without breaking addresses and paths, so that they can be copied."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
