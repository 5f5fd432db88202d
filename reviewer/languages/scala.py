from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Tests
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.jvm_modules import JvmModules, bound

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    map flatMap filter foreach head tail size isEmpty nonEmpty toString equals hashCode getOrElse
    get apply unapply copy fold foldLeft mkString toList toSeq toMap contains exists forall collect
    Some None Seq List Map Option Future println
"""

SCALA = Language(
    name="scala",
    suffixes=(".scala", ".sc", ".sbt"),
    family="java",
    grammar=Grammar(
        "scala",
        functions=("function_definition", "function_declaration"),
        classes=(
            "class_definition",
            "object_definition",
            "trait_definition",
            "enum_definition",
            "type_definition",
        ),
        values=(
            "val_definition",
            "var_definition",
            "val_declaration",
            "var_declaration",
            "simple_enum_case",
            "full_enum_case",
        ),
        members=({"kind": "class_parameter"},),
        imports=("import_declaration",),
        bound=bound,
        declares=(
            "val_definition",
            "var_definition",
            "parameter",
            "class_parameter",
        ),
    ),
    outline=outline,
    modules=JvmModules,
    scopes=Scopes(
        constructor="this",
        sees="folder",
        bare=True,
        receivers=("this",),
        hidden=re.compile(r"\bprivate\b"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    tests=Tests(beside=re.compile(r"(?:Tests?|Spec)\.scala$")),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
