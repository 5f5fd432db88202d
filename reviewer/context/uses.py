"""What surrounds a hunk and what it uses: enclosing scopes, imports, and definitions of the names
on its lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from reviewer.context.candidate import Candidate, Candidates, Rank, class_head, lead, of_definition
from reviewer.context.focus import Focus, Span, label
from reviewer.context.index import Index, Target
from reviewer.context.resolve import resolve
from reviewer.languages.outline import Def, Outline, Ref, import_blocks
from reviewer.types import Evidence, Unit

_WHOLE = 400  # lines; a longer function is reduced to its signature and the lines around the hunk
_WINDOW = 12
_MAX_USES = 60  # names looked up per unit
_CONDITION = re.compile(
    rb"\b(?:if|elif|while|assert|and|or|not|unless|when|case)\b|[<>=!]=|&&|\|\||\?"
)
_MAX_OUTSIDE = 10
_NESTED = 200  # definitions before a line that may span it


def enclosing(focus: Focus) -> Iterator[Candidate]:
    """The functions and classes around each changed line."""
    if focus.new is None:
        return
    around: dict[str, tuple[Def, list[int]]] = {}
    for line in focus.places:
        owner = focus.new.innermost(line) or _value_around(focus.new, line)
        while owner is not None:
            around.setdefault(owner.name, (owner, []))[1].append(line)
            owner = focus.new.parent(owner.name)
    for owner, lines in around.values():
        yield _enclosing(focus, focus.new, owner, (min(lines), max(lines)))
        if _noun(focus.new, owner) == "class":
            yield _scope_candidate(
                focus.path,
                Rank.CLASS,
                (class_head(focus.new, owner),),
                f"class {owner.name}",
                owner,
            )


def _value_around(outline: Outline, line: int) -> Def | None:
    """The outermost value whose definition spans the line and others: a table, an object."""
    at = bisect_right(outline.defs, line, key=lambda item: item.start)
    for item in reversed(outline.defs[max(0, at - _NESTED) : at]):
        if item.kind == "value" and item.start < item.end and line <= item.end:
            return item
    return None


def _enclosing(focus: Focus, outline: Outline, owner: Def, changed: Span) -> Candidate:
    """All of it, or the signature and the lines around the change, as many as there is room for."""
    signature = (owner.start, owner.header)
    length = owner.end - owner.start
    variants: list[tuple[Span, ...]] = [(signature,)]
    noun = _noun(outline, owner)
    if noun != "class":
        first = lead(outline, owner)
        documented = (first, max(owner.header, min(owner.doc, owner.header + _WINDOW)))
        for lines in (_WINDOW, 4 * _WINDOW):
            window = (max(owner.start, changed[0] - lines), min(owner.end, changed[1] + lines))
            variants.insert(0, (documented, window))
        if length < _WHOLE:
            variants.insert(0, ((first, owner.end),))
    elif length < _WHOLE // 8:
        variants.insert(0, ((owner.start, owner.end),))
    why = f"enclosing {noun} {label(owner)}"
    return _scope_candidate(focus.path, Rank.ENCLOSING, tuple(variants), why, owner)


def _noun(outline: Outline, item: Def) -> str:
    """What a definition is called: what holds others without being a class is a block."""
    blocks = outline.language.scopes.written
    return "block" if blocks and item.kind == "class" else item.kind


def imports(focus: Focus) -> Iterator[Candidate]:
    """The import statements that bind a name of the hunk."""
    outline = focus.new
    if outline is None or not outline.imports:
        return
    refs = focus.refs
    used = {ref.name.partition(".")[0].removesuffix("()") for ref in (*refs.added, *refs.near)}
    needed = import_blocks(outline.lines, [item for item in outline.imports if item.name in used])
    if needed:
        yield Candidate(
            focus.path,
            Rank.IMPORTS,
            (tuple(needed),),
            "imports of names used here",
            "imports of names used here",
            needed[0][0],
        )


def definitions(focus: Focus, index: Index) -> Candidates:
    """Definitions of the names on the hunk's lines, resolved; one note lists names from outside the
    repository."""
    if focus.new is None or not focus.resolves:
        return Candidates()
    refs = focus.refs
    candidates: list[Candidate] = []
    outside: dict[str, None] = {}
    wanted: list[tuple[Ref, Rank | None]] = [
        *((ref, None) for ref in refs.added[:_MAX_USES]),
        *((ref, Rank.GONE) for ref in refs.removed[:_MAX_USES]),
        *((ref, Rank.NEAR) for ref in refs.near[:_MAX_USES]),
        *((ref, Rank.FAR) for ref in refs.far[:_MAX_USES]),
    ]
    for ref, rank in wanted:
        target, whole = _longest(index, focus.path, ref)
        if target is None:
            head = ref.name.partition(".")[0].removesuffix("()")
            if head in focus.new.by_import and "?" not in ref.name:
                outside[ref.name.replace("()", "")] = None
            continue
        call = ref.call and whole
        if candidate := _definition(index, target, call, rank):
            candidates.append(candidate)
            if rank is None:
                candidates += _old_definition(index, target)
    names = list(outside)
    more = f" and {len(names) - _MAX_OUTSIDE} more" if len(names) > _MAX_OUTSIDE else ""
    note = f"defined outside this repository, so not shown: {', '.join(names[:_MAX_OUTSIDE])}{more}"
    return Candidates(tuple(candidates), (note,) if names else ())


def _longest(index: Index, path: str, ref: Ref) -> tuple[Target | None, bool]:
    """What the longest resolvable prefix of a name means (`customer.email` of
    `customer.email.lower`), and whether that is all of it. A plain name at its beginning counts if
    it is a value."""
    name = ref.name
    while True:
        if target := resolve(index, path, name, ref.scope):
            return target, name == ref.name
        name = name.rpartition(".")[0]
        if not name:
            return None, False
        if "." not in name:
            target = resolve(index, path, name, ref.scope)
            outline = index.outline(target.path) if target else None
            item = outline.by_name.get(target.name) if target and outline else None
            return (target if item and item.kind == "value" else None), False


def _definition(index: Index, target: Target, call: bool, rank: Rank | None) -> Candidate | None:
    outline = index.outline(target.path)
    if outline is None or not target.name:
        return None
    item = outline.by_name.get(target.name)
    verb = "called" if call else "used"
    if item is not None:
        why = f"definition of {label(item)}, {verb} here"
    else:  # an attribute that its class does not define: show the class
        item = outline.by_name.get(target.name.rpartition(".")[0])
        if item is None or item.kind != "class":
            return None
        why = f"class {item.name}, whose attribute {target.name.rpartition('.')[2]} is {verb} here"
    rank = rank or (Rank.CALLED if call else Rank.USED)
    return Candidate(
        target.path,
        rank,
        of_definition(outline, item),
        why,
        "definitions of names used here",
        item.start,
    )


def _old_definition(index: Index, target: Target) -> Iterator[Candidate]:
    """The old version of a definition that this change alters elsewhere: what the hunk used to rely
    on."""
    old_path = index.old_paths.get(target.path)
    new = index.outline(target.path)
    old = index.outline(old_path, "old") if old_path else None
    now = new.by_name.get(target.name) if new else None
    before = old.by_name.get(target.name) if old else None
    if not (old_path and new and old and now and before) or now.kind == "class":
        return
    if new.lines[now.start - 1 : now.end] != old.lines[before.start - 1 : before.end]:
        why = f"old version of {label(before)}, which this change alters"
        yield Candidate(
            old_path,
            Rank.OLD,
            of_definition(old, before),
            why,
            "old versions of what is used here",
            before.start,
            "old",
        )


def old_versions(focus: Focus, unit: Unit) -> Iterator[Candidate]:
    """If a condition changed: the lines that other hunks of the file removed from the same
    function. The hunk itself shows its own removed lines."""
    if focus.old is None or focus.new is None or not _condition_changed(unit):
        return
    own = {hunk.old_start for hunk in unit.hunks}
    for line in dict.fromkeys(focus.removed):
        owner = focus.old.innermost(line)
        if owner is None or owner.kind == "class":
            continue
        spans = tuple(
            (max(owner.start, hunk.old_start), min(owner.end, hunk.old_start + hunk.old_count - 1))
            for hunk in unit.file.hunks
            if hunk.old_start not in own
            and any(
                part.kind == "removed" and owner.start <= (part.old or 0) <= owner.end
                for part in hunk.lines
            )
        )
        if spans:
            why = f"old version of other changed lines of {label(owner)}"
            yield Candidate(
                focus.old_path,
                Rank.OLD,
                (spans,),
                why,
                "old versions of changed lines",
                owner.start,
                "old",
            )


def _condition_changed(unit: Unit) -> bool:
    changed = {
        line.kind
        for hunk in unit.hunks
        for line in hunk.lines
        if _CONDITION.search(line.data[:2000])
    }
    return "removed" in changed


def related(focus: Focus, evidence: Iterable[Evidence]) -> Iterator[Candidate]:
    """The other places that analyzers' hints on these lines point to."""
    for item in evidence:
        if item.path != focus.path or not _within(item, focus):
            continue
        for place in item.related:
            span = (max(1, place.start - 2), place.end + 2)
            why = f"{item.source} {item.rule}: {place.why}"
            yield Candidate(
                place.path,
                Rank.EVIDENCE,
                ((span,), ((place.start, place.end),)),
                why,
                "places that analyzers point to",
                place.start,
            )


def _within(item: Evidence, focus: Focus) -> bool:
    spans: Sequence[Span] = focus.shown if item.side == "new" else focus.shown_old
    start = item.start
    return start is None or any(low <= (item.end or start) and start <= high for low, high in spans)


def _scope_candidate(
    path: str, rank: Rank, variants: tuple[tuple[Span, ...], ...], why: str, item: Def
) -> Candidate:
    return Candidate(path, rank, variants, why, "scopes around the hunk", item.start)
