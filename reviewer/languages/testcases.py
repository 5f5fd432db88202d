"""Finds the tests in a source, by its lines: in the same way for every language, as its record
says what they look like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.languages.base import Comments, Language, TestStyle

_MAX_LINE = 1000  # characters of a line that are looked at
_MAX_ABOVE = 60  # lines of attributes above a test
_ATTRIBUTES = ("@", "#[", "[")
_CLOSING = ("}", ")", "]", "{", "end")


@dataclass(frozen=True, slots=True)
class Case:
    """A test, or a group of tests. Lines are 1-based and inclusive; `first` is the line of the
    first attribute, `start` that of the name."""

    name: str
    first: int
    start: int
    end: int
    is_group: bool
    lines: tuple[str, ...]  # attributes included, comments blank; of a group, only its head
    checks: tuple[str, ...]
    skipped: bool
    focused: bool

    @property
    def body(self) -> str:
        return "\n".join(self.lines)


class _OpenError(Exception):
    """A text of several lines that does not end: its first mark is none."""


def cases(source: str, language: Language) -> list[Case]:
    """The tests and groups in the order of their lines; none for a language without a style."""
    style = language.tests.style
    if style is None:
        return []
    raw = [line[:_MAX_LINE] for line in source.split("\n")]
    try:
        lines = list(_code(raw, language.comments, style.texts))
    except _OpenError:
        lines = list(_code(raw, language.comments, ()))
    starts = list(_starts(raw, lines, style))
    tests = [index for index, _, _, is_group in starts if not is_group] + [len(lines)]
    found, following = [], 0
    for index, first, name, is_group in starts:
        while tests[following] <= index and tests[following] < len(lines):
            following += 1
        end = _end(lines, index, len(lines) if is_group else tests[following])
        body = lines[index : index + 1] if is_group else lines[index:end]
        said = [*raw[first:index], raw[index], *([] if is_group else _unconditional(body))]
        if is_group:
            said.append(lines[end - 1])
        found.append(
            Case(
                name=name,
                first=first + 1,
                start=index + 1,
                end=max(index + 1, end),
                is_group=is_group,
                lines=(*raw[first:index], *body),
                checks=tuple(line.strip() for line in body if style.check.search(line)),
                skipped=any(style.skip.match(line) for line in said),
                focused=style.focus is not None and any(style.focus.match(line) for line in said),
            )
        )
    return found


def _starts(
    raw: Sequence[str], lines: Sequence[str], style: TestStyle
) -> Iterator[tuple[int, int, str, bool]]:
    """(index, index of the first attribute, name, whether it is a group) of each."""
    for index, line in enumerate(lines):
        if line.endswith("(") and index + 1 < len(lines):
            line += lines[index + 1].strip()  # the name stands on its own line
        match = style.start.match(line)
        is_group = match is None
        match = match or (style.group.match(line) if style.group else None)
        if match is None:
            continue
        first = _first(raw, index)
        unmarked = style.unmarked is not None and style.unmarked.match(line)
        mark = None if is_group or unmarked else style.mark
        if mark is not None and not any(mark.search(each) for each in raw[first : index + 1]):
            continue
        yield index, first, ".".join(filter(None, match.groups())), is_group


def _code(raw: Sequence[str], comments: Comments, texts: tuple[str, ...]) -> Iterator[str]:
    """The lines, those of comments and of strings over several lines blank."""
    until = ""
    for line in raw:
        text = line.lstrip()
        if until:
            if until in text:
                until = ""
            yield ""
            continue
        opened = next((pair for pair in comments.block if text.startswith(pair[0])), None)
        if opened and opened[1] not in text[len(opened[0]) :]:
            until = opened[1]
        if opened or text.startswith(comments.line):
            yield ""
            continue
        until = next((mark for mark in texts if line.count(mark) % 2), "")
        yield line
    if until in texts:
        raise _OpenError


def _first(raw: Sequence[str], start: int) -> int:
    """Index of the first attribute above a test. Attributes may go on over several lines, and
    comments may stand among them."""
    first = start
    depth = 0
    for at in range(start - 1, max(-1, start - _MAX_ABOVE), -1):
        line = raw[at].strip()
        depth += sum(map(line.count, ")]}")) - sum(map(line.count, "([{"))
        if depth <= 0 and line.startswith(_ATTRIBUTES):
            first, depth = at, 0
        elif depth <= 0 and line.startswith(("//", "#", "/*", "*")):
            depth = 0
            if "@test" in line or "bats:" in line:  # what a comment says of the test below it
                first = at
        elif depth <= 0:
            break
    return first


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end(lines: Sequence[str], start: int, limit: int) -> int:
    """The index after the last line of the test that begins at `start`. Where brackets or words
    close it, that is the first such line with the indentation of the start: what stands further
    left before it belongs to a text of several lines, or to the preprocessor."""
    indent = _indent(lines[start])
    by_indent = lines[start].rstrip().endswith(":")
    shallow = 0
    for index in range(start + 1, limit):
        line = lines[index].strip()
        if not line or _indent(lines[index]) > indent:
            continue
        if line.startswith(_CLOSING) and _indent(lines[index]) == indent:
            if line == "{" or line.startswith("{ "):
                continue
            if line.startswith((")", "]")) and line.endswith(("{", ":", "=", "=>", "->")):
                by_indent = line.endswith(":")
                continue  # the end of a long signature
            return index + 1 if not by_indent else _trimmed(lines, start, index)
        shallow = shallow or index
        if by_indent or _is_next(lines, start, index):
            break
    return _trimmed(lines, start, shallow or limit)


def _is_next(lines: Sequence[str], start: int, index: int) -> bool:
    """Whether nothing stands between a first line and this one: the test has no other lines."""
    return not any(line.strip() for line in lines[start + 1 : index])


def _trimmed(lines: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _unconditional(body: Sequence[str]) -> Iterator[str]:
    """The unconditional lines of a test: those indented no deeper than its first ones."""
    inner = next(
        (
            _indent(line)
            for line in body[1:]
            if line.strip() and not line.lstrip().startswith(_CLOSING)
        ),
        0,
    )
    return (line for line in body[1:] if _indent(line) <= inner)
