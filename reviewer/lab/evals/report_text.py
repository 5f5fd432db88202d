"""Reports and comparisons as aligned text. All untrusted text is sanitized here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewer.lab.evals import wording
from reviewer.lab.evals.compare import CaseChange, Comparison
from reviewer.lab.evals.report_model import FigureGroup, Report, ReviewNote
from reviewer.outputs.page import cells, inline
from reviewer.text import count

NAMES = 20  # names listed in one section
LABELS = {
    "recall": "recall",
    "recall_strict": "recall, place and category",
    "precision": "precision (lower bound)",
    "f1": "F1",
    "false_per_clean": "false findings per clean change",
    "silent_clean": "clean changes without one",
}


def report(made: Report) -> str:
    return "\n".join(_report(made)) + "\n"


def _report(made: Report) -> Iterator[str]:
    if made.warning:
        yield made.warning
    yield from _table([[label, text] for label, text in wording.facts(made)])
    for title, rows in wording.rows(made):
        yield f"\n{title}"
        yield from _table(
            [
                [
                    f"  {metric.label}",
                    wording.value(metric, figure),
                    wording.interval(metric, figure),
                    wording.counted(metric, figure),
                ]
                for metric, figure in rows
            ],
            right=(1, 2),
        )
    yield (
        "  (the third column is the 95 % interval: bootstrapped over cases, or Wilson's where all"
        " cases agree)"
    )
    if made.held_back:
        yield "\nHeld back, by reason"
        yield from _table(
            [[f"  {reason}", f"{number:,}"] for reason, number in made.held_back.items()],
            right=(1,),
        )
    for name, groups in made.groups.items():
        if groups:
            yield f"\nBy {name}"
            yield from _groups(groups)
    yield from _notes("Incomplete, not scored", made.incomplete)
    yield from _notes("Could not run", made.unrunnable)
    yield from _notes("Known defects in doubt", made.unconfirmed)


def _groups(groups: Sequence[FigureGroup]) -> Iterator[str]:
    keys = list(groups[0].figures)
    rows = [["", "cases", *(wording.GROUP_LABELS[key] for key in keys)]]
    for group in groups:
        shown = []
        for key in keys:
            metric, figure = wording.metric_of(key), group.figures[key]
            range_ = wording.interval(metric, figure) if key in ("recall", "precision") else ""
            shown.append(wording.value(metric, figure) + (f" ({range_})" if range_ else ""))
        rows.append([f"  {group.name}", f"{group.cases:,}", *shown])
    yield from _table(rows, right=range(1, len(keys) + 2))


def _notes(title: str, names: Sequence[ReviewNote]) -> Iterator[str]:
    if names:
        yield f"\n{title}: {len(names):,}"
        yield from _table(
            [[f"  {each.case}", f"repeat {each.repeat}", each.why] for each in names[:NAMES]]
        )
        yield from _more(len(names))


def _more(number: int) -> Iterator[str]:
    if number > NAMES:
        yield f"  and {number - NAMES:,} more (--format json lists all)"


def comparison(made: Comparison) -> str:
    return "\n".join(_comparison(made)) + "\n"


def _comparison(made: Comparison) -> Iterator[str]:
    for warning in made.warnings:
        yield inline(warning)
    yield from _table([["a", made.a.name], ["b", made.b.name]])
    yield (
        f"{count(made.cases, 'case')} complete in both; {made.method}; within"
        f" {count(made.tolerance, 'line')}; findings of severity {made.min_severity} or higher\n"
    )
    rows = [["", "a", "b", "b - a", "95 % interval", "permutation"]]
    for key, each in made.figures.items():
        metric = wording.metric_of(key)
        if each is None:
            rows.append([f"  {LABELS[key]}", wording.value(metric, None)])
            continue
        low = (
            ""
            if each.low is None or each.high is None
            else (f"{_signed(key, each.low)} to {_signed(key, each.high)}")
        )
        rows.append(
            [
                f"  {LABELS[key]}",
                wording.amount(metric, each.a),
                wording.amount(metric, each.b),
                _signed(key, each.difference),
                low,
                wording.probability(each.p),
            ]
        )
    yield from _table(rows, right=range(1, 5))
    found = made.defects
    yield (
        f"\nDefects: {found.both:,} found by both, {found.only_a:,} only by a, {found.only_b:,}"
        f" only by b, {found.neither:,} by neither; McNemar's exact test:"
        f" {wording.probability(found.p)}"
    )
    yield from _changed("Won by b", made.won)
    yield from _changed("Lost by b", made.lost)
    for reason, names in made.left_out.items():
        yield f"\nLeft out, {reason}: {len(names):,}"
        yield from (f"  {inline(name)}" for name in names[:NAMES])
        yield from _more(len(names))


def _signed(key: str, number: float) -> str:
    """A signed difference; for shares, in percentage points."""
    if wording.metric_of(key).kind == "share":
        return f"{100 * number:+.1f} pp"
    return f"{number:+.2f}"


def _changed(title: str, changed: Sequence[CaseChange]) -> Iterator[str]:
    if changed:
        yield f"\n{title}: {len(changed):,}"
        yield from _table(
            [[f"  {each.case}", each.what, ", ".join(each.places)] for each in changed]
        )


def _table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """Align columns; those in `right` are right-aligned."""
    clean = [[inline(text) for text in row] for row in rows]
    wide = [
        max(cells(row[place]) for row in clean if place < len(row))
        for place in range(max(map(len, clean)))
    ]
    for row in clean:
        line = [
            (
                " " * (wide[place] - cells(text)) + text
                if place in right
                else text + " " * (wide[place] - cells(text))
            )
            for place, text in enumerate(row)
        ]
        yield "  ".join(line).rstrip()
