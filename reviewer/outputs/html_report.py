"""`--format html`: the report as one self-contained page: no server, no network, no permission.

The page works without its script; the script sorts, filters and folds existing elements, and never
makes an element from text. Foreign text is escaped here, and the policy in the head allows only our
own style and script, so that it can do harm only after two mistakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from reviewer.events import Complete, Event, Finding, Heartbeat
from reviewer.outputs import html_page
from reviewer.outputs import html_pictures as pictures
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import Ending, ending
from reviewer.outputs.html_finding import card, escaped, plain
from reviewer.outputs.page import write
from reviewer.outputs.wording import (
    against,
    duration,
    engine,
    ordered,
    share,
    thought_about,
    why_skipped,
    why_unreviewed,
)
from reviewer.text import count
from reviewer.types import SEVERITIES

OPEN = 12  # findings shown unfolded, most severe first
HERE = Path(__file__).parent
SORTS = {
    "severity": "most severe first",
    "file": "by file and line",
    "category": "by category",
    "confidence": "most confident first",
}


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> HtmlReport:
    return HtmlReport(stream)


class HtmlReport(CollectedRun):
    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.beats: list[Heartbeat] = []

    def emit(self, event: Event) -> None:
        super().emit(event)
        if isinstance(event, Heartbeat):
            self.beats.append(event)

    def close(self) -> None:
        end = ending(self)
        page = html_page.framed(f"Review: {plain(end.line)}", HERE, self._body(end))
        write(self.stream, "\n".join(page) + "\n")

    def _body(self, end: Ending) -> Iterator[str]:
        findings = ordered(self.findings)
        yield from self._header(end)
        yield from self._pictures(end)
        if findings:
            yield from _controls(findings)
        yield '<main id="findings">'
        for number, finding in enumerate(findings):
            yield card(finding, unfolded=number < OPEN)
        yield "</main>"
        yield from self._files(end)

    def _header(self, end: Ending) -> Iterator[str]:
        tool = self.context.tool if self.context else None
        name = f"{tool.name} {tool.version}" if tool else "gemma-reviewer"
        yield (
            f'<header class="{end.style}">\n<p'
            f' class="tool">{plain(name)}</p>\n<h1>{plain(end.line)}</h1>'
        )
        if end.message:
            yield f'<p class="said">{escaped(end.message)}</p>'
        yield '<dl class="facts">'
        for label, text in self._facts(end):
            yield f"<div><dt>{label}</dt><dd>{plain(text)}</dd></div>"
        yield "</dl>\n</header>"

    def _facts(self, end: Ending) -> Iterator[tuple[str, str]]:
        if self.context:
            yield "Reviewed", against(self.context)
            yield "By", engine(self.context)
        if isinstance(self.end, Complete):
            usage, cache = self.end.usage, self.end.cache
            cached = share(usage.cached_tokens, usage.prompt_tokens)
            yield "Time", duration(self.end.duration_seconds) + _proofs(self.findings)
            if usage.calls:
                tokens = (
                    f"{usage.prompt_tokens:,} tokens in ({cached} cached),"
                    f" {usage.completion_tokens:,} out{thought_about(usage.thinking_tokens)}"
                )
                yield "Model", f"{count(usage.calls, 'call')}, {tokens}"
            if cache.hits:
                yield "From cache", f"{cache.hits:,} of {count(cache.hits + cache.misses, 'unit')}"
            if self.end.resolved:
                yield (
                    "Resolved",
                    f"{count(len(self.end.resolved), 'earlier finding')} no longer there",
                )
        yield "Exit code", str(end.exit_code)

    def _pictures(self, end: Ending) -> Iterator[str]:
        if not isinstance(self.end, Complete):
            return
        parts = {
            "reviewed": len(self.end.reviewed_files),
            "skipped": len(self.end.skipped_files),
            "unreviewed": len(end.unreviewed) + end.unnamed,
        }
        yield '<section class="pictures" aria-label="Charts">'
        yield pictures.coverage(parts)
        if self.findings:
            numbers = Counter(finding.severity for finding in self.findings)
            yield pictures.bars(
                "Findings", {severity: numbers[severity] for severity in SEVERITIES}
            )
        seconds = self.end.duration_seconds
        yield pictures.timing(self.beats, seconds, whole=not end.incomplete) + "</section>"

    def _files(self, end: Ending) -> Iterator[str]:
        if not isinstance(self.end, Complete):
            return
        unreviewed = [(file.file_name, why_unreviewed(file)) for file in end.unreviewed]
        if end.unnamed:
            unreviewed.append((f"and {end.unnamed:,} more", ""))
        skipped = [(file.file_name, why_skipped(file)) for file in self.end.skipped_files]
        reviewed = [(name, "") for name in self.end.reviewed_files]
        yield '<section class="files" aria-label="Files">'
        for name, files in (
            ("Not reviewed", unreviewed),
            ("Skipped", skipped),
            ("Reviewed", reviewed),
        ):
            if not files:
                continue
            number = len(files) + (end.unnamed - 1 if end.unnamed and name == "Not reviewed" else 0)
            opened = " open" if name == "Not reviewed" else ""
            yield f"<details{opened}><summary>{name}: {count(number, 'file')}</summary>\n<ul>"
            for path, reason in files:
                note = f" <small>{reason}</small>" if reason else ""
                yield f"<li><code>{plain(path)}</code>{note}</li>"
            yield "</ul></details>"
        yield "</section>"


def _proofs(findings: list[Finding]) -> str:
    """The work on proofs. They run beside each other and beside the review, so they are no part of
    its time."""
    patches = [finding.patch for finding in findings if finding.patch]
    seconds = sum(check.duration_seconds for patch in patches for check in patch.checks)
    return f", and {duration(seconds)} of work on patches meanwhile" if seconds else ""


def _controls(findings: list[Finding]) -> Iterator[str]:
    """The controls of the script; hidden until it runs."""
    yield (
        '<form class="controls" id="controls" hidden>\n<fieldset'
        ' class="severities"><legend>Severity</legend>'
    )
    numbers = Counter(finding.severity for finding in findings)
    for severity in SEVERITIES:
        if numbers[severity]:
            box = f'<input type="checkbox" name="severity" value="{severity}" checked>'
            yield (
                f'<label class="chip {severity}">{box}{severity} <b>{numbers[severity]}</b></label>'
            )
    yield "</fieldset>"
    yield from _select(
        "category", "Category", {each.category: _words(each.category) for each in findings}
    )
    yield from _select(
        "file", "File", {plain(each.file_name): plain(each.file_name) for each in findings}
    )
    sorts = "".join(f'<option value="{value}">{text}</option>' for value, text in SORTS.items())
    yield f'<label>Order<select name="sort">{sorts}</select></label>'
    yield (
        '<label>Search<input type="search" name="search" autocomplete="off"'
        ' spellcheck="false"></label>'
    )
    yield (
        '<p class="actions"><output id="shown"></output><button type="button" id="unfold">Unfold'
        " all</button>"
    )
    yield '<button type="button" id="fold">Fold all</button></p>\n</form>'


def _select(name: str, label: str, options: dict[str, str]) -> Iterator[str]:
    """A select element; `options` are already HTML."""
    yield f'<label>{label}<select name="{name}"><option value="">all</option>'
    for value in sorted(options):
        yield f'<option value="{value}">{options[value]}</option>'
    yield "</select></label>"


def _words(category: str) -> str:
    return category.removeprefix("functional_").replace("_", " ")
