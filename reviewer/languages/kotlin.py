from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Tests
from reviewer.languages.grammar import outline

KOTLIN = Language(
    name="kotlin",
    suffixes=(".kt", ".kts"),
    family="java",
    grammar=Grammar(
        "kotlin",
        functions=("function_declaration",),
        classes=("class_declaration", "object_declaration"),
        values=("property_declaration", "enum_entry"),
        calls=("call_expression",),
        imports=("import_header",),
    ),
    outline=outline,
    scopes=Scopes(sees="folder", bare=True, receivers=("this",)),
    tests=Tests(files=re.compile(r"Tests?\.kt$"), beside=re.compile(r"Spec\.kt$")),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
