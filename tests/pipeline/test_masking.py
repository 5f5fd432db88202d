"""A credential that is known from anywhere in the change leaves in no form: not in the stream, not
in the memory, not in a prompt to another machine."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from support.repo import Repo
from support.scripted import Scripted, finding, reply
from support.secret_corpus import pem

from reviewer import config, verdict
from reviewer.pipeline.plan import Request
from reviewer.types import Scope

PASSWORD = "Wq7!mZr2" + "#Lt9"
KEY = pem()
BODY = KEY.split("\n")[1:-1]
CODE = "def connect():\n    return open_database()\n"
LINE = "    return open_database(1)"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    padding = "".join(f"# line {number}\n" for number in range(20))
    made.commit({"a.py": CODE, "key.py": f'K = """{KEY}"""\n{padding}', ".env": "A=1\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write(
        "a.py", CODE.replace("()\n", f"()  # {PASSWORD} it was\n", 1).replace("base()", "base(1)")
    )
    changed = KEY.replace(BODY[3], BODY[3][::-1])
    made.write("key.py", f'K = """{changed}"""\n{padding}')
    made.write(".env", f"A=1\nDB_PASSWORD={PASSWORD}\n")
    return made


def said(prompt):
    """A reply that tells everything it was shown."""
    told = f"It uses {PASSWORD}, and {BODY[4]}."
    more = {"problem": told, "scenario": told, "advice": told, "title": told[:60]}
    code = {"oldLines": [LINE], "newLines": [f"    return open_database('{PASSWORD}')"]}
    return reply(finding(LINE, "a.py", **more, **code))


def stream(repo: Repo, model: Scripted, *, local: bool) -> str:
    events: list[object] = []
    chosen = model.choose()

    async def choose(settings, *, session):
        return dataclasses.replace(await chosen(settings, session=session), local=local)

    request = Request(repo.path, Scope(), {"analyzers": ("secrets",), "effort": "medium"})
    asyncio.run(verdict.conclude(request, events.append, choose=choose))
    assert any(getattr(event, "source", "") == "model" for event in events)
    return repr(events)


def clear(text: str) -> list[str]:
    """What of the credentials can be read in it."""
    shown = [PASSWORD, *BODY, BODY[3][::-1]]
    return [value for value in shown if value in text]


@pytest.mark.fault(
    "secrets",
    "a model that quotes a password from an `.env` file, or lines from the middle of a key",
    "masked in the stream and the reports; the memory keeps nothing of it",
)
def test_nothing_that_was_told_is_published_or_remembered(repo: Repo):
    assert clear(stream(repo, Scripted(said), local=True)) == []
    folder = config.state_folder({})
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert kept
    assert clear(kept.decode("latin-1")) == []


@pytest.mark.fault(
    "secrets",
    "a hunk in the middle of a key, or a bare password in a comment, with a server elsewhere",
    "masked in every prompt, known from the whole files",
)
def test_another_machine_is_shown_nothing(repo: Repo):
    model = Scripted(said)
    stream(repo, model, local=False)
    assert model.prompts
    for prompt in model.prompts:
        assert clear(f"{prompt.system}\n{prompt.user}") == []


def test_this_machine_is_shown_all(repo: Repo):
    model = Scripted(said)
    stream(repo, model, local=True)
    assert clear("".join(prompt.user for prompt in model.prompts)) != []


@pytest.mark.fault(
    "secrets",
    "a part of a file outside the change, with a credential that only the whole file reveals",
    "no prompt to another machine shows it",
)
def test_what_is_shown_along_is_masked_from_its_whole_file(tmp_path: Path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    other = f'API_PASSWORD = "{PASSWORD}"\n\n\ndef helper(x):\n    return x == "{PASSWORD}"\n'
    repo.commit({"other.py": other, "a.py": "from other import helper\n\n\n" + CODE})
    repo.git("checkout", "-q", "-b", "work")
    repo.write("a.py", f"from other import helper\n\n\n{CODE}".replace("()\n", "(helper(1))\n"))
    prompts: list[str] = []

    def told(prompt):
        prompts.append(prompt.user)
        return reply(finding("    return open_database(helper(1))", "a.py"))

    stream(repo, Scripted(told), local=False)
    assert "def helper(x):" in prompts[0]
    assert PASSWORD not in repr(prompts)


TOKEN = "ghp_" + "Zq3x9LmT7vKd2RwY8nBc5HsJ4fGp6AuE1iOo"
LONG = "".join(f"{(n * 7919) % 62:02d}qZ" for n in range(40))  # a word that a cut goes through


@pytest.mark.fault(
    "secrets",
    "a credential in the line that git shows above a hunk, or where a long line is cut",
    "masked in every prompt",
)
def test_no_part_of_a_credential_is_left_where_something_is_cut(tmp_path: Path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    rows = "".join(f"    {number},\n" for number in range(20))
    code = f'password = "{LONG}"'
    other = f"def helper(x):\n    y = '{'a ' * 150}'; {code}\n    return x\n"
    base = f"TOKENS = ('{TOKEN}',\n{rows})\n"
    repo.commit({"b.py": base, "other.py": other, "a.py": "from other import helper\n\n\n" + CODE})
    repo.git("checkout", "-q", "-b", "work")
    repo.write("b.py", base.replace("    18,\n", "    180,\n"))
    text = f"from other import helper\n\n\n{CODE}".replace("()\n", "(helper(1))\n")
    repo.write("a.py", f"{text}\n\nz = '{'a ' * 440}'; {code}\n")
    prompts: list[str] = []

    def told(prompt):
        prompts.append(prompt.user)
        return reply(finding("    return open_database(helper(1))", "a.py"))

    stream(repo, Scripted(told), local=False)
    seen = "\n".join(prompts)
    assert "TOKENS = (" in seen
    assert "def helper(x):" in seen
    assert seen.count("; password = ") > 1
    assert [TOKEN in seen, LONG[:8] in seen] == [False, False]
