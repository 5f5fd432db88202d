"""The formats a run can be written in. Each is one module of this folder with a function
`create(stream, *, color, width, quiet, verbose) -> Output`; it is imported when somebody asks for
it."""

from __future__ import annotations

from importlib import import_module
from typing import TextIO

from reviewer.errors import UsageError
from reviewer.outputs.base import Output

OUTPUTS: dict[str, tuple[str, str]] = {  # name: (module of this folder, one line for the help)
    "terminal": ("terminal", "a report to read"),
    "ndjson": ("ndjson", "one event a line, as it happens, for agents"),
    "json": ("json_report", "the whole run as one sorted JSON document"),
    "patch": ("patch", "one patch of all proved fixes, for git apply"),
    "prompts": ("prompts_only", "only the instructions for a coding agent, as text"),
    "plain": ("plain", "path:line:column: severity: message, for editors"),
    "markdown": ("markdown", "a description of, or a comment on, a pull request"),
    "html": ("html_report", "one page to read offline: sort, filter, patches, pictures"),
    "sarif": ("sarif", "SARIF 2.1.0, for code scanning"),
    "github": ("github", "annotations: workflow commands of GitHub Actions"),
    "github-summary": ("github_summary", "Markdown for the file that GITHUB_STEP_SUMMARY names"),
    "gitlab": ("gitlab", "GitLab's code quality report"),
    "rdjson": ("rdjson", "diagnostics for reviewdog, one document"),
    "rdjsonl": ("rdjsonl", "diagnostics for reviewdog, one a line"),
    "junit": ("junit", "JUnit XML"),
}


def open_output(
    name: str, stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool
) -> Output:
    """The output called `name`, writing to `stream`, which stays the caller's to close. `width` is
    in terminal cells.

    Raises UsageError when there is no such output."""
    if name not in OUTPUTS:
        raise UsageError(f"There is no format {name!r}: use one of {', '.join(OUTPUTS)}.")
    module = import_module(f"reviewer.outputs.{OUTPUTS[name][0]}")
    output: Output = module.create(stream, color=color, width=width, quiet=quiet, verbose=verbose)
    return output


def open_progress(stream: TextIO, *, color: bool, width: int, tty: bool) -> Output:
    """What shows how far the run is, on stderr. It goes before the other outputs, so that its line
    is gone when they write."""
    from reviewer.outputs.progress import Progress

    return Progress(stream, tty=tty, width=width, color=color)


def open_compact(stream: TextIO) -> Output:
    """The `ndjson` of --compact. It is no format of its own: who reads the one can read the
    other."""
    from reviewer.outputs.compact import Compact

    return Compact(stream)
