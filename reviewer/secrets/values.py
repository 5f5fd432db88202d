"""Whether a value can only be a credential: what is mixed enough, and neither a word, a reference,
a placeholder, a digest nor a version."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from itertools import pairwise

_PLACEHOLDER = re.compile(
    r"(?i)example|sample|dummy|fake|placeholder|change[-_]?(?:me|it|this)|replace[-_]?(?:me|this|with)|your[-_]?|insert|"
    r"todo|fixme|redacted|xxxx|\*\*\*|\.\.\.|…|<|\$\{|\$\(|\{\{|%\(|%s|#\{|1234567|abcdef|foobar|lorem|notasecret|not-a-|"
    r"testtest|0000000|passwor[dt]|passwd|de[-_]?passe|pwd[-_]|[-_]field|kennwort|contrase|wachtwoord|secret|public[-_]?key|hunter2|\$\[|\{[\w.]*\}|@@|__\w+__|^\$\w+$|^%\w+%$"
)
_REFERENCE = re.compile(
    r"^(?:[A-Za-z_][\w-]*[.:/]{1,2})+[\w.:/\[\]()-]*$|^/|^\.{1,2}/|^https?:|"
    r"^[a-z]+(?:[-_ .][a-z]+)+$|^[A-Z]+(?:_[A-Z]+)+$|^[$&*!@~](?=[A-Za-z{(])[\w.{}():/-]*$"
)
# Not secret, however random: ids, digests, sealed values, versions, times, colours, mail addresses.
_OTHER = re.compile(
    r"^\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?$|"
    r"^(?:sha\d{1,3}|md5|blake2\w?|blake3|SHA256)[-:=]|^\{\w{2,10}\}[\w+/=$.]{8,}$|^\$(?:2[abxy]|argon2\w*|5|6|1|y|scrypt|pbkdf2[\w-]*)\$|"
    r"^ENC[\[(]|^\{cipher\}|^vault:v\d|^AQICAH|^encrypted:|^Ag[A-D][\w+/=]{40,}$|^\{[\w+/]{8,}={0,2}\}$|^(?:pbkdf2|argon2|bcrypt|scrypt)[\w$:.-]|"
    r"^[~^<>=v!]{0,2}\d{1,6}(?:\.(?:\d{1,6}|[x*])){1,4}(?:[-+.\w]{0,30})$|^\d{4}-\d\d-\d\d|^#[0-9a-fA-F]{3,8}$|"
    r"^0x[0-9a-fA-F]{40}$|^[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+$|^ssh-|^ecdsa-|^arn:|^projects/|^(?:pk|pub)[-_]|"
    r"^.*[a-zA-Z0]-[zZ9].*[\])]|^[-+]?\d+(?:\.\d+)?(?:e[+-]?\d+|[a-z%]{1,3})?$|^\\[nrtux]|^[\^(\[].*[$)\]]$"
)
_SEGMENT = re.compile(r"[a-zA-Z]{1,16}\d{0,2}|v?\d{1,4}|\d{1,2}[a-z]{1,2}")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SAID = re.compile(r"(?i)[aeiouy]")
_UNSAID = re.compile(r"(?i)[^aeiouy]{5}")
_NUMBERED = re.compile(
    r"(?i)base(?:16|32|58|64)|sha\d{1,3}|md5|utf(?:8|16|32)|x509|i18n|l10n|k8s|oauth2?|e2e|p12|ec2|s3|v\d"
)
_LEET = re.compile(r"[A-Za-z]\d{1,2}[a-z]")
_LOCAL_HOST = re.compile(
    r"^(?:localhost|127\.[\d.]+|0\.0\.0\.0|[\w-]+|(?:.*\.)?example(?:\.\w+)?|.*\.(?:local|test|invalid))$"
)
_SERVICE = re.compile(r"(?!localhost$|example$)[A-Za-z_][\w-]*(?:\.[\w.-]*local)?")
SHORTEST, LONGEST = 8, 400


def is_placeholder(value: str) -> bool:
    return _PLACEHOLDER.search(value) is not None


def is_local(host: str) -> bool:
    """Whether a password for this host opens nothing: a service name, a test or an example."""
    return _LOCAL_HOST.match(host) is not None


def is_service(host: str) -> bool:
    """Whether it is a name of a cluster or an office, as `db` and `db.corp.local`."""
    return _SERVICE.fullmatch(host) is not None


def is_secret(value: str, *, bare: bool = False, chosen: bool = False) -> bool:
    """Whether `value`, assigned to a name that says secret, can only be one. `bare`: without
    quotes, so it may as well be code. `chosen`: the name says that a person made it up, so it may
    as well be of words."""
    core = value.removeprefix("base64:")
    chosen = chosen and _is_varied(core)
    if not SHORTEST <= len(core) <= LONGEST or _looks_otherwise(value, core, words=chosen):
        return False
    if bare and (_is_expression(value) or (_is_name(value) and not (chosen and _is_odd(value)))):
        return False
    return _is_mixed(core) or (chosen and entropy(core) >= 2.5)


def is_password(value: str, *, bare: bool = True) -> bool:
    """Whether `value`, at a place where nothing but a password stands, is a real one. `bare`: it
    may as well be a variable."""
    plain = is_placeholder(value) or _OTHER.match(value) or value.startswith(("$", "%", "{"))
    named = _is_name(value) and not (_is_varied(value) and (not bare or _is_odd(value)))
    return (
        len(value) >= 6
        and not plain
        and not (_is_expression(value) or named)
        and len(set(value)) >= 5
        and bool(re.search(r"\d", value))
    )


def _looks_otherwise(value: str, core: str, *, words: bool) -> bool:
    reference = core == value and _REFERENCE.match(value)
    plain = is_placeholder(core) or is_placeholder(decoded(core))
    return bool(plain or reference or _OTHER.match(core) or _counts(core)) or (
        not words and _is_slug(core)
    )


def _is_mixed(value: str) -> bool:
    classes = sum(
        bool(re.search(pattern, value)) for pattern in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9]")
    )
    if classes < 2:
        return False
    if not re.search(r"[0-9]", value):
        return (
            len(value) >= 16
            and bool(re.search("[a-z].*[A-Z]|[A-Z].*[a-z]", value))
            and not (is_wordlike(value) or entropy(value) < 3.5)
        )
    return entropy(value) >= (3.0 if classes >= 3 or len(value) >= 20 else 2.9)


def is_wordlike(value: str) -> bool:
    """Whether most letters of `value` stand in parts that can be said aloud."""
    parts = _PARTS.findall(value)
    letters = sum(map(len, parts))
    said = sum(
        len(part)
        for part in parts
        if len(part) >= 3 and _SAID.search(part) and not _UNSAID.search(part)
    )
    return letters > 0 and said >= 0.6 * letters


def _is_slug(value: str) -> bool:
    """Words and small numbers, joined: the name of something."""
    segments = re.split(r"[-_./:#]", value)
    return (
        len(segments) > 1
        and all(_SEGMENT.fullmatch(segment) for segment in segments if segment)
        and (is_wordlike(value) or all(len(segment) <= 6 for segment in segments))
    )


def _counts(value: str) -> bool:
    """Alphabets and keyboards: `abcd1234`, `0123456789`."""
    steps = sum(ord(b) - ord(a) == 1 for a, b in pairwise(value))
    return steps > len(value) * 0.6


def _is_expression(value: str) -> bool:
    """Whether an unquoted value is code, not a value."""
    return bool(
        re.search(r"^[\w.$]*[(\[]|[)\]{}>;]$|^[!&*?|<>{}\[\]@,]|=>|->|::|\|\||&&|\(\)", value)
    )


def _is_name(value: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_][\w.:$-]*", value)) and is_wordlike(value)


def _is_varied(value: str) -> bool:
    """Whether there are small letters, capitals and digits."""
    return all(re.search(pattern, value) for pattern in ("[a-z]", "[A-Z]", "[0-9]"))


def _is_odd(name: str) -> bool:
    """Whether no code has such a name: joined by hyphens, or with digits for letters."""
    return "." not in name and ("-" in name or _LEET.search(_NUMBERED.sub("", name)) is not None)


def decoded(value: str) -> str:
    """What base64 text stands for, "" if it is no text."""
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return plain if plain.replace("\n", "").replace("\r", "").isprintable() else ""


def entropy(value: str) -> float:
    """Shannon entropy of the characters, in bits each."""
    return -sum(
        count / len(value) * math.log2(count / len(value)) for count in Counter(value).values()
    )
