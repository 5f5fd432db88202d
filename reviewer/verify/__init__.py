"""Disproves what can be disproved: claims by code, noise by pattern, the rest by asking the model
to refute it."""

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
