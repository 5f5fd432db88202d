"""The command line: one file per command, imported when it is called, so that `--version` and
`--help` cost nothing."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise

import click

from reviewer import __version__
from reviewer.errors import Exit, Interrupted, ReviewerError, UsageError

# Name -> (module, attribute, help line). Help lines stand here so that `reviewer --help` imports no
# command.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "review": (
        "reviewer.cli.review",
        "review",
        "Review the change in this git workspace (the default command).",
    ),
    "findings": (
        "reviewer.cli.findings",
        "findings",
        "What was found before, and what was decided about it.",
    ),
    "stats": ("reviewer.cli.stats", "stats", "Runs, tokens and time, spent and saved."),
    "dataset": (
        "reviewer.cli.dataset",
        "dataset",
        "Training data out of what became of the findings.",
    ),
    "fix": ("reviewer.cli.fix", "fix", "Apply proved fixes to the worktree, on confirmation."),
    "undo": ("reviewer.cli.undo", "undo", "Take back what `reviewer fix` did."),
    "hook": (
        "reviewer.cli.hook",
        "hook",
        "Review before a push or a commit: install, uninstall, status.",
    ),
    "mcp": (
        "reviewer.cli.mcp",
        "mcp",
        "Serve review, findings and fixes as tools to an agent (MCP).",
    ),
    "integrate": (
        "reviewer.cli.integrate",
        "integrate",
        "Tell a coding agent when and how to ask for a review.",
    ),
    "model": ("reviewer.cli.model", "model", "Which Gemma 4 fits this machine, and how to get it."),
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
    "eval": ("reviewer.cli.eval", "evaluate", "Measure the judgement on cases with known answers."),
    "config": ("reviewer.cli.config", "config", "Show, write and check the settings."),
    "completion": (
        "reviewer.cli.completion",
        "completion",
        "Print what a shell needs to complete these commands.",
    ),
    "schema": ("reviewer.cli.schema", "schema", "Print the JSON Schema of an output or a reply."),
}

# How `reviewer --help` puts them together: every command is in one group.
GROUPS: dict[str, tuple[str, ...]] = {
    "Review": ("review",),
    "Act on findings": ("findings", "fix", "undo"),
    "Doors": ("hook", "mcp", "integrate"),
    "Model and engine": ("model", "serve"),
    "Set up": ("config", "doctor", "completion", "schema"),
    "Measure": ("stats", "eval", "dataset"),
}

EPILOG = """\b
More:
  reviewer --staged      only what is staged
  reviewer review src/ --base main --fail-on major

Without a command, `reviewer` means `reviewer review`: see `reviewer review --help` for scopes,
engines and formats. """


_NAMES = max(map(len, COMMANDS))  # one column for all groups


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, names in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{_NAMES}}", COMMANDS[name][2]) for name in names])


@click.group(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reviewer", message="%(prog)s %(version)s")
def cli() -> None:
    """Review the change in a git workspace with a Gemma 4 that runs on your own hardware.

    \b
    The usual ways in:
      reviewer               terminal: read the review of your pull request to be
      reviewer --agent       coding agent: the same as a stream of JSON events
      reviewer hook install  git hook: review before every push

    No account, no quota, no upload: the diff goes to a local model, what comes back is checked
    against the code, and each finding carries its exact place, the evidence, and instructions to
    fix it.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point: runs the command and ends the process with the documented exit code."""
    _open_streams()
    args = list(sys.argv[1:] if argv is None else argv)
    if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help", "--version")):
        args.insert(0, "review")
    sys.exit(_written(_run(args)))


def _written(code: int) -> int:
    """The exit code once everything is written. What cannot be, on a full disk say, would make
    Python end with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), stream.fileno()
            )  # takes what the buffer still holds
            code = code or Exit.CANNOT_RUN
    return code


def _open_streams() -> None:
    """One that is closed is None in Python, and the next file that is opened would get its
    number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def _run(args: list[str]) -> int:
    try:
        result = cli.main(args=args, prog_name="reviewer", standalone_mode=False)
        return result if isinstance(result, int) else Exit.OK
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except (
        SystemExit
    ):  # how click ends where nobody reads any more; its 1 would say that there are findings
        return Exit.CANNOT_RUN
    except (
        click.exceptions.NoArgsIsHelpError
    ) as exc:  # a group without a command: its help is the answer
        click.echo(exc.format_message(), err=True)
        return Exit.USAGE
    except click.ClickException as exc:
        context = getattr(exc, "ctx", None)
        hint = f"; see: {context.command_path} --help" if context else ""
        return _fail(UsageError(" ".join(exc.format_message().split()).rstrip(".") + hint), args)
    except (click.Abort, KeyboardInterrupt):
        return _fail(Interrupted("interrupted"), args)
    except ReviewerError as exc:
        return _fail(exc, args)
    except Exception as exc:  # noqa: BLE001 a bug before the stream began: an agent still gets its one last event
        if not _wants_events(args):
            traceback.print_exception(exc)
            return Exit.CANNOT_RUN  # Python's own 1 would say that there are findings
        from reviewer import events, verdict

        click.echo(events.line(verdict.crash(exc, verbose=True)))
        return Exit.CANNOT_RUN


def _fail(exc: ReviewerError, args: list[str]) -> int:
    """Say what is wrong in one line: as an event for agents, on stderr for people."""
    if _wants_events(args):
        from reviewer import events, verdict

        click.echo(events.line(verdict.error(exc)))
    else:
        from reviewer import text

        click.echo(f"reviewer: {text.one_line(exc.message)}", err=True)
    return exc.exit_code


def _wants_events(args: list[str]) -> bool:
    options = args[: args.index("--")] if "--" in args else args
    return args[0] == "review" and (
        "--agent" in options
        or "--format=ndjson" in options
        or any(pair == ("--format", "ndjson") for pair in pairwise(options))
    )
