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
from reviewer.languages.manifests import Facts, from_toml, table, toml_lock
from reviewer.languages.rust_imports import bound
from reviewer.languages.rust_modules import RustModules

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    String Vec Option Result Some None Ok Err Box clone unwrap expect into from iter collect len
    push push_str now trim trim_end trim_start to_string to_owned as_str as_ref map and_then
    ok_or unwrap_or unwrap_or_default is_empty is_some is_none default fmt borrow assert
    assert_eq format println write writeln vec
"""


def _cargo(facts: Facts, text: str, path: str) -> None:
    data = from_toml(text)
    for package in (table(data, "package"), table(data, "workspace", "package")):
        edition, least = package.get("edition"), package.get("rust-version")
        facts.language("Rust", least)
        facts.option("Rust", "edition", edition)
    for name, value in table(data, "dependencies").items():
        facts.depend(name, value.get("version") if isinstance(value, dict) else value)
    for name in table(data, "dev-dependencies"):
        facts.depend(name, development=True)
    for name, value in table(data, "workspace", "dependencies").items():
        facts.share(name, value.get("version") if isinstance(value, dict) else value)


RUST = Language(
    name="rust",
    suffixes=(".rs",),
    grammar=Grammar(
        "rust",
        functions=("function_item", "function_signature_item", "macro_definition"),
        classes=(
            "struct_item",
            "enum_item",
            "trait_item",
            "impl_item",
            "mod_item",
            "type_item",
            "union_item",
        ),
        values=(
            "const_item",
            "static_item",
            "field_declaration",
            "enum_variant",
            "associated_type",
        ),
        parts=frozenset(("impl_item", "mod_item")),
        imports=("use_declaration", "mod_item", "extern_crate_declaration"),
        bound=bound,
        declares=(
            "let_declaration",
            "parameter",
            "field_declaration",
        ),
        async_functions=(
            {"kind": "function_item", "has": {"kind": "function_modifiers", "regex": "async"}},
        ),
    ),
    outline=outline,
    links=linking.RUST,
    modules=RustModules,
    scopes=Scopes(
        complete=True, sees="imports", receivers=("self", "Self"), package="mod", passes_on=True
    ),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(brackets=True, strict=True, lexis=lexis.RUST),
    tests=Tests(
        files=re.compile(r"(?:_test|(?:^|/)tests?)\.rs$"),
        content=re.compile(rb"#\[(?:cfg\(test\)|(?:\w+::)*test\b)"),
        style=TestStyle(
            start=re.compile(r"\s*(?:pub(?:\(\w+\))? )?(?:async )?fn (\w+)\("),
            check=re.compile(
                r"\b(?:debug_)?assert\w*!|\bpanic!|\bunreachable!|\?;|\.expect(?:_err)?\("
                r"|\.unwrap(?:_err)?\(|\b(?:assert|check|eqnice)\w*!?\(|\.assert\w*\("
            ),
            skip=re.compile(r"\s*#\[ignore"),
            mark=re.compile(
                r"#\[(?:\w+::)*(?:test|rstest|test_case|quickcheck|wasm_bindgen_test|apply)\b"
            ),
        ),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(
        Manifest("Cargo.toml", _cargo),
        Manifest("Cargo.lock", toml_lock, settings=True),
    ),
    frameworks={"axum": "Axum", "actix-web": "Actix Web", "rocket": "Rocket"},
)
