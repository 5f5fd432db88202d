"""The looks of the model at the units of a change, as jobs, and what becomes of what each look found."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

from reviewer.context import units
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
    """A job for each look. The last look at a unit also judges what all of them found, while the server still holds
    the unit's prompt in its cache. What another look may say as well waits in `run.later`: findings of the looks
    across files, and those on lines that two units show."""
    ahead = Counter(unit.ordinal for lens, unit in todo if lens != TOGETHER)
    unread = Counter(ahead)
    twice = units.repeated(run.todo)
    found: dict[int, list[Found]] = {}

    def job(lens: str, unit: Unit) -> schedule.Job[UnreviewedReason | None]:
        mine = unit.ordinal

        def take(one: Found) -> None:
            shared = twice.get(mine, ())
            later = [each for each in one.said if lens == TOGETHER or (each.side, each.start_line) in shared]
            if later:
                run.later.append(replace(one, said=tuple(later)))
                one = replace(one, said=tuple(each for each in one.said if each not in later))
                for each in later:  # never lost, even when the time is over before it is their turn
                    run.pending.setdefault(each.id, each)
            if lens != TOGETHER:
                found.setdefault(mine, []).append(one)
            run.pending.update((finding.id, finding) for finding in one.said)

        async def look(first_token: Callable[[], None]) -> UnreviewedReason | None:
            if lens == TOGETHER:
                return await read(run, model, unit, facts, take, lens=lens, first_token=first_token)
            try:
                reason = await read(run, model, unit, facts, take, lens=lens, first_token=first_token)
                unread[mine] -= not reason
                return reason
            except asyncio.CancelledError:  # the time is over: nobody is asked to judge what was found
                found.pop(mine, None)
                raise
            finally:
                ahead[mine] -= 1
                if not unread[mine]:
                    run.read.append(unit)
                if not ahead[mine] and (all_of_it := found.pop(mine, None)):
                    await settle_found(run, model, all_of_it, publish)

        return look

    return [job(lens, unit) for lens, unit in todo]


def said_again(run: Run, model: Model, publish: Publish) -> Iterator[Coroutine[Any, Any, None]]:
    """What waited, as far as nobody else has said it: in a fixed order, so that it does not matter who was answered
    first. Await each before the next."""
    for one in sorted(run.later, key=lambda one: (one.unit.ordinal, one.lens)):
        fresh = tuple(each for each in one.said if each.id not in run.published)
        yield settle_found(run, model, [replace(one, said=fresh)], publish)
