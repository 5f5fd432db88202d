"""Other places that say what the changed lines say: the readers and writers of a literal key, and
the uses of a constant that the change puts in or takes out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from reviewer.context.candidate import Candidate, Rank, around_line
from reviewer.context.focus import Focus
from reviewer.context.index import Index
from reviewer.context.mentions import is_comment, uses_of
from reviewer.languages import is_generic_name, is_test
from reviewer.languages.outline import Outline, Ref

_MAX_KEYS = 6
_MAX_EACH = 3  # places shown for one key
_MAX_FILES = 16
_MAX_LINE = 1000
_LITERAL = r"([\"'`])(?P<{0}>[A-Za-z_][\w.:-]{{2,60}})\{1}"
_TAKES = r"(?:\[|\.(?:get|set|has|pop|delete|append|setdefault|getenv|[gs]etItem|header)\()\s{0,8}"
_KEY = re.compile(
    _TAKES
    + _LITERAL.format("taken", 1)
    + "|"
    + _LITERAL.format("named", 3)
    + r"\s{0,8}(?::(?!:)|=>|in\b)"
)
_QUOTE = re.compile(r"[\"'`]")
_CAPITALS = re.compile(r"[A-Z][A-Z\d_]{3,}")
_WORD = re.compile(r"[A-Za-z_]\w*")


def words_to_search(focus: Focus) -> Iterator[str]:
    for key in _keys(focus):
        yield _longest(key)
    yield from _constants(focus)


def same_words(focus: Focus, index: Index) -> Iterator[Candidate]:
    for key in _keys(focus):
        quoted = [f"{quote}{key}{quote}" for quote in ("'", '"', "`")]
        yield from _first(focus, index, _longest(key), f"also says '{key}'", quoted)
    for name in _constants(focus):
        yield from _first(focus, index, name, f"also names {name}", ())


def _keys(focus: Focus) -> list[str]:
    """Literal keys on the changed lines, each once."""
    lines = [
        outline.lines[number - 1][:_MAX_LINE]
        for outline, numbers in ((focus.new, focus.added), (focus.old, focus.removed))
        if outline is not None
        for number in numbers
        if number <= len(outline.lines)
        and _QUOTE.search(outline.lines[number - 1])
        and not is_comment(outline.lines[number - 1], outline.language)
    ]
    found = (match for line in lines for match in _KEY.finditer(line))
    keys = dict.fromkeys(match["taken"] or match["named"] for match in found)
    return [key for key in keys if not is_generic_name(key)][:_MAX_KEYS]


def _constants(focus: Focus) -> list[str]:
    """Names in capitals that only one side of the change has, and that nothing here defines."""
    refs = focus.refs
    known: set[str] = set()
    for outline in (focus.new, focus.old):
        known |= outline.by_import.keys() | outline.named.keys() if outline else set()
    added, removed = _last(refs.added, known), _last(refs.removed, known)
    known |= added.keys() & removed.keys()
    return [name for name in {**added, **removed} if name not in known][:_MAX_KEYS]


def _last(refs: Iterable[Ref], known: Container[str]) -> dict[str, None]:
    """The last parts of names that begin with nothing that is known."""
    names = (ref.name for ref in refs if ref.name.partition(".")[0] not in known)
    last = (name.rpartition(".")[2] for name in names)
    return dict.fromkeys(name for name in last if _CAPITALS.fullmatch(name))


def _longest(key: str) -> str:
    words: list[str] = _WORD.findall(key)
    return max(words, key=len)


def _first(
    focus: Focus, index: Index, word: str, why: str, literals: Sequence[str]
) -> Iterator[Candidate]:
    """The first places with one of the `literals`, or, without any, with the word as a name."""
    paths = dict.fromkeys((focus.path, *index.files_with(word, focus.path).paths[:_MAX_FILES]))
    left = _MAX_EACH
    for path in paths:
        outline = index.outline(path) if not is_test(path) or is_test(focus.path) else None
        seen: set[str] = set()
        for line in _lines(outline, word, literals) if outline else ():
            owner = outline.innermost(line) if outline else None
            name = owner.name if owner else ""
            if not outline or name in seen or focus.shows(path, line):
                continue
            if not left:
                return
            left -= 1
            seen.add(name)
            variants = around_line(outline, owner, line)[-1:]
            yield Candidate(path, Rank.KEY, variants, why, "places with the same words", line)


def _lines(outline: Outline, word: str, literals: Sequence[str]) -> Iterator[int]:
    if not literals:
        yield from (ref.line for ref in uses_of(outline, word))
        return
    for number in outline.lines_with(word):
        line = outline.lines[number - 1]
        if any(literal in line for literal in literals) and not is_comment(line, outline.language):
            yield number
