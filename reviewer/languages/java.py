from __future__ import annotations

import re

from reviewer.languages import lexis, linking
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
from reviewer.languages.jvm_manifests import catalog, gradle, pom
from reviewer.languages.jvm_modules import JvmModules, bound

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    String Integer Long Boolean Object List Map Set equals hashCode toString getClass length
    isEmpty charAt substring contains containsKey forEach stream valueOf println requireNonNull
    asList of append join format
"""

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
    links=linking.JAVA,
    modules=JvmModules,
    scopes=Scopes(sees="folder", bare=True, receivers=("this",), hidden=re.compile(r"\bprivate\b")),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(brackets=True, strict=True, lexis=lexis.JAVA, parser="javac_syntax"),
    tests=Tests(
        files=re.compile(r"Tests?\.java$"),
        beside=re.compile(r"Spec\.java$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:@\w+(?:\([^()]{0,80}\))? )*(?:(?:public|protected|private|static|final) )*"
                r"(?:<[^<>]{1,60}> )?[\w<>?., \[\]]{1,80} (\w+)\("
            ),
            check=re.compile(
                r"\b(?:assert|expect|check|verify)\w*\(|\bfail\(|\.should\w*\("
                r"|\bexpected\s*=|\bthrown\.|\.andExpect\(|\.isEqualTo\("
            ),
            skip=re.compile(
                r"\s*(?:@\w+ )*@(?:Disabled|Ignore)\b(?!If|On|For)"
                r"|\s*@Test\(.{0,80}\benabled\s*=\s*false"
            ),
            mark=re.compile(
                r"@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Theory|Property)\b"
            ),
            unmarked=re.compile(r"\s*public void test\w*\(\)"),
            group=re.compile(r"\s*(?:(?:public|final|static|abstract) )*class (\w+)"),
            texts=('"""',),
        ),
        runners=("junit", "testng", "kotest"),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(
        Manifest("pom.xml", pom),
        Manifest("build.gradle", gradle),
        Manifest("build.gradle.kts", gradle),
        Manifest("gradle/libs.versions.toml", catalog, settings=True),
    ),
    frameworks={
        "org.springframework.boot:spring-boot-starter-web": "Spring Boot",
        "io.ktor:ktor-server-core": "Ktor",
        "io.quarkus:quarkus-core": "Quarkus",
    },
)
