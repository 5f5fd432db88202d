"""Renders the prompt for one unit: the parts that many calls share first, the hunks and the task
last.

Templates are Markdown under `prompts/review/`. A missing value is an error, and values are never
expanded again, so `$x` in a diff is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import Template

from reviewer import resources, text
from reviewer.secrets import Masks
from reviewer.types import Context, Evidence, FileDiff, Hunk, Line, ModelRole, Prompt, Unit

MAX_LINE = 1000  # characters of one line that are shown
_MARKS = {"context": " ", "added": "+", "removed": "-"}
_STATUS = {"type_changed": "type changed"}
fence = text.fence


def shown(data: bytes) -> str:
    """One line of source as the model sees it: decoded, without the CR of a CRLF, control tokens
    defused, invisible characters spelled out. Quotes are matched against this form."""
    return text.cut(text.printable(text.neutral(text.decode(data.removesuffix(b"\r")))), MAX_LINE)


def shown_lines(lines: Sequence[Line], redact: Masks | None) -> list[str]:
    """`shown` for the lines of a hunk, with what `redact` hides masked."""
    rendered = [shown(line.data) for line in lines]
    if not redact:
        return rendered
    return redact.hide("\n".join(rendered)).split("\n")


def render(
    unit: Unit,
    context: Context,
    *,
    facts: str,
    guidelines: Sequence[tuple[str, str]],
    hints: Sequence[Evidence],
    role: ModelRole,
    redact: Masks | None,
    max_tokens: int,
) -> Prompt:
    """The two messages for one unit. `guidelines` are (source, text) pairs; `facts` is the project
    in a few lines."""
    short = "-short" if role == "smoke" else ""
    hunks = "\n\n".join(_hunk(hunk, redact) for hunk in unit.hunks)
    values = {
        "file_name": text.one_line(unit.file.path),
        "status": _status(unit.file),
        "fence": fence(hunks),
        "hunks": hunks,
        "background": _background(context, facts, guidelines, redact),
        "hints": redact.hide(_hints(hints)) if redact else _hints(hints),
    }
    system = resources.text(f"prompts/review/system{short}.md")
    user = Template(resources.text(f"prompts/review/user{short}.md")).substitute(values)
    return Prompt(system.strip(), user.strip(), max_tokens)


def _hunk(hunk: Hunk, redact: Masks | None) -> str:
    section = f" {shown(hunk.section)}" if hunk.section else ""
    head = f"lines {hunk.old_start}-{_last(hunk.old_start, hunk.old_count)} before, "
    head += f"{hunk.new_start}-{_last(hunk.new_start, hunk.new_count)} after{section}"
    rows = (
        f"{line.new or line.old:>4} {_MARKS[line.kind]} {code}".rstrip()
        for line, code in zip(hunk.lines, shown_lines(hunk.lines, redact), strict=True)
    )
    return "\n".join((head, *rows))


def _last(start: int, count: int) -> int:
    return start + max(count, 1) - 1


def _status(file: FileDiff) -> str:
    status = _STATUS.get(file.status, file.status)
    moved = file.old_path is not None and file.old_path != file.path
    return f"{status} from {text.one_line(file.old_path or '')}" if moved else status


def _background(
    context: Context, facts: str, guidelines: Sequence[tuple[str, str]], redact: Masks | None
) -> str:
    parts = []
    if redact:
        parts.append(
            "[REDACTED:…] stands for a secret that was taken out of this text; the mask itself is"
            " no defect."
        )
    if facts:
        parts.append(f"The project: {facts}")
    parts += [
        f"Guidelines of the team, from {text.one_line(source)}:\n{_data(body, redact)}"
        for source, body in guidelines
    ]
    parts += [
        f"{text.one_line(piece.path)}, lines {piece.start}-{piece.end}"
        f" ({text.one_line(piece.why)}):\n{_data(piece.text, redact)}"
        for piece in context.pieces
    ]
    if context.left_out:
        parts.append("Exists, but is not shown:\n" + _bullets(context.left_out))
    return "".join(f"{part}\n\n" for part in parts)


def _data(body: str, redact: Masks | None) -> str:
    clean = text.printable(text.neutral(body.replace("\r\n", "\n")))
    return redact.hide(clean) if redact else clean


def _hints(hints: Sequence[Evidence]) -> str:
    if not hints:
        return ""
    rows = (
        f"line {hint.start or '?'}: {text.one_line(hint.message)} ({hint.source} {hint.rule})"
        for hint in hints
    )
    return "Static tools say about this file:\n" + _bullets(rows) + "\n"


def _bullets(rows: Iterable[str]) -> str:
    return "\n".join(f"- {text.one_line(row)}" for row in rows)
