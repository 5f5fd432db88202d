"""Checks and combines the options of `reviewer review`."""

from __future__ import annotations

from typing import Any

from reviewer.errors import UsageError
from reviewer.types import Scope

MAX_ROUNDS = 3


def scope(given: dict[str, Any]) -> Scope:
    """The scope that the options select. Raises UsageError for options that exclude each other."""
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
        raise UsageError(
            f"--base and {active[0]} exclude each other: use --base alone or with --committed"
        )
    if given["include_untracked"] and kind == "committed":
        raise UsageError("--include-untracked and --committed exclude each other")
    paths = given["paths"] or ((".",) if given["directory"] else ())
    if kind == "diff" and paths:
        raise UsageError("--diff reviews the whole patch: use --include instead of paths")
    return Scope(kind, base, rev, tuple(paths))  # type: ignore[arg-type]


def rounds(given: dict[str, Any], wanted: Scope) -> int:
    """The most rounds of applying fixes and reviewing again; 0 without --fix. Raises UsageError."""
    if not given["fix"]:
        if given["max_rounds"] is not None:
            raise UsageError("--max-rounds requires --fix")
        return 0
    if wanted.kind not in ("all", "uncommitted"):
        raise UsageError(
            f"--fix and --{wanted.kind} exclude each other: --fix changes the worktree, so it needs"
            " the default scope or --uncommitted"
        )
    if given["explain"]:
        raise UsageError("--fix and --explain exclude each other")
    return given["max_rounds"] or MAX_ROUNDS


def no_screen(given: dict[str, Any]) -> None:
    """Raises UsageError for options that conflict with the full-screen report of --interactive."""
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
            "--interactive reads keys from standard input: give the patch in a file, --diff FILE"
        )


def overrides(given: dict[str, Any]) -> dict[str, Any]:
    """The settings given on the command line."""
    names = (
        "engine",
        "endpoint",
        "model",
        "timeout",
        "max_tokens",
        "concurrency",
        "seed",
        "effort",
        "thinking",
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
    if given["insecure"]:
        values["insecure"] = True
    if given["no_precedents"]:
        values["precedents"] = False
    if values.get("engine") == "none" and values.get("analyzers") == ():
        raise UsageError(
            "--no-model and --no-analyzers exclude each other: nothing could review the change"
        )
    return values
