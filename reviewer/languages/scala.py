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
    syntax=Syntax(lexis=lexis.SCALA),
    links=linking.SCALA,
    modules=JvmModules,
    scopes=Scopes(
        hidden=re.compile(r"\bprivate\b"),
        constructor="this",
        sees="folder",
        bare=True,
        receivers=("this",),
    ),
    tests=Tests(
        files=re.compile(r"(?:Tests?|Spec|Suite)\.scala$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:test|ignore|it|they|property|scenario|Scenario)\(\s*\"([^\"]{1,200})\""
                r"|\s*(?:it|they|\"[^\"]{1,200}\") (?:should|must|can) \"([^\"]{1,200})\""
                r"|\s*\"([^\"]{1,200})\" (?:in|ignore)\b|\s*(?:@Test )def (\w+)"
            ),
            check=re.compile(
                r"\bassert\w*\b|\b(?:should|must)(?:Be|Equal|Not)?\b(?! (?:\"|in\b))|\bexpect\w*\("
                r"|\bintercept\w*\[|\bfail\(|\bcheck\w*\(|\bforAll\b"
            ),
            skip=re.compile(
                r"\s*@Ignore\b|\s*ignore\(|\s*(?:test|property)\(.{0,300}\.(?:ignore|pending|fail)\b"
                r"|.{0,300}\" ignore\b|\s*pending\s*$|\s*cancel\("
            ),
            focus=re.compile(r"\s*(?:test|property)\(.{0,300}\.only\b"),
            group=re.compile(
                r"\s*(?:(?:final|abstract|private) )*class (\w+)|\s*describe\(\"([^\"]{1,200})\""
            ),
            texts=('"""',),
        ),
        runners=("org.scalameta:munit", "org.scalatest:scalatest"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
