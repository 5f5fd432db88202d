"""Configuration that a repository (or the folder around the scratch directory) holds is never read,
and nothing in it is ever run: each planted program would leave a marker."""

import asyncio

import pytest
from support.change import change

from reviewer import analyzers, temporary

SUBJECT = {
    "shop/prices.py": b"def total(items, rate):\n    return items * rate\n",
    "shop/cart.py": b"from shop.prices import total\n\nprint(total(1, 2))\n",
    "run.sh": b"#!/bin/sh\nset -e\n",
    "a.js": b"run()\n",
}
HEAD = SUBJECT | {
    "shop/prices.py": b"def total(items, rate, place, x=[]):\n    return lost * rate\n",
    "run.sh": b'#!/bin/sh\nset -e\nrm -rf "$1"/*\n',
    "a.js": b"run()\ntry { run() } catch (e) { }\n",
}
EXPECTED = [
    ("astgrep", "js-empty-catch", "a.js", 2),
    ("ruff", "B006", "shop/prices.py", 1),
    ("ruff", "F821", "shop/prices.py", 2),
    ("ty", "missing-argument", "shop/cart.py", 3),
]


def hostile(marker):
    touch = f"open({str(marker)!r}, 'w').close()\n".encode()
    silent = b'exclude = ["**"]\nlint.select = []\nrequired-version = "==0.0.1"\n'
    return {
        "ruff.toml": silent,
        ".ruff.toml": silent,
        "shop/ruff.toml": silent,
        "ty.toml": (
            b'[src]\nexclude = ["**"]\n[rules]\nall = "ignore"\n[environment]\npython = "./venv"\n'
        ),
        "pyproject.toml": (
            b'[tool.ruff]\nexclude = ["**"]\n[tool.ty]\nrules.all = "ignore"\nsrc.exclude ='
            b' ["**"]\n'
        ),
        "setup.cfg": b"[mypy]\nplugins = plugin.py\n[flake8]\nexclude = *\n",
        "mypy.ini": b"[mypy]\nplugins = ./plugin.py\n",
        "plugin.py": touch,
        "conftest.py": touch,
        "shop/__init__.py": touch,
        "sitecustomize.py": touch,
        "ast_grep_py/__init__.py": touch,
        "ruff.py": touch,
        "ty.py": touch,
        "json.py": touch,
        "typing.py": touch,
        ".shellcheckrc": b"disable=all\n",
        "sgconfig.yml": b"ruleDirs: [rules]\n",
        ".gitignore": b"*\n",
        ".ignore": b"*\n",
        ".eslintrc.js": b"require('fs').writeFileSync('" + str(marker).encode() + b"', '')\n",
        ".venv/bin/ruff": b"#!/bin/sh\ntouch " + str(marker).encode() + b"\n",
        "bin/ty": b"#!/bin/sh\ntouch x\n",
    }


def findings(base, head):
    results = asyncio.run(analyzers.run(change(base, head)))
    assert [result.problem for result in results if result.problem] == []
    return sorted(
        (hit.source, hit.rule, hit.path, hit.start)
        for result in results
        if result.analyzer in ("ruff", "ty", "astgrep")
        for hit in result.evidence
    )


@pytest.fixture
def around(tmp_path, monkeypatch):
    """The hostile repository on disk: the working directory, the home, and the parent of the
    scratch directory."""
    marker = tmp_path / "marker"
    repository = tmp_path / "repository"
    for path, data in hostile(marker).items():
        for place in (path, f".config/ruff/{path}", f".config/ty/{path}"):
            (repository / place).parent.mkdir(parents=True, exist_ok=True)
            (repository / place).write_bytes(data)
            (repository / place).chmod(0o755)
    (repository / "tmp").mkdir()
    monkeypatch.chdir(repository)
    monkeypatch.setattr(temporary, "_USUAL", (str(repository / "tmp"),))
    for name, value in {
        "HOME": "",
        "XDG_CONFIG_HOME": ".config",
        "PYTHONPATH": "",
        "VIRTUAL_ENV": ".venv",
        "PATH": ".venv/bin",
        "RUFF_CONFIG": "ruff.toml",
        "TY_CONFIG_FILE": "ty.toml",
        "PYTHONSTARTUP": "plugin.py",
    }.items():
        monkeypatch.setenv(name, str(repository / value))
    return marker


def test_without_any_configuration():
    assert findings(SUBJECT, HEAD) == EXPECTED


def test_hostile_configuration_on_both_sides_changes_nothing_and_never_runs(around):
    planted = hostile(around)
    assert findings({**SUBJECT, **planted}, {**HEAD, **planted}) == EXPECTED
    assert not around.exists()


def test_hostile_configuration_that_the_change_brings_changes_nothing_and_never_runs(around):
    found = findings(SUBJECT, {**HEAD, **hostile(around)})
    assert [row for row in found if row[2] in HEAD] == EXPECTED
    assert not around.exists()


def test_a_renamed_configuration_file_is_no_configuration_either(around):
    planted = {f"shop/{path.replace('/', '_')}.py": data for path, data in hostile(around).items()}
    found = findings(SUBJECT, {**HEAD, **planted})
    assert [row for row in found if row[2] in HEAD] == EXPECTED
    assert not around.exists()
