"""Code tied to a change by more than a name: the methods that a changed method overrides or that
override it, and imports of a removed module. Only for languages whose names can be resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.context.bases import bases
from reviewer.context.candidate import Candidate, Rank, around_line, of_definition
from reviewer.context.focus import Changed, Focus, label
from reviewer.context.index import Index, Target, module_words
from reviewer.context.lookup import find
from reviewer.context.mentions import uses_of
from reviewer.context.resolve import inherited, module_of, resolve
from reviewer.languages.outline import Def, Outline, Ref

_MAX_READERS = 4
_MAX_FILES = 24
_MAX_FAMILY = 12  # overrides and siblings of one method


def importers(focus: Focus, index: Index) -> Iterator[Candidate]:
    """Imports that still name a module which the change removes or renames."""
    if not focus.moved or not focus.resolves:
        return
    verb = "renames" if focus.new else "removes"
    for path in index.files_with(module_words(focus.old_path)[0], focus.path, focus.old_path).paths:
        outline = index.outline(path)
        if outline is None or path in (focus.path, focus.old_path):
            continue
        for item in outline.imports:
            target = module_of(index, path, item)
            if target and target.path == focus.old_path:
                why = f"import from {focus.old_path}, which this change {verb}"
                span = ((item.start, item.end),)
                yield Candidate(
                    path,
                    Rank.BROKEN_CALLER,
                    (span,),
                    why,
                    f"imports from {focus.old_path}",
                    item.start,
                )


def family(focus: Focus, index: Index) -> Iterator[Candidate]:
    """For changed methods: what they override, what overrides them, and their siblings."""
    outline = focus.new or focus.old
    if outline is None or not focus.resolves:
        return
    for changed in focus.changed:
        owner = outline.parent(changed.item.name)
        if (
            owner is None
            or owner.kind != "class"
            or changed.item.kind == "class"
            or changed.is_constructor
        ):
            continue
        base = inherited(index, focus.path, owner, changed.word)
        base_outline = index.outline(base.path) if base else None
        item = base_outline.by_name.get(base.name) if base_outline and base else None
        if base and base_outline and item:
            why = f"{label(item)}, which {changed.label} overrides"
            yield Candidate(
                base.path,
                Rank.OVERRIDE,
                of_definition(base_outline, item),
                why,
                "overridden methods",
                item.start,
            )
            home = Target(base.path, base.name.rpartition(".")[0])
            yield from _readers(focus, changed, base.path, base_outline)
            yield from _below(
                index,
                focus,
                changed.word,
                home,
                Rank.SIBLING,
                f"sibling implementation of {label(item)}",
            )
        home = Target(focus.path, owner.name)
        yield from _below(
            index, focus, changed.word, home, Rank.OVERRIDE, f"override of {changed.label}"
        )


def _below(
    index: Index, focus: Focus, word: str, home: Target, rank: Rank, why: str
) -> Iterator[Candidate]:
    """The methods `word` of classes that derive from the class `home`, directly or through one
    class."""
    todo, seen, left = [(home, 0)], {home}, _MAX_FAMILY
    while todo and left:
        base, depth = todo.pop(0)
        for below, outline, item in _derived(index, base):
            if below in seen:
                continue
            seen.add(below)
            if depth == 0:
                todo.append((below, 1))
            method = outline.by_name.get(f"{item.name}.{word}")
            if method and left and not focus.shows(below.path, method.start):
                left -= 1
                yield Candidate(
                    below.path,
                    rank,
                    of_definition(outline, method),
                    f"{why} in class {item.name}",
                    "overrides and sibling implementations",
                    method.start,
                )


def _derived(index: Index, base: Target) -> Iterator[tuple[Target, Outline, Def]]:
    """Classes that list `base` among their bases."""
    name = base.name.rpartition(".")[2]
    for path in index.files_with(name, base.path, base.path).paths:
        outline = index.outline(path)
        if outline is None:
            continue
        for item in outline.defs:
            scope = item.name.rpartition(".")[0]
            written = [base_ for base_ in item.bases if base_.rpartition(".")[2] == name]
            if any(resolve(index, path, base_, scope) == base for base_ in written):
                yield Target(path, item.name), outline, item


def _readers(focus: Focus, changed: Changed, path: str, outline: Outline) -> Iterator[Candidate]:
    """Where the base class uses what the change overrides: the reader of a flag, the caller of a
    hook."""
    seen: set[str] = set()
    receivers = outline.language.scopes.receivers
    for ref in _uses(outline, changed.word):
        owner = outline.innermost(ref.line)
        own = ref.name.partition(".")[0] in receivers and ref.name.count(".") == 1
        if owner is None or not own or owner.name in seen or focus.shows(path, ref.line):
            continue
        if owner.name.rpartition(".")[2] == changed.word or len(seen) == _MAX_READERS:
            continue
        seen.add(owner.name)
        yield Candidate(
            path,
            Rank.CALLER,
            around_line(outline, owner, ref.line),
            f"{label(owner)}, which uses {changed.word} of the base class",
            "uses in the base class",
            ref.line,
        )


def _uses(outline: Outline, word: str) -> Iterable[Ref]:
    if outline.language.scopes.resolves:
        return outline.by_last.get(word, ())
    return uses_of(outline, word)


def _own_bases(focus: Focus, index: Index, outline: Outline, owner: Def) -> set[str]:
    """The bases of a class that this repository defines: those of a
    library have too many others below them."""
    scope = owner.name.rpartition(".")[0]
    refs = (Ref(base, owner.start, scope, False) for base in bases(outline, owner))
    return {ref.name for ref in refs if find(index, focus.path, outline, ref)}


def relatives(focus: Focus, index: Index) -> Iterator[Candidate]:
    """The same in a language without a resolver: classes are related by what their headers name."""
    outline = focus.new or focus.old
    if outline is None or focus.resolves:
        return
    for changed in focus.changed:
        owner = outline.around(changed.item)
        if owner is None or owner.kind != "class" or changed.item.kind == "class":
            continue
        if changed.is_constructor:
            continue
        above, name = _own_bases(focus, index, outline, owner), owner.name.rpartition(".")[2]
        left = _MAX_FAMILY
        near = index.files_with(changed.word, focus.path).paths[:_MAX_FILES]
        for path in dict.fromkeys((focus.path, *near)):
            there = index.outline(path)
            for item in there.named.get(changed.word, ()) if there and left else ():
                other = there.around(item) if there else None
                if there is None or other is None or other.kind != "class" or other == owner:
                    continue
                known = other.name.rpartition(".")[2]
                if focus.shows(path, item.start):
                    continue
                if known in above:
                    rank, why = Rank.OVERRIDE, f"{label(item)}, which {changed.label} overrides"
                    yield from _readers(focus, changed, path, there)
                elif name in bases(there, other):
                    rank, why = Rank.OVERRIDE, f"override of {changed.label} in {known}"
                elif not above.isdisjoint(bases(there, other)):
                    rank, why = Rank.SIBLING, f"sibling of {changed.label} in {known}"
                else:
                    continue
                left -= 1
                variants = of_definition(there, item)
                yield Candidate(path, rank, variants, why, "related methods", item.start)
