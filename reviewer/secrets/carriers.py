"""Credentials that their surroundings give away: private keys in armour, headers, connection
strings, and the files of netrc, PostgreSQL, npm, Docker and Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.secrets.formats import Secret
from reviewer.secrets.names import is_secret_name
from reviewer.secrets.values import decoded, is_local, is_password, is_placeholder, is_secret

KINDS = (
    "private-key",
    "bearer-token",
    "basic-auth",
    "registry-auth",
    "connection-string",
    "netrc",
    "pgpass",
    "kubernetes-secret",
)

_KEY_HEADER = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"(?:(?:\\[nr]|[\s\"'+,>|#*])++[A-Za-z0-9+/=]{16,}+)++")
_KEY_END = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LIMIT = 12_000  # characters: a 16384-bit RSA key takes about 9,500
_PUTTY = re.compile(r"Private-Lines: \d{1,3}\r?\n((?:[A-Za-z0-9+/=]{4,80}(?:\r?\n|$)){1,300})")
_ENCODED_KEY = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{100,16000}={0,2}")

_BEARER = re.compile(
    r"(?i:\bbearer|authorization\\{0,3}[\"']?\s{0,4}[:=,]\s{0,4}\\{0,3}[\"']?token)"
    r"(?:[ +]{1,2}|[\"'],\s{0,4}[\"'])([A-Za-z0-9._~+/=-]{16,2000})"
)
_BASIC = re.compile(r"(?i:\bbasic)[ +]{1,2}([A-Za-z0-9+/]{12,400}={0,2})(?![A-Za-z0-9+/=])")
_DIGEST = re.compile(r"[\"']auth[\"']\s{0,8}:\s{0,8}[\"']([A-Za-z0-9+/]{12,400}={0,2})[\"']")
_NPMRC = re.compile(
    r"(?m)(?:^|:|\s)_(?:authToken|auth|password)\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9+/=._-]{12,400})"
)
_DSN_PASSWORD = re.compile(
    r"(?i)(?<![\w-])(?:password|pwd|passwd)\s{0,4}=\s{0,4}(\{[^{}\n]{6,128}\}|[^\s;,&\"'`<>|{}\\]{6,128})"
)
_DSN = re.compile(
    r"(?i)jdbc:|@tcp\(|(?<!\w)(?:server|data source|datasource|host|hostname|address|addr|uid|user"
    r"|user id|userid|username|initial catalog|database|dbname|db|driver|dsn|port|sslmode"
    r"|persist security info|trusted_connection)\s{0,4}="
)
_ORACLE = re.compile(r"jdbc:oracle:thin:[\w$#]{1,64}/([^\s@\"']{6,128})@")
_GO_DSN = re.compile(
    r"(?<![\w/:])[\w.-]{1,64}:([^\s:@/\"'`(){}]{6,128})@(?:tcp|unix)\(([^)\s]{1,128})\)"
)
_SQL = re.compile(r"(?i)\b(?:identified by|password|pwd)\s{1,4}(?:=\s{0,4})?N?'([^\s']{8,128})'")
_SET_PASSWORD = re.compile(r"(?i)\bset password for [^\n=;]{1,120}=\s{0,4}'([^\s']{8,128})'")
# "Jwt": { "Key": "…" }: what signs, though its own name does not say so.
_SIGNING = re.compile(
    r"(?i)[\"'](?:jwt|token|auth)\w{0,20}[\"']\s{0,8}:\s{0,8}\{[^{}]{0,400}?[\"']key[\"']\s{0,8}:\s{0,8}"
    r"[\"']([^\"'\s]{16,400})[\"']"
)
_NETRC = re.compile(
    r"\bmachine\s{1,8}(\S{1,253})\s{1,40}login\s{1,8}\S{1,128}\s{1,40}password\s{1,8}(\S{6,256})"
)
_PGPASS = re.compile(
    r"(?m)^[ \t]*(?:[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}|\*):(?:\d{4,5}|\*):(?:[\w-]{1,63}|\*)"
    r":[\w-]{1,63}:([^\s:]{6,128})\r?$"
)
_KUBERNETES = re.compile(r"(?m)^[ \t-]*[\"']?kind[\"']?:[ \t]*[\"']?Secret\b")
_DATA = re.compile(
    r"(?m)^[ \t]{1,12}[\"']?([\w.-]{1,100})[\"']?:[ \t]+[\"']?([A-Za-z0-9+/]{8,8000}={0,2})"
    r"[\"']?,?[ \t]*\r?$"
)
_STRING_DATA = re.compile(
    r"(?m)^([ \t]{0,12})[\"']?stringData[\"']?:[ \t]*\r?$((?:\n\1[ \t]+[^\n]{0,400}){1,200})"
)
_STRING = re.compile(
    r"(?m)^[ \t]{1,16}[\"']?[\w.-]{1,100}[\"']?:[ \t]+(?P<quote>[\"']?)"
    r"([^\s\"']{8,400})(?P=quote)[ \t]*\r?$"
)


def by_surroundings(text: str, lowered: str) -> Iterator[Secret]:
    if "private" in lowered or "ls0tls1crudjti" in lowered:
        yield from _private_keys(text)
    yield from _headers(text, lowered)
    if any(
        word in lowered
        for word in ("password", "pwd", "passwd", "identified", "jdbc:", "@tcp(", "@unix(")
    ):
        yield from _connection_strings(text)
    if "machine" in lowered and "login" in lowered:
        for match in _NETRC.finditer(text):
            if not is_local(match[1]) and is_password(match[2]):
                yield Secret("netrc", *match.span(2))
    if lowered.count(":") >= 4:
        for match in _PGPASS.finditer(text):
            if is_secret(match[1]):
                yield Secret("pgpass", *match.span(1))
    if "secret" in lowered and _KUBERNETES.search(text):
        yield from _kubernetes(text)


def _private_keys(text: str) -> Iterator[Secret]:
    for header in _KEY_HEADER.finditer(text):
        end = _KEY_END.search(text, header.end(), header.end() + _KEY_LIMIT)
        if end is not None and re.search(r"[A-Za-z0-9+/=]{40}", text[header.end() : end.start()]):
            yield Secret("private-key", header.start(), end.end())
        elif (
            body := _KEY_BODY.match(text, header.end())
        ) is not None and body.end() - body.start() > 40:
            yield Secret("private-key", header.start(), body.end())  # cut off, as in a hunk
    for match in _PUTTY.finditer(text):
        yield Secret("private-key", match.start(1), match.start(1) + len(match[1].rstrip()))
    for match in _ENCODED_KEY.finditer(text):
        if "PRIVATE KEY-----" in decoded(match[0][:88])[:64]:
            yield Secret("private-key", *match.span())


def _headers(text: str, lowered: str) -> Iterator[Secret]:
    if "bearer" in lowered or "authorization" in lowered:
        for match in _BEARER.finditer(text):
            if is_secret(match[1].rstrip(".")):
                yield Secret("bearer-token", *match.span(1))
    if "basic" in lowered:
        yield from (
            Secret("basic-auth", *match.span(1))
            for match in _BASIC.finditer(text)
            if _is_pair(match[1])
        )
    if "key" in lowered and ("jwt" in lowered or "token" in lowered or "auth" in lowered):
        for match in _SIGNING.finditer(text):
            if is_secret(match[1]):
                yield Secret("password", *match.span(1))
    if "auth" in lowered:
        for match in _DIGEST.finditer(text):
            if _is_pair(match[1]):
                yield Secret("registry-auth", *match.span(1))
    if "_auth" in lowered or "_password" in lowered:
        for match in _NPMRC.finditer(text):
            if (
                _is_pair(match[1])
                or is_secret(match[1])
                or is_secret(decoded(match[1]), chosen=True)
            ):
                yield Secret("registry-auth", *match.span(1))


def _connection_strings(text: str) -> Iterator[Secret]:
    for match in _DSN_PASSWORD.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        line = text[max(start, match.start() - 300) : match.start()]
        line += " " + text[match.end() : min(len(text) if end < 0 else end, match.end() + 300)]
        if _DSN.search(line) and is_password(match[1].strip("{}")):
            yield Secret("connection-string", *match.span(1))
    for pattern in (_SQL, _SET_PASSWORD):
        for match in pattern.finditer(text):
            if is_secret(match[1], chosen=True):
                yield Secret("password", *match.span(1))
    for match in _ORACLE.finditer(text):
        if is_password(match[1]):
            yield Secret("connection-string", *match.span(1))
    for match in _GO_DSN.finditer(text):
        if is_password(match[1]) and not is_local(match[2].partition(":")[0]):
            yield Secret("connection-string", *match.span(1))


def _kubernetes(text: str) -> Iterator[Secret]:
    """The values of a Secret whose name or content says that they are credentials."""
    for match in _DATA.finditer(text):
        plain = decoded(match[2]).strip()
        known = is_secret_name(match[1]) and is_password(plain, bare=False)
        if known or "PRIVATE KEY-----" in plain or is_secret(plain, bare=True):
            yield Secret("kubernetes-secret", *match.span(2))
    for block in _STRING_DATA.finditer(text):
        for match in _STRING.finditer(text, *block.span(2)):
            if is_secret(match[2], bare=not match["quote"]):
                yield Secret("kubernetes-secret", *match.span(2))


def _is_pair(encoded: str) -> bool:
    """Whether it is `user:password`, encoded, with a real password."""
    user, colon, password = decoded(encoded).partition(":")
    return bool(user and colon and password != user) and (
        is_password(password, bare=False) or (len(password) >= 12 and not is_placeholder(password))
    )
