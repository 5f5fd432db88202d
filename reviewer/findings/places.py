"""One cause in several places is one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from reviewer import text
from reviewer.events import Finding, SameCause


def with_places(finding: Finding, others: Iterable[Finding]) -> Finding:
    """The finding, with the places of others that have the same cause, in order. Its instructions
    name them."""
    known = {each.id: each for each in finding.places}
    for other in others:
        known |= {each.id: each for each in other.places}
        if other.start_line is not None and other.end_line is not None:
            known[other.id] = SameCause(
                id=other.id,
                file_name=other.file_name,
                file_name_base64=other.file_name_base64,
                start_line=other.start_line,
                end_line=other.end_line,
                side=other.side,
            )
    known.pop(finding.id, None)
    if not known:
        return finding
    places = sorted(known.values(), key=lambda each: (each.file_name, each.start_line, each.id))
    also = f"\nThe same cause, to be mended too: {'; '.join(_named(places))}."
    instructions = finding.codegen_instructions
    if not finding.places:
        instructions += also
    return finding.model_copy(update={"places": places, "codegen_instructions": instructions})


def _named(places: Iterable[SameCause]) -> Iterator[str]:
    for name, same_file in groupby(places, key=lambda each: each.file_name):
        lines = ", ".join(
            f"{each.start_line}{' (removed)' if each.side == 'old' else ''}" for each in same_file
        )
        yield f"{text.one_line(name)} line {lines}"
