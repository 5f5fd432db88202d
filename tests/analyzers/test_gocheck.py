from functools import cache

import pytest
from support.analyzed import analyzed
from support.toolchains import needs

from reviewer.analyzers import registry
from reviewer.types import Evidence, Place

pytestmark = [needs(registry.GO_TOOL), pytest.mark.usefixtures("go_checker")]
MOD = {"go.mod": "module example.com/shop\n\ngo 1.21\n"}
CORE = """package core

import "errors"

const Limit = 3

type Mode int

const (
	Fast Mode = iota
	Slow
)

type Store interface {
	Get(key string) (string, error)
}

type Shop struct {
	Name string
	size int
}

func New(name string) *Shop { return &Shop{Name: name} }

func (s *Shop) Open(key string) error {
	if key == "" {
		return errors.New("empty")
	}
	s.size++
	return nil
}

func (s *Shop) Size() int { return s.size }

func (s *Shop) Get(key string) (string, error) { return key, nil }

func (s *Shop) Reset() { s.size = 0 }

func Total(items []int) int {
	sum := 0
	for _, item := range items {
		sum += item
	}
	return sum
}
"""
USE = """package use

import (
	"fmt"

	"example.com/shop/core"
	"github.com/else/where"
)

var _ core.Store = (*core.Shop)(nil)

func Run() error {
	shop := core.New("a")
	shop.Reset()
	if shop.Size() > core.Limit || core.Fast == core.Slow {
		fmt.Println(where.Is(core.Total([]int{1})))
	}
	return shop.Open("x")
}
"""
TEST = """package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTotal(t *testing.T) {
	assert.Equal(t, 3, Total([]int{1, 2}))
}
"""
BESIDE = """package core_test

import (
	"testing"

	"example.com/shop/core"
	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	require.NoError(t, core.New("a").Open("x"))
}
"""
BASE = {
    **MOD,
    "core/core.go": CORE,
    "core/core_test.go": TEST,
    "core/beside_test.go": BESIDE,
    "use/use.go": USE,
}


def replaced(*pairs: str) -> dict[str, str]:
    """The change of core.go that replaces the first of each pair by the second."""
    text = CORE
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return {"core/core.go": text}


# (what the change does to BASE, what it breaks)
BROKEN = [
    (
        replaced("Total(items []int)", "Total(items []int, rate int)"),
        [
            ("wrong-argument-count", "core/core_test.go", 10),
            ("wrong-argument-count", "use/use.go", 16),
        ],
    ),
    (
        replaced("Total(items []int)", "Sum(items []int)"),
        [("undefined-name", "core/core_test.go", 10), ("undefined-name", "use/use.go", 16)],
    ),
    (replaced("Size() int", "Length() int"), [("missing-member", "use/use.go", 15)]),
    (replaced("Limit = 3", "Most = 3"), [("undefined-name", "use/use.go", 15)]),
    (replaced("Slow\n", "Late\n"), [("undefined-name", "use/use.go", 15)]),
    (
        replaced("(string, error)\n}", "(string, error)\n\tPut(key string) error\n}"),
        [("missing-method", "use/use.go", 10)],
    ),
    (
        replaced("(s *Shop) Open(key string)", "(s *Shop) Open(key string, force bool)"),
        [
            ("wrong-argument-count", "core/beside_test.go", 11),
            ("wrong-argument-count", "use/use.go", 18),
        ],
    ),
    (
        replaced("Total(items []int) int", "Total(items []string) int", "sum += item", ""),
        [
            ("type-mismatch", "core/core_test.go", 10),
            ("unused-name", "core/core.go", 41),
            ("type-mismatch", "use/use.go", 16),
        ],
    ),
    (
        replaced("Size() int { return s.size }", "Size() (int, error) { return s.size, nil }"),
        [("wrong-result-count", "use/use.go", 15)],
    ),
    (
        replaced("Reset() { s.size = 0 }", "Reset() error { s.size = 0; return nil }"),
        [("ignored-error", "use/use.go", 14)],
    ),
    (replaced("\treturn sum\n", ""), [("missing-return", "core/core.go", 44)]),
    (
        replaced("func New(name string) *Shop {", "func New(name string) Shop {"),
        [("type-mismatch", "core/core.go", 23)],
    ),
    (replaced("size++", "size += item(1)"), [("undefined-name", "core/core.go", 29)]),
]
ADDED = "package use\n\nimport (\n\t%s\n)\n\nfunc Added() {\n\t%s\n}\n"


def added(imports: str, *lines: str) -> dict[str, str]:
    """The change that adds a file of one function, whose body begins in line 8."""
    return {"use/added.go": ADDED % (imports, "\n\t".join(lines))}


