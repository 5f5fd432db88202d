"""Several passes over the same hunks, each through its own lens, combined into one answer."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviewer import resources
from reviewer.events import Finding
from reviewer.findings import combine
from reviewer.messages import Prompt
from reviewer.types import Unit

LENSES = ("correctness", "security", "contracts", "boundaries", "tests")
# How likely a finding is real before verification, by the number of lenses that report it. Assumed,
# not measured: agreement counts for more than a single report, but even five are no proof.
_PRIOR = (0.5, 0.65, 0.75, 0.8, 0.85)
# each further lens multiplies the odds of the verifier's confidence by this; assumed as well
_ODDS = 1.5


@dataclass(frozen=True, slots=True)
class Voted:
    """A finding, and the lenses that report it, in the order of LENSES."""

    finding: Finding
    lenses: tuple[str, ...]

    @property
    def prior(self) -> float:
        return _PRIOR[min(len(self.lenses), len(_PRIOR)) - 1]


def with_lens(prompt: Prompt, lens: str) -> Prompt:
    """The prompt with the lens at its very end, so that all lenses share the rest in the server's
    cache."""
    instructions = resources.text(f"prompts/review/lenses/{lens}.md").strip()
    return replace(prompt, user=f"{prompt.user}\n\n{instructions}")


def lens_orders(units: Sequence[Unit], seed: int) -> tuple[tuple[str, Unit], ...]:
    """Every unit with every lens; the lenses of a unit follow each other. The first lens reads the
    hunks in order, each of the others in its own order, always the same for the same seed and
    hunks: the last part of a prompt is read best."""
    return tuple((lens, _shuffled(unit, lens, seed)) for unit in units for lens in LENSES)


def _shuffled(unit: Unit, lens: str, seed: int) -> Unit:
    if lens == LENSES[0] or len(unit.hunks) < 2:
        return unit
    hunks = list(unit.hunks)
    key = hashlib.sha256(
        repr((seed, lens, unit.file.path, unit.hunks)).encode("utf-8", "replace")
    ).digest()
    random.Random(key).shuffle(hunks)  # noqa: S311 - no secret
    return replace(unit, hunks=tuple(hunks))


def vote(findings_by_lens: Mapping[str, Sequence[Finding]]) -> list[Voted]:
    """Merge findings that mean the same: equal ids, or on one side of a file overlapping lines with
    the same category, or the same first line. The result does not depend on the order in which
    lenses answered."""
    order = {lens: at for at, lens in enumerate(LENSES)}
    reported = sorted(
        ((lens, finding) for lens, found in findings_by_lens.items() for finding in found),
        key=lambda item: (
            _place(item[1]),
            order.get(item[0], len(order)),
            item[0],
            item[1].id,
            item[1].title,
        ),
    )
    groups: list[tuple[Finding, dict[str, None]]] = []
    for lens, finding in reported:
        for at, (known, lenses) in enumerate(groups):
            if _same(known, finding):
                groups[at] = (combine(known, finding), {**lenses, lens: None})
                break
        else:
            groups.append((finding, {lens: None}))
    return [
        Voted(finding, tuple(sorted(lenses, key=lambda lens: (order.get(lens, len(order)), lens))))
        for finding, lenses in groups
    ]


def blended(confidence: float | None, voted: Voted) -> float:
    """The confidence after the vote: the verifier's, raised by agreement, or the prior if it gave
    none."""
    if confidence is None:
        return voted.prior
    if confidence >= 1:
        return 1.0
    odds = confidence / (1 - confidence) * _ODDS ** (len(voted.lenses) - 1)
    return round(odds / (1 + odds), 3)


def _place(finding: Finding) -> tuple[str, str, int, int]:
    start = finding.start_line or 0
    return finding.file_name, finding.side, start, finding.end_line or start


def _same(known: Finding, other: Finding) -> bool:
    if known.id == other.id:
        return True
    path, side, start, end = _place(known)
    other_path, other_side, other_start, other_end = _place(other)
    if (path, side) != (other_path, other_side):
        return False
    return start == other_start or (
        known.category == other.category and start <= other_end and other_start <= end
    )
