"""Fixes: patches that are built from quoted lines, proved before they are shown, and applied so that a crash or a
change of mind costs nothing."""

from reviewer.fixes.attach import attach
from reviewer.fixes.build import Built, Edit, Refused, build, from_contents
from reviewer.fixes.prove import LEVELS, Level, Withheld, prove, run_before
from reviewer.fixes.ruff_fixes import ruff_fix

__all__ = [
    "LEVELS",
    "Built",
    "Edit",
    "Level",
    "Refused",
    "Withheld",
    "attach",
    "build",
    "from_contents",
    "prove",
    "ruff_fix",
    "run_before",
]
