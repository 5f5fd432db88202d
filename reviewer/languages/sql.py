from __future__ import annotations

from reviewer.languages.base import Comments, Language, Scopes
from reviewer.languages.common import COMMON
from reviewer.languages.sql_outline import outline

# Words of the language, and names of columns that nearly every table has.
_WORDS = """
    add all alter and any as asc autoincrement begin between bigint bigserial boolean by cascade
    case char check coalesce column commit constraint count create current_timestamp date
    decimal default delete desc distinct drop else end exists false float foreign from full
    function group having if in index inner insert int integer into is join json jsonb key left
    like limit max min not now null numeric offset on only or order outer primary real
    references rename replace restrict right select serial set smallint sum table temporary text
    then time timestamp timestamptz to true unique update using uuid values varchar view when
    where with zone id name type status
"""

SQL = Language(
    name="sql",
    suffixes=(".sql", ".ddl", ".psql", ".pgsql"),
    outline=outline,
    scopes=Scopes(sees="everything", written=True, aliases=True),
    quotes=("'",),
    common=COMMON.union(_WORDS.split(), _WORDS.upper().split()),
    comments=Comments(line=("--",), block=(("/*", "*/"),)),
)
