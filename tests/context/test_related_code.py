"""What is shown beside definitions and callers, in several languages."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context import gather, units
from reviewer.types import Context


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def context(base: dict[str, str], path: str, old: str, new: str, budget: int = 6000) -> Context:
    assert base[path].count(old) == 1
    before = {name: text.encode() for name, text in base.items()}
    made = change_of(before, {**before, path: base[path].replace(old, new).encode()})
    (unit,) = [
        unit for file in made.files for unit in units.split(file, budget=6000, tokens=tokens)
    ]
    return gather(unit, made, evidence=[], budget=budget, tokens=tokens)


def whys(found: Context) -> list[tuple[str, str]]:
    return [(piece.path, piece.why) for piece in found.pieces]


GAP = "\n" * 60
INNER = "".join(f"        x{at} = {at}\n" for at in range(12))
FILLER = "".join(f"    x{at} = {at}\n" for at in range(12))


def test_functions_that_share_a_field():
    base = {
        "a.py": "class A:\n    def read(self):\n        return self.size\n\n"
        "    def write(self):\n        self.size = 1\n" + GAP + "    def change(self):\n" + INNER
        + "        return self.size + 1\n"
    }  # fmt: skip
    read = context(base, "a.py", "return self.size + 1", "return self.size + 2")
    assert ("a.py", "A.write(), which writes size") in whys(read)
    assert ("a.py", "A.read(), which uses size") not in whys(read)
    written = context(base, "a.py", "return self.size + 1", "self.size = 3")
    assert ("a.py", "A.read(), which uses size") in whys(written)


def test_fields_are_shared_in_every_language():
    base = {
        "a.go": "package a\n\nfunc (w *W) Start() {\n\tw.size = 0\n}\n"
        + GAP
        + "func (w *W) Done() bool {\n\treturn w.size > 0\n}\n"
    }
    found = context(base, "a.go", "w.size > 0", "w.size >= 0")
    assert ("a.go", "W.Start(), which writes size") in whys(found)


def test_the_base_class_reads_a_flag_and_calls_a_hook():
    base = {
        "base.py": "class Base:\n    strict = True\n\n    def run(self):\n"
        "        if self.strict:\n            self.hook()\n\n    def hook(self):\n        pass\n",
        "sub.py": "from base import Base\n\n\nclass Sub(Base):\n    strict = True\n\n"
        "    def hook(self):\n        return 1\n",
    }
    flag = context(base, "sub.py", "strict = True", "strict = False")
    assert ("base.py", "Base.run(), which uses strict of the base class") in whys(flag)
    hook = context(base, "sub.py", "return 1", "return 2")
    assert ("base.py", "Base.run(), which uses hook of the base class") in whys(hook)


def test_related_methods_without_a_resolver():
    base = {
        "a.ts": "abstract class Base {\n  run() {\n    return this.name()\n  }\n"
        "  abstract name(): string\n}\n" + GAP
        + "class One extends Base {\n  name() {\n    return 'one'\n  }\n}\n" + GAP
        + "class Two extends Base {\n  name() {\n    return 'two'\n  }\n}\n" + GAP
        + "class Other {\n  name() {\n    return 'other'\n  }\n}\n",
    }  # fmt: skip
    found = whys(context(base, "a.ts", "return 'one'", "return ''"))
    assert ("a.ts", "Base.name(), which One.name() overrides") in found
    assert ("a.ts", "Base.run(), which uses name of the base class") in found
    assert ("a.ts", "sibling of One.name() in Two") in found
    assert not [why for _, why in found if "Other" in why]
    below = whys(context(base, "a.ts", "abstract name(): string", "abstract name(): number"))
    assert ("a.ts", "override of Base.name() in One") in below


def test_readers_and_writers_of_a_literal_key():
    base = {
        "a.py": "def write(row):\n    row['user-name'] = 1\n",
        "b.py": "def read(row):\n    # 'user-name'\n    return row.get('user-name')\n",
        "c.py": "def other(row):\n    return row['username']\n",
    }
    found = context(base, "a.py", "row['user-name'] = 1", "row['user-name'] = 2")
    assert [piece for piece in whys(found) if piece[0] != "a.py"] == [
        ("b.py", "also says 'user-name'")
    ]


def test_other_uses_of_a_constant_that_is_swapped():
    base = {
        "a.c": "int f(void) {\n  return op(LOAD_IT);\n}\n",
        "b.c": "int g(int x) {\n  switch (x) {\n  case LOAD_IT: return 1;\n"
        "  case KEEP_IT: return 2;\n  }\n  return 0;\n}\n",
    }
    found = context(base, "a.c", "LOAD_IT", "KEEP_IT")
    assert ("b.c", "also names KEEP_IT") in whys(found)


def test_the_contract_in_a_header():
    base = {
        "a.h": "/** Opens it.\n * @return 0 on success */\nint open_it(int a);\nint other();\n",
        "a.c": "int open_it(int a) {\n  return a;\n}\n",
    }
    found = context(base, "a.c", "return a;", "return -a;")
    assert ("a.h", "declaration of open_it(), with its contract") in whys(found)
    assert "@return 0 on success" in found.pieces[0].text


def test_constants_regular_expressions_and_types_by_name():
    base = {
        "rules.ts": "export const other = {\n  blank: /^ *$/,\n  long: /x/,\n};\n"
        "export type Size = { width: number };\nexport enum Kind { A = 1, B = 2 }\n",
        "a.ts": "import { other, type Size, Kind } from './rules.ts';\n"
        "export function f(s: Size) {\n  return true;\n}\n",
    }
    found = context(base, "a.ts", "return true;", "return other.blank.test(s.width) && Kind.A;")
    shown = "\n".join(piece.text for piece in found.pieces).split("\n")
    assert "  blank: /^ *$/," in shown
    assert "export type Size = { width: number };" in shown
    assert "export enum Kind { A = 1, B = 2 }" in shown
    assert [piece.why for piece in found.pieces if piece.text == "  blank: /^ *$/,"] == [
        "definition of other.blank, used here"
    ]


def test_a_regular_expression_of_python_by_name():
    base = {
        "a.py": "import re\n\nPATTERN = re.compile('^a$')\n" + GAP + "def f(x):\n    return x\n"
    }
    found = context(base, "a.py", "return x", "return PATTERN.match(x)")
    assert ("a.py", "definition of PATTERN, used here") in whys(found)


def test_the_getter_behind_a_member():
    base = {
        "a.js": "class A {\n  get ready() {\n    return this.state === 1\n  }\n"
        + GAP
        + "  f() {\n    return 1\n  }\n}\n"
    }
    found = context(base, "a.js", "return 1\n", "return this.ready\n")
    assert ("a.js", "definition of A.ready(), used here") in whys(found)


def test_what_the_removed_lines_called():
    base = {
        "a.go": "package a\n\nfunc f(v string) bool {\n\treturn isGzip(v)\n}\n",
        "b.go": 'package a\n\nfunc isGzip(v string) bool {\n\treturn v == "gzip"\n}\n',
    }
    found = context(base, "a.go", "isGzip(v)", 'v == ""')
    assert ("b.go", "definition of isGzip(), called on removed lines") in whys(found)


@pytest.mark.fault(
    "scale", "a call of a library function that has a namesake here", "the namesake is not shown"
)
@pytest.mark.parametrize(
    ("path", "call", "namesake"),
    [
        ("a.c", "free(p);", ("b.c", "void free(void *p) {\n}\n")),
        ("a.js", "xs.some(f);", ("b.js", "class T {\n  some() {\n    return 1\n  }\n}\n")),
        ("a.rs", "Instant::now();", ("b.rs", "impl Clock {\n  fn now() {}\n}\n")),
        ("a.go", "time.Now()", ("b/b.go", "package b\n\nfunc Now() {\n}\n")),
        ("a.java", "String.valueOf(1);", ("b/B.java", "class B {\n  void valueOf(int a) {}\n}\n")),
    ],
)  # fmt: skip
def test_names_of_the_library_are_not_looked_up(path: str, call: str, namesake: tuple[str, str]):
    base = {path: "int x;\n", namesake[0]: namesake[1]}
    assert context(base, path, "int x;", call).pieces == ()


def test_the_function_and_the_comment_behind_it():
    base = {
        "a.py": "def f(x):\n    # first\n"
        + FILLER
        + "    return x\n\n\n# about g\ndef g():\n    pass\n"
    }
    found = context(
        base, "a.py", "    return x\n\n\n# about g", "    return x + 1\n\n\n# about g()"
    )
    assert next(why for _, why in whys(found)) == "enclosing function f()"


def test_imports_are_those_of_the_names_in_use():
    names = "".join(f"import module_{at}\n" for at in range(30))
    base = {"a.py": f"{names}import os\n{GAP}def f(x):\n    return x\n"}
    found = context(base, "a.py", "return x", "return os.fspath(x)")
    assert [piece.text for piece in found.pieces if piece.why.startswith("imports")] == [
        "import os"
    ]


def test_short_bodies_are_shown_at_once():
    base = {
        "a.py": "from b import f0, f1, f2, f3, f4, f5\n\n\ndef g(x):\n    return x\n",
        "b.py": "\n\n".join(f"def f{at}(x):\n    y = x + {at}\n    return y\n" for at in range(6)),
    }  # fmt: skip
    calls = " + ".join(f"f{at}(x)" for at in range(6))
    found = context(base, "a.py", "return x", f"return {calls}", 600)
    bodies = [piece for piece in found.pieces if piece.path == "b.py"]
    assert len(bodies) == 6
    assert all("return y" in piece.text for piece in bodies)


def test_units_of_a_file_begin_with_the_same_pieces():
    body = "".join(f"    def m{at}(self):\n{INNER}        return os.sep\n\n" for at in range(3))
    source = f"import os\nimport sys\n{GAP}class A:\n    limit = 1\n\n{GAP}{body}"
    head = source.replace("        return os.sep\n", "        return os.sep + '/'\n")
    made = change_of({"a.py": source.encode()}, {"a.py": head.encode()})
    (file,) = made.files
    parts = units.split(file, budget=120, tokens=tokens)
    assert len(parts) == 3
    found = [gather(unit, made, evidence=[], budget=2000, tokens=tokens) for unit in parts]
    assert [[piece.text for piece in one.pieces[:2]] for one in found] == [
        ["import os", "class A:\n    limit = 1"]
    ] * 3


def test_a_go_package_that_is_called_otherwise_than_its_folder():
    base = {
        "go.mod": "module example.com/x/cobra\n",
        "command.go": 'package cobra\n\nfunc Name() string {\n\treturn ""\n}\n',
        "doc/md.go": 'package doc\n\nimport "example.com/x/cobra"\n\nfunc Go() string {\n'
        "\treturn cobra.Name()\n}\n",
    }
    found = context(base, "doc/md.go", "cobra.Name()", "cobra.Name() + 1")
    assert ("command.go", "definition of Name(), called here") in whys(found)


def test_bases_that_only_a_library_has_make_no_siblings():
    base = {
        "a.rs": "impl Debug for A {\n    fn fmt(&self) -> u8 {\n        1\n    }\n}\n" + GAP
        + "impl Debug for B {\n    fn fmt(&self) -> u8 {\n        2\n    }\n}\n",
    }  # fmt: skip
    assert whys(context(base, "a.rs", "        1\n", "        3\n")) == []
    own = {"a.rs": "trait Debug {\n    fn fmt(&self) -> u8;\n}\n" + GAP + base["a.rs"]}
    found = whys(context(own, "a.rs", "        1\n", "        3\n"))
    assert ("a.rs", "sibling of A.fmt() in B") in found
    assert ("a.rs", "Debug.fmt(), which A.fmt() overrides") in found


def test_type_parameters_are_no_bases():
    base = {
        "A.cs": "class A<TResult> {\n  int Size() {\n    return 1;\n  }\n}\n" + GAP
        + "class B<TResult> {\n  int Size() {\n    return 2;\n  }\n}\n",
    }  # fmt: skip
    assert whys(context(base, "A.cs", "return 1", "return 3")) == []


def test_a_constructor_has_no_siblings():
    base = {
        "a.swift": "protocol P { }\n" + GAP
        + "class A: P {\n  init() {\n    go(1)\n  }\n}\n" + GAP
        + "class B: P {\n  init() {\n    go(2)\n  }\n}\n",
    }  # fmt: skip
    assert whys(context(base, "a.swift", "go(1)", "go(3)")) == []
