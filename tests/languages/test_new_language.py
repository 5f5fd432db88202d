"""A language is one record: this one is known nowhere else, and every stage knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from benchmarks.context_recall import tokens
from support.analyzed import hits
from support.changes import change_of
from support.repo import Repo

from reviewer.context import gather, units
from reviewer.context.project import facts
from reviewer.context.symbols import outline, symbol_at
from reviewer.fixes.parsing import problems
from reviewer.lab.evals.imports import Places, convert
from reviewer.languages import Language, base, is_test, language, with_languages
from reviewer.languages.grammar import outline as by_grammar
from reviewer.languages.manifests import Facts
from reviewer.languages.outline import Def
from reviewer.types import Change, Piece
from reviewer.verify import syntax


def _pact(facts: Facts, text: str, path: str) -> None:
    for line in text.splitlines():
        facts.depend(*line.split(" "))


PACT = Language(
    name="pact",
    suffixes=(".pact",),
    names=("Pactfile",),
    grammar=base.Grammar(
        "solidity",
        functions=("function_definition", "no_kind_of_this_version"),
        classes=("contract_declaration",),
        values=("state_variable_declaration", "struct_member"),
        imports=("import_directive",),
    ),
    outline=by_grammar,
    syntax=base.Syntax(certain=True, strict=True),
    tests=base.Tests(
        files=re.compile(r"Proof\.pact$"),
        style=base.TestStyle(
            re.compile(r"\s*function (prove\w+)\("),
            re.compile(r"\bholds\("),
            re.compile(r"\s*ignored\("),
        ),
        runners=("pact-prove",),
    ),
    manifests=(base.Manifest("pact.deps", _pact),),
    frameworks={"vault": "Vault"},
)

BANK = b"""\
contract Bank {
  uint constant LIMIT = 10;
  function withdraw(uint amount) public returns (uint) {
    return amount + LIMIT;
  }
}
"""
USER = b"""\
contract Shop {
  function settle(Bank bank) public {
    bank.withdraw(3);
  }
}
"""
PROOF = b"""\
contract BankProof {
  function proveWithdraw() public {
    Bank bank = new Bank();
    holds(bank.withdraw(1) == 11);
    holds(bank.withdraw(0) == 10);
  }
}
"""


@pytest.fixture(autouse=True)
def _pact_is_known() -> Iterator[None]:
    with with_languages((PACT,)):
        yield


def context(change: Change, path: str) -> list[tuple[str, str]]:
    """(path, why) of what travels with the changes of one file."""
    (file,) = (file for file in change.files if file.path == path)
    (unit,) = units.split(file, budget=6000, tokens=tokens)
    pieces: tuple[Piece, ...] = gather(unit, change, evidence=(), budget=6000, tokens=tokens).pieces
    return [(piece.path, piece.why) for piece in pieces]


def test_it_is_known_by_its_files():
    assert [language(path) for path in ("a/b.pact", "a/Pactfile", "pact")] == ["pact", "pact", None]
    assert [is_test(path) for path in ("BankProof.pact", "Bank.pact")] == [True, False]


def test_its_outline_follows_the_tables_of_the_grammar():
    found = outline("bank.pact", BANK + USER)
    assert found is not None
    assert found.language is PACT
    assert found.defs == (
        Def("Bank", "class", 1, 6, 1, 1),
        Def("Bank.LIMIT", "value", 2, 2, 2, 2),
        Def("Bank.withdraw", "function", 3, 5, 3, 3),
        Def("Shop", "class", 7, 11, 7, 7),
        Def("Shop.settle", "function", 8, 10, 8, 8),
    )
    assert symbol_at("bank.pact", BANK, 4) == "Bank.withdraw"


def test_context_has_definitions_and_callers():
    files = {"bank.pact": BANK, "shop.pact": USER, "test/BankProof.pact": PROOF}
    altered = change_of(
        files, {**files, "bank.pact": BANK.replace(b"amount + LIMIT", b"amount - LIMIT")}
    )
    assert context(altered, "bank.pact") == [
        ("shop.pact", "caller of Bank.withdraw()"),
        ("test/BankProof.pact", "test that names Bank.withdraw()"),
    ]
    used = change_of(files, {**files, "shop.pact": USER.replace(b"(3)", b"(4)")})
    assert ("bank.pact", "definition of Bank.withdraw(), called here") in context(used, "shop.pact")


def test_the_project_is_described():
    files = {"pact.deps": b"vault 2.1\npact-prove 1.0\n", "bank.pact": BANK}
    assert facts(change_of(files, {**files, "bank.pact": USER}), "bank.pact") == (
        "framework: Vault; test runner: pact-prove; depends on pact-prove 1.0, vault 2.1"
    )


def test_syntax_errors_are_found_and_what_parses_has_none():
    broken = BANK.replace(b") public", b" public")
    assert hits("astgrep", {"bank.pact": BANK}, {"bank.pact": broken}) == [
        ("syntax-error", "bank.pact", 3)
    ]
    assert [syntax.parses("bank.pact", data) for data in (BANK, broken)] == [True, False]
    assert problems(change_of({"bank.pact": BANK}, {"bank.pact": broken}), 20) == (
        {"bank.pact": "line 3: The file does not parse."},
        {},
    )


def test_a_weakened_test_is_found():
    weaker = PROOF.replace(b"    holds(bank.withdraw(0) == 10);\n", b"")
    skipped = PROOF.replace(b"    Bank bank", b"    ignored();\n    Bank bank")
    for path in ("BankProof.pact", "test/bank.pact"):
        assert hits("weakened_tests", {path: PROOF}, {path: weaker}) == [
            ("assertion-removed", path, 2)
        ]
        assert hits("weakened_tests", {path: PROOF}, {path: skipped}) == [("test-skipped", path, 2)]
    assert hits("weakened_tests", {"bank.pact": PROOF}, {"bank.pact": weaker}) == []


def test_evaluation_cases_are_made_of_it(tmp_path):
    repo = Repo(tmp_path / "bank", tmp_path / "home")
    repo.commit({"bank.pact": BANK.decode(), "BankProof.pact": "contract BankProof {}\n"})
    repo.commit(
        {
            "bank.pact": BANK.decode().replace("amount + LIMIT", "amount - LIMIT"),
            "BankProof.pact": PROOF.decode(),
        }
    )
    (case,) = convert("fixes", None, Places(clone=repo.path, fix="HEAD")).cases
    assert case.language == "pact"
    assert [(each.file, each.start_line) for each in case.defects] == [("bank.pact", 4)]
    assert case.source.paths == ("bank.pact",)


def test_it_is_known_for_as_long_as_the_context_lasts():
    with with_languages((replace(PACT, name="other", suffixes=(".other",)),)):
        assert [language(path) for path in ("a.other", "a.pact")] == ["other", "pact"]
    assert [language(path) for path in ("a.other", "a.pact")] == [None, "pact"]
