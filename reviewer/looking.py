"""The looks of the model at the units of a change, as jobs, and what becomes of what each look
found."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from reviewer.context import units
from reviewer.events import Finding
from reviewer.findings import path_of
from reviewer.models import schedule
from reviewer.models.base import Model
from reviewer.prepare import TOGETHER, Look
from reviewer.reading import Found, read
from reviewer.run import Run
from reviewer.settling import Publish, settle_found
from reviewer.types import Unit, UnreviewedReason


def jobs(
    run: Run, model: Model, todo: Sequence[Look], facts: str, publish: Publish
) -> list[schedule.Job[UnreviewedReason | None]]:
    """A job for each look. The last look at a unit also judges what all of them found, in their
    order, while the server still holds the unit's prompt in its cache. What another look may say as
    well waits in `run.later`: findings of the looks across files, and those on lines that another
    unit shows first, or that none shows."""
    ahead = Counter(unit.ordinal for lens, unit in todo if lens != TOGETHER)
    unread = Counter(ahead)
    first = units.first_shown(run.todo)
    found: dict[int, list[tuple[int, Found]]] = {}

    def job(at: int, lens: str, unit: Unit) -> schedule.Job[UnreviewedReason | None]:
        mine = unit.ordinal

        def own(each: Finding) -> bool:
            return (
                lens != TOGETHER and first.get((path_of(each), each.side, each.start_line)) == mine
            )

        def take(one: Found) -> None:
            later = tuple(each for each in one.said if not own(each))
            if later:
                run.later.append((lens == TOGETHER, mine, at, replace(one, said=later)))
                one = replace(one, said=tuple(filter(own, one.said)))
                for each in later:  # never lost, even when the time is over before it is their turn
                    if each.id not in run.published:
                        run.pending.setdefault(each.id, each)
            if lens != TOGETHER:
                found.setdefault(mine, []).append((at, one))
            run.pending.update((finding.id, finding) for finding in one.said)

        async def look(first_token: Callable[[], None]) -> UnreviewedReason | None:
            if lens == TOGETHER:
                return await read(run, model, unit, facts, take, lens=lens, first_token=first_token)
            try:
                reason = await read(
                    run, model, unit, facts, take, lens=lens, first_token=first_token
                )
                unread[mine] -= not reason
                return reason
            except (
                asyncio.CancelledError
            ):  # the time is over: nobody is asked to judge what was found
                found.pop(mine, None)
                raise
            finally:
                ahead[mine] -= 1
                if not unread[mine]:
                    run.read.append(unit)
                if not ahead[mine] and (all_of_it := found.pop(mine, None)):
                    in_order = sorted(all_of_it, key=lambda item: item[0])
                    await settle_found(run, model, [one for _, one in in_order], publish)

        return look

    return [job(at, lens, unit) for at, (lens, unit) in enumerate(todo)]


def said_again(run: Run, model: Model, publish: Publish) -> Iterator[Coroutine[Any, Any, None]]:
    """What waited, as far as nobody else has said it: in a fixed order, so that it does not matter
    who was answered first; the looks across files last. Await each before the next."""
    waited = sorted(run.later, key=lambda item: item[:3])
    for _, same_unit in groupby(waited, key=lambda item: item[:2]):
        fresh = [
            replace(one, said=tuple(each for each in one.said if each.id not in run.published))
            for *_, one in same_unit
        ]
        if any(one.said for one in fresh):
            yield settle_found(run, model, fresh, publish)
