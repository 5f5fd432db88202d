"""Charts of a run as inline SVG, with numbers and our own words only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewer.events import Heartbeat
from reviewer.outputs.wording import duration, share
from reviewer.text import count

WIDTH = 320  # units of the drawings, which are scaled to their place
ROW = 22


def coverage(parts: Mapping[str, int]) -> str:
    """One bar with the shares of reviewed, skipped and unreviewed files, and its legend."""
    total, x, drawn = sum(parts.values()), 0.0, []
    for name, number in parts.items():
        wide = WIDTH * number / total if total else 0
        if wide:
            drawn.append(f'<rect class="{name}" x="{x:.2f}" y="0" width="{wide:.2f}" height="14"/>')
        x += wide
    said = ", ".join(f"{number:,} {name}" for name, number in parts.items())
    legend = "".join(
        f'<li class="{name}"><b>{number:,}</b> {name}</li>'
        for name, number in parts.items()
        if number or not total
    )
    wanted = parts["reviewed"] + parts["unreviewed"]
    whole = (
        f"{share(parts['reviewed'], wanted)} of {count(wanted, 'file')}"
        if wanted
        else "nothing to review"
    )
    picture = f'<rect class="track" x="0" y="0" width="{WIDTH}" height="14"/>{"".join(drawn)}'
    return _figure("Coverage", whole, said, 14, picture, f'<ul class="legend">{legend}</ul>')


def bars(title: str, numbers: Mapping[str, int]) -> str:
    """One bar per name."""
    most, drawn = max(numbers.values(), default=0), []
    for row, (name, number) in enumerate(numbers.items()):
        y = row * ROW
        wide = (WIDTH - 120) * number / most if most else 0
        drawn.append(f'<text x="0" y="{y + 15}">{name}</text>')
        if number:
            drawn.append(
                f'<rect class="{name}" x="70" y="{y + 4}" width="{max(wide, 2):.2f}" height="14"'
                ' rx="2"/>'
            )
        drawn.append(f'<text class="number" x="{70 + wide + 8:.2f}" y="{y + 15}">{number:,}</text>')
    said = ", ".join(f"{number:,} {name}" for name, number in numbers.items())
    return _figure(
        title, f"{sum(numbers.values()):,}", said, ROW * len(numbers), "".join(drawn), ""
    )


def timing(beats: Sequence[Heartbeat], seconds: float, *, whole: bool) -> str:
    """Units finished over time, as far as heartbeats tell; "" if they tell nothing. A `whole` run
    has finished all units in the end."""
    points = [
        (beat.elapsed_seconds, beat.units_done, beat.units_total)
        for beat in beats
        if beat.units_total
    ]
    if not points:
        return ""
    if whole and seconds >= points[-1][0]:
        points.append((seconds, points[-1][2], points[-1][2]))
    end = max([seconds, *(at for at, _, _ in points)]) or 1.0
    tall, line = 70, ["0,70"]
    for at, done, total in points:
        line.append(f"{WIDTH * at / end:.2f},{tall - tall * min(1.0, done / total):.2f}")
    area = f'<polygon class="area" points="{" ".join(line)} {line[-1].partition(",")[0]},{tall}"/>'
    base = f'<line class="axis" x1="0" y1="{tall}" x2="{WIDTH}" y2="{tall}"/>'
    marks = f'<text x="0" y="{tall + 14}">0 s</text>'
    marks += f'<text class="end" x="{WIDTH}" y="{tall + 14}">{duration(end)}</text>'
    curve = f'<polyline class="line" points="{" ".join(line)}"/>'
    at, done, total = points[-1]
    said = (
        f"{done:,} of {count(total, 'unit')} done after {duration(at)}, {duration(seconds)} in all"
    )
    return _figure("Time", duration(seconds), said, tall + 18, area + base + curve + marks, "")


def _figure(title: str, value: str, said: str, tall: int, drawn: str, legend: str) -> str:
    head = f"<figcaption>{title} <b>{value}</b></figcaption>"
    svg = f'<svg viewBox="0 0 {WIDTH} {tall}" role="img" aria-label="{title}: {said}">{drawn}</svg>'
    return f"<figure>{head}\n{svg}\n{legend}</figure>"
