"""Cases out of a real repository, by real runs of its tests: which mutants are killed is known
beforehand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.mutating import COMMAND, FIRST, SECOND, TAX, TAX_TESTS, TESTS, shop
from support.repo import Repo

from reviewer.errors import UsageError
from reviewer.lab.evals import folders
from reviewer.lab.evals.cases import Case, Defect, Tree
from reviewer.lab.evals.cases import Tests as CaseTests
from reviewer.lab.evals.confirm import confirmed
from reviewer.lab.evals.load import load
from reviewer.lab.evals.materialize import materialize
from reviewer.lab.evals.mutate import TRIES, MutationRun, OperatorCounts, Options, mutate

CODE = {"README.md": "# Shop\n", "shop/__init__.py": "", "shop/price.py": SECOND}
HIDDEN = {"tests/__init__.py": "", "tests/test_price.py": TESTS}
NO_CODE = "no code (python, javascript, typescript, go) other than tests"
WORDS = ("{python}", "-S", "-m", "unittest", "-q")


def run(repo: Repo, **options: object) -> tuple[MutationRun, list[str]]:
    made, said = MutationRun(), []
    mutate(repo.path, Options(**{"command": COMMAND, **options}), made, said.append)  # type: ignore[arg-type]
    return made, said


def rows(made: MutationRun) -> dict[str, OperatorCounts]:
    return {name: row for name, row in made.rows.items() if row.made}


def confirmations(cases: list[Case], out: Path) -> dict[str, bool | None]:
    """Written, read again and made a repository: whether base passes and head fails."""
    folders.write(cases, out)
    found = {}
    for each in load(out):
        materialize(each, out.parent / "made" / each.case.id)
        found[each.case.id] = confirmed(each.case, out.parent / "made" / each.case.id)
    return found


def test_a_change_whose_tests_pass_on_both_sides(tmp_path: Path) -> None:
    repo, (_, second, *_) = shop(tmp_path)
    made, said = run(repo, paths=("shop/price.py",), clean=1)
    wrong = SECOND.replace("result += item", "result -= item")
    turned = SECOND.replace("if result > 100", "if not result > 100")
    first = Case(
        id=f"shop-{second[:10]}-shop-price-4-arithmetic",
        kind="defect",
        language="python",
        title="arithmetic: `result += item` became `result -= item`",
        source=Tree(base={**CODE, "shop/price.py": FIRST}, head={**CODE, "shop/price.py": wrong}),
        defects=(
            Defect(
                file="shop/price.py",
                start_line=4,
                end_line=4,
                category="functional_correctness",
                description="arithmetic: `result += item` became `result -= item`",
            ),
        ),
        tests=CaseTests(command=WORDS, files=HIDDEN, timeout=60.0),
        tags=("mutant", "arithmetic", "in-change"),
        provenance=f"shop {second}, mutated",
    )
    negated, clean = made.cases[1:]
    assert made.cases[0] == first
    assert negated.source == Tree(base=first.source.base, head={**CODE, "shop/price.py": turned})  # type: ignore[union-attr]
    assert (negated.id, negated.defects[0].start_line) == (
        f"shop-{second[:10]}-shop-price-5-negated-condition",
        5,
    )
    assert clean == Case(
        id=f"shop-{second[:10]}-clean",
        kind="clean",
        language="python",
        title="Count up",
        source=Tree(base={**CODE, "shop/price.py": FIRST}, head=CODE),
        tests=first.tests,
        tags=("change",),
        provenance=f"shop {second}",
    )
    # `>=` means the same here, and one line gets one defect.
    assert rows(made) == {
        "boundary": OperatorCounts(made=1, survived=1),
        "arithmetic": OperatorCounts(made=1, killed=1, kept=1),
        "negated-condition": OperatorCounts(made=1, killed=1, kept=1),
        "off-by-one": OperatorCounts(made=1),
    }
    assert said == [
        "the test command, without a mutant",
        "0/20 shop/price.py:5 boundary: survived",
        "1/20 shop/price.py:4 arithmetic: killed",
        "2/20 shop/price.py:5 negated-condition: killed",
    ]
    assert confirmations(made.cases, tmp_path / "cases.jsonl") == {
        first.id: True,
        negated.id: True,
        clean.id: None,
    }
    assert repo.git("status", "--porcelain") == ""


def test_tests_that_the_change_brings_are_not_those_of_its_base(tmp_path: Path) -> None:
    """The mutant is killed by them; but they cannot tell the base from the head, so they are not in
    the case."""
    repo, (_, _, third, _) = shop(tmp_path)
    made, _ = run(repo, paths=("shop/tax.py",))
    (case,) = made.cases
    assert case.id == f"shop-{third[:10]}-shop-tax-2-arithmetic"
    assert case.source == Tree(base=CODE, head={**CODE, "shop/tax.py": TAX.replace("*", "/")})
    assert case.tests is None
    assert case.tags == ("mutant", "arithmetic", "in-change")


def test_the_tests_of_the_base_serve_where_those_of_the_head_do_not(tmp_path: Path) -> None:
    repo, _ = shop(tmp_path)
    both = SECOND.replace("100", "200") + "\n\ndef most():\n    return 200\n"
    tests = TESTS.replace("class", "from shop.price import most\n\nassert most() == 200\n\n\nclass")
    repo.commit(
        {
            "shop/price.py": SECOND.replace("result += item", "result = item + result"),
            "tests/test_price.py": TESTS.replace("total([101])", "100"),
        }
    )
    repo.commit(
        {"shop/price.py": both, "tests/test_price.py": tests.replace("total([101])", "100")}, "Most"
    )
    made, _ = run(repo, paths=("shop/price.py",), commits=1)
    kept = {case.id.partition("-shop-price-")[2]: case.tests for case in made.cases}
    old = {
        **HIDDEN,
        "tests/test_price.py": TESTS.replace("total([101])", "100"),
        "tests/test_tax.py": TAX_TESTS + "\n",
    }
    assert kept == {
        "4-arithmetic": CaseTests(command=WORDS, files=old, timeout=60.0),
        "5-negated-condition": CaseTests(command=WORDS, files=old, timeout=60.0),
    }
    assert set(confirmations(made.cases, tmp_path / "cases").values()) == {True}


def test_what_was_not_changed_lately_gets_bare_mutants(tmp_path: Path) -> None:
    repo, (*_, last) = shop(tmp_path)
    made, said = run(repo, paths=("shop",), commits=1, limit=3)
    head = {**CODE, "shop/tax.py": TAX}
    assert [case.id for case in made.cases] == [
        f"shop-{last[:10]}-shop-price-4-arithmetic",
        f"shop-{last[:10]}-shop-price-5-negated-condition",
        f"shop-{last[:10]}-shop-tax-2-arithmetic",
    ]
    assert [case.source.base for case in made.cases] == [head] * 3  # type: ignore[union-attr]
    assert [case.tags[-1] for case in made.cases] == ["bare"] * 3
    assert "0/3 shop/price.py:5 boundary: survived" in said
    assert confirmations(made.cases, tmp_path / "cases") == {case.id: True for case in made.cases}


def test_a_mutant_whose_tests_do_not_end_is_left_out(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "loop", tmp_path / "home")
    code = "def down(n):\n    while n:\n        n -= 1\n    return n\n"
    repo.commit(
        {"down.py": code, "check_test.py": "from down import down\n\nassert down(2) == 0\n"}
    )
    made, _ = run(repo, paths=(".",), command="{python} check_test.py", timeout=3)
    assert (made.cases, made.rows["arithmetic"]) == ([], OperatorCounts(made=1, timeout=1))


def test_a_mutant_that_takes_the_change_back_is_no_defect_of_it(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", tmp_path / "home")
    code = "def old(age):\n    return age > 17\n"
    repo.commit({"age.py": code.replace(">", ">=")})
    repo.commit(
        {"age.py": code, "check_test.py": "from age import old\n\nassert not old(17) and old(19)\n"}
    )
    made, _ = run(repo, command="{python} check_test.py")
    assert [(case.tags[1:], case.title) for case in made.cases] == [
        (("boundary", "bare"), "boundary: `age > 17` became `age >= 17`")
    ]
    assert run(repo, command="{python} check_test.py")[0] == made  # the same seed, the same cases
    assert rows(made) == {
        "boundary": OperatorCounts(made=1, killed=1, kept=1),
        "off-by-one": OperatorCounts(made=1, survived=1),
    }


def test_a_commit_on_which_the_tests_fail_is_left_out(tmp_path: Path) -> None:
    repo, (_, second, *_) = shop(tmp_path)
    broken = repo.commit({"shop/price.py": SECOND.replace("+=", "-=")}, "Broken")
    repo.commit({"shop/price.py": SECOND}, "Repaired")
    made, said = run(repo, paths=("shop/price.py",))
    assert (
        f"{broken[:10]} left out: the command fails on it (exit code 1, FAILED"
        " (failures=1))" in said
    )
    assert [case.provenance for case in made.cases] == [f"shop {second}, mutated"] * 2


def test_words_of_the_command(tmp_path: Path) -> None:
    repo, _ = shop(tmp_path)
    shell = 'cd . && X="a b" {python} -S -m unittest -q'
    made, _ = run(repo, paths=("shop/tax.py",), commits=1, command=shell)
    assert made.cases[0].tests == CaseTests(
        command=("sh", "-c", 'cd . && X="a b" "$0" -S -m unittest -q', "{python}"),
        files={**HIDDEN, "tests/test_tax.py": TAX_TESTS + "\n"},
        timeout=60.0,
    )
    assert confirmations(made.cases, tmp_path / "cases") == {made.cases[0].id: True}


def test_it_does_not_try_for_ever(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", tmp_path / "home")
    repo.commit(
        {
            "a.py": "".join(
                f"def f{n}(a, b):\n    return a < b and not a + b\n\n\n" for n in range(9)
            )
        }
    )
    made, _ = run(repo, command="true", paths=("a.py",), limit=2)
    assert (made.cases, made.tried) == ([], 2 * TRIES)
    assert {name: row.survived for name, row in rows(made).items()} == {
        "boundary": 3,
        "arithmetic": 3,
        "and-or": 2,
        "dropped-not": 2,
        "wrong-variable": 2,
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"command": "exit 3"},
            (
                "--test-command does not pass without a mutant (exit code 3): it runs at the top of"
                " a copy of the committed text files and must end with 0 there"
            ),
        ),
        ({"command": " "}, "--test-command is empty: give the command that runs your tests"),
        ({"command": "'"}, "--test-command cannot be read: no closing quotation"),
        ({"since": "gone"}, "--since: no commit gone in shop"),
        (
            {"since": "HEAD"},
            (
                f"{NO_CODE} in the changes since HEAD; give --paths, an"
                " earlier --since or a higher --commits"
            ),
        ),
        (
            {"paths": ("tests",)},
            (f"{NO_CODE} in tests; give --paths, an earlier --since or a higher --commits"),
        ),
    ],
)
def test_errors(tmp_path: Path, options: dict[str, object], said: str) -> None:
    repo, _ = shop(tmp_path)
    with pytest.raises(UsageError) as raised:
        run(repo, **options)
    assert raised.value.message == said


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no git repository at .*: name one"):
        mutate(tmp_path, Options(COMMAND), MutationRun(), print)
    repo = Repo(tmp_path / "new", tmp_path / "home")
    with pytest.raises(UsageError, match="has no commits yet"):
        run(repo)


SUM = "export function total(items) {\n  let sum = 0;\n%s  return sum;\n}\n"
SUM_TESTS = """import assert from "node:assert/strict";
import test from "node:test";
import { total } from "./total.mjs";

