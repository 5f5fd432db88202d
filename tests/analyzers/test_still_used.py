"""Names that are gone and still used, and calls that no longer fit, in every language; and what may
look like it."""

import json

import pytest
from support.analyzed import analyzed, hits
from support.still_used_projects import PROJECTS, broken

from reviewer.analyzers import still_used, still_used_child, still_used_facts
from reviewer.languages import all_languages, language_of


@pytest.fixture
def here(monkeypatch):
    """Read the files in this process: quicker."""

    def examine(wanted, limits):
        rows = {
            key: json.loads(json.dumps(still_used_child.facts(each.path, each.source, each.names)))
            for key, each in wanted.items()
        }
        return {key: still_used_facts._facts(wanted[key], row) for key, row in rows.items() if row}

    monkeypatch.setattr(still_used_facts, "_examine", examine)


@pytest.mark.parametrize(
    ("language", "kind"), [(name, kind) for name, (_, kinds) in PROJECTS.items() for kind in kinds]
)
def test_what_breaks_is_found_where_it_breaks(here, language, kind):
    base, head, use = broken(language, kind)
    found = [(path, line) for _, path, line in hits("still_used", base, head)]
    assert found[:1] == [use]
    assert len(found) == 1


def test_every_language_that_says_what_its_uses_mean_has_a_project():
    of_project = {
        each.name
        for each in all_languages()
        for files, _ in PROJECTS.values()
        if any(path.endswith(each.suffixes) for path in files)
    }
    assert {each.name for each in all_languages() if each.links} - of_project <= {"tsx", "scala"}


def test_the_hit_says_what_went_where_it_was_and_what_took_its_place():
    base, head, _ = broken("ts", "export")
    (lost,) = analyzed("still_used", base, head).evidence
    assert (lost.rule, lost.message, lost.fix, lost.side) == (
        "removed-name",
        "`checkout`, which is imported here, is no longer exported by src/cart.ts.",
        "Use what took its place, or restore it.",
        "new",
    )
    base, head, _ = broken("java", "method")
    (renamed,) = analyzed("still_used", base, head).evidence
    assert (renamed.rule, renamed.message, renamed.fix) == (
        "removed-member",
        "`Cart.subtotal`, which is used here, was removed from src/main/java/shop/Cart.java.",
        "Use `Cart.sum`, if it took its place, or restore it.",
    )
    assert [(each.path, each.start, each.why) for each in renamed.related] == [
        ("src/main/java/shop/Cart.java", 6, "`Cart.subtotal` was removed here")
    ]
    base, head, _ = broken("go", "arity")
    (call,) = analyzed("still_used", base, head).evidence
    assert (call.rule, call.message) == (
        "argument-count",
        "`Checkout` is called with 2 arguments here, and now takes 3. 1 more call like it.",
    )


CART = "export class Cart {\n  subtotal(rate: number) { return rate; }\n}\n"
TOTAL = "export class Cart {\n  total(rate: number) { return rate; }\n}\n"
USE = "import { Cart } from './cart';\nexport const f = (cart: Cart) => cart.subtotal(1);\n"
GO = "package shop\n\nfunc Price(a int) int { return a }\n"
COST = "package shop\n\nfunc Cost(a int) int { return a }\n"
JAVA = "package shop;\npublic class Cart {\n  public int price(int a) { return a; }\n}\n"
PAY = JAVA.replace("price", "cost")
SHOP = "package shop;\nclass Shop {\n  int f(Cart cart) { return cart.price(1); }\n}\n"
C = "int shop_price(int a)\n{\n    return a;\n}\n"
RUBY = "class Cart\n  def price(a)\n    a\n  end\nend\n"
BUY = "class Shop\n  def f\n    cart = Cart.new\n    cart.price(1)\n  end\nend\n"


MOVED = "import { price } from './price';\nprice();\n"


def test_an_import_of_a_file_that_is_gone():
    base = {"price.ts": "export const price = () => 1;\n", "a.ts": MOVED, "b.ts": MOVED}
    (hit,) = analyzed("still_used", base, {"a.ts": MOVED, "b.ts": MOVED}).evidence
    assert (hit.rule, hit.path, hit.start, hit.message) == (
        "removed-module",
        "a.ts",
        1,
        "price.ts, which is imported here, no longer exists. 1 more file uses it, too.",
    )
    for path in ("price.js", "price.tsx", "price/index.ts"):  # the same import finds it
        head = {path: base["price.ts"], "a.ts": MOVED, "b.ts": MOVED}
        assert hits("still_used", base, head) == []


