"""Names in use, read from the text of single lines: for languages whose names are compared, not
resolved. Comments and strings do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from reviewer.languages import Language
from reviewer.languages.outline import Outline, Ref

_NAME = r"(?:[A-Za-z_]|\$(?=\w))[\w$]*"
_STEP = r"(?:\?\.#?|!\.|\.#?|::|->)"
_CHAIN = re.compile(rf"{_NAME}(?:{_STEP}{_NAME}){{0,12}}")
_SPLIT = re.compile(_STEP)
_CALL = re.compile(r"(?:::)?(?:<[^<>()]{0,80}>)?!?\s?\(")
_MAX_LINE = 1000
# Words of the languages themselves, which no project defines.
_TEXT = """
    if else for while do switch case break continue return function class new delete typeof void
    const let var static public private protected final struct enum union int char long short double
    float bool boolean byte string unsigned signed auto extern inline volatile true false null nil
    undefined None True False import export from package use mod fn pub impl trait type interface
    func go defer select chan range try catch finally throw throws async await yield in of is as not
    and or match where with def end unless until begin rescue ensure default extends implements
    instanceof sizeof goto register typedef template typename namespace using override abstract let
    mut ref dyn move loop crate val fun object when
"""
KEYWORDS = frozenset(_TEXT.split())


def mentions(
    outline: Outline,
    numbers: Iterable[int],
    lines: Sequence[str] | None = None,
    *,
    imports: bool = False,
) -> Iterator[Ref]:
    """The names on the lines `numbers` (1-based) that are no import, dotted as written, whatever
    joins them: `a.b` for `a->b` and `a::b`. What follows a call or an index has the base `?`."""
    texts = outline.lines if lines is None else lines
    for number in numbers:
        if number <= len(texts) and (imports or number not in outline.import_lines):
            owner = outline.innermost(number)
            scope = owner.name if owner else ""
            for name, call in _names(texts[number - 1], outline.language):
                yield Ref(name, number, scope, call)
                while "." in name:
                    name = name.rpartition(".")[0]
                    if name != "?":
                        yield Ref(name, number, scope, False)


def uses_of(outline: Outline, word: str, *, imports: bool = False) -> Iterator[Ref]:
    """Where a file names `word`; each name ends with it: `a.word` of `a.word.b`. An import is none,
    unless asked for."""
    for number in outline.lines_with(word):
        for ref in mentions(outline, (number,), imports=imports):
            if ref.name.rpartition(".")[2] == word:
                yield ref


def is_comment(line: str, language: Language) -> bool:
    """Whether a line is nothing but a comment, as far as one line can tell."""
    bare = line.lstrip()
    starts = _comment_starts(language)
    return bool(starts) and (bare.startswith(starts) or bare == "*")


@cache
def _comment_starts(language: Language) -> tuple[str, ...]:
    starts = (*language.comments.line, *(start for start, _ in language.comments.block))
    return (*starts, "* ", "*/") if starts else ()


def _names(line: str, language: Language) -> Iterator[tuple[str, bool]]:
    if is_comment(line, language):
        return
    code = _code(line[:_MAX_LINE], language)
    for match in _CHAIN.finditer(code):
        parts = _SPLIT.split(match[0])
        if parts[0] in KEYWORDS and not language.scopes.written:
            continue
        before = code[: match.start()].rstrip()[-2:]
        unknown = before.endswith((".", "->", "::")) and not before.endswith("..")
        if language.scopes.written:
            parts[0] = parts[0].removeprefix("$")
        name = ".".join(["?", *parts] if unknown else parts)
        yield name, _CALL.match(code, match.end()) is not None


def _code(line: str, language: Language) -> str:
    """The line without its strings and the comment at its end."""
    code = _strings(language.quotes).sub('""', line)
    for start in language.comments.line:
        code = code.partition(start)[0]
    return code


@cache
def _strings(quotes: tuple[str, ...]) -> re.Pattern[str]:
    parts = (rf"{quote}(?:[^{quote}\\]|\\.)*{quote}" for quote in quotes)
    return re.compile("|".join((*parts, r"'(?:[^'\\]|\\.)'")))
