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
from reviewer.languages.manifests import Facts, from_json, items, table
from reviewer.languages.php_modules import PhpModules, bound


def _composer(facts: Facts, text: str, path: str) -> None:
    data = from_json(text)
    for key in ("require", "require-dev"):
        for name, version in table(data, key).items():
            if name == "php":
                facts.language("PHP", version)
            elif "/" in name:
                facts.depend(name, version, development=key == "require-dev")


def _composer_lock(facts: Facts, text: str, path: str) -> None:
    packages = items(from_json(text).get("packages"))
    facts.lock(
        (each.get("name"), each.get("version")) for each in packages if isinstance(each, dict)
    )


# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    count strlen strpos substr str_replace explode implode trim sprintf printf array_map
    array_filter array_merge array_keys in_array isset empty json_encode json_decode is_array
    is_string is_null is_int getMessage getCode format
"""

PHP = Language(
    name="php",
    suffixes=(".php", ".phtml"),
    grammar=Grammar(
        "php",
        functions=("function_definition", "method_declaration"),
        classes=(
            "class_declaration",
            "interface_declaration",
            "trait_declaration",
            "enum_declaration",
        ),
        values=("const_element", "property_element", "enum_case"),
        members=({"kind": "property_promotion_parameter"},),
        tops=(
            {
                "kind": "argument",
                "nthChild": 1,
                "inside": {
                    "kind": "arguments",
                    "inside": {
                        "kind": "function_call_expression",
                        "has": {"field": "function", "regex": "^define$"},
                    },
                },
            },
        ),
        imports=(
            "namespace_use_declaration",
            "require_expression",
            "require_once_expression",
            "include_expression",
            "include_once_expression",
        ),
        bound=bound,
        declares=(
            "assignment_expression",
            "simple_parameter",
            "property_promotion_parameter",
            "property_declaration",
        ),
    ),
    outline=outline,
    syntax=Syntax(lexis=lexis.PHP),
    links=linking.PHP,
    modules=PhpModules,
    scopes=Scopes(
        hidden=re.compile(r"\bprivate\b"),
        constructor="__construct",
        sees="everything",
        receivers=("$this", "self", "static"),
    ),
    quotes=('"', "'"),
    tests=Tests(
        files=re.compile(r"Tests?\.php$"),
        beside=re.compile(r"(?:Spec|TestCase)\.php$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:(?:public|final|static) )*function (\w+)\("
                r"|\s*(?:it|test)\((?:'([^']{1,200})'|\"([^\"]{1,200})\")"
            ),
            check=re.compile(
                r"(?:\$this->|\bself::|\bstatic::|\bAssert::|\$\w{1,40}->)(?:assert|expect|should)\w*\("
                r"|\b(?:expect|assert\w*)\(|->to(?:Be|Equal|Have|Contain|Throw|Match)\w*\("
                r"|\bfail\(|->throws\("
            ),
            skip=re.compile(
                r"\s*(?:\$this->|self::|static::)markTest(?:Skipped|Incomplete)\("
                r"|.{0,300}\)->(?:skip\((?:\)|['\"])|todo\()"
            ),
            focus=re.compile(r".{0,300}\)->only\("),
            mark=re.compile(r"@test\b|#\[(?:.{0,100}[,\\] ?)?Test\b"),
            unmarked=re.compile(r"\s*(?:(?:public|final|static) )*function test|\s*(?:it|test)\("),
            group=re.compile(r"\s*describe\((?:'([^']{1,200})'|\"([^\"]{1,200})\")"),
        ),
        runners=("phpunit/phpunit", "pestphp/pest"),
    ),
    common=COMMON.union(_LIBRARY.split()),
    comments=Comments(line=("//", "#"), block=(("/*", "*/"),)),
    manifests=(
        Manifest("composer.json", _composer),
        Manifest("composer.lock", _composer_lock, settings=True),
    ),
    frameworks={"laravel/framework": "Laravel", "symfony/framework-bundle": "Symfony"},
)
