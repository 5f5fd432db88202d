"""What Python's standard library says of a name: the signature and the first sentence of the
docstring, parsed from its source. Nothing is imported or run, and nothing but the library of the
Python that runs this program is read."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

_BUILT_IN = (str, bytes, list, dict, set, int, float, tuple)  # types whose methods are known
_ELSEWHERE = {"os.path": "posixpath"}
_MAX_BYTES = 1 << 20
_MAX_SENTENCE = 240
_MAX_HOPS = 3
_SENTENCE = re.compile(r"\s*([^\n]{1,400}(?:\n[^\n]{1,400}){0,3})")
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def describe(dotted: str) -> str:
    """One line about `json.loads`, `sorted` or `rsplit`; "" if the library has no such name."""
    parts = dotted.split(".")
    if not all(part.isidentifier() for part in parts):
        return ""
    if len(parts) <= 2 and (found := _built_in(parts)):
        return found
    for at in range(len(parts) - 1, 0, -1):
        if parts[0] in sys.stdlib_module_names and (
            found := _in_module(".".join(parts[:at]), parts[at:], _MAX_HOPS)
        ):
            return found
    return "it is of the standard library" if parts[0] in sys.stdlib_module_names else ""


def _built_in(parts: list[str]) -> str:
    known: object = getattr(builtins, parts[0], None)
    if known is not None and len(parts) == 2:
        known = getattr(known, parts[1], None)
    if known is not None and not parts[0].startswith("_"):
        return f"it is built in: {_said('.'.join(parts), known)}"
    owners = [kind for kind in _BUILT_IN if len(parts) == 1 and hasattr(kind, parts[0])]
    if not owners or parts[0].startswith("_"):
        return ""
    said = [_said(f"{kind.__name__}.{parts[0]}", getattr(kind, parts[0])) for kind in owners[:2]]
    return f"built-in types have it: {'; '.join(said)}"


def _said(name: str, known: object) -> str:
    signature = getattr(known, "__text_signature__", None) or ""
    plain = signature.replace("$module, ", "").replace("$", "")
    return f"{name}{plain}: {_sentence(getattr(known, '__doc__', None))}"


def _in_module(module: str, rest: list[str], hops: int) -> str:
    tree = _parsed(_ELSEWHERE.get(module, module))
    body, node = (tree.body if tree else []), None
    for at, name in enumerate(rest):
        node = next((each for each in body if getattr(each, "name", None) == name), None)
        if isinstance(node, ast.ClassDef):
            body = node.body
        elif at + 1 < len(rest):
            node = None
        if node is None:
            return _imported(module, tree, rest, hops) if tree and hops and not at else ""
    if isinstance(node, _Function):
        sign = f"{'async ' if isinstance(node, ast.AsyncFunctionDef) else ''}def {node.name}"
        sign += f"({ast.unparse(node.args)})"
        sign += f" -> {ast.unparse(node.returns)}" if node.returns else ""
    elif isinstance(node, ast.ClassDef):
        sign = f"class {node.name}({', '.join(ast.unparse(base) for base in node.bases)})"
    else:
        return ""
    doc = _sentence(ast.get_docstring(node))
    version = ".".join(map(str, sys.version_info[:2]))
    return f"Python {version} has it as `{sign}`" + (f": {doc}" if doc else "")


def _imported(module: str, tree: ast.Module, rest: list[str], hops: int) -> str:
    """What a module takes from another one of the library."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            source = f"{module}.{node.module}" if node.level else node.module
            for name in node.names:
                if (name.asname or name.name) == rest[0]:
                    return _in_module(source, [name.name, *rest[1:]], hops - 1)
    return ""


@lru_cache(maxsize=16)
def _parsed(module: str) -> ast.Module | None:
    base = Path(sysconfig.get_paths()["stdlib"]).joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file() and path.stat().st_size <= _MAX_BYTES:
            return ast.parse(path.read_bytes())
    return None


def _sentence(doc: str | None) -> str:
    match = _SENTENCE.match(doc or "")
    found = " ".join(match[1].split()) if match else ""
    return found if len(found) <= _MAX_SENTENCE else found[:_MAX_SENTENCE] + " …"
