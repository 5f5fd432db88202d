"""Which files need no review, and why: simple rules on names, attributes at the base, and content.

A rule on content counts only if the base already matched it, so that a change cannot hide a file by
adding a header.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reviewer.types import SkipReason
from reviewer.workspace import encodings
from reviewer.workspace.encodings import Found
from reviewer.workspace.snapshot import BINARY_PROBE

_LOCKFILES = frozenset(
    (
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "Cargo.lock",
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "pixi.lock",
        "Pipfile.lock",
        "conda-lock.yml",
        "Gemfile.lock",
        "composer.lock",
        "go.sum",
        "go.work.sum",
        "mix.lock",
        "pubspec.lock",
        "Podfile.lock",
        "Package.resolved",
        "Cartfile.resolved",
        "flake.lock",
        "packages.lock.json",
        "gradle.lockfile",
        "buildscript-gradle.lockfile",
        ".terraform.lock.hcl",
        "MODULE.bazel.lock",
        "Chart.lock",
        "rebar.lock",
        "stack.yaml.lock",
        "cabal.project.freeze",
        "conan.lock",
        "pylock.toml",
        "renv.lock",
        "paket.lock",
        "gems.locked",
        "shard.lock",
        "devbox.lock",
        "mise.lock",
        "Manifest.toml",  # of Julia
    )
)
_GENERATED = re.compile(
    r".+(_pb2(_grpc)?\.pyi?|\.pb(\.gw)?\.(go|cc|h)|_grpc\.pb\.go|\.pb\.swift|\.pbobjc\.[hm]|\.g\.(dart|cs)|\.freezed\.dart"
    r"|\.designer\.cs|\.js\.map|\.css\.map|\.snap)",
    re.IGNORECASE,
)
_MINIFIED = re.compile(r".+[.-]min\.(js|mjs|cjs|css)", re.IGNORECASE)
_DENSE = re.compile(r".+\.(js|mjs|cjs|css|html?|svg|json|map)", re.IGNORECASE)
_HEADER_BYTES = 1024
_HEADER = re.compile(
    rb"^\s*(?://|#|/\*|\*|--|;|<!--|%|\"\"\"|')[^\n]*?"
    rb"(?:@generated\b|(?i:generated\b[^\n]{0,120}\bdo not (?:edit|modify)|do not"
    rb" edit[^\n]{0,60}\bgenerated))",
    re.MULTILINE,
)
_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_LFS_BYTES = 1024
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
_DENSE_MEAN = 200  # bytes a line; hand-written files stay under 80
_DENSE_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about the content of a blob."""

    binary: bool
    lfs: bool
    generated: bool  # a header marks it as generated
    dense: bool  # lines too long to be hand-written
    encoding: encodings.Found = encodings.NOTHING
    spoilt: bool = False  # binary for git, but text that has a few zero bytes in it


def facts(data: bytes) -> Facts:
    wide = encodings.wide(data)
    data = encodings.as_utf8(data, wide)
    lines = data.count(b"\n") + 1
    dense = len(data) > _DENSE_LONGEST and len(data) / lines > _DENSE_MEAN
    binary = b"\0" in data[:BINARY_PROBE]
    return Facts(
        binary=binary,
        lfs=len(data) < _LFS_BYTES and data.startswith(_LFS),
        generated=_HEADER.search(data[:_HEADER_BYTES].removeprefix(BOM_UTF8)) is not None,
        dense=dense and max(map(len, data.split(b"\n"))) > _DENSE_LONGEST,
        encoding=Found(wide) if wide else encodings.NOTHING if binary else encodings.found(data),
        spoilt=binary and is_spoilt(data),
    )


def is_binary(data: bytes) -> bool:
    """Whether the content has no lines that anyone could read."""
    head = data[:BINARY_PROBE]
    return b"\0" in head and not is_spoilt(data) and encodings.wide(head) is None


def is_spoilt(data: bytes) -> bool:
    """Whether the beginning of a file is text that a few control characters make binary: UTF-8 or
    ASCII, and at most one in 32 bytes."""
    head = data[:BINARY_PROBE]
    return 32 * (len(head) - len(head.translate(None, _CONTROLS))) <= len(head) and (
        _is_utf8(head) or _is_utf8(head[:-3])  # the last character may be cut
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def by_name(path: str, attributes: Mapping[str, str]) -> SkipReason | None:
    """`attributes`: those of the file at the base (name to `set`, `unset` or a value)."""
    name = path.rpartition("/")[2]
    if name in _LOCKFILES:
        return "lockfile"
    generated = attributes.get("linguist-generated", "")
    if generated in ("set", "true") or (
        _GENERATED.fullmatch(name) and generated not in ("unset", "false")
    ):
        return "generated"
    if _MINIFIED.fullmatch(name):
        return "minified"
    return "binary" if attributes.get("diff") == "unset" else None


def by_content(
    path: str,
    attributes: Mapping[str, str],
    old: Facts | None,
    new: Facts | None,
    *,
    from_worktree: bool,
) -> SkipReason | Literal["hidden_by_change"] | None:
    """`old` and `new` are None on the side that lacks the file."""
    last = new or old
    if last is None:
        return None
    if last.lfs or (
        from_worktree and attributes.get("filter") == "lfs"
    ):  # becomes a pointer when it is added
        return "lfs_pointer"
    if last.binary:  # one zero byte in a text must not hide the rest
        was_text = old is not None and not old.binary and not old.lfs
        return "hidden_by_change" if was_text or (old is None and last.spoilt) else "binary"
    if old is not None and old.generated and last.generated:
        return "generated"
    return (
        "minified" if last.dense and (old is None or old.dense) and _DENSE.fullmatch(path) else None
    )
