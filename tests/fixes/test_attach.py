from __future__ import annotations

import asyncio
from typing import Any

from support.change import change
from support.event_cases import finding

from reviewer.fixes import Built, Edit, Refused, attach, build
from reviewer.fixes.attach import Repair

UNDER = change({}, {"a.py": b"def f(x):\n    return x\n"})
FOUND = finding(suggestions=["    return x + 1"], comment="Off by one.")


def attempt(new: str, old: str = "    return x") -> Built | Refused:
    return build([Edit("a.py", 2, (old,), (new,))], UNDER)


def attached(first: Built | Refused, repair: Repair | None = None, **options: Any) -> Any:
    return asyncio.run(attach(FOUND, first, UNDER, repair=repair, names=("ruff",), **options))


def test_the_patch_is_put_on_the_finding() -> None:
    done = attached(attempt("    return x + 1"))
    assert done.patch.verification == "clean"
    assert done.model_copy(update={"patch": None}) == FOUND


def test_one_repair_is_asked_for_with_the_reason() -> None:
    asked = []

    async def repair(reason: str) -> Built | Refused | None:
        asked.append(reason)
        return attempt("    return x + 1")

    done = attached(attempt("    return (x + 1"), repair)
    assert asked == [
        "The replacement fails the check `parses`: a.py: line 2: SyntaxError: '(' was never closed"
    ]
    assert done.patch.verification == "clean"


def test_what_failed_twice_is_withheld_and_the_finding_says_so() -> None:
    async def repair(reason: str) -> Built | Refused | None:
        return attempt("    return undefined_name")

    done = attached(attempt("    return (x + 1"), repair)
    assert (done.patch, done.suggestions) == (None, [])
    assert done.comment == (
        "Off by one.\nNo patch: The replacement fails the check `analyzers`: "
        "ruff F821 at a.py:2: Undefined name `undefined_name`."
    )


def test_what_has_no_place_keeps_its_suggestion() -> None:
    async def no_repair(reason: str) -> Built | Refused | None:
        return None

    done = attached(attempt("    return x + 1", old="    return y"), no_repair)
    assert done.suggestions == FOUND.suggestions
    assert done.comment.endswith(
        'No patch: Old line 1 of 1 is not in a.py: "return y". The nearest is line 2: "return x".'
    )


def test_what_no_other_replacement_can_mend_is_not_asked_about() -> None:
    async def repair(reason: str) -> Built | Refused | None:
        raise AssertionError("it was asked")

    done = attached(Refused("A secret is in these lines.", is_final=True), repair)
    assert (done.patch, done.comment) == (
        None,
        f"{FOUND.comment}\nNo patch: A secret is in these lines.",
    )
