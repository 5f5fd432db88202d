"""What is certain about the names of a Python file: where they are bound, where they are read.

Everything here answers "cannot be told" (None) unless the answer holds for every run of the file.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reviewer.context.outline import MAX_BYTES, split_lines
from reviewer.languages import parse_python

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.expr
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, *_COMPREHENSIONS)
_DYNAMIC = frozenset(("globals", "locals", "vars", "exec", "eval", "setattr", "__import__"))
_TYPE_PARAMETERS = ("TypeVar", "ParamSpec", "TypeVarTuple")  # nodes of Python 3.12 and later
_IMPLICIT = frozenset(
    (
        "__file__",
        "__name__",
        "__doc__",
        "__package__",
        "__spec__",
        "__loader__",
        "__path__",
        "__class__",
        "__qualname__",
        "__module__",
        "__annotations__",
        "__builtins__",
    )
)


@dataclass(frozen=True, slots=True)
class Use:
    """A name in the file, and the scopes around it, the module first."""

    node: ast.Name
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a scope binds a name. `certain`: a statement of the scope's own body, so it runs
    whenever the ones after it do."""

    node: ast.AST
    line: int
    end: int  # of the statement: until then the name may still be unbound
    certain: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """`holds`: the claim that was looked at is true. `line` is what shows it, None where there is
    nothing to show."""

    holds: bool
    why: str
    line: int | None


@lru_cache(maxsize=8)  # a tree takes some fifty times its source
def parse(source: bytes) -> ast.Module | None:
    """None when the source does not parse, or is too large or too deep for the parser."""
    if len(source) > MAX_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse_python(split_lines(source)[0])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def in_docstring(source: bytes | None, said: str) -> bool:
    """Whether `said` is part of a string that stands alone as a statement: a promise, not code."""
    tree = parse(source) if source is not None else None
    return tree is not None and any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and said in node.value.value
        for node in ast.walk(tree)
    )


def undefined(tree: ast.Module, name: str, start: int, end: int) -> Fact | None:
    """Whether `name`, read on the lines `start` to `end`, is bound nowhere."""
    uses = [
        use
        for use in _uses(tree, name)
        if start <= use.node.lineno <= end and isinstance(use.node.ctx, ast.Load)
    ]
    if not uses or _is_dynamic(tree, name):
        return None
    facts = [_undefined(tree, name, use) for use in uses]
    if any(fact is None for fact in facts) or len({fact.holds for fact in facts if fact}) != 1:
        return None
    return facts[0]


def _undefined(tree: ast.Module, name: str, use: Use) -> Fact | None:
    line, inner = use.node.lineno, len(use.scopes) - 1
    for depth in range(inner, -1, -1):
        scope = use.scopes[depth]
        if isinstance(scope, ast.ClassDef) and depth != inner:
            continue
        found = list(bindings(scope, name))
        if not found:
            continue
        # What is read in this scope, or in a function that is made in it, runs after the statements
        # before it.
        before = line if depth == inner else getattr(use.scopes[depth + 1], "lineno", line)
        late = depth == 0 and any(
            isinstance(item, (*_FUNCTIONS, ast.Lambda)) for item in use.scopes[1:]
        )
        good = [
            item
            for item in found
            if item.certain and (late or item.end < before or _is_parameter(item))
        ]
        return (
            Fact(False, f"`{name}` is bound in line {good[0].line}", good[0].line) if good else None
        )
    if hasattr(builtins, name):
        return Fact(False, f"`{name}` is a builtin", None)
    if name in _IMPLICIT or _catches_name_errors(tree):
        return None
    return Fact(True, f"`{name}` is bound nowhere in the file", None)


def unused(tree: ast.Module, name: str, start: int, end: int) -> Fact | None:
    """Whether the only binding of `name` in its scope, on the lines `start` to `end`, is never
    read."""
    here = [
        (scope, item)
        for scope in _scopes(tree)
        for item in bindings(scope, name)
        if start <= item.line <= end
        or (_is_parameter(item) and start <= getattr(scope, "lineno", 0) <= end)
    ]
    if len(here) != 1 or _is_dynamic(tree, name):
        return None
    scope, binding = here[0]
    if len(list(bindings(scope, name))) != 1 or isinstance(scope, ast.ClassDef):
        return None
    for use in _uses(tree, name):
        if isinstance(use.node.ctx, ast.Load) and _owner(use, name) is scope:
            return Fact(False, f"`{name}` is read in line {use.node.lineno}", use.node.lineno)
    if scope is tree or name.startswith("_") or _in_strings(tree, name):
        return None  # other modules may use it, or an annotation in quotes does
    return Fact(True, f"`{name}` is bound in line {binding.line} and never read", binding.line)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def bindings(scope: Scope, name: str) -> Iterator[Binding]:
    """Everything in a scope, and not in the scopes inside it, that binds `name`."""
    if isinstance(scope, (*_FUNCTIONS, ast.Lambda)):
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
        scope.body if isinstance(scope, (ast.Module, ast.ClassDef, *_FUNCTIONS)) else [scope]
    )
    for statement in direct:
        for node in _own(statement):
            if name in _bound(node):
                line = getattr(node, "lineno", 0)
                whole = isinstance(
                    statement, (*_FUNCTIONS, ast.ClassDef)
                )  # bound before its body can run
                end = line if whole else getattr(statement, "end_lineno", line)
                yield Binding(node, line, end, _at_once(statement, node))


def _own(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement that are in the same scope: of a nested function its decorators and
    defaults only."""
    todo = [statement]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
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
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return node is statement
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return any(node is part for target in targets for part in ast.walk(target))
    return False


def _uses(tree: ast.Module, name: str) -> Iterator[Use]:
    todo: list[tuple[ast.AST, tuple[Scope, ...]]] = [(tree, ())]
    while todo:
        node, scopes = todo.pop()
        if isinstance(node, ast.Name) and node.id == name:
            yield Use(node, scopes)
        if isinstance(
            node, (*_FUNCTIONS, ast.Lambda)
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


def _owner(use: Use, name: str) -> Scope | None:
    """The scope whose binding a use reads."""
    for depth in range(len(use.scopes) - 1, -1, -1):
        scope = use.scopes[depth]
        if isinstance(scope, ast.ClassDef) and depth != len(use.scopes) - 1:
            continue
        if next(bindings(scope, name), None):
            return scope
    return None


def _scopes(tree: ast.Module) -> Iterator[Scope]:
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, _SCOPES))


def _is_parameter(binding: Binding) -> bool:
    return isinstance(binding.node, ast.arg)


def _is_dynamic(tree: ast.Module, name: str) -> bool:
    """Whether the file can bind, unbind or read names in ways that are not written down."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return True
        if isinstance(node, ast.Name) and (
            node.id in _DYNAMIC or (node.id == name and isinstance(node.ctx, ast.Del))
        ):
            return True
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.ExceptHandler) and node.name == name:
            return True
        if type(node).__name__ in _TYPE_PARAMETERS and getattr(node, "name", "") == name:
            return True
    return False


def _catches_name_errors(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "NameError" for node in ast.walk(tree))


def _in_strings(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and name in node.value
        for node in ast.walk(tree)
    )
