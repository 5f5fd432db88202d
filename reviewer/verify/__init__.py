"""Filters the model's findings: code checks their claims, patterns catch noise, and the model is
asked to refute the rest."""

from __future__ import annotations

from reviewer.verify.judge import FLOORS, Judgement, Rejected, judge
from reviewer.verify.precedents import Precedents
from reviewer.verify.refute import SCHEMA
from reviewer.verify.votes import LENSES, lens_orders, with_lens

__all__ = [
    "FLOORS",
    "LENSES",
    "SCHEMA",
    "Judgement",
    "Precedents",
    "Rejected",
    "judge",
    "lens_orders",
    "with_lens",
]
