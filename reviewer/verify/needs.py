"""What the model asked to see, looked up and put into words for the next question: the same for the
answers to questions and for verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from reviewer import text
from reviewer.context.asked import Look, Looks, look_up
from reviewer.secrets import Masks
from reviewer.types import Change, Context, Piece, Unit

TOKENS = 1500  # of what one round shows


@dataclass(frozen=True, slots=True)
class Shown:
    """`pieces` is the code, in the order of `section`, which goes into the prompt: an answer for
    each name, "" if nothing was asked for."""

    pieces: tuple[Piece, ...] = ()
    section: str = ""


def asked_to_see(
    names: Iterable[str],
    unit: Unit,
    context: Context,
    change: Change,
    *,
    about: str,
    budget: int,
    tokens: Callable[[str], int],
    redact: Masks | None,
    last: bool,
) -> Shown:
    """Look up what the model named, for a unit that it saw with `context`. `about` is the question
    or the claim that it is needed for. In the `last` round it may not ask again."""
    looks = look_up(names, unit, context, change, about=about, budget=budget, tokens=tokens)
    if redact:
        looks = Looks(tuple(_masked(look, change) for look in looks.looks))
    body = "\n\n".join("\n".join(_rows(look, redact)) for look in looks.looks)
    if not body:
        return Shown()
    fence = text.fence(body)
    end = "; leave needs empty now, and judge by what you have" if last else ""
    section = (
        f'What you asked to see, between the lines "{fence}"{end}:\n{fence}\n{body}\n{fence}\n'
    )
    return Shown(looks.pieces, section)


def lines_of(piece: Piece, redact: Masks | None) -> list[str]:
    """The lines of a piece as the model sees them."""
    clean = text.printable(text.neutral(piece.text.replace("\r\n", "\n")))
    return (redact.hide(clean) if redact else clean).split("\n")


def _masked(look: Look, change: Change) -> Look:
    """A part of a file may hold a credential that only the whole file gives away."""
    return replace(look, pieces=tuple(_hidden(piece, change) for piece in look.pieces))


def _hidden(piece: Piece, change: Change) -> Piece:
    whole = [change.read(piece.path, side) for side in ("new", "old")]
    masks = Masks.of(text.decode(data) for data in whole if data)
    return replace(piece, text=masks.hide(piece.text))


def _rows(look: Look, redact: Masks | None) -> Iterator[str]:
    says = text.neutral(look.says)
    yield (redact.hide(says) if redact else says) + (":" if look.pieces else "")
    end = 0
    for piece in look.pieces:
        if end:
            yield f"[lines {end + 1}-{piece.start - 1}]"
        yield from lines_of(piece, redact)
        end = piece.end
