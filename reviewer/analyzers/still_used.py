"""Names that the change removes or renames and that code still uses, and calls that no longer fit
what they call: in every language whose record says how a use proves what it means. What cannot be
proved is not reported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reviewer.analyzers import isolate
from reviewer.analyzers.base import MAX_BYTES, AnalyzerResult, Limits, content, old_name
from reviewer.analyzers.still_used_facts import Definition, Facts, Wanted, read
from reviewer.analyzers.still_used_modules import lost_modules, surveys
from reviewer.analyzers.still_used_report import report
from reviewer.analyzers.still_used_world import Target, World
from reviewer.languages import language_of
from reviewer.text import decode
from reviewer.types import Change, Evidence, FileDiff

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_WORDS = 80  # names that are looked for
_SEARCHED = 48 << 20  # bytes of files that have one of them
_FILES, _TOTAL = 150, 4 << 20  # files that are parsed, and their characters
_LEVELS, _BARRELS = 3, 40  # of files that pass exports on, and how many at each
_COMMON = 60  # files with a name, above which it is too common


def check(change: Change, limits: Limits) -> AnalyzerResult:
    changed = dict(_changed(change))
    if not any(key.startswith("old:") for key in changed):
        return AnalyzerResult("still_used")
    first, lost = read(changed, limits)
    targets = [each for file in change.files for each in _targets(file, first)]
    modules = [file for file in change.files if f"old:{old_name(file)}" in first]
    doubtful = _elsewhere(change, changed) if targets else set()
    words = [word for word in _words(targets) if word not in doubtful]
    others = dict(_others(change, words, changed, limits))
    every = changed | others
    wanted = {
        key: each._replace(names=[word for word in words if word in each.source])
        for key, each in every.items()
    }
    second, lost_too = read(wanted, limits) if words else (first, {})
    world = World(
        _side(second, "new:"),
        surveys(change, second.values(), "old"),
        surveys(change, second.values(), "new"),
    )
    world = _with_barrels(world, change, words, limits)
    old = _side(second, "old:")
    found: dict[tuple[str, str, int | None], Evidence] = {}
    for target in targets:
        limits.check()
        if target.old.path in old:
            for hit in report(_renewed(target, old, world), world, change):
                found.setdefault((target.item.last, hit.path, hit.start), hit)
    own = {file.path for file in change.files}
    problems = {key[4:]: why for key, why in (lost | lost_too).items() if key[4:] in own}
    evidence = [*found.values(), *lost_modules(change, modules, world, limits)]
    return isolate.result("still_used", evidence, problems)


def _with_barrels(world: World, change: Change, words: list[str], limits: Limits) -> World:
    """The world with the files between imports of the words and what defines them: those that
    export all of another's exports do not have the word."""
    new = dict(world.new)
    users = [*new.values()]
    for _ in range(_LEVELS if words else 0):
        wanted: dict[str, Wanted] = {}
        for path in (path for user in users for path in _onward(user, world, words)):
            if path not in new and path not in wanted and len(wanted) < _BARRELS:
                data = change.read(path, "new")
                if data and len(data) <= MAX_BYTES and (found := _wanted(path, data)):
                    wanted[path] = found._replace(names=words)
        users = [*read(wanted, limits)[0].values()] if wanted else []
        new |= {user.path: user for user in users}
    return replace(world, new=new)


def _onward(user: Facts, world: World, words: list[str]) -> Iterator[str]:
    """Where imports of one of the words, and exports of all, lead."""
    modules = world.now.get(user.language.name)
    if modules is not None and user.language.exports:
        for item in user.imports:
            if item.attr == "*" or item.attr in words:
                yield modules.module(user.path, item.module, item.level) or ""


def _side(facts: Mapping[str, Facts], prefix: str) -> dict[str, Facts]:
    return {key[len(prefix) :]: each for key, each in facts.items() if key.startswith(prefix)}


def _renewed(target: Target, old: Mapping[str, Facts], world: World) -> Target:
    """The target with the mentions of both sides."""
    new = world.new.get(target.new.path) if target.new else None
    return target._replace(old=old[target.old.path], new=new)


