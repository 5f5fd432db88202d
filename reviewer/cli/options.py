"""The options of `reviewer review`, and what they mean together."""

from __future__ import annotations

import os
from typing import IO, Any, get_args

import click

from reviewer.config import EngineName
from reviewer.errors import UsageError
from reviewer.types import SEVERITIES, Scope

MAX_ROUNDS = 3
EPILOG = """\b
Exit codes:
  0    nothing at or above --fail-on, everything reviewed (or nothing to review)
  1    findings at or above --fail-on
  2    wrong options or configuration
  3    something that should have been reviewed was not: the last event lists it
  4    could not run: no repository, bad base, git failed, no engine and no analyzers
  130  interrupted (143: terminated)

\b
Formats: FORMATS

\b
Examples:
  reviewer                                  everything that would be in the pull request
  reviewer --agent | jq -c 'select(.type == "finding")'
  reviewer --agent --compact                the same with few tokens: no sign of life until it ends
  reviewer --staged --fail-on major         what is staged; exit 1 for a major finding
  reviewer --range v1.0..HEAD -o json=review.json
  reviewer --fix                            apply proved fixes, review again; reviewer undo takes them back
  git diff main | reviewer --diff -         a patch without a repository
  reviewer --endpoint http://gpu-box:8000 --model gemma4

\b
Keys come from REVIEWER_API_KEY or REVIEWER_API_KEY_FILE, never from the command line.
"""  # noqa: E501


class ReviewCommand(click.Command):
    """Takes several files after `-c`, as the CodeRabbit CLI does."""

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
    click.option("--staged", is_flag=True, help="Only what is staged (the index against HEAD)."),
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
        "--model", metavar="NAME", help="Served model name; for llamacpp also a GGUF file."
    ),
    click.option("--timeout", type=float, metavar="S", help="Seconds for the whole run."),
    click.option(
        "--max-units",
        type=int,
        metavar="N",
        help="Ask about N new parts, riskiest first; list the rest.",
    ),
    click.option("--max-tokens", type=int, metavar="N", help="Longest reply, in tokens."),
    click.option("--concurrency", type=int, metavar="N", help="Requests in flight."),
    click.option("--seed", type=int, metavar="N", help="Sampling seed (temperature is always 0)."),
    click.option(
        "--effort",
        type=click.Choice(["low", "medium", "high"]),
        help="How many passes look at each unit.",
    ),
    click.option("--fresh", is_flag=True, help="Ask again instead of using remembered replies."),
    click.option("--no-cache", is_flag=True, help="Neither use nor store remembered replies."),
    click.option(
        "--no-precedents",
        is_flag=True,
        help="Judge findings without what was dismissed here before.",
    ),
    click.option(
        "--analyzers",
        metavar="LIST",
        help="Analyzers to run, separated by commas (default: all there are).",
    ),
    click.option(
        "--verify-command",
        metavar="CMD",
        help="Also prove each patch with this command, in a copy.",
    ),
    click.option("--no-analyzers", is_flag=True, help="Run no analyzers."),
]
_REPORT = [
    click.option("--agent", is_flag=True, help="Stream JSON events on stdout, one a line."),
    click.option(
        "--compact",
        is_flag=True,
        help="With --agent: few tokens; no status, no heartbeat, short texts.",
    ),
    click.option(
        "--format", metavar="NAME", help="What goes to stdout (default terminal); see below."
    ),
    click.option(
        "-o",
        "--output",
        multiple=True,
        metavar="[FORMAT=]FILE",
        help="Also write FILE (repeatable).",
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
        help="Hold back what FILE dismisses, as it is at the base revision.",
    ),
    click.option(
        "--baseline-commit",
        metavar="REV",
        help="Hold back findings on lines that are as they were at REV.",
    ),
    click.option(
        "--show-rejected",
        is_flag=True,
        help="Also list, on stderr, findings that were held back, and why.",
    ),
    click.option(
        "--fix", is_flag=True, help="Apply what is proved clean, without asking, and review again."
    ),
    click.option(
        "--max-rounds",
        type=click.IntRange(1, 20),
        metavar="N",
        help="With --fix: how often (default 3).",
    ),
    click.option(
        "--interactive", is_flag=True, help="Read and decide in a full-screen report (extra: tui)."
    ),
    click.option(
        "--explain",
        metavar="FILE[:LINE]",
        help="Print what the model would be shown there, and why.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        help="More detail: tokens, agent instructions, what was held back.",
    ),
]
# So that the consumers of the CodeRabbit CLI can call us unchanged.
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
    """Put every option on the command, in the order of its help."""
    for decorate in reversed([*_SCOPE, *_ENGINE, *_REPORT, *_COMPATIBLE]):
        command = decorate(command)
    return command


