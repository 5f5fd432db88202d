"""`reviewer review`: the terminal and the agent door."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from reviewer.cli import options
from reviewer.errors import Exit, UsageError
from reviewer.outputs import OUTPUTS

DEFAULT_FORMAT = "terminal"


@click.command(
    cls=options.ReviewCommand,
    epilog=options.EPILOG.replace("FORMATS", ", ".join(OUTPUTS)),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@options.all_options
@click.pass_context
def review(ctx: click.Context, /, **given: Any) -> None:
    """Review the change in this git workspace.

    By default that is everything that would be in your pull request: commits since the merge base with the default
    branch, staged and unstaged edits, and untracked files. PATH limits it to files or directories.
    """
    from reviewer import config, verdict
    from reviewer.run import Request

    directory = Path(given["directory"] or ".")
    request = Request(
        directory=directory,
        scope=options.scope(given),
        overrides=options.overrides(given),
        environ=dict(os.environ),
        user_file=config.user_file(),
        patch=_patch(given["diff"]),
        guidelines=tuple(_guideline(name) for name in given["guideline_files"]),
        show_rejected=given["show_rejected"],
    )
    if given["explain"]:
        from reviewer.explain import explain

        click.echo(asyncio.run(explain(request, given["explain"])))
        return
    with ExitStack() as stack:
        emit = _outputs(given, stack)
        try:
            code = asyncio.run(verdict.conclude(request, emit, verbose=given["verbose"]))
        except BrokenPipeError:  # the reader has gone: nobody is left to tell
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = Exit.CANNOT_RUN
    ctx.exit(code)


def _patch(name: str | None) -> bytes | None:
    if name is None:
        return None
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as exc:
        raise UsageError(f"--diff: cannot read {name}: {exc.strerror}") from None


def _guideline(name: str) -> tuple[str, str]:
    try:
        return name, Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as exc:
        raise UsageError(f"--config: cannot read {name}: {exc.strerror}; it takes guideline files to follow") from None


def _outputs(given: dict[str, Any], stack: ExitStack) -> Callable[[Any], None]:
    """One function that hands an event to every output that was asked for."""
    from reviewer import outputs

    wanted: list[tuple[str, TextIO, bool]] = [(_stdout_format(given), _utf8(sys.stdout), True)]
    for entry in given["output"]:
        name, separator, target = entry.partition("=")
        if not separator:
            name, target = (wanted[0][0], entry)
        if name not in OUTPUTS:
            raise UsageError(f"-o {entry}: no format {name}; there are {', '.join(OUTPUTS)}")
        try:
            wanted.append((name, stack.enter_context(_whole_file(Path(target))), False))
        except OSError as exc:
            raise UsageError(f"-o {entry}: cannot write {target}: {exc.strerror}") from None
    targets = [os.path.realpath(entry.rpartition("=")[2]) for entry in given["output"]]
    if len(set(targets)) < len(targets):
        raise UsageError("-o: two outputs name the same file")
    quiet, verbose = given["quiet"], given["verbose"]
    ready = [
        outputs.open_output(
            name, stream, color=to_stdout and options.color(given["color"], stream), width=_width(),
            quiet=quiet, verbose=verbose,
        )
        for name, stream, to_stdout in wanted
    ]  # fmt: skip
    if not quiet and wanted[0][0] != "ndjson":
        color = options.color(given["color"], sys.stderr)
        ready.insert(0, outputs.open_progress(_utf8(sys.stderr), color=color, width=_width(), tty=sys.stderr.isatty()))
    for output in reversed(ready):
        stack.callback(output.close)

    def emit(event: Any) -> None:
        for output in ready:
            output.emit(event)

    return emit


@contextmanager
def _whole_file(path: Path) -> Iterator[TextIO]:
    """A text file that takes its name only when it is written to its end: a run that was killed leaves no report that
    could be taken for one."""
    if path.exists() and not path.is_file():  # a pipe or a device
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _stdout_format(given: dict[str, Any]) -> str:
    if given["agent"]:
        return "ndjson"
    if given["prompt_only"]:
        return "prompts"
    return str(given["format"] or DEFAULT_FORMAT)


def _utf8(stream: Any) -> TextIO:
    """The stream, able to take every character: reports are UTF-8 whatever the locale says."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    out: TextIO = stream
    return out


def _width() -> int:
    return max(20, min(shutil.get_terminal_size((88, 24)).columns, 120))