def _changed(change: Change) -> Iterator[tuple[str, Wanted]]:
    for file in change.files:
        for key, path, data in (
            ("old:", old_name(file), content(change, file, "old")),
            ("new:", file.path, content(change, file, "new")),
        ):
            if data is not None and (wanted := _wanted(path, data)):
                yield key + path, wanted


def _wanted(path: str, data: bytes) -> Wanted | None:
    language = language_of(path, data)
    if language is None or language.links is None or path.endswith(language.syntax.dialects):
        return None
    if language.syntax.dialect and language.syntax.dialect.search(data):
        return None
    return Wanted(path, language, decode(data), ())


def _targets(file: FileDiff, read: Mapping[str, Facts]) -> Iterator[Target]:
    """What the change took out of a file, and functions whose signature it changed."""
    old, new = read.get(f"old:{old_name(file)}"), read.get(f"new:{file.path}")
    if old is None or (new is None and file.status != "deleted"):
        return
    there = {item.name: item for item in new.defs} if new else {}
    functions = {item.name for item in old.defs if item.kind == "function"}
    exported = (old.exports or frozenset()) if old.exports is not None else frozenset()
    hidden = exported - new.exports if new and new.exports is not None else frozenset()
    for item in old.defs:
        around = item.name.rpartition(".")[0]
        if around in functions or (around and around not in there):
            continue  # local to a function, or gone together with its class
        if item.name not in there or item.name in hidden:
            yield Target(old, new, item)
            continue
        kept = there[item.name]
        is_single = new and old.count(item.name) == new.count(item.name) == 1
        if is_single and kept.header != item.header and item.kind != "class":
            yield Target(old, new, item, kept)
    for name in sorted(hidden - old.names):  # exported from elsewhere
        yield Target(old, new, Definition(name, "value", 0, 0, ""))


def _words(targets: Iterable[Target]) -> list[str]:
    names = dict.fromkeys(target.item.last for target in targets if len(target.item.last) > 2)
    return list(names)[:_WORDS]


def _elsewhere(change: Change, known: Mapping[str, Wanted]) -> set[str]:
    """The words of the changed files that are not parsed: templates, grammars and the like may
    define what another file no longer does."""
    found: set[str] = set()
    for file in change.files:
        language = language_of(file.path)
        if f"new:{file.path}" in known or (language is not None and language.kind == "prose"):
            continue
        found |= set(_WORD.findall(decode(content(change, file, "new") or b"")))
    return found


def _others(
    change: Change, words: list[str], known: Mapping[str, Wanted], limits: Limits
) -> Iterator[tuple[str, Wanted]]:
    """The unchanged files that have one of the words, in a language of the change. What too many
    files have is taken out of `words`: it may be defined in what is not parsed."""
    kin = {each.language.kin for each in known.values()}
    touched = {key[4:] for key in known}
    either = re.compile(rf"(?<![\w$])(?:{'|'.join(map(re.escape, words))})(?![\w$])")
    files: dict[str, tuple[Wanted, set[str]]] = {}
    total = 0
    for path in change.grep(words) if words else ():
        limits.check()
        found = language_of(path)
        if path in touched or found is None or found.kin not in kin:
            continue
        data = change.read(path, "new")
        total += len(data or b"")
        if total > _SEARCHED:
            words.clear()
            return
        if data and len(data) <= MAX_BYTES and (wanted := _wanted(path, data)):
            files[path] = wanted, set(either.findall(wanted.source))
    _drop_common(words, files)
    for path, (wanted, there) in files.items():
        if not there.isdisjoint(words):
            yield "new:" + path, wanted


def _drop_common(words: list[str], files: Mapping[str, tuple[Wanted, set[str]]]) -> None:
    """Take words out of `words`, the most common first, until the files that have one of the others
    are few enough to be parsed."""
    counts = Counter(word for _, there in files.values() for word in there)
    for word in sorted(words, key=lambda word: (-counts[word], word)):
        sizes = [len(each.source) for each, there in files.values() if there.intersection(words)]
        if counts[word] <= _COMMON and len(sizes) <= _FILES and sum(sizes) <= _TOTAL:
            return
        words.remove(word)
