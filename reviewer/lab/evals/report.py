"""Builds the report of a run over cases. `reviewer eval report --format json` prints it; the text
and HTML formats render it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from reviewer.lab.evals import intervals
from reviewer.lab.evals.metrics import (
    METRICS,
    Pair,
    Rules,
    by_category,
    complete,
    judge,
    ran,
    tally,
)
from reviewer.lab.evals.report_model import (
    CaseRow,
    Figure,
    FigureGroup,
    FindingPlace,
    Report,
    ReviewCounts,
    ReviewNote,
)
from reviewer.lab.evals.results import Header, Reported, Result
from reviewer.types import CATEGORIES, SEVERITIES

SMOKE = (
    "SMOKE MODEL: these figures prove that the pipeline works; they do not measure review quality."
)
METHOD = "matched by location and category; no judge model"
ORACLE = "not every real defect is known, so precision is a lower bound"
SIZES = ((10, "1-10"), (50, "11-50"), (200, "51-200"), (1000, "201-1000"))  # changed lines
LARGEST = "over 1000"
UNCONFIRMED = (
    "its tests do not pass before the change and fail after it, or a dependency is not installed"
)
# Without a model, or without tests, a 0 here would claim something that was not measured.
OF_A_MODEL = (
    "schema_valid",
    "bad_replies",
    "cached",
    "calls_per_case",
    "tokens_per_case",
    "tokens_per_1000",
)
GROUPED = ("recall", "precision", "f1", "false_per_clean", "seconds_per_case")


def report(header: Header, results: Sequence[Result], rules: Rules) -> Report:
    """All figures of one run. `results`: in any order, at most one per case and repeat."""
    by_case = grouped(results)
    tallies = {case: tally(each, rules) for case, each in by_case.items()}
    return Report(
        warning=SMOKE if header.model_role == "smoke" else None,
        header=header,
        method=f"{METHOD}; {ORACLE}",
        tolerance=rules.tolerance,
        min_severity=rules.min_severity,
        counts=_counts(by_case, results, rules),
        figures=_run_figures(header, tallies.values()),
        held_back=dict(
            sorted(
                sum(
                    (Counter(each.held_back) for each in results if ran(each)), Counter[str]()
                ).items()
            )
        ),
        groups=_groups(by_case, tallies, rules),
        incomplete=tuple(
            _notes(each, _unfinished(each)) for each in results if ran(each) and not complete(each)
        ),
        unrunnable=tuple(_notes(each, each.unrunnable or "") for each in results if not ran(each)),
        unconfirmed=tuple(
            _notes(each, UNCONFIRMED) for each in results if each.tests_confirmed is False
        ),
        cases=tuple(_row(each, rules) for each in by_case.values()),
    )


def grouped(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Results by case, with cases and repeats in order."""
    made: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda each: (each.case, each.repeat)):
        made.setdefault(result.case, []).append(result)
    return made


def figures(tallies: Iterable[Mapping[str, Pair]], keys: Sequence[str]) -> dict[str, Figure | None]:
    """The figures of these cases. All intervals come from the same bootstrap draws."""
    cases = list(tallies)
    columns = [[each.get(key, (0, 0)) for each in cases] for key in keys]
    made: dict[str, Figure | None] = {}
    drawn = intervals.bootstrap(columns)
    for key, column, interval in zip(
        keys, columns, map(_interval, keys, columns, drawn), strict=True
    ):
        part, whole = sum(one for one, _ in column), sum(of for _, of in column)
        scale = METRICS[key].scale if key in METRICS else 1.0
        unit = (
            min(scale, 1.0) if key != "seconds_per_1000" else 1 / 1000
        )  # unit of `part`: milliseconds, millionths
        made[key] = (
            None
            if not whole
            else Figure(
                value=_rounded(part / whole * scale),
                low=None if interval is None else _rounded(interval[0] * scale),
                high=None if interval is None else _rounded(interval[1] * scale),
                part=_rounded(part * unit),
                whole=whole,
                cases=sum(bool(of) for _, of in column),
            )
        )
    return made


def _interval(
    key: str, column: Sequence[Pair], drawn: intervals.Interval | None
) -> intervals.Interval | None:
    """Where all cases agree on nothing or on everything, every draw is the same and says nothing.
    The cases are counted, not the findings, since those of one case depend on each other."""
    part, whole = sum(one for one, _ in column), sum(of for _, of in column)
    is_share = key in METRICS and METRICS[key].kind == "share"
    if drawn is None or not is_share or part not in (0, whole):
        return drawn
    cases = sum(bool(of) for _, of in column)
    return intervals.wilson(cases if part else 0, cases)


def _rounded(value: float) -> float:
    return round(value, 6)


def _run_figures(header: Header, tallies: Iterable[Mapping[str, Pair]]) -> dict[str, Figure | None]:
    made = figures(tallies, list(METRICS))
    silent = [] if header.model_role != "none" else list(OF_A_MODEL)
    if not made["recall_0"]:
        silent += [
            "precision",
            "f1",
        ]  # clean changes only: precision has no meaning
    passing = made["tests_pass"]
    if not header.ran_tests and passing and not passing.part:
        silent.append("tests_pass")
    return made | dict.fromkeys(silent)


