from __future__ import annotations

from reviewer.languages.base import Comments, Grammar, Language, Syntax
from reviewer.languages.grammar import outline

SHELL = Language(
    name="shell",
    suffixes=(".sh", ".bash", ".zsh", ".ksh", ".bats"),
    names=(".bashrc", ".bash_profile", ".profile", "PKGBUILD"),
    grammar=Grammar("bash", functions=("function_definition",), values=("variable_assignment",)),
    outline=outline,
    syntax=Syntax(lone=")", dialects=(".zsh", ".bats")),
    comments=Comments(line=("#",)),
)
