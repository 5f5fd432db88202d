"""The code that relies on what a unit changes: callers, other uses, tests. Each use is confirmed by
resolving its name where it stands. A use that matches by name alone is marked as such, and common
names are never matched that way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewer.context import tested
from reviewer.context.arity import of_call, of_definition
from reviewer.context.candidate import Candidate, Candidates, Rank, around_line
from reviewer.context.constructors import constructed
from reviewer.context.focus import Changed, Focus
from reviewer.context.found import tells
from reviewer.context.imported import taken_from
from reviewer.context.index import FilesToSearch, Index, Target, module_words
from reviewer.context.lookup import find
from reviewer.context.mentions import uses_of
from reviewer.context.resolve import resolve
from reviewer.context.standing import is_stand_in
from reviewer.languages import is_test
from reviewer.languages.outline import Def, Import, Outline, Ref

_MAX_REFS = 40  # references to one changed name that become candidates
_NEW_FILES = 10  # mostly new lines call a new definition, and those are reviewed anyway
_MAX_RIVALS = 4  # with more definitions of a name than this, a match by name means nothing


@dataclass(frozen=True, slots=True)
class Reference:
    path: str
    outline: Outline
    line: int
    owner: Def | None
    sure: bool
    call: bool = False
    last: int = 0  # the last line of an import statement


def words_to_search(focus: Focus) -> Iterator[str]:
    """The words that `callers` and `family` will look up. Collecting them ahead lets one search
    serve all units."""
    outline = focus.new or focus.old
    if outline is None:
        return
    if focus.changed:
        yield from module_words(focus.old_path)
    for changed in focus.changed:
        yield changed.sought
        yield from changed.item.name.split(".")[:-1]
        owner = outline.parent(changed.item.name)
        if owner is not None and owner.kind == "class":
            yield owner.name.rpartition(".")[2]
            yield from (base.rpartition(".")[2] for base in owner.bases)
    if focus.moved:
        yield module_words(focus.old_path)[0]


def callers(focus: Focus, index: Index) -> Candidates:
    """Uses of each changed definition outside the hunk, in source and in tests."""
    candidates: list[Candidate] = []
    notes: list[str] = []
    for changed in focus.changed:
        special = changed.word.startswith("__") and not changed.is_constructor
        if special and "." in changed.item.name:
            continue  # called by the language, never by name
        if changed.how == "added" and changed.item.kind == "value":
            continue
        files = _files(focus, changed, index)
        if files.more:
            more = f"{files.more} more files with the word {changed.sought}"
            notes.append(f"uses of {changed.label} were not searched in {more}")
        found = _in_tests_first(_references(focus, changed, index, files.paths), index)
        guessed = [item for item in found if not item.sure]
        if guessed and (
            changed.word in changed.language.common
            or _rivals(changed, index, files.paths) > _MAX_RIVALS
        ):
            notes.append(
                f"uses of the common name {changed.word} on unknown receivers, not shown:"
                f" {_places(guessed)}"
            )
            found = [item for item in found if item.sure]
        candidates += [_candidate(changed, item, index, focus) for item in found[:_MAX_REFS]]
        if len(found) > _MAX_REFS:
            notes.append(
                f"{len(found) - _MAX_REFS} more uses of {changed.label}:"
                f" {_places(found[_MAX_REFS:])}"
            )
    return Candidates(tuple(candidates), tuple(notes))


def _files(focus: Focus, changed: Changed, index: Index) -> FilesToSearch:
    """Files that may use the definition."""
    if focus.resolves and _inside_function(focus, changed):
        return FilesToSearch((focus.path,), 0)
    files = index.files_with(
        changed.sought, focus.path, focus.old_path, changed.item.name.split(".")[:-1]
    )
    return FilesToSearch(files.paths[:_NEW_FILES], 0) if changed.how == "added" else files


def _rivals(changed: Changed, index: Index, paths: Iterable[str]) -> int:
    """How many definitions share the last part of the name, counting only files that are parsed
    anyway."""
    outlines = filter(None, (index.outline(path) for path in paths))
    return sum(
        item.name.rpartition(".")[2] == changed.word
        for outline in outlines
        for item in outline.defs
    )


def _references(
    focus: Focus, changed: Changed, index: Index, paths: Iterable[str]
) -> list[Reference]:
    """One reference per function that has any: its first, or its first confirmed one."""
    targets = {Target(focus.path, changed.item.name), Target(focus.old_path, changed.item.name)}
    if changed.is_constructor:
        end = f".{changed.word}"
        targets |= {Target(target.path, target.name.removesuffix(end)) for target in targets}
    kept: dict[tuple[str, str], Reference] = {}
    others = _other_constructors(focus, changed)
    for path in paths:
        outline = index.outline(path)
        if outline is None:
            continue
        if changed.how == "removed" and focus.resolves:
            for item in _importing(index, path, outline, changed.word, targets):
                kept[path, f"line {item.start}"] = Reference(
                    path, outline, item.start, None, True, last=item.end
                )
        for ref in _named(outline, changed):
            owner = outline.innermost(ref.line)
            key = (path, owner.name if owner else f"line {ref.line}")
            itself = path == focus.path and _is_itself(changed, owner, ref)
            if itself or (key in kept and kept[key].sure) or focus.shows(path, ref.line):
                continue  # the changed function itself is shown anyway
            if others and of_call(outline, ref) in others:
                continue
            resolves = outline.language.scopes.resolves
            confirm = _confirmed if resolves else _likely
            sure = confirm(index, path, outline, ref, changed, targets)
            if sure or (sure is False and key not in kept):
                kept[key] = Reference(path, outline, ref.line, owner, sure, ref.call)
    return sorted(kept.values(), key=lambda item: (is_stand_in(item.path), not item.call))


def _other_constructors(focus: Focus, changed: Changed) -> set[int | None]:
    """The numbers of arguments that only other constructors of the same class take."""
    outline = focus.old if changed.how == "removed" else focus.new
    if outline is None or not changed.is_constructor:
        return set()
    own = of_definition(outline, changed.item)
    overloads = (item for item in outline.named[changed.word] if item.name == changed.item.name)
    return {of_definition(outline, item) for item in overloads} - {own, None}


def _confirmed(
    index: Index, path: str, outline: Outline, ref: Ref, changed: Changed, targets: set[Target]
) -> bool | None:
    """True for a reference that resolves to the changed definition, False for one that only shares
    its name, None for one that means something else."""
    target = resolve(index, path, ref.name, ref.scope)
    if target is not None:
        return True if target in targets else None
    head, _, rest = ref.name.partition(".")
    parent = f"{outline.language.scopes.parent}()"
    is_method = "." in changed.item.name and changed.item.kind != "class"
    if not rest or not is_method or head.removesuffix("()") in outline.by_import or head == parent:
        return None  # an unrelated plain name, or something from outside the repository
    return False


def _likely(
    index: Index, path: str, outline: Outline, ref: Ref, changed: Changed, targets: set[Target]
) -> bool | None:
    """The same for a language without a resolver. A definition that is gone is not found: an import
    tells where it was, else what the name could mean besides decides."""
    found = find(index, path, outline, ref)
    # What a header declares, another file may define.
    names = {target.name for target in targets} if outline.language.scopes.headers else set()
    for item in found:
        overload = item.item.kind == "function" and item.item.start != changed.item.start
        known = Target(item.path, item.item.name) in targets or item.item.name in names
        if known and not overload:
            return item.sure
    if found or changed.how != "removed":
        return None
    meant = taken_from(index, path, outline, ref)
    if meant is not None:
        return True if meant & targets else None
    here = any(target.path == path for target in targets)
    return True if here else (False if tells(changed.word, outline.language) else None)


def _in_tests_first(found: list[Reference], index: Index) -> list[Reference]:
    """Without the imports and helpers of files with tests whose tests use the name themselves."""
    using = {item.path for item in found if tested.case_at(index, item.path, item.line)}
    return [
        item
        for item in found
        if item.path not in using
        or not is_test(item.path)
        or tested.case_at(index, item.path, item.line)
    ]


def _named(outline: Outline, changed: Changed) -> Iterable[Ref]:
    if outline.language.scopes.resolves:
        return outline.by_last.get(changed.sought, ())
    uses = uses_of(outline, changed.sought, imports=changed.how == "removed")
    if not changed.is_constructor:
        return uses
    return (made for ref in uses if (made := constructed(outline, ref)))


def _is_itself(changed: Changed, owner: Def | None, ref: Ref) -> bool:
    """Whether a reference is the definition, or stands in it."""
    item = changed.item
    inside = owner is not None and owner.name == item.name
    return inside or (changed.how != "removed" and item.start <= ref.line <= item.header)


def _importing(
    index: Index, path: str, outline: Outline, word: str, targets: set[Target]
) -> Iterator[Import]:
    for item in outline.imports:
        if item.attr == word and resolve(index, path, item.name, "") in targets:
            yield item


def _candidate(changed: Changed, item: Reference, index: Index, focus: Focus) -> Candidate:
    broken = changed.how in ("removed", "signature")
    named_after = tested.is_named_after(item.path, focus.path)
    if tested.in_tests(index, item.path, item.line):
        rank, noun = Rank.TEST, "test that names"
    elif item.last:
        rank, noun = Rank.BROKEN_CALLER, "import of"
    else:
        rank, noun = (
            (Rank.BROKEN_CALLER if broken else Rank.CALLER),
            "caller of" if item.call else "use of",
        )
    if not item.sure and not named_after:
        rank = Rank.BY_NAME
    why = f"{noun} {changed.label}"
    if changed.how == "removed":
        why += ", which this change removes"
    if not item.sure:
        why += " (by name only)"
    around = tested.around(index, item.path, item.line) or around_line(
        item.outline, item.owner, item.line
    )
    variants = (((item.line, item.last),),) if item.last else around
    return Candidate(item.path, rank, variants, why, f"{_plural(noun)} {changed.label}", item.line)


def _inside_function(focus: Focus, changed: Changed) -> bool:
    outline = focus.old if changed.how == "removed" else focus.new
    owner = outline.parent(changed.item.name) if outline else None
    return owner is not None and owner.kind == "function"


def _places(items: list[Reference]) -> str:
    places = [f"{item.path}:{item.line}" for item in items]
    return ", ".join(places[:6]) + (", …" if len(places) > 6 else "")


def _plural(noun: str) -> str:
    first, _, rest = noun.partition(" ")
    return f"{first}s {rest.replace('names', 'name')}"
