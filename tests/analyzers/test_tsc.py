"""What a change breaks in TypeScript, by its own compiler."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from support import toolchains
from support.analyzed import analyzed, hits
from support.change import change
from support.npm import installed

from reviewer.analyzers import tsc
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits
from reviewer.types import Evidence, Place

pytestmark = toolchains.needs("tsc")

POOL = """\
export enum State { Idle, Busy }
export interface Job { id: string; retries: number }
export type Handler = (job: Job) => void;
export function split(path: string): string[] {
  return path.split("/");
}
export function find(id: string): Job {
  return { id, retries: 0 };
}
export class Pool {
  state = State.Idle;
  name: string = "";
  insert(job: Job): void {}
}
"""
USES = """\
import { Pool, State, find, split, type Job } from "./pool.js";
import { log } from "somewhere";
const pool = new Pool();
export function run(path: string, job: Job): string {
  const parts = split(path);
  pool.insert(job);
  log(pool.name, parts[0]);
  if (pool.state === State.Busy) log(find(path).id);
  return find(path).id;
}
export const first: Job = { id: "1", retries: 3 };
"""
BASE = {"src/pool.ts": POOL, "src/run.ts": USES}


def changed(old: str, new: str) -> dict[str, str]:
    assert old in POOL
    return {**BASE, "src/pool.ts": POOL.replace(old, new)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("split(path: string)", "split(path: string, by: string)", [("wrong-arguments", 5)]),
        ("insert(", "add(", [("missing-member", 6)]),
        ("export function split", "function split", [("missing-export", 1)]),
        ("function split", "function cut", [("missing-export", 1)]),
        ("function split", "function splits", [("missing-export", 1)]),
        ("Busy", "Working", [("missing-member", 8)]),
        (
            "export function find(id: string): Job",
            "export async function find(id: string): Promise<Job>",
            [("not-awaited", 8)],
        ),
        ("): Job {\n  return", "): Job | null {\n  return", [("unchecked-null", 8)]),
        ('  name: string = "";\n', "", [("missing-member", 7)]),
        ("id: string; retries", "id: number; retries", [("wrong-type", 9)]),
    ],
)
def test_what_a_change_breaks_in_an_unchanged_file_is_found(
    old: str, new: str, expected: list[tuple[str, int]]
) -> None:
    found = hits("tsc", BASE, changed(old, new))
    assert [(rule, line) for rule, path, line in found if path == "src/run.ts"] == expected


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            "function find(id: string): Job",
            "async function find(id: string): Promise<Job>",
            "not-awaited",
        ),
        ("): Job {\n  return", "): Job | undefined {\n  return", "unchecked-null"),
    ],
)
def test_a_variable_stands_for_what_was_called(old: str, new: str, rule: str) -> None:
    uses = {
        "src/use.ts": "import { find } from './pool';\nexport function use(): string {\n"
        "  const job = find('1');\n  return job.id;\n}\n"
    }
    pool = {"src/pool.ts": POOL.replace("{ id, retries: 0 }", "JSON.parse(id)")}
    head = {"src/pool.ts": pool["src/pool.ts"].replace(old, new)}
    (hit,) = analyzed("tsc", {**pool, **uses}, {**head, **uses}).evidence
    assert (hit.rule, hit.path, hit.start) == (rule, "src/use.ts", 4)
    assert hit.related == (Place("src/pool.ts", 7, 7, "the change altered this"),)


@pytest.mark.parametrize(
    ("takes", "gave", "gives", "rule"),
    [
        ("job: Job", "Job", "Promise<Job>", "not-awaited"),  # lacks its properties
        ("job: { id: string }", "Job", "Promise<Job>", "not-awaited"),  # lacks its only one
        ("id: string", "string", "Promise<string>", "not-awaited"),
        ("id: Promise<string>", "Promise<string>", "Promise<number>", "wrong-type"),
    ],
)
def test_a_promise_is_passed_on(takes: str, gave: str, gives: str, rule: str) -> None:
    load = "{}export function load(id: string): {} {{ return JSON.parse(id); }}\n"
    uses = {
        "src/use.ts": "import { load, type Job } from './pool';\n"
        f"declare function take({takes}): void;\ntake(load('1'));\n"
    }
    base = {"src/pool.ts": load.format(POOL, gave), **uses}
    head = {"src/pool.ts": load.format(POOL, gives), **uses}
    assert hits("tsc", base, head) == [(rule, "src/use.ts", 3)]


def test_the_arguments_are_those_of_what_is_called() -> None:
    pool = "export enum Currency { Euro }\nexport function show(of: Currency): void {}\n"
    uses = {"src/use.ts": "import { Currency, show } from './pool';\nshow(Currency.Euro);\n"}
    head = pool.replace("Euro }", "Euro, Yen }").replace(
        "of: Currency)", "of: Currency, by: string)"
    )
    base = {"src/pool.ts": pool, **uses}
    (hit,) = analyzed("tsc", base, {"src/pool.ts": head, **uses}).evidence
    assert (hit.rule, hit.path, hit.start) == ("wrong-arguments", "src/use.ts", 2)
    assert hit.related == (Place("src/pool.ts", 2, 2, "the change altered this"),)


def test_a_finding_says_what_the_change_altered_and_where_else_it_breaks() -> None:
    more = "import { split } from './pool';\nsplit('a');\nsplit('b');\n"
    head = changed("split(path: string)", "split(path: string, by: string)")
    (hit,) = analyzed("tsc", {**BASE, "src/a.ts": more}, {**head, "src/a.ts": more}).evidence
    assert hit == Evidence(
        "tsc",
        "wrong-arguments",
        "src/a.ts",
        2,
        2,
        "Expected 2 arguments, but got 1. (TS2554) This was not an error before the change.",
        related=(
            Place("src/pool.ts", 4, 4, "the change altered this"),
            Place("src/a.ts", 3, 3, "the same here"),
            Place("src/run.ts", 5, 5, "the same here"),
        ),
    )


def test_one_cause_is_one_finding_in_the_code_before_its_tests() -> None:
    head = changed("retries: number }", "retries: number; owner: string }")
    body = "import type { Job } from './pool';\nconst a: Job = { id: '', retries: 1 };\n"
    test = {"src/a.test.ts": body}
    (hit,) = analyzed("tsc", {**BASE, **test}, {**head, **test}).evidence
    assert (hit.rule, hit.path, hit.start) == ("missing-property", "src/pool.ts", 8)
    assert hit.related == (
        Place("src/pool.ts", 2, 2, "the change altered this"),
        Place("src/run.ts", 11, 11, "the same here"),
        Place("src/a.test.ts", 2, 2, "the same here"),
    )


def test_a_removed_module_is_missed_where_it_is_imported() -> None:
    head = {"src/run.ts": USES}
    assert hits("tsc", BASE, head) == [("missing-module", "src/run.ts", 1)]
    moved = {"src/pools.ts": POOL, "src/run.ts": USES.replace("./pool.js", "./pools.js")}
    assert hits("tsc", BASE, moved, renames={"src/pools.ts": "src/pool.ts"}) == []
    built = {**BASE, "src/new.ts": "import { parser } from './generated.js';\nparser();\n"}
    assert hits("tsc", BASE, built) == []


def test_a_name_that_is_no_longer_imported_and_still_used() -> None:
    head = {**BASE, "src/run.ts": USES.replace("Pool, State, find, split", "Pool, State, find")}
    assert hits("tsc", BASE, head) == [("missing-name", "src/run.ts", 5)]


def test_a_new_line_that_uses_what_the_change_takes_away() -> None:
    more = (
        "import type { Props } from 'somewhere';\ninterface Other extends Props {}\n"
        f"declare const other: Other;\nother.insert;\n{USES}pool.insert(first);\n"
    )
    head = {**changed("insert(", "add("), "src/run.ts": more}
    (hit,) = analyzed("tsc", BASE, head).evidence
    assert (hit.start, [place.start for place in hit.related]) == (10, [13, 16])
    added = {**BASE, "src/run.ts": more}
    assert hits("tsc", BASE, added) == []


def test_a_module_in_typescript_goes_before_a_script_of_its_name() -> None:
    both = {"src/pool.js": "export const nothing = 1;\n"}
    head = changed("insert(", "add(")
    assert hits("tsc", {**BASE, **both}, {**head, **both}) == [("missing-member", "src/run.ts", 6)]


def test_errors_that_were_there_before_are_not_the_changes() -> None:
    wrong = USES.replace("split(path)", "split()").replace("pool.insert", "pool.gone")
    base = {**BASE, "src/run.ts": wrong}
    head = {**base, "src/run.ts": "// a comment\n" + wrong}
    assert hits("tsc", base, head) == []


CLEAN = {
    "what is installed is unknown": (
        "import React, { Base, type Props } from 'react';\n"
        "export class App extends React.Component<{}, {}> { f() { return this.state.x; } }\n"
        "export class B extends Base { f() { this.emit('x'); } }\n"
        "interface P extends Props { a: 1 }\n"
        "export const f = (p: P) => p.children + process.env.X + Buffer.from('').byteLength;\n"
    ),
    "errors of Node have more properties than those of the language": (
        "export const f = (e: Error) => e.code === 'ENOENT' || setTimeout(f, 1).unref();\n"
    ),
    "assertions from elsewhere narrow nothing": (
        "import assert from 'node:assert';\n"
        "export function f(a?: { b: string }) { assert(a); return a.b; }\n"
    ),
    "a test's own globals": "describe('a', () => { it('b', () => { expect(1).toBe(1); }); });\n",
}


@pytest.mark.fault(
    "syntax",
    "TypeScript that uses packages, globals and types that are not in the repository",
    "they are unknown to its compiler and never a finding",
)
@pytest.mark.parametrize("body", CLEAN.values(), ids=CLEAN)
def test_what_the_compiler_cannot_see_is_no_finding(body: str) -> None:
    assert hits("tsc", {}, {"a.ts": body}) == []
    assert hits("tsc", {"a.ts": "export {};\n"}, {"a.ts": body}) == []


def test_exports_that_pass_through_what_is_installed_are_unknown() -> None:
    index = "export * from './own.js';\nexport * from '@scope/core';\n"
    head = {
        "index.ts": index,
        "own.ts": "export const a = 1;\n",
        "b.ts": "import { anything } from './index.js';\nanything();\n",
    }
    assert hits("tsc", {}, head) == []
    head["index.ts"] = index.partition("\n")[0]
    assert hits("tsc", {}, head) == [("missing-export", "b.ts", 1)]


def test_a_module_that_is_declared_elsewhere_in_the_repository_is_not_known() -> None:
    head = {
        "package.json": '{"workspaces": ["packages/*"]}',
        "packages/core/package.json": '{"name": "core", "main": "src/index.ts"}',
        "packages/core/src/index.ts": "export const a = 1;\n",
        "b.ts": "import { a, b } from 'core';\na.toFixed(b);\n",
    }
    assert hits("tsc", {}, head) == [("missing-export", "b.ts", 1)]
    other = {"packages/other/own.d.ts": "declare module 'core' { export const c: number; }\n"}
    assert hits("tsc", {}, {**head, **other}) == []


def test_null_is_checked_where_the_repository_checks_it() -> None:
    head = changed("): Job {\n  return", "): Job | null {\n  return")
    for config, expected in (
        ('{"compilerOptions": {"strict": false}}', []),
        ('{/* by default */ "compilerOptions": {"target": "es2020"},}', []),
        ('{"extends": "@tsconfig/strictest", "compilerOptions": {}}', ["unchecked-null"]),
        ('{"extends": "../tsconfig.base.json"}', ["unchecked-null"]),
    ):
        facts = {
            "src/tsconfig.json": config,
            "tsconfig.base.json": '{"compilerOptions": {"strictNullChecks": true}}',
        }
        found = hits("tsc", {**BASE, **facts}, {**head, **facts})
        assert [rule for rule, path, _ in found if path == "src/run.ts"] == expected


@pytest.mark.parametrize("comment", ["// @ts-nocheck", "// @TS-NoCheck"])
def test_only_the_change_can_have_a_file_left_out(comment: str) -> None:
    head = changed("insert(", "add(")
    hidden = {**head, "src/run.ts": f"{comment}\n{USES}"}
    assert [rule for rule, *_ in hits("tsc", BASE, hidden)] == ["missing-member"]
    unchecked = {**BASE, "src/run.ts": f"{comment}\n{USES}"}
    assert hits("tsc", unchecked, hidden) == []
    assert hits("tsc", unchecked, {**hidden, "src/run.ts": hidden["src/run.ts"] + "// x\n"}) == []


def test_lines_are_counted_as_git_does() -> None:
    odd = "// a\u2028b\rc\u2029\n" + USES
    head = {**changed("insert(", "add("), "src/run.ts": odd}
    assert hits("tsc", {**BASE, "src/run.ts": odd}, head) == [("missing-member", "src/run.ts", 7)]


def test_names_that_could_forge_a_report(tmp_path: Path) -> None:
    name = "src/a\n(1,1): error TS2305: x.ts"
    uses = "import { split } from './pool';\nsplit('a');\n"
    head = changed("split(path: string)", "split(path: string, by: string)")
    assert hits("tsc", {**BASE, name: uses}, {**head, name: uses})[0] == (
        "wrong-arguments",
        name,
        2,
    )


@pytest.mark.fault(
    "code",
    "TypeScript that names files outside of the repository, also by escapes",
    "nothing that its compiler says about them is shown",
)
@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ('import {{ secret }} from "{0}/private";', False),
        ('type A = typeof import("{0}/private");', False),
        ('import {{ secret }} from "\\x2f{0}/private";', True),
        ('/// <reference path="{0}/private.ts" />', True),
    ],
)
def test_no_file_outside_of_the_repository_is_shown(
    tmp_path: Path, line: str, refused: bool
) -> None:
    (tmp_path / "private.ts").write_text("export const secret: { password: 'hunter2' } = 1;\n")
    head = {"a.ts": line.format(tmp_path) + "\nsecret.x(secret);\nexport {};\n"}
    if not refused:  # it stands for what is installed
        assert analyzed("tsc", {"a.ts": "export {};\n"}, head) == AnalyzerResult("tsc")
        return
    with pytest.raises(AnalyzerError, match="a source names a file outside of the repository"):
        analyzed("tsc", {"a.ts": "export {};\n"}, head)


@pytest.mark.fault(
    "code",
    "a tsconfig.json with plugins, and one that extends a file elsewhere",
    "only whether it is strict is read from it, and only in the repository",
)
def test_a_configuration_is_not_obeyed(tmp_path: Path) -> None:
    (tmp_path / "outer.json").write_text('{"compilerOptions": {"strict": false}}')
    config = (
        f'{{"extends": ["{tmp_path}/outer.json", "../../../../..{tmp_path}/outer.json"],'
        ' "compilerOptions": {"plugins": [{"name": "../evil"}], "noCheck": true,'
        ' "outDir": "/", "noEmit": false}, "files": ["/etc/passwd"], "exclude": ["**"]}'
    )
    head = changed("insert(", "add(") | {"tsconfig.json": config}
    found = hits("tsc", {**BASE, "tsconfig.json": config}, head)
    assert [rule for rule, *_ in found] == ["missing-member"]


@pytest.mark.parametrize("name", ["tsconfig.json/a.ts", ".oxlintrc.json/a.ts", "in/a.ts"])
def test_no_name_in_the_repository_is_that_of_a_file_of_ours(name: str) -> None:
    uses = "import { split } from '../src/pool';\nsplit('a');\n"
    head = changed("split(path: string)", "split(path: string, by: string)")
    (hit,) = analyzed("tsc", {**BASE, name: uses}, {**head, name: uses}).evidence
    assert name in {hit.path, *(place.path for place in hit.related)}
    assert analyzed("oxlint", {**BASE, name: uses}, {**head, name: uses}).problem is None


def test_large_files_are_named_and_the_others_are_checked() -> None:
    head = changed("insert(", "add(") | {"big.ts": "// " + "x" * (3 << 20)}
    found = analyzed("tsc", BASE, head)
    assert [hit.rule for hit in found.evidence] == ["missing-member"]
    assert found.files == ("big.ts",)


@pytest.mark.fault(
    "code",
    "a `tsc` in the reviewed repository that is first on PATH, or behind a link",
    "it does not run",
)
def test_a_compiler_of_the_repository_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository"
    link, native = installed(root)
    native.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    link.resolve().write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "links").mkdir()
    (tmp_path / "links/tsc").symlink_to(native)
    places = (link.parent, tmp_path / "links", *os.environ["PATH"].split(os.pathsep))
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, places)))
    both = (
        {path: text.encode() for path, text in side.items()}
        for side in (BASE, changed("insert(", "add("))
    )
    found = tsc.check(dataclasses.replace(change(*both), root=root), Limits(20))
    assert [hit.rule for hit in found.evidence] == ["missing-member"]
    assert not (tmp_path / "ran").exists()
