"""Claims that code can check: what a finding says is undefined, unused, not awaited, unreachable …
is looked up in the syntax tree of the whole file, and never asked of a model.

A claim is refuted only when it is false for every run of the file, and only when it is what the
finding is about. Everything else is no checkable claim.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reviewer.context.index import Index, index_of
from reviewer.context.resolve import resolve
from reviewer.context.symbols import symbol_at
from reviewer.events import Finding
from reviewer.findings import Source, path_of
from reviewer.languages import language
from reviewer.text import decode
from reviewer.types import Change
from reviewer.verify import claim_words as words
from reviewer.verify import python_calls, python_names, syntax
from reviewer.verify.agree import MERGED
from reviewer.verify.python_calls import Place
from reviewer.verify.python_flow import unreachable
from reviewer.verify.python_names import Fact

Kind = Literal["undefined", "unused", "arguments", "attribute", "await", "unreachable", "syntax"]
Looked = tuple[Kind, Fact, str]  # and the file that the fact's line is in


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that was decided. `line` and `quote` show why (line 0 when there is nothing to
    show)."""

    kind: Kind
    verdict: Literal["refuted", "supported"]
    reason: str
    path: str
    line: int
    quote: str


def check(finding: Finding, change: Change, source: Source) -> Claim | None:
    """What code can decide about a finding of the model; None when it makes no checkable claim, or
    a doubtful one."""
    path = path_of(finding)
    data = source.content(path, "new")
    if finding.side == "old" or finding.start_line is None or data is None:
        return None
    title = finding.title.strip()
    sentence = re.split(r"(?<=[.!?])\s|\n", finding.comment.strip(), maxsplit=1)[0]
    looked: Looked | None = None
    if words.claimed(words.SYNTAX, title, ""):
        looked = _syntax(path, data, f"{title} {sentence}")
    elif language(path) == "python" and (tree := python_names.parse(data)):
        end = finding.end_line or finding.start_line
        place = Place(
            path, tree, symbol_at(path, data, finding.start_line), finding.start_line, end
        )
        looked = _python(title, sentence, place, index_of(change))
    if looked is None:
        return None
    kind, fact, where = looked
    if not fact.holds and MERGED in finding.comment:
        return None  # the finding says more than this
    quote = decode(source.lines(where, "new").get(fact.line or 0, b"")).strip()
    return Claim(
        kind, "supported" if fact.holds else "refuted", fact.why, where, fact.line or 0, quote
    )


def _python(title: str, sentence: str, place: Place, index: Index) -> Looked | None:
    """The first kind of claim that is recognised decides: a finding is about one thing."""
    if match := words.claimed(words.ATTRIBUTE, title, sentence):
        if words.NOTHING.search(f"{title} {sentence}"):
            return None  # about a value that is not there, whatever its class has
        return _looked(
            "attribute", python_calls.no_attribute(place, match["owner"], match["name"], index)
        )
    if match := words.claimed(words.UNDEFINED, title, sentence):
        fact = python_names.undefined(place.tree, match["name"], place.start, place.end)
        if fact is None or not (fact.holds or _imports_hold(place, match["name"], index)):
            return None
        return "undefined", fact, place.path
    if match := words.claimed(words.UNUSED, title, sentence):
        fact = python_names.unused(place.tree, match["name"], place.start, place.end)
        return ("unused", fact, place.path) if fact else None
    if words.claimed(words.ARGUMENTS, title, ""):
        return _of_call("arguments", f"{title} {sentence}", place, index, python_calls.bad_call)
    if words.claimed(words.AWAIT, title, ""):
        return _of_call("await", f"{title} {sentence}", place, index, python_calls.not_awaited)
    if words.claimed(words.UNREACHABLE, title, ""):
        fact = unreachable(place.tree, place.start, place.end)
        return ("unreachable", fact, place.path) if fact else None
    return None


def _imports_hold(place: Place, name: str, index: Index) -> bool:
    """Whether an import that binds `name` finds it, as far as this repository has the module: the
    change may have removed what is imported."""
    outline = index.outline(place.path)
    item = outline.by_import.get(name) if outline else None
    if item is None:
        return True
    target = resolve(index, place.path, name, "")
    if target is None or target.path in index.removed:
        return target is None and item.level == 0  # a module from elsewhere
    found = index.outline(target.path) if target.name else None
    return not target.name or (found is not None and target.name in found.by_name)


def _of_call(
    kind: Kind,
    said: str,
    place: Place,
    index: Index,
    decide: Callable[[Place, str, Index], tuple[Fact, str] | None],
) -> Looked | None:
    """Decide about the one function that is called on these lines and named in what is said."""
    if words.HEDGED.search(said):
        return None
    called = {
        python_calls.last(node.func)
        for node in ast.walk(place.tree)
        if isinstance(node, ast.Call) and place.start <= node.lineno <= place.end
    }
    named = called & set(re.findall(r"[A-Za-z_]\w*", said))
    return _looked(kind, decide(place, named.pop(), index)) if len(named) == 1 else None


def _looked(kind: Kind, decided: tuple[Fact, str] | None) -> Looked | None:
    return (kind, *decided) if decided else None


def _syntax(path: str, data: bytes, said: str) -> Looked | None:
    """A file that parses has no syntax error. One that does not is the analyzers' finding, with its
    place."""
    if words.OTHER_SYNTAX.search(said) or not syntax.parses(path, data):
        return None
    return "syntax", Fact(False, "the file parses", None), path
