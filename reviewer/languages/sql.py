from __future__ import annotations

from reviewer.languages.base import Comments, Language

SQL = Language(
    name="sql",
    suffixes=(".sql", ".ddl", ".psql", ".pgsql"),
    comments=Comments(line=("--",), block=(("/*", "*/"),)),
)
