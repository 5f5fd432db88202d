"""`reviewer fix`: applies proved patches to the worktree, after confirmation."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common, complete, screen
from reviewer.cli.fix_dialogue import Dialogue, choose
from reviewer.errors import ConfigError, Exit, UsageError
from reviewer.text import count
from reviewer.types import SEVERITIES

if TYPE_CHECKING:
    from reviewer.events import Finding
    from reviewer.fixes.apply import Fix
    from reviewer.workspace import Repository

LEVELS = ("applies", "parses", "clean", "tests_pass")
EPILOG = """
Each fix is shown with its reasons: y applies it, n skips it, a applies it and all that follow,
d dismisses the finding, e edits the new lines, q skips the rest, ? explains the keys. No file is
written before the last answer, and `reviewer undo` undoes it all.

\b
Exit codes:
  0    every selected fix was applied, or you declined it
  1    some fixes were refused: each is listed with its reason
  2    wrong options, or no terminal for the questions
  4    could not run or could not write: nothing was changed

\b
Examples:
  reviewer --format json > review.json; reviewer fix --from review.json
  reviewer fix 3f2a9c0d71be --yes
  reviewer fix --all --severity major --dry-run
"""


@click.command(cls=common.Command, epilog=EPILOG)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete.findings)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="All findings that have a patch (the default on a terminal).",
)
@click.option(
    "--severity", type=click.Choice(SEVERITIES), help="Only findings at least this severe."
)
@click.option(
    "--min-verification",
    type=click.Choice(LEVELS),
    default="clean",
    show_default=True,
    help="The proof that a patch must have, at least.",
)
@click.option(
    "-i", "--interactive", is_flag=True, help="Ask about each fix (the default without --yes)."
)
@click.option("--dry-run", is_flag=True, help="Show what would be applied; write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Apply without asking.")
@click.option("--stage", is_flag=True, help="Also stage the fixes, and nothing else.")
@click.option(
    "--allow",
    multiple=True,
    metavar="PATH",
    help="Allow a protected file, such as a workflow (repeatable).",
)
@click.option(
    "--from",
    "source",
    metavar="FILE",
    shell_complete=complete.files,
    help="A report (json or ndjson), or - for standard input.",
)
@common.color()
@click.pass_context
def fix(ctx: click.Context, /, **given: Any) -> None:
    """Apply fixes of the last review to the worktree.

    ID is the id of a finding or of one of its places, or its first characters. A fix is refused if
    its file has changed since the review, if it overlaps another fix, or if it touches a file that
    other programs run.
    """
    from reviewer import workspace
    from reviewer.findings import other_place
    from reviewer.fixes import apply, report, service

    if given["interactive"] and given["yes"]:
        raise UsageError("--interactive and --yes exclude each other")
    asking = not (given["yes"] or given["dry_run"])
    terminal = sys.stdin.isatty()
    if not (given["ids"] or given["everything"] or given["severity"] or (asking and terminal)):
        raise UsageError("no findings were named: give their ids, or --all")
    repository = workspace.open_repository(Path())
    service.recover(repository.root)
    findings = report.load(given["source"]) if given["source"] else last_findings(repository)
    selected, unfit = report.select(
        findings, given["ids"], given["severity"], given["min_verification"]
    )
    dialogue = Dialogue(screen.color(sys.stdout))
    for prefix in given["ids"]:
        if said := other_place(report.meant(findings, prefix), prefix):
            dialogue.say(said)
    if asking and not terminal and selected:
        for each in apply.plan(repository.root, selected, given["allow"]).accepted:
            dialogue.show(each)
        raise UsageError(
            "nothing was applied: there is no terminal for the questions; give --yes to apply, or"
            " --dry-run"
        )
    plan = choose(repository, selected, given["allow"], dialogue, asking=asking)
    accepted, refused = plan.accepted, [*unfit, *((fix.finding, why) for fix, why in plan.refused)]
    if not selected and not refused:
        dialogue.say(
            "nothing to apply: no finding has a patch proved to --min-verification"
            f" {given['min_verification']}"
        )
    elif given["dry_run"]:
        dialogue.say(f"{count(len(accepted), 'fix', 'fixes')} would be applied")
    elif accepted:
        refused += _write(repository, accepted, given, dialogue)
    for finding, reason in refused:
        dialogue.say(f"refused {finding.id} {finding.title}: {reason}")
    ctx.exit(Exit.FINDINGS if refused else Exit.OK)


def last_findings(repository: Repository) -> list[Finding]:
    """The findings of the last run in this repository, without those dismissed or fixed."""
    from reviewer import memory
    from reviewer.memory import listing

    with memory.open_store(os.environ) as store:
        if not store.usable:
            raise ConfigError(f"{store.warning}; give the findings of a review with --from FILE")
        known = listing.remembered(store, memory.repository_key(repository.common_dir))
    return [each.finding for each in known if each.state in ("new", "open")]


def _write(
    repository: Repository, accepted: Sequence[Fix], given: dict[str, Any], dialogue: Dialogue
) -> list[tuple[Finding, str]]:
    """Write the accepted fixes, and return those refused after all because their file changed
    during the questions."""
    from reviewer.fixes import service
    from reviewer.memory import FeedbackLog

    feedback = FeedbackLog(os.environ, repository.common_dir)
    written = service.apply(repository, accepted, feedback, given["allow"], index=given["stage"])
    if written.run:
        fixes = count(len(written.accepted), "fix", "fixes")
        files = count(len(written.run.manifest.files), "file")
        staged = " and staged them" if given["stage"] else ""
        dialogue.say(f"applied {fixes} in {files}{staged}; undo with: reviewer undo")
    return [(fix.finding, reason) for fix, reason in written.refused]
