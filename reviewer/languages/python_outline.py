"""Outline of a Python file, by `ast`. Nothing here recurses, since a hostile source can nest
deeply."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator

from reviewer.languages.base import Language
from reviewer.languages.outline import Def, Import, Outline, Ref, join, split_lines
from reviewer.languages.python_parser import parse_python
from reviewer.languages.python_tolerant import scan

_MAX_CHAIN = 12  # links of `a.b.c…` to keep; the base of a longer chain is `?`
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_WRAPPERS = ("Optional", "Final", "ClassVar", "Annotated", "Awaitable", "Coroutine")

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def outline(source: bytes, language: Language) -> Outline:
    """Definitions, references and imports of a Python file; read line by line if it does not
    parse."""
    text, lines = split_lines(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # invalid escapes and the like are left to the analyzers
            tree = parse_python(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return scan(lines, language)
    walk = _Walk()
    walk.run(tree)
    named = {item.name for item in walk.defs}
    defs = walk.defs + [item for item in walk.attributes.values() if item.name not in named]
    return Outline(
        language,
        True,
        lines,
        tuple(sorted(defs, key=lambda item: (item.start, -item.end))),
        tuple(sorted(walk.refs, key=lambda item: (item.line, item.name))),
        tuple(sorted(walk.imports, key=lambda item: (item.start, item.name))),
        walk.types,
    )


class _Walk:
    """One pass over a tree. `scope` is the dotted name of the definition around a node; `kinds`
    maps it to its kind."""

    def __init__(self) -> None:
        self.defs: list[Def] = []
        self.refs: list[Ref] = []
        self.imports: list[Import] = []
        self.attributes: dict[
            str, Def
        ] = {}  # `self.x = …`: the first one defines, unless the class body does
        self.types: dict[str, str] = {}
        self.kinds: dict[str, str] = {"": "module"}
        self._todo: list[tuple[ast.AST, str]] = []

    def run(self, tree: ast.AST) -> None:
        self._push([tree], "")
        while self._todo:
            node, scope = self._todo.pop()
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._function(node, scope)
                case ast.ClassDef():
                    self._class(node, scope)
                case ast.Import() | ast.ImportFrom():
                    self.imports += _imports(node)
                case ast.Assign() | ast.AnnAssign():
                    self._assign(node, scope)
                case ast.With() | ast.AsyncWith():
                    for item in node.items:
                        if isinstance(item.optional_vars, ast.Name):
                            self._typed(
                                scope,
                                item.optional_vars.id,
                                self._known(scope, _origin(item.context_expr)),
                            )
                    self._push(ast.iter_child_nodes(node), scope)
                case ast.Call(func=ast.Attribute() | ast.Name()):
                    self._name(node.func, scope, call=True)
                    self._push([*node.args, *node.keywords], scope)
                case ast.Name(ctx=ast.Store() | ast.Del()):
                    pass
                case ast.Attribute() | ast.Name():
                    self._name(node, scope, call=False)
                case _:
                    self._push(ast.iter_child_nodes(node), scope)

    def _push(self, nodes: Iterable[ast.AST], scope: str) -> None:
        # Reversed, so that the stack pops them in source order: later assignments overwrite earlier
        # ones.
        self._todo += [(node, scope) for node in reversed(list(nodes))]

    def _function(self, node: _Function, scope: str) -> None:
        name = join(scope, node.name)
        returns = _annotation(node.returns)
        self._define(node, name, "function", (), returns)
        arguments = node.args
        for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self._typed(name, arg.arg, _annotation(arg.annotation))
        self._push(node.body, name)
        self._push(
            [*node.decorator_list, arguments, *([node.returns] if node.returns else [])], scope
        )

    def _class(self, node: ast.ClassDef, scope: str) -> None:
        name = join(scope, node.name)
        bases = tuple(base for base in map(_annotation, node.bases) if base)
        self._define(node, name, "class", bases, "")
        self._push(node.body, name)
        self._push([*node.decorator_list, *node.bases, *node.keywords], scope)

    def _define(
        self,
        node: _Function | ast.ClassDef,
        name: str,
        kind: str,
        bases: tuple[str, ...],
        returns: str,
    ) -> None:
        self.kinds[name] = kind
        start = min((item.lineno for item in node.decorator_list), default=node.lineno)
        end = node.end_lineno or node.lineno
        first = node.body[0]
        header = max(node.lineno, _first_line(first) - 1)
        doc = header
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            doc = first.end_lineno or header
        definition = Def(
            name,
            "class" if kind == "class" else "function",
            start,
            end,
            header,
            doc,
            bases,
            returns,
        )
        self.defs.append(definition)

    def _assign(self, node: ast.Assign | ast.AnnAssign, scope: str) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        kind = (
            _annotation(node.annotation) if isinstance(node, ast.AnnAssign) else _origin(node.value)
        )
        for target in _flat(targets):
            if isinstance(target, ast.Name):
                self._typed(scope, target.id, self._known(scope, kind))
                if self.kinds.get(scope) != "function":
                    end = node.end_lineno or node.lineno
                    self.defs.append(
                        Def(join(scope, target.id), "value", node.lineno, end, end, end)
                    )
            elif (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id == "self"
            ):
                owner = scope.rpartition(".")[0]
                if self.kinds.get(owner) == "class":
                    self.types.setdefault(f"{owner}:self.{target.attr}", self._known(scope, kind))
                    end = node.end_lineno or node.lineno
                    made = Def(join(owner, target.attr), "value", node.lineno, end, end, end)
                    self.attributes.setdefault(made.name, made)
        self._push(ast.iter_child_nodes(node), scope)

    def _known(self, scope: str, kind: str) -> str:
        """The type of a variable that is assigned from another whose type is known here."""
        return self.types.get(f"{scope}:{kind[1:]}", "") if kind.startswith("=") else kind

    def _typed(self, scope: str, name: str, kind: str) -> None:
        if kind:
            self.types[f"{scope}:{name}"] = kind

    def _name(self, node: ast.expr, scope: str, *, call: bool) -> None:
        name, base = _dotted(node)
        self.refs.append(Ref(name, node.end_lineno or 0, scope, call))
        if base is not None:
            self._push([base], scope)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _flat(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    todo = list(targets)
    while todo:
        target = todo.pop()
        if isinstance(target, ast.Tuple | ast.List):
            todo += target.elts
        else:
            yield target


def _dotted(node: ast.expr) -> tuple[str, ast.expr | None]:
    """(`a.b.c`, the expression at its base with references of its own, or None for a plain
    name)."""
    parts: list[str] = []
    while len(parts) <= _MAX_CHAIN:
        if isinstance(node, ast.Name):
            return ".".join([node.id, *reversed(parts)]), None
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
            continue
        callee = _callee(node.func, _MAX_CHAIN - len(parts)) if isinstance(node, ast.Call) else ""
        return ".".join([f"{callee}()" if callee else "?", *reversed(parts)]), node
    return ".".join(["?", *reversed(parts)]), node


def _callee(node: ast.expr, room: int) -> str:
    """`Cart` of `Cart().total`; "" if the callee is not a plain dotted name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and room > 0:
        parts.append(node.attr)
        node, room = node.value, room - 1
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _origin(node: ast.expr | None) -> str:
    """The origin of a value: `Cart()` for a call, `=name` for another variable, "" for the rest."""
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Call):
        callee = _callee(node.func, _MAX_CHAIN)
        return f"{callee}()" if callee else ""
    return f"={node.id}" if isinstance(node, ast.Name) else ""


