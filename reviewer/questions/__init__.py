"""Questions that a change raises: code makes them from the syntax tree and from old against new,
and the model must answer each.

`walk` reads what the changed lines say as `facts`, `compare` sets old against new, each family
makes ideas of it, and `choose` keeps the riskiest for each unit. Everything is a pure function of
the change.
"""

from reviewer.questions.choose import Asked, Question, ask, within

__all__ = ["Asked", "Question", "ask", "within"]
