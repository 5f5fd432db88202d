"""One finding at several places that have the same cause."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from string import Template

from reviewer import resources, text
from reviewer.events import Finding, SameCause
from reviewer.findings.build import described
from reviewer.findings.identity import path_of
from reviewer.findings.quotes import place_quote
from reviewer.findings.source import Source
from reviewer.types import PLACE, Side, severity_rank

NAMED = 20  # places that the instructions name
_ADVICE = "\nWhat to do: "  # as prompts/instructions.md has it
_HEAD = "Review comment at @"


def ids(finding: Finding) -> tuple[str, ...]:
    """Every id that the finding goes by: its own, then those of its other places."""
    return finding.id, *(each.id for each in finding.places)


def grouped(leader: Finding, others: Iterable[Finding]) -> Finding:
    """`leader` with the places of `others`, which have the same cause: each once, by file and line,
    and named in the instructions. Raises ValueError for one without lines."""
    found = {each.id: each for each in leader.places}
    for other in others:
        found |= {each.id: each for each in (_place(other), *other.places)}
    found.pop(leader.id, None)
    order = sorted(found.values(), key=lambda each: (each.file_name, each.start_line, each.id))
    return _with(leader, order)


def told_once(found: Sequence[Finding]) -> list[Finding]:
    """Without those that are a place of a later one: what an analyzer said first, and the model
    then said better."""
    kept: list[Finding] = []
    taken: set[str] = set()
    for finding in reversed(found):
        if finding.id not in taken:
            kept.append(finding)
            taken.update(each.id for each in finding.places if each.id != finding.id)
    return kept[::-1]


def elsewhere(finding: Finding) -> list[SameCause]:
    """The places of a finding that are not on its own first line."""
    own = (finding.file_name, finding.start_line, finding.side)
    return [each for each in finding.places if (each.file_name, each.start_line, each.side) != own]


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each id, in order of first appearance: the most severe one, with the texts of
    the others. What is a place of one and has another defect, too, is only the place of that."""
    merged: dict[str, Finding] = {}
    for finding in findings:
        known = merged.get(finding.id)
        merged[finding.id] = combine(known, finding) if known else finding
    for leader in list(merged.values()):
        taken = {each.id for each in leader.places} & merged.keys()
        for each in at_each_place(leader) if taken else ():
            if each.id in taken:
                merged[each.id] = _told_at(merged[each.id], each)
        if taken:
            left = [each for each in merged[leader.id].places if each.id not in taken]
            merged[leader.id] = _with(merged[leader.id], left)
    return list(merged.values())


def speaking_order(finding: Finding) -> tuple[bool, int]:
    """Orders findings that become one: what has a text of its own comes before a bare answer to a
    question, the most severe first."""
    return finding.comment == finding.title, severity_rank(finding.severity)


def combine(known: Finding, other: Finding) -> Finding:
    """Combine two findings at one place."""
    first, second = sorted((known, other), key=speaking_order)
    worst = min(first.severity, second.severity, key=severity_rank)
    both = first.preexisting and second.preexisting
    first = first.model_copy(update={"severity": worst, "preexisting": both})
    if second.start_line is not None:
        first = grouped(first, [second])
    if second.title == first.title or second.title in first.comment:
        return first
    return first.model_copy(update={"comment": f"{first.comment}\n{_also(second)}"})


def _also(other: Finding) -> str:
    more = "" if other.comment == other.title else f" {other.comment}"
    return f"Also here: {other.title.rstrip('.')}.{more}"


def _told_at(known: Finding, other: Finding) -> Finding:
    """`known` combined with a finding that has another place of its own: the code, the evidence and
    the instructions stay those of the place of `known`."""
    before, marker, advice = known.codegen_instructions.partition(_ADVICE)
    of_place = ("evidence", "suggestions", "patch", "in_diff", "location")
    update = {name: getattr(known, name) for name in of_place}
    update["codegen_instructions"] = f"{before}\n{_also(other)}{marker}{advice}"
    return combine(known, other).model_copy(update=update)


def at_each_place(finding: Finding) -> Iterator[Finding]:
    """The finding as if it were reported at each of its places alone, its own first. The texts are
    those of its own place: this is for its names."""
    yield finding.model_copy(update={"places": []}) if finding.places else finding
    for each in finding.places:
        yield finding.model_copy(update={"places": [], **_named(each)})


