"""Outlines of what is no programming language: Terraform, SQL, Dockerfiles, compose files."""

from __future__ import annotations

import time

import pytest

from reviewer.context.symbols import outline

TERRAFORM = b"""\
# Where it runs.
variable "region" {
  type    = string
  default = "eu{"
}

locals {
  name = "a-${var.region}"
  tags = {
    env = "prod"
  }
}

module "net" {
  source = "./modules/net"
  region = var.region
}

data "aws_ami" "base" {
  owners = ["self"]
}

resource "aws_instance" "web" {
  user_data = <<-EOT
    }
  EOT
  ami       = data.aws_ami.base.id
}

output "id" { value = aws_instance.web.id }
"""
SQL = b"""\
-- People.
CREATE TABLE IF NOT EXISTS public.users (
  id bigserial PRIMARY KEY,
  email text NOT NULL CHECK (length(email) > 3),
  "name" text,
  UNIQUE (email)
);

ALTER TABLE users ADD COLUMN age int; -- ADD x
ALTER TABLE users
  RENAME COLUMN name TO title,
  ADD CONSTRAINT adult CHECK (age > 17);

CREATE OR REPLACE VIEW adults AS
SELECT id FROM users;

CREATE FUNCTION grow() RETURNS void AS $$
  UPDATE users SET age = age + 1;
$$ LANGUAGE sql;
"""
DOCKERFILE = b"""\
ARG BASE=alpine
FROM ${BASE} AS build
ENV CACHE=/tmp
RUN make

FROM scratch
COPY --from=build /a /a
"""
COMPOSE = b"""\
services:
  db:
    image: postgres
    volumes:
      - data:/var/lib

  web:
    depends_on: [db]
volumes:
  data:
"""


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        (
            "main.tf",
            TERRAFORM,
            [
                ("var.region", "value", 2, 5),
                ("local.name", "value", 8, 8),
                ("local.tags", "value", 9, 11),
                ("module.net", "class", 14, 17),
                ("data.aws_ami.base", "class", 19, 21),
                ("aws_instance.web", "class", 23, 28),
                ("output.id", "value", 30, 30),
            ],
        ),
        (
            "1.sql",
            SQL,
            [
                ("users", "class", 2, 7),
                ("users.id", "value", 3, 3),
                ("users.email", "value", 4, 4),
                ("users.name", "value", 5, 5),
                ("users.age", "value", 9, 9),
                ("users.title", "value", 11, 11),
                ("adults", "class", 14, 15),
                ("grow", "function", 17, 19),
            ],
        ),
        (
            "Dockerfile",
            DOCKERFILE,
            [
                ("BASE", "value", 1, 1),
                ("build", "class", 2, 5),
                ("CACHE", "value", 3, 3),
            ],
        ),
        (
            "compose.yaml",
            COMPOSE,
            [
                ("db", "class", 2, 5),
                ("web", "class", 7, 8),
                ("data", "value", 10, 10),
            ],
        ),
    ],
)
def test_definitions(path: str, source: bytes, expected: list[tuple[str, str, int, int]]):
    found = outline(path, source)
    assert found is not None
    assert [(item.name, item.kind, item.start, item.end) for item in found.defs] == expected


@pytest.mark.parametrize("path", ["a.tf", "a.sql", "Dockerfile", "compose.yml"])
@pytest.mark.parametrize(
    "source",
    [
        b"{" * 200_000,
        b'variable "a" {\n' * 20_000,
        b"locals {\n" * 20_000,
        b"create table a (\n" * 20_000,
        b"alter table a\n" * 20_000,
        b"FROM a AS b\n" * 20_000,
        b"services:\n  a:\n" * 20_000,
        b"\n" * 200_000,
        b"\xff\xfe" * 1000,
        b"add add " * 20_000,
    ],
)
def test_hostile_sources_are_read_in_linear_time(path: str, source: bytes):
    started = time.process_time()
    assert outline(path, source) is not None
    assert time.process_time() - started < 10
