"""What others have labelled becomes valid cases: small files of our own in each format, and real
git."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.eval_cases import ran, results
from support.repo import Repo
from support.scripted import Scripted

from reviewer.errors import UsageError
from reviewer.lab.evals.cases import Case, Clone, Defect, Tree
from reviewer.lab.evals.imports import convert, write
from reviewer.lab.evals.imports.base import Places, defects, slug
from reviewer.lab.evals.load import load

SCHEMA = Path(__file__).parents[3] / "schemas/case.schema.json"
RIGHT = "def area(a, b):\n    if a < 0 or b < 0:\n        raise ValueError\n    return a * b\n"


def places(*defects):
    return [(each.start_line, each.end_line, each.deletion) for each in defects]


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def checked(made, tmp_path):
    """The cases as they are read back, each valid by the published schema."""
    out = tmp_path / "cases.jsonl"
    write(made.cases, out)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for line in out.read_text().splitlines():
        validator.validate(json.loads(line))
    cases = [loaded.case for loaded in load(out)]
    assert cases == made.cases
    return cases


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (RIGHT.replace("a * b", "a + b"), [(4, 4, False)]),
        (RIGHT.replace("<", "<="), [(2, 2, False)]),
        (RIGHT.replace("    if a < 0 or b < 0:\n        raise ValueError\n", ""), [(1, 2, True)]),
        (
            RIGHT.replace("    return a * b\n", ""),
            [(3, 3, True)],
        ),  # removed at the end: only the line before is left
        (RIGHT.partition("\n")[2], [(1, 1, True)]),
        (
            RIGHT.replace("b):", "b, c):").replace(
                "    return", "    a = b\n    b = a\n    return"
            ),
            [(1, 1, False), (4, 5, False)],
        ),
        (
            RIGHT.replace("def", "x = 1\ndef").replace("        raise ValueError\n", ""),
            [(1, 1, False), (3, 4, True)],
        ),
        ("", [(1, 1, True)]),
        (
            RIGHT.replace("    if", "    x = 1\n    if").replace("        raise ValueError\n", ""),
            [(2, 2, False)],
        ),
        (
            RIGHT.replace("def", "x = 1\ndef")
            .replace("b < 0", "b <= 0")
            .replace("    raise ", "    raise x + "),
            [(1, 4, False)],
        ),
        (
            RIGHT.replace("    if a < 0 or b < 0:\n", "    if b < 0:\n").replace(
                "        raise ValueError\n", ""
            ),
            [(2, 2, False)],
        ),
    ],
)
def test_the_lines_of_a_defect_are_those_of_the_faulty_side(wrong, where):
    assert places(*defects("a.py", RIGHT, wrong)) == where


def test_slugs_are_plain():
    assert slug("Two Sum: é\u202e (II)") == "two-sum-ii"


# --- HumanEvalPack

PACK = {
    "task_id": "Python/7",
    "prompt": 'def double(n):\n    """Twice n."""\n',
    "canonical_solution": "    return n * 2\n",
    "buggy_solution": "    return n ** 2\n",
    "bug_type": "operator misuse",
    "failure_symptoms": "incorrect output",
    "entry_point": "double",
    "test": "def check(f):\n    assert f(3) == 6\n\ncheck(double)\n",
}


def test_a_row_of_the_pack_is_a_case_with_its_docstring_and_tests(tmp_path):
    (case,) = checked(
        convert("humanevalpack", lines(tmp_path / "p.jsonl", PACK), Places()), tmp_path
    )
    assert (case.id, case.language, case.licence) == ("humanevalpack-python-7", "python", "MIT")
    assert case.provenance == "HumanEvalPack Python/7 (bigcode-project/octopack)"
    assert case.source == Tree(
        base={"solution.py": 'def double(n):\n    """Twice n."""\n    return n * 2\n'},
        head={"solution.py": 'def double(n):\n    """Twice n."""\n    return n ** 2\n'},
    )
    assert case.defects == (
        Defect(
            file="solution.py",
            start_line=3,
            end_line=3,
            category="functional_correctness",
            description="operator misuse: incorrect output",
        ),
    )
    ran(load(tmp_path / "cases.jsonl"), tmp_path / "r.jsonl", Scripted(), run_tests=True)
    assert results(tmp_path / "r.jsonl")[0].tests_confirmed is True


def test_tests_come_along_where_the_language_alone_runs_them(tmp_path):
    rows = [
        {**PACK, "task_id": f"{name}/0"}
        for name in ("Python", "JavaScript", "Java", "CPP", "Go", "Rust")
    ]
    cases = checked(
        convert("humanevalpack", lines(tmp_path / "p.jsonl", *rows), Places()), tmp_path
    )
    assert {case.language: case.tests is not None for case in cases} == {
        "python": True,
        "javascript": True,
        "java": True,
        "cpp": True,
        "go": False,
        "rust": False,
    }
    assert cases[4].source.head["solution.go"].startswith("package main\n\n")


def test_rows_that_make_no_case_are_named_with_the_reason(tmp_path):
    rows = [
        {**PACK, "task_id": "COBOL/1"},
        {**PACK, "task_id": "Python/2", "buggy_solution": PACK["canonical_solution"]},
        {key: value for key, value in PACK.items() if key != "test"},
        {**PACK, "task_id": "Python/é"},
        {**PACK, "prompt": 3, "task_id": "Python/4"},
        PACK,
        {**PACK, "bug_type": "again"},
    ]
    made = convert("humanevalpack", lines(tmp_path / "p.jsonl", *rows), Places())
    assert [case.id for case in made.cases] == ["humanevalpack-python-7"]
    assert made.reasons() == {
        "unsupported language": ["COBOL/1"],
        "the faulty text equals the correct one": ["Python/2"],
        "the row has no test": ["Python/7"],
        "id: String should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'": ["Python/é"],
        "prompt is not text": ["Python/4"],
        "duplicate id": ["humanevalpack-python-7"],
    }


def test_the_same_input_gives_the_same_bytes(tmp_path):
    source = lines(tmp_path / "p.jsonl", PACK, {**PACK, "task_id": "Go/1"})
    for name in ("one", "two"):
        write(convert("humanevalpack", source, Places()).cases, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "p.jsonl", "two"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}\n{", "p.jsonl:2 is not JSON"),
        ("[1]", "p.jsonl:1 is not a JSON object"),
        ("\xff", "cannot read .*: it is not UTF-8"),
    ],
)
def test_a_file_that_is_none_is_said_with_its_line(tmp_path, text, said):
    (tmp_path / "p.jsonl").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=said):
        convert("humanevalpack", tmp_path / "p.jsonl", Places())


# --- QuixBugs


def quixbugs(root):
    files = {
        "python_programs/half.py": 'def half(n):\n    return n // 3\n\n"""\nHalf of n.\n"""\n',
        "correct_python_programs/half.py": (
            '\ndef half(n):\n    return n // 2   \n\n"""\nn >> 1\n"""\n'
        ),
        "json_testcases/half.json": "[[4], 2]\n[6, 3]\n",
        "python_programs/first.py": "def first(xs):\n    for x in xs[1:]:\n        yield x\n",
        "correct_python_programs/first.py": "def first(xs):\n    for x in xs:\n        yield x\n",
        "json_testcases/first.json": "[[[1, 2]], [1, 2]]\n",
        "python_programs/graph.py": "def graph(node):\n    return node.next\n",
        "correct_python_programs/graph.py": "def graph(node):\n    return node\n",
        "python_programs/graph_test.py": "x = 1\n",
        "python_programs/broken.py": "def broken(:\n",
        "correct_python_programs/broken.py": "def broken():\n    pass\n",
        "java_programs/HALF.java": "package java_programs;\npublic class HALF {\n int n = 3;\n}\n",
        "correct_java_programs/HALF.java": (
            "package right;\n\nimport x;\npublic class HALF {\n int n = 2;\n}\n"
        ),
        "java_programs/LAID.java": "class LAID {\n int a;\n int b;\n int c;\n int n = 3;\n}\n",
        "correct_java_programs/LAID.java": (
            "class LAID {\n int  a;\n int b;\n int c;\n int n = 2;\n}\n"
        ),
        "java_programs/NONE.java": "int a;\n",
        "correct_java_programs/NONE.java": "int b;\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_quixbugs_differ_in_code_only_and_bring_their_test_cases(tmp_path):
    made = convert("quixbugs", quixbugs(tmp_path / "q"), Places())
    cases = {case.id: case for case in checked(made, tmp_path)}
    assert list(cases) == [
        "quixbugs-python-first",
        "quixbugs-python-graph",
        "quixbugs-python-half",
        "quixbugs-java-half",
    ]
    half = cases["quixbugs-python-half"]
    assert half.source.head == {
        "half.py": 'def half(n):\n    return n // 3\n\n"""\nHalf of n.\n"""\n'
    }
    assert half.source.base == {
        "half.py": 'def half(n):\n    return n // 2\n\n"""\nHalf of n.\n"""\n'
    }
    assert {name: places(*case.defects) for name, case in cases.items()} == {
        "quixbugs-python-first": [(2, 2, False)],
        "quixbugs-python-graph": [(2, 2, False)],
        "quixbugs-python-half": [(2, 2, False)],
        "quixbugs-java-half": [(3, 3, False)],
    }
    assert [name for name, case in cases.items() if case.tests] == [
        "quixbugs-python-first",
        "quixbugs-python-half",
    ]
    assert made.reasons() == {
        "program does not parse": ["python_programs/broken.py"],
        "program without a class": ["java_programs/NONE.java"],
        "the Java programs differ in layout too, so the lines of the defect are unknown": [
            "java_programs/LAID.java"
        ],
        "no correct counterpart": ["python_programs/graph_test.py"],
    }
    ran(load(tmp_path / "cases.jsonl"), tmp_path / "r.jsonl", Scripted(), run_tests=True)
    assert [each.tests_confirmed for each in results(tmp_path / "r.jsonl")] == [
        None,
        True,
        None,
        True,
    ]


def test_a_folder_that_is_no_checkout_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is not a QuixBugs checkout"):
        convert("quixbugs", tmp_path, Places())


# --- DebugBench

BENCH = {
    "slug": "two-sum",
    "category": "logic error",
    "subtype": "operation error",
    "language": "cpp",
    "level": "easy",
    "question": "Add two\nnumbers.",
    "solution": "\nint add(int a, int b) {\n    return a + b;\n}\n\n",
    "buggy_code": "int add(int a, int b) {\n    return a - b;\n}",
    "bug_explanation": "It subtracts.",
}


def test_debugbench_has_the_problem_in_front_of_the_code(tmp_path):
    rows = [
        BENCH,
        {**BENCH, "language": "python3"},
        {**BENCH, "bug_explanation": "Again."},
        {**BENCH, "language": "ada"},
    ]
    (tmp_path / "b.json").write_text(json.dumps(rows, indent=1))
    made = convert("debugbench", tmp_path / "b.json", Places())
    cases = checked(made, tmp_path)
    assert [case.id for case in cases] == [
        "debugbench-cpp-two-sum-operation-error",
        "debugbench-python-two-sum-operation-error",
        "debugbench-cpp-two-sum-operation-error-2",
    ]
    first = cases[0]
    assert first.source.head == {
        "solution.cpp": "// Add two\n// numbers.\nint add(int a, int b) {\n    return a - b;\n}\n"
    }
    assert (places(*first.defects), first.defects[0].description) == (
        [(4, 4, False)],
        "It subtracts.",
    )
    assert (first.tags, first.licence) == (("function", "logic-error", "easy"), "Apache-2.0")
    assert made.left_out == [("two-sum (4)", "unsupported language")]


# --- real fixes


@pytest.fixture
def history(tmp_path):
    repo = Repo(tmp_path / "clones/acme+shop", tmp_path / "home")
    repo.commit({"shop.py": "RATE = 2\n", "README.md": "Shop\n"}, "begin")
    head = repo.commit({"shop.py": "RATE = 2\n\n\ndef price(n):\n    return n + RATE\n"}, "price")
    test = "from shop import price\n\n\ndef test_price():\n    assert price(3) == 6\n"
    right = "RATE = 2\n\n\ndef price(n):\n    return n * RATE\n"
    fix = repo.commit(
        {"shop.py": right, "tests/test_shop.py": test, "README.md": "Fixed\n"}, "Multiply"
    )
    return repo, head, fix


def row(head, fix, **fields):
    return {
        "id": "acme-1",
        "kind": "reverse_fix",
        "repo": "acme/shop",
        "license": "MIT",
        "lang": "python",
        "security": True,
        "head": head,
        "fix": fix,
        "src": ["shop.py"],
        "oracle": [{"file": "shop.py", "start": 5, "end": 5}],
        "tests": ["tests/test_shop.py"],
        "f2p": ["tests.test_shop::test_price"],
        "what": "Multiply",
        **fields,
    }


def test_a_real_fix_is_turned_round_with_the_tests_that_it_brought(tmp_path, history):
    repo, head, fix = history
    made = convert(
        "fixes", lines(tmp_path / "f.jsonl", row(head, fix)), Places(clones=tmp_path / "clones")
    )
    (case,) = checked(made, tmp_path)
    assert case.source == Clone(path=str(repo.path), base=fix, head=head, paths=("shop.py",))
    assert case.defects == (
        Defect(
            file="shop.py", start_line=5, end_line=5, category="security", description="Multiply"
        ),
    )
    assert (case.tags, case.licence, case.provenance) == (
        ("reverse-fix", "security"),
        "MIT",
        f"acme/shop {fix}",
    )
    assert case.tests.command[-1] == "tests/test_shop.py::test_price"
    ran(load(tmp_path / "cases.jsonl"), tmp_path / "r.jsonl", Scripted(), run_tests=True)
    (result,) = results(tmp_path / "r.jsonl")
    assert (result.tests_confirmed, result.changed_lines) == (True, 2)


def test_other_kinds_are_the_commit_itself(tmp_path, history):
    repo, head, fix = history
    rows = [
        row(head, fix, id="brought", kind="introducing", curated=True, security=False),
        row(fix, fix, id="clean", kind="clean", oracle=[]),
    ]
    made = convert("fixes", lines(tmp_path / "f.jsonl", *rows), Places(clones=tmp_path / "clones"))
    brought, clean = checked(made, tmp_path)
    assert (brought.source.base, brought.source.head) == (repo.head(f"{head}~1"), head)
    assert (brought.tags, brought.defects[0].category, brought.tests) == (
        ("introducing", "curated"),
        None,
        None,
    )
    assert (clean.kind, clean.defects, clean.source.base) == ("clean", (), head)


def test_references_that_lead_nowhere_are_named(tmp_path, history):
    _, head, fix = history
    rows = [
        row(head, fix, id="else", repo="acme/else"),
        row("f" * 40, fix, id="gone"),
        row(head, fix, id="odd", kind="guess"),
        row(head, fix, id="up", repo="../clones"),
        row(head, fix, id="no-src", src=None),
        row(head, fix, id="no-oracle", oracle=[]),
    ]
    made = convert("fixes", lines(tmp_path / "f.jsonl", *rows), Places(clones=tmp_path / "clones"))
    assert made.cases == []
    assert made.left_out == [
        ("else", "no clone of acme/else"),
        ("gone", "commit not in the clone"),
        ("odd", "unknown kind"),
        ("up", "no clone of ../clones"),
        ("no-src", "src is not a list of the right type"),
        ("no-oracle", "Value error, a defect case has defects, a clean case has none"),
    ]


def test_one_fix_of_ones_own_needs_no_file(tmp_path, history):
    repo, head, fix = history
    (case,) = checked(convert("fixes", None, Places(clone=repo.path, fix="HEAD")), tmp_path)
    assert case.source == Clone(path=str(repo.path), base=fix, head=head, paths=("shop.py",))
    assert (case.id, case.language, case.title) == (f"acme-shop-{fix[:10]}", "python", "Multiply")
    assert places(*case.defects) == [(5, 5, False)]
    repo.commit({"README.md": "Only words\n"})
    with pytest.raises(UsageError, match="changes only tests: name another commit"):
        convert("fixes", None, Places(clone=repo.path, fix="HEAD"))
    with pytest.raises(UsageError, match="--fix: no commit nothing in"):
        convert("fixes", None, Places(clone=repo.path, fix="nothing"))
    with pytest.raises(UsageError, match=r"--fix \(its parent\): no commit"):
        convert("fixes", None, Places(clone=repo.path, fix="HEAD~3"))


# --- SARIF


def sarif(path, *found):
    path.write_text(json.dumps({"version": "2.1.0", "runs": [{"results": list(found)}, {}]}))
    return path


def hit(uri, line=5, **fields):
    where = {
        "artifactLocation": {"uri": uri},
        "region": {"startLine": line, **fields.pop("region", {})},
    }
    return {
        "ruleId": "R1",
        "message": {"text": "wrong\nhere"},
        "locations": [{"physicalLocation": where}],
        **fields,
    }


def test_results_are_the_defects_of_the_change(tmp_path, history):
    repo, head, _ = history
    found = [
        hit("shop.py", 4, region={"endLine": 5}),
        hit("file:///home/me/acme/shop.py", 1),
        hit("./shop.py", kind="pass"),
        hit("README.md"),
        hit("shop.py", suppressions=[{"kind": "inSource"}]),
        hit("shop.py", baselineState="absent"),
        {"message": {}},
    ]
    made = convert(
        "sarif",
        sarif(tmp_path / "s.sarif", *found),
        Places(clone=repo.path, base=f"{head}~1", head=head),
    )
    (case,) = checked(made, tmp_path)
    assert case.source == Clone(path=str(repo.path), base=repo.head(f"{head}~1"), head=head)
    assert places(*case.defects) == [(4, 5, False), (1, 1, False)]
    assert case.defects[0].description == "R1 wrong here"
    assert made.left_out == [
        ("R1 (3)", "a result that reports no problem"),
        ("R1 (4)", "a result in an unchanged file"),
        ("R1 (5)", "a suppressed result"),
        ("R1 (6)", "a result that reports no problem"),
        ("result (7)", "a result without a file and line"),
    ]


def test_no_results_are_a_clean_change_but_unusable_ones_are_none(tmp_path, history):
    repo, head, fix = history
    wanted = Places(clone=repo.path, base=head, head=fix)
    (case,) = checked(convert("sarif", sarif(tmp_path / "none.sarif"), wanted), tmp_path)
    assert (case.kind, case.defects) == ("clean", ())
    with pytest.raises(UsageError, match="no result can be used: a result in an unchanged file"):
        convert("sarif", sarif(tmp_path / "odd.sarif", hit("other.py")), wanted)
    (tmp_path / "bad.sarif").write_text("[]")
    with pytest.raises(UsageError, match="is not a SARIF file"):
        convert("sarif", tmp_path / "bad.sarif", wanted)


@pytest.mark.parametrize(
    ("style", "given", "said"),
    [
        ("sarif", {"base": "a"}, "sarif needs --clone and --head"),
        ("fixes", {}, "fixes needs --clones"),
        ("quixbugs", {"fix": "a"}, "--fix does not apply to quixbugs FILE"),
        ("fixes", {"clones": ".", "fix": "a"}, "--fix does not apply to fixes FILE"),
    ],
)
def test_options_belong_to_formats(tmp_path, style, given, said):
    with pytest.raises(UsageError, match=said):
        convert(style, tmp_path, Places(**given))


def test_what_needs_a_file_says_so(tmp_path):
    with pytest.raises(UsageError, match="debugbench needs a FILE to import"):
        convert("debugbench", None, Places())
    with pytest.raises(UsageError, match="fixes needs --clone and --fix"):
        convert("fixes", None, Places())
    with pytest.raises(UsageError, match=r"cannot write .*: No such file or directory"):
        write(
            [Case(id="a", kind="clean", language="text", source=Tree(base={}, head={}))],
            tmp_path / "none/out.jsonl",
        )


@pytest.mark.parametrize("name", ["café au lait", "a" * 200, "---"])
def test_a_clone_of_any_name_makes_a_case(tmp_path, name):
    repo = Repo(tmp_path / name, tmp_path / "home")
    base = repo.commit({"area.py": RIGHT})
    head = repo.commit({"area.py": RIGHT.replace("a * b", "a + b")})
    labels = tmp_path / "labels.sarif"
    labels.write_text('{"version": "2.1.0", "runs": [{"results": []}]}')
    one = convert("fixes", None, Places(clone=repo.path, fix=head)).cases
    other = convert("sarif", labels, Places(clone=repo.path, base=base, head=head)).cases
    assert [each.id for each in one] == [each.id for each in other]
    assert one[0].id.endswith(head[:10])


def test_half_a_character_leaves_the_row_out(tmp_path):
    row = {
        "task_id": "Python/1",
        "prompt": "def f():\n",
        "canonical_solution": "  return 1\n",
        "buggy_solution": "  return '\ud800'\n",
        "test": "f()\n",
    }
    made = convert("humanevalpack", lines(tmp_path / "rows.jsonl", row), Places())
    assert (made.cases, made.left_out) == (
        [],
        [("Python/1", "buggy_solution contains half a surrogate pair")],
    )


def test_no_case_is_said_and_nothing_is_written(tmp_path):
    out = tmp_path / "cases.jsonl"
    out.write_text("before\n")
    with pytest.raises(
        UsageError,
        match=r"no row became a case, so .*cases\.jsonl was not written: see what was left",
    ):
        write([], out)
    assert out.read_text() == "before\n"
