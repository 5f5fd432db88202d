"""Shows a fix to the user before it is applied: complete, and with nothing hidden in it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer import text
from reviewer.fixes.apply import Fix
from reviewer.workspace import encodings

_COLORS = {"+": "32", "-": "31", "@": "36"}


def lines(fix: Fix, *, color: bool) -> Iterator[str]:
    """The heading, the checks that the patch passed, and the patch, ready for a terminal."""
    finding = fix.finding
    place = text.one_line(text.scalar(finding.file_name)) + (
        f":{finding.start_line}" if finding.start_line else ""
    )
    yield _painted(
        f"{finding.id}  {finding.severity}  {place}  {text.one_line(finding.title)}", "1", color
    )
    if finding.patch:
        passed = [
            text.one_line(check.name) for check in finding.patch.checks if check.status == "passed"
        ]
        yield f"proved: {finding.patch.verification} ({', '.join(passed) or 'no checks'})"
    diff = encodings.as_utf8(fix.diff, encodings.of(fix.diff))
    body = diff.removesuffix(b"\n").split(b"\n")
    code = [
        line
        for line in body
        if line[:1] in (b" ", b"+", b"-") and line[:4] not in (b"--- ", b"+++ ")
    ]
    crlf = bool(code) and all(
        line.endswith(b"\r") for line in code
    )  # if every line has a CR, it need not be shown
    for line in body:
        if line.startswith((b"diff --git ", b"index ")):  # the names follow
            continue
        shown = text.printable(text.scalar(text.decode(line.removesuffix(b"\r") if crlf else line)))
        yield _painted(shown, _COLORS.get(shown[:1], ""), color)
    yield ""


def _painted(line: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{line}\x1b[0m" if color and code else line
