"""A small project in each language, and changes that break it: for each, the edits by path, and the
path and line of the use that no longer works."""

PROJECTS = {}

PROJECTS["ts"] = (
    {
        "src/cart.ts": """export const MAX_ITEMS = 10;
export enum Mode { Fast, Slow }
export class Cart {
  private items: number[] = [];
  subtotal(rate: number): number { return this.items.length * rate; }
}
export function checkout(cart: Cart, user: string): string {
  return user + cart.subtotal(2);
}
export function unrelated() { return 1; }
""",
        "src/app.ts": """import { Cart, checkout, MAX_ITEMS, Mode } from './cart';
import * as shop from './cart';

export function run(cart: Cart) {
  const other = new Cart();
  if (MAX_ITEMS > 3) return cart.subtotal(1);
  const m = Mode.Fast;
  return checkout(other, 'x') + shop.unrelated();
}
""",
    },
    {
        "method": (
            "src/cart.ts",
            [("subtotal(rate", "sum(rate"), ("cart.subtotal", "cart.sum")],
            ("src/app.ts", 6),
        ),
        "export": (
            "src/cart.ts",
            [("export function checkout", "function checkout")],
            ("src/app.ts", 1),
        ),
        "const": ("src/cart.ts", [("MAX_ITEMS", "ITEM_LIMIT")], ("src/app.ts", 1)),
        "variant": ("src/cart.ts", [("Fast,", "Quick,")], ("src/app.ts", 7)),
        "ns": ("src/cart.ts", [("function unrelated", "function related")], ("src/app.ts", 8)),
        "arity": (
            "src/cart.ts",
            [("user: string)", "user: string, when: Date)")],
            ("src/app.ts", 8),
        ),
        "marity": (
            "src/cart.ts",
            [
                ("subtotal(rate: number)", "subtotal(rate: number, tax: number)"),
                ("cart.subtotal(2)", "cart.subtotal(2, 1)"),
            ],
            ("src/app.ts", 6),
        ),
    },
)
PROJECTS["js"] = (
    {
        "lib/cart.js": """const LIMIT = 10;
class Cart {
  subtotal(rate) { return 1 * rate; }
}
function checkout(cart, user) {
  return user + cart.subtotal(2);
}
module.exports = { Cart, checkout, LIMIT };
""",
        "lib/esm.mjs": "export function shipping(a, b) { return a + b; }\nexport const RATE = 3;\n",
        "app.js": """const { Cart, checkout, LIMIT } = require('./lib/cart');

function run() {
  const cart = new Cart();
  if (LIMIT > 3) return cart.subtotal(1);
  return checkout(cart, 'x');
}
module.exports = run;
""",
        "app.mjs": "import { shipping, RATE } from './lib/esm.mjs';\nshipping(1, RATE);\n",
    },
    {
        "method": (
            "lib/cart.js",
            [("subtotal(rate", "sum(rate"), ("cart.subtotal", "cart.sum")],
            ("app.js", 5),
        ),
        "export": ("lib/cart.js", [("checkout, LIMIT }", "LIMIT }")], ("app.js", 1)),
        "const": ("lib/cart.js", [("LIMIT", "MOST")], ("app.js", 1)),
        "esm": ("lib/esm.mjs", [("function shipping", "function freight")], ("app.mjs", 1)),
    },
)
PROJECTS["go"] = (
    {
        "go.mod": "module example.com/shop\n",
        "cart/cart.go": """package cart

const MaxItems = 10

type Cart struct {
	items []int
	Owner string
}

func (c *Cart) Subtotal(rate int) int { return len(c.items) * rate }

func Checkout(c *Cart, user string) string { return user }
""",
        "cart/more.go": """package cart

func helper(c *Cart) int {
	if MaxItems > 3 {
		return c.Subtotal(1)
	}
	return len(Checkout(c, "x"))
}
""",
        "main.go": """package main

import "example.com/shop/cart"

func main() {
	c := &cart.Cart{}
	c.Subtotal(1)
	println(cart.MaxItems, cart.Checkout(c, "x"), c.Owner)
}
""",
    },
    {
        "method": ("cart/cart.go", [("Subtotal(rate", "Sum(rate")], ("cart/more.go", 5)),
        "export": ("cart/cart.go", [("func Checkout", "func checkout")], ("cart/more.go", 7)),
        "const": ("cart/cart.go", [("MaxItems", "ItemLimit")], ("cart/more.go", 4)),
        "field": ("cart/cart.go", [("Owner string", "Holder string")], ("main.go", 8)),
        "arity": (
            "cart/cart.go",
            [("user string)", "user string, when int)")],
            ("cart/more.go", 7),
        ),
    },
)
PROJECTS["java"] = (
    {
        "src/main/java/shop/Cart.java": """package shop;

public class Cart {
    public static final int MAX_ITEMS = 10;

    public int subtotal(int rate) { return rate; }

    public static String checkout(Cart cart, String user) { return user; }

    public enum Mode { FAST, SLOW }
}
""",
        "src/main/java/app/App.java": """package app;

import shop.Cart;

class App {
    private final Cart cart = new Cart();

    int run() {
        if (Cart.MAX_ITEMS > 3) return cart.subtotal(1);
        Cart.Mode m = Cart.Mode.FAST;
        return Cart.checkout(cart, "x").length();
    }
}
""",
    },
    {
        "method": (
            "src/main/java/shop/Cart.java",
            [("subtotal(", "sum(")],
            ("src/main/java/app/App.java", 9),
        ),
        "static": (
            "src/main/java/shop/Cart.java",
            [("String checkout(", "String pay(")],
            ("src/main/java/app/App.java", 11),
        ),
        "const": (
            "src/main/java/shop/Cart.java",
            [("MAX_ITEMS", "ITEM_LIMIT")],
            ("src/main/java/app/App.java", 9),
        ),
        "variant": (
            "src/main/java/shop/Cart.java",
            [("FAST", "QUICK")],
            ("src/main/java/app/App.java", 10),
        ),
        "class": (
            "src/main/java/shop/Cart.java",
            [("class Cart", "class Basket"), ("(Cart cart", "(Basket cart")],
            ("src/main/java/app/App.java", 3),
        ),
        "arity": (
            "src/main/java/shop/Cart.java",
            [("String user)", "String user, int when)")],
            ("src/main/java/app/App.java", 11),
        ),
    },
)
PROJECTS["rust"] = (
    {
        "src/lib.rs": "mod cart;\nmod app;\n",
        "src/cart.rs": """pub const MAX_ITEMS: usize = 10;

pub enum Mode { Fast, Slow }

pub struct Cart { items: Vec<u32> }

impl Cart {
    pub fn subtotal(&self, rate: usize) -> usize { self.items.len() * rate }
}

pub fn checkout(cart: &Cart, user: &str) -> String { user.to_string() }
""",
        "src/app.rs": """use crate::cart::{checkout, Cart, Mode, MAX_ITEMS};

pub fn run(cart: &Cart) -> usize {
    if MAX_ITEMS > 3 { return cart.subtotal(1); }
    let mode = Mode::Fast;
    checkout(cart, "x").len()
}
""",
    },
    {
        "method": ("src/cart.rs", [("fn subtotal", "fn sum")], ("src/app.rs", 4)),
        "export": ("src/cart.rs", [("fn checkout", "fn pay")], ("src/app.rs", 1)),
        "const": ("src/cart.rs", [("MAX_ITEMS", "ITEM_LIMIT")], ("src/app.rs", 1)),
        "variant": ("src/cart.rs", [("Fast", "Quick")], ("src/app.rs", 5)),
        "arity": ("src/cart.rs", [("user: &str)", "user: &str, when: u64)")], ("src/app.rs", 6)),
    },
)
PROJECTS["c"] = (
    {
        "cart.h": """#ifndef CART_H
#define CART_H
#define CART_MAX_ITEMS 10
enum cart_mode { CART_FAST, CART_SLOW };
struct cart { int items; int owner; };
int cart_subtotal(struct cart *c, int rate);
#endif
""",
        "cart.c": """#include "cart.h"

int cart_subtotal(struct cart *c, int rate)
{
    return c->items * rate;
}
""",
        "main.c": """#include "cart.h"

int main(void)
{
    struct cart c = {0};
    if (CART_MAX_ITEMS > 3)
        return cart_subtotal(&c, 1);
    return CART_FAST + c.owner;
}
""",
    },
    {
        "function": (
            {"cart.h": [("cart_subtotal", "cart_sum")], "cart.c": [("cart_subtotal", "cart_sum")]},
            None,
            ("main.c", 7),
        ),
        "macro": ("cart.h", [("CART_MAX_ITEMS", "CART_LIMIT")], ("main.c", 6)),
        "variant": ("cart.h", [("CART_FAST", "CART_QUICK")], ("main.c", 8)),
        "field": ("cart.h", [("owner", "holder")], ("main.c", 8)),
        "arity": (
            {
                "cart.h": [("int rate", "int rate, int tax")],
                "cart.c": [("int rate", "int rate, int tax")],
            },
            None,
            ("main.c", 7),
        ),
    },
)
PROJECTS["cpp"] = (
    {
        "cart.hpp": """#pragma once
namespace shop {
constexpr int kMaxItems = 10;
enum class Mode { Fast, Slow };
class Cart {
 public:
  int subtotal(int rate) const;
 private:
  int items = 0;
};
int checkout(const Cart &cart, int user);
}
""",
        "cart.cpp": """#include "cart.hpp"
namespace shop {
int Cart::subtotal(int rate) const { return items * rate; }
int checkout(const Cart &cart, int user) { return user; }
}
""",
        "main.cpp": """#include "cart.hpp"
using namespace shop;
int main() {
  Cart cart;
  Mode m = Mode::Fast;
  if (kMaxItems > 3) return cart.subtotal(1);
  return checkout(cart, 2);
}
""",
    },
    {
        "method": (
            {"cart.hpp": [("subtotal", "sum")], "cart.cpp": [("subtotal", "sum")]},
            None,
            ("main.cpp", 6),
        ),
        "function": (
            {"cart.hpp": [("checkout", "pay")], "cart.cpp": [("checkout", "pay")]},
            None,
            ("main.cpp", 7),
        ),
        "const": ("cart.hpp", [("kMaxItems", "kItemLimit")], ("main.cpp", 6)),
        "variant": ("cart.hpp", [("Fast", "Quick")], ("main.cpp", 5)),
        "arity": (
            {
                "cart.hpp": [("int rate", "int rate, int tax")],
                "cart.cpp": [("int rate", "int rate, int tax")],
            },
            None,
            ("main.cpp", 6),
        ),
    },
)
PROJECTS["kotlin"] = (
    {
        "src/main/kotlin/shop/Cart.kt": """package shop

const val MAX_ITEMS = 10

enum class Mode { FAST, SLOW }

class Cart(private val items: Int) {
    fun subtotal(rate: Int): Int = items * rate
}

fun checkout(cart: Cart, user: String): String = user
""",
        "src/main/kotlin/app/App.kt": """package app

import shop.Cart
import shop.MAX_ITEMS
import shop.Mode
import shop.checkout

fun run(cart: Cart): Int {
    if (MAX_ITEMS > 3) return cart.subtotal(1)
    val mode = Mode.FAST
    return checkout(cart, "x").length
}
""",
    },
    {
        "method": (
            "src/main/kotlin/shop/Cart.kt",
            [("fun subtotal", "fun sum")],
            ("src/main/kotlin/app/App.kt", 9),
        ),
        "function": (
            "src/main/kotlin/shop/Cart.kt",
            [("fun checkout", "fun pay")],
            ("src/main/kotlin/app/App.kt", 6),
        ),
        "const": (
            "src/main/kotlin/shop/Cart.kt",
            [("MAX_ITEMS", "ITEM_LIMIT")],
            ("src/main/kotlin/app/App.kt", 4),
        ),
        "variant": (
            "src/main/kotlin/shop/Cart.kt",
            [("FAST", "QUICK")],
            ("src/main/kotlin/app/App.kt", 10),
        ),
        "arity": (
            "src/main/kotlin/shop/Cart.kt",
            [("user: String)", "user: String, time: Int)")],
            ("src/main/kotlin/app/App.kt", 11),
        ),
    },
)
PROJECTS["csharp"] = (
    {
        "Shop/Cart.cs": """namespace Shop
{
    public enum Mode { Fast, Slow }
    public class Cart
    {
        public const int MaxItems = 10;
        public int Subtotal(int rate) { return rate; }
        public static string Checkout(Cart cart, string user) { return user; }
    }
}
""",
        "App/App.cs": """using Shop;
namespace App
{
    class Program
    {
        int Run(Cart cart)
        {
            if (Cart.MaxItems > 3) return cart.Subtotal(1);
            var mode = Mode.Fast;
            return Cart.Checkout(cart, "x").Length;
        }
    }
}
""",
    },
    {
        "method": ("Shop/Cart.cs", [("int Subtotal", "int Sum")], ("App/App.cs", 8)),
        "static": ("Shop/Cart.cs", [("string Checkout", "string Pay")], ("App/App.cs", 10)),
        "const": ("Shop/Cart.cs", [("MaxItems", "ItemLimit")], ("App/App.cs", 8)),
        "variant": ("Shop/Cart.cs", [("Fast", "Quick")], ("App/App.cs", 9)),
        "class": (
            "Shop/Cart.cs",
            [("class Cart", "class Basket"), ("(Cart cart", "(Basket cart")],
            ("App/App.cs", 6),
        ),
        "arity": ("Shop/Cart.cs", [("string user)", "string user, int when)")], ("App/App.cs", 10)),
    },
)
PROJECTS["php"] = (
    {
        "src/Cart.php": """<?php
namespace Shop;

class Cart
{
    const MAX_ITEMS = 10;

    public function subtotal(int $rate): int { return $rate; }

    public static function checkout(Cart $cart, string $user): string { return $user; }
}
""",
        "src/Mode.php": "<?php\nnamespace Shop;\n\nenum Mode { case Fast; case Slow; }\n",
        "src/App.php": """<?php
namespace App;

use Shop\\Cart;
use Shop\\Mode;

class App
{
    public function run(Cart $cart): int
    {
        if (Cart::MAX_ITEMS > 3) { return $cart->subtotal(1); }
        $mode = Mode::Fast;
        return strlen(Cart::checkout($cart, 'x'));
    }
}
""",
    },
    {
        "method": ("src/Cart.php", [("function subtotal", "function sum")], ("src/App.php", 11)),
        "static": ("src/Cart.php", [("function checkout", "function pay")], ("src/App.php", 13)),
        "const": ("src/Cart.php", [("MAX_ITEMS", "ITEM_LIMIT")], ("src/App.php", 11)),
        "variant": ("src/Mode.php", [("Fast", "Quick")], ("src/App.php", 12)),
        "class": (
            "src/Cart.php",
            [("class Cart", "class Basket"), ("(Cart $cart", "(Basket $cart")],
            ("src/App.php", 4),
        ),
        "arity": (
            "src/Cart.php",
            [("string $user)", "string $user, int $when)")],
            ("src/App.php", 13),
        ),
    },
)
PROJECTS["ruby"] = (
    {
        "lib/cart.rb": """class Cart
  MAX_ITEMS = 10

  def subtotal(rate)
    rate
  end

  def self.checkout(cart, user)
    user
  end
end
""",
        "lib/app.rb": """require_relative 'cart'

class App
  def run
    cart = Cart.new
    return cart.subtotal(1) if Cart::MAX_ITEMS > 3

    Cart.checkout(cart, 'x')
  end
end
""",
    },
    {
        "method": ("lib/cart.rb", [("def subtotal", "def sum_up")], ("lib/app.rb", 6)),
        "static": ("lib/cart.rb", [("def self.checkout", "def self.pay")], ("lib/app.rb", 8)),
        "const": ("lib/cart.rb", [("MAX_ITEMS", "ITEM_LIMIT")], ("lib/app.rb", 6)),
        "class": ("lib/cart.rb", [("class Cart", "class Basket")], ("lib/app.rb", 5)),
        "arity": (
            "lib/cart.rb",
            [("checkout(cart, user)", "checkout(cart, user, time)")],
            ("lib/app.rb", 8),
        ),
    },
)
PROJECTS["swift"] = (
    {
        "Sources/Shop/Cart.swift": """public let maxItemCount = 10

public enum Mode { case fast, slow }

public class Cart {
    var items = 0
    public func subtotal(rate: Int) -> Int { return items * rate }
}

public func checkout(cart: Cart, user: String) -> String { return user }
""",
        "Sources/App/App.swift": """import Shop

func run(cart: Cart) -> Int {
    if maxItemCount > 3 { return cart.subtotal(rate: 1) }
    let mode = Mode.fast
    return checkout(cart: cart, user: "x").count
}
""",
    },
    {
        "method": (
            "Sources/Shop/Cart.swift",
            [("func subtotal", "func sum")],
            ("Sources/App/App.swift", 4),
        ),
        "function": (
            "Sources/Shop/Cart.swift",
            [("func checkout", "func pay")],
            ("Sources/App/App.swift", 6),
        ),
        "variant": (
            "Sources/Shop/Cart.swift",
            [("fast, slow", "quick, slow")],
            ("Sources/App/App.swift", 5),
        ),
        "class": (
            "Sources/Shop/Cart.swift",
            [("class Cart", "class Basket"), ("cart: Cart", "cart: Basket")],
            ("Sources/App/App.swift", 3),
        ),
        "arity": (
            "Sources/Shop/Cart.swift",
            [("user: String)", "user: String, time: Int)")],
            ("Sources/App/App.swift", 6),
        ),
    },
)


def broken(language, kind):
    """(files before, files after, (path, line) of the use that breaks)."""
    files, kinds = PROJECTS[language]
    where, edits, use = kinds[kind]
    head = dict(files)
    for path, replaced in where.items() if isinstance(where, dict) else [(where, edits)]:
        for old, new in replaced:
            assert old in head[path], f"{old} is not in {path}"
            head[path] = head[path].replace(old, new)
    return files, head, use
