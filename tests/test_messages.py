"""The style of messages: one line, lower-case start, no final period, idiomatic English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "reviewer"
HOLE = "{}"  # stands for a placeholder of an f-string
NAMES = ("Gemma", "Ollama", "Python", "Ray")  # first words that keep their capital
STILTED = (
    r"\bnobody\b",
    r"\bwhoever\b",
    r"\bwants? a key\b",
    r"\bsaid before\b",
    r"\bgoes with --",
    r"\btakes? (?:it )?(?:all )?back\b",
    r"\blook(?:s|ed)? at\b",
    r"\bis there already\b",
    r"\bstays? as it is\b",
    r"\bcomes in several forms\b",
    r"\bsay --",
    r"\bgo(?:es)? on with\b",
    r"\bdoes not belong into\b",
    r"\bforbids to\b",
    r"\bis no (?:file|directory|program|setting|server address)\b",
    r"\bthere is no place\b",
    r"^doors$",
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
Place = tuple[str, int, str]


def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
    }


def error_classes(modules: dict[str, ast.Module]) -> set[str]:
    """ReviewerError and its subclasses, found by the names of their bases."""
    classes = [
        node
        for module in modules.values()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    ]
    names, before = {"ReviewerError"}, 0
    while len(names) > before:
        before = len(names)
        names |= {each.name for each in classes if any(_last(base) in names for base in each.bases)}
    return names


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def constants(module: ast.Module) -> dict[str, ast.expr]:
    """Values by the names that the module assigns at its top."""
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def texts(node: ast.expr, known: dict[str, ast.expr]) -> list[str]:
    """What the expression can be, as far as it is written down: placeholders become HOLE."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return [
                "".join(
                    part.value
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    else HOLE
                    for part in values
                )
            ]
        case ast.IfExp(body=yes, orelse=no):
            return [*texts(yes, known), *texts(no, known)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [
                first + second
                for first in texts(left, known) or [HOLE]
                for second in texts(right, known) or [HOLE]
            ]
        case ast.Name(id=name) if name in known:
            return texts(known[name], {})
        case _:
            return []


def messages(module: ast.Module, errors: set[str]) -> Iterator[tuple[int, str]]:
    """The line and text of each message that an error is made with."""
    known = constants(module)
    inside = {
        id(node)
        for owner in ast.walk(module)
        if isinstance(owner, ast.ClassDef) and owner.name in errors
        for node in ast.walk(owner)
    }
    for call in ast.walk(module):
        if not isinstance(call, ast.Call):
            continue
        own = _last(call.func) == "__init__" and id(call) in inside
        if call.args and (own or _last(call.func) in errors):
            for text in texts(call.args[0], known):
                yield call.lineno, text


def fault(message: str) -> str:
    """The rule that a message breaks, "" for none."""
    if "\n" in message:
        return "more than one line"
    if message.endswith("."):
        return "final period"
    first = re.split(r"[\s:;,]", message, maxsplit=1)[0]
    name = first in NAMES or first.isupper() or not first.isalpha()
    return "" if name or not first[:1].isupper() else "capital letter"


def docstrings(module: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings."""
    bodies = [node.body for node in ast.walk(module) if isinstance(node, DOCUMENTED) and node.body]
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def stilted(name: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and match of each banned phrase in a string. Docstrings count only in cli/, where
    they are the help of commands."""
    hidden = set() if name.startswith("cli/") else docstrings(module)
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in hidden
        ):
            text = " ".join(node.value.split())
            for phrase in STILTED:
                for match in re.finditer(phrase, text, re.IGNORECASE):
                    yield node.lineno, match[0]


def places(modules: dict[str, ast.Module]) -> list[Place]:
    """(file, line, what is wrong) of everything that breaks a rule."""
    errors = error_classes(modules)
    found: list[Place] = []
    for name, module in modules.items():
        for line, text in messages(module, errors):
            if wrong := fault(text):
                found.append((name, line, f"{wrong}: {text}"))
        found += [(name, line, f"stilted: {phrase}") for line, phrase in stilted(name, module)]
    return found


def test_every_message_and_string_keeps_the_style() -> None:
    assert places(trees()) == []


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("no such commit: {}; name it with --base", ""),
        ("--fix requires a worktree", ""),
        ("{} is ambiguous: see `reviewer model list`", ""),
        ("REVIEWER_API_KEY_FILE: cannot be read", ""),
        ("HOME is not set", ""),
        ("Gemma 4 does not fit", ""),
        ("and 3 more, …", ""),
        ("No such commit", "capital letter"),
        ("Port: cannot be used", "capital letter"),
        ("cannot be read.", "final period"),
        ("cannot\nbe read", "more than one line"),
    ],
)
def test_the_rules_of_a_message(message: str, wrong: str) -> None:
    assert fault(message) == wrong


SOURCE = '''
from reviewer import errors
PART = "A constant."
class Mine(errors.UsageError):
    def __init__(self, name):
        super().__init__(f"{name}: Not here")
class Other(Exception):
    def __init__(self):
        super().__init__("Not ours.")
def work(name):
    """Nobody, nobody's."""
    raise errors.UsageError(f"Ends in {name}.")
    raise errors.UsageError("a" + PART if name else PART)
    raise UsageError(name)
    print(f"Not an error: it wants a key {name}.")
'''


def test_what_is_read_from_the_code() -> None:
    errors = "class ReviewerError(Exception): ...\nclass UsageError(ReviewerError): ..."
    modules = {"errors.py": ast.parse(errors), "a.py": ast.parse(SOURCE)}
    assert error_classes(modules) == {"ReviewerError", "UsageError", "Mine"}
    assert sorted(messages(modules["a.py"], error_classes(modules))) == [
        (6, "{}: Not here"),
        (12, "Ends in {}."),
        (13, "A constant."),
        (13, "aA constant."),
    ]
    assert sorted(stilted("cli/a.py", modules["a.py"])) == [
        (11, "Nobody"),
        (11, "nobody"),
        (15, "wants a key"),
    ]
    assert places(modules) == [
        ("a.py", 6 + 6, "final period: Ends in {}."),
        ("a.py", 13, "final period: aA constant."),
        ("a.py", 13, "final period: A constant."),
        ("a.py", 15, "stilted: wants a key"),
    ]
