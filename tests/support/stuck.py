"""Makes one step of the program endless, in a process of its own."""

from __future__ import annotations

import ctypes
import importlib
from dataclasses import dataclass
from pathlib import Path

from reviewer import watchdog


def in_python() -> None:
    while True:
        pass


def in_c() -> None:
    """C code that never returns, so that no Python code of this process runs. Unlike a sleep, a
    signal does not end it: it waits for a lock that it holds itself."""
    lib, mutex = ctypes.PyDLL(None), ctypes.create_string_buffer(256)
    lib.pthread_mutex_init(mutex, None)
    for _ in range(2):
        lib.pthread_mutex_lock(mutex)


@dataclass(frozen=True)
class Stuck:
    """Replaces `place` (module:name) with `work`, and shortens the patience of the watchdog.
    `late`: the time limit, which the run must have by then, is over as soon as the place is
    reached, however busy the machine. `reached`: a file that is made then."""

    place: str
    work: object = in_python
    after_signal: float = 0.5
    late: bool = False
    reached: Path | None = None

    def __call__(self) -> None:
        watchdog.GRACE, watchdog.AFTER_SIGNAL = 0.3, self.after_signal
        module, _, name = self.place.partition(":")
        owner = importlib.import_module(module)
        *path, last = name.split(".")
        for part in path:
            owner = getattr(owner, part)

        limited: list[float] = []
        limit = watchdog.limit

        def noted(seconds: float) -> None:
            limited.append(seconds)
            limit(seconds)

        watchdog.limit = noted

        def endless(*args: object, **options: object) -> None:
            if self.late and limited:
                limit(0.0)
            if self.reached:
                self.reached.touch()
            self.work()  # type: ignore[operator]

        setattr(owner, last, endless)
