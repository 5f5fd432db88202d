from __future__ import annotations

from reviewer.languages.base import Comments, Language

MAKE = Language(
    name="make",
    suffixes=(".mk", ".mak"),
    names=("Makefile", "GNUmakefile", "makefile"),
    globs=("Makefile.*",),
    comments=Comments(line=("#",)),
)
