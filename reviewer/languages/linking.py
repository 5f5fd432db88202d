"""How the uses of names prove what they mean, language by language. In the patterns of variables,
`{variable}` and `{type}` stand for the names."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.languages.base import Links

_PACKAGE = re.compile(r"^package ([\w.]+)", re.MULTILINE)
_WILDCARD = re.compile(r"^import (?:static )?[\w.]+\.\*", re.MULTILINE)
# `Cart cart`, `const Cart<T> *cart`, `Cart $cart`
_TYPE_FIRST = r"\b{type}(?:<[^;(){{}}]{{0,200}}>)?(?:\s*[*&]+\s*|\s+)(?:const\s+)?\$?{variable}\b"
# `cart: Cart`, `cart: &mut Cart`
_COLON = (
    r"\b{variable}\s*[?!]?\s*:\s*(?:&\s*(?:'\w+\s+)?)?(?:mut\s+|inout\s+)?"
    r"(?:\w+(?:\.|::))?{type}\b(?!\s*(?:[.\[|&]|::))"
)
# `cart = new Cart(`, `cart := &shop.Cart{`, `let cart = Cart::new(`
_MADE = (
    r"\b{variable}\s*(?::\s*[\w.<>]+\s*)?:?=\s*(?:await\s+)?(?:new\s+)?&?(?:mut\s+)?"
    r"(?:\w+(?:\.|::|\\))*{type}\b(?:<[^()]{{0,200}}>)?(?:\s*[({{]|::new\(|\.new\b|\.init\()"
)
_DIRECT = r"\b{type}\s+{variable}\s*[({{]"  # `Cart cart(3)`

JAVASCRIPT = Links(
    variables=f"{_COLON}|{_MADE}",
    closed=True,
    extends=re.compile(r"\bextends\b"),
    dynamic=re.compile(
        r"\bnew Proxy\(|\bObject\.(?:assign|definePropert)|\b(?:this|prototype)\[|declare module"
    ),
    too_few=False,
    too_many=False,
)
TYPESCRIPT = replace(JAVASCRIPT, too_few=True, too_many=True)
GO = Links(
    variables=rf"{_MADE}|\b{{variable}}\s+\*?(?:\w+\.)?{{type}}\b",
    package=re.compile(r"^package (\w+)", re.MULTILINE),
    closed=True,
    embeds=re.compile(r"^\s*\*?(?:\w+\.)?\w+\s*(?:`[^`\n]*`\s*)?(?://.*)?$", re.MULTILINE),
    wildcard=re.compile(r"^(?:import)?\s*\.\s+\"", re.MULTILINE),
)
JAVA = Links(
    variables=f"{_TYPE_FIRST}|{_MADE}",
    package=_PACKAGE,
    closed=True,
    extends=re.compile(r"\b(?:extends|implements)\b|@"),
    dynamic=re.compile(r"\blombok\b|@(?:AutoValue|Data|Value|Getter|Setter|Builder)\b"),
    wildcard=_WILDCARD,
)
KOTLIN = Links(
    variables=f"{_COLON}|{_MADE}",
    package=_PACKAGE,
    extends=re.compile(r":"),
    wildcard=_WILDCARD,
    accessors=True,
)
SCALA = Links(
    variables=f"{_COLON}|{_MADE}",
    package=_PACKAGE,
    extends=re.compile(r"\b(?:extends|with|case)\b"),
    dynamic=re.compile(r"\bimplicit\b|\bgiven\b|\bDynamic\b"),
    wildcard=re.compile(r"^\s*import [\w.]+\.[_*{]", re.MULTILINE),
)
RUST = Links(
    variables=f"{_COLON}|{_MADE}",
    inner=re.compile(r"\s*(?:pub(?:\([^)]*\))?\s+)?use\s+(?:crate|self|super)\b"),
    dynamic=re.compile(r"\bmacro_rules!|\bDeref\b|derive\([^)]*Builder"),
    wildcard=re.compile(r"\buse (?!crate\b|self\b|super\b)[\w:]+::\*"),
)
_ENUM = r"\s*(?:typedef\s+)?enum\b(?!\s+(?:class|struct)\b)"  # its members are not qualified
C = Links(
    variables=_TYPE_FIRST,
    spaces=re.compile(_ENUM),
    everywhere=True,
    dynamic=re.compile(r"##"),
)
CPP = replace(
    C,
    variables=f"{_TYPE_FIRST}|{_MADE}|{_DIRECT}",
    spaces=re.compile(rf"{_ENUM}|\s*(?:inline\s+)?namespace\b"),
    closed=True,
    extends=re.compile(r":"),
)
CSHARP = Links(
    variables=f"{_TYPE_FIRST}|{_MADE}",
    package=re.compile(r"^\s*namespace ([\w.]+)", re.MULTILINE),
    everywhere=True,
    extends=re.compile(r":|\bpartial\b|\["),
    dynamic=re.compile(r"\bpartial\b|\bdynamic\b"),
)
PHP = Links(
    variables=f"{_TYPE_FIRST}|{_MADE}",
    package=re.compile(r"^\s*namespace ([\w\\]+)", re.MULTILINE),
    everywhere=True,
    closed=True,
    extends=re.compile(r"\b(?:extends|implements)\b"),
    dynamic=re.compile(r"__(?:call|callStatic|get|set)\b|^\s+use [\w\\, ]+[;{]", re.MULTILINE),
    too_many=False,
)
RUBY = Links(
    variables=_MADE,
    everywhere=True,
    extends=re.compile(r"<"),
    embeds=re.compile(r"\b(?:include|extend|prepend)\b"),
    dynamic=re.compile(
        r"method_missing|define_method|_eval\b|_exec\b|const_missing|const_set|delegate"
        r"|Struct\.new|Data\.define|alias_method|autoload|\bsend\b"
    ),
)
SWIFT = Links(
    variables=f"{_COLON}|{_MADE}",
    everywhere=True,
    extends=re.compile(r":|@"),
    dynamic=re.compile(r"@dynamicMemberLookup"),
)
