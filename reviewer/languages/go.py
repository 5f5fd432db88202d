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
from reviewer.languages.go_modules import GoModules, bound
from reviewer.languages.grammar import outline
from reviewer.languages.manifests import Facts

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    append cap clear close complex copy delete imag len make max min new panic print println
    real recover Debugf Errorf Fatalf Infof Printf Println Sprintf Warnf Error String Now Since
    Sleep Lock Unlock Done Wait Errorf Close Read Write Is As Join Split Contains
"""


def _go_mod(facts: Facts, text: str, path: str) -> None:
    if match := re.search(r"^go ([\w.]{1,20})", text, re.MULTILINE):
        facts.language("Go", match[1])
    for name, version in re.findall(
        r"^(?:require)?[ \t]{1,8}([\w./-]{3,100}) (v[\w.+-]{1,60})(?: //.*)?$", text, re.MULTILINE
    ):
        facts.depend(name, version)


GO = Language(
    name="go",
    suffixes=(".go",),
    grammar=Grammar(
        "go",
        functions=("function_declaration", "method_declaration"),
        classes=("type_spec", "type_alias"),
        values=("const_spec", "var_spec", "field_declaration", "method_elem"),
        imports=("import_spec",),
        bound=bound,
        declares=(
            "parameter_declaration",
            "var_spec",
            "short_var_declaration",
            "field_declaration",
        ),
        # Since Go 1.26, `new` takes any expression. What can only be a type stays with it.
        lags=(
            r"\bnew\((?!(?:\[|map\[|chan\b|<-)[^{}()\n]*\)|struct\b|interface\b|func\b)",
            "neu(",
        ),
    ),
    outline=outline,
    links=linking.GO,
    modules=GoModules,
    scopes=Scopes(
        sees="folder", receiver=re.compile(r"func \(\s*(\w{1,60})\s+\*?\w"), capital=True
    ),
    quotes=('"', "`"),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(brackets=True, strict=True, lexis=lexis.GO, parser="go_syntax"),
    tests=Tests(
        files=re.compile(r"_test\.go$"),
        style=TestStyle(
            start=re.compile(
                r"func (?:\([^()]{1,80}\) ?)?((?:Test|Fuzz|Example)(?![a-z])\w*)\("
                r"|\s*(?:ginkgo\.)?[FXP]?(?:It|Specify)\((?:\"([^\"]{1,200})\"|`([^`]{1,200})`)"
            ),
            check=re.compile(
                r"\b\w{1,20}\.(?:Error|Fatal|Fail)(?:f|Now)?\("
                r"|\b(?:assert|require|is|must|qt|cmp)\.\w+\(|\.(?:Assert|Require)\(\)\."
                r"|\b[a-z]\w{0,20}\.(?:Not?)?(?:Equal|Nil|True|False|Contains|Len|Empty|Zero|Error|Panics"
                r"|ElementsMatch|JSONEq|Regexp)\w*\("
                r"|\b(?:Expect|Eventually|Consistently)\("
            ),
            skip=re.compile(
                r"\s*\w{1,20}(?:\.T\(\))?\.Skip(?:f|Now)?\("
                r"|\s*(?:ginkgo\.)?(?:[XP](?:It|Specify|Describe|Context|When)\(|Skip\()"
            ),
            focus=re.compile(r"\s*(?:ginkgo\.)?F(?:It|Specify|Describe|Context|When)\("),
            group=re.compile(
                r"\s*(?:var _ = )?(?:ginkgo\.)?[FXP]?(?:Describe|Context|When)\(\"([^\"]{1,200})\""
            ),
            texts=("`",),
        ),
        runners=("github.com/stretchr/testify", "github.com/onsi/ginkgo/v2"),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(Manifest("go.mod", _go_mod), Manifest("go.work", _go_mod, settings=True)),
    run_by=("go.mod", "go.sum", "go.work"),
    frameworks={"github.com/gin-gonic/gin": "Gin", "github.com/labstack/echo/v4": "Echo"},
)
