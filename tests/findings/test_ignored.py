"""Which findings an `[[ignore]]` table leaves out."""

from __future__ import annotations

import pytest
from support.change import change
from support.event_cases import finding as event

from reviewer.config import RepositorySettings, Settings
from reviewer.findings import Source, grouped
from reviewer.findings.ignored import Ignores, said

MADE = Source(change({"a.py": b"a = 1\n"}, {"a.py": b"a = 2\n"}))


def one(source="analyzer:ruff", rule="F401", path="a.py", number=1):
    return event(
        number, source=source, rule=rule, file_name=path, start_line=1, end_line=1, side="new"
    )


def ignored(table, finding, model=Settings):
    tables = model.model_validate({"ignore": [{"reason": "r", **table}]}).ignore
    return Ignores(tables).split(finding, MADE).left is None


@pytest.mark.parametrize(
    ("table", "matches"),
    [
        ({"rule": "ruff/F401"}, True),
        ({"rule": "ruff"}, True),
        ({"rule": "ruff/*"}, True),
        ({"rule": "F4*"}, True),
        ({"rule": "*"}, True),
        ({"rule": "ty"}, False),
        ({"rule": "F401", "path": "a.py"}, True),
        ({"rule": "F401", "path": "src/"}, False),
        ({"path": "*.py"}, True),
        ({"path": "*.js"}, False),
    ],
)
def test_rule_and_path_are_globs_that_both_have_to_match(table, matches):
    assert ignored(table, one()) == matches
    assert ignored(table, one(), RepositorySettings) == matches


def test_the_model_has_no_rules_but_categories():
    said_so = one("model", None).model_copy(update={"category": "security"})
    for rule in ("model", "model/security", "security"):
        assert ignored({"rule": rule}, said_so)
    assert not ignored({"rule": "model/stability"}, said_so)


@pytest.mark.parametrize(
    "source", ["analyzer:secrets", "analyzer:history", "analyzer:unicode", "reviewer"]
)
def test_what_a_repository_must_not_silence(source):
    for table in ({"rule": "*"}, {"path": "*"}, {"rule": "aws*"}):
        assert not ignored(table, one(source, "aws-key"), RepositorySettings)
        assert ignored(table, one(source, "aws-key"))


def test_every_place_is_decided_alone():
    made = grouped(one(), [one(path="t/b.py", number=2), one(path="t/c.py", number=3)])
    tables = Settings.model_validate({"ignore": [{"path": "t/b.py", "reason": "r"}]}).ignore
    split = Ignores(tables).split(made, MADE)
    assert split.left is not None
    assert ([each.file_name for each in split.left.places], split.why) == (
        ["t/c.py"],
        "by your settings (everything in t/b.py): r",
    )
    assert Ignores(()).split(made, MADE).left is made


def test_tables_in_words():
    tables = Settings.model_validate(
        {"ignore": [{"rule": "a", "reason": "r"}, {"rule": "a", "path": "b", "reason": "r"}]}
    ).ignore
    assert [said(table) for table in tables] == ["a", "a in b"]
