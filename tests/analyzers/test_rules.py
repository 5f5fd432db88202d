"""Every rule that is listed exists, and every pattern rule finds its bad example and leaves its
good one alone."""

import json
import subprocess
import time

import pytest
from support.analyzed import hits

from reviewer import analyzers
from reviewer.analyzers import astgrep, astgrep_child, external, ruff, ty_report, ty_run
from reviewer.analyzers.severity import Rating, rating, ratings
from reviewer.secrets import KINDS
from reviewer.types import CATEGORIES, SEVERITIES

RULES = [(rule, language) for rule in astgrep.load_rules() for language in rule["languages"]]
SUFFIX = {
    "javascript": "js",
    "typescript": "ts",
    "tsx": "tsx",
    "go": "go",
    "java": "java",
    "c": "c",
    "cpp": "cpp",
    "rust": "rs",
    "python": "py",
}
OWN = {  # the rules that are made in this project
    "conflict": {"conflict-marker"},
    "unicode": {"bidirectional", "invisible", "confusable"},
    "dataformats": {"broken-json", "broken-toml", "duplicate-key"},
    "weakened_tests": {
        *("test-deleted", "test-emptied", "test-skipped", "test-focused"),
        *("assertion-removed", "assertion-loosened"),
    },
    "secrets": set(KINDS),
    "history": set(KINDS),
}


def examples(rule, name):
    """The sources that show the rule: one, or a list."""
    return [rule[name]] if isinstance(rule[name], str) else rule[name]


@pytest.mark.parametrize(
    ("rule", "language"), RULES, ids=lambda value: value if isinstance(value, str) else value["id"]
)
def test_a_pattern_rule_tells_its_examples_apart(rule, language):
    """As rules match, and as the whole analyzer sees a file that gets the bad example."""
    facts = [
        (is_bad, astgrep_child.examine(source, language, [rule]))
        for is_bad, name in ((True, "bad"), (False, "good"))
        for source in examples(rule, name)
    ]
    assert [(fact["errors"], {hit[0] for hit in fact["hits"]}) for _, fact in facts] == [
        ([], {rule["id"]} if is_bad else set()) for is_bad, _ in facts
    ]
    path = f"a.{SUFFIX[language]}"
    if language == rule["languages"][0]:
        bad = examples(rule, "bad")[0]
        assert rule["id"] in [
            found for found, _, _ in hits("astgrep", {path: "\n"}, {path: bad + "\n"})
        ]
        assert hits("astgrep", {path: bad + "\n"}, {path: "\n" + bad + "\n"}) == []


@pytest.mark.parametrize(
    ("rule", "language"),
    [each for each in RULES if "rewrite" in each[0]],
    ids=lambda value: value if isinstance(value, str) else value["id"],
)
def test_a_rewrite_mends_the_bad_example(rule, language):
    source = examples(rule, "bad")[0]
    hits_of = astgrep_child.examine(source, language, [rule])["hits"]
    for *_, (start, end, text) in sorted(hits_of, key=lambda hit: hit[3][0], reverse=True):
        source = f"{source[:start]}{text}{source[end:]}"
    assert source == rule["mended"]
    assert astgrep_child.examine(source, language, [rule]) == {
        "errors": [],
        "impossible": [],
        "open": {},
        "hits": [],
    }


@pytest.mark.parametrize("condition", ["n -= 1", "n &= 3", "n |= 1", "n >>= 1", "n != 1"])
def test_an_assignment_that_depends_on_the_old_value_is_no_mistake(condition):
    source = f"int f(int n) {{ while ({condition}) g(); return n; }}"
    rule = next(each for each in astgrep.load_rules() if each["id"] == "c-assignment-in-condition")
    assert astgrep_child.examine(source, "c", [rule])["hits"] == []


