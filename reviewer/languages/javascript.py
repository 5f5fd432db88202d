"""JavaScript and TypeScript: one family, three grammars."""

from __future__ import annotations

import re
from dataclasses import replace

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
from reviewer.languages.exports import exports_of
from reviewer.languages.grammar import outline
from reviewer.languages.jsonc import from_jsonc
from reviewer.languages.manifests import Facts, from_json, table
from reviewer.languages.script_imports import REQUIRED, bound
from reviewer.languages.script_modules import ScriptModules
from reviewer.languages.shapes import Shapes

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    Array Boolean Date Error JSON Map Math Number Object Promise RegExp Set String Symbol push
    pop shift slice splice some every map forEach reduce includes indexOf concat join sort keys
    values entries now parse stringify then catch finally replace match test exec trim split
    charCodeAt charAt length toString toLowerCase toUpperCase freeze assign require fetch
    setTimeout constructor prototype hasOwnProperty
"""


def _package_json(facts: Facts, text: str, path: str) -> None:
    data = from_json(text)
    facts.language("Node", table(data, "engines").get("node"))
    for name, version in table(data, "dependencies").items():
        facts.depend(name, version)
    for name, version in table(data, "devDependencies").items():
        facts.depend(name, version, development=True)
        if name == "typescript":
            facts.language("TypeScript", version)


def _tsconfig(facts: Facts, text: str, path: str) -> None:
    options = table(from_jsonc(text), "compilerOptions")
    for name in ("strict", "target", "module"):
        facts.option("TypeScript", name, options.get(name))


def _package_lock(facts: Facts, text: str, path: str) -> None:
    packages = table(from_json(text), "packages").items()
    facts.lock(
        (path.removeprefix("node_modules/"), table(item).get("version")) for path, item in packages
    )


_GRAMMAR = Grammar(
    "javascript",
    functions=(
        "function_declaration",
        "generator_function_declaration",
        "method_definition",
        "variable_declarator",
        "assignment_expression",
        "pair",
        "abstract_method_signature",
        "method_signature",
        "function_signature",
    ),
    classes=(
        "class_declaration",
        "abstract_class_declaration",
        "interface_declaration",
        "enum_declaration",
        "type_alias_declaration",
        "internal_module",
    ),
    values=(
        "variable_declarator",
        "pair",
        "field_definition",
        "public_field_definition",
        "property_signature",
        "enum_assignment",
    ),
    members=(
        {"kind": "property_identifier", "inside": {"kind": "enum_body"}},
        # `constructor(private db: Db)`
        {"kind": "required_parameter", "has": {"kind": "accessibility_modifier"}},
        {"kind": "optional_parameter", "has": {"kind": "accessibility_modifier"}},
        # `this.size = 0`
        {
            "kind": "assignment_expression",
            "has": {
                "field": "left",
                "kind": "member_expression",
                "has": {"field": "object", "kind": "this"},
            },
            "inside": {"kind": "expression_statement"},
        },
    ),
    keyed={
        "pair": frozenset(
            (
                "variable_declarator",
                "assignment_expression",
                "pair",
                "field_definition",
                "public_field_definition",
                "as_expression",
                "satisfies_expression",
            )
        )
    },
    tops=(
        # `Pool.MAX = 3`, `exports.limit = 1`
        {
            "kind": "assignment_expression",
            "has": {"field": "left", "kind": "member_expression"},
            "inside": {"kind": "expression_statement", "inside": {"kind": "program"}},
        },
    ),
    imports=("import_statement", "export_statement"),
    # `const f = () => …`, `reply.send = function …` and `{ get: () => … }` define functions.
    assigned=frozenset(
        (
            "variable_declarator",
            "assignment_expression",
            "pair",
            "field_definition",
            "public_field_definition",
        )
    ),
    anonymous=frozenset(("arrow_function", "function_expression", "generator_function", "class")),
    bound=bound,
    required=REQUIRED,
    declares=(
        "variable_declarator",
        "required_parameter",
        "optional_parameter",
        "public_field_definition",
        "field_definition",
        "property_signature",
        "assignment_expression",
    ),
    async_functions=(
        {"kind": "function_declaration", "regex": r"^async\b"},
        {
            "kind": "variable_declarator",
            "has": {"field": "value", "kind": "arrow_function", "regex": r"^async\b"},
        },
    ),
)
_SHAPES = Shapes(picks=frozenset(("||",)), falsy="0 or empty", inherited="constructor")
_SYNTAX = Syntax(brackets=True, strict=True, lexis=lexis.JAVASCRIPT, parser="tsc_syntax")
_TESTS = Tests(
    files=re.compile(r"[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|/)tests?\.[cm]?[jt]sx?$"),
    content=re.compile(
        rb"\bfrom ['\"](?:vitest|node:test|@jest/globals|bun:test|ava|@playwright/test)['\"]"
        rb"|\brequire\(['\"](?:node:test|ava|tap|tape)['\"]\)"
    ),
    style=TestStyle(
        start=re.compile(
            r"\s*(?:await )?(?:[xf]?(?:it|test|specify)|t\.test|Deno\.test)"
            r"(?:\.(?:skip|only|todo|fails|failing|concurrent|sequential|serial))*"
            r"\(\s*([\"'`].{0,300}?[\"'`])\s*[,)]"
            r"|\s*[xf]?(?:it|test)(?:\.\w{1,20})?\.(?:each|for)\b.{0,300}\)\(\s*([\"'`].{0,300}?[\"'`])\s*,"
        ),
        check=re.compile(
            r"\bexpect\w*(?:\.\w{1,20})?\((?!true\)\.to(?:Be|Equal)\(true)|\bassert\w*[.(]|\.should\b"
            r"|\bt\.(?:is|not|ok|end|equals?|same|match|throws|rejects|pass|fail|true|false|truthy"
            r"|falsy|like|regex|snapshot|plan|deepEquals?|strict\w{1,20}|not\w{1,20})\("
            r"|\.(?:ok|equal|deepEqual|strictEqual|deepStrictEqual|throws|rejects)\(|\.expect\("
        ),
        skip=re.compile(
            r"\s*(?:await )?(?:it|test|describe|specify|context|suite|t\.test|Deno\.test)"
            r"(?:\.\w{1,20})*\.(?:skip|todo|ignore|fixme)(?:\.each)?\((?:\s*[\"'`[]|$)"
            r"|\s*x(?:it|test|describe|specify|context)\("
            r"|\s*(?:this|t|ctx|test|context)\.(?:skip|todo|fixme)\((?:\)|[\"'`])"
            r"|\s*(?:it|test|describe|suite|t\.test)\([\"'`].{0,300}\{\s*(?:skip|todo): "
            r"(?:true|['\"])"
        ),
        focus=re.compile(
            r"\s*(?:await )?(?:it|test|describe|specify|context|suite|t\.test|Deno\.test)"
            r"(?:\.\w{1,20})*\.only(?:\.each)?\("
            r"|\s*f(?:it|test|describe|context)\(\s*[\"'`]"
            r"|\s*(?:it|test|describe|suite)\([\"'`].{0,300}\{\s*only: true"
        ),
        group=re.compile(
            r"\s*[xf]?(?:describe|context|suite|test\.describe)"
            r"(?:\.(?:skip|only|todo|concurrent|sequential|serial|parallel|each.{0,200}))*"
            r"\(\s*([\"'`].{0,300}?[\"'`]|[\w.]{1,80})\s*,"
        ),
    ),
    runners=("jest", "vitest", "mocha", "jasmine", "ava", "@playwright/test"),
)

JAVASCRIPT = Language(
    name="javascript",
    suffixes=(".js", ".mjs", ".cjs", ".jsx"),
    names=("Jakefile",),
    grammar=_GRAMMAR,
    shapes=_SHAPES,
    outline=outline,
    exports=exports_of,
    links=linking.JAVASCRIPT,
    scopes=Scopes(
        complete=True,
        hidden=re.compile(r"^\s*(?:private\b|static\s+#|#)"),
        constructor="constructor",
        receivers=("this",),
        passes_on=True,
    ),
    quotes=('"', "'"),
    common=COMMON.union(_LIBRARY.split()),
    modules=ScriptModules,
    syntax=replace(_SYNTAX, dialect=re.compile(rb"@(?:no)?flow\b")),
    tests=_TESTS,
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(
        Manifest("package.json", _package_json),
        Manifest("package-lock.json", _package_lock, settings=True),
        Manifest("tsconfig.json", _tsconfig, settings=True),
    ),
    run_by=("package.json", "tsconfig.json", "vitest.config.ts", "jest.config.js"),
    frameworks={
        "react": "React",
        "next": "Next.js",
        "vue": "Vue",
        "nuxt": "Nuxt",
        "svelte": "Svelte",
        "@angular/core": "Angular",
        "@nestjs/core": "NestJS",
        "express": "Express",
        "fastify": "Fastify",
    },
)
TYPESCRIPT = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts"),
    family="javascript",
    grammar=replace(_GRAMMAR, name="typescript"),
    shapes=_SHAPES,
    outline=outline,
    exports=exports_of,
    links=linking.TYPESCRIPT,
    scopes=JAVASCRIPT.scopes,
    quotes=JAVASCRIPT.quotes,
    common=JAVASCRIPT.common,
    modules=ScriptModules,
    syntax=_SYNTAX,
    tests=replace(_TESTS, runners=()),
    comments=JAVASCRIPT.comments,
)
TSX = replace(TYPESCRIPT, name="tsx", suffixes=(".tsx",), grammar=replace(_GRAMMAR, name="tsx"))
