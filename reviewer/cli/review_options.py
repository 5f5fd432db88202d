"""Declares the options of `reviewer review`; `options.py` checks and combines them."""

from __future__ import annotations

from typing import Any, get_args

import click

from reviewer.config import EngineName
from reviewer.types import SEVERITIES

EPILOG = """\b
Exit codes:
  0    no finding at or above --fail-on, everything reviewed (or nothing to review)
  1    findings at or above --fail-on
  2    wrong options or configuration
  3    something that should have been reviewed was not: the last event lists it
  4    could not run: no repository, bad base, git failed, no engine and no analyzers
  130  interrupted (143: terminated)

\b
Formats: FORMATS

\b
Examples:
  reviewer                                  everything that a pull request would contain
  reviewer --agent | jq -c 'select(.type == "finding")'
  reviewer --agent --compact                findings in fewer tokens, without progress events
  reviewer --staged --fail-on major         staged changes; exit 1 for a major finding
  reviewer --range v1.0..HEAD -o review.json
  reviewer --fix                            apply proved fixes, review again; reviewer undo reverts them
  git diff main | reviewer --diff -         a patch without a repository
  reviewer --endpoint http://gpu-box:8000 --model gemma4

\b
Keys come from REVIEWER_API_KEY or REVIEWER_API_KEY_FILE, never from the command line.
"""  # noqa: E501