def scope(given: dict[str, Any]) -> Scope:
    """The scope that the options ask for. Raises UsageError for options that exclude each other."""
    chosen = {
        "--staged": ("staged", None, given["staged"]),
        "--uncommitted": (
            "uncommitted",
            None,
            given["uncommitted"] or given["type_"] == "uncommitted",
        ),
        "--committed": ("committed", None, given["committed"] or given["type_"] == "committed"),
        "--commit": ("commit", given["commit"], given["commit"] is not None),
        "--range": ("range", given["range_"], given["range_"] is not None),
        "--diff": ("diff", given["diff"], given["diff"] is not None),
    }
    active = [name for name, entry in chosen.items() if entry[2]]
    if len(active) > 1:
        raise UsageError(f"{' and '.join(active)} exclude each other: give one scope")
    kind, rev, _ = chosen[active[0]] if active else ("all", None, True)
    if given["base"] is not None and given["base_commit"] is not None:
        raise UsageError("--base and --base-commit exclude each other")
    base = given["base"] if given["base"] is not None else given["base_commit"]
    if base is not None and kind not in ("all", "committed"):
        raise UsageError(f"--base goes with the default scope or --committed, not with {active[0]}")
    if given["include_untracked"] and kind == "committed":
        raise UsageError("--include-untracked and --committed exclude each other")
    paths = given["paths"] or ((".",) if given["directory"] else ())
    if kind == "diff" and paths:
        raise UsageError("--diff reviews the whole patch: use --include instead of paths")
    return Scope(kind, base, rev, tuple(paths))  # type: ignore[arg-type]


def rounds(given: dict[str, Any], wanted: Scope) -> int:
    """How often fixes may be applied and the change be reviewed again; 0 without --fix. Raises
    UsageError."""
    if not given["fix"]:
        if given["max_rounds"] is not None:
            raise UsageError("--max-rounds goes with --fix")
        return 0
    if wanted.kind not in ("all", "uncommitted"):
        raise UsageError(
            "--fix changes the worktree: it goes with the default scope or --uncommitted, not with"
            f" --{wanted.kind}"
        )
    if given["explain"]:
        raise UsageError("--fix and --explain exclude each other")
    return given["max_rounds"] or MAX_ROUNDS


def no_screen(given: dict[str, Any]) -> None:
    """Raises UsageError for options that say where else the report goes than to the screen of
    --interactive."""
    names = {
        "--agent": "agent",
        "--format": "format",
        "--prompt-only": "prompt_only",
        "--quiet": "quiet",
        "--fix": "fix",
        "--explain": "explain",
        "--show-rejected": "show_rejected",
    }
    for name, key in names.items():
        if given[key]:
            raise UsageError(f"--interactive and {name} exclude each other")
    if given["diff"] == "-":
        raise UsageError(
            "--interactive reads keys from standard input: give the patch as a file, --diff FILE"
        )


def overrides(given: dict[str, Any]) -> dict[str, Any]:
    """The settings that were given on the command line."""
    names = (
        "engine",
        "endpoint",
        "model",
        "timeout",
        "max_tokens",
        "concurrency",
        "seed",
        "effort",
        "profile",
        "min_severity",
        "fail_on",
        "include",
        "exclude",
        "verify_command",
        "baseline",
        "baseline_commit",
        "max_units",
    )
    values = {name: given[name] for name in names if given[name] not in (None, ())}
    if given["baseline"] is not None and given["diff"] is not None:
        raise UsageError(
            "--baseline and --diff exclude each other: a patch has no base revision to read the"
            " file from"
        )
    if given["baseline_commit"] is not None and given["diff"] is not None:
        raise UsageError(
            "--baseline-commit and --diff exclude each other: a patch has no history to compare"
            " with"
        )
    if given["no_model"]:
        if given["engine"] not in (None, "none"):
            raise UsageError(f"--no-model and --engine {given['engine']} exclude each other")
        values["engine"] = "none"
    if given["no_analyzers"] and given["analyzers"] is not None:
        raise UsageError("--analyzers and --no-analyzers exclude each other")
    if given["no_analyzers"]:
        values["analyzers"] = ()
    elif given["analyzers"] is not None:
        values["analyzers"] = tuple(
            name.strip() for name in given["analyzers"].split(",") if name.strip()
        )
    if given["no_cache"] or given["fresh"]:
        values["cache"] = "off" if given["no_cache"] else "fresh"
    if given["no_precedents"]:
        values["precedents"] = False
    if values.get("engine") == "none" and values.get("analyzers") == ():
        raise UsageError("--no-model with --no-analyzers leaves nothing that could review")
    return values


def color(wanted: str, stream: IO[str]) -> bool:
    """Whether to colour: an explicit choice wins, then NO_COLOR (no-color.org), then whether a
    terminal reads it."""
    if wanted != "auto":
        return wanted == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()
