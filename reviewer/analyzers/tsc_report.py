"""What an error of TypeScript's compiler really means, given that it has not seen what is
installed."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from reviewer import text
from reviewer.analyzers import delta
from reviewer.analyzers.base import old_name
from reviewer.analyzers.tsc_altered import Altered
from reviewer.analyzers.tsc_project import Project, resolver
from reviewer.languages import is_test
from reviewer.languages.base import Modules
from reviewer.types import Change, Evidence, Place

_QUOTED = re.compile(r"'([A-Za-z_$][\w$]{0,99})'")
_WORD = re.compile(r"[A-Za-z_$][\w$]{1,99}")
_MODULE = re.compile(r"'\"?([^'\"]{1,300})\"?'")  # the first of what is quoted
_TYPE = re.compile(r" on type '(?:typeof )?([A-Za-z_$][\w$]{0,99})")
_UNAWAITED = re.compile(r"(?:^Type|^Argument of type| on type| in type) 'Promise<")
_OF_PROMISES = ("missing-member", "missing-property", "wrong-type")
_CALLED = re.compile(r"([A-Za-z_$][\w$]{1,99})\(")
_DECLARED = re.compile(r"\b(?:const|let|var)\s{1,9}([A-Za-z_$][\w$]{1,99})\b[^=]{0,200}=(.*)")
_UP = 60  # lines above one, in which its variables are looked for
_OF_VARIABLES = ("missing-member", "unchecked-null")
_ALL_FROM = re.compile(
    rb"^\s{0,20}export\s{1,20}\*\s{0,20}from\s{0,20}[\"']([^\"'\n]{1,300})[\"']", re.MULTILINE
)
_LONGEST = 2000  # characters of a line that are read
_MAX_PLACES = 20
_MAX_FILES = 200  # that exports are followed through


@dataclass(frozen=True)
class Known:
    """What is known of a change, to tell what an error in it means."""

    project: Project
    modules: Modules
    maps: dict[str, delta.LineMap]
    gone: frozenset[str]  # old names of files that are removed or renamed
    lines: delta.Lines


def known(project: Project, change: Change) -> Known:
    return Known(
        project,
        resolver(change),
        {file.path: delta.LineMap(file) for file in change.files},
        frozenset(old_name(file) for file in change.files if old_name(file) not in project.new),
        delta.split(project.new),
    )


def is_certain(hit: Evidence, known: Known) -> bool:
    """Whether the change must be the reason for an error that it brings."""
    if hit.rule == "missing-export":
        return _is_seen(hit, known)
    if hit.rule == "missing-module":
        return _target(hit, known) in known.gone
    if hit.rule == "wrong-arguments":
        return True
    if hit.rule == "missing-member" and _is_lost(hit, known.project.altered):
        return True
    return _is_untouched(hit, known) and _cause(hit, known) is not None


def _is_lost(hit: Evidence, altered: Altered) -> bool:
    """Whether the change takes the member away from the very type that the error names."""
    owner = _TYPE.search(hit.message)
    named = _QUOTED.search(hit.message)
    return bool(owner and named and owner[1] in altered.lost.get(named[1], ()))


def explained(hits: Iterable[Evidence], known: Known) -> list[Evidence]:
    """The hits with what the change altered: one for each cause, with further places."""
    causes: dict[object, list[Evidence]] = defaultdict(list)
    for hit in hits:
        cause = _cause(hit, known)
        named = _QUOTED.findall(hit.message)[:1] if cause else [hit.message]
        causes[(hit.rule, cause, *named)].append(_explained(hit, cause, known))
    return [_joined(same) for same in causes.values()]


def _explained(hit: Evidence, cause: Place | None, known: Known) -> Evidence:
    before = " This was not an error before the change." if _is_untouched(hit, known) else ""
    rule = "not-awaited" if _is_unawaited(hit) else hit.rule
    elsewhere = cause is not None and (cause.path, cause.start) != (hit.path, hit.start)
    related = (cause,) if cause and elsewhere else ()
    return dataclasses.replace(hit, rule=rule, message=hit.message + before, related=related)


def _is_unawaited(hit: Evidence) -> bool:
    """Whether a promise is used as if it were its result."""
    if hit.rule not in _OF_PROMISES or hit.message.count("Promise<") > 1:
        return False
    return _UNAWAITED.search(hit.message) is not None


def _is_untouched(hit: Evidence, known: Known) -> bool:
    lines = known.maps.get(hit.path)
    return lines is None or not lines.touches(hit.start or 1, hit.end or 1)


def _cause(hit: Evidence, known: Known) -> Place | None:
    """What the change altered of what the error, or else its line, or else the variables of the
    line, name."""
    quoted = _QUOTED.findall(hit.message)
    body = known.lines(hit.path)
    at = hit.start if hit.start and hit.start <= len(body) else 0
    line = text.decode(body[at - 1][:_LONGEST]) if at else ""
    called = _CALLED.findall(line) if hit.rule == "wrong-arguments" else ()
    named = _WORD.findall(line)
    values = _values(body, at, {*quoted, *named}) if hit.rule in _OF_VARIABLES else ()
    for places, words in (
        (known.project.altered.removed, quoted),
        (known.project.altered.defined, (*quoted, *called, *_longest(named), *_longest(values))),
    ):
        for word in words:
            if word in places:
                return places[word]
    return None


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(set(words), key=lambda word: (-len(word), word))


def _values(body: Sequence[bytes], at: int, variables: Set[str]) -> Iterator[str]:
    """What the values name that the lines above give to the variables."""
    for above in body[max(at - 1 - _UP, 0) : max(at - 1, 0)]:
        declared = _DECLARED.search(text.decode(above[:_LONGEST]))
        if declared and declared[1] in variables:
            yield from _WORD.findall(declared[2])


def _target(hit: Evidence, known: Known) -> str | None:
    """The file that the error's module is, on either side."""
    match = _MODULE.search(hit.message)
    return known.modules.module(hit.path, match[1], 0) if match else None


def _is_seen(hit: Evidence, known: Known) -> bool:
    """Whether all exports of the module that the error names are known."""
    named = _MODULE.search(hit.message)
    if named is None or named[1] in known.project.declared:
        return False
    target = _target(hit, known)
    todo, seen = [target], set[str]()
    while todo and len(seen) < _MAX_FILES:
        path = todo.pop()
        if path is None or path not in known.project.new:
            return False
        if path not in seen:
            seen.add(path)
            for name in _ALL_FROM.findall(known.project.new[path]):
                todo.append(known.modules.module(path, text.decode(name), 0))
    return not todo


def _joined(same: list[Evidence]) -> Evidence:
    """One finding of those that have the same cause, in the code rather than in its tests."""
    first, *others = sorted(same, key=lambda hit: (is_test(hit.path), hit.path, hit.start or 0))
    places = dict.fromkeys((hit.path, hit.start or 1) for hit in others)
    places.pop((first.path, first.start or 1), None)
    more = [Place(path, line, line, "the same here") for path, line in places]
    return dataclasses.replace(first, related=(*first.related, *more[:_MAX_PLACES]))
