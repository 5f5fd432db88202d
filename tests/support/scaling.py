"""One piece of work per step of the program, for any number of findings, lines or files: tests say
that it grows no faster than they do, tests/benchmarks/scale.py how long it takes."""

from __future__ import annotations

import asyncio
import io
import itertools
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from support.change import change
from support.event_cases import complete, context, finding, many
from support.memory import PLACE, dismissal, judged, opened, record
from support.plans import plan_of
from support.scripted import finding as said

from reviewer import config, memory, prompt, workspace
from reviewer.analyzers import ruff
from reviewer.analyzers.base import Limits
from reviewer.analyzers.python_dead import dead_names
from reviewer.context import gather, units
from reviewer.context.moved import without_moved
from reviewer.doors.mcp import fit
from reviewer.events import Finding
from reviewer.findings import PassResult, Source, accept, from_evidence, inline_ignores, merge
from reviewer.findings.since import is_unchanged
from reviewer.memory import history, listing
from reviewer.memory.asking import ReplyCache
from reviewer.memory.dismissals import Dismissals
from reviewer.messages import Prompt
from reviewer.outputs import OUTPUTS, open_compact, open_output
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.nearby import Nearby
from reviewer.types import Change, Context, Evidence, Hunk, Line, Unit
from reviewer.verify import judge

Work = Callable[[], object]
LINE = b"    foo(bar)\n"
OLD = b"x = 1\n"


def tokens(text: str) -> int:
    return len(text) // 3 + 1


_numbers = itertools.count()


def equal_lines(count: int) -> Change:
    """A file that gets `count` equal lines, and one that no file had before: outlines are cached by
    content."""
    return change({"a.py": OLD}, {"a.py": b"def f():\n    x%d\n" % next(_numbers) + LINE * count})


def many_hunks(count: int) -> Change:
    """A file with a changed line in each of `count` hunks."""
    head = b"".join(b"a%d\nb\nc\nd\n" % number for number in range(count))
    made = change({"a.py": b""}, {"a.py": head})
    hunks = tuple(
        Hunk(
            at,
            1,
            at,
            1,
            b"",
            (Line("removed", at, None, b"z"), Line("added", None, at, b"a%d" % n)),
        )
        for n, at in enumerate(range(1, 4 * count, 4))
    )
    return replace(made, files=(replace(made.files[0], status="modified", hunks=hunks),))


def many_files(count: int) -> Change:
    return change({}, {f"src/m{number}.py": b"x = undefined\n" for number in range(count)})


def patch_of(files: int, hunks: int = 1, lines: int = 1) -> bytes:
    out = []
    for file in range(files):
        out.append(b"diff --git a/m%d.py b/m%d.py\nindex 1111111..2222222 100644\n" % (file, file))
        out.append(b"--- a/m%d.py\n+++ b/m%d.py\n" % (file, file))
        for hunk in range(hunks):
            at = 1 + hunk * 2 * lines
            out.append(b"@@ -%d,%d +%d,%d @@\n" % (at, lines, at, lines))
            out.append(b"-old\n" * lines + b"+new\n" * lines)
    return b"".join(out)


def hits(made: Change) -> list[Evidence]:
    """One for each added line."""
    return [
        Evidence("ruff", "F821", file.path, line.new, line.new, "Undefined name")
        for file in made.files
        for hunk in file.hunks
        for line in hunk.lines
        if line.kind == "added"
    ]


def found_in(made: Change, source: Source | None = None) -> list[Finding]:
    source = source or Source(made)
    return [from_evidence(hit, "major", "functional_correctness", source) for hit in hits(made)]


def placed(count: int, quote: str) -> Work:
    """Replies of a model about the last of `count` equal lines, a constant number for each."""
    made = equal_lines(count)
    parts = units.split(made.files[0], budget=400, tokens=tokens)
    source = Source(made)
    reply = {"findings": [said(quote, "a.py", line=count)]}

    def work() -> None:
        for unit in parts:
            accept(reply, unit, Context(), source, "reviewer", redact=None)

    return work


def emitted(name: str, count: int) -> Work:
    events = many(count, comment="The counter is never raised.")

    def work() -> None:
        stream = io.StringIO()
        settings = {"color": False, "width": 80, "quiet": False, "verbose": False}
        output = (
            open_compact(stream) if name == "compact" else open_output(name, stream, **settings)
        )
        for event in events:
            output.emit(event)
        output.close()

    return work


def published(count: int) -> Work:
    made = equal_lines(count)

    def work() -> None:
        plan = plan_of(made)
        ledger = Ledger(plan, lambda event: None)
        for each in found_in(made, plan.source):
            ledger.warn(each.id)
            ledger.hold([each])
            ledger.announce(each)
            ledger.publish(each)
        ledger.outcome(seconds=1.0, resolved=(), hits=0, misses=0)

    return work


def judged_before(count: int) -> Work:
    """Findings whose like are known, and dismissed, from other files that are gone."""
    made = equal_lines(count)
    source = Source(made)
    found = found_in(made, source)

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
            session = memory.begin(
                store,
                made,
                source,
                ReplyCache(store, "off"),
                model="m",
                baseline=memory.Baseline(tuple(dismissal(n) for n in range(count))),
            )
            for each in found:
                session.judge(each)

    return work


