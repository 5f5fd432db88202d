from dataclasses import replace

import pytest
from support.analyzed import analyzed, hits
from support.change import change

from reviewer.analyzers import missing, postgres, squawk
from reviewer.types import Evidence

pytestmark = pytest.mark.skipif("squawk" in missing(), reason="needs the extra `analyzers`")
BESIDE = {"db/migrations/001_users.sql": "CREATE TABLE users (id bigserial PRIMARY KEY);\n"}
PATH = "db/migrations/002_more.sql"


def found(body, path=PATH, beside=BESIDE):
    return [(rule, line) for rule, _, line in hits("squawk", beside, beside | {path: body})]


def test_what_it_says():
    body = "SELECT 1;\n\nALTER TABLE users\n    ADD COLUMN email text NOT NULL;\n"
    assert analyzed("squawk", BESIDE, BESIDE | {PATH: body}).evidence == (
        Evidence(
            source="squawk",
            rule="adding-required-field",
            path=PATH,
            start=4,
            end=4,
            message=(
                "Adding a new column that is `NOT NULL` and has no default value to an existing"
                " table effectively makes it required."
            ),
            fix="Make the field nullable or add a non-VOLATILE DEFAULT.",
        ),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("ALTER TABLE users ADD COLUMN a text NOT NULL DEFAULT '';\n", []),
        ("ALTER TABLE users DROP COLUMN a;\n", ["ban-drop-column"]),
        ("ALTER TABLE users RENAME COLUMN a TO b;\n", ["renaming-column"]),
        ("ALTER TABLE users ALTER COLUMN a TYPE bigint;\n", ["changing-column-type"]),
        ("CREATE INDEX a ON users (b);\n", ["require-concurrent-index-creation"]),
        ("CREATE INDEX CONCURRENTLY a ON users (b);\n", []),
        (
            "BEGIN;\nCREATE INDEX CONCURRENTLY a ON users (b);\nCOMMIT;\n",
            ["ban-concurrent-index-creation-in-transaction"],
        ),
        ("TRUNCATE users CASCADE;\n", ["ban-truncate-cascade"]),
        # Of a table that is new or empty:
        ("CREATE TABLE t (a int);\nCREATE INDEX b ON t (a);\n", []),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1;\nCREATE UNIQUE INDEX b ON v (a);\n", []),
        ("DELETE FROM users;\nALTER TABLE users ADD COLUMN a int NOT NULL;\n", []),
        (
            "DELETE FROM users WHERE b;\nALTER TABLE users\n  ADD COLUMN a int NOT NULL;\n",
            ["adding-required-field"],
        ),
        # What is no more than style, and what another database reads:
        ("CREATE TABLE t (id int, a varchar(3), b timestamp);\n", []),
        ("SELEC 1;\n", ["parse-error", "parse-error"]),
    ],
)
def test_what_fails_loses_or_locks(body, expected):
    assert [rule for rule, _ in found(body)] == expected


def test_a_comment_silences_the_statement_below_and_not_the_file():
    drop = "ALTER TABLE users DROP COLUMN a;\n"
    assert found(f"-- squawk-ignore ban-drop-column\n{drop}") == []
    assert found(f"-- squawk-ignore-file\n{drop}") == [("ban-drop-column", 2)]


def test_nothing_of_the_repository_configures_it():
    config = {".squawk.toml": 'excluded_rules = ["ban-drop-column"]\n'}
    drop = "ALTER TABLE users DROP COLUMN a;\n"
    assert found(drop, beside=BESIDE | config) == [("ban-drop-column", 1)]


@pytest.mark.fault(
    "verdict",
    "a migration whose name is a pattern to the SQL checker",
    "the file itself is checked",
)
@pytest.mark.parametrize("name", ["[1]_a.sql", "{1,2}.sql", "!a.sql", "[.sql"])
def test_a_name_is_no_pattern(name):
    path = f"db/migrations/{name}"
    assert found("ALTER TABLE users DROP COLUMN a;\n", path) == [("ban-drop-column", 1)]


@pytest.mark.fault(
    "scale",
    "a megabyte of line ends or half-finished statements in a migration",
    "it is read once, not once for each line",
)
@pytest.mark.parametrize("filling", ["\n" * 500_000, "create " * 150_000 + ";\n"])
def test_a_migration_that_repeats_itself(filling):
    body = f"{filling}TRUNCATE users;\nSELECT 1::int;\n".encode()
    assert postgres.migrations(change({}, {PATH: body}), {PATH: body}) == [PATH]
    hit = Evidence("squawk", "adding-required-field", PATH, 1, 1, "")
    statement = b"\nALTER TABLE users ADD COLUMN a int NOT NULL;\n"
    line = body.count(b"\n") + 2
    many = [replace(hit, start=line, end=line)] * 1000
    assert len(squawk._moot(many, {PATH: body + statement})) == 1000


DROP = "ALTER TABLE users DROP COLUMN a;\n"


@pytest.mark.parametrize(
    ("path", "beside", "body", "taken"),
    [
        (PATH, BESIDE, DROP, True),
        (PATH, {}, DROP, False),  # of whatever database
        (PATH, {}, f"{DROP}ALTER TABLE users ADD b jsonb;\n", True),
        ("migrations/postgres/2.sql", {}, DROP, True),
        ("pg/V2__more.sql", {}, DROP, True),
        ("pg/reports/users.sql", {}, DROP, False),  # no migration
        ("migrations/postgres/2.down.sql", {}, DROP, False),
        ("migrations/postgres/2/down.sql", {}, DROP, False),
        ("db/pg/schema.sql", {}, DROP, False),
        ("tests/migrations/pg/2.sql", {}, DROP, False),
        ("migrations/mysql/2.sql", BESIDE, DROP, False),
        ("migrations/sqlite3/2.sql", {}, f"{DROP}SELECT 1::int;\n", False),
        (PATH, BESIDE, f"{DROP}CREATE TABLE t (a INT AUTO_INCREMENT);\n", False),
        (PATH, BESIDE, f"{DROP}SELECT `a`;\n", False),
        (PATH, BESIDE | {"db/migrations/0.sql": "CREATE TABLE t (a int) ENGINE=x;\n"}, DROP, False),
        (PATH, BESIDE | {"db/migrations/0.sql": "PRAGMA foreign_keys=off;\n"}, DROP, False),
        (PATH, BESIDE | {"db/other/0.sql": "PRAGMA foreign_keys=off;\n"}, DROP, True),
    ],
)
def test_which_files_are_migrations_of_postgresql(path, beside, body, taken):
    from support.change import change

    files = {name: text.encode() for name, text in (beside | {path: body}).items()}
    under_review = change({}, files)
    assert postgres.migrations(under_review, {path: body.encode()}) == ([path] if taken else [])