test("total", () => assert.equal(total([1, 2]), 3));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_javascript_with_its_own_test_command(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "sums", tmp_path / "home")
    repo.commit(
        {
            "total.mjs": SUM % "  for (const item of items) sum += item;\n",
            "total.test.mjs": SUM_TESTS,
        }
    )
    loop = "  for (let at = 0; at < items.length; at++) sum += items[at];\n"
    repo.commit({"total.mjs": SUM % loop})
    made, _ = run(repo, command="node --test")
    assert [(case.language, case.title) for case in made.cases] == [
        ("javascript", "boundary: `at < items.length` became `at <= items.length`"),
    ]
    assert confirmations(made.cases, tmp_path / "cases.jsonl") == {
        case.id: True for case in made.cases
    }


def test_what_the_build_command_refuses_is_no_case(tmp_path: Path) -> None:
    repo, _ = shop(tmp_path)
    made, said = run(repo, build_command="! grep -q -e -= shop/price.py", paths=("shop/price.py",))
    assert rows(made)["arithmetic"] == OperatorCounts(made=1, refused=1)
    assert [case.tags[1] for case in made.cases] == ["negated-condition"]
    assert said[-1] == "1/20 shop/price.py:5 negated-condition: killed"


def test_a_build_command_that_fails_without_a_mutant(tmp_path: Path) -> None:
    repo, _ = shop(tmp_path)
    with pytest.raises(
        UsageError, match=r"^--build-command does not pass without a mutant \(exit code 1\)$"
    ):
        run(repo, build_command="false")
