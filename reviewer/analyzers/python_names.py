"""What a Python module offers to others (names, attributes, signatures), and what a change removed
or altered."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reviewer.analyzers import rows
from reviewer.languages import parse_python

IMPORTED = "import"  # the shape of a name that the module imports itself
Import = tuple[int, str, tuple[str, ...]]  # leading dots, module, names (none: the module itself)
_IMPORT = re.compile(
    rb"^[ \t]*+(?:from[ \t]++(\.*+)([\w.]*+)[ \t]++import["
    rb" \t]*+(\([^)]{0,4000}+\)|(?:\\\r?\n|[^\n#;])*)"
    rb"|import[ \t]+([^\n#;]+))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Definition:
    """`shape` is equal for two definitions that can be used in the same ways, as far as we can
    tell."""

    name: str  # dotted inside the module: `f`, `C`, `C.method`, `C.attribute`
    line: int
    end: int
    shape: str


Interface = Mapping[str, Definition]  # by name


def imports(source: bytes) -> Iterator[Import]:
    """What a module imports, anywhere in it. Read line by line, since parsing hundreds of modules
    takes seconds."""
    for match in _IMPORT.finditer(source):
        dots, module, members, modules = (
            part.decode("utf-8", "replace") if part else "" for part in match.groups()
        )
        names = [
            part.split(" as ")[0].strip()
            for part in _COMMENT.sub("", members or modules).strip("() \t\\").split(",")
        ]
        if modules:
            yield from ((0, name, ()) for name in names if name)
        else:
            yield (
                len(dots),
                module,
                tuple(name.strip("() \n\t\\") for name in names if name.strip("() \n\t\\")),
            )


def parse(source: bytes) -> Interface | None:
    """The module's definitions, with git's line numbers; None if the source does not parse, or is
    too deep or too large for the parser."""
    row = rows.universal(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the reviewed code's string escapes
            return {
                each.name: replace(each, line=row(each.line), end=row(each.end))
                for each in _definitions(parse_python(source).body, "")
            }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def altered(old: Interface | None, new: Interface | None) -> dict[str, Definition]:
    """Definitions of the old side that the new side lacks or has in another shape, with their old
    locations."""
    if old is None:
        return {}
    after = new if new is not None else {}
    return {
        name: definition
        for name, definition in old.items()
        if name not in after or after[name].shape != definition.shape
    }


def _definitions(body: list[ast.stmt], prefix: str) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, _Function):
            yield _definition(prefix + node.name, node, _signature(node))
            if prefix:
                yield from _self_attributes(node, prefix)
        elif isinstance(node, ast.ClassDef):
            bases = [
                ast.unparse(part) for part in (*node.bases, *node.keywords, *node.decorator_list)
            ]
            yield _definition(prefix + node.name, node, f"class {bases}", end=node.lineno)
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            annotation = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""
            for target in targets:
                for name in _names(target):
                    yield _definition(prefix + name, node, annotation)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield _definition(
                    prefix + (alias.asname or alias.name.split(".")[0]), node, IMPORTED
                )
        else:  # names bound in an `if`, `try`, `with` or loop count like any other
            for field in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(node, field, []), prefix)
            for handler in getattr(node, "handlers", []):
                yield from _definitions(handler.body, prefix)


def _definition(name: str, node: ast.stmt, shape: str, *, end: int | None = None) -> Definition:
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
    return Definition(name, node.lineno, max(node.lineno, end or last or node.lineno), shape)


def _signature(node: _Function) -> str:
    """What callers depend on: the kind, names and order of parameters, which of them have defaults,
    and the decorators."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    parts = [
        "async" if isinstance(node, ast.AsyncFunctionDef) else "",
        [argument.arg for argument in arguments.posonlyargs],
        [argument.arg for argument in arguments.args],
        required,
        bool(arguments.vararg),
        bool(arguments.kwarg),
        [
            (a.arg, d is None)
            for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        ],
        [ast.unparse(decorator) for decorator in node.decorator_list],
    ]
    return repr(parts)


def _self_attributes(method: _Function, prefix: str) -> Iterator[Definition]:
    if not method.args.args:
        return
    receiver = method.args.args[0].arg
    for node in ast.walk(method):
        if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
            continue
        if isinstance(node.value, ast.Name) and node.value.id == receiver:
            yield Definition(prefix + node.attr, node.lineno, node.lineno, "")


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _names(part)
    elif isinstance(target, ast.Starred):
        yield from _names(target.value)
