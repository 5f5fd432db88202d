from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Tests
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
    modules=JvmModules,
    scopes=Scopes(
        constructor="constructor",
        sees="folder",
        bare=True,
        receivers=("this",),
        hidden=re.compile(r"\bprivate\b"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    tests=Tests(files=re.compile(r"Tests?\.kt$"), beside=re.compile(r"Spec\.kt$")),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
