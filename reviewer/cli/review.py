"""`reviewer review`: the review for the terminal and for agents."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import click

from reviewer import text
from reviewer.cli import options, review_options, review_outputs, screen
from reviewer.cli.review_outputs import Target
from reviewer.errors import Exit, UsageError
from reviewer.outputs import OUTPUTS


@click.command(
    cls=review_options.ReviewCommand,
    epilog=review_options.EPILOG.replace("FORMATS", ", ".join(OUTPUTS)),
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

    if given["interactive"]:
        options.no_screen(given)
    directory = Path(given["directory"] or ".")
    files = review_outputs.targets(given["output"])
    request = Request(
        directory=directory,
        scope=options.scope(given),
        overrides=options.overrides(given),
        environ=dict(os.environ),
        user_file=config.user_file(),
        patch=_patch(given["diff"]),
        guidelines=tuple(_guideline(name) for name in given["guideline_files"]),
        show_rejected=given["show_rejected"],
        reports=review_outputs.written(files),
        command=_again(given),
    )
    if given["compact"] and (
        given["interactive"] or given["explain"] or review_outputs.stdout_format(given) != "ndjson"
    ):
        raise UsageError("--compact requires --agent or --format ndjson")
    rounds = options.rounds(given, request.scope)
    if given["explain"]:
        from reviewer.pipeline.explain import explain

        click.echo(asyncio.run(explain(request, given["explain"])))
        return
    if given["interactive"]:
        ctx.exit(_on_screen(request, given, files))
    try:
        words = verdict.last_words(stream=review_outputs.stdout_format(given) == "ndjson")
        with watchdog.watch(words) as watch, asyncio.Runner() as runner:
            watchdog.limit(config.time_limit(given["timeout"], config.DEFAULT_TIMEOUT))
            with ExitStack() as stack:
                emit = watch.guarded(review_outputs.open_all(given, files, stack))
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


def _on_screen(request: Any, given: dict[str, Any], files: Sequence[Target]) -> int:
    """Review in the full-screen report. Files of `-o` are written at the end of each review."""
    from reviewer import verdict, watchdog
    from reviewer.doors import tui
    from reviewer.pipeline.review import review as run_review

    async def start(emit: Callable[[Any], None], held: Callable[[Any], Any]) -> int:
        with ExitStack() as stack:
            to_files = review_outputs.open_all(given, files, stack)

            def both(event: Any) -> None:
                to_files(event)
                emit(event)

            code = await verdict.conclude(
                request, both, verbose=given["verbose"], work=held(run_review)
            )
        watchdog.rest()  # the screen stays for as long as it is read
        return code

    return tui.review(request.directory, start, color=screen.color(sys.stderr))


def _work(given: dict[str, Any], rounds: int) -> Any:
    """One review or, with --fix, rounds of reviewing and fixing, each reported on stderr unless
    that must stay empty."""
    from reviewer.pipeline.review import review as run_review

    if not rounds:
        return run_review
    from reviewer.pipeline.fix_loop import review_and_fix

    silent = given["quiet"] or (
        review_outputs.stdout_format(given) == "ndjson" and not given["verbose"]
    )
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""  # erases the progress line

    def say(line: str) -> None:
        if not silent:
            said = f"{clear}reviewer: {text.one_line(text.scalar(line))}"
            click.echo(said, err=True, color=True)  # `clear` is no colour, as click would have it

    return partial(review_and_fix, max_rounds=rounds, progress=say)


def _again(given: dict[str, Any]) -> str:
    """The shell line that continues this review; "" where its patch came from a pipe."""
    again = [each for each in sys.argv[1:] if each != "--fresh"]
    return "" if given["diff"] == "-" else text.one_line(shlex.join(["reviewer", *again]))


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
