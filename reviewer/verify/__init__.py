"""Filters the model's findings: code checks their claims, patterns catch noise, and the model is
asked to judge the rest."""

from __future__ import annotations

from reviewer.verify.judge import FLOORS, Judgement, Rejected, judge
from reviewer.verify.lenses import LENSES, Effort, with_lens
from reviewer.verify.precedents import Precedents
from reviewer.verify.refute import SCHEMA

__all__ = [
    "FLOORS",
    "LENSES",
    "SCHEMA",
    "Effort",
    "Judgement",
    "Precedents",
    "Rejected",
    "judge",
    "with_lens",
]
