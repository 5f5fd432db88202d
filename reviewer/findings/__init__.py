"""Turns the output of the model and the analyzers into findings with a verified place in the
code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewer.events import Finding
from reviewer.findings.anchor import Anchor, find_evidence, locate
from reviewer.findings.build import from_evidence, from_model, whole_code
from reviewer.findings.identity import fingerprint, id_under, path_of
from reviewer.findings.ignores import inline_ignores
from reviewer.findings.masking import masked
from reviewer.findings.places import (
    at_each_place,
    combine,
    elsewhere,
    grouped,
    ids,
    matching,
    merge,
    other_place,
    part,
    speaking_order,
    told_once,
)
from reviewer.findings.quotes import place_code, quoted_code_stands
from reviewer.findings.result import PassResult, Replacement
from reviewer.findings.since import is_older, is_unchanged
from reviewer.findings.source import Source
from reviewer.replies import ReplyFinding, read_findings
from reviewer.secrets import Masks
from reviewer.types import Context, ModelRole, Unit

__all__ = [
    "Accepted",
    "PassResult",
    "Replacement",
    "Source",
    "accept",
    "at_each_place",
    "combine",
    "elsewhere",
    "fingerprint",
    "from_evidence",
    "grouped",
    "id_under",
    "ids",
    "inline_ignores",
    "is_older",
    "is_unchanged",
    "masked",
    "matching",
    "merge",
    "other_place",
    "part",
    "path_of",
    "place_code",
    "quoted_code_stands",
    "speaking_order",
    "told_once",
    "with_places",
]


@dataclass(frozen=True)
class Accepted:
    """The findings of one reply, the model's replacements (by id and title), and why others were
    dropped (`not_found`: the quote is not in the code; `outside`: its file is not in the change;
    `empty`: it has no text). `items` are the positions in the reply, by id."""

    findings: tuple[Finding, ...]
    replacements: Mapping[tuple[str, str], Replacement]
    dropped: Counter[str]
    items: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def accept(
    value: Mapping[str, Any],
    unit: Unit,
    context: Context,
    source: Source,
    role: ModelRole,
    *,
    redact: Masks | None,
) -> Accepted:
    """Place every finding of a reply that follows the schema. Findings without a place are dropped
    and counted."""
    placed: list[Finding] = []
    replacements: dict[tuple[str, str], Replacement] = {}
    dropped: Counter[str] = Counter()
    items: dict[str, tuple[int, ...]] = {}
    for number, reply in enumerate(read_findings(value)):
        if not (reply.problem.strip() or reply.title.strip()):
            dropped["empty"] += 1
            continue
        anchor = locate(reply.quote, reply.line, reply.file_name, unit, source, redact=redact)
        if anchor is None:
            known_file = reply.file_name.strip() in ("", unit.file.path) or source.file(
                reply.file_name.strip()
            )
            dropped["not_found" if known_file else "outside"] += 1
        else:
            evidence = [
                (place, item.why)
                for item in reply.evidence
                if (
                    place := find_evidence(
                        item.quote, item.file_name, anchor, unit, context, source, redact=redact
                    )
                )
            ]
            finding = masked(from_model(reply, anchor, evidence, source, role), source.masks)
            placed.append(finding)
            items[finding.id] = (*items.get(finding.id, ()), number)
            if replacement := _replacement(reply, anchor):
                replacements.setdefault((finding.id, finding.title), replacement)
    return Accepted(tuple(placed), replacements, dropped, items)


def _replacement(reply: ReplyFinding, anchor: Anchor) -> Replacement | None:
    """What the model wants in place of which lines, if anything. Where lines were removed, equal
    lines bring them back, and new ones without old ones are put there."""
    old, new = tuple(reply.old_lines), tuple(reply.new_lines)
    gone = anchor.side == "old"
    wanted = (old or any(line.strip() for line in new)) if gone else (old and old != new)
    if not wanted or not whole_code(reply):
        return None
    return Replacement(anchor.path, anchor.start, anchor.side, old, new)
