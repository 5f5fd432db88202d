from __future__ import annotations

import re

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Syntax, Tests, TestStyle
from reviewer.languages.csharp_modules import CSharpModules, bound
from reviewer.languages.grammar import outline

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
    scopes=Scopes(sees="everything", bare=True, receivers=("this",)),
    syntax=Syntax(conditional=True),
    tests=Tests(
        files=re.compile(r"(?:Tests?|Specs?|Fixture)\.cs$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:\[[^\]]{1,200}\] ?)*(?:(?:public|internal|private|protected|static|async"
                r"|virtual|override|unsafe) )+[\w<>?., \[\]]{1,80} (\w+)\("
            ),
            check=re.compile(
                r"\b\w{0,30}Assert\w*\.|\bShould\.|\bAssert\w*\(|\.(?:Should|Verify|Must)\w*\(|\bExpect\w*\("
                r"|\bExpectedException\b|\b(?:Verify|Check)\w*\("
            ),
            skip=re.compile(
                r"\s*\[.{0,200}?\b(?:Ignore|Explicit)\b"
                r"|\s*\[(?:\w*Fact|\w*Theory)\(.{0,300}?\bSkip ="
                r"|\s*Assert\.(?:Ignore|Inconclusive)\(|\s*Assert\.Skip\("
            ),
            mark=re.compile(
                r"\[[^\]]{0,200}?\b(?:\w*Fact|\w*Theory|Test|TestCase|TestCaseSource|TestMethod"
                r"|DataTestMethod)(?:Attribute)?\b"
            ),
            group=re.compile(
                r"\s*(?:(?:public|internal|abstract|sealed|static|partial) )*class (\w+)"
            ),
            texts=('"""',),
        ),
        runners=("xunit", "nunit", "mstest.testframework"),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
