"""`reviewer findings dismiss` and `reopen`: decisions about findings, by id or for many at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common, complete, findings_filter, screen
from reviewer.cli.findings_filter import Filter
from reviewer.cli.findings_format import ordered, table
from reviewer.cli.findings_memory import find, only, opened
from reviewer.errors import UsageError
from reviewer.text import count

if TYPE_CHECKING:
    from reviewer.memory import Dismissal, Store
    from reviewer.memory.listing import Remembered

_yes = click.option("-y", "--yes", is_flag=True, help="Do not ask before several by a filter.")


@click.command(cls=common.Command)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete.findings)
@findings_filter.options(states=False)
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Why it is not a problem here; kept with the dismissal.",
)
@_yes
@common.style
def dismiss(ids: tuple[str, ...], reason: str, yes: bool, style: str, **given: Any) -> None:
    """Dismiss findings: they are not reported again, even when their lines move or their file is
    renamed.

    The first digits of an id are enough. A filter stands for the findings of the last run that it
    matches; you see them and are asked before more than one is dismissed.

    \b
    reviewer findings dismiss 3f2a9c 81b0 --reason "the input is checked in parse()"
    reviewer findings dismiss --rule ruff/F401 --file 'tests/**' --reason "kept for their effects"
    """
    from reviewer import memory

    wanted = findings_filter.of(given)
    _require(ids, wanted, "dismiss")
    with opened() as (store, repository):
        if ids:
            items = _by_ids(store, repository, ids)
        else:
            items = _matching(store, repository, wanted, every=False, dismissed=False)
            _confirm(items, "dismiss", yes=yes)
        reason = memory.valid_reason(reason)
        for item in items:
            memory.dismiss(store, repository, item.finding.id, reason)
    _tell(
        [{"id": item.finding.id, "state": "dismissed", "reason": reason} for item in items],
        [f"dismissed {item.finding.id} ({_title(item)})" for item in items],
        style,
        alone=len(ids) == 1,
    )


@click.command(cls=common.Command)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete.dismissed)
@findings_filter.options(states=False)
@_yes
@common.style
def reopen(ids: tuple[str, ...], yes: bool, style: str, **given: Any) -> None:
    """Undo dismissals: the findings are reported again if they are still there.

    Findings are named as for `dismiss`; a filter covers all runs.

    \b
    reviewer findings reopen 3f2a9c
    reviewer findings reopen --file 'tests/**'
    """
    from reviewer import memory
    from reviewer.memory import dismissals

    wanted = findings_filter.of(given)
    _require(ids, wanted, "reopen")
    with opened() as (store, repository):
        known = {entry.id: entry for entry in dismissals.load(store, repository)}
        if ids:
            named = [_dismissed(known, each) for each in ids]
        else:
            items = _matching(store, repository, wanted, every=True, dismissed=True)
            _confirm(items, "reopen", yes=yes)
            named = [item.dismissal for item in items if item.dismissal]
        # A dismissal goes with its copies, for other places and other names of the file.
        names = list({entry.origin or entry.id: entry.id for entry in named}.values())
        for name in names:
            memory.reopen(store, repository, name)
    _tell(
        [{"id": name, "state": "open"} for name in names],
        [f"reopened {name}" for name in names],
        style,
        alone=len(ids) == 1,
    )


def _dismissed(known: Mapping[str, Dismissal], prefix: str) -> Dismissal:
    alike = [name for name in known if prefix and name.startswith(prefix.lower())]
    return known[only(prefix, alike, "dismissed finding")]


def _require(ids: Sequence[str], wanted: Filter, verb: str) -> None:
    if ids and wanted:
        raise UsageError("give either ids or filters, not both")
    if not ids and not wanted:
        raise UsageError(
            f"nothing to {verb} was named: give ids (see `reviewer findings list`), or a filter"
            " such as --rule or --file"
        )


def _by_ids(store: Store, repository: str, ids: Sequence[str]) -> list[Remembered]:
    """Each once. Nothing is decided before all of them are known."""
    items = [find(store, repository, each) for each in ids]
    return list({item.finding.id: item for item in items}.values())


def _matching(
    store: Store, repository: str, wanted: Filter, *, every: bool, dismissed: bool
) -> list[Remembered]:
    """What the filter matches among those that can still be decided. Raises UsageError for
    nothing."""
    from reviewer.memory import listing

    known = listing.remembered(store, repository, every=every)
    items = [item for item in known if (item.state == "dismissed") == dismissed]
    if picked := ordered(wanted.picked(items)):
        return picked
    state = "dismissed" if dismissed else "undecided"
    why = wanted.why_none(items) if items else f"no {state} finding is recorded here"
    raise UsageError(f"{why}; see `reviewer findings list{' --all' if every else ''}`")


def _confirm(items: Sequence[Remembered], verb: str, *, yes: bool) -> None:
    """Show what a filter matched and ask, if that is more than one. On stderr: stdout has what was
    done."""
    if len(items) < 2 or yes:
        return
    for line in table(items):
        click.echo(line, err=True)
    many = count(len(items), "finding")
    if not sys.stdin.isatty():
        raise UsageError(f"{many} match: give --yes to {verb} them all, or ids to {verb} some")
    click.confirm(f"{verb.capitalize()} these {many}?", abort=True, err=True)


def _tell(
    values: Sequence[dict[str, Any]], lines: Sequence[str], style: str, *, alone: bool
) -> None:
    """`alone`: one id was given, so that one object is expected."""
    if style == "json":
        click.echo(json.dumps(values[0] if alone else {"findings": values}))
    else:
        from reviewer.outputs.page import fit

        click.echo("\n".join(fit(line, screen.columns()) for line in lines))


def _title(item: Remembered) -> str:
    from reviewer.outputs.page import inline

    return inline(item.finding.title)
