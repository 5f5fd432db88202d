"""`reviewer findings`: the findings of earlier runs in this repository, and the decisions about
them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common, options
from reviewer.cli.findings_format import (
    as_json,
    columns,
    decision_as_json,
    ordered,
    state_lines,
    table,
)
from reviewer.errors import ConfigError, UsageError
from reviewer.text import count

if TYPE_CHECKING:
    from reviewer.memory import Store
    from reviewer.memory.listing import Remembered

BASELINED = "present when the baseline was made"


@click.group(invoke_without_command=True, no_args_is_help=True)
@click.option(
    "--interactive", is_flag=True, help="Read and decide in a full-screen report (extra: tui)."
)
@click.pass_context
def findings(ctx: click.Context, interactive: bool) -> None:
    """List, show, dismiss and reopen the findings of earlier runs in this repository.

    \b
    reviewer findings list                                 the last run, dismissals included
    reviewer findings show 3f2a9c04d1e7                    everything about one finding
    reviewer findings dismiss 3f2a9c04d1e7 --reason "…"    never report it again
    reviewer findings list --baseline .reviewer-baseline   share dismissals with the team

    The history is kept in your state directory, never in the repository. The first digits of an id
    are enough if only one finding has them.
    """
    if interactive and ctx.invoked_subcommand:
        raise UsageError(f"--interactive and {ctx.invoked_subcommand} exclude each other")
    if interactive:
        from reviewer.doors import tui

        ctx.exit(tui.findings(Path(), color=options.color("auto", sys.stderr)))


@findings.command("list")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Findings of all runs here, fixed ones included.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=(
        "Add the dismissed findings to FILE, for you to commit; with --all, all that are not fixed."
    ),
)
@common.style
def list_(every: bool, baseline: Path | None, style: str) -> None:
    """List the findings of the last run: id, severity, place, title, state.

    \b
    reviewer findings list --all --format json | jq '.findings[] | select(.state == "open")'
    reviewer findings list --baseline .reviewer-baseline
    """
    from reviewer.memory import dismissals, listing
    from reviewer.outputs.page import write

    with _memory() as (store, repository):
        remembered = listing.remembered(store, repository, every=every)
        if baseline is not None:
            _write_baseline(store, repository, remembered if every else [], baseline)
        decided = dismissals.load(store, repository)
        complete = listing.last_run_complete(store, repository)
    shown = ordered(remembered)
    if style == "json":
        known = {name for each in remembered for name in each.ids}
        rest = [decision_as_json(entry) for entry in decided if every and entry.id not in known]
        click.echo(
            json.dumps(
                {"findings": [as_json(each) for each in shown], "otherDismissals": rest}, indent=2
            )
        )
    elif shown:
        write(sys.stdout, "".join(f"{line}\n" for line in table(shown)))
    else:
        click.echo(
            "No findings recorded here: run `reviewer` to review the change and record its"
            " findings."
        )
    if complete is False and not every:
        click.echo(
            "reviewer: the last run here was incomplete, so this list may lack findings: run"
            " `reviewer` again",
            err=True,
        )


@findings.command()
@click.argument("finding_id", metavar="ID")
@common.style
def show(finding_id: str, style: str) -> None:
    """Show everything about one finding: the code, the reason, what to do, and its history."""
    from reviewer.outputs.finding_text import finding_text
    from reviewer.outputs.page import Page, write

    with _memory() as (store, repository):
        item = _find(store, repository, finding_id)
    if style == "json":
        click.echo(json.dumps(as_json(item), indent=2))
        return
    page = Page(columns(), color=options.color("auto", sys.stdout))
    write(
        sys.stdout,
        "\n".join([*finding_text(page, item.finding, verbose=True), *state_lines(page, item), ""]),
    )


@findings.command()
@click.argument("finding_id", metavar="ID")
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Why it is not a problem here; kept with the dismissal.",
)
@common.style
def dismiss(finding_id: str, reason: str, style: str) -> None:
    """Dismiss a finding: it is not reported again, even when its lines move or its file is renamed.

    \b
    reviewer findings dismiss 3f2a9c --reason "the input is checked in parse()"
    """
    from reviewer import memory

    with _memory() as (store, repository):
        item = _find(store, repository, finding_id)
        dismissal = memory.dismiss(store, repository, item.finding.id, reason)
    _confirm(
        style,
        {"id": dismissal.id, "state": "dismissed", "reason": dismissal.reason},
        f"dismissed {dismissal.id}",
        item,
    )


@findings.command()
@click.argument("finding_id", metavar="ID")
@common.style
def reopen(finding_id: str, style: str) -> None:
    """Undo a dismissal: the finding is reported again if it is still there."""
    from reviewer import memory
    from reviewer.memory import dismissals

    with _memory() as (store, repository):
        known = [entry.id for entry in dismissals.load(store, repository)]
        alike = [each for each in known if finding_id and each.startswith(finding_id.lower())]
        full_id = _only(finding_id, alike, "dismissed finding")
        reopened = memory.reopen(store, repository, full_id)
    _confirm(style, {"id": reopened.id, "state": "open"}, f"reopened {reopened.id}", None)


@findings.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option(
    "--dismissals", "decisions", is_flag=True, help="Also the dismissals of this repository."
)
@click.option(
    "--cache", "replies", is_flag=True, help="Also every cached reply, of all repositories."
)
@common.style
def clear(yes: bool, decisions: bool, replies: bool, style: str) -> None:
    """Delete the runs and findings recorded for this repository. Dismissals are kept, unless
    --dismissals is given."""
    from reviewer.memory import listing

    what = "the history of this repository" + (", with all dismissals" if decisions else "")
    what += ", and all cached replies" if replies else ""
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"nothing was deleted: give --yes to delete {what}")
    with _memory() as (store, repository):
        if not yes:
            click.confirm(f"Delete {what}?", abort=True, err=True)
        removed = listing.clear(store, repository, decisions=decisions, replies=replies)
        if removed is None:
            raise ConfigError(
                f"nothing was deleted: {store.warning or 'the memory cannot be written'}"
            )
    if style == "json":
        click.echo(json.dumps({"removed": removed}))
    else:
        click.echo(f"deleted {what} ({count(removed, 'finding')})")


@contextmanager
def _memory() -> Iterator[tuple[Store, str]]:
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


def _find(store: Store, repository: str, prefix: str) -> Remembered:
    """The finding whose id, or the id of one of whose places, begins with `prefix`, whichever run
    reported it last."""
    from reviewer import findings as findings_at
    from reviewer.memory import listing

    by_id = {each.finding.id: each for each in listing.remembered(store, repository, every=True)}
    alike = findings_at.matching([each.finding for each in by_id.values()], prefix)
    item = by_id[_only(prefix, list(alike), "finding")]
    if said := findings_at.other_place(item.finding, prefix):
        click.echo(f"reviewer: {said}", err=True)
    return item


def _only(prefix: str, matches: Sequence[str], noun: str) -> str:
    from reviewer import text

    name = text.one_line(prefix)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UsageError(
            f"{name} is ambiguous: {len(matches)} ids begin with it ({', '.join(matches[:3])}, …);"
            " give more digits"
        )
    raise UsageError(f"no {noun} {name} is recorded here: see `reviewer findings list --all`")


def _confirm(style: str, values: dict[str, Any], line: str, item: Remembered | None) -> None:
    if style == "json":
        click.echo(json.dumps(values))
        return
    from reviewer.outputs.page import inline

    click.echo(line + (f" ({inline(item.finding.title)})" if item else ""))


def _write_baseline(
    store: Store, repository: str, remembered: Sequence[Remembered], target: Path
) -> None:
    """Add to the file what is dismissed here, and those of `remembered` that are not fixed. Entries
    of others stay: lines are removed by hand."""
    from reviewer import memory, text
    from reviewer.memory import dismissals

    entries = {entry.id: entry for entry in dismissals.load(store, repository)}
    for each in remembered:
        if each.state in ("new", "open"):
            entries |= {entry.id: entry for entry in each.dismissed(BASELINED)}
    name = text.one_line(str(target))
    try:
        before = (
            memory.parse_baseline(target.read_bytes()) if target.exists() else memory.Baseline()
        )
        if before.ignored:
            raise UsageError(
                f"--baseline: {name} has {count(before.ignored, 'line')} that cannot be read as"
                " dismissals: correct or remove them"
            )
        merged = {entry.id: entry for entry in before.entries} | entries
        target.write_bytes(memory.dump_baseline(merged.values()))
    except OSError as exc:
        raise UsageError(
            f"--baseline: cannot write {name}: {exc.strerror}; give another FILE"
        ) from None
    click.echo(f"{count(len(merged), 'dismissal')} in {name}: commit it", err=True)
