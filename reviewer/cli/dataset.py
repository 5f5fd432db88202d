"""`reviewer dataset`: training data from the findings that were decided here."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common
from reviewer.errors import ConfigError, Exit, NoRepository, UsageError
from reviewer.text import count, one_line

if TYPE_CHECKING:
    from reviewer.lab.datasets import DatasetRow, Form
    from reviewer.lab.datasets.stats import Lengths

CONTEXT = 16384  # tokens; the default of `reviewer serve start`
SHOWN = 20  # problems listed
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group(cls=common.Group)
def dataset() -> None:
    """Turn decided findings into training data: export, stats, validate.

    \b
    reviewer dataset export -o review.jsonl --split 90/10
    reviewer dataset stats review.train.jsonl
    reviewer dataset validate review.train.jsonl

    Each row is a model reply whose findings were applied, fixed by hand, dismissed or refuted. Rows
    contain code: nothing leaves this machine unless you send it. examples/finetune trains an
    adapter on them.
    """


@dataset.command()
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="The file to write (JSON lines); - for stdout.",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
)
@click.option(
    "--since",
    metavar="DATE|DAYS",
    help="Only replies since a date (2026-11-24), or of the last N days.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["chat", "preference"]),
    default="chat",
    show_default=True,
    help="chat: messages with the right answer; preference: pairs of a right and a wrong answer.",
)
@click.option(
    "--split",
    "shares",
    metavar="90/10",
    help=(
        "Percent of rows for training and test (or training, validation and test), one file each."
    ),
)
@click.option(
    "--redact/--no-redact",
    default=True,
    show_default=True,
    help=(
        "Mask secrets. Replies that showed a recognised one were never kept; this masks those"
        " that are recognised only now."
    ),
)
@click.option("--all", "every", is_flag=True, help="All repositories (the default outside of one).")
def export(
    output: Path, since: str | None, form: Form, shares: str | None, redact: bool, every: bool
) -> None:
    """Write one row for each model reply whose findings were decided.

    Its messages are those that the model received; its target is the reply as it should have been:
    with the findings that were applied or fixed by hand, without those dismissed or refuted.
    """
    from reviewer import memory
    from reviewer.lab import datasets
    from reviewer.memory import examples, feedback

    parts = datasets.parse_split(shares) if shares else ()
    if parts and str(output) == "-":
        raise UsageError("--split writes several files, which stdout cannot take: give -o FILE")
    begin = _since(since) if since else 0.0
    repository = None if every else _repository()
    with memory.open_store(os.environ) as store:
        replies = examples.load(store, repository, begin)
        standings = feedback.standing(store, repository)
        if not store.usable:
            raise ConfigError(store.warning)
    made = datasets.make(replies, standings, form, redact=redact)
    for reason, number in sorted(made.left_out.items()):
        click.echo(f"left out {number:,}: {reason}", err=True)
    if made.masked:
        click.echo(f"masked {count(made.masked, 'secret')}", err=True)
    files: dict[Path, Sequence[DatasetRow]] = {output: made.rows}
    if parts:
        cut = datasets.split(made.rows, parts)
        files = {
            output.with_name(f"{output.stem}.{name}{output.suffix}"): rows
            for name, rows in cut.items()
        }
    for path, rows in files.items():
        _write(path, rows)


@dataset.command()
@_file
@click.option("--endpoint", metavar="URL", help="Count tokens with this server's tokenizer.")
@click.option("--model", metavar="NAME", help="The model on that server.")
@common.style
def stats(file: Path, endpoint: str | None, model: str | None, style: str) -> None:
    """Show rows by kind, outcome, category, repository and model, and their lengths in tokens."""
    from reviewer.lab import datasets

    values = [value for _, value, _ in datasets.read_rows(file) if value is not None]
    lengths, counted_by = datasets.estimate(values), "estimate"
    if endpoint:
        lengths, counted_by = asyncio.run(_count(values, endpoint, model))
    figures = datasets.figures(values, lengths, counted_by)
    if style == "json":
        click.echo(json.dumps(figures, indent=2))
        return
    lines = _lines(figures)
    width = max(len(label) for label, _ in lines)
    for label, value in lines:
        click.echo(f"{label:<{width}}  {value}".rstrip())


@dataset.command()
@_file
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    default=CONTEXT,
    show_default=True,
    metavar="N",
    help="The longest row, in estimated tokens (three bytes each).",
)
@common.style
@click.pass_context
def validate(ctx: click.Context, file: Path, max_tokens: int, style: str) -> None:
    """Check every line: messages and their roles, targets against the reply schema, lengths,
    provenance, duplicates.

    Exits with 0, with 1 when a line is wrong or the file is empty, with 2 when the file cannot be
    read.
    """
    from reviewer.lab import datasets
    from reviewer.models.base import estimate_tokens

    number, problems = datasets.validate(
        datasets.read_rows(file), max_tokens=max_tokens, estimate=estimate_tokens
    )
    if style == "json":
        listed = [{"line": each.line, "problem": each.message} for each in problems]
        click.echo(json.dumps({"rows": number, "problems": listed}, indent=2))
    else:
        for each in problems[:SHOWN]:
            click.echo(f"line {each.line}: {each.message}")
        if len(problems) > SHOWN:
            click.echo(f"… and {len(problems) - SHOWN:,} more")
        wrong = len({each.line for each in problems})
        click.echo(f"{count(number, 'row')}, {wrong:,} of them wrong" if number else "no rows")
    ctx.exit(Exit.FINDINGS if problems or not number else Exit.OK)


def _since(value: str) -> float:
    """Seconds since the epoch. Raises UsageError."""
    now = datetime.now(UTC)
    try:
        if value.isascii() and value.isdigit():
            return (now - timedelta(days=int(value))).timestamp()
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UsageError("--since takes a date (2026-11-24) or a number of days") from None


def _repository() -> str | None:
    from reviewer import memory, workspace

    try:
        return memory.repository_key(workspace.open_repository(Path()).common_dir)
    except NoRepository:
        return None


def _write(path: Path, rows: Sequence[DatasetRow]) -> None:
    """Only the user may read the file, as with the history it comes from."""
    text = "".join(row.line for row in rows)
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(text)
    except OSError as exc:
        raise UsageError(
            f"cannot write {one_line(str(path))}: {exc.strerror}; give another -o FILE"
        ) from None
    click.echo(f"{count(len(rows), 'row')} in {one_line(str(path))}", err=True)


async def _count(
    values: list[dict[str, Any]], endpoint: str, name: str | None
) -> tuple[Lengths, str]:
    from reviewer import models
    from reviewer.config import load
    from reviewer.lab import datasets

    settings = load({"endpoint": endpoint}, os.environ).settings
    key = settings.api_key.get_secret_value() if settings.api_key else None
    model = await models.connect(endpoint, model=name, key=key, insecure=settings.insecure)
    try:
        return await datasets.count_exactly(values, model), f"{model.name} at {endpoint}"
    finally:
        await model.aclose()


def _lines(made: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [("rows", f"{made['rows']:,}")]
    for label in (
        "formats",
        "roles",
        "kinds",
        "outcomes",
        "categories",
        "repositories",
        "licences",
        "models",
    ):
        if made[label]:
            rows.append(
                (
                    label,
                    ", ".join(
                        f"{one_line(name)} {number:,}" for name, number in made[label].items()
                    ),
                )
            )
    if made["dates"]:
        rows.append(("dates", one_line(f"{made['dates']['first']} to {made['dates']['last']}")))
    for label in ("prompt", "target", "row"):
        if spread := made["tokens"][label]:
            sizes = ", ".join(
                f"{name} {spread[name]:,}" for name in ("least", "median", "p95", "most", "sum")
            )
            rows.append((f"{label} tokens", sizes))
    return [*rows, ("counted by", one_line(made["tokens"]["countedBy"]))]
