"""What a further pass over a unit costs: python tests/benchmarks/passes.py [REPOSITORY BASE]

Reviews the example workspace, or what REPOSITORY has beyond BASE, with a scripted model that keeps
a cache of prompts as servers do, in blocks of 16 tokens, and prints what each kind of call adds to
it, by the lens that it ends with. Where units are small, the lens itself is most of that.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support import example
from support.scripted import NOTHING, Scripted

from reviewer import resources, verdict
from reviewer.messages import Prompt
from reviewer.models.base import estimate_tokens
from reviewer.pipeline.plan import Request
from reviewer.types import Scope
from reviewer.verify import LENSES

_BLOCK = 64  # characters
_NAMES = (*LENSES["high"][1:], "together")


@dataclass
class Cost:
    """Tokens of the prompts of one kind."""

    calls: int = 0
    tokens: int = 0
    uncached: int = 0


@dataclass
class Cached(Scripted):
    """Knows which prompts begin alike."""

    costs: dict[str, Cost] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.answer = self.enter

    def tokens(self, text: str) -> int:
        return estimate_tokens(text)

    def enter(self, prompt: Prompt) -> str:
        whole = prompt.system + prompt.user
        blocks = list(_blocks(whole))
        hits = sum(block in self.seen for block in blocks)
        self.seen.update(blocks)
        cost = self.costs.setdefault(_kind(prompt), Cost())
        cost.calls += 1
        cost.tokens += estimate_tokens(whole)
        cost.uncached += estimate_tokens(whole[hits * _BLOCK :])
        return NOTHING


def _blocks(text: str) -> Iterator[bytes]:
    """What identifies each block and all before it."""
    chain = b""
    for at in range(0, len(text) - _BLOCK + 1, _BLOCK):
        chain = hashlib.sha256(chain + text[at : at + _BLOCK].encode()).digest()
        yield chain


def _kind(prompt: Prompt) -> str:
    told = {name: resources.text(f"prompts/review/lenses/{name}.md").strip() for name in _NAMES}
    return next((name for name in _NAMES if told[name] in prompt.user), "whole")


def costs(repository: Path, base: str | None, effort: str) -> dict[str, Cost]:
    """By lens, in the order in which they are first asked."""
    model = Cached(concurrency=1)
    request = Request(
        repository,
        Scope(base=base),
        {"analyzers": (), "effort": effort, "cache": "off", "concurrency": 1},
        environ={"XDG_STATE_HOME": str(repository / ".git" / "state")},
    )
    asyncio.run(verdict.conclude(request, lambda event: None, choose=model.choose()))
    return model.costs


def share(by_lens: dict[str, Cost]) -> float:
    """What a later pass over a unit adds, as a share of what a first one does."""
    first, later = by_lens["whole"], by_lens["contracts"]
    return later.uncached / later.calls / (first.uncached / first.calls)


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository, base = (Path(arguments[0]), arguments[1]) if arguments else (None, None)
        repository = repository or example.copy(Path(folder, "shop"))
        for effort in ("medium", "high"):
            by_lens = costs(repository, base, effort)
            print(f"{effort:<12}{'calls':>8}{'tokens':>10}{'uncached':>10}")
            for name, cost in by_lens.items():
                print(f"{name:<12}{cost.calls:>8}{cost.tokens:>10}{cost.uncached:>10}")
            print(f"a second pass costs {share(by_lens):.0%} of the first one\n")


if __name__ == "__main__":
    main(sys.argv[1:])
