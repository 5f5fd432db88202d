"""`reviewer eval`: measures review quality on cases with known answers."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Any, get_args

import click

from reviewer.cli import common, complete, options
from reviewer.cli.eval_mutate import mutate
from reviewer.cli.eval_report import compare, report
from reviewer.config import EngineName
from reviewer.errors import Exit, UsageError
from reviewer.text import count, one_line
from reviewer.types import SEVERITIES

FORMATS = ("humanevalpack", "quixbugs", "debugbench", "fixes", "sarif")
RUN_EPILOG = """\b
Exit codes:
  0    every case was run
  2    wrong options, an invalid case, or a results file made with other settings
  3    some cases could not be run: each is named, and counts for nothing
  4    no engine answers: finished cases are kept, --resume continues
  130  interrupted (143: terminated): finished cases are kept, --resume continues

\b
Examples:
  reviewer eval run cases.jsonl -o run.jsonl --endpoint http://gpu-box:8000
  reviewer eval run cases/ -o analyzers.jsonl --no-model --only python
  reviewer eval run cases.jsonl -o run.jsonl --repeats 3 --resume
"""
IMPORT_EPILOG = """\b
Formats:
  humanevalpack  HumanEvalFix rows (JSON lines) of Python, JavaScript, Java, Go, C++, Rust
  quixbugs       a checkout of QuixBugs: python_programs/ and java_programs/ beside the correct ones
  debugbench     DebugBench (a JSON list or JSON lines): C++, Java, Python
  fixes          rows that name a repository and commits, with --clones DIR; or one real fix of your
                 own, reversed into the change that introduces the defect: --clone PATH --fix REV
  sarif          SARIF results, the known defects of a change: --clone PATH --base REV --head REV

\b
Examples:
  reviewer eval import humanevalpack python.jsonl -o cases.jsonl
  reviewer eval import fixes references.jsonl --clones ~/src -o cases.jsonl
  reviewer eval import fixes --clone . --fix 3f2a9c0 -o cases.jsonl
