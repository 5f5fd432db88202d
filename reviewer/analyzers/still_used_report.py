"""What is said about the uses of a name that is gone, and about calls that no longer fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer import text
from reviewer.analyzers import delta
from reviewer.analyzers.base import old_name
from reviewer.analyzers.still_used_facts import Definition
from reviewer.analyzers.still_used_proofs import uses
from reviewer.analyzers.still_used_world import Target, Use, World
from reviewer.types import Change, Evidence, Place

SHOWN = 5  # further places
# Code that nobody builds with the project.
_SAMPLE = re.compile(
    r"(?i)(?:^|/)(?:testdata|fixtures?|__fixtures__|vendor|third_party|node_modules|snapshots?"
    r"|corpus|docs?|templates?|examples?/broken)/"
)


def is_sample(path: str) -> bool:
    """Whether a file is none that is built together with the project."""
    return _SAMPLE.search(path) is not None


def report(target: Target, world: World, change: Change) -> Iterator[Evidence]:
    """One hit for the target, at its first use; the others are further places."""
    if target.kept is not None:
        yield from _calls(target, world, change)
        return
    found = [use for use in uses(target, world) if not is_sample(use.facts.path)]
    if not found:
        return
    item, first = target.item, found[0]
    how = "imported" if first.mention.role == "import" else "used"
    stays = target.new is not None and item.name in target.new.names
    said = "is no longer exported by" if stays else "was removed from"
    yield Evidence(
        source="still_used",
        rule="removed-member" if item.owner else "removed-name",
        path=first.facts.path,
        start=first.mention.line,
        end=first.mention.line,
        message=f"`{_short(item)}`, which is {how} here, {said} {target.old.path}."
        + said_more(first.facts.path, [use.place for use in found[1:]]),
        fix=_instead(target),
        related=(*_where(target, change), *_places(found[1:], item)),
    )


def _calls(target: Target, world: World, change: Change) -> Iterator[Evidence]:
    took, takes = _takes(target)
    if took is None or takes is None or took == takes:
        return
    target = target._replace(took=took, takes=takes)
    found = [
        use
        for use in uses(target, world)
        if not is_sample(use.facts.path) and _no_longer_fits(use, took, takes)
    ]
    if not found:
        return
    first, *more = found
    passed = text.count(first.mention.count[0], "argument") if first.mention.count else ""
    yield Evidence(
        source="still_used",
        rule="argument-count",
        path=first.facts.path,
        start=first.mention.line,
        end=first.mention.line,
        message=f"`{_short(target.item)}` is called with {passed} here, and now takes"
        f" {_range(takes)}." + (f" {text.count(len(more), 'more call')} like it." if more else ""),
        fix="Pass what it takes, or let it take what is passed.",
        related=(*_where(target, change), *_places(more, target.item)),
    )


def _no_longer_fits(use: Use, took: tuple[int, int], takes: tuple[int, int]) -> bool:
    """Whether a call passes what the definition took, and not what it takes now."""
    if use.mention.role != "call" or use.mention.count is None:
        return False
    passed, links = use.mention.count[0], use.facts.links
    if not took[0] <= passed <= took[1]:
        return False
    return (passed < takes[0] and links.too_few) or (passed > takes[1] and links.too_many)


def _takes(target: Target) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """How many arguments the definition took, and how many it takes now."""
    if target.new is None or target.kept is None:
        return None, None
    sides = ((target.old, target.item), (target.new, target.kept))
    counts = []
    for facts, item in sides:
        found = {
            each.count
            for each in facts.of(item.last)
            if each.role == "def" and item.start <= each.line <= item.end
        }
        counts.append(found.pop() if len(found) == 1 else None)
    return counts[0], counts[1]


def _range(takes: tuple[int, int]) -> str:
    few, many = takes
    return str(many) if few == many else f"{few} to {many}"


def _short(item: Definition) -> str:
    return f"{item.owner}.{item.last}" if item.owner else item.last


def said_more(first: str, others: list[tuple[str, int]]) -> str:
    files = len({path for path, _ in others} - {first})
    verb = "uses" if files == 1 else "use"
    return f" {text.count(files, 'more file')} {verb} it, too." if files else ""


def _places(found: list[Use], item: Definition) -> tuple[Place, ...]:
    return tuple(
        Place(use.facts.path, use.mention.line, use.mention.line, f"`{_short(item)}` is used here")
        for use in found[:SHOWN]
    )


def _instead(target: Target) -> str:
    """What took the place of the definition, where one of its kind is new beside it."""
    item, new = target.item, target.new
    around = item.name.rpartition(".")[0]
    fresh = [
        each
        for each in (new.defs if new else ())
        if each.kind == item.kind
        and each.name.rpartition(".")[0] == around
        and each.name not in target.old.names
    ]
    if len(fresh) == 1:
        return f"Use `{_short(fresh[0])}`, if it took its place, or restore it."
    return "Use what took its place, or restore it."


def _where(target: Target, change: Change) -> tuple[Place, ...]:
    """The line of the new side where the definition was, or where it is now."""
    new, item = target.new, target.item
    if new is None or not item.start:
        return ()
    if target.kept is not None:
        line, said = target.kept.start, "is defined here"
    else:
        file = next(file for file in change.files if old_name(file) == target.old.path)
        line = min(max(delta.LineMap(file).nearest(item.start), 1), new.source.count("\n") + 1)
        said = "was removed here"
    return (Place(new.path, line, line, f"`{_short(item)}` {said}"),)
