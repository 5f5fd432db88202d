"""What is offered at the end of a setup: only in a repository, and never without a yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo

from reviewer.cli import setup_offers


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    repo = Repo(tmp_path / "repo", tmp_path)
    (repo.path / "CLAUDE.md").write_text("Be brief.\n")
    monkeypatch.chdir(repo.path)
    return repo.path


def written(repository: Path) -> list[str]:
    hook, skill = ".git/hooks/pre-push", ".claude/skills/gemma-reviewer/SKILL.md"
    return [name for name in (hook, skill) if (repository / name).exists()]


def test_nothing_without_a_yes(repository):
    setup_offers.offer(ask=False, hook=False, agents=False)
    assert written(repository) == []


def test_what_is_named(repository, capsys):
    setup_offers.offer(ask=False, hook=True, agents=True)
    assert len(written(repository)) == 2
    assert "installed .git/hooks/pre-push" in capsys.readouterr().out


def test_each_is_asked_for(repository, monkeypatch):
    asked: list[str] = []

    def answer(question: str, **options: object) -> bool:
        asked.append(question)
        return "push" in question

    monkeypatch.setattr("click.confirm", answer)
    setup_offers.offer(ask=True, hook=False, agents=False)
    assert asked == [
        "Review before each push to this repository?",
        "Teach Claude Code to run a review in this repository?",
    ]
    assert written(repository) == [".git/hooks/pre-push"]
    asked.clear()
    setup_offers.offer(ask=True, hook=False, agents=False)
    assert len(asked) == 1  # the hook is there


def test_outside_a_repository(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    setup_offers.offer(ask=True, hook=False, agents=False)
    assert capsys.readouterr().err == ""
    setup_offers.offer(ask=False, hook=True, agents=False)
    assert "--hook and --agents need a repository: " in capsys.readouterr().err


def test_what_cannot_be_installed_is_said(repository, capsys):
    with (repository / ".git/config").open("a") as config:
        config.write("[core]\n\thooksPath = /elsewhere\n")
    setup_offers.offer(ask=False, hook=True, agents=False)
    assert capsys.readouterr().err.startswith("left out: ")
    assert written(repository) == []
