"""The SQLite file itself: opens, checks and migrates it, and replaces it if it is damaged. People's
decisions are carried over as far as they can be read; the rest may be lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from reviewer.memory import place
from reviewer.memory.place import Unusable
from reviewer.memory.tables import APPLICATION_ID, DECISIONS, MASK_DECISIONS, MIGRATIONS, TABLES
from reviewer.secrets import redact
from reviewer.text import count, one_line

SqlRow = tuple[Any, ...]
SqlValue = str | bytes | int | float | None
RescuedTable = tuple[list[str], list[SqlRow], bool]  # columns, rows, whether all rows could be read
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Damaged(sqlite3.DatabaseError):
    """The file is not a valid memory of ours, or no longer is."""


def is_damage(error: sqlite3.Error) -> bool:
    return isinstance(error, Damaged) or _code(error) in _DAMAGED


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 for errors that are not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def attach(path: Path, busy: float) -> sqlite3.Connection:
    """Open the file at `path`, check it and migrate it to the current format. `busy` is how many
    seconds to wait for other processes. Raises Unusable (a newer format) and sqlite3.Error; see
    is_damage."""
    try:
        return _checked(_connect(f"{path.as_uri()}?mode=rw", busy), path)
    except sqlite3.OperationalError as error:
        log = place.sibling(path, "-wal")
        if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or (
            log.exists() and log.stat().st_size
        ):
            raise
    # The directory is read-only: SQLite cannot create the log's index there, and no one writes.
    return _checked(_connect(f"{path.as_uri()}?mode=ro&immutable=1", busy), path)


def _connect(uri: str, busy: float) -> sqlite3.Connection:
    # The store lets only one thread at a time use a connection.
    db = sqlite3.connect(uri, uri=True, timeout=busy, isolation_level=None, check_same_thread=False)
    db.text_factory = _decode
    db.create_function("masked", 1, _masked, deterministic=True)
    db.execute("PRAGMA secure_delete = ON")  # what is replaced or deleted is overwritten
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    return db


def _masked(value: SqlValue) -> SqlValue:
    return redact(value)[0] if isinstance(value, str) else value


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _checked(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    try:
        _make_current(db, path)
    except BaseException as error:
        db.close()
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:
            raise Damaged from None  # no such table, or one too many
        raise
    return db


def _make_current(db: sqlite3.Connection, path: Path) -> None:
    application, version = _number(db, "application_id"), _number(db, "user_version")
    new = not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if application != APPLICATION_ID and not new:
        raise Damaged
    if version > len(MIGRATIONS):
        problem = (
            f"{one_line(str(path))} was written by a newer reviewer (format {version}, not"
            f" {len(MIGRATIONS)})"
        )
        raise Unusable(f"{problem}; upgrade, or set REVIEWER_STATE_DIR to another directory")
    if new:
        db.execute("PRAGMA auto_vacuum = FULL")  # deleted rows take no space
    _choose_log(db, path)
    if version < len(MIGRATIONS):
        _migrate(db)
    for table in TABLES:
        db.execute(f"SELECT 1 FROM {table} NOT INDEXED LIMIT 1").fetchone()  # noqa: S608 names of ours


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _choose_log(db: sqlite3.Connection, path: Path) -> None:
    """The write-ahead log is faster and does not block readers, but needs a local file system."""
    wanted = "delete" if place.on_network(path.parent) else "wal"
    if db.execute("PRAGMA journal_mode").fetchone() != (wanted,):
        with suppress(
            sqlite3.OperationalError
        ):  # in use, or read-only: it works in the mode it is in
            db.execute(f"PRAGMA journal_mode = {wanted}")


def _migrate(db: sqlite3.Connection) -> None:
    """Migrate in one transaction: the file never ends up between two formats."""
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process, even a newer reviewer, may have migrated it by now.
        done = _number(db, "user_version")
        for statements in MIGRATIONS[done:]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {max(done, len(MIGRATIONS))}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            db.execute("ROLLBACK")
        raise


def replace(path: Path, now: float, wait: float) -> str:
    """Keep a copy of a damaged file and start over with the decisions that can still be read.
    Returns a one-line report, or "" if the file is not damaged (another process was faster). Other
    processes may have the file open, so its content changes in one transaction, under the same
    name. Raises sqlite3.Error and OSError."""
    with place.locked(path.parent, wait):
        if not _is_damaged(path, wait):
            return ""
        aside = place.set_aside(path, now)
        kept, whole = _start_over(path, wait)
    kept_note = f"{count(kept, 'dismissal')} kept"
    if not whole:
        kept_note += "; if others were lost, dismiss those findings again when they come back"
    return (
        f"the memory was damaged and has been replaced ({kept_note}); the old file is"
        f" {one_line(str(aside))}"
    )


def _is_damaged(path: Path, wait: float) -> bool:
    """Check every page (takes seconds for a large file)."""
    try:
        with closing(attach(path, wait)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return True
        raise


def _start_over(path: Path, wait: float) -> tuple[int, bool]:
    """(number of dismissals kept, whether all could be read)."""
    with closing(_connect(f"{path.as_uri()}?mode=rw", wait)) as old:
        # Without this, SQLite refuses to read or write a truncated file.
        old.execute("PRAGMA writable_schema = ON")
        decisions = {table: _rescue(old, table) for table in DECISIONS}
        with closing(_rebuilt(decisions, _number(old, "page_size"))) as new:
            try:
                new.backup(old)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                old.close()  # not even the first page is SQLite's
                path.unlink()  # SQLite deletes the sidecars of an empty file
                place.prepare(path)
                with closing(_connect(f"{path.as_uri()}?mode=rw", wait)) as empty:
                    new.backup(empty)
    _, rows, whole = decisions["dismissals"]
    return len(rows), whole


def _rescue(db: sqlite3.Connection, table: str) -> RescuedTable:
    columns: list[str] = []
    rows: list[SqlRow] = []
    try:
        found = db.execute(f"PRAGMA table_info({table})").fetchall()
        columns = [row[1] for row in found if row[1].isidentifier()]
        named = ", ".join(columns)
        for row in db.execute(f"SELECT {named} FROM {table} NOT INDEXED ORDER BY rowid"):  # noqa: S608
            rows.append(row)
    except sqlite3.DatabaseError:
        return columns, rows, False
    return columns, rows, True


def _rebuilt(decisions: Mapping[str, RescuedTable], page_size: int) -> sqlite3.Connection:
    """An in-memory database in the current format, with the page size of the file it replaces."""
    db = _connect(":memory:", 0.0)
    db.execute(f"PRAGMA page_size = {page_size}")
    db.execute("PRAGMA auto_vacuum = FULL")
    _migrate(db)
    for table, (columns, rows, _) in decisions.items():
        if rows:
            into, marks = f"{table} ({', '.join(columns)})", ", ".join("?" * len(columns))
            db.executemany(f"INSERT OR IGNORE INTO {into} VALUES ({marks})", rows)  # noqa: S608
    for statement in MASK_DECISIONS:  # the old file may be of an earlier version
        db.execute(statement)
    return db
