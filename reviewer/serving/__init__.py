"""Plans, starts, finds and stops the servers that run a model."""

from reviewer.serving.choose import Choice, choose

__all__ = ["Choice", "choose"]
