"""The SQLite file itself: made whole or not at all, opened, checked, brought to the current format,
rescued."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from reviewer.memory import place
from reviewer.memory.place import Unusable
from reviewer.memory.tables import APPLICATION_ID, MIGRATIONS, TABLES
from reviewer.text import one_line

Before = Callable[[str], None]  # called with each statement before it runs
Row = tuple[Any, ...]
DISMISSAL = "repository, id, fingerprint, path, title, reason, at, origin, category, code"
_FIRST_COLUMNS = 8  # of dismissals, before what they are about was kept
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class Damaged(Exception):
    """The file is not, or no longer, a memory of ours."""


def is_damage(error: sqlite3.Error) -> bool:
    return _code(error) in _DAMAGED


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 for errors that are not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def attach(path: Path, busy: float, before: Before) -> sqlite3.Connection:
    """A connection to the file at `path`, checked and in the current format. `busy`: seconds to
    wait for others.

    Raises Damaged, Unusable (a newer format), sqlite3.Error and OSError.
    """
    try:
        try:
            return _opened(path, "mode=rw", busy, before)
        except sqlite3.DatabaseError as error:
            if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or _pending(
                path
            ):
                raise
        # A directory that cannot be written: the index of the log has no place there, and nobody
        # writes.
        return _opened(path, "mode=ro&immutable=1", busy, before)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise Damaged from None
        raise


def _opened(path: Path, how: str, busy: float, before: Before) -> sqlite3.Connection:
    db = _connect(path, how, busy)
    try:
        current = _check(db, path, before)
    except BaseException:
        db.close()
        raise
    if current is not db:
        db.close()
    return current


def _connect(path: Path, how: str, busy: float) -> sqlite3.Connection:
    # mode=rw: SQLite never makes a file here. The store sees to it that one thread at a time uses a
    # connection.
    name = f"{path.as_uri()}?{how}"
    db = sqlite3.connect(
        name, uri=True, timeout=busy, isolation_level=None, check_same_thread=False
    )
    try:
        db.text_factory = _text
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        db.execute(
            "PRAGMA synchronous = NORMAL"
        )  # a commit survives the death of the process; see Store.transaction
    except BaseException:
        db.close()
        raise
    return db


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _pending(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _check(db: sqlite3.Connection, path: Path, before: Before) -> sqlite3.Connection:
    """The connection to use: another one where an older file cannot be written."""
    if _number(db, "application_id") != APPLICATION_ID:
        raise Damaged
    version = _number(db, "user_version")
    if version > len(MIGRATIONS):
        said = (
            f"{one_line(str(path))} was written by a newer reviewer (format {version}, not"
            f" {len(MIGRATIONS)})"
        )
        raise Unusable(f"{said}; use that one, or set REVIEWER_STATE_DIR to another place")
    if version < 1:
        raise Damaged
    if version < len(MIGRATIONS):
        try:
            _migrate(db, before)
        except sqlite3.OperationalError as error:
            if _code(error) not in _UNWRITABLE:
                raise
            return _copied(db, before)
    _choose_log(db, path)
    try:
        for table in TABLES:
            db.execute(f"SELECT 1 FROM {table} NOT INDEXED LIMIT 1").fetchone()  # noqa: S608 names of ours
    except sqlite3.OperationalError as error:
        if _code(error) == sqlite3.SQLITE_ERROR:  # no such table
            raise Damaged from None
        raise
    return db


def _copied(old: sqlite3.Connection, before: Before) -> sqlite3.Connection:
    """What an older file holds in the current format, to be read only: decisions hold also where
    nothing can be written."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        db.text_factory = _text
        old.backup(db)
        db.execute("PRAGMA trusted_schema = OFF")
        _migrate(db, before)
        db.execute("PRAGMA query_only = ON")
    except BaseException:
        db.close()
        raise
    return db


def _check_thoroughly(db: sqlite3.Connection) -> None:
    """Read every page (seconds for a large file). Raises Damaged."""
    if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise Damaged


