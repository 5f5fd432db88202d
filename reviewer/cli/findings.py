"""`reviewer findings`: what the runs in this repository have found, and what was decided about
it."""

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
from reviewer.cli.findings_shown import as_json, columns, decision_as_json, life, ordered, table
from reviewer.errors import ConfigError, UsageError
from reviewer.text import count

if TYPE_CHECKING:
    from reviewer.memory import Store
    from reviewer.memory.listing import Remembered

ACCEPTED = "there when the baseline was made"


@click.group(invoke_without_command=True, no_args_is_help=True)
@click.option(
    "--interactive", is_flag=True, help="Read and decide in a full-screen report (extra: tui)."
)
@click.pass_context
def findings(ctx: click.Context, interactive: bool) -> None:
    """What the runs in this repository have found, and what was decided about it.

    \b
    reviewer findings list                                 the last run, with what is dismissed
    reviewer findings show 3f2a9c04d1e7                    all about one finding
    reviewer findings dismiss 3f2a9c04d1e7 --reason "…"    it does not come back
    reviewer findings list --baseline .reviewer-baseline   what is dismissed, for everybody

    The history is kept in your state directory, never in the repository. A few digits of an id are
    enough where they name one finding only.
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
    help="Everything that any run here has found, also what was fixed.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=(
        "Write what is dismissed to FILE, to be committed; with --all, everything that is not"
        " fixed."
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
        found = listing.remembered(store, repository, every=every)
        if baseline is not None:
            _write_baseline(store, repository, found if every else [], baseline)
        decided = dismissals.load(store, repository)
        complete = listing.last_run_complete(store, repository)
    shown = ordered(found)
    if style == "json":
        known = {each.finding.id for each in found}
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
            "No findings recorded here: `reviewer` reviews the change and remembers what it finds."
        )
    if complete is False and not every:
        click.echo(
            "reviewer: the last run here was incomplete: what it did not review is not in this"
            " list",
            err=True,
        )


@findings.command()
@click.argument("finding_id", metavar="ID")
@common.style
def show(finding_id: str, style: str) -> None:
    """Show everything about one finding: the code, why, what to do, its state and since when."""
    from reviewer.outputs.finding_text import finding_text
    from reviewer.outputs.page import Page, write

    with _memory() as (store, repository):
        each = _one(store, repository, finding_id)
    if style == "json":
        click.echo(json.dumps(as_json(each), indent=2))
        return
    page = Page(columns(), color=options.color("auto", sys.stdout))
    write(
        sys.stdout,
        "\n".join([*finding_text(page, each.finding, verbose=True), *life(page, each), ""]),
    )


@findings.command()
@click.argument("finding_id", metavar="ID")
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Why it is no problem here; kept with the decision.",
)
@common.style
def dismiss(finding_id: str, reason: str, style: str) -> None:
    """Decide against a finding: it is not reported again, also when lines move or its file is
    renamed.

    \b
    reviewer findings dismiss 3f2a9c --reason "the input is checked in parse()"
    """
    from reviewer import memory

    with _memory() as (store, repository):
        each = _one(store, repository, finding_id)
        made = memory.dismiss(store, repository, each.finding.id, reason)
    _say(
        style,
        {"id": made.id, "state": "dismissed", "reason": made.reason},
        f"dismissed {made.id}",
        each,
    )


@findings.command()
@click.argument("finding_id", metavar="ID")
@common.style
def reopen(finding_id: str, style: str) -> None:
    """Take a decision back: the finding is reported again when it is still there."""
    from reviewer import memory
    from reviewer.memory import dismissals

    with _memory() as (store, repository):
        known = [entry.id for entry in dismissals.load(store, repository)]
        made = memory.reopen(store, repository, _whole_id(finding_id, known, "dismissed finding"))
    _say(style, {"id": made.id, "state": "open"}, f"reopened {made.id}", None)


@findings.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dismissals", "decisions", is_flag=True, help="Also what was dismissed here.")
@click.option(
    "--cache", "replies", is_flag=True, help="Also every remembered reply, of all repositories."
)
@common.style
def clear(yes: bool, decisions: bool, replies: bool, style: str) -> None:
    """Forget the runs and findings of this repository. What was dismissed stays, unless
    --dismissals is given."""
    from reviewer.memory import listing

    what = "the history of this repository" + (", with all dismissals" if decisions else "")
    what += ", and all remembered replies" if replies else ""
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"nothing was removed: say --yes to forget {what}")
    with _memory() as (store, repository):
        if not yes:
            click.confirm(f"Forget {what}?", abort=True, err=True)
        removed = listing.clear(store, repository, decisions=decisions, replies=replies)
        if removed is None:
            raise ConfigError(
                f"nothing was removed: {store.warning or 'the memory cannot be written'}"
            )
    if style == "json":
        click.echo(json.dumps({"removed": removed}))
    else:
        click.echo(f"forgotten: {what} ({count(removed, 'finding')})")


@contextmanager
def _memory() -> Iterator[tuple[Store, str]]:
    """The memory, and the key of the repository around the working directory. Raises ConfigError
    when it cannot be read: an empty list would not be true."""
    from reviewer import memory, workspace

    repository = memory.repository_key(workspace.open_repository(Path()).common_dir)
    with memory.open_store(os.environ) as store:
        if not store.usable:
            raise ConfigError(store.warning)
        if store.warning:
            click.echo(f"reviewer: {store.warning}", err=True)
        yield store, repository


def _one(store: Store, repository: str, given: str) -> Remembered:
    """The finding whose id begins with what was given, wherever it was found last."""
    from reviewer.memory import listing

    found = {each.finding.id: each for each in listing.remembered(store, repository, every=True)}
    return found[_whole_id(given, list(found), "finding")]


def _whole_id(given: str, known: Sequence[str], noun: str) -> str:
    from reviewer import text

    name = text.one_line(given)
    alike = [each for each in known if given and each.startswith(given.lower())]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise UsageError(
            f"{name} is short for {len(alike)} ids ({', '.join(alike[:3])}, …): give more digits"
        )
    raise UsageError(f"no {noun} {name} is remembered here: see `reviewer findings list --all`")


def _say(style: str, values: dict[str, Any], said: str, each: Remembered | None) -> None:
    if style == "json":
        click.echo(json.dumps(values))
        return
    from reviewer.outputs.page import inline

    click.echo(said + (f" ({inline(each.finding.title)})" if each else ""))


def _write_baseline(
    store: Store, repository: str, found: Sequence[Remembered], target: Path
) -> None:
    """Add to the file what is dismissed here, and `found` where it is not fixed. What others have
    put there stays: a line is taken out by hand."""
    from reviewer import memory, text
    from reviewer.memory import dismissals

    entries = {entry.id: entry for entry in dismissals.load(store, repository)}
    for each in found:
        if each.state in ("new", "open"):
            entries[each.finding.id] = memory.Dismissal(
                id=each.finding.id,
                fingerprint=each.fingerprint,
                path=each.path,
                title=each.finding.title,
                reason=ACCEPTED,
            )
    name = text.one_line(str(target))
    try:
        before = (
            memory.parse_baseline(target.read_bytes()) if target.exists() else memory.Baseline()
        )
        if before.ignored:
            raise UsageError(
                f"--baseline: {before.ignored} lines of {name} are no dismissals; correct or remove"
                " them"
            )
        merged = {entry.id: entry for entry in before.entries} | entries
        target.write_bytes(memory.dump_baseline(merged.values()))
    except OSError as exc:
        raise UsageError(f"--baseline: cannot write {name}: {exc.strerror}") from None
    click.echo(f"{count(len(merged), 'dismissal')} in {name}: commit it", err=True)
