"""`reviewer stats`: what runs have cost, what the cache has saved, and how findings were
decided."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli import common
from reviewer.errors import ConfigError

if TYPE_CHECKING:
    from reviewer.memory.listing import Stats


@click.command()
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
        click.echo(f"  {label:<{width}}  {value}".rstrip())


def _repository() -> str | None:
    from reviewer import memory, workspace
    from reviewer.errors import NoRepository

    try:
        return memory.repository_key(workspace.open_repository(Path()).common_dir)
    except NoRepository:
        return None


def _rows(figures: Stats) -> list[tuple[str, str]]:
    from reviewer.outputs.wording import duration, share, thought_about
    from reviewer.text import one_line
    from reviewer.types import CATEGORIES, SEVERITIES, STATES

    asked = figures.hits + figures.misses
    sources = sorted(figures.by_source)

    def dismissed(name: str) -> str:
        return share(figures.dismissed_by_source.get(name, 0), figures.by_source[name])

    return [
        ("runs", f"{figures.runs:,}, {figures.complete_runs:,} of them complete"),
        (
            "spent",
            (
                f"{duration(figures.seconds)}, {figures.calls:,} model calls, "
                f"{figures.prompt_tokens:,} tokens read, {figures.completion_tokens:,} written"
                f"{thought_about(figures.thinking_tokens)}"
            ),
        ),
        (
            "cached replies",
            f"{figures.hits:,} of {asked:,} requests ({share(figures.hits, asked)})",
        ),
        (
            "saved",
            f"{duration(figures.saved_seconds)} of model time, {figures.saved_tokens:,} tokens",
        ),
        (
            "cache",
            (
                f"{figures.cached_replies:,} replies, {figures.cached_runs:,} runs,"
                f" {figures.cached_bytes / 2**20:.1f} MiB"
            ),
        ),
        ("findings", f"{figures.findings:,}"),
        ("  by state", _counts(figures.by_state, STATES)),
        ("  by severity", _counts(figures.by_severity, SEVERITIES)),
        ("  by category", _counts(figures.by_category, CATEGORIES)),
        ("  by source", _counts(figures.by_source, sources)),
        ("  dismissed", ", ".join(f"{one_line(name)} {dismissed(name)}" for name in sources)),
        *_acceptance(figures),
    ]


def _acceptance(figures: Stats) -> list[tuple[str, str]]:
    """The share of decided findings that were accepted; empty if none was decided."""
    from reviewer.memory.feedback import decided
    from reviewer.outputs.wording import share
    from reviewer.text import one_line

    groups = (
        ("category", figures.acceptance.by_category),
        ("rule", figures.acceptance.by_rule),
        ("model", figures.acceptance.by_model),
    )
    rows = []
    for noun, group in groups:
        numbers = [(name, *decided(counts)) for name, counts in group.items()]
        shares = [
            f"{one_line(name)} {share(yes, yes + no)} ({yes:,} of {yes + no:,})"
            for name, yes, no in numbers
            if yes + no
        ]
        rows += [(f"  accepted by {noun}", ", ".join(shares))] if shares else []
    return rows


def _counts(numbers: Mapping[str, int], names: tuple[str, ...] | list[str]) -> str:
    from reviewer.text import one_line

    return ", ".join(f"{one_line(name)} {numbers[name]:,}" for name in names if numbers.get(name))


def _json(figures: Stats) -> dict[str, object]:
    from pydantic.alias_generators import to_camel

    values = {to_camel(name): value for name, value in asdict(figures).items()}
    rate = {
        name: figures.dismissed_by_source.get(name, 0) / count
        for name, count in figures.by_source.items()
    }
    acceptance = {to_camel(name): value for name, value in asdict(figures.acceptance).items()}
    return {**values, "dismissalRateBySource": rate, "acceptance": acceptance}
