"""Pages, style sheets, and components that contain both together with code."""

from __future__ import annotations

from reviewer.languages import lexis
from reviewer.languages.base import Comments, Grammar, Language, Syntax

HTML = Language(
    name="html",
    kind="markup",
    suffixes=(".html", ".htm", ".xhtml"),
    any_script=True,
    comments=Comments(block=(("<!--", "-->"),)),
)
CSS = Language(
    name="css",
    kind="style",
    suffixes=(".css", ".scss", ".less"),
    grammar=Grammar("css"),
    syntax=Syntax(brackets=True, dialects=(".scss", ".less"), lexis=lexis.CSS),
    comments=Comments(block=(("/*", "*/"),)),
)
VUE = Language(
    name="vue",
    suffixes=(".vue",),
    comments=Comments(line=("//",), block=(("/*", "*/"), ("<!--", "-->"))),
)
SVELTE = Language(name="svelte", suffixes=(".svelte",), comments=VUE.comments)
