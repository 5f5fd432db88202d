"""Declares the options of `reviewer review`; `options.py` checks and combines them."""

from __future__ import annotations

from typing import Any, get_args

import click

from reviewer.cli import common, complete
from reviewer.config import EngineName
from reviewer.types import SEVERITIES

EPILOG = """\b
Exit codes:
  0    nothing at or above --fail-on, and everything reviewed
  1    findings at or above --fail-on
  2    wrong options or configuration
  3    not all was reviewed that should have been: the last event lists it
  4    could not run: no repository, bad base, git failed, no engine at all
  130  interrupted (143: terminated)

Formats: FORMATS

\b
Examples:
  reviewer                           what a pull request would contain
  reviewer --agent | jq -c 'select(.type == "finding")'
  reviewer --agent --compact         fewer tokens, no progress events
  reviewer --staged --fail-on major  exit 1 for a major finding
  reviewer --range v1.0..HEAD -o review.json
  reviewer --fix                     apply proved fixes, and review again
  git diff main | reviewer --diff -  a patch without a repository
  reviewer --endpoint http://gpu-box:8000 --model gemma4

Keys come from REVIEWER_API_KEY or REVIEWER_API_KEY_FILE, never from the command line.
"""


class ReviewCommand(common.Command):
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


# A heading of the help page each.
_scope = common.under("Scope")
_output = common.under("Output")
_gate = common.under("Findings and gate")
_fixes = common.under("Fixes")
_model = common.under("Model")
_analyzers = common.under("Analyzers")
_limits = common.under("Limits")
_memory = common.under("Memory")
_OPTIONS = [
    click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete.files),
    _scope("--staged", is_flag=True, help="Only staged changes (the index against HEAD)."),
    _scope(
        "--uncommitted", is_flag=True, help="Staged, unstaged and untracked files, against HEAD."
    ),
    _scope("--committed", is_flag=True, help="Only commits since the merge base."),
    _scope(
        "--base",
        metavar="REF",
        shell_complete=complete.revisions,
        help="Compare with the merge base of REF instead of the default branch.",
    ),
    _scope(
        "--commit",
        metavar="REV",
        shell_complete=complete.revisions,
        help="One commit against its first parent.",
    ),
    _scope(
        "--range",
        "range_",
        metavar="A..B",
        shell_complete=complete.revisions,
        help="A range of commits.",
    ),
    _scope(
        "--diff",
        metavar="FILE",
        shell_complete=complete.files,
        help="A patch file, or - for standard input; needs no repository.",
    ),
    _scope("--include", multiple=True, metavar="GLOB", help="Only files that match (repeatable)."),
    _scope("--exclude", multiple=True, metavar="GLOB", help="Skip files that match (repeatable)."),
    _output("--agent", is_flag=True, help="Stream JSON events on stdout, one per line."),
    _output(
        "--compact",
        is_flag=True,
        help="With --agent: fewer tokens: no status, no heartbeat, short texts.",
    ),
    _output(
        "--format",
        metavar="NAME",
        shell_complete=complete.formats,
        help="Format of stdout (default terminal); see below.",
    ),
    _output(
        "-o",
        "--output",
        multiple=True,
        metavar="[FORMAT=]FILE",
        shell_complete=complete.files,
        help="Also write a report to FILE, in the format of its ending (repeatable).",
    ),
    _output(
        "--interactive", is_flag=True, help="Read and decide in a full-screen report (extra: tui)."
    ),
    _output(
        "--explain",
        metavar="FILE[:LINE]",
        shell_complete=complete.files,
        help="Print what the model would see there, and why.",
    ),
    _output(
        "--show-rejected",
        is_flag=True,
        help="Also list on stderr the findings that were held back, and why.",
    ),
    common.color(cls=common.Option, heading="Output"),
    _output("-q", "--quiet", is_flag=True, help="No progress on stderr."),
    _output(
        "-v",
        "--verbose",
        is_flag=True,
        help="More detail: tokens, agent instructions, findings held back.",
    ),
    _gate(
        "--profile",
        type=click.Choice(["chill", "balanced", "assertive"]),
        help="How much is reported.",
    ),
    _gate(
        "--min-severity", type=click.Choice(SEVERITIES), help="Hide findings below this severity."
    ),
    _gate(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        help="Exit 1 for a finding at least this severe.",
    ),
    _gate(
        "--baseline",
        metavar="FILE",
        shell_complete=complete.files,
        help="Hold back findings dismissed in FILE, read from the base revision.",
    ),
    _gate(
        "--baseline-commit",
        metavar="REV",
        shell_complete=complete.revisions,
        help="Hold back findings on lines unchanged since REV.",
    ),
    _fixes(
        "--fix", is_flag=True, help="Apply fixes proved clean, without asking, and review again."
    ),
    _fixes(
        "--max-rounds",
        type=click.IntRange(1, 20),
        metavar="N",
        help="With --fix: the most rounds (default 3).",
    ),
    _fixes(
        "--verify-command",
        metavar="CMD",
        help="Also prove each patch with this command, in a copy.",
    ),
    _model(
        "--engine",
        type=click.Choice(get_args(EngineName)),
        help="Which engine answers (default auto).",
    ),
    _model("--no-model", is_flag=True, help="Analyzers only; the same as --engine none."),
    _model("--endpoint", metavar="URL", help="A running server, with or without /v1."),
    _model("--insecure", is_flag=True, help="Send the key to another machine over plain http."),
    _model(
        "--model",
        metavar="NAME",
        shell_complete=complete.models,
        help="Served model name; for llamacpp also a GGUF file.",
    ),
    _model(
        "--effort",
        type=click.Choice(["low", "medium", "high"]),
        help="How many passes review each unit.",
    ),
    _model(
        "--thinking",
        type=click.Choice(["off", "verify", "on", "auto"]),
        help="Which calls think first: none, those that verify, all (default: by the effort).",
    ),
    _model("--seed", type=int, metavar="N", help="Sampling seed."),
    _analyzers(
        "--analyzers",
        metavar="LIST",
        shell_complete=complete.analyzers,
        help="Analyzers to run, separated by commas (default: all).",
    ),
    _analyzers("--no-analyzers", is_flag=True, help="Run no analyzers."),
    _limits("--timeout", type=float, metavar="S", help="Seconds for the whole run."),
    _limits(
        "--max-units",
        type=int,
        metavar="N",
        help="Send at most N units to the model, riskiest first; list the rest.",
    ),
    _limits("--max-tokens", type=int, metavar="N", help="Longest reply, in tokens."),
    _limits("--concurrency", type=int, metavar="N", help="Requests in flight."),
    _memory("--fresh", is_flag=True, help="Ignore cached replies and ask the model again."),
    _memory("--no-cache", is_flag=True, help="Neither use nor store cached replies."),
    _memory(
        "--no-precedents",
        is_flag=True,
        help="Hide earlier dismissals from the judge.",
    ),
]
# Lets programs written for the CodeRabbit CLI call us unchanged.
_COMPATIBLE = [
    click.option(
        "--type", "type_", type=click.Choice(["all", "committed", "uncommitted"]), hidden=True
    ),
    click.option("--base-commit", metavar="SHA", hidden=True),
    click.option(
        "--no-color", is_flag=True, hidden=True, expose_value=False, callback=common.no_color
    ),
    click.option("--dir", "directory", metavar="PATH", hidden=True),
    click.option("--include-untracked", is_flag=True, hidden=True),
    click.option("--plain", is_flag=True, hidden=True),
    click.option("--prompt-only", is_flag=True, hidden=True),
    click.option("-c", "--config", "guideline_files", multiple=True, metavar="FILE", hidden=True),
]


def all_options(command: Any) -> Any:
    """Add every option to the command, in the order of its help."""
    for decorate in reversed([*_OPTIONS, *_COMPATIBLE]):
        command = decorate(command)
    return command
