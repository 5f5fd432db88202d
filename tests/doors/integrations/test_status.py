from __future__ import annotations

from support.trees import filled

from reviewer.doors.integrations import plan as planning
from reviewer.doors.integrations import status
from reviewer.doors.integrations.hosts import HOSTS

BY_NAME = {host.name: host for host in HOSTS}


def shown(top, home):
    return "\n".join(status.lines(status.agents(top, home)))


def test_nothing_anywhere(tmp_path):
    assert (
        shown(None, tmp_path)
        == """\
agent     used here  this repository  all repositories
claude    -          -                absent
codex     -          -                absent
cursor    -          -                absent
gemini    -          -                absent
copilot   -          -                absent
opencode  -          -                absent
generic   -          -                -"""
    )


def test_every_state(tmp_path):
    top, home = (
        filled(tmp_path / "top", {"GEMINI.md": b"", ".codex": None}),
        filled(tmp_path / "home", {}),
    )
    for name in ("claude", "codex", "gemini", "generic"):
        planning.apply(top, planning.install(top, BY_NAME[name], reminder=name != "gemini"))
    planning.apply(home, planning.install(home, BY_NAME["opencode"], home=True))
    skill = top / BY_NAME["codex"].project
    skill.write_bytes(skill.read_bytes() + b"mine\n")
    filled(top, {BY_NAME["cursor"].project: b"somebody else's\n", BY_NAME["copilot"].project: None})
    filled(top, {".opencode/skills": None})
    (top / ".opencode/skills/gemma-reviewer").symlink_to("/nowhere")
    assert (
        shown(top, home)
        == """\
agent     used here                      this repository      all repositories
claude    .claude                        installed, reminder  absent
codex     .codex                         edited, reminder     absent
cursor    .cursor                        foreign              absent
gemini    .gemini, GEMINI.md             installed            absent
copilot   .github/skills                 unusable             absent
opencode  .opencode, ~/.config/opencode  unusable             installed
generic   AGENTS.md                      installed            -"""
    )


def test_what_an_older_version_wrote_is_outdated(tmp_path):
    from reviewer.doors.integrations import marked

    front, body = "---\nname: gemma-reviewer\n---\n", "old\n"
    old = front + marked._marker(front + body, {}) + "\n" + body
    filled(tmp_path, {BY_NAME["claude"].project: old.encode()})
    assert {each.host.name: each.here for each in status.agents(tmp_path, None)}[
        "claude"
    ] == "outdated"
    planning.apply(tmp_path, planning.install(tmp_path, BY_NAME["claude"]))
    assert {each.host.name: each.here for each in status.agents(tmp_path, None)}[
        "claude"
    ] == "installed"