def _groups(
    by_case: Mapping[str, Sequence[Result]], tallies: Mapping[str, Mapping[str, Pair]], rules: Rules
) -> dict[str, tuple[FigureGroup, ...]]:
    firsts = {case: next(filter(ran, each), each[0]) for case, each in by_case.items()}
    single: dict[str, Callable[[Result], Sequence[str]]] = {
        "kind": lambda result: (result.kind,),
        "language": lambda result: (result.language,),
        "size": lambda result: (size(result.changed_lines),) if ran(result) else (),
        "tag": lambda result: sorted(set(result.tags)),
    }
    made: dict[str, tuple[FigureGroup, ...]] = {}
    for name, values_of in single.items():
        members: dict[str, list[str]] = {}
        for case, first in firsts.items():
            for value in values_of(first):
                members.setdefault(value, []).append(case)
        order = [text for _, text in SIZES] + [LARGEST] if name == "size" else sorted(members)
        made[name] = tuple(
            _group(value, [tallies[case] for case in members[value]], GROUPED)
            for value in order
            if value in members
        )
    kinds = [
        (category, [by_category(each, rules, category) for each in by_case.values()])
        for category in CATEGORIES
    ]
    counted = [
        (name, [each for each in each_case if any(of for _, of in each.values())])
        for name, each_case in kinds
    ]
    made["category"] = tuple(
        _group(name, each, ("recall", "precision")) for name, each in counted if each
    )
    return made


def _group(name: str, tallies: Sequence[Mapping[str, Pair]], keys: Sequence[str]) -> FigureGroup:
    made = figures(tallies, keys)
    if "f1" in keys and not made["recall"]:
        made |= {"precision": None, "f1": None}
    return FigureGroup(name=name, cases=len(tallies), figures=made)


def size(changed_lines: int) -> str:
    return next((name for limit, name in SIZES if changed_lines <= limit), LARGEST)


def _counts(
    by_case: Mapping[str, Sequence[Result]], results: Sequence[Result], rules: Rules
) -> ReviewCounts:
    whole = [each for each in results if complete(each)]
    return ReviewCounts(
        cases=len(by_case),
        reviews=len(results),
        unrunnable=sum(not ran(each) for each in results),
        ran=sum(map(ran, results)),
        incomplete=sum(ran(each) and not complete(each) for each in results),
        complete=len(whole),
        clean=sum(each.kind == "clean" for each in whole),
        defects=sum(len(each.defects) for each in whole),
        findings=sum(len(each.findings) for each in whole),
        counted=sum(rules.counts(finding) for each in whole for finding in each.findings),
    )


def _notes(result: Result, why: str) -> ReviewNote:
    return ReviewNote(case=result.case, repeat=result.repeat, why=why)


def _unfinished(result: Result) -> str:
    if result.unreviewed:
        return f"{result.unreviewed} file{'s' if result.unreviewed > 1 else ''} not reviewed"
    return f"the review ended with {result.outcome or 'nothing'}" + (
        f" (exit {result.exit_code})" if result.exit_code is not None else ""
    )


def _row(results: Sequence[Result], rules: Rules) -> CaseRow:
    first, whole, run = (
        results[0],
        [each for each in results if complete(each)],
        [each for each in results if ran(each)],
    )
    verdicts = [(each, judge(each, rules)) for each in whole]
    missed = {
        f"{result.defects[index].file}:{result.defects[index].start_line}": None
        for result, verdict in verdicts
        for index in verdict.missed
    }
    return CaseRow(
        case=first.case,
        language=first.language,
        kind=first.kind,
        tags=first.tags,
        changed_lines=first.changed_lines,
        state=(
            "unrunnable"
            if len(run) < len(results)
            else "complete"
            if len(whole) == len(run)
            else "incomplete"
        ),
        reviews=len(whole),
        found=sum(len(verdict.found) for _, verdict in verdicts),
        missed=sum(len(verdict.missed) for _, verdict in verdicts),
        repeated=sum(len(verdict.repeated) for _, verdict in verdicts),
        false=sum(len(verdict.false) for _, verdict in verdicts),
        tokens=sum(each.prompt_tokens + each.completion_tokens for each in run),
        seconds=_rounded(sum(each.seconds for each in run)),
        missed_places=tuple(missed),
        false_places=_places(finding for _, verdict in verdicts for finding in verdict.false),
    )


def _places(findings: Iterable[Reported]) -> tuple[FindingPlace, ...]:
    unique = {
        (each.file, each.start_line, each.title): FindingPlace(
            file=each.file, line=each.start_line, severity=each.severity, title=each.title
        )
        for each in findings
    }
    return tuple(
        sorted(
            unique.values(),
            key=lambda each: (SEVERITIES.index(each.severity), each.file, each.line or 0),
        )
    )
