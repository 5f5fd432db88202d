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
from reviewer.languages.csharp_modules import CSharpModules, bound
from reviewer.languages.grammar import outline
from reviewer.languages.manifests import Facts

_PACKAGE = re.compile(
    r"<Package(Reference|Version)\s+(?:Include|Update)=\"([\w.-]{1,80})\"(?:\s+Version=\"([\w.*-]{1,40})\")?"
)


def _msbuild(facts: Facts, text: str, path: str) -> None:
    # Not an XML parser: entities of a hostile file must not be expanded.
    if match := re.search(r"<TargetFrameworks?>\s*([\w.;-]{1,40})\s*<", text):
        facts.language(".NET", match[1].partition(";")[0])
    if match := re.search(r"<LangVersion>\s*([\w.]{1,20})\s*<", text):
        facts.language("C#", match[1])
    if match := re.search(r"<Nullable>\s*(enable|disable)", text):
        facts.option("C#", "nullable", match[1] == "enable")
    for kind, name, version in _PACKAGE.findall(text):
        if kind == "Version":
            facts.share(name, version)
        else:
            facts.depend(name, version)


# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    ToString Equals GetHashCode GetType Dispose Add Remove Contains Count Length Select Where First
    FirstOrDefault Any All ToList ToArray Join Format Parse TryParse Invoke ConfigureAwait Task
    String Value Result Key Name Message IsNullOrEmpty Append WriteLine Max Min Sum
"""

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
    links=linking.CSHARP,
    modules=CSharpModules,
    scopes=Scopes(
        sees="everything",
        bare=True,
        receivers=("this",),
        hidden=re.compile(r"\bprivate\b(?! protected)"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(conditional=True, lexis=lexis.CSHARP),
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
    manifests=(
        Manifest("*.csproj", _msbuild, names=re.compile(r"[\w.-]{1,80}\.csproj")),
        Manifest("Directory.Build.props", _msbuild, settings=True),
        Manifest("Directory.Packages.props", _msbuild, settings=True),
    ),
    frameworks={
        "microsoft.aspnetcore.app": "ASP.NET Core",
        "microsoft.entityframeworkcore": "EF Core",
    },
)
