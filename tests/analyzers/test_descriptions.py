import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reviewer.analyzers import descriptions
from reviewer.analyzers.descriptions import Description, description
from reviewer.analyzers.severity import ratings

TABLE = Path(descriptions.__file__).with_name("descriptions.toml")


@pytest.mark.parametrize("source", sorted({source for source, _ in ratings()}))
def test_every_rule_has_a_description_of_its_own(source: str) -> None:
    rules = [rule for of, rule in ratings() if of == source]
    found = {rule: description(source, rule) for rule in rules}
    assert not [rule for rule, each in found.items() if each is None]
    texts = {rule: each.text for rule, each in found.items() if each}
    assert all(20 < len(text) <= 400 and text.endswith(".") for text in texts.values())
    same = {rule for rule, text in texts.items() if list(texts.values()).count(text) > 1}
    assert not same or source == "astgrep"  # languages share rules


def test_nothing_is_described_that_is_no_rule() -> None:
    with TABLE.open("rb") as file:
        listed = tomllib.load(file)
    described = {(source, rule) for source, rules in listed.items() for rule in rules}
    assert described - ratings().keys() <= {("astgrep", "parse-error")}
    assert description("ruff", "X999") is None


def test_a_description() -> None:
    assert description("ruff", "F821") == Description(
        "A name is used that is defined nowhere, so the line raises NameError when it runs.",
        "Define or import the name before it is used, or correct its spelling.",
        "undefined-name",
        "https://docs.astral.sh/ruff/rules/undefined-name/",
    )
    assert description("shellcheck", "SC2115") == Description(
        "If the variable is empty, the command deletes from the root of the file system.",
        'Write "${var:?}": an empty variable deletes from the root.',
        page="https://www.shellcheck.net/wiki/SC2115",
    )
    assert (description("secrets", "npm-token") or Description("")).text.startswith(
        "A credential of the kind “npm token” is in the change."
    )


def test_the_names_of_ruff_are_its_own() -> None:
    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff), "rule", "--all", "--output-format", "json"]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    names = {rule["code"]: rule["name"] for rule in said}
    ours = {rule: description("ruff", rule) for source, rule in ratings() if source == "ruff"}
    given = {rule: each.name for rule, each in ours.items() if each and each.name}
    assert given == {rule: names[rule] for rule in given}
    assert set(ours) - set(given) == {"invalid-syntax"}
