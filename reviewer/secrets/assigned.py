"""Values that their name gives away: `password = "…"`, in code, in configuration without quotes, in
strings inside strings, in XML, on command lines, and as pairs of `name:` and `value:`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.secrets.formats import Secret
from reviewer.secrets.names import CLUES, is_secret_name
from reviewer.secrets.values import is_secret

_IDENTIFIER = re.compile(r"[A-Za-z_][\w.$-]*")
_QUOTE = r"\\{0,7}(?:&quot;|[\"'`])"
# `name"`, `name']`, `name: str`, then what assigns, compares, or passes the value on.
_QUOTED = re.compile(
    rf"(?P<named>{_QUOTE})?\]?(?:\s?:\s?[A-Za-z_][\w.\[\]|?]{{0,30}}\s?(?==))?[ \t]{{0,8}}"
    r"(?P<sep>:=|=>|=~|[=!]==?|\?\?=?|\|\|=?|[:=(]|,)\s{0,8}(?:\(\s{0,4})?"
    rf"(?:[bruf@$]{{1,2}}(?=[\"']))?(?P<quote>{_QUOTE})(?P<value>(?:(?!(?P=quote))\S){{8,400}})(?P=quote)"
)
# `NAME=value` in one word, as in shells, URLs and connection strings.
_TIGHT = re.compile(
    r"=(?P<value>[^\s\"'`&;,<>|(){}\[\]\\=]{8,400}={0,2})(?=[\s\"'`&;,<>|)\]}\\]|$)"
)
# `name: value`, `name = value` as a whole line of a configuration.
_LINE = re.compile(
    rf"(?:{_QUOTE})?[ \t]{{0,20}}(?::=|\?=|[:=])[ \t]{{0,20}}(?P<value>[^\s\"'`]\S{{7,399}}?)[,;]?"
    r"[ \t]{0,20}(?:[ \t](?:#|//|;)[^\n]*)?\r?(?=\n|\\n|[\"'`]|$)"
)
_LINE_START = re.compile(
    r"[ \t>+*#/-]*(?:(?:export|set|setx|ENV|ARG|local|readonly|declare|var|let|const|val|env)"
    r"[ \t]+(?:-\w+[ \t]+)?)?"
    r"[\"']?(?:/[\w.:@/-]*:)?[\w.$-]*"
)
_SPACED = re.compile(r"[ \t]{1,4}(?P<value>[^\s\"'`-]\S{7,399})(?=\s|$)")
_FLAG = re.compile(
    r"(?:[ \t]{1,4}|\",\s{0,4}\"|',\s{0,4}')(?P<value>[^\s\"'`-][^\s\"'`]{7,399})(?=[\s\"'`]|$)"
)
_ELEMENT = re.compile(
    rf"(?:{_QUOTE})?(?:\s[^<>]{{0,80}})?>\s{{0,40}}(?P<value>[^\s<>]{{8,400}})\s{{0,40}}</"
    r"|</(?:key|name)>\s{0,40}<(?:string|value)>\s{0,40}(?P<other>[^\s<>]{8,400})\s{0,40}</"
)
# The name is one value of a pair, the credential the other.
_PAIR = re.compile(
    rf"(?:{_QUOTE})?\]?(?:[,\s]|\\n)\s{{0,60}}(?:\{{\s{{0,40}})?(?:{_QUOTE})?"
    rf"(?i:value|content|secret_?string|default|plaintext|data)(?:{_QUOTE})?\s{{0,8}}[:=]\s{{0,8}}(?:{_QUOTE})?"
    r"(?P<value>[^\s\"'`\\<>]{8,400})"
)
_BLOCK = re.compile(
    r"\"\s{0,4}\{[^{}]{0,300}?\bdefault\s{0,8}=\s{0,8}\"(?P<value>[^\s\"]{8,400})\""
)


def by_name(text: str, lowered: str) -> Iterator[Secret]:
    """Values in `text` whose name says that they are credentials, and that look like it."""
    start = 0
    for line in lowered.split("\n"):
        end = start + len(line)
        if any(clue in line for clue in CLUES):
            for name in _IDENTIFIER.finditer(text, start, end):
                if is_secret_name(name[0]):
                    yield from _values(text, start, name)
        start = end + 1


def _values(text: str, line: int, name: re.Match[str]) -> Iterator[Secret]:
    for match, bare in _matches(text, line, name):
        group = "other" if match.re is _ELEMENT and match["value"] is None else "value"
        if is_secret(match[group], bare=bare):
            yield Secret("password", *match.span(group))
            return


def _matches(text: str, line: int, name: re.Match[str]) -> Iterator[tuple[re.Match[str], bool]]:
    """What follows a name and may be its value, and whether it stands without quotes."""
    at = name.end()
    if match := _QUOTED.match(text, at):
        # After a comma, only a name in quotes is a name: f(password, "…") passes two values.
        if match["sep"] != "," or match["named"]:
            yield match, False
        return
    if match := _TIGHT.match(text, at):
        yield match, True
    before = text[max(line, name.start() - 300) : at]
    starts = len(before) == at - line and _LINE_START.fullmatch(before)
    if starts or _is_string_line(text, line, name):
        if match := _LINE.match(text, at):
            yield match, True
        if before.lstrip().startswith("ENV ") and (match := _SPACED.match(text, at)):
            yield match, True
    if text[max(0, name.start() - 2) : name.start()] == "--" and (match := _FLAG.match(text, at)):
        yield match, True
    for pattern in (_ELEMENT, _PAIR, _BLOCK):
        if match := pattern.match(text, at):
            yield match, pattern is _PAIR


def _is_string_line(text: str, line: int, name: re.Match[str]) -> bool:
    """Whether the name begins a line of a text inside a string: behind `"` or an escaped line
    end."""
    before = text[max(line, name.start() - 12) : name.start()].rstrip(" \t")
    return before.endswith(('"', "'", "\\n"))
