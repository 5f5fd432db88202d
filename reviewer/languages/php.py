from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Tests
from reviewer.languages.grammar import outline
from reviewer.languages.php_modules import PhpModules, bound

PHP = Language(
    name="php",
    suffixes=(".php", ".phtml"),
    grammar=Grammar(
        "php",
        functions=("function_definition", "method_declaration"),
        classes=(
            "class_declaration",
            "interface_declaration",
            "trait_declaration",
            "enum_declaration",
        ),
        values=("const_element", "property_element", "enum_case"),
        members=({"kind": "property_promotion_parameter"},),
        tops=(
            {
                "kind": "argument",
                "nthChild": 1,
                "inside": {
                    "kind": "arguments",
                    "inside": {
                        "kind": "function_call_expression",
                        "has": {"field": "function", "regex": "^define$"},
                    },
                },
            },
        ),
        imports=(
            "namespace_use_declaration",
            "require_expression",
            "require_once_expression",
            "include_expression",
            "include_once_expression",
        ),
        bound=bound,
        declares=(
            "assignment_expression",
            "simple_parameter",
            "property_promotion_parameter",
            "property_declaration",
        ),
    ),
    outline=outline,
    modules=PhpModules,
    scopes=Scopes(
        hidden=re.compile(r"\bprivate\b"),
        constructor="__construct",
        sees="everything",
        receivers=("$this", "self", "static"),
    ),
    quotes=('"', "'"),
    tests=Tests(beside=re.compile(r"(?:Tests?|Spec)\.php$")),
    comments=Comments(line=("//", "#"), block=(("/*", "*/"),)),
)
