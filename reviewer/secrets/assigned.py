"""Values that their name gives away: `password = "…"`, in code, in configuration without quotes, in
strings inside strings, in XML, on command lines, and as pairs of `name:` and `value:`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.secrets.formats import Secret
from reviewer.secrets.names import CLUES, is_chosen, is_secret_name
from reviewer.secrets.values import is_secret

_IDENTIFIER = re.compile(r"[A-Za-z_][\w.$-]*")
_QUOTE = r"\\{0,7}(?:&quot;|\"{3}|'{3}|[\"'`])"
# `password: str`, `apiKey: &'static str`, `const apiKey string`, `char password[]`.
_TYPE = (
    r"(?:\s?:\s?[&A-Za-z_][\w.\[\]|?<>&' ]{0,40}(?==)|[ \t][A-Za-z_][\w.]{0,30}[ \t]?(?==)"
    r"|\[\d{0,5}\])?"
)
# `Field(default="…")`: what a call gets as a default is the value.
_CALL = r"(?:[A-Za-z_][\w.]{0,40}\([^()\n\"']{0,80}?\b(?:default|value|initial)\s?=\s?)?"
# `name"`, `name']`, `name: str`, then what assigns, compares, or passes the value on.
_QUOTED = re.compile(
    rf"(?P<named>{_QUOTE})?\]?{_TYPE}[ \t]{{0,8}}"
    rf"(?P<sep>:=|=>|=~|[=!]==?|\?\?=?|\|\|=?|[:=(]|,)\s{{0,40}}(?:\(\s{{0,40}})?{_CALL}"
    rf"(?:[bruf@$]{{1,2}}(?=[\"']))?(?P<quote>{_QUOTE})(?:\\?\r?\n)?[ \t]{{0,40}}"
    r"(?P<value>(?:(?!(?P=quote))\S){8,400})(?:\r?\n[ \t]{0,40})?(?P=quote)"
)
# `NAME=value` in one word, as in shells, URLs and connection strings.
_TIGHT = re.compile(
    r"=(?P<value>[^\s\"'`&;,<>|(){}\[\]\\=]{8,400}={0,2})(?=[\s\"'`&;,<>|)\]}\\]|$)"
)
# `name: value`, `name = value` as a whole line of a configuration.
_LINE = re.compile(
    rf"(?:{_QUOTE})?[ \t]{{0,20}}(?::=|\?=|:(?!:)|=)[ \t]{{0,20}}"
    r"(?:(?:&[\w-]{1,40}|!!str)[ \t]+)?"
    r"(?:[|>][-+\d]{0,2}[ \t]*\r?\n[ \t]{1,40}"
    r"|<<-?\"?\w{1,20}\"?\r?\n[ \t]{0,40}|\\\r?\n[ \t]{1,40})?"
    r"(?P<value>[^\s\"'`]\S{7,399}?)[,;]?"
    r"[ \t]{0,20}(?:[ \t](?:#|//|;)[^\n]*)?\r?(?=\n|\\n|[\"'`]|$)"
)
_LINE_START = re.compile(
    r"[ \t>+*#/:@-]*(?:(?:export|set|setx|setenv|ENV|ARG|local|readonly|declare|var|let|const|val"
    r"|env|define)[ \t]+(?:-\w+[ \t]+)?)?"
    r"[\"']?(?:/[\w.:@/-]*:)?[\w.$-]*"
)
_SPACED = re.compile(
    r"[ \t]{1,20}(?P<quote>[\"']?)(?P<value>[^\s\"'`-][^\s\"'`]{7,399})(?P=quote)(?=\s|$)"
)
_BEFORE_SPACED = re.compile(r"[ \t]*(?:ENV|setenv|set[ \t]+-\w+|#[ \t]*define)[ \t]")
# `${NAME:-value}` of shells and Compose, `${name:value}` of Spring.
_DEFAULT = re.compile(r"(?::[-=]?|=)(?P<value>[^\s\"'`{}$?+-][^\s\"'`{}$]{7,399})\}")
# `{user: app, password: value}` of YAML.
_FLOW = re.compile(r":[ \t]+(?P<value>[^\s\"'`,;{}()\[\].]{8,400})[ \t]*[,}]")
_FLAG = re.compile(
    r"(?:[ \t]{1,4}|\",\s{0,40}\"|',\s{0,40}'|[\"']?\r?\n[ \t]*-[ \t]+[\"']?)"
    r"(?P<value>[^\s\"'`-][^\s\"'`]{7,399})(?=[\s\"'`]|$)"
)
_ELEMENT = re.compile(
    rf"(?:{_QUOTE})?(?:\s[^<>]{{0,80}})?>\s{{0,40}}(?:<!\[CDATA\[\s{{0,40}})?"
    r"(?P<value>[^\s<>]{8,400}?)\s{0,40}(?:\]\]>\s{0,40})?</"
    r"|</(?:key|name)>\s{0,40}<(?:string|value)>\s{0,40}(?P<other>[^\s<>]{8,400})\s{0,40}</"
)
# The name is one value of a pair, the credential the other.
_PAIR = re.compile(
    rf"(?:{_QUOTE})?\]?(?:[,\s]|\\n)\s{{0,60}}(?:\{{\s{{0,40}})?(?:{_QUOTE})?"
    rf"(?i:(?:default_?)?value|content|secret_?string|default|plaintext|data)(?:{_QUOTE})?\s{{0,8}}[:=]\s{{0,8}}(?:{_QUOTE})?"
    r"(?P<value>[^\s\"'`\\<>]{8,400})"
)
# `"name" { default = "value" }`, `"name": {"value": "value"}`.
_BLOCK = re.compile(
    r"[\"']?\s{0,4}:?\s{0,4}\{[^{}]{0,300}?\b(?:default(?:Value)?|value)[\"']?\s{0,8}[:=]\s{0,8}"
    r"(?P<quote>[\"'])(?P<value>[^\s\"']{8,400})(?P=quote)"
)
_PARAMETER = re.compile(
    r":[ \t]*\r?\n(?:[ \t]+\w{1,40}:[^\n]{0,200}\n){0,8}?[ \t]+Default:[ \t]+[\"']?"
    r"(?P<value>[^\s\"']{8,400})"
)
# The same pair as of `_PAIR`, the other way round; it ends where the name begins.
_PAIR_BEFORE = re.compile(
    rf"\b(?i:value|secret_?string)(?:{_QUOTE})?\s{{0,8}}[:=]\s{{0,8}}(?:{_QUOTE})?"
    rf"(?P<value>[^\s\"'`\\<>]{{8,400}})(?:{_QUOTE})?,?\s{{1,60}}"
    rf"(?:{_QUOTE})?(?i:name|key)(?:{_QUOTE})?\s{{0,8}}[:=]\s{{0,8}}(?:{_QUOTE})?\Z"
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
    chosen = is_chosen(name[0])
    for match, bare in _matches(text, line, name):
        group = "other" if match.re is _ELEMENT and match["value"] is None else "value"
        if is_secret(match[group], bare=bare, chosen=chosen):
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
    left = max(line, name.start() - 300)
    before, ahead = text[left:at], text[left : name.start()]
    starts = left == line and _LINE_START.fullmatch(before)
    if starts or _is_string_line(text, line, name):
        if match := _LINE.match(text, at):
            yield match, True
        if _BEFORE_SPACED.match(before) and (match := _SPACED.match(text, at)):
            yield match, True
    if text[max(0, name.start() - 2) : name.start()] == "--" and (match := _FLAG.match(text, at)):
        yield match, True
    if ahead.rfind("${") > ahead.rfind("}") and (match := _DEFAULT.match(text, at)):
        yield match, True
    if ahead.rstrip(" \t").endswith(("{", ",")) and (match := _FLOW.match(text, at)):
        yield match, True
    for pattern in (_ELEMENT, _PAIR, _BLOCK, _PARAMETER):
        if match := pattern.match(text, at):
            yield match, pattern in (_PAIR, _PARAMETER)
    if match := _PAIR_BEFORE.search(text, max(0, name.start() - 500), name.start()):
        yield match, True


def _is_string_line(text: str, line: int, name: re.Match[str]) -> bool:
    """Whether the name begins a line of a text inside a string: behind `"` or an escaped line
    end."""
    before = text[max(line, name.start() - 12) : name.start()].rstrip(" \t")
    return before.endswith(('"', "'", "\\n"))
