"""The formats a run can be written in. Each is one module of this folder with a function
`create(stream, *, color, width, quiet, verbose) -> Output`; it is imported when somebody asks for it."""

from __future__ import annotations

from importlib import import_module
from typing import TextIO

from reviewer.errors import UsageError
from reviewer.outputs.base import Output

OUTPUTS: dict[str, tuple[str, str]] = {  # name: (module of this folder, one line for the help)
    "terminal": ("terminal", "a report to read"),
    "ndjson": ("ndjson", "one event a line, as it happens, for agents"),
    "json": ("json_report", "the whole run as one sorted JSON document"),
    "prompts": ("prompts_only", "only the instructions for a coding agent, as text"),
}


def open_output(name: str, stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Output:
    """The output called `name`, writing to `stream`, which stays the caller's to close. `width` is in terminal cells.

    Raises UsageError when there is no such output."""
    if name not in OUTPUTS:
        raise UsageError(f"There is no format {name!r}: use one of {', '.join(OUTPUTS)}.")
    module = import_module(f"reviewer.outputs.{OUTPUTS[name][0]}")
    output: Output = module.create(stream, color=color, width=width, quiet=quiet, verbose=verbose)
    return output


def open_progress(stream: TextIO, *, color: bool, width: int, tty: bool) -> Output:
    """What shows how far the run is, on stderr. It goes before the other outputs, so that its line is gone when they
    write."""
    from reviewer.outputs.progress import Progress

    return Progress(stream, tty=tty, width=width, color=color)
