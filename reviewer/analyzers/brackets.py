"""Whether a source lost a bracket or a quote. A grammar that lags behind its language takes valid
code for an error, and may then take marks within a string for brackets: what its tokens say must
also show in the text, read by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reviewer.analyzers.lexer import OPENING, Lone, Token, tokens
from reviewer.languages import Language

_CLOSING = {opening: closing for closing, opening in OPENING.items()}
_MOST = 32  # balances that the alternatives of one file may have


def is_lost(
    language: Language,
    now: Mapping[str, int],
    source: str,
    before: Mapping[str, int],
    old: str | None,
) -> bool:
    """Whether `source` has a bracket or a quote without partner that `old`, if there is one, does
    not have. `now` and `before` say how many more of each kind open than close, by the grammar."""
    try:
        then = balances(language, old or "")
    except Lone:
        return False
    try:
        found = balances(language, source)
    except Lone as exc:
        return _is_stuck(exc, now, source, before, old)
    for mark, closing in _CLOSING.items():
        said = _said(mark, now, source, before, old)
        if closing in language.syntax.lone:
            if min(found[mark]) > max(then[mark]) and max(said) > 0:
                return True
        elif 0 in then[mark] and any(all(each * by > 0 for each in found[mark]) for by in said):
            return True
    return False


def _is_stuck(
    at: Lone, now: Mapping[str, int], source: str, before: Mapping[str, int], old: str | None
) -> bool:
    """Whether a source cannot be read any further since it lost a quote, or the bracket that ends
    the code in a string."""
    if at.opened and max(_said(at.opened, now, source, before, old)) > 0:
        return True
    odd = source.count(at.mark) - (old or "").count(at.mark) if at.mark else 0
    return bool(odd % 2 and (now.get(at.mark, 0) - before.get(at.mark, 0)) % 2)


def _said(
    mark: str, now: Mapping[str, int], source: str, before: Mapping[str, int], old: str | None
) -> list[int]:
    """How many more brackets open than before, by the grammar, and by counting all that there are,
    with those in strings and comments."""
    closing = _CLOSING[mark]
    counted = [] if old is None else [_more(source, mark, closing) - _more(old, mark, closing)]
    return [now.get(mark, 0) - before.get(mark, 0), *counted]


def _more(source: str, opening: str, closing: str) -> int:
    return source.count(opening) - source.count(closing)


def balances(language: Language, source: str) -> Mapping[str, frozenset[int]]:
    """How many more brackets of each kind open than close: one number, or several where branches of
    conditional compilation differ. Raises Lone."""
    found = list(tokens(language, source))
    return {mark: _balances(mark, found) for mark in _CLOSING}


def _balances(mark: str, found: Iterable[Token]) -> frozenset[int]:
    """A group without alternatives counts as if it were compiled, unless there are several that do
    not balance: one may open what another closes."""
    sums, uneven = _summed(mark, found, optional=False)
    return frozenset(_summed(mark, found, optional=True)[0] if uneven > 1 else sums)


@dataclass
class _Group:
    """The lines from an `#if` to its `#endif`; the outermost is the file."""

    branch: set[int] = field(default_factory=lambda: {0})  # balances of the last branch
    others: set[int] = field(default_factory=set)  # of the branches before it
    own: int = 0  # balance of the brackets outside of groups within
    exhaustive: bool = False  # whether the last branch is an `#else`

    @property
    def is_uneven(self) -> bool:
        return self.own != 0 and not self.others


def _summed(mark: str, found: Iterable[Token], *, optional: bool) -> tuple[set[int], int]:
    """The balances, and how many groups without alternatives do not balance."""
    groups = [_Group()]
    uneven = 0

    def end() -> None:
        nonlocal uneven
        group = groups.pop()
        uneven += group.is_uneven
        sums = group.branch | group.others
        if (group.others and not group.exhaustive) or (optional and group.is_uneven):
            sums |= {0}
        around = groups[-1]
        around.branch = {mine + each for mine in around.branch for each in sums}
        if len(around.branch) > _MOST:
            raise Lone("")

    for name, step in found:
        group = groups[-1]
        if name == mark:
            group.branch = {each + step for each in group.branch}
            group.own += step
        elif name.startswith("if"):
            groups.append(_Group())
        elif name.startswith("el") and len(groups) > 1:
            group.others |= group.branch
            group.branch = {0}
            group.exhaustive = name == "else"
        elif name == "endif" and len(groups) > 1:
            end()
    while len(groups) > 1:
        end()
    return groups[0].branch, uneven
