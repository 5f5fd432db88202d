"""What a name was found to mean, in a language whose names are compared, not resolved."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.context.index import distance
from reviewer.context.standing import is_stand_in
from reviewer.languages import Language, is_generic_name
from reviewer.languages.outline import Def, Outline

MAX_SAME = 3  # overloads of one name
_LEAST = 5  # characters of a name that is believed on its own


@dataclass(frozen=True, slots=True)
class Found:
    """A definition. It is `sure` unless nothing but the name speaks for it."""

    path: str
    outline: Outline
    item: Def
    sure: bool = True


def tells(name: str, language: Language) -> bool:
    """Whether a name is rare enough to be believed on its own."""
    return len(name) >= _LEAST and name not in language.common and not is_generic_name(name)


def best(found: list[Found]) -> list[Found]:
    """The sure ones, or what is left if it is a single one: none of a copy if there is the
    original. A function with a body comes before its declaration."""
    own = [item for item in found if not is_stand_in(item.path)] or found
    sure = [item for item in own if item.sure]
    if not sure:
        return own if len(own) == 1 else []
    return sorted(sure, key=lambda found: found.item.kind == "value")[:MAX_SAME]


def nearest(found: list[Found], path: str) -> list[Found]:
    """Those in the folder of the one that is closest to the file `path`: projects that share a
    repository have classes of the same names."""
    if len({each.path for each in found}) < 2:
        return found
    closest = min((each.path for each in found), key=lambda each: distance(each, path))
    folder = closest.rpartition("/")[0]
    return [each for each in found if each.path.rpartition("/")[0] == folder]


def holder_of(item: Def) -> str:
    """The last part of the name of what a definition stands in; "" for nothing."""
    return item.name.rpartition(".")[0].rpartition(".")[2]
