"""How a run ended, for formats in which an empty report would look clean: one line, and what was
not reviewed."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.events import Complete, Finding, UnreviewedFile
from reviewer.findings.rules import rule_name
from reviewer.outputs.collected import NO_END, CollectedRun
from reviewer.outputs.page import clean, inline
from reviewer.outputs.places import old_note
from reviewer.outputs.wording import PREEXISTING, also_at, verdict, why_unreviewed
from reviewer.text import count, cut


@dataclass(frozen=True, slots=True)
class Ending:
    style: str  # good | bold | warn | bad
    line: str  # the verdict
    message: str  # further messages of the run, on any number of lines; "" for none
    unreviewed: tuple[UnreviewedFile, ...]
    unnamed: int  # further unreviewed files, whose names are not known
    exit_code: int

    @property
    def incomplete(self) -> bool:
        """Something that should have been reviewed was not."""
        return self.style == "bad"

    @property
    def smoke(self) -> bool:
        """The model was only a smoke test: finding nothing means nothing."""
        return self.line.startswith("SMOKE RUN")


def ending(run: CollectedRun) -> Ending:
    end = run.end
    if not isinstance(end, Complete):
        so_far = f"; {count(len(run.findings), 'finding')} so far" if run.findings else ""
        reason = inline(cut(end.message if end else NO_END, 4000))
        return Ending("bad", f"INCOMPLETE: {reason}{so_far}", "", (), 0, 4)
    style, line = verdict(run.context, end, run.findings)
    message = "" if end.message == "Review completed" else clean(cut(end.message, 4000)).strip()
    unnamed = max(0, end.unreviewed_file_count - len(end.unreviewed_files))
    return Ending(style, line, message, tuple(end.unreviewed_files), unnamed, end.exit_code)


def title_of(finding: Finding) -> str:
    """One line, never empty. For removed lines it includes where they were."""
    note = old_note(finding)
    return (inline(cut(finding.title, 300)).strip() or "Unnamed problem") + (
        f" ({note})" if note else ""
    )


def why(finding: Finding) -> str:
    """The comment, clean, on any number of lines; "" if it only repeats the title."""
    comment = clean(cut(finding.comment, 4000)).strip()
    return "" if inline(comment) == inline(finding.title).strip() else comment


def advice(finding: Finding) -> str:
    """What to do, taken from the instructions (see prompts/instructions.md); "" if they have no
    such part."""
    return clean(cut(finding.codegen_instructions.partition("\nWhat to do: ")[2], 4000)).strip()


def paragraphs(finding: Finding) -> list[str]:
    """The finding beyond its title: why, how it fails, what to do, and where else."""
    fails, todo = clean(cut(finding.failure_scenario, 4000)).strip(), advice(finding)
    others = also_at(finding)
    parts = [
        f"This {PREEXISTING}." if finding.preexisting else "",
        why(finding),
        f"How it fails: {fails}" if fails else "",
        f"What to do: {todo}" if todo else "",
        f"Also at: {others}" if others else "",
    ]
    return list(filter(None, parts))


def not_reviewed(file: UnreviewedFile) -> str:
    return f"Not reviewed: {why_unreviewed(file)}"


def rule_of(finding: Finding) -> str:
    """`rule_name`, to print."""
    return cut(inline(rule_name(finding)), 200)
