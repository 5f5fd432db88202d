"""The documentation as the tests read it: pages, and the fenced blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MARK = re.compile(r"<!-- (run|capture) -->")
_FENCE = re.compile(r"(`{3,})(\w*)")
_SECONDS = re.compile(r"\d+\\\.\d\\ s")  # in a pattern that was escaped


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `mark` says that it is run: `run` as it stands, `capture` with its output."""

    mark: str
    language: str
    text: str


def pages() -> list[Path]:
    """Everything that people read."""
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "examples").glob("*/README.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
    ]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page. A mark stands on the line before the fence."""
    before, fence, language, inside = "", "", "", list[str]()
    for line in text.splitlines():
        found = _FENCE.match(line)
        if fence and line == fence:
            mark = _MARK.fullmatch(before)
            yield Block(mark[1] if mark else "", language, "\n".join(inside))
            before, fence, inside = line, "", []
        elif fence:
            inside.append(line)
        elif found:
            fence, language = found[1], found[2]
        else:
            before = line


def steps(block: Block) -> Iterator[tuple[str, str | None]]:
    """The commands of a marked block, each with the output that a capture shows."""
    if block.mark == "run":
        yield from ((line, None) for line in block.text.splitlines() if line.strip())
    else:
        for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def pattern(shown: str) -> re.Pattern[str]:
    """What an output must look like: a line with `…` alone stands for any lines, `…` within a line
    for any text, and seconds may differ."""
    lines = [line.rstrip() for line in shown.strip("\n").splitlines()]
    parts = [r"(?:.*\n)*?" if line == "…" else _line(line) for line in lines]
    return re.compile("".join(parts))


def _line(line: str) -> str:
    return _SECONDS.sub(r"\\d+\\.\\d s", re.escape(line)).replace("…", ".*") + r"\n"
