"""The families of questions, in the order that decides between equal risks."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.questions import (
    agreement,
    arguments,
    arithmetic,
    arrival,
    bounds,
    changed,
    conditions,
    conversions,
    defaults,
    errors,
    likely,
    loops,
    order,
    regexes,
    removed,
    results,
    sharing,
    signatures,
    sinks,
    truth,
    wording,
)
from reviewer.questions.base import Family

FAMILIES: Mapping[str, Family] = {
    "removed": removed.ask,
    "defaults": defaults.ask,
    "conditions": conditions.ask,
    "results": results.ask,
    "arguments": arguments.ask,
    "signatures": signatures.ask,
    "arrival": arrival.ask,
    "order": order.ask,
    "agreement": agreement.ask,
    "regexes": regexes.ask,
    "wording": wording.ask,
    "truth": truth.ask,
    "errors": errors.ask,
    "likely": likely.ask,
    "loops": loops.ask,
    "bounds": bounds.ask,
    "arithmetic": arithmetic.ask,
    "conversions": conversions.ask,
    "sinks": sinks.ask,
    "sharing": sharing.ask,
    "changed": changed.ask,
}
