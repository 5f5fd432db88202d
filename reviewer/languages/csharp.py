from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Syntax, Tests
from reviewer.languages.common import COMMON
from reviewer.languages.csharp_modules import CSharpModules, bound
from reviewer.languages.grammar import outline

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    ToString Equals GetHashCode GetType Dispose Add Remove Contains Count Length Select Where First
    FirstOrDefault Any All ToList ToArray Join Format Parse TryParse Invoke ConfigureAwait Task
    String Value Result Key Name Message IsNullOrEmpty Append WriteLine Max Min Sum
"""

CSHARP = Language(
    name="csharp",
    suffixes=(".cs", ".csx"),
    grammar=Grammar(
        "csharp",
        functions=(
            "method_declaration",
            "constructor_declaration",
            "local_function_statement",
        ),
        classes=(
            "class_declaration",
            "interface_declaration",
            "struct_declaration",
            "record_declaration",
            "enum_declaration",
            "delegate_declaration",
        ),
        values=(
            "field_declaration",
            "event_field_declaration",
            "property_declaration",
            "enum_member_declaration",
        ),
        members=(
            {
                "kind": "parameter",
                "inside": {"kind": "parameter_list", "inside": {"kind": "record_declaration"}},
            },
        ),
        imports=("using_directive",),
        bound=bound,
        declares=("variable_declaration", "parameter", "property_declaration"),
    ),
    outline=outline,
    modules=CSharpModules,
    scopes=Scopes(
        sees="everything",
        bare=True,
        receivers=("this",),
        hidden=re.compile(r"\bprivate\b(?! protected)"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(conditional=True),
    tests=Tests(files=re.compile(r"Tests?\.cs$"), beside=re.compile(r"Spec\.cs$")),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
