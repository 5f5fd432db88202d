"""Claims that code decides: each case is a file, the line that the finding is about, what it says,
and the verdict."""

from __future__ import annotations

import pytest
from support.candidates import added, candidate

from reviewer.findings import Source
from reviewer.verify.claims import Claim, check


def verdict(
    text: str, quote: str, title: str, comment: str = "It fails.", path: str = "a.py", **others: str
):
    made = added(path, text, **others)
    source = Source(made)
    found = candidate(made, path, quote, title=title, problem=comment, source=source)
    return check(found, made, source)


IMPORTED = "import json\n\n\ndef f(x):\n    return json.dumps(x)\n"
LOCAL = "def f(items):\n    for item in items:\n        last = item\n    return last\n"
STAR = "from tools import *\n\n\ndef f():\n    return helper()\n"


@pytest.mark.parametrize(
    ("text", "quote", "title", "expected"),
    [
        (IMPORTED, "    return json.dumps(x)", "`json` is not imported", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "Missing import of `json`", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "Undefined name 'json'", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "json is used but never imported", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "`json` is used without being imported", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "The import for `json` is missing", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "Forgot to import `json`", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "NameError: name 'json' is not defined", "refuted"),
        (IMPORTED, "    return json.dumps(x)", "`x` is undefined", "refuted"),
        (
            IMPORTED.replace("import json\n", ""),
            "    return json.dumps(x)",
            "`json` is not imported",
            "supported",
        ),
        ("def f():\n    return len([])\n", "    return len([])", "`len` is not defined", "refuted"),
        (
            "def f():\n    return g()\n\n\ndef g():\n    return 1\n",
            "    return g()",
            "`g` is undefined",
            "refuted",
        ),
        (
            "def f():\n    total = 1\n    return total\n",
            "    return total",
            "`total` is undefined",
            "refuted",
        ),
        ("x = [y for y in range(3)]\n", "x = [y for y in range(3)]", "`y` is undefined", None),
        (
            "def f():\n    x = 1\n\n    def g():\n        return x\n\n    return g\n",
            "        return x",
            "`x` is undefined",
            "refuted",
        ),
        # doubtful: the name may be unbound in some runs, or bound in ways that the file does not
        # show
        (LOCAL, "    return last", "`last` is undefined", None),
        (STAR, "    return helper()", "`helper` is not defined", None),
        ("y = x\nx = 1\n", "y = x", "`x` is undefined", None),
        ("x = [\n    x,\n]\n", "    x,", "`x` is undefined", None),
        (
            "if __debug__:\n    import json\n\n\ndef f():\n    return json.dumps(1)\n",
            "    return json.dumps(1)",
            "`json` is not imported",
            None,
        ),
        (
            "import json\n\ndel json\n\n\ndef f():\n    return json.dumps(1)\n",
            "    return json.dumps(1)",
            "`json` is not imported",
            None,
        ),
        (
            "def f():\n    return x\n\n\ndef g():\n    global x\n    x = 1\n",
            "    return x",
            "`x` is undefined",
            None,
        ),
        (
            "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
            "    unicode",
            "`unicode` is undefined",
            None,
        ),
        (
            "class A:\n    x = 1\n\n    def f(self):\n        return x\n",
            "        return x",
            "`x` is not defined",
            "supported",
        ),
        # other claims in like words
        (IMPORTED, "    return json.dumps(x)", "`x` is undefined when the list is empty", None),
        (IMPORTED, "    return json.dumps(x)", "Undefined behaviour of `json`", None),
        (IMPORTED, "    return json.dumps(x)", "`orjson` is not imported", None),
        (IMPORTED, "    return json.dumps(x)", "It is not defined what this returns", None),
    ],
)
def test_undefined_names(text, quote, title, expected):
    found = verdict(text, quote, title)
    assert (found.verdict if found else None) == expected


def test_an_import_that_finds_nothing_binds_nothing():
    text = "from b import helper\n\n\ndef f():\n    return helper()\n"
    there, gone = "def helper():\n    return 1\n", "def other():\n    return 1\n"
    title = "`helper` is not defined"
    assert verdict(text, "    return helper()", title, b=there).verdict == "refuted"
    assert verdict(text, "    return helper()", title, b=gone) is None
    assert verdict(text.replace("from b", "from .b"), "    return helper()", title) is None
    assert (
        verdict(text, "    return helper()", title).verdict == "refuted"
    )  # a module from elsewhere


UNUSED = "import os\nimport sys\n\n\ndef f(a, b):\n    c = a\n    return sys.argv\n"


