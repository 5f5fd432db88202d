"""How a run ended, for formats in which silence would look clean: one line, and what was not
reviewed."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.events import Complete, Finding, UnreviewedFile
from reviewer.outputs.page import clean, inline
from reviewer.outputs.places import old_note
from reviewer.outputs.whole import NO_END, WholeRun
from reviewer.outputs.wording import REASONS, verdict
from reviewer.text import count, cut


@dataclass(frozen=True, slots=True)
class Ending:
    style: str  # good | bold | warn | bad
    line: str  # the verdict
    message: str  # what else the run has to say, on any number of lines; "" for nothing
    unreviewed: tuple[UnreviewedFile, ...]
    unnamed: int  # further unreviewed files, whose names are not known
    exit_code: int

    @property
    def incomplete(self) -> bool:
        """Something that should have been reviewed was not."""
        return self.style == "bad"

    @property
    def smoke(self) -> bool:
        """A model that is no reviewer looked: that nothing was found means nothing."""
        return self.line.startswith("SMOKE RUN")


def ending(run: WholeRun) -> Ending:
    end = run.end
    if not isinstance(end, Complete):
        so_far = f"; {count(len(run.findings), 'finding')} so far" if run.findings else ""
        said = inline(cut(end.message if end else NO_END, 4000))
        return Ending("bad", f"INCOMPLETE: {said}{so_far}", "", (), 0, 4)
    style, line = verdict(run.context, end, run.findings)
    message = "" if end.message == "Review completed" else clean(cut(end.message, 4000)).strip()
    unnamed = max(0, end.unreviewed_file_count - len(end.unreviewed_files))
    return Ending(style, line, message, tuple(end.unreviewed_files), unnamed, end.exit_code)


def title_of(finding: Finding) -> str:
    """One line, never empty; that of lines that are gone says where they were."""
    note = old_note(finding)
    return (inline(cut(finding.title, 300)).strip() or "Unnamed problem") + (
        f" ({note})" if note else ""
    )


def why(finding: Finding) -> str:
    """The comment, clean, on any number of lines; "" where it says no more than the title."""
    said = clean(cut(finding.comment, 4000)).strip()
    return "" if inline(said) == inline(finding.title).strip() else said


def advice(finding: Finding) -> str:
    """What the instructions say is to be done (see prompts/instructions.md), "" where they do not
    say it apart."""
    return clean(cut(finding.codegen_instructions.partition("\nWhat to do: ")[2], 4000)).strip()


def paragraphs(finding: Finding) -> list[str]:
    """What the finding says beyond its title: why, what goes wrong, and what is to be done."""
    fails, todo = clean(cut(finding.failure_scenario, 4000)).strip(), advice(finding)
    said = [
        why(finding),
        f"Fails like this: {fails}" if fails else "",
        f"What to do: {todo}" if todo else "",
    ]
    return list(filter(None, said))


def not_reviewed(file: UnreviewedFile) -> str:
    return f"Not reviewed: {REASONS[file.reason]}"


def rule_of(finding: Finding) -> str:
    """A name for what found it: `ty/missing-argument`, or `model/security` where there is no
    rule."""
    source = inline(finding.source.removeprefix("analyzer:")) or "reviewer"
    return cut(f"{source}/{inline(finding.rule or '') or finding.category}", 200)
