"""A memory in a directory of the test's own, findings to put into it, and processes that die while
they write."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing

from reviewer import findings, memory
from reviewer.events import Finding
from reviewer.memory import dismissals
from reviewer.memory.dismissals import Dismissal
from reviewer.memory.records import HistoryKey, JudgedFinding, RunRecord
from reviewer.memory.siblings import Sibling
from reviewer.memory.tables import APPLICATION_ID, MIGRATIONS

PLACE = HistoryKey("r" * 32, "s" * 32)
NOBODY = 65534


def opened(folder, *, now=1000.0, **options):
    return memory.open_store({"REVIEWER_STATE_DIR": str(folder)}, clock=lambda: now, **options)


def path_in(folder):
    return folder / "memory" / "memory.sqlite3"


def finding(number, path="a.py", **fields):
    values = {
        "id": f"{number:012x}",
        "state": "new",
        "source": "model",
        "rule": None,
        "severity": "major",
        "category": "security",
        "title": f"Problem {number}",
        "file_name": path,
        "start_line": 3,
        "end_line": 3,
        "side": "new",
        "in_diff": True,
        "comment": "It is wrong.",
        "failure_scenario": "",
        "evidence": [],
        "confidence": None,
        "location": "exact",
        "codegen_instructions": "Fix it.",
        "suggestions": [],
        "patch": None,
    }
    return Finding(**values | fields)


def mark(number):
    return f"{0xF00000 + number:012x}"


def sibling(number, path="a.py"):
    return Sibling(id=f"{number:012x}", fingerprint=mark(number), path=os.fsencode(path))


def judged(number, path="a.py", *, earlier=(), followed=(), places=(), by="model m", **fields):
    """`places`: (number, path) of each."""
    made = finding(number, path, **fields)
    others = [finding(*each) for each in places]
    made = findings.grouped(made, others) if others else made
    kept = tuple(sibling(*each) for each in places)
    return JudgedFinding(made, mark(number), path, by, earlier, followed, kept)


def record(
    *items,
    reviewed=("a.py",),
    touched=("a.py",),
    sources=("model m",),
    base="b1",
    complete=True,
    **fields,
):
    return RunRecord(
        judged=items,
        reviewed=set(reviewed),
        touched=set(touched),
        sources=set(sources),
        base=base,
        complete=complete,
        seconds=2.0,
        **fields,
    )


def dismissal(number, path="a.py", reason="checked elsewhere", **fields):
    return Dismissal(
        id=f"{number:012x}",
        fingerprint=mark(number),
        path=os.fsencode(path),
        title=f"Problem {number}",
        reason=reason,
        at=1000.0,
        **fields,
    )


OLDER = range(1, len(MIGRATIONS))


def older(folder, version, page=4096):
    """The file as a reviewer of that version left it, with one dismissal."""
    folder.joinpath("memory").mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(path_in(folder))) as db:
        db.create_function("masked", 1, lambda value: value)  # there is nothing to mask yet
        db.execute(f"PRAGMA page_size = {page}")
        for statement in (each for part in MIGRATIONS[:version] for each in part):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(
            "INSERT INTO dismissals (repository, id, fingerprint, path, title, reason, at, origin) "
            "VALUES (?, ?, ?, ?, 'Problem 1', 'checked elsewhere', 1000.0, NULL)",
            (PLACE.repository, "000000000001", mark(1), b"a.py"),
        )
        db.commit()
        db.execute("PRAGMA journal_mode = wal")
    path_in(folder).chmod(0o600)


def has_decision(folder, warning=""):
    """Whether the one dismissal of `older` holds."""
    with opened(folder, now=0.0) as store:
        found = dismissals.load(store, PLACE.repository)
        return (found, store.warning) == ((dismissal(1),), warning)


def select(folder, sql, *values):
    """What another program reads from the file."""
    with closing(sqlite3.connect(path_in(folder))) as db:
        return db.execute(sql, values).fetchall()


def overwrite(folder, name):
    """Destroy the first page of a table or an index."""
    (root,) = select(folder, "SELECT rootpage FROM sqlite_master WHERE name = ?", name)[0]
    (size,) = select(folder, "PRAGMA page_size")[0]
    with path_in(folder).open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)


def child(work):
    """Run `work` in a forked process; ("exit", code) or ("signal", number). What it returns must be
    true."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            code = 0 if work() else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return (
        ("signal", os.WTERMSIG(status))
        if os.WIFSIGNALED(status)
        else ("exit", os.WEXITSTATUS(status))
    )


def at_once(*works):
    """Each in a forked process of its own, all at the same time; whether all returned true."""
    pids = []
    for work in works:
        pids.append(os.fork())
        if pids[-1] == 0:
            code = 70
            try:
                code = 0 if work() else 1
            finally:
                os._exit(code)
    return [os.waitpid(pid, 0)[1] for pid in pids] == [0] * len(works)


def traced(before):
    """From now on, `before` is called with each statement before it runs, in this process."""
    connect = sqlite3.connect

    def connected(*args, **options):
        db = connect(*args, **options)
        db.set_trace_callback(before)
        return db

    sqlite3.connect = connected
    return True


def killed_at(number):
    """This process, a child, is ended with SIGKILL before its `number`-th statement."""
    left = [number]

    def before(_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return traced(before)


def as_nobody(work):
    """`work`, by a user who is not root, in a process of its own."""

    def switched():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return work()

    return child(switched)
