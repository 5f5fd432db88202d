"""JavaScript and TypeScript: one family, three grammars."""

from __future__ import annotations

import re
from dataclasses import replace

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
_SHAPES = Shapes(picks=frozenset(("||",)), falsy="0 or empty")
_SYNTAX = Syntax(brackets=True, strict=True)
_TESTS = Tests(
    files=re.compile(r"[.-](?:test|spec)\.[cm]?[jt]sx?$"),
    style=TestStyle(
        re.compile(
            r"\s*(?:x|f)?(?:it|test|specify)(?:\.(?:skip|only|todo|fails|concurrent))?"
            r"\(\s*([\"'`].+?[\"'`])\s*,"
        ),
        re.compile(
            r"\bexpect\((?!true\)\.to(?:Be|Equal)\(true)|\bassert[.(\w]|\.should\b"
            r"|\.(?:ok|equal|deepEqual|throws)\("
        ),
        re.compile(
            r"\s*(?:(?:it|test|describe|specify)\.(?:skip|only|todo)\("
            r"|(?:xit|xtest|xdescribe|fit|fdescribe)\()"
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
    scopes=Scopes(
        complete=True,
        constructor="constructor",
        receivers=("this",),
        passes_on=True,
        hidden=re.compile(r"^\s*(?:private\b|static\s+#|#)"),
    ),
    quotes=('"', "'"),
    common=COMMON.union(_LIBRARY.split()),
    modules=ScriptModules,
    syntax=replace(_SYNTAX, dialect=re.compile(rb"@(?:no)?flow\b")),
    tests=_TESTS,
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(
        Manifest("package.json", _package_json),
        Manifest("package-lock.json", _package_lock),
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
    scopes=JAVASCRIPT.scopes,
    quotes=JAVASCRIPT.quotes,
    common=JAVASCRIPT.common,
    modules=ScriptModules,
    syntax=_SYNTAX,
    tests=replace(_TESTS, runners=()),
    comments=JAVASCRIPT.comments,
)
TSX = replace(TYPESCRIPT, name="tsx", suffixes=(".tsx",), grammar=replace(_GRAMMAR, name="tsx"))
