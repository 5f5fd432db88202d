"""What a name refers to, followed through imports, classes and simple types across the repository.
Only for languages whose outlines are detailed enough."""

from __future__ import annotations

from reviewer.context.index import Index, Target
from reviewer.languages import Language, language_of
from reviewer.languages.outline import Def, Import, Outline

_MAX_STEPS = 60  # per lookup, whatever cycles of imports, bases and types there are
_MAX_KEPT = 50_000  # cached results


class _TooFar(Exception):
    pass


class Resolver:
    """One lookup. Its steps are counted, so cycles and mazes end it."""

    def __init__(self, index: Index, language: Language) -> None:
        self._index = index
        self._scopes = language.scopes
        self._modules = index.modules(language)
        self._left = _MAX_STEPS

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _TooFar

    def name(self, path: str, dotted: str, scope: str) -> Target | None:
        self._step()
        outline = self._index.outline(path)
        if outline is None:
            return None
        head, *rest = dotted.split(".")
        if head == f"{self._scopes.parent}()" and rest:
            owner = _class_around(outline, scope)
            target = self.inherited(path, owner, rest.pop(0)) if owner else None
        else:
            target = self._head(path, outline, head, scope)
        for at, part in enumerate(rest):
            if target is None:
                return None
            # Only the owner of an attribute is replaced by its class; the last name stays as it is.
            target = self.member(self._object(target), part.removesuffix("()"))
            if target and part.endswith("()") and at < len(rest):
                target = self._result(target)
        return target

    def _head(self, path: str, outline: Outline, head: str, scope: str) -> Target | None:
        base = head.removesuffix("()")
        if base in ("?", self._scopes.parent):
            return None
        target: Target | None = None
        if base in self._scopes.receivers and (owner := _class_around(outline, scope)):
            return Target(path, owner.name)
        for level in _levels(outline, scope):
            if level and (kind := outline.types.get(f"{level}:{base}")):
                return self._typed(path, kind, level)
            if (name := f"{level}.{base}" if level else base) in outline.by_name:
                target = Target(path, name)
                break
        if target is None and (item := outline.by_import.get(base)):
            target = self.imported(path, item)
        if target is None:
            target = self._starred(path, outline, base)
        return self._result(target) if target and head.endswith("()") else target

    def _starred(self, path: str, outline: Outline, name: str) -> Target | None:
        for item in outline.imports:
            if item.name == "*" and (module := self.module(path, item.module, item.level)):
                target = self.member(module, name)
                if target and self.definition(target):
                    return target
        return None

    def _typed(self, path: str, kind: str, scope: str) -> Target | None:
        """The class that a type (or `callee()`) written in `scope` means."""
        callee = kind.removesuffix("()")
        outer = scope if kind.endswith("()") else scope.rpartition(".")[0]
        target = self.name(path, callee, outer)
        return self._result(target) if target and kind.endswith("()") else target

    def _result(self, target: Target) -> Target | None:
        """What calling `target` returns: an instance of the class, or of the class that the
        function returns."""
        self._step()
        item = self.definition(target)
        if item is None or item.kind == "class":
            return target if item else None
        if not item.returns:
            return None
        if item.returns.rpartition(".")[2] == "Self":
            return Target(target.path, target.name.rpartition(".")[0])
        return self.name(target.path, item.returns, target.name.rpartition(".")[0])

    def _object(self, target: Target) -> Target:
        """The class of a variable with a known type, else the target itself."""
        item = self.definition(target)
        if item is None or item.kind != "value":
            return target
        outline = self._index.outline(target.path)
        owner, _, name = target.name.rpartition(".")
        kind = outline and (
            outline.types.get(f"{owner}:{name}") or outline.types.get(f"{owner}:self.{name}")
        )
        return (kind and self._typed(target.path, kind, owner)) or target

    def member(self, target: Target, part: str) -> Target | None:
        self._step()
        if target.path.endswith("/"):
            return self._within(target.path, part)
        outline = self._index.outline(target.path)
        if outline is None:
            return None
        if target.name:
            item = outline.by_name.get(target.name)
            if item is None or item.kind != "class":
                return None
            return self.inherited(target.path, item, part, own=True) or Target(
                target.path, f"{item.name}.{part}"
            )
        if part in outline.by_name:
            return Target(target.path, part)
        if item_ := outline.by_import.get(part):
            return self.imported(target.path, item_)
        return (
            self._within(target.path, part)
            or self._starred(target.path, outline, part)
            or Target(target.path, part)
        )

    def inherited(self, path: str, owner: Def, part: str, *, own: bool = False) -> Target | None:
        """Attribute `part` of a class (if `own`) or of its bases, in the order they are listed."""
        todo, seen = [(path, owner, own)], set()
        while todo:
            self._step()
            where, item, here = todo.pop(0)
            outline = self._index.outline(where)
            if outline is None or (where, item.name) in seen:
                continue
            seen.add((where, item.name))
            if here and f"{item.name}.{part}" in outline.by_name:
                return Target(where, f"{item.name}.{part}")
            for base in item.bases:
                target = self.name(where, base, item.name.rpartition(".")[0])
                definition = self.definition(target) if target else None
                if target and definition and definition.kind == "class":
                    todo.append((target.path, definition, True))
        return None

    def definition(self, target: Target) -> Def | None:
        outline = self._index.outline(target.path) if not target.path.endswith("/") else None
        return outline.by_name.get(target.name) if outline else None

    def imported(self, path: str, item: Import) -> Target | None:
        self._step()
        module = self.module(path, item.module, item.level)
        return self.member(module, item.attr) if module and item.attr else module

    def module(self, path: str, name: str, level: int) -> Target | None:
        """The module that an import statement in `path` names; None if it is not in this
        repository."""
        module_path = self._modules and self._modules.module(path, name, level)
        return Target(module_path, "") if module_path else None

    def _within(self, module: str, part: str) -> Target | None:
        module_path = self._modules and self._modules.within(module, part)
        return Target(module_path, "") if module_path else None


