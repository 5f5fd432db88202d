"""`reviewer review`: the review for the terminal and for agents."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click

from reviewer import disk, text
from reviewer.cli import common, options, review_options
from reviewer.errors import Exit, UsageError
from reviewer.outputs import OUTPUTS

DEFAULT_FORMAT = "terminal"


@click.command(
    cls=review_options.ReviewCommand,
    epilog=review_options.EPILOG.replace("FORMATS", ", ".join(OUTPUTS)),
    context_settings=common.HELP,
)
@review_options.all_options
@click.pass_context
def review(ctx: click.Context, /, **given: Any) -> None:
    """Review the change in this git workspace.

    The default scope is what a pull request would contain: commits since the merge base with the
    default branch, staged and unstaged edits, and untracked files. PATH limits it to files or
    directories.
    """
    from reviewer import config, verdict, watchdog
    from reviewer.pipeline.plan import Request

    if given["no_color"]:
        given["color"] = "never"
    if given["interactive"]:
        options.no_screen(given)
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
        reports=frozenset(os.path.realpath(target) for _, target in _targets(given)),
    )
    if given["compact"] and (
        given["interactive"] or given["explain"] or _stdout_format(given) != "ndjson"
    ):
        raise UsageError("--compact requires --agent or --format ndjson")
    rounds = options.rounds(given, request.scope)
    if given["explain"]:
        from reviewer.pipeline.explain import explain

        click.echo(asyncio.run(explain(request, given["explain"])))
        return
    if given["interactive"]:
        ctx.exit(_on_screen(request, given))
    try:
        words = verdict.last_words(stream=_stdout_format(given) == "ndjson")
        with watchdog.watch(words) as watch, asyncio.Runner() as runner:
            watchdog.limit(config.time_limit(given["timeout"], config.DEFAULT_TIMEOUT))
            with ExitStack() as stack:
                emit = watch.guarded(_outputs(given, stack))
                code = runner.run(
                    verdict.conclude(
                        request, emit, verbose=given["verbose"], work=_work(given, rounds)
                    )
                )
            sys.stdout.flush()
            watch.ended(code)  # the end of the runner waits for threads that go on
    # a report that could not be written is no verdict, so its exit code must not be one either
    except OSError as exc:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(exc, BrokenPipeError):  # with a broken pipe, the reader has gone
            click.echo(f"reviewer: cannot write the report: {exc.strerror}", err=True)
        code = Exit.CANNOT_RUN
    ctx.exit(code)


def _on_screen(request: Any, given: dict[str, Any]) -> int:
    """Review in the full-screen report. Files of `-o` are written at the end of each review."""
    from reviewer import verdict, watchdog
    from reviewer.doors import tui
    from reviewer.pipeline.review import review as run_review

    async def start(emit: Callable[[Any], None], held: Callable[[Any], Any]) -> int:
        with ExitStack() as stack:
            to_files = _outputs(given, stack)

            def both(event: Any) -> None:
                to_files(event)
                emit(event)

            code = await verdict.conclude(
                request, both, verbose=given["verbose"], work=held(run_review)
            )
        watchdog.rest()  # the screen stays for as long as it is read
        return code

    return tui.review(request.directory, start, color=options.color(given["color"], sys.stderr))


def _work(given: dict[str, Any], rounds: int) -> Any:
    """One review or, with --fix, rounds of reviewing and fixing, each reported on stderr unless
    that must stay empty."""
    from reviewer.pipeline.review import review as run_review

    if not rounds:
        return run_review
    from reviewer.pipeline.fix_loop import review_and_fix

    silent = given["quiet"] or (_stdout_format(given) == "ndjson" and not given["verbose"])
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""  # erases the progress line

    def say(line: str) -> None:
        if not silent:
            click.echo(f"{clear}reviewer: {text.one_line(text.scalar(line))}", err=True)

    return partial(review_and_fix, max_rounds=rounds, progress=say)


def _patch(name: str | None) -> bytes | None:
    if name is None:
        return None
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as exc:
        raise UsageError(
            f"--diff: cannot read {name}: {exc.strerror}; give a patch file, or -"
        ) from None


def _guideline(name: str) -> tuple[str, str]:
    try:
        return name, Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as exc:
        raise UsageError(
            f"--config: cannot read {name}: {exc.strerror}; give files with review guidelines"
        ) from None


def _outputs(given: dict[str, Any], stack: ExitStack) -> Callable[[Any], None]:
    """A function that passes each event to every requested output."""
    from reviewer import outputs

    wanted: list[
        tuple[str, TextIO, bool]
    ] = []  # with --interactive, stdout and stderr are the screen
    if not given["interactive"]:
        wanted.append((_stdout_format(given), _utf8(sys.stdout), True))
    targets = _targets(given)
    for entry, (name, target) in zip(given["output"], targets, strict=True):
        if name not in OUTPUTS:
            raise UsageError(f"-o {entry}: unknown format {name}; use one of {', '.join(OUTPUTS)}")
        try:
            wanted.append((name, stack.enter_context(_atomic_file(Path(target))), False))
        except OSError as exc:
            raise UsageError(
                f"-o {entry}: cannot write {target}: {exc.strerror}; give another file"
            ) from None
    if len({os.path.realpath(target) for _, target in targets}) < len(targets):
        raise UsageError("-o: two outputs write the same file: give each its own")
    quiet, verbose = given["quiet"], given["verbose"]
    here = str(Path.cwd())
    ready = [
        outputs.open_compact(stream)
        if to_stdout and given["compact"]
        else outputs.open_output(
            name,
            stream,
            color=to_stdout and options.color(given["color"], stream),
            width=_width(),
            quiet=quiet,
            verbose=verbose,
            here=here,
        )
        for name, stream, to_stdout in wanted
    ]
    if not quiet and not given["interactive"] and wanted[0][0] != "ndjson":
        color = options.color(given["color"], sys.stderr)
        ready.insert(
            0,
            outputs.open_progress(
                _utf8(sys.stderr), color=color, width=_width(), tty=sys.stderr.isatty()
            ),
        )
    for output in reversed(ready):
        stack.callback(output.close)

    def emit(event: Any) -> None:
        for output in ready:
            output.emit(event)

    return emit


def _targets(given: dict[str, Any]) -> list[tuple[str, str]]:
    """(format, file) of each `-o`."""
    entries = [entry.partition("=") for entry in given["output"]]
    return [
        (name, target) if equals else (_stdout_format(given), name)
        for name, equals, target in entries
    ]


@contextmanager
def _atomic_file(path: Path) -> Iterator[TextIO]:
    """A text file that appears only when it is complete: a killed run must not leave half a report.
    Nothing is written earlier, since the file may be among those under review."""
    if path.exists() and not path.is_file():  # a pipe or a device
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.touch()  # fail now if it cannot be written
    part.unlink()
    written = io.StringIO()
    yield written
    try:
        part.write_text(written.getvalue(), encoding="utf-8", newline="\n")
        disk.replace(part, path)
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
