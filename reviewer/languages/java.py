from __future__ import annotations

import re

from reviewer.languages.base import (
    Comments,
    Grammar,
    Language,
    Manifest,
    Scopes,
    Syntax,
    Tests,
    TestStyle,
)
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.jvm_modules import JvmModules, bound
from reviewer.languages.manifests import Facts

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    String Integer Long Boolean Object List Map Set equals hashCode toString getClass length
    isEmpty charAt substring contains containsKey forEach stream valueOf println requireNonNull
    asList of append join format
"""

_DEPENDENCY = re.compile(
    r"<dependency>\s*<groupId>([\w.-]{1,80})</groupId>\s*<artifactId>([\w.-]{1,80})</artifactId>"
    r"(?:\s*<version>([\w.-]{1,40})</version>)?"
)


def _pom(facts: Facts, text: str, path: str) -> None:
    # Not an XML parser: entities of a hostile file must not be expanded.
    release = re.search(
        r"<(?:maven\.compiler\.(?:release|source)|java\.version)>\s*([\w.]{1,20})\s*<", text
    )
    facts.language("Java", release[1] if release else None)
    for group, artifact, version in _DEPENDENCY.findall(text):
        test = "junit" in group or "testng" in group
        facts.depend(
            ("junit" if "junit" in group else "testng") if test else f"{group}:{artifact}",
            version,
            development=test,
        )


JAVA = Language(
    name="java",
    suffixes=(".java",),
    grammar=Grammar(
        "java",
        functions=(
            "method_declaration",
            "constructor_declaration",
            "compact_constructor_declaration",
            "annotation_type_element_declaration",
        ),
        classes=(
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "annotation_type_declaration",
        ),
        values=("field_declaration", "enum_constant", "constant_declaration"),
        members=(
            {
                "kind": "formal_parameter",
                "inside": {"kind": "formal_parameters", "inside": {"kind": "record_declaration"}},
            },
        ),
        imports=("import_declaration",),
        bound=bound,
        declares=(
            "local_variable_declaration",
            "field_declaration",
            "formal_parameter",
            "enhanced_for_statement",
            "resource",
        ),
    ),
    outline=outline,
    modules=JvmModules,
    scopes=Scopes(sees="folder", bare=True, receivers=("this",), hidden=re.compile(r"\bprivate\b")),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(brackets=True, strict=True),
    tests=Tests(
        files=re.compile(r"Tests?\.java$"),
        beside=re.compile(r"Spec\.java$"),
        style=TestStyle(
            re.compile(r"\s*(?:public |protected )?void (\w+)\(\)"),
            re.compile(r"\bassert\w*\(|\bverify\(|\bassertThat|\bfail\("),
            re.compile(r"\s*@(?:Disabled|Ignore)\b"),
        ),
        runners=("junit", "testng"),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(Manifest("pom.xml", _pom),),
    frameworks={"org.springframework.boot:spring-boot-starter-web": "Spring Boot"},
)
