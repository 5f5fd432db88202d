"""What is recorded by those who know a repository and no store."""

from __future__ import annotations

from pathlib import Path

from support.event_cases import finding

from reviewer import memory
from reviewer.memory import feedback


def test_an_entry_is_about_the_repository_and_says_what_the_finding_is(tmp_path: Path) -> None:
    environ = {"REVIEWER_STATE_DIR": str(tmp_path / "state")}
    log = memory.FeedbackLog(environ, tmp_path / ".git")
    found = finding(1, rule="R1")
    log.record("applied", [found.id], [found])
    with memory.open_store(environ) as store:
        (entry,) = feedback.standing(store, memory.repository_key(tmp_path / ".git")).values()
        elsewhere = feedback.standing(store, memory.repository_key(tmp_path))
    assert (entry.finding, entry.kind, entry.rule, elsewhere) == (found.id, "applied", "R1", {})


def test_a_memory_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environ = {"REVIEWER_STATE_DIR": str(tmp_path / "file")}
    memory.FeedbackLog(environ, tmp_path / ".git").record("undone", ["0" * 12])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
