"""Bugs in JavaScript and TypeScript, by oxlint, where it is installed (extra `analyzers`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import toolchains
from support.analyzed import analyzed, hits

from reviewer.analyzers import missing, oxlint, oxlint_types
from reviewer.analyzers.base import AnalyzerResult
from reviewer.analyzers.severity import ratings
from reviewer.types import Evidence

pytestmark = pytest.mark.skipif("oxlint" in missing(), reason="needs the extra `analyzers`")
needs_types = toolchains.needs("tsgolint")
WRONG = """\
export const o = { a: 1, a: 2 };
for (let i = 0; i < 3; i--) o.a += i;
class A extends Object { constructor() { this.x = 1; } }
if (typeof o === undefined) new Error("never");
switch (i) { case NaN: break; }
const text = "x".charAt(0) === "xy";
"""


def test_what_is_new_is_said() -> None:
    found = hits("oxlint", {"a.js": "export {};\n"}, {"a.js": WRONG})
    assert [(rule, line) for rule, _, line in found] == [
        ("no-dupe-keys", 1),
        ("for-direction", 2),
        ("constructor-super", 3),
        ("no-this-before-super", 3),
        ("missing-throw", 4),
        ("no-constant-binary-expression", 4),
        ("valid-typeof", 4),
        ("use-isnan", 5),
        ("bad-char-at-comparison", 6),
    ]


def test_what_was_there_is_not() -> None:
    assert hits("oxlint", {"a.ts": WRONG}, {"a.ts": "// new\n" + WRONG}) == []
    assert hits("oxlint", {"a.ts": WRONG}, {"b.ts": WRONG}) == []
    assert hits("oxlint", {}, {"a.vue": WRONG, "a.py": WRONG}) == []


def test_every_rule_is_rated() -> None:
    rules = {rule.rpartition("/")[2] for rule in (*oxlint.RULES, *oxlint_types.RULES)}
    assert rules == {rule for source, rule in ratings() if source == "oxlint"}


@pytest.mark.parametrize(
    "source",
    [
        "if (value === NaN) stop();\n",
        "if (typeof value === 'undefinded') stop();\n",
        "if (items === []) stop();\n",
        "this.name = this.name;\n",
        "if (a > 1) { b(); } else if (a > 1) { c(); }\n",
    ],
)
def test_what_a_pattern_rule_finds_is_one_finding(source: str) -> None:
    assert len(hits("astgrep", {}, {"a.js": source})) == 1
    assert hits("oxlint", {}, {"a.js": source}) == []


def test_tests_may_do_some_things_on_purpose() -> None:
    source = "export const f = (a) => ({ ...a?.b }, (a?.b).c) || [1, , 2];\n"
    found = hits("oxlint", {}, {"a.js": source, "a.test.js": source})
    assert {path for _, path, _ in found} == {"a.js"}


@pytest.mark.fault(
    "code",
    "a configuration of oxlint in the repository, and comments that switch it off for a file",
    "neither is obeyed; comments for one line are",
)
def test_a_file_cannot_opt_out_as_a_whole() -> None:
    config = '{"rules": {"no-dupe-keys": "off"}, "ignorePatterns": ["**"], "jsPlugins": ["./x.js"]}'
    repository = {
        ".oxlintrc.json": config,
        "src/.oxlintrc.json": config,
        ".eslintignore": "**\n",
        ".gitignore": "**\n",
        "src/x.js": "process.exit(1);\n",
    }
    lines = (
        "/* eslint-disable */\n/* oxlint-disable */\nexport const a = { b: 1, b: 2 };\n"
        "// eslint-disable-next-line no-dupe-keys\nexport const c = { b: 1, b: 2 };\n"
        "export const d = { b: 1, b: 2 }; // oxlint-disable-line\n"
    )
    found = hits("oxlint", repository, {**repository, "src/a.js": lines})
    assert found == [("no-dupe-keys", "src/a.js", 3)]


def test_odd_names_and_broken_files_hide_nothing() -> None:
    names = ["a\nb.js", "-rf.js", "(a)/[b].ts", "é\x1b[1m.js", ".hidden/a.mjs"]
    head = dict.fromkeys(names, "export const o = { a: 1, a: 2 };\n")
    found = analyzed("oxlint", {}, {**head, "broken.js": "f(", "big.js": "//" + "x" * (3 << 20)})
    assert sorted(hit.path for hit in found.evidence) == sorted(names)
    assert found.files == ("big.js",)


LOG = "declare function log(a: string): void;\n"
CALLS = {
    "save.ts": "export function save(a: string): void { log(a); }\n" + LOG,
    "run.ts": "import { save } from './save';\nexport function run() {\n  save('a');\n}\n",
}
SAVED = "export async function save(a: string): Promise<void> { log(a); }\n" + LOG
ASYNC = {**CALLS, "save.ts": SAVED}


@needs_types
def test_a_call_that_nothing_waits_for_since_its_function_became_async() -> None:
    (hit,) = analyzed("oxlint", CALLS, ASYNC).evidence
    assert hit == Evidence(
        "oxlint",
        "no-floating-promises",
        "run.ts",
        3,
        3,
        "Nothing waits for the promise of this call, and its failure is lost. Before the change, "
        "the call returned no promise.",
    )


@needs_types
@pytest.mark.parametrize("call", ["void save('a');", "await save('a');"])
def test_a_call_that_is_waited_for(call: str) -> None:
    waiting = {**ASYNC, "run.ts": CALLS["run.ts"].replace("save('a');", call)}
    assert hits("oxlint", {**CALLS, "run.ts": waiting["run.ts"]}, waiting) == []


@needs_types
def test_a_new_call_that_nothing_waits_for_may_be_meant() -> None:
    base = {**ASYNC, "run.ts": "export {};\n"}
    assert hits("oxlint", base, ASYNC) == []


@needs_types
def test_a_call_in_the_file_of_the_function_is_left_to_the_pattern_rule() -> None:
    body = "{0}function save() {{}}\nexport async function run() {{\n  save();\n  return 1;\n}}\n"
    base, head = {"a.ts": body.format("")}, {"a.ts": body.format("async ")}
    assert [rule for rule, *_ in hits("astgrep", base, head)] == ["js-missing-await"]
    assert hits("oxlint", base, head) == []


def test_without_types_all_else_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert analyzed("oxlint", CALLS, ASYNC) == AnalyzerResult("oxlint")
