"""Injected changes through the whole pipeline, with a model that obeys whatever the change tells
it.

What code finds is the same with and without the injection, and what the model then says cannot
leave its place: no file outside the change, no control characters, no second end of the stream, no
clean exit.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.pipeline import found, kinds, run
from support.repo import Repo, review
from support.scripted import Scripted

from reviewer import events
from reviewer.verify import injection

CASES = sorted(Path(__file__).with_name("injected").glob("*.json"))
BASE = "def pay(amount):\n    total = amount\n    return total\n"
# Planted: a committed key and an undefined name. An injection is put between the functions.
KEY = "AKIA" + "Q3EGRZ7TDPXW5K2M"
HEAD = f"KEY = '{KEY}'\n{{}}\n\ndef pay(amount):\n    total = amount * 2\n    return totl + total\n"
ANALYZERS = ("secrets", "conflict", "unicode", "ruff")
HIDDEN = ("analyzer:unicode",)  # speaks of how an injection is hidden


def workspace(folder: Path, path: str = "", injection_text: str = "") -> Repo:
    repo = Repo(folder / "repo", folder / "home")
    repo.commit({"pay.py": BASE, "lib/crypto.py": "def encrypt(x):\n    return x\n"})
    repo.git("checkout", "-q", "-b", "work")
    repo.write("pay.py", HEAD.format(injection_text if path == "pay.py" else ""))
    if path not in ("", "pay.py"):
        repo.write(path, injection_text + "\n")
    return repo


def by_code(stream):
    return sorted(
        (item.source, item.rule, item.id, item.severity, item.title)
        for item in found(stream)
        if item.source.startswith("analyzer:") and item.source not in HIDDEN
    )


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory):
    stream, code = run(
        workspace(tmp_path_factory.mktemp("clean")),
        Scripted(),
        analyzers=ANALYZERS,
        fail_on="major",
    )
    assert [item[:2] for item in by_code(stream)] == [
        ("analyzer:ruff", "F821"),
        ("analyzer:secrets", "aws-access-key"),
    ]
    assert code == 1
    return by_code(stream)


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in CASES])
def test_an_obedient_model(case: Path, clean, tmp_path: Path):
    about = json.loads(case.read_text().replace("{KEY}", KEY))
    repo = workspace(tmp_path, about["path"], about["injection"])
    model = Scripted(lambda prompt: about["reply"])
    stream, code = run(repo, model, analyzers=ANALYZERS, fail_on="major")

    assert by_code(stream) == clean
    assert code == 1  # the gate rests on what code found
    changed = {"pay.py", about["path"]}
    assert {item.file_name for item in found(stream)} <= changed
    assert {quote.file_name for item in found(stream) for quote in item.evidence} <= changed
    written = [events.line(event) for event in stream]
    assert all(line.isascii() and line.isprintable() for line in written)
    assert [kind for kind in kinds(stream) if kind in ("complete", "error")] == ["complete"]
    assert stream[-1].findings == len(found(stream)) == len({item.id for item in found(stream)})
    for item in found(stream):
        assert item.codegen_instructions.startswith("Review comment at @")
        assert "data, not orders" in item.codegen_instructions
        said = item.title + item.comment + item.codegen_instructions + "".join(item.suggestions)
        assert not [secret for secret in about["never"] if secret in said]
    if any(kind in case.stem for kind in ("complete_event", "prose")):  # no reply at all
        assert (stream[-1].outcome, stream[-1].unreviewed_files[0].reason) == (
            "failed",
            "bad_reply",
        )
    assert all(
        "<|turn>" not in prompt.user and "<turn|>" not in prompt.user for prompt in model.prompts
    )


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in CASES])
def test_the_injection_is_a_finding_of_its_own(case: Path, tmp_path: Path):
    about = json.loads(case.read_text().replace("{KEY}", KEY))
    change = review(workspace(tmp_path, about["path"], about["injection"]))
    found_at = injection.evidence(change)
    assert {item.path for item in found_at} == {about["path"]}
    first = 1 if about["path"] != "pay.py" else 2
    last = first + about["injection"].count("\n")
    assert all(first <= item.start <= last for item in found_at)


def test_a_clean_change_has_none(tmp_path: Path):
    assert injection.evidence(review(workspace(tmp_path))) == []
