"""Credentials on the changed lines of a file: what the analyzers `secrets` and `history` share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reviewer import secrets, text
from reviewer.types import FileDiff, Hunk

_NOT_PRODUCTION = re.compile(
    r"(?i)(?:^|/)(?:tests?|spec|__tests__|testdata|fixtures?|examples?|samples?|docs?|mocks?)/|(?:^|/)test_[^/]*$|"
    r"[._-](?:test|spec|example|sample|template)s?\.[^/]*$|\.(?:md|rst|example|sample|template|tpl|dist)$"
)
_WHOLE = 1_000_000  # bytes of a file that is read beyond its hunks


@dataclass(frozen=True, slots=True)
class Credential:
    """`line`: where it begins, on the side it was looked for."""

    kind: str
    line: int
    value: str

    @property
    def shown(self) -> str:
        """What it is, and how to recognise it."""
        what = self.kind.replace("-", " ")
        return f"{what} ({secrets.mask(self.value)}, {len(self.value)} characters)"


def added(file: FileDiff) -> Iterator[Credential]:
    """Those on added lines that count."""
    for hunk in file.hunks:
        for each, marked in _on_side(hunk, "added"):
            if _counts(each.kind, file.path, marked=marked):
                yield each


def beyond_the_hunks(file: FileDiff, old: bytes | None, new: bytes | None) -> Iterator[Credential]:
    """Those on added lines that only the whole file gives away: the key of a Secret far from its
    `kind`, a default far from the name of its variable, the body of a private key."""
    if new is None or max(len(new), len(old or b"")) > _WHOLE:
        return
    lines = {line.new for hunk in file.hunks for line in hunk.lines if line.kind == "added"}
    whole, before = text.decode(new), text.decode(old or b"")
    at, done, body = 1, 0, whole.split("\n")
    for secret in secrets.find(whole) if lines else ():
        at += whole.count("\n", done, secret.start)
        done, value = secret.start, whole[secret.start : secret.end]
        number = next((n for n in range(at, at + value.count("\n") + 1) if n in lines), None)
        if number is None or value in before:
            continue
        marked = secrets.is_marked(body[at - 1], body[at - 2] if at > 1 else "")
        if _counts(secret.kind, file.path, marked=marked):
            yield Credential(secret.kind, number, value)


def removed(file: FileDiff) -> Iterator[Credential]:
    for hunk in file.hunks:
        for each, _ in _on_side(hunk, "removed"):
            yield each


def _counts(kind: str, path: str, *, marked: bool) -> bool:
    """What only a name or a place gives away is no proof in tests, documentation and examples, nor
    where a comment says that it is no credential."""
    return kind not in secrets.GUESSED or not (marked or _NOT_PRODUCTION.search(path))


def _on_side(hunk: Hunk, kind: Literal["added", "removed"]) -> Iterator[tuple[Credential, bool]]:
    """Those with a line of `kind`, each at its first such line (the body of a private key may have
    changed under its old header), and whether a comment says that it is no credential."""
    lines = [line for line in hunk.lines if line.kind in (kind, "context")]
    if all(line.kind == "context" for line in lines):
        return
    body = [_letters(line.data) for line in lines]
    joined = "\n".join(body)
    at = done = 0
    for secret in secrets.find(joined):
        at += joined.count("\n", done, secret.start)
        done = secret.start
        value = joined[secret.start : secret.end]
        changed = [line for line in lines[at : at + value.count("\n") + 1] if line.kind == kind]
        number = (changed[0].new if kind == "added" else changed[0].old) if changed else None
        if number is not None:
            marked = secrets.is_marked(body[at], body[at - 1] if at else "")
            yield Credential(secret.kind, number, value), marked


def _letters(line: bytes) -> str:
    """The line as it reads: of UTF-16 and UTF-32, the letters that ASCII has."""
    if b"\0" not in line:
        return text.decode(line)
    return text.decode(line.replace(b"\0", b"")).lstrip("\xfe\xff")