@pytest.mark.parametrize(
    ("barrel", "found"),
    [
        ("export * from './inner';\n", [("removed-name", "use.ts", 1)]),
        ("export * from './inner';\nexport * from 'elsewhere';\n", []),
        ("export * from './inner';\nexport * from './other';\n", []),
        ("export * from './inner';\nexport const price = 1;\n", []),
        ("export { price } from './inner';\n", [("removed-name", "shop/index.ts", 1)]),
    ],
)
def test_files_that_pass_on_the_exports_of_others(here, barrel, found):
    others = {
        "shop/index.ts": barrel,
        "shop/inner/index.ts": "export * from './price';\n",
        "shop/other.ts": "export const price = 2;\n",
        "use.ts": "import { price } from './shop';\nprice();\n",
    }
    base, head = "export const price = () => 1;\n", "export const cost = () => 1;\n"
    if "{ price }" in barrel:
        others["shop/inner/index.ts"] = "export { price } from './price';\n"
        found = [("removed-name", "shop/inner/index.ts", 1)]
    assert gone("shop/inner/price.ts", base, head, **others) == found


@pytest.mark.parametrize(
    ("base", "head", "found"),
    [
        ({"setup.ts": "f();\n", "a.ts": "import './setup';\n"}, {}, ("a.ts", 1)),
        ({"ui/index.ts": "f();\n", "a.ts": "import ui from './ui';\n"}, {}, ("a.ts", 1)),
        ({"money.h": "#define A 1\n", "a.c": '#include "money.h"\n'}, {}, ("a.c", 1)),
        ({"money.h": "#define A 1\n", "a.c": '#include "money.h"\n'}, {"money.h.in": ""}, None),
        ({"deps/money.h": "int a;\n", "deps/a.c": '#include "money.h"\n'}, {}, None),
        ({"lib/book.rb": "B = 1\n", "lib/a.rb": "require_relative 'book'\n"}, {}, ("lib/a.rb", 1)),
    ],
)
def test_a_file_is_gone_that_others_name(here, base, head, found):
    user = list(base)[-1]
    expected = [("removed-module", *found)] if found else []
    assert hits("still_used", base, {user: base[user]} | head) == expected


def gone(path, base, head, **others):
    return hits("still_used", {path: base, **others}, {path: head, **others})


