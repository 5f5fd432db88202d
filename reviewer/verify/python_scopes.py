"""The scopes of a Python file: what binds a name, and where it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.expr
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, *_COMPREHENSIONS)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Use:
    """A name in the file, and the scopes around it, the module first."""

    node: ast.Name
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a scope binds a name. `certain`: a statement of the scope's own body, so it runs
    whenever the following ones do."""

    node: ast.AST
    line: int
    end: int  # last line of the statement; until then the name may be unbound
    certain: bool


def bindings(scope: Scope, name: str) -> Iterator[Binding]:
    """Everything that binds `name` in a scope, without the scopes inside it."""
    if isinstance(scope, (*FUNCTIONS, ast.Lambda)):
        arguments = scope.args
        every = [
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            arguments.vararg,
            arguments.kwarg,
        ]
        yield from (
            Binding(item, item.lineno, item.lineno, True)
            for item in every
            if item and item.arg == name
        )
    if isinstance(scope, _COMPREHENSIONS):
        targets = (generator.target for generator in scope.generators)
        names = (
            node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)
        )
        yield from (
            Binding(node, node.lineno, node.lineno, True) for node in names if node.id == name
        )
        return
    direct: Sequence[ast.AST] = (
        scope.body if isinstance(scope, (ast.Module, ast.ClassDef, *FUNCTIONS)) else [scope]
    )
    for statement in direct:
        for node in _own(statement):
            if name in _bound(node):
                line = getattr(node, "lineno", 0)
                whole = isinstance(
                    statement, (*FUNCTIONS, ast.ClassDef)
                )  # bound before its body can run
                end = line if whole else getattr(statement, "end_lineno", line)
                yield Binding(node, line, end, _at_once(statement, node))


def _own(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement in the same scope: for a nested function only its decorators and
    defaults."""
    todo = [statement]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            todo += [
                *getattr(node, "decorator_list", []),
                *node.args.defaults,
                *filter(None, node.args.kw_defaults),
            ]
        elif isinstance(node, ast.ClassDef):
            todo += [
                *node.decorator_list,
                *node.bases,
                *(keyword.value for keyword in node.keywords),
            ]
        elif isinstance(node, _COMPREHENSIONS):
            todo.append(node.generators[0].iter)
            todo += [part for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]
        else:
            todo += ast.iter_child_nodes(node)


def _bound(node: ast.AST) -> Sequence[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
        ):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
        case _:
            return ()


def _at_once(statement: ast.AST, node: ast.AST) -> bool:
    """Whether the statement, directly in its scope's body, binds through `node` whenever it
    runs."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return node is statement
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return any(node is part for target in targets for part in ast.walk(target))
    return False


def uses(tree: ast.Module, name: str) -> Iterator[Use]:
    todo: list[tuple[ast.AST, tuple[Scope, ...]]] = [(tree, ())]
    while todo:
        node, scopes = todo.pop()
        if isinstance(node, ast.Name) and node.id == name:
            yield Use(node, scopes)
        if isinstance(
            node, (*FUNCTIONS, ast.Lambda)
        ):  # decorators, defaults and annotations are outside
            body = node.body if isinstance(node.body, list) else [node.body]
            inside = {id(part) for part in body}
            todo += [(part, (*scopes, node)) for part in reversed(body)]
            todo += [
                (part, scopes) for part in ast.iter_child_nodes(node) if id(part) not in inside
            ]
        elif isinstance(node, ast.Module | ast.ClassDef):
            outside = (
                [*node.bases, *node.keywords, *node.decorator_list]
                if isinstance(node, ast.ClassDef)
                else []
            )
            todo += [(part, scopes) for part in outside]
            todo += [(part, (*scopes, node)) for part in reversed(node.body)]
        else:
            inner = (*scopes, node) if isinstance(node, _COMPREHENSIONS) else scopes
            todo += [(part, inner) for part in reversed(list(ast.iter_child_nodes(node)))]


def owner(use: Use, name: str) -> Scope | None:
    """The scope whose binding a use reads."""
    for depth in range(len(use.scopes) - 1, -1, -1):
        scope = use.scopes[depth]
        if isinstance(scope, ast.ClassDef) and depth != len(use.scopes) - 1:
            continue
        if next(bindings(scope, name), None):
            return scope
    return None


def scopes(tree: ast.Module) -> Iterator[Scope]:
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, _SCOPES))
