"""The tables of the memory, and how an older file becomes a current one."""

from __future__ import annotations

APPLICATION_ID = 0x47525657  # "GRVW": tells our file from any other database

# Each entry takes a file one version on; its number of applied entries is the file's user_version.
# Entries that were released are never edited.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # What was computed once: kind `reply` (a model's answer) or `run` (the findings of a whole
        # run).
        """CREATE TABLE cache (
            kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, size INTEGER NOT NULL,
            tokens INTEGER NOT NULL, seconds REAL NOT NULL, created REAL NOT NULL, used REAL NOT NULL,
            PRIMARY KEY (kind, key))""",  # noqa: E501
        "CREATE INDEX cache_age ON cache (used, size)",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, scope TEXT NOT NULL, at REAL NOT NULL,
            base TEXT, complete INTEGER NOT NULL, seconds REAL NOT NULL, calls INTEGER NOT NULL,
            prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
            hits INTEGER NOT NULL, misses INTEGER NOT NULL, saved_tokens INTEGER NOT NULL, saved_seconds REAL NOT NULL)
        """,  # noqa: E501
        "CREATE INDEX runs_by_scope ON runs (repository, scope, id)",
        # `path` is bytes. `state` is new, open or fixed; that a finding is dismissed follows from
        # `dismissals`.
        """CREATE TABLE findings (
            repository TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL,
            path BLOB NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL, first_seen REAL NOT NULL,
            last_seen REAL NOT NULL, first_run INTEGER NOT NULL, last_run INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (repository, scope, id))""",  # noqa: E501
        # `origin` is the id that was dismissed, where this row followed it to a new name of its
        # file.
        """CREATE TABLE dismissals (
            repository TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL, path BLOB NOT NULL,
            title TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL, origin TEXT,
            PRIMARY KEY (repository, id))""",  # noqa: E501
    ),
    (
        # What became of findings; see feedback.Kind.
        """CREATE TABLE feedback (
            id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, finding TEXT NOT NULL, kind TEXT NOT NULL,
            at REAL NOT NULL, source TEXT NOT NULL, rule TEXT NOT NULL, category TEXT NOT NULL, reason TEXT NOT NULL)
        """,  # noqa: E501
        "CREATE INDEX feedback_by_finding ON feedback (repository, finding, id)",
        # Questions whose answers led to findings, to learn from; `body` and `rejected` are JSON,
        # see examples.Example.
        """CREATE TABLE examples (
            repository TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL, size INTEGER NOT NULL,
            rejected TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (repository, key))""",
        "CREATE INDEX examples_age ON examples (at, size)",
        # Whether the user has seen it: what was held back and then went was not fixed because of
        # us.
        "ALTER TABLE findings ADD COLUMN shown INTEGER NOT NULL DEFAULT 1",
    ),
    (
        # What a finding that was dismissed was about, so that it can be a precedent; "" where that
        # is not known.
        "ALTER TABLE dismissals ADD COLUMN category TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE dismissals ADD COLUMN code TEXT NOT NULL DEFAULT ''",
    ),
)
TABLES = ("cache", "runs", "findings", "dismissals", "feedback", "examples")
# What people have decided, and what became of findings: never thrown away.
DECISIONS = ("dismissals", "feedback")