@pytest.mark.parametrize(
    ("text", "quote", "title", "expected"),
    [
        (UNUSED, "import sys", "Unused import `sys`", "refuted"),
        (UNUSED, "import sys", "`sys` is imported but never used", "refuted"),
        (UNUSED, "def f(a, b):", "Parameter `a` is never used", "refuted"),
        (UNUSED, "def f(a, b):", "`b` is unused", "supported"),
        (UNUSED, "    c = a", "Unused variable `c`", "supported"),
        (UNUSED, "import os", "`os` is unused", None),  # true, but others may import it from here
        (
            "def f():\n    x = 1\n    x = 2\n    return x\n",
            "    x = 1",
            "`x` is assigned but never used",
            None,
        ),
        ("def f():\n    x = 1\n    return locals()\n", "    x = 1", "`x` is never used", None),
        (
            "def f(a):\n    def g():\n        return a\n\n    return g\n",
            "def f(a):",
            "`a` is never used",
            "refuted",
        ),
        (
            "def f(a):\n    return [a for a in range(3)]\n",
            "def f(a):",
            "`a` is never used",
            "supported",
        ),
        ("import typing\n\nx: 'typing.Any' = 1\n", "import typing", "`typing` is unused", None),
    ],
)
def test_unused_names(text, quote, title, expected):
    found = verdict(text, quote, title)
    assert (found.verdict if found else None) == expected


PRICES = "def price(net, rate, *, currency='EUR'):\n    return net * rate\n\n\n"
PRICES += "def any_of(*values, **named):\n    return values\n"
CART = "class Cart:\n    def __init__(self, owner):\n        self.owner = owner\n\n"
CART += "    def total(self, rate):\n        return rate\n"


def shop(call: str) -> str:
    return (
        "from prices import any_of, price\nfrom cart import Cart\n\n\ndef buy(args):\n    return"
        f" {call}\n"
    )


@pytest.mark.parametrize(
    ("call", "title", "expected"),
    [
        ("price(1, 2)", "Missing required argument in the call of `price`", "refuted"),
        ("price(1)", "Missing required argument in the call of `price`", "supported"),
        ("price(1, 2, 3)", "Too many arguments for `price`", "supported"),
        ("price(1, rate=2)", "Wrong number of arguments for `price`", "refuted"),
        ("price(1, 2, currency='USD')", "Unexpected keyword argument for `price`", "refuted"),
        ("price(1, 2, vat=1)", "Unexpected keyword argument for `price`", "supported"),
        ("price(1, net=2)", "Wrong number of arguments for `price`", "supported"),
        ("any_of(1, 2, a=3)", "Too many arguments for `any_of`", "refuted"),
        ("Cart(1)", "`Cart` takes 2 arguments but 1 is given", "refuted"),
        ("Cart()", "Missing required argument of `Cart`", "supported"),
        ("price(*args)", "Too many arguments for `price`", None),
        (
            "price(1, 2)",
            "Missing argument `currency` for `price`",
            None,
        ),  # optional: a matter of meaning
        ("price(1, 2)", "Callers of `price` pass too few arguments", None),
        ("price(1, 2)", "Too many arguments for `other`", None),
        ("Cart.total(1, 2)", "Too many arguments for `total`", None),
        ("args(1)", "Too many arguments for `args`", None),
    ],
)
def test_arguments(call, title, expected):
    found = verdict(
        shop(call), f"    return {call}", title, path="shop.py", prices=PRICES, cart=CART
    )
    assert (found.verdict if found else None) == expected


def test_arguments_are_checked_against_the_only_definition():
    twice = PRICES + "\n\ndef price(net):\n    return net\n"
    decorated = "@wrapped\n" + PRICES
    for prices in (
        twice,
        decorated,
        PRICES.replace("def price", "if x:\n  def price").replace(
            "    return net *", "      return net *"
        ),
    ):
        text = "from prices import price\n\n\ndef buy():\n    return price(1, 2)\n"
        title = "Too many arguments for `price`"
        assert verdict(text, "    return price(1, 2)", title, path="shop.py", prices=prices) is None


@pytest.mark.parametrize(
    ("owner", "title", "expected"),
    [
        ("", "`Cart` has no attribute `owner`", "refuted"),
        ("", "`Cart.total` does not exist", "refuted"),
        ("", "Method `total` does not exist on `Cart`", "refuted"),
        ("", "`Cart` has no method `totl`", "supported"),
        (
            "    def __getattr__(self, name):\n        return 1\n",
            "`Cart` has no method `totl`",
            None,
        ),
        ("    def late(self):\n        self.totl = 1\n", "`Cart` has no attribute `totl`", None),
        ("", "AttributeError: 'NoneType' object has no attribute 'owner'", None),
        ("", "`Cart` has no attribute `owner` when it is empty", None),
        ("", "`Basket` has no attribute `owner`", None),
    ],
)
def test_attributes(owner, title, expected):
    found = verdict(
        shop("Cart(1).totl"),
        "    return Cart(1).totl",
        title,
        path="shop.py",
        prices=PRICES,
        cart=CART + owner,
    )
    assert (found.verdict if found else None) == expected


