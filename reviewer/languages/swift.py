from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Syntax, Tests
from reviewer.languages.grammar import outline

SWIFT = Language(
    name="swift",
    suffixes=(".swift",),
    grammar=Grammar(
        "swift",
        functions=("function_declaration", "init_declaration"),
        classes=("class_declaration", "protocol_declaration"),
        calls=("call_expression",),
        imports=("import_declaration",),
    ),
    outline=outline,
    syntax=Syntax(conditional=True),
    tests=Tests(beside=re.compile(r"(?:Tests?|Spec)\.swift$")),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