class ReviewCommand(click.Command):
    """Accepts several files after `-c`, as the CodeRabbit CLI does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        expanded: list[str] = []
        in_config = False
        for position, arg in enumerate(args):
            if arg == "--":
                expanded += args[position:]
                break
            if in_config and not arg.startswith("-") and expanded[-1] not in ("-c", "--config"):
                expanded.append("-c")
            elif arg.startswith("-"):
                in_config = arg in ("-c", "--config")
            expanded.append(arg)
        return super().parse_args(ctx, expanded)


_SCOPE = [
    click.argument("paths", nargs=-1, metavar="[PATH]..."),
    click.option("--staged", is_flag=True, help="Only staged changes (the index against HEAD)."),
    click.option(
        "--uncommitted", is_flag=True, help="Staged, unstaged and untracked files, against HEAD."
    ),
    click.option("--committed", is_flag=True, help="Only commits since the merge base."),
    click.option(
        "--base",
        metavar="REF",
        help="Compare with the merge base of REF instead of the default branch.",
    ),
    click.option("--commit", metavar="REV", help="One commit against its first parent."),
    click.option("--range", "range_", metavar="A..B", help="A range of commits."),
    click.option(
        "--diff", metavar="FILE", help="A patch file, or - for standard input; needs no repository."
    ),
    click.option(
        "--include", multiple=True, metavar="GLOB", help="Only files that match (repeatable)."
    ),
    click.option(
        "--exclude", multiple=True, metavar="GLOB", help="Skip files that match (repeatable)."
    ),
]
_ENGINE = [
    click.option(
        "--engine",
        type=click.Choice(get_args(EngineName)),
        help="Which engine answers (default auto).",
    ),
    click.option("--no-model", is_flag=True, help="Analyzers only; the same as --engine none."),
    click.option("--endpoint", metavar="URL", help="A running server, with or without /v1."),
    click.option(
        "--insecure", is_flag=True, help="Send the key to another machine over plain http."
    ),
    click.option(
        "--model", metavar="NAME", help="Served model name; for llamacpp also a GGUF file."
    ),
    click.option("--timeout", type=float, metavar="S", help="Seconds for the whole run."),
    click.option(
        "--max-units",
        type=int,
        metavar="N",
        help="Send at most N units to the model, riskiest first; list the rest.",
    ),
    click.option("--max-tokens", type=int, metavar="N", help="Longest reply, in tokens."),
    click.option("--concurrency", type=int, metavar="N", help="Requests in flight."),
    click.option("--seed", type=int, metavar="N", help="Sampling seed."),
    click.option(
        "--effort",
        type=click.Choice(["low", "medium", "high"]),
        help="How many passes review each unit.",
    ),
    click.option(
        "--thinking",
        type=click.Choice(["off", "verify", "on", "auto"]),
        help="Which calls think first: none, those that verify, all (default: by the effort).",
    ),
    click.option("--fresh", is_flag=True, help="Ignore cached replies and ask the model again."),
    click.option("--no-cache", is_flag=True, help="Neither use nor store cached replies."),
    click.option(
        "--no-precedents",
        is_flag=True,
        help="Hide earlier dismissals from the judge.",
    ),
    click.option(
        "--analyzers",
        metavar="LIST",
        help="Analyzers to run, separated by commas (default: all).",
    ),
    click.option(
        "--verify-command",
        metavar="CMD",
        help="Also prove each patch with this command, in a copy.",
    ),
    click.option("--no-analyzers", is_flag=True, help="Run no analyzers."),
]
_REPORT = [
    click.option("--agent", is_flag=True, help="Stream JSON events on stdout, one per line."),
    click.option(
        "--compact",
        is_flag=True,
        help="With --agent: fewer tokens: no status, no heartbeat, short texts.",
    ),
    click.option(
        "--format", metavar="NAME", help="Format of stdout (default terminal); see below."
    ),
    click.option(
        "-o",
        "--output",
        multiple=True,
        metavar="[FORMAT=]FILE",
        help="Also write a report to FILE, in the format of its ending (repeatable).",
    ),
    click.option(
        "--profile",
        type=click.Choice(["chill", "balanced", "assertive"]),
        help="How much is reported.",
    ),
    click.option(
        "--min-severity", type=click.Choice(SEVERITIES), help="Hide findings below this severity."
    ),
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        help="Exit 1 for a finding at least this severe.",
    ),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colours; auto: on a terminal, unless NO_COLOR is set.",
    ),
    click.option(
        "--baseline",
        metavar="FILE",
        help="Hold back findings dismissed in FILE, read from the base revision.",
    ),
    click.option(
        "--baseline-commit",
        metavar="REV",
        help="Hold back findings on lines unchanged since REV.",
    ),
    click.option(
        "--show-rejected",
        is_flag=True,
        help="Also list on stderr the findings that were held back, and why.",
    ),
    click.option(
        "--fix", is_flag=True, help="Apply fixes proved clean, without asking, and review again."
    ),
    click.option(
        "--max-rounds",
        type=click.IntRange(1, 20),
        metavar="N",
        help="With --fix: the most rounds (default 3).",
    ),
    click.option(
        "--interactive", is_flag=True, help="Read and decide in a full-screen report (extra: tui)."
    ),
    click.option(
        "--explain",
        metavar="FILE[:LINE]",
        help="Print what the model would see there, and why.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        help="More detail: tokens, agent instructions, findings held back.",
    ),
]
# Lets programs written for the CodeRabbit CLI call us unchanged.
_COMPATIBLE = [
    click.option(
        "--type", "type_", type=click.Choice(["all", "committed", "uncommitted"]), hidden=True
    ),
    click.option("--base-commit", metavar="SHA", hidden=True),
    click.option("--no-color", is_flag=True, hidden=True),
    click.option("--dir", "directory", metavar="PATH", hidden=True),
    click.option("--include-untracked", is_flag=True, hidden=True),
    click.option("--plain", is_flag=True, hidden=True),
    click.option("--prompt-only", is_flag=True, hidden=True),
    click.option("-c", "--config", "guideline_files", multiple=True, metavar="FILE", hidden=True),
]


def all_options(command: Any) -> Any:
    """Add every option to the command, in the order of its help."""
    for decorate in reversed([*_SCOPE, *_ENGINE, *_REPORT, *_COMPATIBLE]):
        command = decorate(command)
    return command
