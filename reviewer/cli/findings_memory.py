"""The memory, as the commands about findings open it and look into it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.errors import ConfigError, UsageError
from reviewer.text import one_line

if TYPE_CHECKING:
    from reviewer.memory import Store
    from reviewer.memory.listing import Remembered


@contextmanager
def opened() -> Iterator[tuple[Store, str]]:
    """The memory, and the key of the repository around the working directory. Raises ConfigError
    when it cannot be read: an empty list would be wrong."""
    from reviewer import memory, workspace

    repository = memory.repository_key(workspace.open_repository(Path()).common_dir)
    with memory.open_store(os.environ) as store:
        if not store.usable:
            raise ConfigError(store.warning)
        if store.warning:
            click.echo(f"reviewer: {store.warning}", err=True)
        yield store, repository


def find(store: Store, repository: str, prefix: str) -> Remembered:
    """The finding whose id, or the id of one of whose places, begins with `prefix`, whichever run
    reported it last."""
    from reviewer import findings
    from reviewer.memory import listing

    by_id = {each.finding.id: each for each in listing.remembered(store, repository, every=True)}
    alike = findings.matching([each.finding for each in by_id.values()], prefix)
    item = by_id[only(prefix, list(alike), "finding")]
    if said := findings.other_place(item.finding, prefix):
        click.echo(f"reviewer: {said}", err=True)
    return item


def only(prefix: str, matches: Sequence[str], noun: str) -> str:
    """The one id that `prefix` means. Raises UsageError if there is none, or more than one."""
    name = one_line(prefix)
    if len(matches) == 1:
        return matches[0]
    if matches:
        known = ", ".join(matches[:3]) + ", …" * (len(matches) > 3)
        raise UsageError(
            f"{name} is ambiguous: {len(matches)} ids begin with it ({known}); give more digits"
        )
    raise UsageError(f"no {noun} {name} is recorded here: see `reviewer findings list --all`")
