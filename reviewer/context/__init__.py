"""What travels with a hunk: code from elsewhere, facts about the project, guidelines of the
team."""

from reviewer.context.pieces import gather

__all__ = ["gather"]
