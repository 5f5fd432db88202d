from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Syntax, Tests
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.swift_modules import SwiftModules, bound

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    isEmpty count first last map filter compactMap flatMap reduce forEach append remove contains
    joined split sorted reversed description init self print max min index removeAll insert
    success failure some none zip enumerated prefix suffix dropFirst hasPrefix hasSuffix
"""

SWIFT = Language(
    name="swift",
    suffixes=(".swift",),
    grammar=Grammar(
        "swift",
        functions=(
            "function_declaration",
            "init_declaration",
            "protocol_function_declaration",
        ),
        classes=("class_declaration", "protocol_declaration", "typealias_declaration"),
        parts=frozenset(("extension",)),
        values=("property_declaration", "enum_entry", "protocol_property_declaration"),
        imports=("import_declaration",),
        bound=bound,
        declares=(
            "property_declaration",
            "parameter",
        ),
    ),
    outline=outline,
    modules=SwiftModules,
    scopes=Scopes(
        sees="everything",
        constructor="init",
        bare=True,
        receivers=("self", "Self"),
        hidden=re.compile(r"\b(?:file)?private\b(?!\(set\))"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(conditional=True),
    tests=Tests(beside=re.compile(r"(?:Tests?|Spec)\.swift$")),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