"""


# Headings of the help page of `run`.
_cases = common.under("Cases")
_model = common.under("Model")
_analyzers = common.under("Analyzers")
_limits = common.under("Limits")
_report = common.under("Findings")


@click.group("eval", cls=common.Group)
def evaluate() -> None:
    """Measure review quality: run cases with known defects, and report how many were found."""


@evaluate.command(epilog=RUN_EPILOG)
@click.argument("cases", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The results, one JSON line per case.",
)
@_cases("--resume", is_flag=True, help="Continue FILE: cases in it are not run again.")
@_cases(
    "--repeats",
    type=click.IntRange(1, 100),
    default=1,
    metavar="N",
    help="Runs of each case.",
)
@_cases(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Cases run in parallel (default 4; 1 with an embedded model).",
)
@_cases(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Only the case, tag, language or kind NAME (repeatable).",
)
@_cases("--limit", type=click.IntRange(1), metavar="N", help="Only the first N cases.")
@_cases(
    "--run-tests",
    is_flag=True,
    help="Run the cases' tests, confined, also on published patches.",
)
@_cases(
    "--name",
    default="",
    metavar="TEXT",
    help="The name of this run in reports (default: the file's name).",
)
@_model(
    "--engine", type=click.Choice(get_args(EngineName)), help="Which engine answers (default auto)."
)
@_model("--no-model", is_flag=True, help="Analyzers only; the same as --engine none.")
@_model("--endpoint", metavar="URL", help="A running server, with or without /v1.")
@_model(
    "--model",
    metavar="NAME",
    shell_complete=complete.models,
    help="Served model name; for llamacpp also a GGUF file.",
)
@_limits("--timeout", type=float, metavar="S", help="Seconds per case.")
@_limits("--max-tokens", type=int, metavar="N", help="Longest reply, in tokens.")
@_limits("--concurrency", type=int, metavar="N", help="Requests in flight per case.")
@_model("--seed", type=int, metavar="N", help="Sampling seed.")
@_model(
    "--effort",
    type=click.Choice(["low", "medium", "high"]),
    help="How many passes review each unit.",
)
@_model(
    "--thinking",
    type=click.Choice(["off", "verify", "on", "auto"]),
    help="Which calls think first: none, those that verify, all (default: by the effort).",
)
@_report(
    "--profile", type=click.Choice(["chill", "balanced", "assertive"]), help="How much is reported."
)
@_report("--min-severity", type=click.Choice(SEVERITIES), help="Hide findings below this severity.")
@_analyzers(
    "--analyzers",
    metavar="LIST",
    help="Analyzers to run, separated by commas (default: all).",
)
@_analyzers("--no-analyzers", is_flag=True, help="Run no analyzers.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def run(ctx: click.Context, /, **given: Any) -> None:
    """Review every case in CASES with the ordinary pipeline and record the results.

    CASES is a JSON-lines file, a folder with case.json, or a folder of such folders. Each case runs
    in a new repository without history and with an empty memory: nothing carries over from one to
    the next.
    """
    from reviewer import config
    from reviewer.lab.evals import running
    from reviewer.lab.evals.load import load

    cases = running.select(load(given["cases"]), given["only"], given["limit"])

    def report_progress(line: str) -> None:
        if not given["quiet"]:
            click.echo(one_line(line), err=True)

    run_options = running.Options(
        given["repeats"],
        given["jobs"],
        given["resume"],
        given["run_tests"],
        given["name"] or given["out"].stem,
        str(given["cases"]),
    )
    # Options of `reviewer review` that this command lacks count as not given.
    wanted = options.overrides(defaultdict(lambda: None, given, no_cache=True))
    work = running.run_cases(
        cases, given["out"], wanted, run_options, say=report_progress, user_file=config.user_file()
    )
    summary = asyncio.run(work)
    for case, why in summary.unrunnable:
        click.echo(one_line(f"reviewer: {case} could not be run: {why}"), err=True)
    done = count(summary.done, "case" if given["repeats"] == 1 else "review")
    click.echo(
        one_line(
            f"{done} run, {summary.before} kept, {len(summary.unrunnable)} could not be "
            f"run, {count(summary.findings, 'finding')}: {given['out']}"
        )
    )
    ctx.exit(Exit.INCOMPLETE if summary.unrunnable else Exit.OK)


@evaluate.command("import", epilog=IMPORT_EPILOG)
@click.argument("style", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument(
    "source", metavar="[FILE]", required=False, type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The cases, one JSON line each.",
)
@click.option(
    "--clones",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Clones by name: DIR/OWNER/NAME, DIR/OWNER+NAME or DIR/NAME.",
)
@click.option(
    "--clone",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="PATH",
    help="One clone, for --fix or for sarif.",
)
@click.option("--fix", metavar="REV", help="The commit that fixed the defect.")
@click.option("--base", metavar="REV", help="sarif: the state before the change.")
@click.option(
    "--head", metavar="REV", help="sarif: the state with the change, to which the results refer."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N cases.")
def import_(style: str, source: Path | None, out: Path, limit: int | None, **given: Any) -> None:
    """Convert published data sets, or your own fixes, into cases.

    The lines of a defect are those in which the faulty version differs from the correct one. The
    licence and origin of each row are kept. The same input always gives the same file.
    """
    from reviewer.lab.evals import imports
    from reviewer.lab.evals.imports.base import Places

    if source is not None and out.exists() and out.samefile(source):
        raise UsageError(f"-o {one_line(str(out))} is the file to import: give another -o FILE")
    imported = imports.convert(style, source, Places(**given))
    cases = imported.cases[:limit]
    for reason, names in imported.reasons().items():
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        click.echo(one_line(f"left out {len(names)}: {reason} ({shown})"), err=True)
    imports.write(cases, out)
    defects = sum(case.kind == "defect" for case in cases)
    tested = sum(case.tests is not None for case in cases)
    total = count(len(cases), "case")
    click.echo(
        one_line(
            f"{total}: {defects} with defects, {len(cases) - defects} clean, {tested} with tests:"
            f" {out}"
        )
    )


evaluate.add_command(report)
evaluate.add_command(compare)
evaluate.add_command(mutate)
