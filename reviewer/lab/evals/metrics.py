"""The counts of every case, and the name and definition of each figure.

A figure is a sum over cases divided by another sum over cases. Figures of the judgement (`judged`)
use complete reviews only: one in which something was left unreviewed is neither a miss nor clean.
Figures of the work (tokens, bad replies, patches, …) use every review that ran.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from reviewer.lab.evals.matching import chance, distance, matched
from reviewer.lab.evals.results import Reported, Result
from reviewer.types import SEVERITIES, Category, Severity

TOLERANCES = (0, 3, 10)  # lines
MILLION = 1_000_000
LEVELS = ("applies", "parses", "clean", "tests_pass")  # each includes those before it

Pair = tuple[int, int]
MetricKind = Literal["share", "level", "number", "seconds"]  # a level is a mean of shares


@dataclass(frozen=True)
class Metric:
    """`part` / `whole` are counted in whole numbers; the figure is their quotient times `scale`."""

    key: str
    label: str
    kind: MetricKind = "share"
    of: str = ""  # what the whole is
    scale: float = 1.0


METRICS = {
    metric.key: metric
    for metric in (
        Metric("recall_0", "recall, same lines", of="known defects"),
        Metric("recall_3", "recall, within 3 lines", of="known defects"),
        Metric("recall_10", "recall, within 10 lines", of="known defects"),
        Metric("chance_0", "one random comment, same lines", "level", "known defects", 1 / MILLION),
        Metric(
            "chance_3", "one random comment, within 3 lines", "level", "known defects", 1 / MILLION
        ),
        Metric(
            "chance_10",
            "one random comment, within 10 lines",
            "level",
            "known defects",
            1 / MILLION,
        ),
        Metric("recall_strict", "recall, place and category", of="known defects with a category"),
        Metric(
            "category_agreement",
            "category agrees where the place does",
            of="defects found that have a category",
        ),
        Metric("precision", "precision (lower bound)", of="findings"),
        Metric("f1", "F1", of="defects + findings"),
        Metric(
            "false_per_clean",
            "false findings per clean change",
            "number",
            "reviews of clean changes",
        ),
        Metric("silent_clean", "clean changes without one", of="reviews of clean changes"),
        Metric(
            "agreement_ids",
            "repeats agree, same findings",
            "level",
            "cases run more than once",
            1 / MILLION,
        ),
        Metric(
            "agreement_places",
            "repeats agree, same places",
            "level",
            "cases run more than once",
            1 / MILLION,
        ),
        Metric("complete", "reviews that were complete", of="reviews that ran"),
        Metric("exact", "exact anchors", of="published findings"),
        Metric("applies", "patch applies", of="published findings"),
        Metric("parses", "patch parses too", of="published findings"),
        Metric("clean", "patch is clean too", of="published findings"),
        Metric("tests_pass", "patch passes the tests too", of="published findings"),
        Metric("fix_success", "fix success: failing tests pass", of="patches that were tried"),
        Metric("schema_valid", "replies that fit the schema", of="replies"),
        Metric("bad_replies", "bad replies", of="replies"),
        Metric("cached", "prompt tokens from the cache", of="prompt tokens"),
        Metric("calls_per_case", "model calls per review", "number", "reviews that ran"),
        Metric("tokens_per_case", "tokens per review", "number", "reviews that ran"),
        Metric(
            "tokens_per_1000", "tokens per 1,000 changed lines", "number", "changed lines", 1000.0
        ),
        Metric("seconds_per_case", "time per review", "seconds", "reviews that ran", 1 / 1000),
        Metric("seconds_per_1000", "time per 1,000 changed lines", "seconds", "changed lines", 1.0),
    )
}


@dataclass(frozen=True)
class Rules:
    """`tolerance`: lines, for all but the recalls that name their own. Findings below
    `min_severity` do not count for recall, precision, F1 and false findings."""

    tolerance: int = 3
    min_severity: Severity = "minor"

    def counts(self, finding: Reported) -> bool:
        return SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.min_severity)


@dataclass(frozen=True)
class Judged:
    """One complete review compared with the known answer. Indexes are those of `Result.defects`."""

    found: tuple[int, ...]
    missed: tuple[int, ...]
    hits: tuple[Reported, ...]
    repeated: tuple[Reported, ...]  # at a known defect that another finding has hit
    false: tuple[Reported, ...]  # at none


def ran(result: Result) -> bool:
    return result.unrunnable is None


def complete(result: Result) -> bool:
    """Everything that should have been reviewed was reviewed."""
    return (
        ran(result)
        and result.outcome in ("completed", "completed_with_warnings")
        and not result.unreviewed
    )


def judge(result: Result, rules: Rules) -> Judged:
    findings = [finding for finding in result.findings if rules.counts(finding)]
    pairs = matched(findings, result.defects, result.hunks, rules.tolerance)
    rest = [finding for index, finding in enumerate(findings) if index not in pairs.values()]
    near = [_near(finding, result, rules.tolerance) for finding in rest]
    return Judged(
        tuple(pairs),
        tuple(index for index in range(len(result.defects)) if index not in pairs),
        tuple(findings[index] for index in pairs.values()),
        tuple(finding for finding, known in zip(rest, near, strict=True) if known),
        tuple(finding for finding, known in zip(rest, near, strict=True) if not known),
    )


def _near(finding: Reported, result: Result, tolerance: int) -> bool:
    apart = (distance(finding, defect, result.hunks) for defect in result.defects)
    return any(lines is not None and lines <= tolerance for lines in apart)


def tally(results: Sequence[Result], rules: Rules) -> dict[str, Pair]:
    """All counts of one case, over all its repeats. A metric that was not measured is (0, 0) or
    missing."""
    made: dict[str, Pair] = {}
    for result in filter(ran, results):
        _add(made, _work(result))
        if complete(result):
            _add(made, _judgement(result, rules))
    whole = [result for result in results if complete(result)]
    if len(whole) > 1:
        ids = [{finding.id for finding in result.findings} for result in whole]
        places = [
            {(each.file, each.side, each.start_line) for each in result.findings}
            for result in whole
        ]
        made["agreement_ids"], made["agreement_places"] = (
            (_agreement(ids), 1),
            (_agreement(places), 1),
        )
    return made


def by_category(results: Sequence[Result], rules: Rules, category: Category) -> dict[str, Pair]:
    """Recall of the defects of this category, whatever category a finding has, and precision of the
    findings of this category."""
    made: dict[str, Pair] = {}
    for result in filter(complete, results):
        verdict = judge(result, rules)
        known = {
            index for index, defect in enumerate(result.defects) if defect.category == category
        }
        said = [
            finding
            for finding in result.findings
            if finding.category == category and rules.counts(finding)
        ]
        _add(
            made,
            {
                "recall": (len(known & set(verdict.found)), len(known)),
                "precision": (sum(hit.category == category for hit in verdict.hits), len(said)),
            },
        )
    return made


def _judgement(result: Result, rules: Rules) -> dict[str, Pair]:
    findings = [finding for finding in result.findings if rules.counts(finding)]
    if result.kind == "clean":
        return {
            "precision": (0, len(findings)),
            "f1": (0, len(findings)),
            "false_per_clean": (len(findings), 1),
            "silent_clean": (not findings, 1),
        }
    made: dict[str, Pair] = {}
    defects = result.defects
    for tolerance in TOLERANCES:
        made[f"recall_{tolerance}"] = (
            len(matched(findings, defects, result.hunks, tolerance)),
            len(defects),
        )
        likely = chance(result, tolerance)
        if likely is not None:
            made[f"chance_{tolerance}"] = (
                round(likely * MILLION),
                len(defects),
            )  # it finds one of them at most
    named = [defect for defect in defects if defect.category]
    placed = len(matched(findings, named, result.hunks, rules.tolerance))
    agreeing = len(matched(findings, named, result.hunks, rules.tolerance, categories=True))
    hits = len(matched(findings, defects, result.hunks, rules.tolerance))
    return made | {
        "recall": (hits, len(defects)),
        "recall_strict": (agreeing, len(named)),
        "category_agreement": (agreeing, placed),
        "precision": (hits, len(findings)),
        "f1": (2 * hits, len(defects) + len(findings)),
    }


def _work(result: Result) -> dict[str, Pair]:
    findings = result.findings
    patched = [LEVELS.index(finding.verification) for finding in findings if finding.verification]
    tried = [finding.fixes for finding in findings if finding.fixes is not None]
    tokens, milliseconds = (
        result.prompt_tokens + result.completion_tokens,
        round(result.seconds * 1000),
    )
    return {
        "complete": (complete(result), 1),
        "exact": (sum(finding.location == "exact" for finding in findings), len(findings)),
        **{
            level: (sum(each >= place for each in patched), len(findings))
            for place, level in enumerate(LEVELS)
        },
        "fix_success": (sum(tried), len(tried)),
        "schema_valid": (result.replies - min(result.bad_replies, result.replies), result.replies),
        "bad_replies": (result.bad_replies, result.replies),
        "cached": (result.cached_tokens, result.prompt_tokens),
        "calls_per_case": (result.calls, 1),
        "tokens_per_case": (tokens, 1),
        "tokens_per_1000": (tokens, result.changed_lines),
        "seconds_per_case": (milliseconds, 1),
        "seconds_per_1000": (milliseconds, result.changed_lines),
    }


def _agreement(sets: Sequence[Collection[object]]) -> int:
    """The mean Jaccard index (Jaccard 1912) of every two of the sets, in millionths; two empty ones
    agree."""
    pairs = [(set(one), set(two)) for one, two in combinations(sets, 2)]
    return round(
        MILLION * sum(len(a & b) / len(a | b) if a | b else 1.0 for a, b in pairs) / len(pairs)
    )


def _add(sums: dict[str, Pair], more: dict[str, Pair]) -> None:
    for key, (part, whole) in more.items():
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + int(part), before[1] + whole)
