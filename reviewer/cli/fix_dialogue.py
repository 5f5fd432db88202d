"""The dialogue of `reviewer fix`: each fix is shown with its reasons, and the user decides."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli import pager, screen
from reviewer.errors import UsageError
from reviewer.text import one_line, scalar

if TYPE_CHECKING:
    from reviewer.events import Finding
    from reviewer.fixes.apply import Changes, Fix, Plan
    from reviewer.workspace import Repository

KEYS = {
    "y": "apply this fix",
    "n": "skip it (also the Enter key)",
    "a": "apply this fix and all that follow",
    "d": "dismiss the finding for good, with a reason",
    "e": "edit the new lines in $EDITOR, then apply them if they pass the checks",
    "q": "quit: skip this fix and all that follow",
    "?": "explain these keys",
}
_WORDS = {"yes": "y", "no": "n", "all": "a", "dismiss": "d", "edit": "e", "quit": "q"}
_EDITORS = ("sensible-editor", "vim", "nano", "vi")  # where neither VISUAL nor EDITOR names one
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")  # tells the editor the language
_EXPLAINED = "\n".join(
    [
        *(f"  {key}  {meaning}" for key, meaning in KEYS.items()),
        "Files are written after the last answer; `reviewer undo` undoes it all.",
    ]
)


class Dialogue:
    """What is said and asked. Text that others wrote is made harmless before it is printed."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def say(self, line: str) -> None:
        click.echo(one_line(scalar(line)))

    def warn(self, line: str) -> None:
        click.echo(f"reviewer: {one_line(scalar(line))}", err=True)

    def show(self, fix: Fix, counted: str = "") -> None:
        """`counted` says which of how many it is, if the user is asked: then why it is wrong and
        how it fails is told, too."""
        from reviewer.fixes import shown

        heading, *rest = shown.lines(fix, color=self.color)
        head = _head(fix.finding, counted, self.color) if counted else (heading,)
        for line in (*head, *rest):
            click.echo(line, color=self.color)

    def ask(self) -> str:
        """One of KEYS, but not `?`, which is answered here, as is all else: `abort` is no `a`."""
        while True:
            said = click.prompt(
                f"Apply this fix? [{'/'.join(KEYS)}]", default="n", show_default=False
            )
            answer = str(said).strip().lower()
            answer = _WORDS.get(answer, answer)
            if answer in KEYS and answer != "?":
                return answer
            click.echo(_EXPLAINED)


def choose(
    repository: Repository,
    selected: Sequence[Fix],
    allow: Sequence[str],
    dialogue: Dialogue,
    *,
    asking: bool,
) -> Plan:
    """Show each fix and plan those that the user wants and that apply together."""
    from reviewer.fixes import apply, stage

    if busy := stage.busy(repository):
        dialogue.warn(
            f"git is in the middle of {busy}: the fixes that you apply now become part of it"
        )
    plan = apply.Plan()
    for number, each in enumerate(selected, start=1):
        changes = apply.consider(plan, repository.root, each, allow)
        if changes is None:
            if each in plan.done:
                dialogue.say(f"{each.id} {each.finding.title}: already applied")
            continue
        dialogue.show(each, f"{number:,} of {len(selected):,}" if asking else "")
        answer = dialogue.ask() if asking else "y"
        if answer == "q":
            break
        if answer == "d":
            dismiss(repository, each.finding, dialogue)
        if answer == "a":
            asking = False
        if answer == "e":
            _take_edited(repository, plan, each, allow, dialogue)
        elif answer in ("y", "a"):
            apply.take(plan, each, changes)
    return plan


def dismiss(repository: Repository, finding: Finding, dialogue: Dialogue) -> None:
    """Ask why, and dismiss the finding; without a reason it is skipped."""
    from reviewer import memory

    reason = click.prompt(
        "Why is it not a problem?", default="", show_default=False, prompt_suffix=" "
    )
    if not str(reason).strip():
        dialogue.say("no reason given: skipped")
        return
    with memory.open_store(os.environ) as store:
        try:
            key = memory.repository_key(repository.common_dir)
            memory.dismiss(store, key, finding.id, str(reason))
        except UsageError as exc:  # the report is of another machine, or the reason is too long
            dialogue.say(f"not dismissed: {exc.message}")
            return
    dialogue.say(f"dismissed; undo with: reviewer findings reopen {finding.id}")


def _take_edited(
    repository: Repository, plan: Plan, fix: Fix, allow: Sequence[str], dialogue: Dialogue
) -> None:
    """Let the user edit the patch, prove it anew, and take it."""
    from reviewer.fixes import apply
    from reviewer.fixes.reprove import reproved

    edited = _edited(fix, dialogue)
    if edited is None:
        return
    alone = apply.Plan()
    if (own := apply.consider(alone, repository.root, edited, allow)) is not None:
        apply.take(alone, edited, own)
        contents = {each.path: each.new for each in alone.replacements}
        proof = asyncio.run(reproved(repository, contents))
        if isinstance(proof, str):
            dialogue.say(f"skipped: {proof}")
            return
        dialogue.say(f"edited, and proved again: {proof.verification}")
    changes: Changes | None = apply.consider(plan, repository.root, edited, allow)
    if changes is not None:
        apply.take(plan, edited, changes)


def _edited(fix: Fix, dialogue: Dialogue) -> Fix | None:
    """The fix with the lines, or the patch of several places, as the user edited them; None if they
    are unchanged, cannot be used or now touch other files."""
    from reviewer.fixes import edited, patch
    from reviewer.fixes.apply import Fix, names

    lines = edited.replacement(fix.diff)
    suffix = _SUFFIX.search(fix.finding.file_name)
    before = fix.diff if lines is None else lines
    editor = _editor()
    if not editor:
        dialogue.say("no editor was found: skipped; set EDITOR to one")
        return None
    try:
        after = click.edit(
            before,
            editor=shlex.join(editor),
            extension=".diff" if lines is None else suffix[0] if suffix else ".txt",
        )
    except click.ClickException as exc:
        dialogue.say(f"skipped: {exc.message}; set EDITOR to another editor")
        return None
    if after is None or after == before:
        dialogue.say("not edited: skipped")
        return None
    diff = edited.recounted(after) if lines is None else edited.with_replacement(fix.diff, after)
    changed = Fix(fix.finding, diff)
    if problem := patch.read(changed.diff)[1]:
        dialogue.say(f"skipped: {problem}")
        return None
    if not names(changed) <= names(fix):
        dialogue.say("the edited patch touches other files: skipped")
        return None
    return changed


def _editor() -> list[str]:
    """VISUAL, else EDITOR, else one that is installed, as an argument list; empty for none."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    lines = [named] if named else _EDITORS
    return next(filter(None, (pager.installed(each, os.environ, Path.cwd()) for each in lines)), [])


def _head(finding: Finding, counted: str, color: bool) -> Iterator[str]:
    from reviewer.outputs.page import Page, clean, inline
    from reviewer.outputs.wording import place
    from reviewer.text import cut

    page = Page(screen.columns(), color=color)
    where = place(finding.file_name, finding.start_line)
    yield f"{counted}  {finding.id}  {finding.severity}  {where}"
    yield from page.field("", inline(finding.title), style="bold", gutter=2)
    if finding.comment.strip() not in ("", finding.title.strip()):
        yield from page.field("why", clean(cut(finding.comment, 2000)))
    if finding.failure_scenario.strip():
        yield from page.field("fails", clean(cut(finding.failure_scenario, 2000)))
