"""Which SQL files are migrations of a PostgreSQL database, by their names and what they say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from reviewer.types import Change

_FOLDER = re.compile(
    r"(?i)(?:^|[/_-])(?:migrations?|migrate|db|flyway|liquibase|alembic)(?:/|[_-])"
)
_NAME = re.compile(r"(?i)^(?:V\d[\w.]*__|\d{3,}[_.-])|(?:^|[._])up\.sql$")
# What rolls back, what is run on an empty database, and what is no database of anybody's.
_OTHER = re.compile(
    r"(?i)(?:^|[/._-])(?:down|undo|rollback|revert)(?:[/._-])|^U\d|(?:^|/)(?:schema|structure|dump|seeds?)\b"
    r"|(?:^|/)(?:tests?|testdata|fixtures?|examples?|docs?)/"
)
_PATH = re.compile(r"(?i)(?:^|[/._-])(?:postgres(?:ql)?|pg|pgsql|psql)(?:[/._-]|$)")
_FOREIGN_PATH = re.compile(
    r"(?i)(?:^|[/._-])(?:mysql|mariadb|sqlite3?|mssql|sqlserver|oracle|tsql|clickhouse|cassandra|bigquery"
    r"|snowflake|duckdb|cockroach|crdb|d1|libsql|turso|h2|hsqldb|derby|db2|spanner|tidb)(?:\d*[/._-]|$)"
)
_OURS = re.compile(
    rb"(?i)\b(?:big|small)?serial\b|\btimestamptz\b|\bjsonb\b|\bbytea\b|\bconcurrently\b|\bplpgsql\b"
    rb"|\$\w*\$|::\s*\"?[a-z]|\bcreate\s+extension\b|\bilike\b|\bgen_random_uuid\b|\buuid_generate_v\d"
    rb"|\bwith(?:out)?\s+time\s+zone\b|\bcharacter\s+varying\b|\bas\s+identity\b|\bpg_\w+"
    rb"|\busing\s+(?:gin|gist|brin|hash)\b|\bcreate\s+type\s+[\w.\"]+\s+as\s+enum\b|\btsvector\b|\bnextval\b"
    rb"|\bnot\s+valid\b|\bvalidate\s+constraint\b|\bset\s+lock_timeout\b|\btext\[\]"
)
_FOREIGN = re.compile(
    rb"(?i)`|\bauto_?increment\b|\bengine\s*=|\bunsigned\b|\b(?:tiny|medium|long)(?:int|text|blob)\b"
    rb"|^[ \t]*pragma\b|\bwithout\s+rowid\b|\bnvarchar\b|\bvarchar2\b|\bnumber\s*\(|\[\w+\]\.\["
    rb"|^[ \t]*go[ \t\r]*$|\bidentity\s*\(\s*1|\bdatetime2?\b|\bmodify\s+column\b"
    rb"|\bchange\s+column\b|\bstrftime\b|\bmergetree\b|\binteger\s+primary\s+key\b(?!\s+generated)",
    re.MULTILINE,
)
_BESIDE = 30  # migrations of the same folder that are asked


def migrations(change: Change, files: Mapping[str, bytes]) -> list[str]:
    """Those of `files` that are. None is taken on trust: its own text, those beside it or its name
    must speak of PostgreSQL, and none of them of another database."""
    listed: list[str] | None = None
    found = []
    for path, data in files.items():
        if not is_migration(path) or _FOREIGN_PATH.search(path) or _FOREIGN.search(data):
            continue
        if listed is None:
            listed = [each for each in change.list_files("new") if each.endswith(".sql")]
        folder = posixpath.dirname(path)
        beside = [each for each in listed if posixpath.dirname(each) == folder and each != path]
        others = [change.read(each, "new") or b"" for each in sorted(beside)[-_BESIDE:]]
        if not any(map(_FOREIGN.search, others)) and (
            _PATH.search(path) or any(map(_OURS.search, (data, *others)))
        ):
            found.append(path)
    return found


def is_migration(path: str) -> bool:
    name = posixpath.basename(path)
    return bool(_FOLDER.search(path) or _NAME.search(name)) and not _OTHER.search(path)
