"""Bugs in JavaScript and TypeScript that show in one file, found by oxlint (extra `analyzers`) with
our own selection of rules; and, where tsgolint is installed, promises that a change left unawaited.

Selected is what was silent, or right, in whole trees of real repositories, and what no pattern rule
under rules/ finds already.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from reviewer.analyzers import delta, isolate, oxlint_run, oxlint_types, registry, rows, tree
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits
from reviewer.languages import is_test
from reviewer.types import Change, Evidence

_PLUGINS = ("eslint", "oxc", "unicorn")
RULES = (
    "constructor-super",
    "for-direction",
    "no-class-assign",
    "no-compare-neg-zero",
    "no-const-assign",
    "no-constant-binary-expression",
    "no-dupe-class-members",
    "no-dupe-keys",
    "no-duplicate-case",
    "no-empty-character-class",
    "no-ex-assign",
    "no-global-assign",
    "no-import-assign",
    "no-invalid-regexp",
    "no-new-native-nonconstructor",
    "no-obj-calls",
    "no-sparse-arrays",
    "no-this-before-super",
    "no-unreachable",
    "no-unsafe-finally",
    "no-unsafe-negation",
    "no-unsafe-optional-chaining",
    "no-useless-backreference",
    "use-isnan",
    "valid-typeof",
    "oxc/bad-array-method-on-arguments",
    "oxc/bad-bitwise-operator",
    "oxc/bad-char-at-comparison",
    "oxc/bad-comparison-sequence",
    "oxc/bad-match-all-arg",
    "oxc/bad-min-max-func",
    "oxc/bad-replace-all-arg",
    "oxc/const-comparisons",
    "oxc/double-comparisons",
    "oxc/erasing-op",
    "oxc/misrefactored-assign-op",
    "oxc/missing-throw",
    "oxc/number-arg-out-of-range",
    "oxc/uninvoked-array-callback",
    "unicorn/no-await-in-promise-methods",
    "unicorn/no-invalid-remove-event-listener",
    "unicorn/no-single-promise-in-promise-methods",
)
_NOT_IN_TESTS = (  # tests do this on purpose
    "const-comparisons",
    "erasing-op",
    "no-constant-binary-expression",
    "no-sparse-arrays",
    "no-unsafe-optional-chaining",
)
# What a pattern rule under rules/ reports with a rewrite.
_LEFT = {
    "no-constant-binary-expression": re.compile(rb"[!=]==?\s{0,20}(?:\[\]|\{\})"),
    "use-isnan": re.compile(rb"[!=]==?\s{0,20}NaN\b"),
    "valid-typeof": re.compile(rb"\btypeof\b[^\"'`]{1,200}[!=]==?\s{0,20}[\"'`]"),
}
# We honour suppression comments line by line, so a file cannot opt out as a whole.
_FILE_WIDE = re.compile(rb"\b(eslint|oxlint)-disable(?!-)")
_AT_ONCE = 500  # files


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["oxlint"].reads)
    program = registry.program("oxlint")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("oxlint")
    readable = tree.Sides(_without_opt_outs(sides.old), _without_opt_outs(sides.new), sides.large)
    found = isolate.sided(
        readable, partial(_found, program), limits, at_once=_AT_ONCE, rows=rows.script
    )
    hits = isolate.introduced(change, sides, found)
    lines = delta.split(sides.new)
    kept = [hit for hit in hits if not _is_left_out(hit, lines)]
    result = isolate.result("oxlint", kept, found.lost, sides.large)
    try:
        floating = oxlint_types.check(program, change, limits)
    except AnalyzerError as exc:
        problem = "; ".join(filter(None, (result.problem, f"oxlint: {exc.problem}")))
        return dataclasses.replace(result, problem=problem)
    return dataclasses.replace(result, evidence=(*result.evidence, *floating))


def _found(program: Path, scratch: Path, names: Sequence[str], limits: Limits) -> list[Evidence]:
    return oxlint_run.reported(
        program, scratch, ("eslint", "oxc", "unicorn"), RULES, (), names, limits
    )


def _without_opt_outs(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: _FILE_WIDE.sub(rb"\1_disable", data) for path, data in files.items()}


def _is_left_out(hit: Evidence, lines: delta.Lines) -> bool:
    if hit.rule in _NOT_IN_TESTS and is_test(hit.path):
        return True
    found = _LEFT.get(hit.rule)
    return found is not None and found.search(lines(hit.path)[(hit.start or 1) - 1]) is not None
