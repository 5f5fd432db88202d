"""The command line: one file per command, imported only when it is called, so that `--version`
and `--help` stay fast."""

from __future__ import annotations

import errno
import importlib
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer import __version__
from reviewer.cli import failures, streams
from reviewer.cli import help as help_pages
from reviewer.errors import Exit, Interrupted, NoRepository, ReviewerError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Name -> (module, attribute, help line). The help lines are here so that `reviewer --help` imports
# no command.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "setup": ("reviewer.cli.setup", "setup", "Set up the best Gemma 4 for this machine."),
    "review": (
        "reviewer.cli.review",
        "review",
        "Review the change in this git workspace (the default command).",
    ),
    "findings": (
        "reviewer.cli.findings",
        "findings",
        "List, show, dismiss and reopen earlier findings.",
    ),
    "stats": ("reviewer.cli.stats", "stats", "Show runs, tokens and time, spent and saved."),
    "dataset": (
        "reviewer.cli.dataset",
        "dataset",
        "Turn decided findings into training data.",
    ),
    "fix": ("reviewer.cli.fix", "fix", "Apply proved fixes to the worktree, after you confirm."),
    "undo": ("reviewer.cli.undo", "undo", "Undo what `reviewer fix` did."),
    "hook": (
        "reviewer.cli.hook",
        "hook",
        "Review before each push or commit: install, uninstall, status.",
    ),
    "mcp": (
        "reviewer.cli.mcp",
        "mcp",
        "Serve review, findings and fixes to agents as MCP tools.",
    ),
    "integrate": (
        "reviewer.cli.integrate",
        "integrate",
        "Teach a coding agent when and how to run a review.",
    ),
    "model": (
        "reviewer.cli.model",
        "model",
        "Find the Gemma 4 that fits this machine, and download it.",
    ),
    "serve": (
        "reviewer.cli.serve",
        "serve",
        "Start, watch and stop a model server with the right flags.",
    ),
    "doctor": (
        "reviewer.cli.doctor",
        "doctor",
        "Check this machine, the repository and every model server.",
    ),
    "eval": (
        "reviewer.cli.eval",
        "evaluate",
        "Measure review quality on cases with known answers.",
    ),
    "clean": ("reviewer.cli.clean", "clean", "Show and remove what is kept on the disk."),
    "config": ("reviewer.cli.config", "config", "Show, write and check the settings."),
    "completion": (
        "reviewer.cli.completion",
        "completion",
        "Complete commands, options and values in your shell.",
    ),
    "schema": (
        "reviewer.cli.schema",
        "schema",
        "Print the JSON Schema of an output or a model's reply.",
    ),
    "help": ("reviewer.cli.help_page", "help_", "Print the help page of a command."),
}

# The groups of `reviewer --help`: every command is in exactly one.
GROUPS: dict[str, tuple[str, ...]] = {
    "Review": ("review",),
    "Act on findings": ("findings", "fix", "undo"),
    "Integrations": ("hook", "mcp", "integrate"),
    "Model and engine": ("model", "serve"),
    "Set up": ("setup", "clean", "config", "doctor", "completion", "schema", "help"),
    "Measure": ("stats", "eval", "dataset"),
}

EPILOG = """\b
More:
  reviewer --staged      only staged changes
  reviewer review src/ --base main --fail-on major

Without a command, `reviewer` means `reviewer review`: see `reviewer review --help` for scopes,
engines and formats. Every command takes --help, --color and --no-pager."""


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO}  # of what is written
_ANYWHERE = ("-h", "--help", "--version", "completion", "schema", "help")  # they need no directory
_GONE = NoRepository("the working directory no longer exists; change to one that does")
_ALWAYS_0 = ["integrate", "reminder"]  # by an agent's hook: the agent must be able to stop
_NAMES = max(map(len, COMMANDS))  # one column for all groups


