"""The output formats. Each is one module of this folder with a function `create(stream, *, color,
width, quiet, verbose) -> Output`; it is imported only when it is used."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

from reviewer.errors import UsageError
from reviewer.outputs.base import Output as Output
from reviewer.text import meant

OUTPUTS: dict[str, tuple[str, str]] = {  # name: (module of this folder, one line for the help)
    "terminal": ("terminal", "a report to read"),
    "ndjson": ("ndjson", "one event per line, as it happens, for agents"),
    "json": ("json_report", "the whole run as one sorted JSON document"),
    "patch": ("patch", "one patch of all proved fixes, for git apply"),
    "prompts": ("prompts_only", "only the instructions for a coding agent, as text"),
    "plain": ("plain", "path:line:column: severity: message, for editors"),
    "markdown": ("markdown", "the description of a pull request, or a comment on it"),
    "html": ("html_report", "one page to read offline: sorting, filters, patches, charts"),
    "sarif": ("sarif", "SARIF 2.1.0, for code scanning"),
    "github": ("github", "annotations, as workflow commands of GitHub Actions"),
    "github-summary": ("github_summary", "Markdown for the file that GITHUB_STEP_SUMMARY names"),
    "gitlab": ("gitlab", "GitLab's code quality report"),
    "rdjson": ("rdjson", "diagnostics for reviewdog, as one document"),
    "rdjsonl": ("rdjsonl", "diagnostics for reviewdog, one per line"),
    "junit": ("junit", "JUnit XML"),
}
# The format that a file gets by its name. Other formats have names that say nothing of them
# (GitLab's report is .json, too), so they are named: -o gitlab=FILE.
EXTENSIONS = {
    ".txt": "terminal",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".patch": "patch",
    ".diff": "patch",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
    ".xml": "junit",
    ".rdjson": "rdjson",
    ".rdjsonl": "rdjsonl",
}
FROM_HERE = ("terminal", "plain")  # formats that people read where they stand


def open_output(
    name: str,
    stream: TextIO,
    *,
    color: bool,
    width: int,
    quiet: bool,
    verbose: bool,
    here: str | None = None,
) -> Output:
    """The output called `name`, writing to `stream`, which the caller closes. `width` is in
    terminal cells, `here` the directory from which `plain` and `terminal` name files.

    Raises UsageError if there is no such output."""
    if name not in OUTPUTS:
        known = f"; use one of {', '.join(OUTPUTS)}"
        raise UsageError(f"unknown format {name!r}{meant(name, OUTPUTS) or known}")
    module = import_module(f"reviewer.outputs.{OUTPUTS[name][0]}")
    output: Output = module.create(stream, color=color, width=width, quiet=quiet, verbose=verbose)
    if here is not None and name in FROM_HERE:
        from reviewer.outputs.from_here import FromHere

        return FromHere(output, here)
    return output


def open_progress(
    stream: TextIO, *, color: bool, width: int, tty: bool, above: Sequence[Output] = ()
) -> Output:
    """The progress line on stderr, and the outputs `above` it, which write on the same terminal
    and get their events through it."""
    from reviewer.outputs.progress import Progress

    return Progress(stream, tty=tty, width=width, color=color, above=above)


def open_compact(stream: TextIO) -> Output:
    """The `ndjson` of --compact. It is not a format of its own: a program that reads the one can
    read the other."""
    from reviewer.outputs.compact import Compact

    return Compact(stream)
