"""The report as one self-contained page: no server, no network, no permissions.

The page works without its script, which only sorts tables. All untrusted text is escaped here, and
the policy in the head allows only our own style and script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from reviewer.lab.evals import plots, wording
from reviewer.lab.evals.metrics import Metric
from reviewer.lab.evals.report_model import (
    CaseRow,
    Figure,
    FigureGroup,
    FindingPlace,
    Report,
    ReviewNote,
)
from reviewer.outputs import html_page
from reviewer.outputs.html_finding import plain

HERE = Path(__file__).parent
PLACES = 50  # listed for one case
Cell = tuple[str, float | str]  # HTML and sort key


def page(reports: Sequence[Report]) -> str:
    """Render the page. Raises UsageError if matplotlib is not installed."""
    title = f"Evaluation: {plain(', '.join(each.header.name for each in reports))}"
    return "\n".join(html_page.framed(title, HERE, _runs(reports))) + "\n"


def _runs(reports: Sequence[Report]) -> Iterator[str]:
    for number, report in enumerate(reports):
        yield from _run(report, f"r{number}")


def _run(report: Report, prefix: str) -> Iterator[str]:
    yield f'<header class="{"warn" if report.warning else "info"}">'
    if report.warning:
        yield f'<p class="warning">{plain(report.warning)}</p>'
    yield f'<h1>{plain(report.header.name)}</h1>\n<dl class="facts">'
    for label, text in wording.facts(report):
        yield f"<div><dt>{label}</dt><dd>{plain(text)}</dd></div>"
    yield "</dl>\n</header>"
    yield f'<section class="pictures" aria-label="Plots" id="{prefix}-plots">'
    for title, svg in plots.plots(report, prefix):
        yield f"<figure><figcaption>{title}</figcaption>\n{svg}\n</figure>"
    yield "</section>"
    for title, shown in wording.rows(report):
        yield from _table(
            title, ("figure", "value", "95 % interval", "of"), [_figure(*each) for each in shown]
        )
    if report.held_back:
        held: list[list[Cell]] = [
            [_text(name), (f"{number:,}", float(number))]
            for name, number in report.held_back.items()
        ]
        yield from _table("Held back", ("reason", "findings"), held)
    for name, groups in report.groups.items():
        if groups:
            yield from _groups(name, groups)
    for title, names in (
        ("Incomplete, not scored", report.incomplete),
        ("Could not run", report.unrunnable),
        ("Known defects in doubt", report.unconfirmed),
    ):
        yield from _notes(title, names)
    yield from _cases(report.cases)


def _text(text: str) -> Cell:
    return plain(text), plain(text)


def _figure(metric: Metric, figure: Figure | None) -> list[Cell]:
    return [
        _text(metric.label),
        (wording.value(metric, figure), _order(figure)),
        (wording.interval(metric, figure), _order(figure)),
        (wording.counted(metric, figure), float(figure.whole) if figure else -1.0),
    ]


def _order(figure: Figure | None) -> float:
    return -1.0 if figure is None else figure.value


def _groups(name: str, groups: Sequence[FigureGroup]) -> Iterator[str]:
    keys = list(groups[0].figures)
    rows: list[list[Cell]] = []
    for place, group in enumerate(groups):
        row: list[Cell] = [
            (plain(group.name), float(place) if name == "size" else plain(group.name)),
            (f"{group.cases:,}", float(group.cases)),
        ]
        for key in keys:
            metric, figure = wording.metric_of(key), group.figures[key]
            range_ = wording.interval(metric, figure)
            shown = wording.value(metric, figure) + (f" <small>{range_}</small>" if range_ else "")
            row.append((shown, _order(figure)))
        rows.append(row)
    yield from _table(
        f"By {name}", (name, "cases", *(wording.GROUP_LABELS[key] for key in keys)), rows
    )


def _notes(title: str, names: Sequence[ReviewNote]) -> Iterator[str]:
    if names:
        rows: list[list[Cell]] = [
            [_text(each.case), (str(each.repeat), float(each.repeat)), _text(each.why)]
            for each in names
        ]
        yield from _table(title, ("case", "repeat", "why"), rows)


def _cases(cases: Sequence[CaseRow]) -> Iterator[str]:
    columns = (
        "case",
        "language",
        "kind",
        "changed lines",
        "state",
        "found",
        "missed",
        "repeated",
        "false",
        "tokens",
        "time",
        "missed at, false at",
    )
    rows: list[list[Cell]] = []
    for each in cases:
        counted = each.reviews > 0
        numbers = (each.found, each.missed, each.repeated, each.false)
        rows.append(
            [
                _text(each.case),
                _text(each.language),
                _text(each.kind),
                (f"{each.changed_lines:,}", float(each.changed_lines)),
                (f'<span class="{each.state}">{each.state}</span>', each.state),
                *(
                    (
                        f"{number:,}" if counted else wording.NOT_RUN,
                        float(number if counted else -1),
                    )
                    for number in numbers
                ),
                (f"{each.tokens:,}", float(each.tokens)),
                (f"{each.seconds:,.1f} s", each.seconds),
                (_places(each), float(each.missed + each.false)),
            ]
        )
    yield from _table("Cases", columns, rows)


def _places(row: CaseRow) -> str:
    places = [
        f'<li class="missed">missed <code>{plain(place)}</code></li>' for place in row.missed_places
    ]
    places += [f'<li class="false">{_false(place)}</li>' for place in row.false_places]
    more = f"<li>and {len(places) - PLACES:,} more</li>" if len(places) > PLACES else ""
    return f"<ul>{''.join(places[:PLACES])}{more}</ul>" if places else ""


def _false(place: FindingPlace) -> str:
    where = plain(place.file) + (f":{place.line}" if place.line else "")
    return f"{place.severity} <code>{where}</code> {plain(place.title)}"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """The script puts a button into each header cell and sorts rows by their cells' `data-by`."""
    yield (
        f'<section class="table">\n<h2>{plain(title)}</h2>\n<div'
        ' class="scroll"><table>\n<thead><tr>'
    )
    yield "".join(f'<th scope="col">{plain(name)}</th>' for name in columns)
    yield "</tr></thead>\n<tbody>"
    for row in rows:
        cells = (
            (
                f'<td class="number" data-by="{by:.17g}">{text}</td>'
                if isinstance(by, float)
                else f'<td data-by="{by}">{text}</td>'
            )
            for text, by in row
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table></div>\n</section>"
