"""Attributes of changed files, as of the base: what the change adds to `.gitattributes` does not
count."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from reviewer.workspace.invocation import GitRunner, Repository
from reviewer.workspace.records import Record

_ASKED = ("diff", "linguist-generated", "filter")
_NONE = "unspecified"
# git-crypt, transcrypt (`crypt`), git-agecrypt, git-age, SOPS, and those with a key's name behind.
_ENCRYPTS = re.compile(r"(?i)(?:[\w-]*(?:en)?crypt|(?:git-)?age|sops|ejson)(?:-[\w.-]+)?")


def at_base(
    repository: Repository, run_git: GitRunner, commit: str | None, records: Iterable[Record]
) -> dict[str, Mapping[str, str]]:
    """By path (for a renamed file, the old one counts too): attribute name to `set`, `unset` or its
    value."""
    paths = list(
        dict.fromkeys(path for record in records for path in (record.path, record.old_path) if path)
    )
    rules = _files(run_git, commit, paths) if commit else b""
    if not rules:
        return {}
    index = Path(tempfile.mkdtemp(prefix="attributes-", dir=repository.scratch)) / "index"
    run_git("update-index", "-z", "--index-info", stdin=rules, index=index)
    listed = b"".join(os.fsencode(path) + b"\0" for path in paths)
    out = os.fsdecode(
        run_git("check-attr", "-z", "--cached", "--stdin", *_ASKED, stdin=listed, index=index)
    ).split("\0")
    found: dict[str, dict[str, str]] = {}
    for path, name, value in zip(out[::3], out[1::3], out[2::3], strict=False):
        if value != _NONE:
            found.setdefault(path, {})[name] = value
    return dict(found)


def _files(run_git: GitRunner, commit: str, paths: Iterable[str]) -> bytes:
    """Index entries for the `.gitattributes` of the base in every directory above the paths."""
    above = {""}
    for path in paths:
        while (path := path.rpartition("/")[0]) not in above:
            above.add(path)
    # A directory name with a line break would break the reply; its rules do not count.
    names = [f"{name}/.gitattributes".lstrip("/") for name in sorted(above) if "\n" not in name]
    asked = b"".join(os.fsencode(f"{commit}:{name}") + b"\0" for name in names)
    rows = (
        line.split(b" ")
        for line in run_git("cat-file", "--batch-check", "-z", stdin=asked).split(b"\n")
    )
    return b"".join(
        b"100644 " + row[0] + b"\t" + os.fsencode(name) + b"\0"
        for name, row in zip(names, rows, strict=False)
        if row[1:2] == [b"blob"] and len(row) == 3
    )


def encrypts(found: Mapping[str, str]) -> bool:
    """Whether a file with these attributes is encrypted when it is added."""
    return _ENCRYPTS.fullmatch(found.get("filter", "")) is not None