def test_hostile_spaces_cost_no_time():
    """Rewriting takes less than the square of the length for each match; matching alone makes no
    rewrite."""
    spaces = " " * 970
    hostile = {
        "js-assignment-in-condition": ("javascript", f'if ({spaces}a["<"] = 3) x()\n'),
        "js-compare-nan": ("javascript", f"x = a{spaces} + b === NaN\n"),
        "c-assignment-in-condition": ("c", f"int f() {{ if (a{spaces}= 3) g(); return 0; }}\n"),
    }
    for name, (language, source) in hostile.items():
        rule = next(each for each in astgrep.load_rules() if each["id"] == name)
        began = time.process_time()
        assert len(astgrep_child.examine(source, language, [rule])["hits"]) == 1
        assert time.process_time() - began < 0.2, name


def test_what_a_rewrite_makes_is_written_beside_it():
    rules = astgrep.load_rules()
    assert [each["id"] for each in rules if ("rewrite" in each) != ("mended" in each)] == []


def test_pattern_rules_are_complete():
    ids = [rule["id"] for rule in astgrep.load_rules()]
    assert len(ids) == len(set(ids)) >= 40
    for rule in astgrep.load_rules():
        assert set(rule) - {
            "constraints",
            "calls",
            "async",
            "rewrite",
            "mended",
            "words",
            "needs",
        } == {
            "id",
            "languages",
            "severity",
            "category",
            "message",
            "fix",
            "bad",
            "good",
            "rule",
        }
        assert rule["message"].endswith(".")
        assert rule["fix"].endswith(".")


def test_every_rating_is_one_of_the_contract():
    assert {listed.severity for listed in ratings().values()} <= set(SEVERITIES)
    assert {listed.category for listed in ratings().values()} <= set(CATEGORIES)
    assert {source for source, _ in ratings()} == set(analyzers.ANALYZERS)
    assert all(listed.fix == "" or listed.fix.endswith(".") for listed in ratings().values())


def test_only_a_committed_secret_is_critical():
    assert {
        source for (source, _), listed in ratings().items() if listed.severity == "critical"
    } == {"secrets", "history"}


@pytest.mark.parametrize("source", OWN)
def test_own_rules_are_all_rated(source):
    assert {rule for name, rule in ratings() if name == source} == OWN[source]


def test_an_unlisted_rule_has_no_rating():
    assert rating("ruff", "F401") is None
    assert rating("eslint", "no-eval") is None
    assert rating("ruff", "F821") == Rating(
        "major",
        "functional_correctness",
        "Define or import the name before it is used, or correct its spelling.",
    )


def test_listed_rules_of_ruff_exist_and_are_selected():
    """Renames in a new version of ruff show here."""
    program = external.find("ruff", "ruff")
    out = subprocess.run(
        [program, "rule", "--all", "--output-format=json"], capture_output=True, check=True
    ).stdout
    known = {entry["code"] for entry in json.loads(out) if not entry["preview"]}
    listed = {rule for source, rule in ratings() if source == "ruff"} - {"invalid-syntax"}
    assert listed - known == set()
    assert {
        rule for rule in listed if not rule.startswith(ruff._SELECT) or rule in ruff._IGNORE
    } == set()


def test_rules_of_ty_exist():
    program = external.find("ty", "ty")
    out = subprocess.run(
        [program, "explain", "rule"], capture_output=True, check=True, text=True
    ).stdout
    known = {line.removeprefix("# ").strip() for line in out.splitlines() if line.startswith("# ")}
    assert {*ty_report.CALLS, *ty_report.AWAITS, *ty_run._NAMES, *ty_run._HINTS} - known == set()
    made_here = {"removed-name", "removed-attribute", "removed-module"}
    assert {rule for source, rule in ratings() if source == "ty"} == {
        *ty_report.CALLS,
        *ty_report.AWAITS,
        *made_here,
    }


def test_a_rule_is_looked_for_only_where_its_words_are():
    words = {rule["id"]: rule["words"] for rule in astgrep.load_rules()}
    assert words["js-async-for-each"] == [["forEach"]]
    assert words["js-empty-catch"] == [[]]
    assert words["c-format-from-variable"] == [[], ["fprintf"], ["syslog"]]
    assert words["go-defer-before-error-check"] == [["defer", "Body", "Close"]]
    assert words["js-compare-nan"] == [["NaN"]] * 4
