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
    package = table(data, "package")
    edition = package.get("edition")
    facts.language(
        "Rust", package.get("rust-version") or (f"edition {edition}" if edition else None)
    )
    for name, value in table(data, "dependencies").items():
        facts.depend(name, value.get("version") if isinstance(value, dict) else value)


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
    modules=RustModules,
    scopes=Scopes(
        complete=True, sees="imports", receivers=("self", "Self"), package="mod", passes_on=True
    ),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(brackets=True, strict=True),
    tests=Tests(
        files=re.compile(r"_test\.rs$"),
        style=TestStyle(
            re.compile(r"\s*(?:pub )?(?:async )?fn (\w+)\(\)"),
            re.compile(r"\bassert\w*!|\bpanic!|\?;"),
            re.compile(r"\s*#\[ignore"),
        ),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(
        Manifest("Cargo.toml", _cargo),
        Manifest("Cargo.lock", toml_lock),
    ),
    frameworks={"axum": "Axum", "actix-web": "Actix Web", "rocket": "Rocket"},
)
