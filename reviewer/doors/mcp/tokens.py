"""The token that a client has to show on every request over HTTP. It is never on a command line,
where every user of the machine could read it."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import MutableMapping
from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.text import one_line

VARIABLE = "REVIEWER_MCP_TOKEN"
SHORTEST, LONGEST = 20, 1024  # characters
_TOKEN = re.compile(
    r"[A-Za-z0-9._~+/-]+=*"
)  # token68 of RFC 9110, which is what a Bearer header can carry


@dataclass(frozen=True, repr=False)
class Token:
    """`source` says where it is from; only one that was made here has to be shown."""

    value: str
    source: str
    made: bool


def find(file: str | None, environ: MutableMapping[str, str]) -> Token:
    """The token of `file`, of the environment, or a new one, in this order. It is taken out of
    `environ`, so that no program started from here inherits it. Raises UsageError for one that is
    weak, or that others can read."""
    given = environ.pop(VARIABLE, "")
    if file is not None:
        return Token(_checked(_content(file), "--token-file"), "--token-file", made=False)
    if given:
        return Token(_checked(given, VARIABLE), VARIABLE, made=False)
    return Token(secrets.token_urlsafe(32), "made for this run", made=True)


def _checked(value: str, source: str) -> str:
    if not SHORTEST <= len(value) <= LONGEST or not _TOKEN.fullmatch(value):
        raise UsageError(
            f"{source}: a token is {SHORTEST} to {LONGEST:,} letters, digits or any of ._~+/-: make"
            " one with `openssl rand -hex 32`"
        )
    return value


def _content(file: str) -> str:
    name = one_line(file)
    try:
        descriptor = os.open(
            file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
        )  # or a pipe would hold us here
        with os.fdopen(descriptor, "rb") as stream:
            about = os.fstat(descriptor)  # of what is read, not of what has that name by then
            if not stat.S_ISREG(about.st_mode):
                raise UsageError(f"--token-file: {name} is no regular file")
            if os.name == "posix" and about.st_uid != os.geteuid():
                raise UsageError(
                    f"--token-file: {name} belongs to another user: give a file of your own"
                )
            if os.name == "posix" and about.st_mode & 0o077:
                raise UsageError(
                    f"--token-file: {name} can be read or changed by others; run: chmod 600 {name}"
                )
            return stream.read(LONGEST + 3).strip().decode("ascii", "replace")
    except (OSError, ValueError) as exc:
        raise UsageError(
            f"--token-file: {name} cannot be read: {getattr(exc, 'strerror', None) or exc}"
        ) from None
