from __future__ import annotations

import re

from reviewer.languages import lexis
from reviewer.languages.base import Comments, Grammar, Language, Syntax, Tests, TestStyle
from reviewer.languages.grammar import outline

# A script in another language that begins as one for the shell.
_OTHER = re.compile(
    rb"^[ \t]*exec[ \t][^\n]*\b(?:wish|tclsh|expect|perl|python|ruby|node|php|lua|guile|scala|java)"
    rb"[^\n]*\$(?:0|\{0\})",
    re.MULTILINE,
)

SHELL = Language(
    name="shell",
    suffixes=(".sh", ".bash", ".zsh", ".ksh", ".bats"),
    names=(".bashrc", ".bash_profile", ".profile", "PKGBUILD"),
    grammar=Grammar("bash", functions=("function_definition",), values=("variable_assignment",)),
    outline=outline,
    syntax=Syntax(
        lone=")",
        lexis=lexis.SHELL,
        dialects=(".zsh", ".bats"),
        dialect=_OTHER,
        parser="bash_syntax",
    ),
    tests=Tests(  # bats
        files=re.compile(r"\.bats$"),
        style=TestStyle(
            start=re.compile(r"@test (?:\"([^\"]{1,200})\"|'([^']{1,200})'|(\w+)) *\{"),
            # Every command is a check; these do nothing else.
            check=re.compile(
                r"^\s*(?:\[\[? |test |! |(?:assert|refute|check|verify|expect)\w* |e?grep |diff "
                r"|cmp |(?:\w+=\S* )?\w*run !? ?-\d|false\b|fail\b)"
            ),
            skip=re.compile(r"\s*skip\b(?!.{0,200}\|\|)"),
            focus=re.compile(r"# bats test_tags=(?:.{0,80},)?bats:focus\b"),
        ),
    ),
    comments=Comments(line=("#",)),
)
