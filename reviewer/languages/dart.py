from __future__ import annotations

from reviewer.languages.base import Comments, Language

DART = Language(
    name="dart",
    suffixes=(".dart",),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