def remembered(count: int) -> Work:
    def work() -> None:
        with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
            found = [judged(n) for n in range(count)]
            history.record_run(store, PLACE, record(*found))
            history.record_run(store, PLACE, record(stands=lambda body: False))
            listing.remembered(store, PLACE.repository, every=True)

    return work


def gone(count: int) -> Work:
    """All findings of the last run are fixed by hand: is the code that they quote still there?"""
    before = equal_lines(count)
    found = found_in(before)
    after = change({"a.py": OLD}, {"a.py": b"y = 2\n" * count})

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
            settings = config.load({}, {}).settings
            source = Source(after)
            session = memory.begin(
                store, after, source, ReplyCache(store, settings.cache), model="m"
            )
            for each in found:
                session._stands(each.model_dump_json(by_alias=True))

    return work


def sifted(count: int) -> Work:
    """A model's findings, among as many that are published already, unit by unit."""
    made = many_files(count)
    source = Source(made)
    nearby = Nearby()
    nearby.add(found_in(made, source))

    async def all_units() -> None:
        for number, file in enumerate(made.files):
            unit = Unit(file, file.hunks, number)
            reply = {"findings": [said("x = undefined", file.path)]}
            got = accept(reply, unit, Context(), source, "reviewer", redact=None)
            result = PassResult(unit, Context(), Prompt("", "", 0), got.findings)
            known = nearby(got.findings)
            await judge(
                [result], made, source, model=None, effort="low", redact=None, published=known
            )

    return lambda: asyncio.run(all_units())


def shown_on_screen(count: int) -> Work:
    from reviewer.doors.tui.live import Live
    from reviewer.doors.tui.model import Item, View, described, rows

    def work() -> None:
        live = Live()
        events = many(count)
        for event in events:
            live = live.after(event)
        items = [Item(each, "new") for each in events if isinstance(each, Finding)]
        rows(items, View())
        described(items, View())

    return work


def gathered(made: Change) -> Work:
    parts = [unit for file in made.files for unit in units.split(file, budget=200, tokens=tokens)]

    def work() -> None:
        for unit in parts:
            around = gather(unit, made, evidence=(), budget=800, tokens=tokens)
            prompt.render(
                unit,
                around,
                facts="",
                guidelines=(),
                hints=(),
                role="reviewer",
                redact=None,
                max_tokens=1024,
            )

    return work


def from_patch(data: bytes) -> Work:
    return lambda: workspace.from_patch(data, "-", Path("/nonexistent"), workspace.Limits())


def since(count: int) -> Work:
    made, earlier = many_hunks(count), many_hunks(count)
    found = found_in(made)
    return lambda: [is_unchanged(each, earlier) for each in found]


STEPS: Mapping[str, Callable[[int], Work]] = {
    "lines of a patch": lambda n: from_patch(patch_of(1, 1, n)),
    "hunks of a patch": lambda n: from_patch(patch_of(1, n)),
    "files of a patch": lambda n: from_patch(patch_of(n)),
    "lines into units": lambda n: (
        lambda made=equal_lines(n): units.first_shown(
            units.split(made.files[0], budget=100, tokens=tokens)
        )
    ),
    "hunks into units": lambda n: (
        lambda made=many_hunks(n): units.split(made.files[0], budget=100, tokens=tokens)
    ),
    "moved lines": lambda n: lambda made=equal_lines(n): without_moved(made.files),
    "plan of files": lambda n: lambda made=many_files(n): plan_of(made),
    "context of lines": lambda n: gathered(equal_lines(10 * n)),
    "context of hunks": lambda n: gathered(many_hunks(n)),
    "context of files": lambda n: gathered(many_files(n)),
    "findings of analyzers": lambda n: lambda made=equal_lines(n): found_in(made),
    "checks that a name exists": lambda n: (
        lambda: dead_names(b"if 'a' not in dir():\n  b\nel" * n + b"se:\n  a\n")
    ),
    "hits of ruff": lambda n: lambda made=equal_lines(n): ruff.check(made, Limits(60)),
    "findings on hunks": lambda n: lambda made=many_hunks(n): found_in(made),
    "quotes that are found": lambda n: placed(10 * n, "    foo(bar)"),
    "quotes that are elsewhere": lambda n: placed(10 * n, "def f():"),
    "quotes that are nowhere": lambda n: placed(10 * n, "    nothing_like_it(bar)"),
    "findings since a commit": since,
    "ignore comments": lambda n: (
        lambda: inline_ignores(b"x  # reviewer: ignore[0123456789ab] why\n" * n)
    ),
    "findings merged": lambda n: lambda: merge([finding(number // 2) for number in range(n)]),
    "findings at one place": lambda n: (
        lambda: merge([finding(1, title=f"Title {number}") for number in range(n)])
    ),
    "findings judged": sifted,
    "findings published": published,
    "findings with decisions": judged_before,
    "findings that are gone": gone,
    "findings remembered": remembered,
    "dismissals of equal code": lambda n: (
        lambda: Dismissals.of(
            [dismissal(number).model_copy(update={"fingerprint": "f" * 12}) for number in range(n)]
        )
    ),
    "findings for an agent": lambda n: (
        lambda: fit.report(context(), [finding(number) for number in range(n)], complete())
    ),
    "findings on the screen": shown_on_screen,
    **{f"output {name}": lambda n, name=name: emitted(name, n) for name in (*OUTPUTS, "compact")},
}
