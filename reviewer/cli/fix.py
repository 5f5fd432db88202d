"""`reviewer fix`: applies proved patches to the worktree, on confirmation."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common, options
from reviewer.errors import ConfigError, Exit, UsageError
from reviewer.text import count, one_line, scalar
from reviewer.types import SEVERITIES

if TYPE_CHECKING:
    from reviewer.events import Finding
    from reviewer.fixes.apply import Fix
    from reviewer.workspace import Repository

LEVELS = ("applies", "parses", "clean", "tests_pass")
EPILOG = """\b
Each fix is shown and asked about: y applies it, n leaves it, e opens the patch in
your editor, q leaves the rest. Nothing is written before the last question is answered, and
`reviewer undo` takes it all back.

\b
Exit codes:
  0    everything that was selected is applied (or was declined by you)
  1    some fixes were refused: each is listed with its reason
  2    wrong options, or nobody there to ask
  4    could not run or could not write: nothing was changed

\b
Examples:
  reviewer --format json > review.json; reviewer fix --from review.json
  reviewer fix 3f2a9c0d71be --yes
  reviewer fix --all --severity major --dry-run
"""


@click.command(
    epilog=EPILOG,
    context_settings=common.HELP,
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="All findings that have a patch (the default with a terminal).",
)
@click.option(
    "--severity", type=click.Choice(SEVERITIES), help="Only findings at least this severe."
)
@click.option(
    "--min-verification",
    type=click.Choice(LEVELS),
    default="clean",
    show_default=True,
    help="How much must be proved about a patch.",
)
@click.option(
    "-i", "--interactive", is_flag=True, help="Ask about each fix (the default without --yes)."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Apply without asking.")
@click.option("--stage", is_flag=True, help="Also put the fixes, and nothing else, into the index.")
@click.option(
    "--allow",
    multiple=True,
    metavar="PATH",
    help="Allow a protected file, such as a workflow (repeatable).",
)
@click.option(
    "--from", "source", metavar="FILE", help="A report (json or ndjson), or - for standard input."
)
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
)
@click.pass_context
def fix(ctx: click.Context, /, **given: Any) -> None:
    """Apply fixes of the last review to the worktree.

    ID is a finding's id, or its first characters. A fix is refused when its file has changed since
    the review, when it overlaps another one, and when it would touch what other programs run.
    """
    from reviewer import workspace
    from reviewer.fixes import apply, report, service

    if given["interactive"] and given["yes"]:
        raise UsageError("--interactive and --yes exclude each other")
    asking = not (given["yes"] or given["dry_run"])
    terminal = sys.stdin.isatty()
    if not (given["ids"] or given["everything"] or given["severity"] or (asking and terminal)):
        raise UsageError("name the findings to fix, or give --all")
    repository = workspace.open_repository(Path())
    service.recover(repository.root)
    found = report.load(given["source"]) if given["source"] else last_findings(repository)
    selected, left = report.select(
        found, given["ids"], given["severity"], given["min_verification"]
    )
    talk = _Talk(options.color(given["color"], sys.stdout))
    if asking and not terminal and selected:
        for each in apply.plan(repository.root, selected, given["allow"]).accepted:
            talk.show(each)
        raise UsageError(
            "nothing was applied: there is no terminal to ask on; give --yes to apply, or --dry-run"
        )
    refused = [*left]
    taken = _choose(repository, selected, given, talk, refused, asking=asking)
    if not selected and not refused:
        talk.say(
            "nothing to apply: no finding has a patch that is proved as far as"
            f" {given['min_verification']}"
        )
    elif given["dry_run"]:
        talk.say(f"{count(len(taken), 'fix', 'fixes')} would be applied")
    elif taken:
        refused += _write(repository, taken, given, talk)
    for finding, reason in refused:
        talk.say(f"refused {finding.id} {finding.title}: {reason}")
    ctx.exit(Exit.FINDINGS if refused else Exit.OK)


def last_findings(repository: Repository) -> list[Finding]:
    """The findings of the last run in this repository, without those that were dismissed or are
    fixed."""
    from reviewer import memory
    from reviewer.memory import listing

    with memory.open_store(os.environ) as store:
        if not store.usable:
            raise ConfigError(f"{store.warning}; give the findings of a review with --from FILE")
        known = listing.remembered(store, memory.repository_key(repository.common_dir))
    return [each.finding for each in known if each.state in ("new", "open")]


def _choose(
    repository: Repository,
    selected: Sequence[Fix],
    given: dict[str, Any],
    talk: _Talk,
    refused: list[tuple[Finding, str]],
    *,
    asking: bool,
) -> list[Fix]:
    """Show each fix and take those that the user wants and that go together; what does not is added
    to `refused`."""
    from reviewer.fixes import apply, stage

    if busy := stage.busy(repository):
        talk.warn(f"git is in the middle of {busy}: what you apply now becomes part of it")
    plan, allow = apply.Plan(), given["allow"]
    for each in selected:
        found = apply.consider(plan, repository.root, each, allow)
        if found is None:
            if each in plan.done:
                talk.say(f"{each.id} {each.finding.title}: already applied")
            continue
        talk.show(each)
        answer = talk.ask() if asking else "y"
        if answer == "q":
            break
        if answer == "e" and (edited := talk.edit(each)):
            found = apply.consider(plan, repository.root, edited, allow)
            each, answer = edited, "y" if found else "n"
        if answer == "y" and found:
            apply.take(plan, each, found)
    refused += [(fix.finding, reason) for fix, reason in plan.refused]
    return plan.accepted


def _write(
    repository: Repository, taken: Sequence[Fix], given: dict[str, Any], talk: _Talk
) -> list[tuple[Finding, str]]:
    """Write what was agreed to, and return what is refused after all: what has changed while we
    were asking."""
    from reviewer.fixes import service
    from reviewer.memory import FeedbackLog

    feedback = FeedbackLog(os.environ, repository.common_dir)
    written = service.apply(repository, taken, feedback, given["allow"], index=given["stage"])
    if written.run:
        fixes = count(len(written.accepted), "fix", "fixes")
        files = count(len(written.run.manifest.files), "file")
        staged = " and staged them" if given["stage"] else ""
        talk.say(f"applied {fixes} in {files}{staged}; take back with: reviewer undo")
    return [(fix.finding, reason) for fix, reason in written.refused]


class _Talk:
    """What the user sees and says. All that others wrote is made harmless on the way out."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def say(self, line: str) -> None:
        click.echo(one_line(scalar(line)))

    def warn(self, line: str) -> None:
        click.echo(f"reviewer: {one_line(scalar(line))}", err=True)

    def show(self, fix: Fix) -> None:
        from reviewer.fixes import shown

        for line in shown.lines(fix, color=self.color):
            click.echo(line, color=self.color)

    def ask(self) -> str:
        while True:
            answer = (
                str(click.prompt("Apply this fix? [y/n/e/q]", default="n", show_default=False))
                .strip()
                .lower()[:1]
            )
            if answer in ("y", "n", "e", "q"):
                return answer

    def edit(self, fix: Fix) -> Fix | None:
        """The fix with its patch as the user edited it, None when it was left as it is or made one
        of other files."""
        from reviewer.fixes import edited
        from reviewer.fixes.apply import Fix, names

        said = click.edit(fix.diff, extension=".diff")
        if said is None or said == fix.diff:
            self.say("not edited: left out")
            return None
        made = Fix(fix.finding, edited.recounted(said))
        if names(made) != names(fix):
            self.say("not a patch of the same files any more: left out")
            return None
        self.say("edited: none of the checks covers it any more")
        return made
