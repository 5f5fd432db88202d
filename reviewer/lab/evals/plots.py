"""Plots of a report as self-contained inline SVG: numbers and our own words only.

Matplotlib draws; its output is then converted for a page with a strict policy: presentation
attributes instead of styles, no metadata, unique ids per plot, colours of the page. The same
figures give the same bytes.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from reviewer import installer
from reviewer.errors import UsageError
from reviewer.lab.evals.metrics import TOLERANCES
from reviewer.lab.evals.report_model import Figure, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES = (4.6, 3.0)
# What is drawn in these colours follows the page, light or dark.
INK, DIM, LINE, FIRST, SECOND = "#010203", "#010204", "#010205", "#010206", "#010207"
COLOURS = {
    INK: "var(--text)",
    DIM: "var(--dim)",
    LINE: "var(--line)",
    FIRST: "var(--link)",
    SECOND: "var(--major)",
}
SETTINGS = {
    "svg.hashsalt": "reviewer",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": DIM,
    "xtick.color": DIM,
    "ytick.color": DIM,
    "axes.grid": True,
    "grid.color": LINE,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
LEGEND: dict[str, Any] = {
    "loc": "lower right",
    "bbox_to_anchor": (1, 1),
    "ncols": 2,
    "borderaxespad": 0.2,
}  # above
_LOCAL = re.compile(r"url\(#([\w.-]+)\)")


def plots(report: Report, prefix: str) -> Iterator[tuple[str, str]]:
    """(title, SVG) of each plot that has data; ids begin with `prefix`. Raises UsageError when
    matplotlib is not installed."""
    drawn: list[tuple[str, str, Callable[[Axes, Report], None], bool]] = [
        ("recall", "Recall by distance", _recall, report.figures["recall_0"] is not None),
        (
            "category",
            "Recall and precision by category",
            _categories,
            bool(report.groups["category"]),
        ),
        ("tokens", "Tokens by changed lines", _tokens, any(each.tokens for each in report.cases)),
        ("seconds", "Time per case", _seconds, any(each.seconds for each in report.cases)),
    ]
    for name, title, draw, shown in drawn:
        if shown:
            yield title, _svg(f"{prefix}-{name}", title, draw, report)


def _svg(name: str, title: str, draw: Callable[[Axes, Report], None], report: Report) -> str:
    try:
        import matplotlib as mpl
        from matplotlib import figure
        from matplotlib.backends import backend_svg
    except ImportError as exc:
        raise UsageError(
            f"plots need matplotlib: {installer.hint('eval')}, or leave out --html"
        ) from exc
    with mpl.rc_context():
        mpl.rcdefaults()  # no matplotlibrc of this folder or user
        mpl.rcParams.update(SETTINGS)  # type: ignore[arg-type]  # a closed list of names, as a Literal
        sheet = figure.Figure(figsize=INCHES)
        backend_svg.FigureCanvasSVG(sheet)
        draw(sheet.add_subplot(), report)
        stream = io.StringIO()
        sheet.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    return _inline(stream.getvalue(), name, title)


def _recall(axes: Axes, report: Report) -> None:
    """Recall with 95 % intervals, and the expected hits of one random comment."""
    figures = [report.figures[f"recall_{tolerance}"] for tolerance in TOLERANCES]
    _bars(axes, figures, offset=0.0, width=0.5, colour=FIRST, label="recall")
    likely = [report.figures[f"chance_{tolerance}"] for tolerance in TOLERANCES]
    if all(likely):
        points = [each.value for each in likely if each]
        axes.plot(
            range(len(points)),
            points,
            color=SECOND,
            marker="D",
            linestyle="--",
            label="one random comment",
        )
    axes.set_xticks(
        range(len(TOLERANCES)), ["same lines", *(f"within {each}" for each in TOLERANCES[1:])]
    )
    axes.set_ylim(0, 1.02)
    axes.grid(visible=False, axis="x")
    axes.legend(**LEGEND)


def _categories(axes: Axes, report: Report) -> None:
    groups = report.groups["category"]
    for offset, key, colour in ((-0.2, "recall", FIRST), (0.2, "precision", SECOND)):
        figures = [group.figures[key] for group in groups]
        _bars(axes, figures, offset=offset, width=0.36, colour=colour, label=key)
    names = [group.name.removeprefix("functional_").replace("_", "\n") for group in groups]
    axes.set_xticks(range(len(groups)), names, fontsize=8)
    axes.set_xlim(-0.5, len(groups) - 0.5)
    axes.set_ylim(0, 1.02)
    axes.grid(visible=False, axis="x")
    axes.legend(**LEGEND)


def _bars(
    axes: Axes,
    figures: Sequence[Figure | None],
    *,
    offset: float,
    width: float,
    colour: str,
    label: str,
) -> None:
    """A bar for each figure, with its interval if it has one. No bar for what was not measured."""
    known = [(place + offset, figure) for place, figure in enumerate(figures) if figure]
    axes.bar(
        [at for at, _ in known],
        [figure.value for _, figure in known],
        width,
        color=colour,
        label=label,
    )
    for at, figure in known:
        if figure.low is not None and figure.high is not None:
            reach = [[max(0.0, figure.value - figure.low)], [max(0.0, figure.high - figure.value)]]
            axes.errorbar([at], [figure.value], yerr=reach, color=INK, capsize=3)


def _tokens(axes: Axes, report: Report) -> None:
    cases = [each for each in report.cases if each.tokens]
    for kind, colour, marker in (("defect", FIRST, "o"), ("clean", SECOND, "s")):
        of_kind = [each for each in cases if each.kind == kind]
        if of_kind:
            lines, tokens = (
                [each.changed_lines for each in of_kind],
                [each.tokens for each in of_kind],
            )
            axes.scatter(lines, tokens, s=14, color=colour, marker=marker, label=kind)
    axes.set_xscale("symlog")
    axes.set_yscale("symlog")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("changed lines")
    axes.set_ylabel("tokens")
    axes.legend(**LEGEND)


def _seconds(axes: Axes, report: Report) -> None:
    seconds = [each.seconds for each in report.cases if each.state != "unrunnable"]
    axes.hist(seconds, bins=min(20, max(5, len(seconds) // 5)), color=FIRST)
    axes.set_xlabel("seconds")
    axes.set_ylabel("cases")


def _inline(svg: str, name: str, title: str) -> str:
    root = ElementTree.fromstring(svg)  # noqa: S314 what matplotlib wrote a moment ago
    return "".join(
        _element(root, name, f'role="img" id="{name}" aria-label="{html.escape(title)}" ')
    )


def _element(node: ElementTree.Element, name: str, extra: str = "") -> Iterator[str]:
    tag = node.tag.rpartition("}")[2]
    if tag in ("metadata", "style"):  # the one rule of the latter stands in the sheet of the page
        return
    attributes = "".join(
        f' {key}="{html.escape(text)}"' for key, text in _attributes(node, name, root=bool(extra))
    )
    yield f"<{tag} {extra}{attributes.strip()}>".replace(" >", ">")
    yield html.escape((node.text or "").strip())
    for child in node:
        yield from _element(child, name)
    yield f"</{tag}>"


def _attributes(node: ElementTree.Element, name: str, *, root: bool) -> Iterator[tuple[str, str]]:
    given: dict[str, Any] = {key.rpartition("}")[2]: text for key, text in node.attrib.items()}
    for part in given.pop("style", "").split(";"):
        key, colon, text = part.partition(":")
        if (
            key.strip() == "font"
        ):  # the shorthand is no attribute; the page has the font, this the size
            key, text = "font-size", next(iter(re.findall(r"[\d.]+px", text)), "9px")
        if colon:
            given[key.strip()] = text.strip()
    for key, text in sorted(given.items()):
        if key == "font-family" or (root and key in ("width", "height", "version", "id")):
            continue
        if key == "id":
            text = f"{name}-{text}"
        elif key == "href":
            text = f"#{name}-{text.removeprefix('#')}"
        else:
            text = COLOURS.get(text, _LOCAL.sub(rf"url(#{name}-\1)", text))
        yield key, text
