import pytest
from support.analyzed import analyzed, hits
from support.change import change

from reviewer.analyzers import Limits, c_includes, missing
from reviewer.types import Evidence

pytestmark = pytest.mark.skipif("cppcheck" in missing(), reason="needs the extra `analyzers`")
GOOD = "int f(void) {\n    return 0;\n}\n"


def c(body):
    return "#include <stdlib.h>\n#include <stdio.h>\n" + body


def test_what_it_says():
    head = c("int f(void) {\n    int *p = 0;\n    return *p;\n}\n")
    assert analyzed("cppcheck", {"a.c": c(GOOD)}, {"a.c": head}).evidence == (
        Evidence("cppcheck", "nullPointer", "a.c", 5, 5, "Null pointer dereference: p."),
    )


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        ("char *f(void) { char b[3] = {0}; return b; }", ["returnDanglingLifetime"]),
        ("void f(void) { char b[3]; b[3] = 1; }", ["arrayIndexOutOfBounds"]),
        ("int f(void) { int x; return x + 1; }", ["uninitvar"]),
        ("void f(void) { char *p = malloc(2); free(p); free(p); }", ["doubleFree"]),
        ("int f(void) { char *p = malloc(2); free(p); return *p; }", ["deallocret"]),
        ("void f(int x) { char *p = malloc(2); if (x) return; free(p); }", ["memleak"]),
        ('void f(void) { FILE *p = fopen("a", "r"); if (p) fgetc(p); }', ["resourceLeak"]),
        ("int f(int x) { return x / 0; }", ["zerodiv"]),
        ('void f(void) { printf("%d %d", 1); }', ["wrongPrintfScanfArgNum"]),
        ("int f(int *p) { if (!p) return 0; return *p; }", []),
        ("int f(unsigned x) { return x < 0; }", []),  # style
        ("int f( {", []),
        ("#error no\nint f(void) { int *p = 0; return *p; }", []),
    ],
)
def test_what_is_a_fault(body, rules):
    found = analyzed("cppcheck", {"a.c": c("\n")}, {"a.c": c(f"{body}\n")})
    assert ([hit.rule for hit in found.evidence], found.problem) == (rules, None)


def test_only_what_the_change_brings():
    bad = c("int f(void) { int *p = 0; return *p; }\n")
    assert hits("cppcheck", {"a.c": bad}, {"a.c": f"\n{bad}"}) == []
    assert hits("cppcheck", {"a.c": bad}, {"b.c": bad}) == []
    assert hits("cppcheck", {}, {"a.txt": bad}) == []


@pytest.mark.fault(
    "verdict",
    "a file of C that its checker gave up on before the change, and reads now",
    "only what stands on added lines counts",
)
@pytest.mark.parametrize("line", ["MACRO(x) int z OTHER { return 1; }", "#error later", "int a[;"])
def test_what_was_not_read_before_is_not_brought_by_the_change(line):
    bad = c("int f(void) { int *p = 0; return *p; }\n")
    assert hits("cppcheck", {"a.c": f"{bad}{line}\n"}, {"a.c": f"{bad}int z;\n"}) == []


def test_a_comment_of_the_repository_silences_nothing():
    bad = "int f(void) {\n    int *p = 0;\n    return *p; // cppcheck-suppress nullPointer\n}\n"
    assert hits("cppcheck", {}, {"a.c": bad}) == [("nullPointer", "a.c", 3)]


def test_headers_of_the_repository_are_read():
    files = {
        "include/lib/die.h": "#pragma once\n_Noreturn void die(void);\n",
        "src/own.h": "#define WRONG(p) (*(p))\n",
    }
    body = '#include <lib/die.h>\n#include "own.h"\nint f(void) {\n  int *p = 0;\n'
    safe = {"src/a.c": body + "  if (!p) die();\n  return WRONG(p);\n}\n"}
    assert hits("cppcheck", files, files | safe) == []
    wrong = {"src/a.c": body + "  return WRONG(p);\n}\n"}
    assert hits("cppcheck", files, files | wrong) == [("nullPointer", "src/a.c", 5)]
    assert hits("cppcheck", wrong, files | wrong) == []  # only the header is in the change


@pytest.mark.fault(
    "code",
    "an `#include` of a file outside of the repository, however it is written",
    "the line is taken out of what the C checker reads",
)
def test_no_include_leads_outside(tmp_path):
    outside = tmp_path / "outside.h"
    outside.write_text("#define OUTSIDE 0\n")
    ways = [
        f'#include "{outside}"',
        f"#include <{outside}>",
        f'#include/**/"{outside}"',
        f'#/**/include "{outside}"',
        f'#define A "{outside}"\n#include A',
        f'#inc\\\nlude "{outside}"',
        f'%:include "{outside}"',
        f'??=include "{outside}"',
        f'#include_next "{outside}"',
        f'#include "../../../../../../../../../../../..{outside}"',
        f'#if __has_include("{outside}")\n#define OUTSIDE 0\n#endif',
    ]
    for way in ways:
        body = f"{way}\nint f(void) {{ int *p = OUTSIDE; return *p; }}\n"
        assert hits("cppcheck", {}, {"src/a.c": body}) == [], way
    body = '#include "in.h"\nint f(void) { int *p = OUTSIDE; return *p; }\n'
    inside = {"src/a.c": body, "src/in.h": outside.read_text()}
    assert hits("cppcheck", {}, inside) == [("nullPointer", "src/a.c", 2)]


def read(files, path="src/a.c"):
    under_review = change({}, {name: data.encode() for name, data in files.items()})
    sources = {path: files[path].encode()}
    return c_includes.gather(under_review, "new", sources, Limits(20))


def test_which_headers_an_include_means():
    files = {
        "src/a.c": '#include "b.h"\n#include <lib/c.h>\n#include "../d.h"\n#include "e.h"\n'
        '#include "../../f.h"\n#include <stdio.h>\n',
        "src/b.h": '#include "sub/g.h"\n',
        "src/sub/g.h": "",
        "other/sub/g.h": "",
        "x/lib/c.h": "",
        "src/y/lib/c.h": "",
        "d.h": '#include "src/a.c"\n',
        "z/e.h": "",
        "zz/f.h": "",
    }
    found = read(files)
    assert set(found.files) == {
        *("src/a.c", "src/b.h", "src/sub/g.h", "src/y/lib/c.h", "d.h", "z/e.h")
    }
    assert list(found.folders) == ["src/y", "z"]
    assert found.files["src/a.c"] == (
        b'#include "b.h"\n#include <lib/c.h>\n#include "../d.h"\n#include "e.h"\n'
        b'#includ_ "../../f.h"\n#includ_ <stdio.h>\n'
    )


def test_lines_keep_their_numbers():
    body = '#if __has_include(\n"x.h")\n#inc\\\nlude "y.h"\nint include_me;\n'
    assert read({"src/a.c": body}).files["src/a.c"] == (
        b'#if 0\n\n#inc\\\nlud_ "y.h"\nint includ__me;\n'
    )
