"""Which files TypeScript's compiler gets to see, and which of them it checks."""

from __future__ import annotations

import pytest
from support.change import change

from reviewer.analyzers import tsc_project
from reviewer.analyzers.base import Limits


def gathered(base: dict[str, str], head: dict[str, str]) -> tsc_project.Project:
    before, after = ({path: text.encode() for path, text in side.items()} for side in (base, head))
    found = tsc_project.gather(change(before, after), Limits(20))
    assert found is not None
    return found


BASE = {
    "a.ts": "export const value = 1;\n",
    "b.ts": "import { value } from './a';\nimport { d } from './d';\nexport const b = value + d;\n",
    "c.ts": "import { b } from './b.js';\nexport const c = b;\n",
    "d.ts": "export const d = 2;\n",
    "far.ts": "export const far = 1;\n",
    "globals.d.ts": "declare const GLOBAL: string;\ndeclare module 'own' {}\n",
    "a.test.ts": "import { value } from './a';\nvalue;\n",
    "b.test.ts": "import { b } from './b';\nb;\n",
    "other.test.ts": "import * as all from './a';\nall;\n",
    "node_modules/x/index.ts": "import '../../a';\n",
}
HEAD = {**BASE, "a.ts": "export const value = 2;\n"}


def test_the_importers_are_checked_and_what_they_import_is_seen() -> None:
    found = gathered(BASE, HEAD)
    assert found.checked == ("a.ts", "b.ts", "c.ts", "a.test.ts")
    assert set(found.new) == {"a.ts", "b.ts", "c.ts", "d.ts", "a.test.ts", "globals.d.ts"}
    assert (found.changed, found.around, found.declared, found.left) == (
        ("a.ts",),
        {"globals.d.ts"},
        {"own"},
        (),
    )


def test_names_of_modules_lead_to_files_or_are_unknown() -> None:
    more = "import 'react';\nimport * as d from '@/d';\nexport const a = require('node:fs');\n"
    config = {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}'}
    found = gathered({**BASE, **config}, {**BASE, **config, "a.ts": more})
    assert found.modules == {"react": None, "@/d": "d.ts", "node:fs": None}


def test_a_name_that_leads_to_different_files_is_unknown() -> None:
    base = {
        f"{part}/{path}": text
        for part in ("x", "y")
        for path, text in {
            "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
            "d.ts": "export const d = 1;\n",
            "a.ts": "import { d } from '@/d';\nd;\n",
        }.items()
    }
    assert gathered(base, {**base, "x/d.ts": "export const d = 2;\n"}).modules == {"@/d": None}


def test_direct_importers_go_first_and_those_left_out_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tsc_project, "_MAX_INDIRECT", 1)
    assert gathered(BASE, HEAD).checked == ("a.ts", "b.ts", "a.test.ts")
    monkeypatch.setattr(tsc_project, "_MAX_IMPORTERS", 0)
    monkeypatch.setattr(tsc_project, "_MAX_TESTS", 0)
    found = gathered(BASE, HEAD)
    assert (found.checked, found.left) == (("a.ts",), ("b.ts",))


def test_without_typescript_there_is_no_project() -> None:
    both = change({"a.js": b"a"}, {"a.js": b"b"})
    assert tsc_project.gather(both, Limits(20)) is None
