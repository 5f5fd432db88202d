"""`reviewer stats`: what the runs have cost, what the memory has saved, and what became of the
findings."""

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
    """Runs, tokens and time spent and saved, and findings by state, severity, category and source;
    how many were accepted (applied, or fixed by hand) of those that were decided about (or
    dismissed, or undone).

    The last 50 runs of each scope count. Nothing of this leaves the machine.

    \b
    reviewer stats
    reviewer stats --all --format json | jq .savedTokens
    """
    from reviewer import memory
    from reviewer.memory import listing

    repository = None if every else _repository()
    with memory.open_store(os.environ) as store:
        made = listing.stats(store, repository)
        if not store.usable:
            raise ConfigError(store.warning)
        if store.warning:
            click.echo(f"reviewer: {store.warning}", err=True)
    if style == "json":
        click.echo(json.dumps(_json(made), indent=2))
        return
    rows = _rows(made)
    width = max(len(label) for label, _ in rows)
    click.echo("All repositories" if repository is None else "This repository")
    for label, said in rows:
        click.echo(f"  {label:<{width}}  {said}".rstrip())


def _repository() -> str | None:
    from reviewer import memory, workspace
    from reviewer.errors import NoRepository

    try:
        return memory.repository_key(workspace.open_repository(Path()).common_dir)
    except NoRepository:
        return None


def _rows(made: Stats) -> list[tuple[str, str]]:
    from reviewer.memory.listing import STATES
    from reviewer.outputs.wording import duration, share
    from reviewer.text import one_line
    from reviewer.types import CATEGORIES, SEVERITIES

    asked = made.hits + made.misses
    sources = sorted(made.by_source)

    def dismissed(name: str) -> str:
        return share(made.dismissed_by_source.get(name, 0), made.by_source[name])

    return [
        ("runs", f"{made.runs:,}, {made.complete_runs:,} of them complete"),
        (
            "spent",
            (
                f"{duration(made.seconds)}, {made.calls:,} model calls, "
                f"{made.prompt_tokens:,} tokens read, {made.completion_tokens:,} written"
            ),
        ),
        ("remembered replies", f"{made.hits:,} of {asked:,} questions ({share(made.hits, asked)})"),
        ("saved", f"{duration(made.saved_seconds)} of model time, {made.saved_tokens:,} tokens"),
        (
            "cache",
            (
                f"{made.cached_replies:,} replies, {made.cached_runs:,} runs,"
                f" {made.cached_bytes / 2**20:.1f} MiB"
            ),
        ),
        ("findings", f"{made.findings:,}"),
        ("  by state", _counts(made.by_state, STATES)),
        ("  by severity", _counts(made.by_severity, SEVERITIES)),
        ("  by category", _counts(made.by_category, CATEGORIES)),
        ("  by source", _counts(made.by_source, sources)),
        ("  dismissed", ", ".join(f"{one_line(name)} {dismissed(name)}" for name in sources)),
        *_acceptance(made),
    ]


def _acceptance(made: Stats) -> list[tuple[str, str]]:
    """What was accepted of what somebody has decided about; nothing where nobody has."""
    from reviewer.memory.feedback import decided
    from reviewer.outputs.wording import share
    from reviewer.text import one_line

    groups = (
        ("category", made.acceptance.by_category),
        ("rule", made.acceptance.by_rule),
        ("model", made.acceptance.by_model),
    )
    rows = []
    for noun, group in groups:
        numbers = [(name, *decided(counts)) for name, counts in group.items()]
        said = [
            f"{one_line(name)} {share(yes, yes + no)} ({yes:,} of {yes + no:,})"
            for name, yes, no in numbers
            if yes + no
        ]
        rows += [(f"  accepted by {noun}", ", ".join(said))] if said else []
    return rows


def _counts(numbers: Mapping[str, int], names: tuple[str, ...] | list[str]) -> str:
    from reviewer.text import one_line

    return ", ".join(f"{one_line(name)} {numbers[name]:,}" for name in names if numbers.get(name))


def _json(made: Stats) -> dict[str, object]:
    from pydantic.alias_generators import to_camel

    values = {to_camel(name): value for name, value in asdict(made).items()}
    rate = {
        name: made.dismissed_by_source.get(name, 0) / count
        for name, count in made.by_source.items()
    }
    acceptance = {to_camel(name): value for name, value in asdict(made.acceptance).items()}
    return {**values, "dismissalRateBySource": rate, "acceptance": acceptance}
