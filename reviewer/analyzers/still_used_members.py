"""Which uses prove to mean a member of a class."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.analyzers.still_used_facts import Definition, Facts
from reviewer.analyzers.still_used_world import Target, Use, World
from reviewer.languages.roles import Mention

_SELF = ("this", "self", "$this", "static", "Self")
_BRACKETS = re.compile(r"\([^()]*\)")


def members(target: Target, world: World) -> Iterator[Use]:
    new = target.new
    if new is None or not _is_only_member(target, new, world):
        return
    for user in world.of(target.old.language.kin):
        mentions = user.of(target.item.last)
        roles = {each.role for each in mentions}
        own = user.path == new.path and roles.isdisjoint(("import", "local"))
        for each in mentions:
            if each.role in ("call", "member", "write", "value") and _is_member(
                target.item, each, user, own=own
            ):
                yield Use(user, each)


def _is_only_member(target: Target, new: Facts, world: World) -> bool:
    """Whether nothing else gives the class a member of that name."""
    item, links, kin = target.item, target.old.links, target.old.language.kin
    around = item.name.rpartition(".")[0]
    classes = [each for each in new.defs if each.name == around and each.kind == "class"]
    if not classes or item.last in target.old.language.common:
        return False
    if any(_inherits(each, item.owner, target.old) for each in classes):
        return False
    if links.dynamic and links.dynamic.search(new.source):
        return False
    if links.accessors and any(each.last == _property(item.last) for each in new.defs):
        return False
    closed = links.closed or item.kind == "value"
    if closed and any(
        each.kind == "class" and each.last == item.owner
        for facts in world.of(kin)
        if facts.path != new.path
        for each in facts.defs
    ):
        return False  # which of the two is meant cannot be told
    owners = ("", item.owner)
    return not any(
        not closed or use.mention.before.rpartition(".")[2] in owners
        for use in world.others(target)
    )


def _property(name: str) -> str:
    """The property of which a name is the getter or setter; "" if it has not the form of one."""
    found = re.fullmatch(r"(?:get|set)([A-Z]\w*)", name)
    return found[1][:1].lower() + found[1][1:] if found else ""


def _inherits(item: Definition, owner: str, facts: Facts) -> bool:
    plain = _BRACKETS.sub("", _BRACKETS.sub("", item.header.partition(owner)[2]))
    head, _, body = plain.partition("{")
    extends, embeds = facts.links.extends, facts.links.embeds
    return bool((extends and extends.search(head)) or (embeds and embeds.search(body or head)))


def _is_member(item: Definition, use: Mention, user: Facts, *, own: bool) -> bool:
    """Whether a use proves to mean the member `item` of its class. `own`: the class is in the same
    file."""
    before, owner = use.before, re.escape(item.owner)
    if not before or before in _SELF:
        bare = user.language.scopes.bare and use.role in ("call", "value")
        return own and f".{item.owner}." in f".{use.scope}." and (bool(before) or bare)
    if use.role == "value":
        return False
    if re.fullmatch(rf"(?:\w+(?:\.|::|\\))*{owner}", before):
        return True
    if re.fullmatch(rf"\(?\s*(?:new\s+)?{owner}\s*[({{].*", before, re.DOTALL):
        return True
    variable = re.fullmatch(r"(?:(?:this|self|\$this)\s*(?:\.|->))?\$?(\w+)", before)
    if variable is None or not use.types:
        return False
    typed = user.links.variables.format(variable=re.escape(variable[1]), type=owner)
    return bool(user.links.variables) and all(re.search(typed, line) for line in use.types)
