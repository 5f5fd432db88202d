"""Finds prompts/, schemas/ and examples/ in a checkout and in an installed wheel alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `prompts`, `schemas` or `examples`: inside the package when installed, else beside
    it in the checkout."""
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


@cache
def text(name: str) -> str:
    """The text of one resource, for example `prompts/review/system.md`."""
    top, _, rest = name.partition("/")
    return (folder(top) / rest).read_text(encoding="utf-8")
