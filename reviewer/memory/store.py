"""What is remembered between runs, in one SQLite file. Whatever is wrong with it, the review goes
on."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from reviewer import config
from reviewer.memory import file, place
from reviewer.memory.file import Row
from reviewer.text import one_line

T = TypeVar("T")
BUSY_SECONDS = 10.0


class Execute(Protocol):
    """Runs one statement and gives its rows."""

    def __call__(self, sql: str, *values: Any) -> list[Row]: ...


def open_store(
    environ: Mapping[str, str],
    *,
    clock: Callable[[], float] = time.time,
    busy: float = BUSY_SECONDS,
) -> Store:
    """The memory of this user, in `memory/` of the state directory. Never raises for a file that
    cannot be used: then the store remembers nothing and `warning` says why. `busy` is how many
    seconds to wait for other processes.
    """
    return Store(config.state_folder(environ) / "memory" / place.FILE, clock, busy)


class Store:
    """May be used by several threads, but not after a fork.

    `warning` is one line about what went wrong, "" for nothing; it is set once and can appear at
    any time. Reading from a store that cannot be read gives no rows. Times are seconds since the
    epoch.
    """

    def __init__(self, path: Path, clock: Callable[[], float], busy: float) -> None:
        self.path, self.clock, self.warning = path, clock, ""
        self._busy, self._lock, self._writable = busy, threading.RLock(), True
        self._db: sqlite3.Connection | None = None
        try:
            self._db = self._opened()
        except place.Unusable as error:
            self._say(f"the memory is not used: {error}")
        except (sqlite3.Error, OSError) as error:
            self._say(f"the memory is not used: {self._explained(error)}")

    def _opened(self) -> sqlite3.Connection:
        # What is below the working directory is not meant.
        if any(part.startswith("~") for part in self.path.parts):
            raise place.Unusable("no home directory is known: set REVIEWER_STATE_DIR")
        place.prepare(self.path)
        try:
            return file.attach(self.path, self._busy)
        except sqlite3.DatabaseError as error:
            if not file.is_damage(error):
                raise
        self._say(file.replace(self.path, self.clock(), self._busy))
        return file.attach(self.path, self._busy)

    @property
    def usable(self) -> bool:
        """Whether anything can be read from it."""
        return self._db is not None

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """What a SELECT gives; nothing when it cannot be read."""
        with self._lock:
            if self._db is None:
                return []
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=False)
                return []

    def transaction(self, work: Callable[[Execute], T], *, durable: bool = False) -> T | None:
        """What `work` returns once all it executed is stored; None when nothing of it is. What is
        `durable` survives a power cut; the rest survives the death of the process."""
        with self._lock:
            if self._db is None or not self._writable:
                return None
            try:
                with place.locked(self.path.parent, self._busy, alone=False):
                    return _committed(self._db, work, durable)
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=True)
                return None

    def _failed(self, error: sqlite3.DatabaseError, *, writing: bool) -> None:
        if isinstance(error, sqlite3.ProgrammingError):
            raise error
        if file.is_damage(error):
            self._begin_anew()
        elif writing:
            self._writable = False
            self._say(f"not all of this run is remembered: {self._explained(error)}")
        else:
            self.close()
            self._say(f"the memory is not used: {self._explained(error)}")

    def _begin_anew(self) -> None:
        """Damage that showed up on the way: this run goes on without memory, the next one has a new
        one."""
        self.close()
        try:
            said = file.replace(self.path, self.clock(), self._busy)
        except place.Unusable as error:
            said = str(error)
        except (sqlite3.Error, OSError) as error:
            said = f"the memory is damaged and not used: {self._explained(error)}"
        name = one_line(str(self.path))
        self._say(said or f"the memory is damaged: {name}; if that comes again, remove the file")

    def _say(self, said: str) -> None:
        self.warning = self.warning or said

    def _explained(self, error: Exception) -> str:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return (
            f"{one_line(str(self.path))}: {one_line(said)}; set REVIEWER_STATE_DIR to a place on a"
            " local disk"
        )

    def close(self) -> None:
        with self._lock:
            db, self._db = self._db, None
            if db is not None:
                with suppress(sqlite3.Error):
                    db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _committed(db: sqlite3.Connection, work: Callable[[Execute], T], durable: bool) -> T:
    db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(lambda sql, *values: db.execute(sql, values).fetchall())
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            db.execute("ROLLBACK")
        raise
    return result
