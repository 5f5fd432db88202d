"""`--agent` and `--format ndjson`: every event as one line, immediately.

The whole stream stays below LIMIT bytes, because consumers stop reading there. Single texts have
caps that no normal event reaches; as the room for findings runs out, each may use only a share of
what is left. Texts are cut before serialization and carry a mark, so a line is always a valid
event. Places and file names are never cut, and a patch is complete or absent: half a patch could
apply to the wrong lines.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import accumulate, takewhile
from typing import Any, TextIO

from reviewer import events
from reviewer.events import Complete, Error, Event, Finding, Quote, ReviewContext
from reviewer.text import count, cut

LIMIT = 4 * 1024 * 1024
FOR_COMPLETE = 512 * 1024  # bytes that no other event may use
FOR_FINDINGS = (
    LIMIT - FOR_COMPLETE - 512 * 1024
)  # the rest is for heartbeats: 16 hours of them, 10 s apart
PART = 64  # one finding may take 1/PART of the room left for findings
ALWAYS = 2560  # but at least this many bytes
CAPS = {"title": 300, "comment": 4000, "failure_scenario": 4000, "codegen_instructions": 8000}
DIFF, QUOTE, WHY, SUGGESTION, ITEMS, PLACES = 32_000, 2000, 500, 2000, 10, 100
SHORTEST = 400  # characters that a cut text keeps, however little room there is
SHORT = 1000  # cap of names, messages and details
PATHS, DETAILS = 64 * 1024, 16  # bytes of paths in the context; entries in an error's details


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Ndjson:
    return Ndjson(stream)


class Ndjson:
    def __init__(self, stream: TextIO) -> None:
        self._stream, self._sent, self._sent_findings, self._unsent = stream, 0, 0, 0

    def emit(self, event: Event) -> None:
        match event:
            case Finding():
                room = FOR_FINDINGS - self._sent
                line = _finding_line(event, room)
                if len(line) > room:
                    self._unsent += 1
                    return
                self._sent_findings += 1
            case Complete():
                line = _complete_line(self._counted(event), LIMIT - self._sent - 2)
            case Error():
                line = events.line(_short_error(event))
            case ReviewContext():
                line = events.line(_short_context(event))
            case _:
                line = events.line(event)
                if self._sent + len(line) + 1 > LIMIT - FOR_COMPLETE:
                    return
        self._stream.write(line + "\n")
        self._stream.flush()
        self._sent += len(line) + 1

    def close(self) -> None:
        self._stream.flush()

    def _counted(self, complete: Complete) -> Complete:
        """`findings` as the number of lines sent. The message reports those not sent, and `counts`
        includes them."""
        if not self._unsent:
            return complete
        more = (
            f"{self._unsent} more findings did not fit in this stream: --format json lists them"
            " all."
        )
        outcome = "completed_with_warnings" if complete.outcome == "completed" else complete.outcome
        return complete.model_copy(
            update={
                "findings": self._sent_findings,
                "outcome": outcome,
                "message": _add(complete.message, more),
            }
        )


def _add(message: str, more: str) -> str:
    return f"{cut(message, 2 * SHORT)} {more}" if message not in ("", "Review completed") else more


def _finding_line(finding: Finding, room: int) -> str:
    """The finding, cut to its share of `room` bytes if possible."""
    allowed = max(ALWAYS, room // PART)
    for divisor in (1, 2, 4, 8, 16, 32):
        line = events.line(_cut_finding(finding, divisor))
        if len(line) <= allowed:
            return line
    return events.line(_cut_finding(finding, 0))


def _cut_finding(finding: Finding, divisor: int) -> Finding:
    """`finding` within the caps divided by `divisor`; 0 keeps only the place and the shortest
    texts."""

    def capped(text: str, cap: int) -> str:
        return cut(text, max(min(SHORTEST, cap), cap // divisor if divisor else 0))

    def quote(each: Quote) -> Quote:
        return each.model_copy(
            update={"quote": capped(each.quote, QUOTE), "why": capped(each.why, WHY)}
        )

    items = max(1, ITEMS // divisor) if divisor else 0
    update: dict[str, Any] = {
        name: capped(getattr(finding, name), cap) for name, cap in CAPS.items()
    }
    update |= {
        "source": cut(finding.source, SHORTEST),
        "rule": finding.rule and cut(finding.rule, SHORTEST),
        "evidence": [quote(each) for each in finding.evidence[:items]],
        "suggestions": [capped(each, SUGGESTION) for each in finding.suggestions[:items]],
    }
    places = max(items, 1) * PLACES // ITEMS
    if more := len(finding.places) - len(finding.places[:places]):
        update["places"] = finding.places[:places]
        update["comment"] += f"\nAnd at {count(more, 'more place')}, which did not fit here."
    if (patch := finding.patch) is not None:
        checks = [
            check.model_copy(update={"detail": capped(check.detail, SHORT)})
            for check in patch.checks[:ITEMS]
        ]
        whole = divisor and len(patch.diff) <= DIFF // divisor
        update["patch"] = patch.model_copy(update={"checks": checks}) if whole else None
    return finding.model_copy(update=update)


def _short_context(context: ReviewContext) -> ReviewContext:
    """With as many paths of the scope as fit into 64 KiB."""
    paths = context.scope.paths
    if (kept := _leading(paths, PATHS)) < len(paths):
        paths = [*paths[:kept], f"[…{len(paths) - kept:,} more…]"]
    names = ("current_branch", "base_branch", "model", "engine", "input_digest")
    update: dict[str, Any] = {
        name: value and cut(value, SHORT) for name in names for value in [getattr(context, name)]
    }
    base, rev = context.scope.base, context.scope.rev
    scope = {"paths": paths, "base": base and cut(base, SHORT), "rev": rev and cut(rev, SHORT)}
    return context.model_copy(update={**update, "scope": context.scope.model_copy(update=scope)})


def _short_error(error: Error) -> Error:
    """With a message of at most 4,000 characters, and few and short details."""
    update: dict[str, Any] = {"message": cut(error.message, 4 * SHORT)}
    for name in ("details", "metadata"):
        items = list(getattr(error, name).items())[:DETAILS]
        update[name] = {cut(key, 100): _short(value) for key, value in items}
    return error.model_copy(update=update)


def _short(value: Any) -> Any:
    """A detail unchanged or, if it is long, as text that is cut."""
    return value if len(str(value)) <= SHORT else cut(str(value), SHORT)


def _complete_line(complete: Complete, room: int) -> str:
    """The last line in `room` bytes. If the lists of files do not fit, their ends are dropped, the
    least important list first. Every count stays exact, and the message names the shortened
    lists."""
    complete = complete.model_copy(update={"message": cut(complete.message, 4 * SHORT)})
    line, message, shortened = events.line(complete), complete.message, []
    for name in ("reviewed_files", "skipped_files", "resolved", "unreviewed_files"):
        key, items = Complete.model_fields[name].alias or name, getattr(complete, name)
        if len(line) <= room or not items:
            continue
        dumped = events.dump(complete)[key]
        kept = _leading(dumped, sum(map(_size, dumped)) - (len(line) - room) - SHORT)
        shortened.append(f"{kept:,} of {len(items):,} {key}")
        longer = _add(
            message, f"To keep the stream short, this line lists {' and '.join(shortened)}."
        )
        complete = complete.model_copy(update={name: items[:kept], "message": longer})
        line = events.line(complete)
    return line


def _leading(items: Sequence[Any], room: int) -> int:
    """How many of the first items fit into `room` bytes of JSON."""
    sizes = accumulate(map(_size, items))
    return sum(1 for _ in takewhile(lambda size: size <= room, sizes))


def _size(item: Any) -> int:
    """Bytes of a list item in `events.line`, with its comma."""
    return len(json.dumps(item, separators=(",", ":")).replace("\x7f", "\\u007f")) + 1
