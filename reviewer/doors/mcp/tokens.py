"""The token that a client sends with every HTTP request. It is never on a command line, where every
user of the machine could read it."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import MutableMapping
from dataclasses import dataclass

from reviewer import disk
from reviewer.errors import UsageError
from reviewer.text import one_line

VARIABLE = "REVIEWER_MCP_TOKEN"
SHORTEST, LONGEST = 20, 1024  # characters
_TOKEN = re.compile(
    r"[A-Za-z0-9._~+/-]+=*"
)  # token68 of RFC 9110, which is what a Bearer header can carry


@dataclass(frozen=True, repr=False)
class Token:
    """`source` says where it comes from; only a `generated` one has to be shown."""

    value: str
    source: str
    generated: bool


def find(file: str | None, environ: MutableMapping[str, str]) -> Token:
    """The token of `file`, of the environment, or a new one, in this order. It is removed from
    `environ`, so that no child process inherits it. Raises UsageError for a weak token, or one that
    others can read."""
    given = environ.pop(VARIABLE, "")
    if file is not None:
        return Token(_checked(_content(file), "--token-file"), "--token-file", generated=False)
    if given:
        return Token(_checked(given, VARIABLE), VARIABLE, generated=False)
    return Token(secrets.token_urlsafe(32), "made for this run", generated=True)


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
        )  # so that a pipe does not block
        with os.fdopen(descriptor, "rb") as stream:
            about = os.fstat(descriptor)  # of the open file, not of the name
            if not stat.S_ISREG(about.st_mode):
                raise UsageError(f"--token-file: {name} is not a regular file")
            if not disk.is_ours(about):
                raise UsageError(
                    f"--token-file: {name} belongs to another user: use a file of your own"
                )
            if disk.open_to(about, 0o077):
                raise UsageError(
                    f"--token-file: {name} can be read or changed by others; run: chmod 600 {name}"
                )
            return stream.read(LONGEST + 3).strip().decode("ascii", "replace")
    except ValueError:
        raise UsageError(f"--token-file: {name} is not a path") from None
    except OSError as exc:
        raise UsageError(f"--token-file: cannot read {name}: {exc.strerror or exc}") from None
