from __future__ import annotations

import re

from reviewer.languages import lexis, linking
from reviewer.languages.base import (
    Comments,
    Grammar,
    Language,
    Scopes,
    Syntax,
    Tests,
    TestStyle,
)
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.jvm_modules import JvmModules, bound

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    let also run apply with map filter forEach first last size isEmpty isNotEmpty toString equals
    hashCode listOf mapOf setOf require check error println plus minus contains joinToString
    toInt toLong toList trim split take drop any all none count sum to until
"""

KOTLIN = Language(
    name="kotlin",
    suffixes=(".kt", ".kts"),
    family="java",
    grammar=Grammar(
        "kotlin",
        functions=("function_declaration", "secondary_constructor"),
        classes=("class_declaration", "object_declaration", "type_alias"),
        values=("property_declaration", "enum_entry"),
        members=({"kind": "class_parameter", "has": {"kind": "binding_pattern_kind"}},),
        titles={"secondary_constructor": "constructor"},
        imports=("import_header",),
        bound=bound,
        declares=(
            "variable_declaration",
            "parameter",
            "class_parameter",
        ),
    ),
    outline=outline,
    syntax=Syntax(lexis=lexis.KOTLIN),
    links=linking.KOTLIN,
    modules=JvmModules,
    scopes=Scopes(
        hidden=re.compile(r"\bprivate\b"),
        constructor="constructor",
        sees="folder",
        bare=True,
        receivers=("this",),
    ),
    tests=Tests(
        files=re.compile(r"(?:Tests?|Spec)\.kt$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:@\w+(?:\([^()]{0,80}\))? )*"
                r"(?:(?:private|internal|public|override|suspend) )*"
                r"fun (?:<[^<>]{1,60}> )?(?:(\w+)|`([^`]{1,200})`)\("
                # Kotest
                r"|\s*x?(?:test|should|it|expect|scenario|then|Then)\(\"([^\"]{1,200})\"\)"
                r"(?:\.config\([^{}]{0,200}\))? \{"
                r"|\s*\"([^\"]{1,200})\"(?:\.config\([^{}]{0,200}\))? \{"
            ),
            check=re.compile(
                r"\b(?:assert|expect|check|verify|confirm)\w*(?:<[^<>]{1,60}>)?\s?[({]|\bfail\("
                r"|\bshould\w*|\.is(?:Equal|Not|True|False|Null|Same|Instance|Empty)\w*\("
            ),
            skip=re.compile(
                r"\s*(?:@\w+ )*@(?:Disabled|Ignore)\b"
                r"|\s*x(?:test|should|it|expect|scenario|then|describe|context|given)\("
                r"|\s*(?:\w+\()?\"!|.{0,300}\.config\(.{0,100}\benabled = false"
            ),
            focus=re.compile(r"\s*(?:test|should|describe|context|given)\(\"f:|\s*\"f:"),
            mark=re.compile(
                r"@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Theory|Property)\b"
            ),
            unmarked=re.compile(r"\s*x?(?:test|should|it|expect|scenario|then|Then)\(\"|\s*\""),
            group=re.compile(
                r"\s*(?:(?:public|internal|open|abstract) )*class (\w+)"
                r"|\s*x?(?:describe|context|given|Given|when|When)\(\"([^\"]{1,200})\""
            ),
            texts=('"""',),
        ),
    ),
    common=COMMON.union(_LIBRARY.split()),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
