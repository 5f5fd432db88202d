"""The interface of every output: it consumes events."""

from __future__ import annotations

from typing import Protocol

from reviewer.events import Event


class Output(Protocol):
    """Consumes every event of a run in order. `emit` of `Complete` or `Error` is the last call
    before `close`."""

    def emit(self, event: Event) -> None: ...

    def close(self) -> None: ...