def _annotation(node: ast.expr | None) -> str:
    """The class that an annotation (or a base) names: `Cart` of `Optional["Cart"]`, `Cart | None`,
    `Cart[int]`."""
    for _ in range(8):
        match node:
            case ast.Constant(value=str(text)) if (found := _DOTTED.match(text)) and len(
                text
            ) < 200:
                return found[0]
            case ast.Name() | ast.Attribute():
                name, base = _dotted(node)
                return name if base is None else ""
            case ast.BinOp(left=left, right=right, op=ast.BitOr()):
                node = right if isinstance(left, ast.Constant) and left.value is None else left
            case ast.Subscript(value=value, slice=inner):
                outer = (
                    _annotation(value).rpartition(".")[2]
                    if isinstance(value, ast.Name | ast.Attribute)
                    else ""
                )
                if outer not in _WRAPPERS:
                    node = value
                else:
                    node = (
                        inner.elts[-1 if outer == "Coroutine" else 0]
                        if isinstance(inner, ast.Tuple)
                        else inner
                    )
            case _:
                return ""
    return ""


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    end = node.end_lineno or node.lineno
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            target = (alias.asname or alias.name, node.module or "", alias.name, node.level)
        elif alias.asname:
            target = (alias.asname, alias.name, "", 0)
        else:  # `import a.b` binds `a`
            target = (alias.name.partition(".")[0], alias.name.partition(".")[0], "", 0)
        yield Import(*target, node.lineno, end)