FINE = [
    replaced("sum := 0", "sum := len(items) * 0"),
    added('"github.com/gofrs/uuid/v5"', "uuid.New().Any(1, 2).Thing = 3"),
    added('"gopkg.in/yaml.v3"', "var x yaml.Node = 3; _ = x"),
    added('"github.com/a/go-lib"', "lib.Run()"),
    added('"github.com/a/b-client"', "odd.Run()"),
    added('. "github.com/a/b"', "Anything(1)"),
    added('"github.com/a/b"', "type T struct{ b.Base }", "T{}.Any(1)"),
    added('"github.com/a/b"', "type T struct{ *b.Base }", "var x interface{ A() } = T{}; x.A()"),
    added('"github.com/a/b"', "var f func(int, int)", "f(b.Two())"),
    added('"github.com/a/b"', "x, y := b.Two(); _, _ = x, y"),
    added('"github.com/a/b"', "type T b.X", "var i int = T{}.Y", "_ = i"),
    added('"github.com/a/b"', "for i, x := range b.All() { _, _ = i, x }"),
    added('"github.com/a/b"', "n := 1; b.Do(func() { n++ })"),
    added('"C"', "C.puts(C.CString(nil))"),
    added('"example.com/shop/generated"', "generated.Run()"),
    added('"fmt"', 'fmt.Println("a")'),
    added('"strings"', "var b strings.Builder", 'b.WriteString("a")'),
    added('"os"', 'os.Remove("a")'),
    {"use/added_windows.go": "package use\n\nfunc f() { g() }\n"},
    {"use/added.go": "//go:build integration\n\npackage use\n\nfunc f() { g() }\n"},
    {"use/added.go": "package use\n\n//go:generate stringer\n\nfunc f() { made() }\n"},
    {
        "made/made.go": "package made\n\n//go:generate stringer\n\nfunc Known() {}\n",
        **added('. "example.com/shop/made"', "Known()", "Made()"),
    },
    {"use/added.go": "package use\n\nfunc f() { g( }\n"},
    {"vendor/a/a.go": "package a\n\nfunc f() { g() }\n"},
    {"core/testdata/a.go": "package a\n\nfunc f() { g() }\n"},
]
SMALL = [
    (added('"os"', 'os.Rename("a", "b")'), [("ignored-error", "use/added.go", 8)]),
    (added('"os"', 'os.Rename("a", "b") //nolint:errcheck'), []),
    (added('"os"', "os.Nothing()"), [("undefined-name", "use/added.go", 8)]),
    (added('"os"', "x := 1"), [("unused-name", "use/added.go", n) for n in (4, 8)]),
    (added('"os"', "os.Getpid"), [("unused-value", "use/added.go", 8)]),
    (added('"os"', "var s string = os.Getpid()", "_ = s"), [("type-mismatch", "use/added.go", 8)]),
]


@cache
def found() -> dict[int, list[tuple[str, str, int | None]]]:
    """What is found in all changes, each in a module of its own: by number of the change."""
    base: dict[str, str] = {}
    head: dict[str, str] = {}
    for number, change in enumerate([*(each for each, _ in BROKEN + SMALL), *FINE]):
        for side, files in ((base, BASE), (head, {**BASE, **change})):
            for path, text in files.items():
                own = text.replace("example.com/shop", f"example.com/shop{number}")
                side[f"m{number}/{path}"] = own
    hits: dict[int, list[tuple[str, str, int | None]]] = {}
    for hit in analyzed("gocheck", base, head).evidence:
        number, path = hit.path[1:].split("/", 1)
        hits.setdefault(int(number), []).append((hit.rule, path, hit.start))
    return hits


@pytest.mark.parametrize("number", range(len(BROKEN + SMALL)))
def test_what_the_change_breaks_is_found_where_it_breaks(number: int) -> None:
    assert sorted(found().get(number, [])) == sorted((BROKEN + SMALL)[number][1])


@pytest.mark.fault(
    "syntax",
    "Go that uses modules, generated code and other platforms that are not in sight",
    "they are unknown to the checker and never a finding",
)
@pytest.mark.parametrize("number", range(len(FINE)))
def test_what_is_not_known_is_no_reason_to_complain(number: int) -> None:
    assert found().get(len(BROKEN + SMALL) + number, []) == []


def test_a_hit_names_the_definition_that_it_is_about() -> None:
    change = replaced("(s *Shop) Open(key string)", "(s *Shop) Open(key string, force bool)")
    small = {path: text for path, text in BASE.items() if not path.endswith("_test.go")}
    assert analyzed("gocheck", small, {**small, **change}).evidence == (
        Evidence(
            source="gocheck",
            rule="wrong-argument-count",
            path="use/use.go",
            start=18,
            end=18,
            message=(
                "not enough arguments in call to shop.Open; have (string); want (string, bool)."
            ),
            related=(Place("core/core.go", 25, 25, "`Shop.Open` was altered here"),),
        ),
    )


def test_of_many_hits_with_one_cause_the_first_are_told() -> None:
    base = {**MOD, "a.go": "package a\n\nfunc f() {}\n", "b.go": "package a\n\nfunc g() {\n"}
    base["b.go"] += "\tf()\n" * 25 + "}\n"
    found = analyzed("gocheck", base, {**base, "a.go": "package a\n\nfunc f(int) {}\n"}).evidence
    assert len(found) == 20
    assert found[-1].message.endswith("So it is in 5 more places.")


def test_an_error_that_is_ignored_is_told_by_the_name_of_the_function() -> None:
    change = replaced("Reset() { s.size = 0 }", "Reset() error { s.size = 0; return nil }")
    small = {path: text for path, text in BASE.items() if not path.endswith("_test.go")}
    assert [hit.message for hit in analyzed("gocheck", small, {**small, **change}).evidence] == [
        "`(*core.Shop).Reset` returns an error since this change, which is ignored here."
    ]


def test_a_function_whose_error_is_ignored_need_not_be_altered() -> None:
    body = "package core\n\nfunc Save() error { return nil }\n"
    looks = "".join(f"func L{n}() error {{ return Save() }}\n" for n in range(4))
    base = {"go.mod": "module a.b/c\n", "core/core.go": f"{body}\n{looks}"}
    head = {**base, "core/core.go": f"{body}\nfunc Done() {{ Save() }}\n\n{looks}"}
    (hit,) = analyzed("gocheck", base, head).evidence
    assert (hit.rule, hit.start) == ("ignored-error", 5)
    assert hit.related == (Place("core/core.go", 3, 3, "`Save` is defined here"),)