def resolve(index: Index, path: str, dotted: str, scope: str) -> Target | None:
    """What `dotted` means within `scope` of the file `path`; None if unknown or outside the
    repository."""
    key = (path, dotted, scope)
    if key not in index.resolved:
        if len(index.resolved) >= _MAX_KEPT:
            index.resolved.clear()
        index.resolved[key] = _resolved(index, path, dotted, scope)
    return index.resolved[key]


def _resolved(index: Index, path: str, dotted: str, scope: str) -> Target | None:
    language = language_of(path)
    if language is None or not language.scopes.resolves:
        return None
    try:
        return Resolver(index, language).name(path, dotted, scope)
    except _TooFar:
        return None


def inherited(index: Index, path: str, owner: Def, part: str) -> Target | None:
    """Where a base of the class `owner` defines `part`."""
    language = language_of(path)
    if language is None:
        return None
    try:
        return Resolver(index, language).inherited(path, owner, part)
    except _TooFar:
        return None


def module_of(index: Index, path: str, item: Import) -> Target | None:
    """The module (not the name in it) that an import statement of `path` reads from."""
    language = language_of(path)
    if language is None:
        return None
    try:
        resolver = Resolver(index, language)
        target = resolver.module(path, item.module, item.level)
        below = (
            resolver.member(target, item.attr)
            if target and item.attr and item.attr != "*"
            else None
        )
    except _TooFar:
        return None
    return below if below and not below.name else target


def _class_around(outline: Outline, scope: str) -> Def | None:
    while scope:
        item = outline.by_name.get(scope)
        if item is not None and item.kind == "class":
            return item
        scope = scope.rpartition(".")[0]
    return None


def _levels(outline: Outline, scope: str) -> list[str]:
    """The scopes in which a plain name is looked up, innermost first. A class counts only for code
    directly in its body."""
    levels = []
    current = scope
    while current:
        item = outline.by_name.get(current)
        if current == scope or item is None or item.kind != "class":
            levels.append(current)
        current = current.rpartition(".")[0]
    return [*levels, ""]