@pytest.mark.fault(
    "syntax",
    "a name is taken out of one file, and something else defines it",
    "no finding: only what an import, a package or a type proves counts",
)
@pytest.mark.parametrize(
    ("path", "base", "head", "others"),
    [
        # Still there, by another way
        ("cart.ts", CART, "export * from './moved';\n", {"moved.ts": CART, "use.ts": USE}),
        ("cart.ts", CART, "export { Cart } from 'shop';\n", {"use.ts": USE}),
        ("cart.ts", CART, "export * from 'shop';\n", {"use.ts": USE}),
        ("cart.js", "exports.f = 1;\n", "for (const k in o) exports[k] = o[k];\n",
         {"use.js": "const { f } = require('./cart');\nf();\n"}),
        ("cart.ts", CART, TOTAL.replace("Cart {", "Cart extends Base {"), {"use.ts": USE}),
        ("cart.ts", CART, f"{TOTAL}Object.assign(Cart.prototype, parts);\n", {"use.ts": USE}),
        ("cart.ts", CART, f"{TOTAL}export interface Cart {{ subtotal(rate: number): number }}\n",
         {"use.ts": USE}),
        ("a/price.go", GO, COST, {"a/b.go": GO.replace("a int", "b int"),
         "a/use.go": "package shop\n\nfunc f() int { return Price(1) }\n"}),
        ("Cart.java", JAVA, PAY.replace("Cart {", "Cart extends Base {"), {"Shop.java": SHOP}),
        ("Cart.java", JAVA, f"import lombok.Data;\n{PAY}", {"Shop.java": SHOP}),
        ("cart.rb", RUBY, RUBY.replace("price", "cost"),
         {"shop.rb": BUY, "more.rb": "class Cart\n  attr_reader :price\nend\n"}),
        ("cart.rb", RUBY, "class Cart\n  def method_missing(name)\n  end\nend\n", {"shop.rb": BUY}),
        ("a.c", f"#ifndef HAVE_PRICE\n{C}#endif\n", "#ifndef HAVE_PRICE\n#endif\n",
         {"b.c": "int f(void)\n{\n    return shop_price(1);\n}\n"}),
        ("a.c", C, "#define MAKE(n) int n(int a) { return a; }\nMAKE(shop_price);\n",
         {"b.c": "int f(void)\n{\n    return shop_price(1);\n}\n"}),
        ("a.php", "<?php\nif (!function_exists('starts_with')) {\n"
         "  function starts_with($a, $b) { return 1; }\n}\n", "<?php\n",
         {"b.php": "<?php\n$c = starts_with('a', 'b');\n"}),
        ("a.php", "<?php\nclass Cart implements Priced { const TAX = 1; }\n",
         "<?php\nclass Cart implements Priced { }\n",
         {"b.php": "<?php\n$c = Cart::TAX;\n"}),
        ("src/price.rs", "pub fn fee() {}\n", "pub use money::*;\n",
         {"src/lib.rs": "mod price;\nuse crate::price::fee;\n"}),
        ("Cart.kt", "class Cart {\n  fun getPrice(): Int = 1\n}\n",
         "class Cart {\n  val price: Int = 1\n}\n",
         {"Shop.java": "class Shop {\n  int f(Cart cart) { return cart.getPrice(); }\n}\n"}),
        ("deps/money.c", C, "int g;\n",
         {"b.c": "int f(void)\n{\n    return shop_price(1);\n}\n"}),
        ("a.c", C, "#define MAKE(n) int shop_##n(int a) { return a; }\nMAKE(price);\n",
         {"b.c": "int f(void)\n{\n    return shop_price(1);\n}\n"}),
        # Another one is meant
        ("a/Cart.java", JAVA, PAY,
         {"b/Cart.java": "package b;\npublic class Cart {\n}\nclass Price extends Cart {\n"
          "  int f(Cart cart) { return cart.price(1); }\n}\n"}),
        ("cart.ts", CART, TOTAL, {"use.ts": USE.replace("cart: Cart", "cart: Other")}),
        ("cart.ts", CART, TOTAL, {"use.ts": USE + "const g = (cart: Other) => cart;\n"}),
        ("cart.ts", CART, TOTAL, {"other.ts": CART, "use.ts": USE.replace("./cart", "./other")}),
        ("a/price.go", GO, COST, {"b/use.go": "package b\n\nfunc f() int { return Price(1) }\n"}),
        ("a/price.go", GO, COST,
         {"a/use.go": "package shop\n\nfunc f(Price func(int) int) int { return Price(1) }\n"}),
        ("a/price.go", GO, COST,
         {"a/use.go": 'package shop\n\nimport . "x/y"\n\nfunc f() int { return Price(1) }\n'}),
        ("Cart.java", JAVA.replace("public int price", "static int price"),
         "package shop;\nimport static lib.Prices.price;\n"
         "public class Cart {\n  int f() { return price(1); }\n}\n", {}),
        # No use
        ("cart.ts", CART, TOTAL, {"use.ts": "// cart.subtotal(1)\nconst s = 'cart.subtotal';\n"}),
        ("cart.ts", CART, TOTAL, {"testdata/use.ts": USE.replace("./cart", "../cart")}),
        ("cart.ts", CART, TOTAL, {"use.py": "cart.subtotal(1)\n"}),
    ],
)  # fmt: skip
def test_silent_where_it_may_still_work(here, path, base, head, others):
    assert gone(path, base, head, **others) == []


SUM = "export function sum({}): number {{ return 1; }}\n"
ADD = "import {{ sum }} from './sum';\nsum({});\n"


@pytest.mark.parametrize(
    ("before", "after", "passed", "found"),
    [
        ("a: number", "a: number, b: number", "1", [("argument-count", "use.ts", 2)]),
        ("a: number, b: number", "a: number", "1, 2", [("argument-count", "use.ts", 2)]),
        ("a: number", "a: number, b: Map<string, number>", "f(1, 2), []", []),
        ("a: number", "a: number, b?: number", "1", []),
        ("a: number", "a: number, b = 2", "1", []),
        ("a: number", "a: number, ...b: number[]", "1", []),
        ("a: number", "a: number, b: number", "...list", []),
        ("a: number", "a: number, b: number", "1, 2, 3", []),  # it did not fit before either
        ("a: string", "a: string, /* (b, c), */ b: string", "'a, (b'",
         [("argument-count", "use.ts", 2)]),
    ],
)  # fmt: skip
def test_calls_that_no_longer_fit(here, before, after, passed, found):
    use = {"use.ts": ADD.format(passed)}
    assert gone("sum.ts", SUM.format(before), SUM.format(after), **use) == found


