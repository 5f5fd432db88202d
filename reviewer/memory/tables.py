"""The memory's tables, and the migrations to the current format."""

from __future__ import annotations

APPLICATION_ID = 0x47525657  # "GRVW": marks the file as ours

MASK_DECISIONS = (
    "UPDATE dismissals SET title = masked(title), reason = masked(reason), code = masked(code)",
    "UPDATE feedback SET reason = masked(reason)",
)

# Each entry migrates a file by one version; the file's user_version counts the entries applied.
# Released entries are never edited.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # Cached results: kind `reply` (a model's answer) or `run` (the findings of a complete
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
        # `origin` is the id originally dismissed, if this row followed its file through a rename.
        """CREATE TABLE dismissals (
            repository TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL, path BLOB NOT NULL,
            title TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL, origin TEXT,
            PRIMARY KEY (repository, id))""",  # noqa: E501
    ),
    (
        # Outcomes of findings; see feedback.FeedbackKind.
        """CREATE TABLE feedback (
            id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, finding TEXT NOT NULL, kind TEXT NOT NULL,
            at REAL NOT NULL, source TEXT NOT NULL, rule TEXT NOT NULL, category TEXT NOT NULL, reason TEXT NOT NULL)
        """,  # noqa: E501
        "CREATE INDEX feedback_by_finding ON feedback (repository, finding, id)",
        # Prompts whose replies led to findings, as training examples; `body` and `rejected` are
        # JSON, see examples.Example.
        """CREATE TABLE examples (
            repository TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL, size INTEGER NOT NULL,
            rejected TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (repository, key))""",
        "CREATE INDEX examples_age ON examples (at, size)",
        # Whether the user saw it: a finding that was held back and then disappeared was not fixed
        # because of us.
        "ALTER TABLE findings ADD COLUMN shown INTEGER NOT NULL DEFAULT 1",
    ),
    (
        # Subject of a dismissed finding, so that it can be a precedent; "" if unknown.
        "ALTER TABLE dismissals ADD COLUMN category TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE dismissals ADD COLUMN code TEXT NOT NULL DEFAULT ''",
    ),
    (
        # Earlier versions recognised fewer credentials. See file.py for `masked`.
        "DELETE FROM cache WHERE kind IN ('reply', 'run')",
        "DELETE FROM examples WHERE masked(body) <> body",
        "UPDATE findings SET body = masked(body)",
        *MASK_DECISIONS,
    ),
    # An outcome is recorded for a finding of whatever scope; there may be thousands.
    ("CREATE INDEX findings_by_id ON findings (repository, id, last_run)",),
    ("ALTER TABLE runs ADD COLUMN thinking_tokens INTEGER NOT NULL DEFAULT 0",),
    # Its other places, as `siblings.dump` has them; "" for none.
    ("ALTER TABLE findings ADD COLUMN places TEXT NOT NULL DEFAULT ''",),
)
TABLES = ("cache", "runs", "findings", "dismissals", "feedback", "examples")
# People's decisions and the outcomes of findings: never thrown away.
DECISIONS = ("dismissals", "feedback")
