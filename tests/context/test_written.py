"""Definitions and users in Terraform, SQL, Dockerfiles and compose files."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context import gather, units


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def shown(base: dict[str, str], path: str, old: str, new: str) -> list[tuple[str, int, int, str]]:
    assert base[path].count(old) == 1
    before = {name: text.encode() for name, text in base.items()}
    made = change_of(before, {**before, path: base[path].replace(old, new).encode()})
    (unit,) = [
        unit for file in made.files for unit in units.split(file, budget=6000, tokens=tokens)
    ]
    found = gather(unit, made, evidence=[], budget=6000, tokens=tokens).pieces
    return [(piece.path, piece.start, piece.end, piece.why) for piece in found]


TERRAFORM = {
    "variables.tf": 'variable "region" {\n  type = string\n}\n\n'
    'variable "size" {\n  type = number\n}\n',
    "main.tf": 'locals {\n  zone = "${var.region}a"\n}\n' + "\n" * 20
    + 'module "net" {\n  source = "./modules/net"\n  cidr   = "10.0.0.0/8"\n}\n' + "\n" * 20
    + 'resource "aws_instance" "web" {\n  ami = "x"\n  subnet_id = module.net.subnet_id\n}\n'
    + "\n" * 20 + 'output "zone" {\n  value = local.zone\n}\n',
    "modules/net/main.tf": 'variable "cidr" {\n  type = string\n}\n\n'
    'output "subnet_id" {\n  value = 1\n}\n',
    "other/variables.tf": 'variable "region" {\n  type = list(string)\n}\n',
}  # fmt: skip
SQL = {
    "migrations/1.sql": "CREATE TABLE users (\n  id bigint,\n  email text NOT NULL\n);\n",
    "migrations/2.sql": "ALTER TABLE users ADD COLUMN age int;\n",
    "migrations/3.sql": "CREATE VIEW adults AS\nSELECT u.email FROM users u WHERE u.age > 17;\n",
    "migrations/4.sql": "CREATE TABLE orders (\n  id bigint,\n  age int\n);\n",
}
DOCKER = {
    "Dockerfile": "ARG VERSION=1\n" + "\n" * 20
    + "FROM golang:1.25 AS build\nRUN make\n" + "\n" * 20 + "FROM alpine:3\n"
    "COPY --from=build /a /a\nRUN echo $VERSION\n",
}  # fmt: skip
COMPOSE = {
    "compose.yaml": "services:\n  db:\n    image: postgres:16\n" + "\n" * 20
    + "  web:\n    image: web:1\n    depends_on:\n      - db\n",
}  # fmt: skip
FOUND = {
    "a variable of the folder": (
        TERRAFORM, "main.tf", '"${var.region}a"', '"${var.region}b"',
        ("variables.tf", 1, 3, "definition of var.region, used here"),
    ),
    "an output of a module": (
        TERRAFORM, "main.tf", '  ami = "x"\n  subnet_id = m', '  ami = "y"\n  subnet_id =  m',
        ("modules/net/main.tf", 5, 7, "definition of output.subnet_id, used here"),
    ),
    "a variable of a module": (
        TERRAFORM, "main.tf", '"10.0.0.0/8"', '"10.1.0.0/8"',
        ("modules/net/main.tf", 1, 3, "definition of var.cidr, used here"),
    ),
    "the users of a local": (
        TERRAFORM, "main.tf", '"${var.region}a"', '"${var.region}b"',
        ("main.tf", 72, 74, "use of local.zone"),
    ),
    "the users of a variable": (
        TERRAFORM, "variables.tf", "type = string", "type = number",
        ("main.tf", 1, 3, "use of var.region"),
    ),
    "the users of an output": (
        TERRAFORM, "modules/net/main.tf", "value = 1", "value = 2",
        ("main.tf", 48, 51, "use of output.subnet_id"),
    ),
    "a table": (
        SQL, "migrations/2.sql", "age int", "age bigint",
        ("migrations/1.sql", 1, 4, "definition of users, used here"),
    ),
    "the users of a column": (
        SQL, "migrations/2.sql", "age int", "age bigint",
        ("migrations/3.sql", 1, 2, "use of users.age"),
    ),
    "a stage": (
        DOCKER, "Dockerfile", "--from=build /a /a", "--from=build /b /a",
        ("Dockerfile", 22, 23, "definition of build, used here"),
    ),
    "the users of a stage": (
        DOCKER, "Dockerfile", "golang:1.25", "golang:1.26",
        ("Dockerfile", 44, 46, "use of build"),
    ),
    "the users of an argument": (
        DOCKER, "Dockerfile", "VERSION=1", "VERSION=2",
        ("Dockerfile", 44, 46, "use of VERSION"),
    ),
    "the users of a service": (
        COMPOSE, "compose.yaml", "postgres:16", "postgres:17",
        ("compose.yaml", 24, 27, "use of db"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_definitions_and_users(case: str):
    base, path, old, new, expected = FOUND[case]
    assert expected in shown(base, path, old, new)


def test_a_variable_of_another_folder_is_none():
    found = shown(TERRAFORM, "main.tf", '"${var.region}a"', '"${var.region}b"')
    assert [path for path, *_ in found if path.startswith("other/")] == []


def test_a_column_of_a_table_that_the_file_does_not_name_is_none():
    found = shown(SQL, "migrations/3.sql", "u.age > 17", "u.age > 18")
    assert ("migrations/2.sql", 1, 1, "definition of users.age, used here") in found
    assert [path for path, *_ in found if path == "migrations/4.sql"] == []
