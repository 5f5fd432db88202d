from __future__ import annotations

import pytest

from reviewer.languages import by_name

CASES = {
    "typescript": (
        """\
class A {
  p: Pool;
  q = new Pool();
  constructor(private r: Pool, s?: x.Pool) {
    this.t = new Pool<T>(1);
    const u: Pool | null = await mk();
    const v = await x.mk(), w: Pool[] = [];
    let k = a?.make();
  }
}
interface I { v: Promise<Pool>; n: number }
function g(a: Pool, ...b: Pool[]) {}
""",
        {
            "A:p": "Pool",
            "A:q": "Pool",
            "A:r": "Pool",
            "A.constructor:s": "x.Pool",
            "A:t": "Pool",
            "A.constructor:u": "Pool",
            "A.constructor:v": "x.mk()",
            "A.constructor:k": "a.make()",
            "I:v": "Pool",
            "g:a": "Pool",
        },
    ),
    "go": (
        """\
package x

type S struct {
	p *Pool
	q, r pkg.Pool
	m map[string]Pool
}

func (s *S) f(a *Pool, b []Pool) {
	c := NewPool()
	d, err := pkg.New()
	var e *Pool
	g := &pool{}
	var h = pkg.Pool{}
	i := s.make()
}
""",
        {
            "S:p": "Pool",
            "S:q": "pkg.Pool",
            "S:r": "pkg.Pool",
            "S.f:s": "S",
            "S.f:a": "Pool",
            "S.f:c": "NewPool()",
            "S.f:d": "pkg.New()",
            "S.f:e": "Pool",
            "S.f:g": "pool",
            "S.f:h": "pkg.Pool",
            "S.f:i": "s.make()",
        },
    ),
    "java": (
        """\
class A {
  private final Pool<T> p;
  int n = 1;
  void f(Pool a, String... b) {
    var c = new Pool();
    Pool d = make(), e = null;
    for (Pool g : ds) {}
    Pool[] h;
    try (Pool i = open()) {}
  }
}
""",
        {
            "A:p": "Pool",
            "A.f:a": "Pool",
            "A.f:c": "Pool",
            "A.f:d": "Pool",
            "A.f:e": "Pool",
            "A.f:g": "Pool",
            "A.f:i": "Pool",
        },
    ),
    "rust": (
        """\
struct S {
    p: Arc<Pool>,
}
fn f<'a>(a: &'a mut Pool, b: x::Pool, c: &[Pool]) {
    let d: Pool = mk();
    let e = Pool::new(3)?;
    let mut g = Pool { n: 1 };
    let h = &i;
    let j = Self::make();
}
""",
        {
            "S:p": "Pool",
            "f:a": "Pool",
            "f:b": "x.Pool",
            "f:d": "Pool",
            "f:e": "Pool",
            "f:g": "Pool",
            "f:j": "Self.make()",
        },
    ),
    "kotlin": (
        """\
class A(val p: Pool) {
  val q: Pool? = null
  val r = Pool(3)
  fun f(a: Pool) {
    val b = make()
  }
}
""",
        {"A:p": "Pool", "A:q": "Pool", "A:r": "Pool()", "A.f:a": "Pool", "A.f:b": "make()"},
    ),
    "csharp": (
        """\
class A {
  private Pool p;
  Pool Q { get; set; }
  void F(Pool a) {
    var b = new Pool();
    Pool? c = Make();
  }
}
""",
        {"A:p": "Pool", "A:Q": "Pool", "A.F:a": "Pool", "A.F:b": "Pool", "A.F:c": "Pool"},
    ),
    "cpp": (
        """\
struct A {
  Pool* p;
  std::unique_ptr<Pool> q;
};
void f(const Pool& a, Pool *b) {
  Pool c, *d = get();
  auto e = new Pool();
  ns::Pool g(3);
  auto h = make();
  int i = 1;
}
""",
        {
            "A:p": "Pool",
            "A:q": "Pool",
            "f:a": "Pool",
            "f:b": "Pool",
            "f:c": "Pool",
            "f:d": "Pool",
            "f:e": "Pool",
            "f:g": "ns.Pool",
            "f:h": "make()",
        },
    ),
    "c": (
        "struct a {\n  struct pool *p;\n  int n;\n};\nstatic int f(struct pool *a, pool_t b) {\n"
        "  struct pool c;\n  return 0;\n}\n",
        {"a:p": "pool", "f:a": "pool", "f:b": "pool_t", "f:c": "pool"},
    ),
    "php": (
        """\
<?php
class A {
  private ?Pool $p;
  function __construct(private Pool $q) {
  }
  function f(Pool $a) {
    $b = new Pool();
    $this->r = new Pool();
    $c = $this->mk();
  }
}
""",
        {
            "A:p": "Pool",
            "A:q": "Pool",
            "A.f:$a": "Pool",
            "A.f:$b": "Pool",
            "A:r": "Pool",
            "A.f:$c": "$this.mk()",
        },
    ),
    "swift": (
        """\
class A {
  let p: Pool
  var q = Pool(3)
  func f(a: Pool, _ b: Pool?) {
    let c = make()
  }
}
""",
        {"A:p": "Pool", "A:q": "Pool()", "A.f:a": "Pool", "A.f:b": "Pool", "A.f:c": "make()"},
    ),
    "ruby": (
        "class A\n  def f\n    @p = Pool.new(1)\n    b = Pool.new\n    c = make(1)\n  end\nend\n",
        {"A:p": "Pool", "A.f:b": "Pool", "A.f:c": "make()"},
    ),
    "scala": (
        "class A(p: Pool) {\n  val q: Pool = x\n  def f(a: Pool) = {\n    val b = new Pool()\n"
        "  }\n}\n",
        {"A:p": "Pool", "A:q": "Pool", "A.f:a": "Pool", "A.f:b": "Pool"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_types_that_declarations_say(name):
    source, expected = CASES[name]
    language = by_name(name)
    assert language is not None
    assert language.outline is not None
    assert language.outline(source.encode(), language).types == expected
