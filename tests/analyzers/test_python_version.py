"""Which Python version a file is judged by."""

import pytest
from support.analyzed import hits
from support.change import change

from reviewer.analyzers import python_version

MATCH = "match x:\n    case 1:\n        pass\n"


@pytest.mark.parametrize(
    ("manifest", "version"),
    [
        (None, (3, 15)),
        ('[project]\nrequires-python = ">=3.9"\n', (3, 9)),
        ('[project]\nrequires-python = ">= 3.10, <4"\n', (3, 10)),
        ('[project]\nrequires-python = "~=3.12.1"\n', (3, 12)),
        ('[project]\nrequires-python = ">=2.7"\n', (3, 15)),
        ('[project]\nrequires-python = ">=3.2"\n', (3, 7)),
        ('[project]\nrequires-python = ">=3.99999999"\n', (3, 15)),
        ("[project]\nrequires-python = 3\n", (3, 15)),
        ("project = 1\n", (3, 15)),
        ("broken", (3, 15)),
        ('[tool.poetry.dependencies]\npython = "^3.9"\n', (3, 9)),
        ('[project]\nrequires-python = "<4,>=3.11"\n', (3, 11)),
        ('[project]\nrequires-python = "!=3.8.*,>=3.9"\n', (3, 9)),
        ('[project]\nrequires-python = "<3.9"\n', (3, 15)),
        ('\ufeff[project]\nrequires-python = ">=3.9"\nx = {\n  y = 1,\n}\n', (3, 9)),
    ],
)
def test_the_version_that_the_project_needs(manifest, version):
    files = {} if manifest is None else {"pyproject.toml": manifest.encode()}
    assert python_version.minimum(change({}, files), "a.py", b"") == version


@pytest.mark.fault(
    "syntax",
    "syntax of a newer Python, which the change itself begins to require",
    "it is valid: the new side is judged by the version that it requires",
)
def test_a_change_may_require_a_newer_python_and_use_it():
    says = '[project]\nrequires-python = ">=3.{}"\n'
    new = "lazy import json\n\nprint(json, [*x for x in [[1]]])\n"
    old = {"pyproject.toml": says.format(14)}
    assert hits("ruff", old, old | {"a.py": new}) == [("invalid-syntax", "a.py", 1)]
    assert hits("ruff", old, {"pyproject.toml": says.format(15), "a.py": new}) == []
    assert hits("ruff", {}, {"a.py": new}) == []


def test_syntax_is_judged_by_the_version_that_the_project_needs():
    body = "match x:\n    case 1:\n        pass\n"
    assert hits("ruff", {}, {"a.py": "x = 1\n" + body}) == []
    old = {"pyproject.toml": '[project]\nrequires-python = ">=3.9"\n'}
    assert hits("ruff", old, {**old, "a.py": "x = 1\n" + body}) == [("invalid-syntax", "a.py", 2)]


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("a.py", (3, 9)),
        ("src/a.py", (3, 9)),
        ("tools/a.py", (3, 12)),
        ("tools/deep/er/a.py", (3, 12)),
        ("tools/plain/a.py", (3, 12)),  # its pyproject.toml says nothing
        ("toolsx/a.py", (3, 9)),
    ],
)
def test_the_nearest_project_that_says_something_decides(path, version):
    says = '[project]\nrequires-python = ">=3.{}"\n'
    files = {
        "pyproject.toml": says.format(9),
        "tools/pyproject.toml": says.format(12),
        "tools/plain/pyproject.toml": "[tool.ruff]\n",
    }
    subject = change({}, {name: text.encode() for name, text in files.items()})
    assert python_version.minimum(subject, path, b"") == version


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ('#!/usr/bin/env -S uv run\n# /// script\n# requires-python = ">=3.12"\n# ///\n', (3, 12)),
        ('# /// script\r\n# requires-python = ">=3.12"\r\n# ///\r\n', (3, 12)),
        (
            '# /// script\n# dependencies = [\n# ]\n# requires-python = "~=3.11"\n# ///\n',
            (3, 11),
        ),
        ("# /// script\n# dependencies = []\n# ///\n", (3, 9)),
        ("# /// script\n# requires-python = \n# ///\n", (3, 9)),
        ('# /// script\n# requires-python = ">=3.12"\nimport a\n', (3, 12)),  # never closed
        ('# /// other\n# requires-python = ">=3.12"\n# ///\n', (3, 9)),
        ('x = 1  # /// script\n# requires-python = ">=3.12"\n', (3, 9)),
    ],
)
def test_a_script_may_say_it_itself(script, version):
    files = {"pyproject.toml": b'[project]\nrequires-python = ">=3.9"\n'}
    assert python_version.minimum(change({}, files), "a.py", script.encode()) == version


@pytest.mark.fault(
    "syntax",
    "Python syntax that is newer than what the root of the repository requires",
    "the nearest project, or a script's own block, decides",
)
def test_syntax_is_judged_by_the_version_that_the_file_needs():
    body = "x = 1\n" + MATCH
    assert hits("ruff", {}, {"a.py": body}) == []
    says = '[project]\nrequires-python = ">=3.{}"\n'
    head = {
        "pyproject.toml": says.format(9),
        "new/pyproject.toml": says.format(10),
        "a.py": body,
        "new/a.py": body,
        "script.py": '# /// script\n# requires-python = ">=3.11"\n# ///\n' + body,
    }
    assert hits("ruff", {}, head) == [("invalid-syntax", "a.py", 2)]


def test_each_file_is_checked_across_modules_by_its_own_version():
    says = '[project]\nrequires-python = ">=3.{}"\n'
    core = {"pyproject.toml": says.format(9), "new/pyproject.toml": says.format(12)}
    core |= {"core.py": "def save(): ...\n"}
    use = "from core import save\n\nsave()\n"
    base = core | {"old.py": use, "new/use.py": use + "type X = int\n"}
    head = base | {"core.py": "def save(path): ...\n"}
    assert sorted(hits("ty", base, head)) == [
        ("missing-argument", "new/use.py", 3),
        ("missing-argument", "old.py", 3),
    ]
