"""Takes the steps of `reviewer setup`. Most are commands that a user could type: each runs in a
process of its own, so that it finds what an earlier one has installed."""

from __future__ import annotations

import asyncio
import importlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from reviewer import config, installer, serving
from reviewer.config import Settings
from reviewer.doors.setup import example
from reviewer.doors.setup.plan import Setup, Step
from reviewer.errors import EngineError, Exit, NoEngine
from reviewer.messages import Prompt
from reviewer.serving.start import PROBE

Say = Callable[[str], None]
_ASKED = Prompt("You are a code reviewer.", "Say that you are ready.", 32)
_DONE = (Exit.OK, Exit.FINDINGS)  # of a review: everything was reviewed


def run(setup: Setup, say: Say) -> None:
    """Take every step that is not done. Raises EngineError with the next command when one fails;
    what the steps before it did stays."""
    for step in setup.steps:
        if step.done:
            continue
        say(f"{step.name}: {shlex.join(step.command) or step.what}")
        match step.name:
            case "install":
                _install(step)
            case "check":
                asyncio.run(_check(smoke=bool(setup.smoke)))
            case "review":
                _review(smoke=bool(setup.smoke))
            case _:
                _ours(step)


def _install(step: Step) -> None:
    own = installer.installed_by()
    try:
        code = _wait(step.command, os.environ | own.variables)
    except FileNotFoundError:
        raise NoEngine(
            f"{step.command[0]} is not on the PATH, though it installed this program: put it there,"
            " then repeat `reviewer setup`"
        ) from None
    if code:
        raise NoEngine(
            f"`{shlex.join(step.command)}` failed (exit code {code}): when the network or the disk"
            " is in order, repeat `reviewer setup`"
        )
    importlib.invalidate_caches()


def _ours(step: Step) -> None:
    """A command of ours. Its own last line says what is wrong."""
    if code := _wait((*_PYTHON, *step.command[1:]), os.environ):
        raise EngineError(
            f"`{shlex.join(step.command)}` failed (exit code {code}), see above; then repeat"
            " `reviewer setup`, which goes on from there"
        )


# -P: a module of the folder where we are run must not pass for one of ours.
_PYTHON = (sys.executable, "-P", "-m", "reviewer")


def _wait(
    argv: Sequence[str],
    environ: os._Environ[str] | dict[str, str],
    cwd: Path | None = None,
    stdout: int | None = 2,
) -> int:
    """Run a program in our terminal. What it prints goes to standard error, like all that is not
    the report."""
    process = subprocess.Popen(
        argv, env=dict(environ), cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout
    )
    try:
        return process.wait()
    except BaseException:
        process.terminate()  # Ctrl-C reaches it too, but a signal to us alone does not
        process.wait()
        raise


async def _check(*, smoke: bool) -> None:
    """Ask the model that `reviewer` would use. Raises EngineError and its subclasses."""
    choice = await serving.choose(_settings(smoke=smoke), session=None)
    if choice.role == "none":
        await choice.close()
        raise choice.failure or NoEngine(choice.problem)
    async with choice.open() as model:
        reply = await model.complete(_ASKED, PROBE)
    if not _follows(reply.text):
        raise NoEngine(
            f"{choice.model} ignores the schema of the reply, so it cannot review: see what is"
            " wrong with `reviewer doctor`"
        )


def _follows(text: str) -> bool:
    import json

    try:
        return bool(json.loads(text) == {"state": "ready"})
    except (ValueError, RecursionError):
        return False


def _settings(*, smoke: bool) -> Settings:
    settings = config.load({}, os.environ, user=config.user_file()).settings
    return settings.model_copy(update={"engine": "llamacpp"}) if smoke else settings


def _review(*, smoke: bool) -> None:
    """Review the example, and print the report. With the smoke model, which is slow, one file."""
    with tempfile.TemporaryDirectory(prefix="reviewer-example-") as scratch:
        workspace = Path(scratch) / "shop"
        example.make(workspace)
        words = ["--engine", "llamacpp", example.BRIEF] if smoke else []
        code = _wait((*_PYTHON, "review", *words), os.environ, workspace, stdout=None)
    if code in _DONE or (smoke and code == Exit.INCOMPLETE):
        return
    how = "is incomplete" if code == Exit.INCOMPLETE else "failed"
    raise EngineError(
        f"the review of the example {how} (exit code {code}), see above; for what is wrong,"
        " run `reviewer doctor`"
    )
