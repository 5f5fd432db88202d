"""What running the same command again would do for a review that could not read everything."""

from __future__ import annotations

from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Plan

_LEFT = {"timeout", "unit_limit", "interrupted", "model_error"}
_LONGEST = 300  # characters of a command


def advice(plan: Plan, outcome: Outcome) -> tuple[str, ...]:
    """A line for what was left over, and one for replies that a low limit has cut."""
    lines = []
    settings, reasons = plan.settings, {each.reason for each in outcome.unreviewed}
    asked = outcome.usage.calls or outcome.cache_hits
    if reasons & _LEFT and asked and settings.cache != "off":
        command = plan.request.command
        how = f": `{command}`" if command and len(command) <= _LONGEST else ""
        lines.append(f"Run it again to continue, finished units are remembered{how}")
    if "bad_reply" in reasons and settings.max_tokens is not None:
        most = f"--max-tokens {settings.max_tokens}"
        lines.append(f"{most} may have cut what could not be used: raise it, or leave it out")
    return tuple(lines)
