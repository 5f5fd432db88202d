"""Runs one analyzer on two trees in memory."""

from importlib import import_module

from support.change import change

from reviewer.analyzers import Limits


def analyzed(name, base, head, **options):
    """The result of the analyzer `name` for {path: text or bytes} before and after."""
    before, after = (
        {path: data.encode() if isinstance(data, str) else data for path, data in side.items()}
        for side in (base, head)
    )
    return import_module(f"reviewer.analyzers.{name}").check(
        change(before, after, **options), Limits(20)
    )


def hits(name, base, head, **options):
    """(rule, path, first line) of each hit."""
    return [
        (hit.rule, hit.path, hit.start) for hit in analyzed(name, base, head, **options).evidence
    ]
