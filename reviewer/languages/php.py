from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Tests
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.php_modules import PhpModules, bound

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    count strlen strpos substr str_replace explode implode trim sprintf printf array_map
    array_filter array_merge array_keys in_array isset empty json_encode json_decode is_array
    is_string is_null is_int getMessage getCode format
"""

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
    common=COMMON.union(_LIBRARY.split()),
    tests=Tests(beside=re.compile(r"(?:Tests?|Spec)\.php$")),
    comments=Comments(line=("//", "#"), block=(("/*", "*/"),)),
)
