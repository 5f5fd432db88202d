"""What a name means in a language that writes names in full (`var.region`, `users.email`): the
definition of that name in a file that this one sees."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from reviewer.languages.outline import Def, Outline, Ref

Places = Iterator[tuple[str, Outline, list[Def]]]


def written(
    path: str, outline: Outline, ref: Ref, elsewhere: Iterable[tuple[str, Outline]]
) -> Places:
    """The files that define what a name says, each with its definitions. `elsewhere` are the other
    files that contain the last part of the name."""
    folder = posixpath.dirname(path)
    others = list(elsewhere)
    every = [(path, outline), *others]
    sees = outline.language.scopes.sees
    near = [
        (where, there)
        for where, there in every
        if where == path or sees == "everything" or (sees and posixpath.dirname(where) == folder)
    ]
    found = [
        (where, there, items)
        for where, there in near
        if (items := [item for item in there.defs if item.name == ref.name])
    ]
    yield from found or _of_module(path, ref, every) or _member(outline, ref, near)


def _of_module(
    path: str, ref: Ref, every: Iterable[tuple[str, Outline]]
) -> list[tuple[str, Outline, list[Def]]]:
    """The output that `module.m.out` names, or the variable that an argument of a module sets."""
    owner, _, last = ref.name.rpartition(".")
    owner, wanted = (owner, f"output.{last}") if owner else (ref.scope, f"var.{last}")
    folder = posixpath.dirname(path)
    files = list(every)
    sources = {
        posixpath.normpath(posixpath.join(folder, item.module))
        for where, there in files
        if posixpath.dirname(where) == folder
        for item in there.imports
        if item.name == owner
    }
    return [
        (where, there, items)
        for where, there in files
        if posixpath.dirname(where) in sources
        and (items := [item for item in there.defs if item.name == wanted])
    ]


def _member(
    outline: Outline, ref: Ref, near: Iterable[tuple[str, Outline]]
) -> list[tuple[str, Outline, list[Def]]]:
    """A column by its own name, or behind an alias: of a table that the file names."""
    if not outline.language.scopes.aliases:
        return []
    last = ref.name.rpartition(".")[2]
    return [
        (where, there, items)
        for where, there in near
        if (
            items := [
                item
                for item in there.named.get(last, ())
                if item.name.rpartition(".")[0] in outline.words
            ]
        )
    ]