def test_a_library_that_is_no_longer_bundled(here):
    use = "int f(void)\n{\n    return shop_price(1);\n}\n"
    bundled = {"money.h": C}
    system = {"b.c": f"#include <money.h>\n{use}"}
    assert hits("still_used", bundled | system, system) == []
    own = {"b.c": use}
    assert hits("still_used", bundled | own, own) == [("removed-name", "b.c", 3)]


def test_what_a_changed_template_or_grammar_may_define_is_left_alone(here):
    use = {"b.c": "int f(void)\n{\n    return shop_price(1);\n}\n"}
    moved = {"a.y": "%%\nint shop_price(int a) { return a; }\n"}
    assert hits("still_used", {"a.c": C, **use}, {"a.c": "int g;\n", **use, **moved}) == []
    told = {"CHANGES.md": "Removed shop_price.\n"}
    head = {"a.c": "int g;\n", **use, **told}
    assert hits("still_used", {"a.c": C, **use}, head) == [("removed-name", "b.c", 3)]


def test_overloads_and_javascript_take_what_they_are_given(here):
    use = {"use.ts": ADD.format("1")}
    both = SUM.format("a: number, b: number") + SUM.format("a: number")
    assert gone("sum.ts", SUM.format("a: number"), both, **use) == []
    base, head = "export function sum(a) {}\n", "export function sum(a, b) {}\n"
    assert gone("sum.js", base, head, **{"use.js": ADD.format("1")}) == []


def test_one_hit_for_one_cause_with_the_other_uses_as_places():
    users = {f"use{n}.ts": USE for n in range(3)}
    base, head = {"cart.ts": CART, **users}, {"cart.ts": TOTAL, **users}
    (hit,) = analyzed("still_used", base, head).evidence
    assert hit.message.endswith(" 2 more files use it, too.")
    assert [(each.path, each.start) for each in hit.related] == [
        ("cart.ts", 2),
        ("use1.ts", 2),
        ("use2.ts", 2),
    ]


@pytest.mark.fault(
    "scale",
    "a name that a change removes is in more files than can be parsed",
    "it is left alone, and the other names are still looked for",
)
def test_a_name_that_too_many_files_have_is_left_alone(here, monkeypatch):
    users = {f"use{n}.ts": USE for n in range(4)}
    head = TOTAL + "export const LIMIT = 1;\n"
    base = CART + "export const MOST = 1;\n"
    rare = {"rare.ts": "import { MOST } from './cart';\nexport const a = MOST;\n"}
    monkeypatch.setattr(still_used, "_FILES", 3)
    assert gone("cart.ts", base, head, **users, **rare) == [("removed-name", "rare.ts", 1)]
    monkeypatch.setattr(still_used, "_SEARCHED", 10)
    assert gone("cart.ts", base, head, **users, **rare) == []


@pytest.mark.fault(
    "scale",
    "a file of many thousands of definitions",
    "they are counted once, not once for each",
)
def test_definitions_are_counted_once():
    defs = [
        still_used_facts.Definition(f"f{at % 40_000}", "function", at, at, "")
        for at in range(60_000)
    ]
    facts = still_used_facts.Facts("a.py", language_of("a.py"), "", tuple(defs))
    assert sum(facts.count(item.name) for item in defs) == 100_000


@pytest.mark.parametrize(("name", "found"), [("lookUp", 1), ("fetch", 0)])
def test_a_member_with_a_common_name_is_left_to_the_compiler(name, found):
    use = f'import {{ Store }} from "./store.js";\n\nconst s = new Store();\ns.{name}(1);\n'
    base = {
        "store.ts": f"export class Store {{\n  {name}(id: number) {{\n    return id;\n  }}\n}}\n",
        "use.ts": use,
    }
    head = base | {"store.ts": base["store.ts"].replace(name, "load")}
    assert hits("still_used", base, head) == [("removed-member", "use.ts", 4)] * found
