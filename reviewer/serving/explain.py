"""Finds out from its log why a server did not start, and describes it in one line with the next
step."""

from __future__ import annotations

import re

from reviewer.serving.causes import CAUSES, Cause
from reviewer.text import cut, one_line

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ERROR = re.compile(
    r"^(?:\([^)]*\) )?(?:ERROR [^\]]*\] )?\s*((?:\w+\.)*\w*(?:Error|Exception): .+)$", re.MULTILINE
)
_LLAMA = re.compile(r"^[\d.]+ E \s*(.+)$", re.MULTILINE)
_PATTERNS = tuple(
    (kind, re.compile(pattern), message, step) for kind, pattern, message, step in CAUSES
)
# These only report that another process failed.
_CONSEQUENCE = (
    "Engine core initialization failed",
    "WorkerProc initialization failed",
    "Engine core proc",
)


def explain(log_text: str, code: int | None = None) -> Cause:
    """The cause of a failed start, from the server's output and, if it ended, its exit code
    (negative: the signal's number). Quotes from the log are safe to show."""
    plain = _ANSI.sub("", log_text)
    for kind, pattern, message, step in _PATTERNS:
        match = pattern.search(plain)
        if match:
            problem, fix = (
                words if isinstance(words, str) else words(match) for words in (message, step)
            )
            return Cause(kind, one_line(problem), one_line(fix))
    if code == -4:
        return Cause(
            "illegal_instruction",
            "it was built for another processor (illegal instruction)",
            "Install a build for this one, or run: reviewer serve start --engine llamacpp",
        )
    if code == -9:
        return Cause(
            "killed",
            "it was killed, most likely because the machine ran out of memory",
            "Choose a smaller model or context: `reviewer model list` shows what fits.",
        )
    errors = [
        line for line in _ERROR.findall(plain) if not any(text in line for text in _CONSEQUENCE)
    ]
    errors = errors or _LLAMA.findall(plain)[:1]
    last = (
        errors[-1]
        if errors
        else next((line for line in reversed(plain.splitlines()) if line.strip()), "")
    )
    problem = cut(one_line(last.strip()), 300) or (
        "it printed nothing" if code is None else f"exit code {code}"
    )
    return Cause(
        "unknown", problem.rstrip("."), "Read the complete log with `reviewer serve logs`."
    )
