"""Fixes: builds patches from quoted lines, proves them before anyone sees them, and applies them so
that a crash loses nothing and every fix can be undone."""

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
