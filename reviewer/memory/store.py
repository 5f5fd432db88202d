"""The memory's store: one SQLite file. A problem with it never stops a review."""

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
from reviewer.memory.file import SqlRow
from reviewer.text import one_line

T = TypeVar("T")
BUSY_SECONDS = 10.0


class Execute(Protocol):
    """Runs one statement and returns its rows."""

    def __call__(self, sql: str, *values: Any) -> list[SqlRow]: ...


def open_store(
    environ: Mapping[str, str],
    *,
    clock: Callable[[], float] = time.time,
    busy: float = BUSY_SECONDS,
) -> Store:
    """Open this user's memory, in `memory/` of the state directory. Never raises for an unusable
    file: the store then remembers nothing and `warning` says why. `busy` is how many seconds to
    wait for other processes.
    """
    return Store(config.state_folder(environ) / "memory" / place.FILE, clock, busy)


class Store:
    """Safe to use from several threads, but not after a fork.

    `warning` is one line about what went wrong, or ""; it is set at most once, at any time. A store
    that cannot be read returns no rows. Times are seconds since the epoch.
    """

    def __init__(self, path: Path, clock: Callable[[], float], busy: float) -> None:
        self.path, self.clock, self.warning = path, clock, ""
        self._busy, self._lock, self._writable = busy, threading.RLock(), True
        self._db: sqlite3.Connection | None = None
        self._given_up = False
        try:
            self._db = self._open()
        except place.Unusable as error:
            self._warn(f"the memory is not used: {error}")
        except (sqlite3.Error, OSError) as error:
            self._warn(f"the memory is not used: {self._explained(error)}")

    def _open(self) -> sqlite3.Connection:
        # An unexpanded `~` would be a path below the working directory.
        if any(part.startswith("~") for part in self.path.parts):
            raise place.Unusable("no home directory found; set REVIEWER_STATE_DIR")
        place.prepare(self.path)
        try:
            return file.attach(self.path, self._busy)
        except sqlite3.DatabaseError as error:
            if not file.is_damage(error):
                raise
        self._warn(file.replace(self.path, self.clock(), self._busy))
        return file.attach(self.path, self._busy)

    @property
    def usable(self) -> bool:
        """Whether anything can be read from it."""
        return self._db is not None

    def rows(self, sql: str, *values: Any) -> list[SqlRow]:
        """The rows of a SELECT; none if the store cannot be read."""
        with self._lock:
            if self._db is None:
                return []
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=False)
                return []

    def transaction(self, work: Callable[[Execute], T], *, durable: bool = False) -> T | None:
        """Run `work` and return its result once everything it executed is stored; None if nothing
        was stored. A `durable` transaction survives a power cut; any other survives the death of
        the process."""
        with self._lock:
            if self._db is None or not self._writable:
                return None
            try:
                with place.locked(self.path.parent, self._busy):
                    return _committed(self._db, self._execute, work, durable)
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=True)
                return None

    def _execute(self, sql: str, *values: Any) -> list[SqlRow]:
        if self._given_up:
            raise sqlite3.OperationalError("there was no time left")
        assert self._db
        return self._db.execute(sql, values).fetchall()

    def give_up(self) -> None:
        """Store nothing more, not even what is being written. May be called in another thread."""
        self._given_up = True

    def _failed(self, error: sqlite3.DatabaseError, *, writing: bool) -> None:
        if isinstance(error, sqlite3.ProgrammingError):
            raise error
        if file.is_damage(error):
            self._start_over()
        elif writing:
            self._writable = False
            self._warn(f"this run is not fully remembered: {self._explained(error)}")
        else:
            self.close()
            self._warn(f"the memory is not used: {self._explained(error)}")

    def _start_over(self) -> None:
        """Replace a file that turned out to be damaged. This run goes on without memory; the next
        one starts with the new file."""
        self.close()
        try:
            message = file.replace(self.path, self.clock(), self._busy)
        except place.Unusable as error:
            message = str(error)
        except (sqlite3.Error, OSError) as error:
            message = f"the memory is damaged and not used: {self._explained(error)}"
        name = one_line(str(self.path))
        self._warn(
            message or f"the memory is damaged: {name}; if this happens again, delete the file"
        )

    def _warn(self, message: str) -> None:
        self.warning = self.warning or message

    def _explained(self, error: Exception) -> str:
        message = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return (
            f"{one_line(str(self.path))}: {one_line(message)}; set REVIEWER_STATE_DIR to a"
            " directory on a local disk"
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


def _committed(
    db: sqlite3.Connection, execute: Execute, work: Callable[[Execute], T], durable: bool
) -> T:
    db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(execute)
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite may have rolled back already
            db.execute("ROLLBACK")
        raise
    return result
