"""Credentials that a command or a call takes by position: `curl -u name:…`, `mysql -p…`,
`getConnection(url, user, "…")`, and the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reviewer.secrets.formats import Secret
from reviewer.secrets.names import is_secret_name
from reviewer.secrets.values import is_password, is_secret

_WORD = r"[\"']?(?P<value>[^\s\"'`<>|;&]{6,128})"
_PAIR = r"[\"']?[\w.@+-]{1,64}:(?P<value>[^\s\"'@]{6,128})"
_ARGUMENT = r"(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[\w.$>\[\]-]{1,60})\s{0,8},\s{0,40}"
_SHORT_LITERAL = r"(?P<quote>[\"'])(?P<value>[^\"'\s]{6,128})(?P=quote)"
_LITERAL = r"[@N]?(?P<quote>[\"'])(?P<value>[^\"'\s]{8,128})(?P=quote)"
# Where a login stands, by a word that has to occur.
_LOGINS = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("curl", rf"\bcurl\b[^\n|;]{{0,300}}?\s(?:-u|--user)[ =]?{_PAIR}"),
        ("http", rf"\b(?:https?|httpie)\b[^\n|;]{{0,200}}?\s(?:-a|--auth)[ =]?{_PAIR}"),
        ("sshpass", rf"\bsshpass\s{{1,4}}-p\s{{0,2}}{_WORD}"),
        (
            "login",
            r"\b(?:docker|podman|buildah|skopeo|oras|helm|az|oc|cf)\b[^\n|;&]{0,60}?\blogin\b"
            rf"[^\n|;&]{{0,200}}?\s-p[ =]{{1,2}}{_WORD}",
        ),
        (
            "-p",
            r"\b(?:mysql|mariadb)[\w-]{0,20}(?=\s)[^\n|;&]{0,200}?"
            rf"\s-p(?=[^\s\"'-]|[\"']\S){_WORD}",
        ),
        ("redis-cli", rf"\bredis-cli\b[^\n|;&]{{0,100}}?\s-a\s{{1,2}}{_WORD}"),
        (
            "ldap",
            rf"\bldap(?:search|add|modify|delete)\b[^\n|;&]{{0,200}}?\s-w\s{{1,2}}{_WORD}",
        ),
        ("sqlcmd", rf"\bsqlcmd\b[^\n|;&]{{0,200}}?\s-P\s{{0,2}}{_WORD}"),
        (
            "/user:",
            r"(?i)\bnet\s{1,2}use\s[^\n\\]{0,20}\\\\\S{1,200}\s{1,4}"
            r"(?P<value>[^\s/*\"]\S{5,127})\s[^\n/]{0,40}/user:",
        ),
        (
            "auth",
            r"(?:(?i:(?:basic|digest)_?auth)\w{0,10}|\bauth\s{0,4}=\s{0,4})\(\s{0,40}"
            rf"{_ARGUMENT}(?:Some\()?{_SHORT_LITERAL}",
        ),
    )
)
# Where a password or the key of a signature is passed, likewise.
_CALLS = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("getconnection", rf"\bgetConnection\(\s{{0,40}}{_ARGUMENT}{_ARGUMENT}{_LITERAL}"),
        ("pdo", rf"\bnew PDO\(\s{{0,40}}{_ARGUMENT}{_ARGUMENT}{_LITERAL}"),
        ("mysqli", rf"\b(?:new mysqli|mysqli_connect)\(\s{{0,40}}{_ARGUMENT}{_ARGUMENT}{_LITERAL}"),
        (
            "credential",
            rf"\b(?:Network|UsernamePassword)Credentials?\(\s{{0,40}}{_ARGUMENT}{_LITERAL}",
        ),
        ("passwordauthentication", rf"\bPasswordAuthentication\(\s{{0,40}}{_ARGUMENT}{_LITERAL}"),
        (
            "jwt.",
            r"\bjwt\.(?:sign|encode|verify|decode)\(\s{0,40}[^()\n]{0,200}?,\s{0,40}"
            r"(?P<quote>[\"'`])(?P<value>[^\s\"'`]{8,400})(?P=quote)\s{0,40}[,)]",
        ),
        ("securestring", rf"(?i)\bConvertTo-SecureString\s{{1,4}}(?:-String\s{{1,4}})?{_LITERAL}"),
    )
)
_MOST_COLUMNS = 100
_CELLS = re.compile(r"[,;\t]")
_HEADING = re.compile(r"\"?[A-Za-z][\w .-]{0,40}\"?")


def by_position(text: str, lowered: str) -> Iterator[Secret]:
    for match in _matches(_LOGINS, text, lowered):
        if is_password(match["value"]) or is_secret(match["value"], bare=True):
            yield Secret("basic-auth", *match.span("value"))
    for match in _matches(_CALLS, text, lowered):
        if is_secret(match["value"], chosen=True):
            yield Secret("password", *match.span("value"))
    yield from _columns(text)


def _matches(
    patterns: Iterable[tuple[str, re.Pattern[str]]], text: str, lowered: str
) -> Iterator[re.Match[str]]:
    for hint, pattern in patterns:
        if hint in lowered:
            yield from pattern.finditer(text)


def _columns(text: str) -> Iterator[Secret]:
    """Cells below the heading of a credential, in a table that begins with its headings."""
    lines = text.split("\n", 1)
    headings = _CELLS.split(lines[0].rstrip("\r"))
    wanted = [at for at, one in enumerate(headings) if is_secret_name(one)]
    if (
        not 2 <= len(headings) <= _MOST_COLUMNS
        or not wanted
        or not all(map(_HEADING.fullmatch, headings))
    ):
        return
    start = len(lines[0]) + 1
    for line in lines[1].split("\n") if len(lines) > 1 else ():
        cells = _CELLS.split(line.rstrip("\r"))
        if len(cells) == len(headings):
            for at in wanted:
                cell = cells[at].strip('" ')
                if is_secret(cell, chosen=True):
                    begin = start + sum(len(one) + 1 for one in cells[:at]) + cells[at].index(cell)
                    yield Secret("password", begin, begin + len(cell))
        start += len(line) + 1
