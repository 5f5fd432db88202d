"""Whether a source lost a bracket or a quote. A grammar that lags behind its language takes valid
code for an error, but makes no bracket vanish: what its tokens say must also show in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reviewer.languages import Syntax

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b")


def is_lost(
    syntax: Syntax, tokens: Mapping[str, int], source: str, before: Mapping[str, int], old: str
) -> bool:
    """Whether `source` has a bracket or a quote without partner that `old` does not have.
    `tokens` and `before` say how many more of each kind open than close, by the grammar."""
    if not any(tokens.values()):
        return False
    if syntax.conditional:
        source, old = _first_branches(source), _first_branches(old)
    for mark, left in tokens.items():
        closing = _CLOSING.get(mark)
        if not left or before.get(mark) or (left < 0 and (closing or mark) in syntax.lone):
            continue
        more = _open(mark, closing, source) - _open(mark, closing, old)
        if more * left > 0 if closing else more % 2:
            return True
    return False


def _open(mark: str, closing: str | None, source: str) -> int:
    return source.count(mark) - (source.count(closing) if closing else 0)


def _first_branches(source: str) -> str:
    """The source without the alternatives to the first branch of each `#if`."""
    kept: list[str] = []
    others: list[bool] = []  # for each `#if` around the line, whether it is in another branch
    hidden = 0
    for line in source.split("\n"):
        directive = _DIRECTIVE.match(line)
        if directive is None:
            if not hidden:
                kept.append(line)
        elif directive[1].startswith("if"):
            others.append(False)
        elif others and directive[1] == "endif":
            hidden -= others.pop()
        elif others and not others[-1]:
            others[-1] = True
            hidden += 1
    return "\n".join(kept)
