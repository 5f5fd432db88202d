"""The definitions in question, and all files that may use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from reviewer.analyzers.still_used_facts import Definition, Facts, Imported
from reviewer.languages import Modules
from reviewer.languages.roles import Mention

_MOST = 100  # files that pass exports on


class Target(NamedTuple):
    """A definition of the old side, in the file `old`. `new` is the new side of that file, None if
    it is gone, and `kept` what has become of the definition there. `took` and `takes`: the fewest
    and the most arguments, before and now."""

    old: Facts
    new: Facts | None
    item: Definition
    kept: Definition | None = None
    took: tuple[int, int] | None = None
    takes: tuple[int, int] | None = None


class Use(NamedTuple):
    facts: Facts
    mention: Mention

    @property
    def place(self) -> tuple[str, int]:
        return self.facts.path, self.mention.line


@dataclass(frozen=True)
class World:
    """`new`: the changed files, and those that mention one of the names in question, by path.
    `modules` and `now`: where imports lead on the old side and on the new one, by language."""

    new: Mapping[str, Facts]
    modules: Mapping[str, Modules] = field(default_factory=dict)
    now: Mapping[str, Modules] = field(default_factory=dict)

    def of(self, kin: str) -> Iterator[Facts]:
        return (facts for facts in self.new.values() if facts.language.kin == kin)

    def others(self, target: Target) -> Iterator[Use]:
        """What else may define the name."""
        new, kept = target.new, target.kept
        for facts in self.of(target.old.language.kin):
            for mention in facts.of(target.item.last):
                if mention.role != "def":
                    continue
                is_itself = kept and new and facts.path == new.path and is_in(mention, kept)
                is_header = kept and facts.language.scopes.headers and mention.count == target.takes
                if not is_itself and not is_header:
                    yield Use(facts, mention)

    def has(self, user: Facts, module: str) -> bool:
        """Whether the repository has the module that an import names."""
        modules = self.now.get(user.language.name)
        return modules is not None and modules.module(user.path, module, 0) is not None

    def leads(self, user: Facts, item: Imported, path: str) -> bool | None:
        """Whether an import in the file of `user` named the file `path`, alone, with others of its
        folder, or through files that export all of its exports; None if it named nothing in the
        repository."""
        modules = self.modules.get(user.language.name)
        found = modules.module(user.path, item.module, item.level) if modules else None
        if modules is None or found is None:
            return None
        return path in (found, *modules.files(found)) or self._passes(found, path, item.attr)

    def _passes(self, start: str, path: str, name: str) -> bool:
        """Whether the exports of `path` are also those of the file `start`, which has no other
        of that name."""
        todo, seen, found = [start], set[str](), False
        while todo and len(seen) < _MOST:
            at = todo.pop()
            if at == path:
                found = True
            elif at not in seen:
                seen.add(at)
                facts = self.new.get(at)
                modules = self.now.get(facts.language.name) if facts else None
                if facts is None or modules is None or facts.exports is None:
                    return False
                stars = [modules.module(at, star, 0) for star in facts.stars]
                if name in facts.exports or None in stars:
                    return False
                todo += [star for star in stars if star]
        return found and not todo


def is_in(mention: Mention, item: Definition) -> bool:
    return item.start <= mention.line <= item.end