class _Commands(help_pages.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """For a shell that completes, an option without a command is one of `review`."""
        if ctx.resilient_parsing and args and args[0].startswith("-"):
            args = ["review", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = super().shell_complete(ctx, incomplete)
        review = self.get_command(ctx, "review")
        if incomplete.startswith("-") and review is not None:
            known = {each.value for each in found}
            below = review.shell_complete(help_pages.Context(review, parent=ctx), incomplete)
            found += [each for each in below if each.value not in known]
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, names in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{_NAMES}}", COMMANDS[name][2]) for name in names])

    def meant(self, ctx: click.Context, word: str) -> str:
        """Also an option or a path of `review`, the command that may be left out."""
        if os.path.lexists(word):  # no error for a name that no file can have
            return f"; to review a path, run `reviewer review {shlex.quote(word)}`"
        review = self.get_command(ctx, "review")
        assert review is not None
        options = {
            option.lstrip("-"): option
            for each in review.params
            if isinstance(each, click.Option) and not each.hidden
            for option in each.opts
            if option.startswith("--")
        }
        words = options | {name: name for name in COMMANDS}
        from reviewer import text

        name = text.nearest(word, words)
        return f"; did you mean `reviewer {words[name]}`?" if name else ""


@click.group(cls=_Commands, epilog=EPILOG)
@click.version_option(__version__, prog_name="reviewer", message="%(prog)s %(version)s")
def cli() -> None:
    """Review the change in a git workspace with Gemma 4 on your own hardware.

    \b
    Common uses:
      reviewer               terminal: review your next pull request
      reviewer --agent       coding agent: the same as a stream of JSON events
      reviewer hook install  git hook: review before every push

    No account, no quota, no upload: the diff goes to a local model, its answers are checked against
    the code, and each finding comes with its exact place, the evidence, and instructions to fix it.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point: run the command and exit with the documented exit code."""
    streams.open_all()
    streams.encode_all()
    args = list(sys.argv[1:] if argv is None else argv)
    if "_REVIEWER_COMPLETE" in os.environ:
        from reviewer.cli import complete

        complete.register()
    if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help", "--version")):
        args.insert(0, "review")
    code = streams.written(_run(args))
    sys.exit(Exit.OK if args[:2] == _ALWAYS_0 else code)


def _check_directory(args: list[str]) -> None:
    """Raises NoRepository when the working directory was deleted under the shell."""
    if args[0] not in _ANYWHERE and _is_gone():
        raise _GONE


def _is_gone() -> bool:
    try:
        Path.cwd()
    except OSError:
        return True
    return False


class _Terminated(KeyboardInterrupt):
    pass


def _terminate(number: int, frame: object) -> None:
    raise _Terminated


def _hear_signals() -> None:
    """Let signals through that were held during the imports. Before a command listens to them
    itself, SIGTERM and SIGHUP, or Ctrl-Break, end it as Ctrl-C does: with a last event."""
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, _terminate)
        return
    if signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores the second
            signal.signal(number, _terminate)
    held = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, held)


def _run(args: list[str]) -> int:
    try:
        _hear_signals()
        _check_directory(args)
        result = cli.main(args=args, prog_name="reviewer", standalone_mode=False)
        return result if isinstance(result, int) else Exit.OK
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except (
        SystemExit
    ):  # click's way out when the pipe is closed; its exit code 1 would mean findings
        return Exit.CANNOT_RUN
    except click.exceptions.NoArgsIsHelpError as exc:  # a group without a command prints its help
        click.echo(exc.format_message(), err=True)
        return Exit.USAGE
    except click.ClickException as exc:
        context = getattr(exc, "ctx", None)
        message = help_pages.corrected(exc)
        known = message.endswith(("?", "`"))  # what to do stands there
        hint = f"; see: {context.command_path} --help" if context and not known else ""
        return failures.fail(UsageError(message + hint), args)
    except (click.Abort, KeyboardInterrupt) as exc:
        terminated = isinstance(exc.__cause__ or exc, _Terminated)  # click has its own in between
        word = "terminated" if terminated else "interrupted"
        return failures.fail(Interrupted(word, terminated=terminated), args)
    except ReviewerError as exc:
        return failures.fail(exc, args)
    except OSError as exc:
        if exc.errno == errno.ENOENT and _is_gone():  # only now
            return failures.fail(_GONE, args)
        if exc.filename is not None or exc.errno not in _FULL:
            return failures.crash(exc, args)
        failures.echo(f"reviewer: cannot write the output: {exc.strerror}", err=True)
        return Exit.CANNOT_RUN
    except Exception as exc:  # noqa: BLE001 a bug before the stream began: an agent still gets one last event
        return failures.crash(exc, args)
