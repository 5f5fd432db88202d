"""`--format rdjsonl`: see rdjson."""

from __future__ import annotations

from typing import TextIO

from reviewer.outputs.rdjson import Rdjson


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Rdjsonl:
    return Rdjsonl(stream)


class Rdjsonl(Rdjson):
    lines = True
