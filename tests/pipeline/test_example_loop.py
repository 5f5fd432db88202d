"""What an agent does with a review, ten times over: review, mend one thing, review again, until
nothing is left."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support import example as example_workspace
from support.pipeline import found, run
from support.scripted import Scripted, finding, reply

from reviewer import memory

# By name: the file, the line that the model finds wrong, and what it is replaced with.
DEFECTS = {
    "default": (
        "shop/pricing.py",
        "def with_coupons(net, codes, used=[]):",
        "def with_coupons(net, codes, used):",
    ),
    "secret": (
        "shop/settings.py",
        'EXPORT_KEY_ID = "AKIANOTAREALKEY7FAKE"',
        'EXPORT_KEY_ID = os.environ["EXPORT"]',
    ),
    "await": (
        "shop/checkout.py",
        "    notify.send_receipt(transport, cart.customer, amount)",
        "    await notify.send_receipt(transport, cart.customer, amount)",
    ),
    "assertion": (
        "tests/test_pricing.py",
        "        pricing.subtotal(lines(pen=10))",
        "        self.assertEqual(pricing.subtotal(lines(pen=10)), 1350)",
    ),
    "query": (
        "shop/orders.py",
        (
            '        f"select day, customer, sku, quantity, total from orders where customer ='
            " '{customer}' order by id\""
        ),
        (
            '        "select day, customer, sku, quantity, total from orders where customer = ?",'
            " (customer)"
        ),
    ),
    "one column": (  # what the mended query brings in
        "shop/orders.py",
        (
            '        "select day, customer, sku, quantity, total from orders where customer = ?",'
            " (customer)"
        ),
        (
            '        "select day, customer, sku, quantity, total from orders where customer = ?",'
            " (customer,)"
        ),
    ),
    "page": (
        "web/cart.js",
        "  for (let first = 0; first <= lines.length; first += size) {",
        "  for (let first = 0; first < lines.length; first += size) {",
    ),
    "name": (
        "shop/cli.py",
        '    print(f"{count} orders written to {target}")',
        '    print(f"{count} orders written to {options.file}")',
    ),
    "open": (
        "shop/export.py",
        '    file = open(path, "w", encoding="utf-8", newline="")',
        "    file = opened(path)",
    ),
    "swallowed": ("shop/export.py", "        pass", "        return False"),
}


def answer(prompt):
    """Every defect whose line the unit shows as added."""
    shown = prompt.user.split("\n")
    rows = {line.partition(" + ")[2] for line in shown if line[:4].strip().isdigit()}
    wrong = [
        finding(line, path)
        for path, line, _ in DEFECTS.values()
        if line in rows and path in prompt.user
    ]
    return reply(*wrong)


@dataclass
class Example:
    path: Path
    ids: dict[str, str] = field(default_factory=dict)  # finding id to the name of the defect

    def mend(self, name):
        path, before, after = DEFECTS[name]
        old = (self.path / path).read_text()
        assert old.count(before) == 1
        (self.path / path).write_text(old.replace(before, after))

    def dismiss(self, name):
        (each,) = [each for each, known in self.ids.items() if known == name]
        with memory.open_store({}) as store:
            memory.dismiss(
                store, memory.repository_key(self.path / ".git"), each, "one writer only"
            )

    def review(self):
        """(files asked about, findings by state, what is resolved, exit code)"""
        model = Scripted(answer, concurrency=1)
        stream, code = run(self, model, fail_on="trivial")
        names = {line: name for name, (_, line, _) in DEFECTS.items()}
        for each in found(stream):
            line = (self.path / each.file_name).read_text().split("\n")[each.start_line - 1]
            self.ids[each.id] = names[line]
        states = {
            state: sorted(self.ids[each.id] for each in found(stream) if each.state == state)
            for state in ("new", "open")
        }
        resolved = sorted(self.ids[each] for each in stream[-1].resolved)
        assert stream[-1].unreviewed_files == []
        assert stream[-1].findings == len(found(stream))
        assert stream[-1].usage.calls == len(model.prompts)
        return sorted(map(asked_about, model.prompts)), states, resolved, code


def asked_about(prompt):
    """The file of a unit: the one that the task at the end of the prompt names."""
    return re.findall(r"^The change to (\S+) \(", prompt.user, re.MULTILINE)[-1]


@pytest.fixture
def example(tmp_path: Path) -> Example:
    return Example(example_workspace.copy(tmp_path / "shop"))


FIRST = ["assertion", "await", "default", "name", "open", "page", "query", "secret", "swallowed"]
# What is done, the files that the model is then asked about, and the findings that are new and
# resolved. Three edits change what is shown along with another file, too: a caller, a signature, a
# use. The settings are asked about until their credential is gone: a reply that shows one is not
# kept.
STEPS = [
    ("default", ["shop/pricing.py", "shop/settings.py"], [], ["default"]),
    ("secret", ["shop/settings.py"], [], ["secret"]),
    ("await", ["shop/checkout.py", "shop/pricing.py"], [], ["await"]),
    ("assertion", ["tests/test_pricing.py"], [], ["assertion"]),
    ("query", ["shop/orders.py"], ["one column"], ["query"]),
    ("one column", ["shop/orders.py"], [], ["one column"]),
    ("page", ["web/cart.js"], [], ["page"]),
    ("name", ["shop/cli.py", "shop/export.py"], [], ["name"]),
    ("dismiss open", [], [], []),
    ("swallowed", ["shop/export.py"], [], ["swallowed"]),
]


def test_ten_steps_until_nothing_is_left(example: Example):
    everything = sorted({path for path, _, _ in DEFECTS.values()})
    assert example.review() == (everything, {"new": FIRST, "open": []}, [], 1)
    left = set(FIRST)
    for step, asked, new, resolved in STEPS:
        if step.startswith("dismiss "):
            example.dismiss(step.removeprefix("dismiss "))
            left.remove(step.removeprefix("dismiss "))
        else:
            example.mend(step)
        expected = (asked, {"new": new, "open": sorted(left - set(resolved))}, resolved)
        left = left - set(resolved) | set(new)
        assert (step, *example.review()) == (step, *expected, 1 if left else 0)
    assert left == set()
    assert example.review() == ([], {"new": [], "open": []}, [], 0)  # nobody is asked a thing


def test_a_step_back_brings_the_finding_back_and_asks_nobody(example: Example):
    example.review()
    page = example.path / DEFECTS["page"][0]
    before = page.read_text()
    example.mend("page")
    assert example.review()[2] == ["page"]
    page.write_text(before)
    asked, states, resolved, code = example.review()
    assert (asked, states["new"], resolved, code) == ([], ["page"], [], 1)
    assert states["open"] == sorted(set(FIRST) - {"page"})


def test_a_step_that_mends_nothing_resolves_nothing(example: Example):
    example.review()
    cart = example.path / "web/cart.js"
    cart.write_text("// The cart.\n" + cart.read_text())
    asked = ["shop/settings.py", "web/cart.js"]  # the reply about the credential was not kept
    assert example.review() == (asked, {"new": [], "open": FIRST}, [], 1)


@dataclass
class Shuffled(Scripted):
    """Answers after a time that chance decides, so that replies come in another order each time."""

    seed: int = 0

    def __post_init__(self):
        self.chance = random.Random(self.seed)
        self.order = []

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        first_token()
        await asyncio.sleep(self.chance.random() / 100)
        self.order.append(asked_about(prompt))
        return await super().complete(prompt, schema)


@pytest.mark.parametrize("effort", ["low", "medium", "high"])
def test_the_same_input_has_the_same_findings_ten_times(example: Example, effort: str):
    """Whatever is asked at the same time and whoever answers first: whole findings are compared,
    not only their ids."""
    seen, orders = [], set()
    for seed in range(10):
        model = Shuffled(answer, concurrency=(1, 16)[seed % 2], seed=seed)
        stream, code = run(
            example, model, effort=effort, cache="off", concurrency=model.concurrency
        )
        seen.append(
            (code, sorted(each.model_dump_json(exclude={"state"}) for each in found(stream)))
        )
        orders.add(tuple(model.order))
    assert len(orders) > 2  # replies did come in other orders
    assert len(seen[0][1]) == len(FIRST)
    assert seen == [seen[0]] * 10


def test_parts_of_a_large_hunk_that_report_the_line_that_they_share(example: Example):
    """The same place, said by two units in other words: one finding, whoever is first (in the words
    of the first)."""
    lines = [f"value_{n} = compute({n})  # {'x' * 60}" for n in range(160)]
    (example.path / "large.py").write_text("\n".join(lines))

    def shared(prompt):
        rows = [line for line in lines if f" + {line}" in prompt.user]
        told = {"problem": f"Seen from {rows[0]}."} if rows else {}
        return reply(*(finding(line, "large.py", **told) for line in [*rows[:3], *rows[-3:]]))

    seen = set()
    for seed in range(10):
        model = Shuffled(shared, concurrency=(1, 16)[seed % 2], seed=seed)
        stream, _ = run(example, model, cache="off", concurrency=model.concurrency)
        seen.add(tuple(sorted((each.start_line, each.id, each.comment) for each in found(stream))))
    assert len(seen) == 1
    parts = sorted(
        [number for number, line in enumerate(lines, 1) if f" + {line}" in prompt.user]
        for prompt in model.prompts
    )
    parts = [shown for shown in parts if shown]
    shared_by = {
        number: [shown for shown in parts if number in shown] for number in range(1, len(lines) + 1)
    }
    assert max(map(len, shared_by.values())) == 2  # parts do overlap
    said = {number: comment for number, _, comment in next(iter(seen))}
    assert len(said) == len(next(iter(seen)))
    assert {number for number, both in shared_by.items() if len(both) == 2} <= said.keys()
    for number, comment in said.items():
        first = shared_by[number][0]
        assert f"Seen from {lines[first[0] - 1]}." in comment