def part(finding: Finding, kept: Container[str], source: Source) -> Finding:
    """The finding with only those of its places whose ids are in `kept`, which has at least one.
    It is led by its own place if that is kept, else by the first one; then the comment says which
    place the texts are about, and no code is suggested. A patch mends all places at once, so a part
    has none."""
    others = [each for each in finding.places if each.id in kept]
    if finding.id in kept:
        if len(others) == len(finding.places):
            return finding
        return _with(finding.model_copy(update={"patch": None}), others)
    first, *others = others
    path, side, start, end = path_of(first), first.side, first.start_line, first.end_line
    here = place_quote(path, side, start, end, source)
    moved = finding.model_copy(
        update={
            **_named(first),
            "patch": None,
            "suggestions": [],
            "comment": f"Said of {_own(finding)}, and here it is the same.\n{finding.comment}",
            "in_diff": source.is_changed(path, side, start, end),
            "evidence": [
                *([here] if here else []),
                *(quote for quote in finding.evidence if quote.why != PLACE),
            ],
            "codegen_instructions": _moved(finding, first, source),
        }
    )
    return _with(moved, others)


def matching(found: Iterable[Finding], prefix: str) -> dict[str, Finding]:
    """By id: the findings that `prefix` may mean, the first digits of their own ids or of the ids
    of their places. An id in full means one finding, and is rather its own than a place's."""
    wanted = prefix.lower()
    alike = {each.id: each for each in found if any(name.startswith(wanted) for name in ids(each))}
    if wanted in alike:
        return {wanted: alike[wanted]}
    return alike if wanted else {}


def other_place(finding: Finding, prefix: str) -> str:
    """One line that says which finding was meant, if `prefix` is the id of another place of it; ""
    if it is its own."""
    if finding.id.startswith(prefix.lower()):
        return ""
    return f"{text.one_line(prefix)} is another place of {finding.id} ({_own(finding)})"


def _own(finding: Finding) -> str:
    return f"{text.one_line(finding.file_name)}:{finding.start_line}"


def _place(finding: Finding) -> SameCause:
    if finding.start_line is None:
        raise ValueError("a finding without lines is no place")
    return SameCause(
        id=finding.id,
        file_name=path_of(finding),
        start_line=finding.start_line,
        end_line=finding.end_line or finding.start_line,
        side=finding.side,
    )


def _named(place: SameCause) -> dict[str, object]:
    names = ("id", "file_name", "file_name_base64", "start_line", "end_line", "side")
    return {name: getattr(place, name) for name in names}


def _with(finding: Finding, places: Sequence[SameCause]) -> Finding:
    """The finding with exactly these other places, which its instructions name."""
    template = resources.text("prompts/instructions_places.md").strip()
    said = finding.codegen_instructions
    if finding.places:
        head = template.partition("${")[0]
        said = "\n".join(row for row in said.split("\n") if not row.startswith(head))
    changed = finding.model_copy(update={"places": list(places)})
    if named := elsewhere(changed):
        line = Template(template).substitute(places=_listed(named))
        before, marker, advice = said.partition(_ADVICE)
        said = f"{before}\n{line}{marker}{advice}"
    return changed.model_copy(update={"codegen_instructions": said})


def _listed(places: Sequence[SameCause]) -> str:
    named = [f"{text.one_line(each.file_name)}:{_lines(each)}" for each in places[:NAMED]]
    more = len(places) - len(named)
    return ", ".join(named) + (f" and {text.count(more, 'more place')}" if more else "")


def _lines(place: SameCause) -> str:
    last = f"-{place.end_line}" if place.end_line > place.start_line else ""
    return f"{place.start_line}{last}{_side(place.side)}"


def _side(side: Side) -> str:
    return " (before the change)" if side == "old" else ""


def _moved(finding: Finding, place: SameCause, source: Source) -> str:
    """The instructions for another place: what they say of the lines, in their opening and where
    the body begins, is changed."""
    head, _, rest = finding.codegen_instructions.partition("\n")
    if not head.startswith(_HEAD):  # not written by us, so its structure is unknown
        return finding.codegen_instructions
    warning, _, body = rest.partition("\n")
    was = described(path_of(finding), finding.side, finding.start_line, finding.end_line, source)
    now = described(path_of(place), place.side, place.start_line, place.end_line, source)
    name = text.one_line(text.scalar(path_of(place)))
    return f"{_HEAD}{name} at line {place.start_line}:\n{warning}\n{now}{body.removeprefix(was)}"
