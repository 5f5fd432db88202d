"""Fixes: patches that are built from quoted lines, proved before they are shown, and applied so
that a crash or a change of mind costs nothing."""

from reviewer.fixes.analyzer_fixes import analyzer_fix, astgrep_fix, ruff_fix
from reviewer.fixes.attach import attach
from reviewer.fixes.build import Built, Edit, Refused, build, from_contents
from reviewer.fixes.prove import LEVELS, Level, Withheld, prove, run_before

__all__ = [
    "LEVELS",
    "Built",
    "Edit",
    "Level",
    "Refused",
    "Withheld",
    "analyzer_fix",
    "astgrep_fix",
    "attach",
    "build",
    "from_contents",
    "prove",
    "ruff_fix",
    "run_before",
]
