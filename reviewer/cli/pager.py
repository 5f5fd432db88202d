"""Long output where a person reads it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from reviewer import programs

WANTED = "reviewer.pager"  # in the meta of a click context: False after --no-pager
_LESS = "FRX"  # as git sets it: end at once if all fits, keep colours, and leave the text standing


def show(text: str) -> None:
    """Print the text and the end of its last line; in a pager if standard input and output are a
    terminal and the text is longer than that. A pager that is missing or ends early is no error.
    Whether the text may have colours is the caller's to ask (`screen.color`)."""
    if _is_long(text) and run(command(os.environ, Path.cwd()), text):
        return
    from reviewer.outputs.page import write

    write(sys.stdout, f"{text}\n")


def command(environ: Mapping[str, str], directory: Path) -> list[str]:
    """The pager as an argument list: REVIEWER_PAGER, else PAGER, else `less`. Empty where it is
    `cat` or nothing, or not installed."""
    named = environ.get("REVIEWER_PAGER", environ.get("PAGER", "less"))
    found = installed(named, environ, directory)
    return [] if found[:1] and Path(found[0]).name == "cat" else found


def installed(line: str, environ: Mapping[str, str], directory: Path) -> list[str]:
    """A command line with the path of its program, empty if there is none. Relative entries of PATH
    and those in the worktree around `directory` are not searched: a repository brings no pager and
    no editor."""
    try:
        words = shlex.split(line)
    except ValueError:  # a quote is missing
        return []
    around = (directory, *directory.parents)
    top = next((each for each in around if (each / ".git").exists()), directory)
    entries = [
        entry
        for entry in environ.get("PATH", os.defpath).split(os.pathsep)
        if Path(entry).is_absolute() and not Path(entry).resolve().is_relative_to(top)
    ]
    program = programs.find(words[0], os.pathsep.join(entries)) if words else None
    return [program, *words[1:]] if program else []


def is_longer(text: str, columns: int, rows: int) -> bool:
    """Whether the text and the prompt after it need more than `rows` lines of a terminal."""
    lines = click.unstyle(text).splitlines()
    return sum(max(1, -(-len(line) // columns)) for line in lines) >= rows


def _is_long(text: str) -> bool:
    context = click.get_current_context(silent=True)
    if context is not None and not context.meta.get(WANTED, True):
        return False
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        return False
    size = os.get_terminal_size(sys.stdout.fileno())
    return size.columns > 0 < size.lines and is_longer(text, size.columns, size.lines)


def run(found: Sequence[str], text: str) -> bool:
    """Show the text in the pager until the reader leaves it. False if there is none."""
    if not found:
        return False
    environment = {"LESS": _LESS, "LV": "-c"} | dict(os.environ)
    sys.stdout.flush()
    try:
        started = subprocess.Popen(found, stdin=subprocess.PIPE, env=environment)
    except OSError:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:  # a reader who leaves early is none of our errors: communicate passes over a broken pipe
        started.communicate(f"{text}\n".encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    finally:
        signal.signal(signal.SIGINT, before)
    return True