def _choose_log(db: sqlite3.Connection, path: Path) -> None:
    """The write-ahead log is quicker and lets readers go on, but it needs a local file system."""
    wanted = "delete" if place.on_network(path.parent) else "wal"
    if db.execute("PRAGMA journal_mode").fetchone() != (wanted,):
        with suppress(sqlite3.OperationalError):  # in use, or not writable: it works as it is
            db.execute(f"PRAGMA journal_mode = {wanted}")


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _migrate(db: sqlite3.Connection, before: Before) -> None:
    """One transaction: the old format or the current one, nothing between."""

    def run(sql: str) -> None:
        before(sql)
        db.execute(sql)

    run("BEGIN IMMEDIATE")
    try:
        done = _number(
            db, "user_version"
        )  # by now another process may have done it, even a newer reviewer
        for statements in MIGRATIONS[done:]:
            for statement in statements:
                run(statement)
        run(f"PRAGMA user_version = {max(done, len(MIGRATIONS))}")
        run(f"PRAGMA application_id = {APPLICATION_ID}")
        run("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def create(path: Path, before: Before) -> None:
    """Make the file where there is none. Another process may do the same meanwhile."""
    with place.alone(path.parent, unless=path.exists) as mine:
        if mine and not place.check_file(path):
            made = _made(path)
            if not _whole(
                made
            ):  # else it was left by a process that died just before the last step
                _build(made, (), before)
            _install(made, path, before)


def replace(path: Path, now: float, before: Before, wait: float) -> str:
    """Set a damaged file aside and put a new one in its place, with the dismissals that can still
    be read; what was done, in one line. "" when it is not damaged (any more): another process was
    faster. This process must have no connection to it. Raises Unusable when others have, and go on
    using it for `wait` seconds."""
    damaged = path.stat().st_ino
    with place.alone(path.parent, seconds=wait, unless=lambda: _number_of(path) != damaged) as mine:
        if not mine or not _is_damaged(path, before):
            return ""
        rescued, whole = rescue(path)
        made = _made(path)
        _build(made, rescued, before)
        before("set aside")
        aside = place.set_aside(path, now)
        _install(made, path, before)
    kept = f"{len(rescued)} dismissal{'' if len(rescued) == 1 else 's'} kept"
    if not whole:
        kept += ", others may be lost: dismiss those findings again when they come back"
    return (
        f"the memory was damaged; it was set aside as {one_line(str(aside))} and a new one begun"
        f" ({kept})"
    )


def _number_of(path: Path) -> int:
    """The inode, 0 while there is no file."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _is_damaged(path: Path, before: Before) -> bool:
    try:
        with closing(attach(path, place.LOCK_SECONDS, before)) as db:
            _check_thoroughly(db)
    except Damaged:
        return True
    return False


def rescue(path: Path) -> tuple[list[Row], bool]:
    """(rows of dismissals that can still be read, whether those are all there were)."""
    rows: list[Row] = []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0.0)) as db:
            db.text_factory = _text
            db.execute(
                "PRAGMA writable_schema = ON"
            )  # first: else nothing is read from a file that was cut
            names = DISMISSAL
            if len(db.execute("PRAGMA table_info(dismissals)").fetchall()) == _FIRST_COLUMNS:
                names = DISMISSAL.removesuffix(", category, code") + ", '', ''"
            for row in db.execute(f"SELECT {names} FROM dismissals NOT INDEXED ORDER BY rowid"):  # noqa: S608
                rows.append(row)
    except (sqlite3.Error, OSError):
        return rows, False
    return rows, True


def _made(path: Path) -> Path:
    return path.with_name("memory.new")


def _whole(made: Path) -> bool:
    if not made.exists():
        return False
    try:
        attach(made, 0.0, lambda _: None).close()
    except (Damaged, Unusable, sqlite3.Error):
        return False
    return True


def _build(made: Path, dismissals: Sequence[Row], before: Before) -> None:
    before("build")
    for suffix in ("", *place.SIDES):
        made.with_name(made.name + suffix).unlink(missing_ok=True)
    os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_connect(made, "mode=rw", 0.0)) as db:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = MEMORY")  # until it is whole, nobody else sees the file
        _migrate(db, before)
        before("dismissals")
        db.execute("BEGIN")
        db.executemany(
            f"INSERT OR IGNORE INTO dismissals ({DISMISSAL}) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
            dismissals,
        )  # noqa: RUF100, S608
        db.execute("COMMIT")
        before("journal_mode")
        _choose_log(db, made)


def _install(made: Path, path: Path, before: Before) -> None:
    before("install")
    for suffix in (
        place.SIDES
    ):  # what a file that somebody removed has left behind would be taken for the new one's
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    made.rename(path)
