"""`reviewer stats`: what runs have cost, what the cache has saved, and how findings were
decided."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli import common, screen
from reviewer.errors import ConfigError
from reviewer.text import count, one_line

if TYPE_CHECKING:
    from reviewer.memory.listing import Stats


@click.command(cls=common.Command)
@click.option("--all", "every", is_flag=True, help="All repositories (the default outside of one).")
@common.style
def stats(every: bool, style: str) -> None:
    """Show runs, tokens and time spent and saved, and findings by state, severity, category and
    source, with the share of decided findings that were accepted (applied or fixed by hand) rather
    than dismissed or undone.

    The figures cover the last 50 runs of each scope. They never leave this machine.

    \b
    reviewer stats
    reviewer stats --all --format json | jq .savedTokens
    """
    from reviewer import memory
    from reviewer.memory import listing
    from reviewer.outputs.page import beside

    repository = None if every else _repository()
    with memory.open_store(os.environ) as store:
        figures = listing.stats(store, repository)
        if not store.usable:
            raise ConfigError(store.warning)
        if store.warning:
            click.echo(f"reviewer: {store.warning}", err=True)
    if style == "json":
        click.echo(json.dumps(_json(figures), indent=2))
        return
    rows = _rows(figures)
    width = max(len(label) for label, _ in rows)
    click.echo("All repositories" if repository is None else "This repository")
    for label, value in rows:
        for line in beside(f"  {label:<{width}}  ", value, screen.prose()):
            click.echo(line)


def _repository() -> str | None:
    from reviewer import memory, workspace
    from reviewer.errors import NoRepository

    try:
        return memory.repository_key(workspace.open_repository(Path()).common_dir)
    except NoRepository:
        return None


def _rows(figures: Stats) -> list[tuple[str, str]]:
    from reviewer.outputs.wording import duration, share, thought_about
    from reviewer.types import CATEGORIES, SEVERITIES, STATES

    asked = figures.hits + figures.misses
    calls = (
        f", {count(figures.calls, 'model call')}, {figures.prompt_tokens:,} tokens read,"
        f" {figures.completion_tokens:,} written{thought_about(figures.thinking_tokens)}"
        if figures.calls
        else ", no model call"
    )
    cached = (
        f"{figures.hits:,} of {count(asked, 'request')} ({share(figures.hits, asked)})"
        if asked
        else "nothing was asked yet"
    )
    saved = f"{duration(figures.saved_seconds)} of model time, {figures.saved_tokens:,} tokens"
    return [
        ("runs", f"{figures.runs:,}, {figures.complete_runs:,} of them complete"),
        ("spent", f"{duration(figures.seconds)}{calls}"),
        ("cached replies", cached),
        ("saved", saved if figures.hits else "nothing yet"),
        (
            "cache",
            f"{count(figures.cached_replies, 'reply', 'replies')},"
            f" {count(figures.cached_runs, 'run')}, {figures.cached_bytes / 2**20:.1f} MiB",
        ),
        ("findings", f"{figures.findings:,}"),
        ("  by state", _counts(figures.by_state, STATES)),
        ("  by severity", _counts(figures.by_severity, SEVERITIES)),
        ("  by category", _counts(figures.by_category, CATEGORIES)),
        ("  by source", _counts(figures.by_source, sorted(figures.by_source))),
        ("  dismissed", _dismissed(figures)),
        *_acceptance(figures),
    ]


def _dismissed(figures: Stats) -> str:
    from reviewer.outputs.wording import share

    said = [
        f"{_words(name)} {share(number, figures.by_source[name])}"
        f" ({number:,} of {figures.by_source[name]:,})"
        for name, number in sorted(figures.dismissed_by_source.items())
    ]
    return ", ".join(said) or "none"


def _acceptance(figures: Stats) -> list[tuple[str, str]]:
    """The share of decided findings that were accepted; empty if none was decided."""
    from reviewer.memory.feedback import decided
    from reviewer.outputs.wording import share

    groups = (
        ("category", figures.acceptance.by_category),
        ("rule", figures.acceptance.by_rule),
        ("model", figures.acceptance.by_model),
    )
    rows = []
    for noun, group in groups:
        said = _words if noun == "category" else one_line
        numbers = [(name, *decided(counts)) for name, counts in group.items()]
        shares = [
            f"{said(name)} {share(yes, yes + no)} ({yes:,} of {yes + no:,})"
            for name, yes, no in numbers
            if yes + no
        ]
        rows += [(f"  accepted by {noun}", ", ".join(shares))] if shares else []
    return rows


def _counts(numbers: Mapping[str, int], names: Sequence[str]) -> str:
    return ", ".join(f"{_words(name)} {numbers[name]:,}" for name in names if numbers.get(name))


def _words(name: str) -> str:
    """A source or a category, as every output prints it."""
    plain = name.removeprefix("analyzer:").removeprefix("functional_")
    return one_line(plain if name.startswith("analyzer:") else plain.replace("_", " "))


def _json(figures: Stats) -> dict[str, object]:
    from pydantic.alias_generators import to_camel

    values = {to_camel(name): value for name, value in asdict(figures).items()}
    rate = {
        name: figures.dismissed_by_source.get(name, 0) / number
        for name, number in figures.by_source.items()
    }
    acceptance = {to_camel(name): value for name, value in asdict(figures.acceptance).items()}
    return {**values, "dismissalRateBySource": rate, "acceptance": acceptance}
