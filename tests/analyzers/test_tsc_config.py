"""Whether a repository is written for strict checks."""

from __future__ import annotations

import pytest

from reviewer.analyzers.tsc_config import strictness

STRICT = '{"compilerOptions": {"strict": true}}'
LAX = '{"compilerOptions": {"target": "es2020"}}'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, (True, True)),
        ({"tsconfig.json": STRICT}, (True, True)),
        ({"tsconfig.json": LAX}, (False, False)),
        ({"tsconfig.json": "{broken"}, (False, False)),
        ({"tsconfig.json": LAX, "src/tsconfig.json": STRICT}, (True, True)),
        ({"tsconfig.json": STRICT, "lib/tsconfig.json": LAX}, (True, True)),
        ({"tsconfig.json": '{"compilerOptions": {"strictNullChecks": true}}'}, (False, True)),
        (
            {"tsconfig.json": '{"compilerOptions": {"strict": true, "strictNullChecks": false}}'},
            (True, False),
        ),
        ({"tsconfig.json": '{"extends": "./base"}', "base.json": STRICT}, (True, True)),
        ({"tsconfig.json": '{"extends": ["./base.json"]}', "base.json": LAX}, (False, False)),
        ({"tsconfig.json": '{"extends": "@tsconfig/node22/tsconfig.json"}'}, (True, True)),
        ({"tsconfig.json": '{"extends": "../../outside.json"}'}, (True, True)),
        ({"tsconfig.json": '{"extends": "./tsconfig.json"}'}, (False, False)),
        (
            {"tsconfig.json": '{"files": [], "references": [{"path": "./app"}, {"path": 1}]}',
             "app/tsconfig.json": STRICT},
            (True, True),
        ),
    ],
)  # fmt: skip
def test_strictness(files: dict[str, str], expected: tuple[bool, bool]) -> None:
    read = {path: text.encode() for path, text in files.items()}
    found = strictness(["src/a.ts"], frozenset(files), read.get)
    assert (found["strict"], found["strictNullChecks"]) == expected


def test_the_laxest_project_decides() -> None:
    read = {"a/tsconfig.json": STRICT.encode(), "b/tsconfig.json": LAX.encode()}
    found = strictness(["a/x.ts", "b/y.ts"], frozenset(read), read.get)
    assert found == {"strict": False, "strictNullChecks": False}
