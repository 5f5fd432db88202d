"""Compares two runs over the same cases, paired: what only one of them finds, and whether that may
be chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from reviewer.errors import UsageError
from reviewer.lab.evals import intervals
from reviewer.lab.evals.cases import StrictModel
from reviewer.lab.evals.metrics import Pair, Rules, complete, judge, tally
from reviewer.lab.evals.report import METHOD, SMOKE, grouped
from reviewer.lab.evals.results import Header, Result
from reviewer.types import Severity

COMPARED = ("recall", "recall_strict", "precision", "f1", "false_per_clean", "silent_clean")
NAMES = (
    "tool_version",
    "engine",
    "model",
    "model_role",
    "effort",
    "thinking",
    "repeats",
    "ran_tests",
)


class Difference(StrictModel):
    """`a` and `b` over the common cases; `difference` is b - a, with its paired 95 % interval; `p`
    of the permutation test, None where no case differs."""

    a: float
    b: float
    difference: float
    low: float | None
    high: float | None
    p: float | None


class Defects(StrictModel):
    """Known defects by the run that found them. With repeats, found means found in more than half
    of them. `p` of McNemar's exact test; None when no defect was found by one run only."""

    both: int
    only_a: int
    only_b: int
    neither: int
    p: float | None


class CaseChange(StrictModel):
    """A case where the runs differ. `places`: defects (file:line) that only one run found, or false
    findings (file:line) that only the other made."""

    case: str
    what: Literal["defect found", "silent on a clean change"]
    places: tuple[str, ...]


class Comparison(StrictModel):
    type: Literal["comparison"] = "comparison"
    schema_version: Literal["1.0"] = "1.0"
    warnings: tuple[str, ...]
    a: Header
    b: Header
    method: str
    tolerance: int
    min_severity: Severity
    cases: int  # compared: in both, with one digest, complete in both
    left_out: dict[str, tuple[str, ...]]  # names of cases, by reason
    defects: Defects
    figures: dict[str, Difference | None]  # None where it was not measured
    won: tuple[CaseChange, ...]  # by b
    lost: tuple[CaseChange, ...]


def compare(
    a: tuple[Header, Sequence[Result]], b: tuple[Header, Sequence[Result]], rules: Rules
) -> Comparison:
    """Raises UsageError when the two runs have no complete case in common."""
    first, second = grouped(a[1]), grouped(b[1])
    common, left_out = _common(first, second)
    if not common:
        raise UsageError(_nothing(left_out))
    pairs = [(first[case], second[case]) for case in common]
    counts = {"both": 0, "only_a": 0, "only_b": 0, "neither": 0}
    won: list[CaseChange] = []
    lost: list[CaseChange] = []
    for ours, theirs in pairs:
        _settle(ours, theirs, rules, counts, won, lost)
    tallies = [(tally(ours, rules), tally(theirs, rules)) for ours, theirs in pairs]
    made = {key: _difference(key, tallies) for key in COMPARED}
    if not made["recall"]:
        made |= {"precision": None, "f1": None}
    return Comparison(
        warnings=tuple(_warnings(a[0], b[0])),
        a=a[0],
        b=b[0],
        method=METHOD,
        tolerance=rules.tolerance,
        min_severity=rules.min_severity,
        cases=len(common),
        left_out={reason: tuple(names) for reason, names in left_out.items() if names},
        defects=Defects(**counts, p=intervals.mcnemar(counts["only_a"], counts["only_b"])),
        figures=made,
        won=tuple(won),
        lost=tuple(lost),
    )


def _common(
    first: Mapping[str, Sequence[Result]], second: Mapping[str, Sequence[Result]]
) -> tuple[list[str], dict[str, list[str]]]:
    left: dict[str, list[str]] = {
        "only in a": sorted(first.keys() - second.keys()),
        "only in b": sorted(second.keys() - first.keys()),
        "not the same case any more": [],
        "not complete in both": [],
    }
    common = []
    for case in sorted(first.keys() & second.keys()):
        if len({each.digest for each in [*first[case], *second[case]]}) > 1:
            left["not the same case any more"].append(case)
        elif not all(map(complete, [*first[case], *second[case]])):
            left["not complete in both"].append(case)
        else:
            common.append(case)
    return common, left


