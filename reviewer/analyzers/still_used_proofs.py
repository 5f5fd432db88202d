"""Which uses of a name prove that they mean a definition that is gone, or one that takes other
arguments than before."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from reviewer.analyzers.still_used_facts import Definition, Facts
from reviewer.analyzers.still_used_members import members
from reviewer.analyzers.still_used_world import Target, Use, World, is_in
from reviewer.languages.roles import Mention

_FROM = re.compile(r"from\s*['\"]([^'\"]+)['\"]")
_NEAR = 30  # lines of an import


def uses(target: Target, world: World) -> list[Use]:
    """The uses that prove to mean the target, in order."""
    if target.item.owner and not _is_space(target):
        found = members(target, world)
    elif target.old.language.exports:
        found = iter((*_imports(target, world), *_own(target)))
    else:
        found = _seen(target, world)
    return sorted(dict.fromkeys(found), key=lambda use: use.place)


def _is_space(target: Target) -> bool:
    """Whether the definition is in a namespace, and in no class."""
    around = target.item.name.rpartition(".")[0]
    spaces = target.old.links.spaces
    heads = [each.header for each in target.old.defs if each.name == around]
    return spaces is not None and bool(heads) and all(map(spaces.match, heads))


# What a module exports


def _imports(target: Target, world: World) -> Iterator[Use]:
    """Imports of the name from its module, and members of the module as a whole."""
    old, new, name = target.old, target.new, target.item.last
    if new is None or new.exports is None or (name in new.exports) != bool(target.kept):
        return
    if new.stars and (
        any(world.others(target)) or not all(world.has(new, each) for each in new.stars)
    ):
        return
    for user in world.of(old.language.kin):
        if user.path == new.path:
            continue
        spaces = {
            each.name
            for each in user.imports
            if each.attr == "" and world.leads(user, each, old.path)
        }
        found = [*_imported(user, name, old.path, world)]
        yield from found
        if target.kept and found and all(each.role != "def" for each in user.of(name)):
            yield from (Use(user, each) for each in user.of(name) if each.role == "call")
        for each in user.of(name):
            if each.role in ("call", "member") and each.before in spaces:
                yield Use(user, each)


def _imported(user: Facts, name: str, path: str, world: World) -> Iterator[Use]:
    for item in user.imports:
        if item.attr != name or not world.leads(user, item, path):
            continue
        lines = [each.line for each in user.of(name) if 0 <= each.line - item.line <= _NEAR]
        if lines:
            yield Use(user, Mention(name, lines[0], "import"))


def _own(target: Target) -> Iterator[Use]:
    """Uses in the same module, which has no other definition of the name."""
    new, name = target.new, target.item.last
    if new is None or "require(" in target.item.header or not (new.imports or new.exports):
        return  # a script, whose names others may define
    mentions = new.of(name)
    kept = target.kept
    others = [
        each
        for each in mentions
        if each.role in ("def", "local", "import", "key") and not (kept and is_in(each, kept))
    ]
    if not others and name not in new.language.common:
        plain = (each for each in mentions if not each.before)
        yield from (Use(new, each) for each in plain if each.role in ("call", "value"))


# Names that are seen without an import, or that an import of their package proves


def _seen(target: Target, world: World) -> Iterator[Use]:
    new = target.new
    if any(world.others(target)) or _may_be_provided(target, world):
        return
    for user in world.of(target.old.language.kin):
        mentions = user.of(target.item.last)
        if all(_points(user, each, target, world) for each in mentions):
            yield from (Use(user, each) for each in mentions if each.role == "import")
            yield from _plain(user, target, world, own=new is not None and user.path == new.path)


def _may_be_provided(target: Target, world: World) -> bool:
    """Whether the name may be there without a definition: as a macro or a fallback, or because the
    file now imports it."""
    old, new = target.old, target.new
    if _is_fallback(old, target.item):
        return True
    if new is None:
        return False
    dynamic, wildcard = old.links.dynamic, old.links.wildcard
    if dynamic and dynamic.search(new.source):
        return True
    if wildcard and old.language.scopes.passes_on and wildcard.search(new.source):
        return True
    return not all(_points(new, each, target, world) for each in new.of(target.item.last))


def _plain(user: Facts, target: Target, world: World, *, own: bool) -> Iterator[Use]:
    """Uses in a file that has no other definition of the name. `own`: it is that of the target."""
    mentions = user.of(target.item.last)
    imported = any(each.role == "import" for each in mentions)
    wildcard = user.links.wildcard
    if any(each.role == "local" for each in mentions):
        return
    if not imported and wildcard and wildcard.search(user.source):
        return
    for each in mentions:
        if not each.before:
            seen = own or imported or _is_visible(user, each, target)
            if seen and each.role in ("call", "type", "value"):
                yield Use(user, each)
        elif each.role in ("call", "member") and _is_qualified(user, each, target, world):
            yield Use(user, each)


def _is_qualified(user: Facts, mention: Mention, target: Target, world: World) -> bool:
    """Whether what stands before the name is the namespace, or the package, of the target."""
    last = re.split(r"\.|::|\\", mention.before)[-1]
    return last == target.item.owner != "" or any(
        each.name == mention.before and not each.attr and world.leads(user, each, target.old.path)
        for each in user.imports
    )


def _is_visible(user: Facts, mention: Mention, target: Target) -> bool:
    """Whether the user's file sees the name without an import."""
    links, language = user.links, user.language
    if language.scopes.sees == "folder":
        same = posixpath.dirname(user.path) == posixpath.dirname(target.old.path)
        package = user.package
        return package is not None and package == target.old.package and (same or "." in package)
    return links.everywhere and len(mention.name) > 3 and mention.name not in language.common


def _points(user: Facts, mention: Mention, target: Target, world: World) -> bool:
    """Whether an import statement that has the name means the target."""
    if mention.role != "import":
        return True
    for item in user.imports:
        near = 0 <= mention.line - item.line <= _NEAR
        leads = world.leads(user, item, target.old.path) if near and item.name else None
        if leads is not None and item.attr == mention.name:
            return leads
    links, package = target.old.links, target.old.package
    if links.inner is not None:
        return links.inner.match(mention.before) is not None
    if package is None:
        return False
    before = rf"(?<![\w.\\]){re.escape(package)}(?:\.|\\)(?:\{{[^}}]*)?"
    return re.search(rf"{before}\b{re.escape(mention.name)}\b", mention.before) is not None


def _is_fallback(facts: Facts, item: Definition) -> bool:
    """Whether a definition stands in for one that another build, or a newer version of the
    language, brings: it is between `#if` and `#endif`, or behind a test whether there is one."""
    asked = (
        rf"(?:exists|defined\??|respond_to\?)\s*\(?\s*['\":]+\\?(?:\w+\\)*{re.escape(item.last)}\b"
    )
    if re.search(asked, facts.source):
        return True
    if not facts.language.syntax.conditional:
        return False
    guard = re.search(r"^#\s*ifndef\s+(\w+)\s*\n#\s*define\s+\1\b", facts.source, re.MULTILINE)
    depth = 0
    for row in facts.source.split("\n")[: item.start - 1]:
        if re.match(r"\s*#\s*if", row):
            depth += "__cplusplus" not in row
        elif re.match(r"\s*#\s*endif", row) and depth:
            depth -= "__cplusplus" not in row
    return depth > (1 if guard else 0)
