"""Finds credentials in text, and redacts them. Formats are those that the issuers publish;
placeholders, examples and references to variables do not count.

Every pattern is linear in the length of the text, and is tried only when a literal of it occurs.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_B64URL = r"[A-Za-z0-9_-]"


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential at `text[start:end]`. `kind` is one of KINDS."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Format:
    kind: str
    hint: str  # the text must hold this (in lower case: compared with the lower-cased text)
    pattern: re.Pattern[str]  # group 1 is the secret, where there is one


def _format(kind: str, hint: str, pattern: str) -> _Format:
    return _Format(kind, hint.lower(), re.compile(pattern))


_FORMATS = (
    _format("aws-access-key", "A", r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
    _format(
        "aws-secret-key",
        "secret",
        r"(?i:aws_?secret_?access_?key|aws_?secret_?key|secret_?access_?key)[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
        r"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    _format("github-token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{36,251}(?![A-Za-z0-9])"),
    _format(
        "github-token",
        "github_pat_",
        r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9])",
    ),
    _format(
        "gitlab-token",
        "gl",
        rf"\bgl(?:pat|dt|ptt|rt|cbt|ft|soat|agent|oas)-(?=\S{{0,20}}\d){_B64URL}{{20,300}}",
    ),
    _format("slack-token", "xox", r"\bxox[abeoprs]-(?:[A-Za-z0-9]{1,20}-){1,6}[A-Za-z0-9]{10,}"),
    _format("slack-token", "xapp-", r"\bxapp-\d-[A-Z0-9]{8,20}-\d{8,20}-[a-z0-9]{40,}"),
    _format(
        "slack-webhook",
        "hooks.slack.com",
        r"https://hooks\.slack\.com/services/T\w{6,14}/B\w{6,14}/[A-Za-z0-9]{20,}",
    ),
    _format("stripe-key", "_live_", r"\b(?:sk|rk)_live_[A-Za-z0-9]{20,}"),
    _format("stripe-key", "whsec_", r"\bwhsec_[A-Za-z0-9+/]{32,}"),
    _format("google-key", "AIza", rf"\bAIza{_B64URL}{{35}}(?!{_B64URL})"),
    _format("google-oauth-secret", "GOCSPX-", rf"\bGOCSPX-{_B64URL}{{28}}(?!{_B64URL})"),
    _format("anthropic-key", "sk-ant-", rf"\bsk-ant-(?:api|admin)\d\d-{_B64URL}{{80,}}"),
    _format("openai-key", "sk-", rf"\bsk-(?:proj|svcacct|admin)-{_B64URL}{{40,}}"),
    _format(
        "openai-key", "T3BlbkFJ", r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}(?![A-Za-z0-9])"
    ),
    _format("huggingface-token", "hf_", r"\bhf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    _format("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _format("pypi-token", "pypi-AgE", rf"\bpypi-AgE{_B64URL}{{80,}}"),
    _format("sendgrid-key", "SG.", rf"\bSG\.{_B64URL}{{22}}\.{_B64URL}{{43}}(?!{_B64URL})"),
    _format("digitalocean-token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}(?![a-f0-9])"),
    _format("docker-token", "dckr_pat_", rf"\bdckr_pat_{_B64URL}{{27}}(?!{_B64URL})"),
    _format("azure-storage-key", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    _format(
        "jwt", "eyJ", rf"(?<!{_B64URL})eyJ{_B64URL}{{10,}}\.eyJ{_B64URL}{{10,}}\.{_B64URL}{{20,}}"
    ),
    _format(
        "basic-auth-url",
        "://",
        r"(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'`<>{}$%]{0,64}:([^\s/:@\"'`<>{}$]{3,128})@([\w.-]{1,253})",
    ),
)
KINDS = tuple(dict.fromkeys(("private-key", *(known.kind for known in _FORMATS), "password")))

_KEY_HEADER = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"(?:(?:\\[nr]|[\s\"'+,>|#*])++[A-Za-z0-9+/=]{16,}+)++")
_KEY_END = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LIMIT = 12_000  # characters: a 16384-bit RSA key takes about 9,500

_NAME = r"(?:pass(?:word|wd|phrase)|passwd|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key|credentials?)"  # noqa: E501
_ASSIGNED = re.compile(
    rf"(?i:({_NAME}\w{{0,24}}))[\"']?\]?\s{{0,8}}(?::\s?[A-Za-z]{{1,12}}\s?=|:=|=>|[:=])\s{{0,8}}"
    r"[bru]?([\"'`])([^\"'`\s]{8,200})\2"
)
_EXPORTED = re.compile(
    r"(?m:^)(?:export |ENV |set )?\s{0,8}[A-Z0-9_]{0,40}?"
    r"((?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)[A-Z0-9_]{0,24})=()([^\s\"'`#]{12,200})(?m:$)"
)
_NOT_A_SECRET_NAME = re.compile(
    r"(?i)^tokeni[sz]|(?:_|\b)(?:id|name|url|uri|path|file|type|field|header|env|var|param|key_?name|endpoint|hash|count|label|"
    r"prefix|suffix|class|regex|pattern|message|error|help|hint|text|title|policy|length|format|scope|kind|column|"
    r"attribute|attr|hasher|backend|provider|manager|service|store|input|form|template|ref|arn|version)s?$"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|sample|dummy|fake|placeholder|change_?me|replace_?me|your[-_]?|insert|todo|fixme|redacted|xxxx|"
    r"\*\*\*|\.\.\.|…|<|\$\{|\$\(|\{\{|%\(|%s|#\{|1234567|abcdef|foobar|lorem|notasecret|not-a-|testtest|0000000|"
    r"password|secret|passwd"
)
_REFERENCE = re.compile(
    r"^(?:[A-Za-z_][\w-]*[.:/]{1,2})+[\w.:/\[\]()-]*$|^/|^\.{1,2}/|^https?:|"
    r"^[a-z]+(?:[-_ .][a-z]+)+$|^[A-Z]+(?:_[A-Z]+)+$"
)
_LOCAL_HOST = re.compile(
    r"^(?:localhost|127\.[\d.]+|0\.0\.0\.0|[\w-]+|(?:.*\.)?example(?:\.\w+)?|.*\.(?:local|test|invalid))$"
)


def find(text: str) -> list[Secret]:
    """Every credential in `text`, in order, none overlapping another."""
    lowered = text.lower()
    found = [*_private_keys(text)]
    for known in _FORMATS:
        if known.hint in lowered:
            found += [
                Secret(known.kind, *match.span(1 if match.re.groups else 0))
                for match in known.pattern.finditer(text)
                if _is_real(known.kind, match)
            ]
    found += _assigned(text, lowered)
    found.sort(key=lambda secret: (secret.start, -secret.end))
    kept: list[Secret] = []
    for secret in found:
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
    return kept


def redact(text: str) -> tuple[str, int]:
    """`text` with each credential replaced by `[REDACTED:kind]`, and their number. Line breaks
    stay, so line numbers do not change."""
    found = find(text)
    parts, position = [], 0
    for secret in found:
        parts += [text[position : secret.start], f"[REDACTED:{secret.kind}]"]
        parts.append("\n" * text.count("\n", secret.start, secret.end))
        position = secret.end
    return "".join([*parts, text[position:]]), len(found)


def mask(value: str) -> str:
    """Just enough of a credential to recognise it: at most its first four characters, and never
    more than a fifth."""
    return value[: min(4, len(value) // 5)].replace("\n", " ") + "…"


def _private_keys(text: str) -> Iterator[Secret]:
    for header in _KEY_HEADER.finditer(text):
        end = _KEY_END.search(text, header.end(), header.end() + _KEY_LIMIT)
        if end is not None and re.search(r"[A-Za-z0-9+/=]{40}", text[header.end() : end.start()]):
            yield Secret("private-key", header.start(), end.end())
        elif (
            body := _KEY_BODY.match(text, header.end())
        ) is not None and body.end() - body.start() > 40:
            yield Secret("private-key", header.start(), body.end())  # cut off, as in a hunk


def _is_real(kind: str, match: re.Match[str]) -> bool:
    value = match[1] if match.re.groups else match[0]
    if kind == "jwt":
        return _is_jwt(value)
    if kind == "basic-auth-url":
        user = match[0].split("://", 1)[1].split(":", 1)[0]
        return not (
            _LOCAL_HOST.match(match[2])
            or value == user
            or _PLACEHOLDER.search(value)
            or len(set(value)) < 4
        )
    if kind == "aws-secret-key" and _entropy(value) < 4:
        return False
    return (
        "EXAMPLE" not in value and len(set(value[8:])) >= 6
    )  # documentation, or one letter over and over


def _is_jwt(value: str) -> bool:
    header, _, signature = value.split(".")
    try:
        fields = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (binascii.Error, ValueError):
        return False
    known_example = signature.startswith(
        "SflKxwRJSMeKKF2QT4"
    )  # on every page that explains the format
    return isinstance(fields, dict) and "alg" in fields and not known_example


def _assigned(text: str, lowered: str) -> list[Secret]:
    if not any(word in lowered for word in ("pass", "pwd", "secret", "token", "key", "credential")):
        return []
    return [
        Secret("password", *match.span(3))
        for pattern in (_ASSIGNED, _EXPORTED)
        for match in pattern.finditer(text)
        if not _NOT_A_SECRET_NAME.search(match[1])
        and not _is_public(text, match.start())
        and _is_random(match[3])
    ]


def _is_public(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start].lower()
    return before.endswith(
        ("public_", "public", "csrf_", "csrf", "next_", "page_", "cancellation_", "pad_", "eos_")
    )


def _is_random(value: str) -> bool:
    """Whether `value` can only be a credential: mixed characters, no words, no reference."""
    classes = sum(
        bool(re.search(pattern, value)) for pattern in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9]")
    )
    if (
        _PLACEHOLDER.search(value)
        or _REFERENCE.match(value)
        or classes < 2
        or not re.search(r"[0-9]", value)
    ):
        return False
    return _entropy(value) >= (3.0 if classes >= 3 or len(value) >= 20 else 3.3)


def _entropy(value: str) -> float:
    """Shannon entropy of the characters, in bits each."""
    return -sum(
        count / len(value) * math.log2(count / len(value)) for count in Counter(value).values()
    )
