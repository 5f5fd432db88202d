"""What is remembered between runs, in one SQLite file. Whatever is wrong with it, the review goes
on."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from reviewer import config
from reviewer.memory import file, place
from reviewer.memory.file import Before, Row
from reviewer.text import one_line

T = TypeVar("T")
BUSY_SECONDS = 10.0
REPLACE_SECONDS = 3.0  # to wait for others that have a damaged file open
FREE_PAGES = 200


class Execute(Protocol):
    """Runs one statement and gives its rows."""

    def __call__(self, sql: str, *values: Any) -> list[Row]: ...


def _quiet(_: str) -> None: ...


def open_store(
    environ: Mapping[str, str],
    *,
    clock: Callable[[], float] = time.time,
    before: Before = _quiet,
    busy: float = BUSY_SECONDS,
) -> Store:
    """The memory of this user, in `memory/` of the state directory. Never raises for a file that
    cannot be used: then the store remembers nothing and `warning` says why.

    `before` is called with each statement before it runs; `busy` is how many seconds to wait for
    other processes.
    """
    return Store(config.state_folder(environ) / "memory" / place.FILE, clock, before, busy)


class Store:
    """May be used by several threads, and after a fork (each process gets a connection of its own).

    `warning` is one line about what went wrong, "" for nothing; it is set once and can appear at
    any time. Reading from a store that cannot be read gives no rows. Times are seconds since the
    epoch.
    """

    def __init__(self, path: Path, clock: Callable[[], float], before: Before, busy: float) -> None:
        self.path, self.clock, self.warning = path, clock, ""
        self._before, self._busy, self._wait = before, busy, min(busy, REPLACE_SECONDS)
        self._inherited: list[sqlite3.Connection] = []
        self._begin()

    def _begin(self) -> None:
        self._pid, self._lock = os.getpid(), threading.RLock()
        self._writable = True
        self._db: sqlite3.Connection | None = None
        self._share: int | None = None  # see place.share
        try:
            self._open()
        except place.Unusable as error:
            self._say(f"the memory is not used: {error}")
        except file.Damaged:
            self._say(
                f"the memory is not used: {one_line(str(self.path))} was damaged again at once"
            )
        except (sqlite3.Error, OSError) as error:
            self._say(f"the memory is not used: {self._explained(error)}")
        finally:
            if self._db is None:
                self._drop()

    def _open(self) -> None:
        if any(
            part.startswith("~") for part in self.path.parts
        ):  # what is below the working directory is not meant
            raise place.Unusable("no home directory is known: set REVIEWER_STATE_DIR")
        place.prepare(self.path.parent)
        if not place.check_file(self.path):
            file.create(self.path, self._before)
        try:
            self._attach()
        except file.Damaged:
            self._drop()
            self._say(file.replace(self.path, self.clock(), self._before, self._wait))
            self._attach()

    def _attach(self) -> None:
        self._share = place.share(self.path.parent)
        self._db = file.attach(self.path, self._busy, self._before)

    @property
    def usable(self) -> bool:
        """Whether anything can be read from it."""
        return self._db is not None

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """What a SELECT gives; nothing when it cannot be read."""
        with self._mine():
            if self._db is None:
                return []
            try:
                return self._run(self._db, sql, *values)
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=False)
                return []

    def transaction(self, work: Callable[[Execute], T], *, durable: bool = False) -> T | None:
        """What `work` returns once all it executed is stored; None when nothing of it is. What is
        `durable` survives a power cut; the rest survives the death of the process."""
        with self._mine():
            if self._db is None or not self._writable:
                return None
            db = self._db
            try:
                if durable:
                    db.execute("PRAGMA synchronous = FULL")
                return self._committed(db, work)
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=True)
                return None
            finally:
                if durable and self._db is db:
                    with suppress(sqlite3.Error):
                        db.execute("PRAGMA synchronous = NORMAL")

    def shrink(self) -> None:
        """Give back to the file system what nothing is stored in any more, when it is more than a
        little."""
        with self._mine():
            if self._db is None or not self._writable:
                return
            try:
                (free,) = self._run(self._db, "PRAGMA freelist_count")[0]
                if free > FREE_PAGES:
                    self._before("PRAGMA incremental_vacuum")
                    self._db.executescript(
                        "PRAGMA incremental_vacuum"
                    )  # execute() would do one page
            except sqlite3.DatabaseError as error:
                self._failed(error, writing=True)

    def _committed(self, db: sqlite3.Connection, work: Callable[[Execute], T]) -> T:
        self._run(db, "BEGIN IMMEDIATE")
        try:
            result = work(lambda sql, *values: self._run(db, sql, *values))
            self._run(db, "COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite has rolled back by itself already
                db.execute("ROLLBACK")
            raise
        return result

    def _run(self, db: sqlite3.Connection, sql: str, *values: Any) -> list[Row]:
        self._before(sql)
        return db.execute(sql, values).fetchall()

    def _mine(self) -> threading.RLock:
        """The lock. In a process that was forked off, a connection of its own is opened first: the
        inherited one, and the lock that another thread may have held, are left alone."""
        if self._pid != os.getpid():
            if self._db is not None:
                self._inherited.append(self._db)
                if self._share is not None:
                    os.close(self._share)  # that of the other process stays
                self._begin()
            else:
                self._pid, self._lock = os.getpid(), threading.RLock()
        return self._lock

    def _failed(self, error: sqlite3.DatabaseError, *, writing: bool) -> None:
        if isinstance(error, sqlite3.ProgrammingError):
            raise error
        if file.is_damage(error):
            self._set_aside()
        elif writing:
            self._writable = False
            self._say(f"not all of this run is remembered: {self._explained(error)}")
        else:
            self._drop()
            self._say(f"the memory is not used: {self._explained(error)}")

    def _set_aside(self) -> None:
        """Damage that showed up on the way: this run goes on without memory, the next one has a new
        one."""
        self._drop()
        try:
            said = file.replace(self.path, self.clock(), self._before, self._wait)
        except place.Unusable as error:
            said = f"the memory is damaged and not used: {error}"
        except (sqlite3.Error, OSError) as error:
            said = f"the memory is damaged and not used: {self._explained(error)}"
        self._say(
            said
            or f"the memory is damaged: {one_line(str(self.path))}; if that comes again, remove the file"  # noqa: E501
        )

    def _drop(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()
        share, self._share = self._share, None
        if share is not None:
            os.close(share)

    def _say(self, said: str) -> None:
        self.warning = self.warning or said

    def _explained(self, error: Exception) -> str:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return (
            f"{one_line(str(self.path))}: {one_line(said)}; set REVIEWER_STATE_DIR to a place on a"
            " local disk"
        )

    def close(self) -> None:
        if self._pid == os.getpid():
            with self._lock:
                self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
