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
from reviewer.languages.manifests import Facts
from reviewer.languages.swift_modules import SwiftModules, bound

_PACKAGE = re.compile(
    r"\.package\(\s*url:\s*\"[^\"]{1,200}/([\w.-]{1,60}?)(?:\.git)?\"\s*,"
    r"(?:\s*(?:from:|exact:|\.upToNextM\w+\(from:)\s*\"([\w.-]{1,20})\")?"
)


def _package(facts: Facts, text: str, path: str) -> None:
    if match := re.match(r"\s*// ?swift-tools-version: ?([\d.]{1,8})", text):
        facts.language("Swift tools", match[1])
    for name, version in _PACKAGE.findall(text):
        facts.depend(name, version)


# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    isEmpty count first last map filter compactMap flatMap reduce forEach append remove contains
    joined split sorted reversed description init self print max min index removeAll insert
    success failure some none zip enumerated prefix suffix dropFirst hasPrefix hasSuffix
"""

SWIFT = Language(
    name="swift",
    suffixes=(".swift",),
    grammar=Grammar(
        "swift",
        functions=(
            "function_declaration",
            "init_declaration",
            "protocol_function_declaration",
        ),
        classes=("class_declaration", "protocol_declaration", "typealias_declaration"),
        parts=frozenset(("extension",)),
        values=("property_declaration", "enum_entry", "protocol_property_declaration"),
        imports=("import_declaration",),
        bound=bound,
        declares=(
            "property_declaration",
            "parameter",
        ),
    ),
    outline=outline,
    links=linking.SWIFT,
    modules=SwiftModules,
    scopes=Scopes(
        sees="everything",
        constructor="init",
        bare=True,
        receivers=("self", "Self"),
        hidden=re.compile(r"\b(?:file)?private\b(?!\(set\))"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(conditional=True, lexis=lexis.SWIFT),
    tests=Tests(
        files=re.compile(r"(?:Tests?|Spec)\.swift$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:@[\w.]+(?:\([^()]{0,200}(?:\([^()]{0,80}\)[^()]{0,80})?\))? )*"
                r"(?:(?:public|internal|private|override|final|open) )*"
                r"func (?:(\w+)|`([^`]{1,200})`)\("
                r"|\s*[fx]?it\(\"([^\"]{1,200})\"\)"
            ),
            check=re.compile(
                r"\bXCT(?!Skip)\w+\b|#(?:expect|require)\b|\bIssue\.record\("
                r"|\b(?:assert|expect)\w*[ ({]|\bverify\w*\("
            ),
            skip=re.compile(
                r"\s*throw XCTSkip\b|\s*@(?:Test|Suite)\(.{0,300}?\.disabled\((?!if)"
                r"|\s*x(?:it|describe|context)\("
            ),
            focus=re.compile(r"\s*f(?:it|describe|context)\(\""),
            mark=re.compile(r"@Test\b"),
            unmarked=re.compile(
                r"\s*(?:(?:public|internal|override|final|open) )*func test|\s*[fx]?it\("
            ),
            group=re.compile(
                r"\s*(?:(?:public|internal|final|open) )*(?:class|struct|actor) (\w+)"
                r"|\s*[fx]?(?:describe|context)\(\"([^\"]{1,200})\""
            ),
            texts=('"""',),
        ),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(Manifest("Package.swift", _package),),
    frameworks={"vapor": "Vapor"},
)