def _nothing(left_out: Mapping[str, Sequence[str]]) -> str:
    why = ", ".join(f"{len(names)} {reason}" for reason, names in left_out.items() if names)
    return (
        f"the runs have no complete case in common ({why or 'both are empty'}): run both over the"
        " same cases"
    )


def _difference(
    key: str, tallies: Sequence[tuple[Mapping[str, Pair], Mapping[str, Pair]]]
) -> Difference | None:
    first = [one.get(key, (0, 0)) for one, _ in tallies]
    second = [two.get(key, (0, 0)) for _, two in tallies]
    (a, of_a), (b, of_b) = (
        (sum(one for one, _ in each), sum(of for _, of in each)) for each in (first, second)
    )
    if not of_a or not of_b:
        return None
    low, high = intervals.bootstrap_difference(first, second) or (None, None)
    p = intervals.permutation(first, second)
    return Difference(
        a=round(a / of_a, 6),
        b=round(b / of_b, 6),
        difference=round(b / of_b - a / of_a, 6),
        low=None if low is None else round(low, 6),
        high=None if high is None else round(high, 6),
        p=None if p is None else round(p, 6),
    )


def _settle(
    first: Sequence[Result],
    second: Sequence[Result],
    rules: Rules,
    counts: dict[str, int],
    won: list[CaseChange],
    lost: list[CaseChange],
) -> None:
    """Count one case: its defects by the run that found them, and which run stayed silent on a
    clean change."""
    case, defects = first[0].case, first[0].defects
    if first[0].kind == "clean":
        a, b = (
            sorted({place for each in results for place in _false(each, rules)})
            for results in (first, second)
        )
        if bool(a) != bool(b):
            (won if a else lost).append(
                CaseChange(case=case, what="silent on a clean change", places=tuple(a or b))
            )
        return
    in_a, in_b = _found(first, rules), _found(second, rules)
    for index in range(len(defects)):
        key = {(True, True): "both", (True, False): "only_a", (False, True): "only_b"}.get(
            (index in in_a, index in in_b), "neither"
        )
        counts[key] += 1
    for only, where in ((in_b - in_a, won), (in_a - in_b, lost)):
        if only:
            places = tuple(
                f"{defects[index].file}:{defects[index].start_line}" for index in sorted(only)
            )
            where.append(CaseChange(case=case, what="defect found", places=places))


def _found(results: Sequence[Result], rules: Rules) -> set[int]:
    verdicts = [judge(each, rules) for each in results]
    return {
        index
        for index in range(len(results[0].defects))
        if 2 * sum(index in verdict.found for verdict in verdicts) > len(verdicts)
    }


def _false(result: Result, rules: Rules) -> Iterator[str]:
    for finding in judge(result, rules).false:
        yield f"{finding.file}:{finding.start_line}" if finding.start_line else finding.file


def _warnings(a: Header, b: Header) -> Iterator[str]:
    smoke = [name for name, header in (("a", a), ("b", b)) if header.model_role == "smoke"]
    if smoke:
        yield f"{SMOKE} ({' and '.join(smoke)})"
    pairs = [(name, getattr(a, name), getattr(b, name)) for name in NAMES]
    for name in sorted(a.settings.keys() | b.settings.keys()):
        pairs.append((name, a.settings.get(name), b.settings.get(name)))
    differ = [(name, one, two) for name, one, two in pairs if one != two]
    for name, one, two in differ:
        yield f"{name.replace('_', ' ')} differs: {_shown(one)} in a, {_shown(two)} in b"
    if len(differ) > 1:
        yield f"{len(differ)} settings differ: no difference below can be attributed to one of them"


def _shown(value: object) -> str:
    return "not given" if value is None else str(value)