ASYNC = "async def fetch(url):\n    return url\n\n\ndef plain(url):\n    return url + '/'\n\n\n"
ASYNC += "def passes(url):\n    return fetch(url)\n"


@pytest.mark.parametrize(
    ("line", "title", "expected"),
    [
        ("plain('x')", "Missing await on `plain`", "refuted"),
        ("await fetch('x')", "`fetch` is never awaited", "refuted"),
        ("fetch('x')", "Missing `await` before fetch", None),  # hedged by "before"
        ("fetch('x')", "Missing `await` on fetch", "supported"),
        ("task = fetch('x')", "Missing `await` on fetch", None),
        ("passes('x')", "Missing await on `passes`", None),
    ],
)
def test_await(line, title, expected):
    text = ASYNC + f"\n\nasync def main():\n    {line}\n"
    found = verdict(text, f"    {line}", title)
    assert (found.verdict if found else None) == expected


@pytest.mark.parametrize(
    ("body", "quote", "title", "expected"),
    [
        (
            "    return 1\n    x = 2\n",
            "    x = 2",
            "Code after the return is unreachable",
            "supported",
        ),
        (
            "    if a:\n        return 1\n    x = 2\n",
            "    x = 2",
            "Unreachable code after return",
            "refuted",
        ),
        (
            "    if a:\n        return 1\n    else:\n        raise E\n    x = 2\n",
            "    x = 2",
            "Unreachable code after return",
            "supported",
        ),
        (
            "    while True:\n        if a:\n            return 1\n    x = 2\n",
            "    x = 2",
            "Unreachable code after return",
            None,
        ),
        (
            "    if a:\n        return 1\n    x = 2\n",
            "    x = 2",
            "This condition makes the code unreachable",
            None,
        ),
    ],
)
def test_unreachable(body, quote, title, expected):
    found = verdict(f"def f(a):\n{body}", quote, title)
    assert (found.verdict if found else None) == expected


@pytest.mark.parametrize(
    ("path", "text", "quote", "title", "expected"),
    [
        ("a.py", "x = (1)\n", "x = (1)", "Syntax error: missing closing parenthesis", "refuted"),
        ("a.py", "x = (1\n", "x = (1", "Syntax error: missing closing parenthesis", None),
        ("a.py", "q = 'SELECT'\n", "q = 'SELECT'", "Syntax error in the SQL query", None),
        ("a.js", "const x = (1);\n", "const x = (1);", "Missing closing bracket", "refuted"),
        ("a.js", "const x = (1;\n", "const x = (1;", "Missing closing bracket", None),
        ("a.ts", "function f() {\n", "function f() {", "Missing closing brace", None),
        ("a.go", "package a\n\nfunc f() {}\n", "func f() {}", "Invalid syntax", "refuted"),
        ("a.c", "int x = (1);\n", "int x = (1);", "Missing closing bracket", None),
        ("a.txt", "x = (1)\n", "x = (1)", "Syntax error: missing closing parenthesis", None),
    ],
)
def test_syntax(path, text, quote, title, expected):
    found = verdict(text, quote, title, path=path)
    assert (found.verdict if found else None) == expected


def test_only_files_of_the_language_are_looked_up():
    assert (
        verdict(IMPORTED, "    return json.dumps(x)", "`json` is not imported", path="a.txt")
        is None
    )


def test_what_refutes_is_quoted_with_its_place():
    assert verdict(IMPORTED, "    return json.dumps(x)", "`json` is not imported") == Claim(
        "undefined", "refuted", "`json` is bound in line 1", "a.py", 1, "import json"
    )
    found = verdict(
        shop("price(1, 2)"),
        "    return price(1, 2)",
        "Too many arguments for `price`",
        path="shop.py",
        prices=PRICES,
        cart=CART,
    )
    assert found == Claim(
        "arguments",
        "refuted",
        "the call fits the definition of `price`",
        "prices.py",
        1,
        "def price(net, rate, *, currency='EUR'):",
    )


def test_the_claim_must_be_what_the_finding_is_about():
    line = "    return json.dumps(x)"
    assert verdict(IMPORTED, line, "Wrong result for `x`", "`json` is not imported.") is None
    assert (
        verdict(
            IMPORTED, line, "NameError on `json`", "`json` is not imported. So it fails."
        ).verdict
        == "refuted"
    )
    assert (
        verdict(IMPORTED, line, "NameError on `json`", "It fails. `json` is not imported.") is None
    )


def test_hostile_files_are_no_claim():
    deep = "x = " + "(" * 3000 + ")" * 3000 + "\n"
    assert verdict(deep + "y = 1\n", "y = 1", "`y` is unused") is None
    assert verdict("y = 1\0\n", "y = 1\0".replace("\0", "\\u{0}"), "`y` is unused") is None
