"""The context of a hunk: related code, facts about the project, the team's guidelines."""

from reviewer.context.pieces import gather

__all__ = ["gather"]
