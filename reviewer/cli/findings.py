"""`reviewer findings`: the findings of earlier runs in this repository, and the decisions about
them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common, complete, findings_decide, findings_filter, pager, screen
from reviewer.cli.findings_format import (
    as_json,
    decision_as_json,
    ordered,
    state_lines,
    table,
)
from reviewer.cli.findings_memory import find, opened
from reviewer.errors import ConfigError, UsageError
from reviewer.text import count

if TYPE_CHECKING:
    from reviewer.memory import Store
    from reviewer.memory.listing import Remembered

BASELINED = "present when the baseline was made"


@click.group(cls=common.Group, invoke_without_command=True, no_args_is_help=True)
@click.option(
    "--interactive", is_flag=True, help="Read and decide in a full-screen report (extra: tui)."
)
@click.pass_context
def findings(ctx: click.Context, interactive: bool) -> None:
    """List, show, dismiss and reopen the findings of earlier runs in this repository.

    \b
    reviewer findings list                                 the last run, dismissals included
    reviewer findings list --severity major --file 'src/'  some of them
    reviewer findings show 3f2a9c04d1e7                    everything about one finding
    reviewer findings dismiss 3f2a 81b0 --reason "…"       never report these again
    reviewer findings list --baseline .reviewer-baseline   share dismissals with the team

    The history is kept in your state directory, never in the repository. The first digits of an id
    are enough if only one finding has them.
    """
    if interactive and ctx.invoked_subcommand:
        raise UsageError(f"--interactive and {ctx.invoked_subcommand} exclude each other")
    if interactive:
        from reviewer.doors import tui

        ctx.exit(tui.findings(Path(), color=screen.color(sys.stderr)))


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
@findings_filter.options(states=True)
@common.style
def list_(every: bool, baseline: Path | None, style: str, **given: Any) -> None:
    """List the findings of the last run: id, severity, state, place, title.

    Several filters all have to agree; of several values of one, any will do.

    \b
    reviewer findings list --severity major --file 'src/**' --rule model
    reviewer findings list --all --format json | jq '.findings[] | select(.state == "open")'
    reviewer findings list --baseline .reviewer-baseline
    """
    from reviewer.memory import dismissals, listing
    from reviewer.outputs.page import wrap

    wanted = findings_filter.of(given)
    every = every or "fixed" in wanted.state
    if baseline is not None and wanted:
        raise UsageError("--baseline takes no filter: leave out the other options")
    with opened() as (store, repository):
        remembered = listing.remembered(store, repository, every=every)
        if baseline is not None:
            _write_baseline(store, repository, remembered if every else [], baseline)
        decided = dismissals.load(store, repository)
        complete = listing.last_run_complete(store, repository)
    shown = ordered(wanted.picked(remembered))
    if style == "json":
        known = {name for each in remembered for name in each.ids}
        others = [each for each in decided if every and not wanted and each.id not in known]
        report = {
            "findings": [as_json(each) for each in shown],
            "otherDismissals": [decision_as_json(each) for each in others],
        }
        click.echo(json.dumps(report, indent=2))
    elif shown:
        pager.show("\n".join(table(shown)))
    elif remembered:
        more = "" if every else "; --all adds earlier runs"
        said = f"No finding to list: {wanted.why_none(remembered)}{more}"
        click.echo("\n".join(wrap(said, screen.prose())))
    elif complete is not None and not every:
        click.echo("No finding in the last run here; --all adds earlier runs")
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
@click.argument("finding_id", metavar="ID", shell_complete=complete.findings)
@common.style
def show(finding_id: str, style: str) -> None:
    """Show everything about one finding: the code, the reason, what to do, and its history."""
    from reviewer.outputs.finding_text import finding_text
    from reviewer.outputs.page import Page

    with opened() as (store, repository):
        item = find(store, repository, finding_id)
    if style == "json":
        click.echo(json.dumps(as_json(item), indent=2))
        return
    page = Page(screen.columns(), color=screen.color(sys.stdout))
    lines = [*finding_text(page, item.finding, verbose=True), *state_lines(page, item)]
    pager.show("\n".join(lines))


findings.add_command(findings_decide.dismiss)
findings.add_command(findings_decide.reopen)


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
    with opened() as (store, repository):
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
