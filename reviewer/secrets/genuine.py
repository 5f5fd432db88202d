"""Whether what has the form of a credential is a real one, and no example."""

from __future__ import annotations

import base64
import binascii
import json
import re

from reviewer.secrets.values import (
    entropy,
    is_local,
    is_password,
    is_placeholder,
    is_secret,
    is_service,
)


def is_genuine(kind: str, match: re.Match[str]) -> bool:
    """`match`: of a format of this kind; its first group is the value, where it has one."""
    value = match[1] if match.re.groups else match[0]
    if kind == "jwt":
        return _is_jwt(value)
    if kind == "basic-auth-url":
        user = match[0].removeprefix("://").split(":", 1)[0]
        plain = is_placeholder(value) or len(set(value)) < 4
        if is_local(match[2]):
            # A service of a cluster or of Compose: what is no word is no default either.
            return is_service(match[2]) and value != user and len(value) >= 12 and is_secret(value)
        if match[2] in "{$%":
            return is_password(value)
        return not (value == user or plain)
    if kind in ("aws-secret-key", "aws-session-token") and entropy(value) < 4:
        return False
    if kind == "pagerduty-key" and entropy(value) < 3.3:
        return False
    # Documentation, or one letter over and over.
    return "EXAMPLE" not in value and len(set(value[8:])) >= 6


def _is_jwt(value: str) -> bool:
    header, _, signature = value.split(".")
    try:
        fields = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (binascii.Error, ValueError):
        return False
    # The one on every page that explains the format.
    known_example = signature.startswith("SflKxwRJSMeKKF2QT4")
    return isinstance(fields, dict) and "alg" in fields and not known_example
