"""What a starting server is doing, from its log, and when to tell the user."""

from __future__ import annotations

import re
from dataclasses import dataclass

SILENT = 60.0  # seconds without a new line after which that is worth a word


@dataclass(frozen=True, slots=True)
class Stage:
    """`usual` says how long it takes, for the user. `percent` is known of some stages only."""

    name: str
    usual: str
    percent: int | None = None

    def __str__(self) -> str:
        return self.name if self.percent is None else f"{self.name}, {self.percent} %"


STARTING = Stage("starting", "usually up to a minute")
# The latest of these lines decides (vLLM 0.32 and 0.33, llama.cpp). The times are of vLLM on
# consumer GPUs, as its users report them.
_STAGES = tuple(
    (re.compile(pattern), Stage(name, usual))
    for pattern, name, usual in (
        (r"non-default args: |Resolved architecture", "reading the configuration", "some seconds"),
        (r"Initializing a V1 LLM engine", "starting the engine", "usually up to a minute"),
        (r"Downloading|Fetching \d+ files", "downloading the model", "the size decides"),
        (
            r"Starting to load model|Loading (?:safetensors|weights|model)|"
            r"Prefetching checkpoint files|load_tensors: ",
            "loading the weights",
            "usually a minute, longer from a slow disk",
        ),
        (
            r"for vLLM's torch\.compile|Dynamo bytecode transform|Compiling a graph|"
            r"Warming up model|warming up the model",
            "compiling",
            "usually 1 to 3 minutes, much less the next time",
        ),
        (
            r"Capturing CUDA graphs|Profiling CUDA graph memory|[Gg]raph capturing",
            "capturing graphs",
            "usually up to a minute",
        ),
        (
            r"Application startup complete|server is listening on",
            "answering the first request",
            "usually some seconds",
        ),
    )
)
_PERCENT = re.compile(
    r"(?:Fetching \d+ files|Loading \w+ checkpoint shards|Prefetching checkpoint files|"
    r"Capturing CUDA graphs[^:\r\n]{0,80}): +(\d{1,3})%"
)


def of_log(text: str) -> Stage:
    """The stage that the end of a log tells."""
    found = [
        (match.start(), stage) for pattern, stage in _STAGES for match in pattern.finditer(text)
    ]
    if not found:
        return STARTING
    start, stage = max(found, key=lambda pair: pair[0])
    known = _PERCENT.match(text, start)
    return Stage(stage.name, stage.usual, int(known[1]) if known else None)


class Watch:
    """Decides what the user is told: a new stage at once, the same again every `every` seconds,
    and that the log has been silent. `began` and every `now` are seconds of one clock."""

    def __init__(self, began: float, every: float) -> None:
        self._every = every
        self._stage: Stage | None = None
        self._text = ""
        self._since = self._told = self._changed = began

    def look(self, text: str, now: float) -> str | None:
        """What to tell of the log `text`, None when there is nothing new to tell."""
        stage = of_log(text)
        new = self._stage is None or stage.name != self._stage.name
        if new:
            self._since = now if self._stage else self._since
        if text != self._text:
            self._text, self._changed = text, now
        self._stage = stage
        if not new and now - self._told < self._every:
            return None
        self._told = now
        if new:
            return f"{stage}: {stage.usual}"
        silent = now - self._changed
        return f"{stage}; no news in its log for {silent:.0f} s" if silent >= SILENT else str(stage)

    def last(self, now: float) -> str:
        """The stage, and for how long it has been the same."""
        return f"{self._stage or STARTING} for {now - self._since:.0f} s"
