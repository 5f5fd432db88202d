"""`reviewer integrate`, called as a user and as an agent's hook would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import forked
from support.repo import Repo, environment
from support.trees import filled, tree

from reviewer.doors.integrations.hosts import HOSTS

SKILL = ".opencode/skills/gemma-reviewer/SKILL.md"
CLAUDE = ".claude/skills/gemma-reviewer/SKILL.md"
SETTINGS = """\
.claude/settings.json
@@ -1,3 +1,16 @@
 {
-  "model": "x\\u{202e}"
+  "model": "x\\u{202e}",
+  "hooks": {
+    "Stop": [
+      {
+        "hooks": [
+          {
+            "type": "command",
+            "command": "reviewer integrate reminder claude; exit 0",
+            "timeout": 30
+          }
+        ]
+      }
+    ]
+  }
 }
"""


@pytest.fixture
def repo(tmp_path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.py": "def f(x):\n    return x\n"})
    return repo


def surroundings(repo):
    return environment(repo.home) | {"REVIEWER_STATE_DIR": str(repo.home / "s")}


def call(repo, *args, cwd=None, stdin=b"", **env):
    surrounded = surroundings(repo) | env
    if "PATH" in env:  # a start looks for git there
        done = subprocess.run(
            [sys.executable, "-m", "reviewer", "integrate", *args],
            cwd=cwd or repo.path,
            input=stdin,
            check=False,
            capture_output=True,
            timeout=60,
            env=surrounded,
        )
    else:
        done = forked.run("integrate", *args, cwd=cwd or repo.path, env=surrounded, stdin=stdin)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def below(repo):
    return {path: what for path, what in tree(repo.path).items() if not path.startswith(".git/")}


def test_install_again_and_remove(repo):
    before = below(repo)
    (repo.path / "sub").mkdir()
    assert call(repo, "codex", cwd=repo.path / "sub") == (
        0,
        """\
created   .agents/skills/gemma-reviewer/SKILL.md
created   .codex/hooks.json  (hook Stop: a reminder when edited code was not reviewed)
note      Codex runs a new hook only after you trust it: type /hooks in Codex
""",
        "",
    )
    assert call(repo, "codex") == (
        0,
        """\
unchanged .agents/skills/gemma-reviewer/SKILL.md
unchanged .codex/hooks.json  (hook Stop: a reminder when edited code was not reviewed)
""",
        "",
    )
    assert call(repo, "codex", "--remove") == (
        0,
        """\
removed   .codex/hooks.json
removed   .agents/skills/gemma-reviewer/SKILL.md
""",
        "",
    )
    (repo.path / "sub").rmdir()
    assert below(repo) == before
    assert call(repo, "codex", "--remove") == (
        0,
        "absent    .agents/skills/gemma-reviewer/SKILL.md\n",
        "",
    )


def test_what_copilot_needs_besides(repo):
    assert call(repo, "copilot") == (
        0,
        """\
created   .github/skills/gemma-reviewer/SKILL.md
created   .github/hooks/gemma-reviewer.json  (hook agentStop: a reminder when edited code was not reviewed)
note      Copilot runs a repository's hooks only after you trust its folder
""",  # noqa: E501
        "",
    )


def test_dry_run_shows_paths_and_a_diff_and_writes_nothing(repo):
    filled(repo.path, {".claude/settings.json": b'{\n  "model": "x\xe2\x80\xae"\n}'})
    before = below(repo)
    code, out, err = call(repo, "claude", "--dry-run")
    skill, settings = out.split("updated   ")
    lines = skill.splitlines()
    assert (code, err, below(repo)) == (0, "", before)
    assert lines[:4] == [
        f"created   {CLAUDE}",
        f"@@ -0,0 +1,{len(lines) - 2} @@",
        "+---",
        "+name: gemma-reviewer",
    ]
    assert settings == SETTINGS
    assert call(repo, "claude")[0] == 0
    installed = below(repo)
    code, out, err = call(repo, "claude", "--remove", "--dry-run")
    assert (code, out.splitlines()[0], err) == (0, "updated   .claude/settings.json", "")
    assert f"removed   {CLAUDE}" in out.splitlines()
    assert below(repo) == installed
    assert call(repo, "claude", "--remove")[0] == 0
    assert below(repo) == before


def test_generic_shows_the_block_that_agents_md_gets(repo):
    repo.write("AGENTS.md", "# Rules\n")
    code, out, err = call(repo, "generic", "--dry-run")
    lines = out.splitlines()
    assert (code, lines[0], lines[2:4], err) == (0, "updated   AGENTS.md", [" # Rules", "+"], "")
    assert (lines[4][:23], lines[-1]) == ("+<!-- gemma-reviewer 1 ", "+<!-- /gemma-reviewer -->")
    assert call(repo, "generic") == (0, "updated   AGENTS.md\n", "")
    assert call(repo, "generic", "--remove") == (0, "updated   AGENTS.md\n", "")
    assert (repo.path / "AGENTS.md").read_text() == "# Rules\n"


def test_for_all_projects(repo, tmp_path):
    before = tree(repo.home)
    assert call(repo, "opencode", "--global", cwd=tmp_path) == (
        0,
        """\
created   ~/.config/opencode/skills/gemma-reviewer/SKILL.md
note      opencode has no command hooks, so there is no reminder
""",
        "",
    )
    assert call(repo, "opencode", "--global", "--remove", cwd=tmp_path) == (
        0,
        "removed   ~/.config/opencode/skills/gemma-reviewer/SKILL.md\n",
        "",
    )
    assert tree(repo.home) == before
    assert call(repo, "claude", "--global", HOME="") == (
        2,
        "",
        "reviewer: --global requires HOME: set it to your home directory\n",
    )


def test_the_overview(repo):
    call(repo, "claude", "--no-reminder")
    call(repo, "gemini", "--global")
    assert call(repo) == (
        0,
        """\
agent     used here  this repository  all repositories
claude    .claude    installed        absent
codex     -          absent           absent
cursor    -          absent           absent
gemini    ~/.gemini  absent           installed, reminder
copilot   -          absent           absent
opencode  -          absent           absent
generic   -          absent           -

Install with: reviewer integrate AGENT [--global]
""",
        "",
    )


def test_the_overview_outside_a_repository(repo, tmp_path):
    code, out, err = call(repo, cwd=tmp_path)
    assert (code, out.splitlines()[1], err) == (
        0,
        "claude    -          -                absent",
        "",
    )


def test_the_overview_as_json(repo):
    call(repo, "claude")
    code, out, err = call(repo, "--format", "json")
    agents = json.loads(out)["agents"]
    assert (code, err, [each["name"] for each in agents]) == (0, "", [host.name for host in HOSTS])
    assert agents[0] == {
        "name": "claude",
        "usedHere": [".claude"],
        "here": "installed",
        "reminderHere": True,
        "home": "absent",
        "reminderHome": False,
    }
    assert call(repo, "--format", "json", "claude") == (
        2,
        "",
        "reviewer: --format json and claude exclude each other\n",
    )


def test_help_names_every_agent(repo):
    code, out, _ = call(repo, "--help")
    assert code == 0
    for host in HOSTS:
        assert f"  {host.name:<8}  {host.title}\n" in out


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["vim"], 2, "No such command 'vim'; see: reviewer integrate --help"),
        (
            ["generic", "--global"],
            2,
            (
                "--global does not work for generic, which has no user-wide settings: leave"
                " --global out, or name an agent (see: reviewer integrate)"
            ),
        ),
        (
            ["claude", "--remove", "--no-reminder"],
            2,
            "--remove and --no-reminder exclude each other: --remove uninstalls both",
        ),
        (
            ["opencode"],
            2,
            (
                f"{SKILL} is not ours (it has no gemma-reviewer marker); left unchanged: move it"
                " away, then try again"
            ),
        ),
    ],
)
def test_errors_are_one_line(repo, args, code, said):
    repo.write(SKILL, "mine\n")
    before = below(repo)
    assert call(repo, *args) == (code, "", f"reviewer: {said}\n")
    assert below(repo) == before


def test_outside_a_repository(repo, tmp_path):
    code, out, err = call(repo, "claude", cwd=tmp_path)
    assert (code, out) == (4, "")
    assert err.startswith(f"reviewer: not a git repository: {tmp_path};")


def test_settings_with_comments_are_left_alone_and_the_snippet_is_shown(repo):
    filled(repo.path, {".gemini/settings.json": b"{\n  // mine\n}\n"})
    before = below(repo)
    code, out, err = call(repo, "gemini")
    entry = dict(next(host for host in HOSTS if host.name == "gemini").reminder.entry)
    assert (code, json.loads(out)) == (2, {"hooks": {"AfterAgent": [entry]}})
    assert (
        err == "reviewer: .gemini/settings.json is not plain JSON (comments are not allowed), so"
        " nothing was written: paste the lines above into it yourself, then run reviewer"
        " integrate gemini --no-reminder\n"
    )
    assert below(repo) == before
    assert call(repo, "gemini", "--no-reminder")[:2] == (
        0,
        "created   .gemini/skills/gemma-reviewer/SKILL.md\n",
    )


def test_the_command_in_the_hook_works(repo):
    """What is written into the settings of an agent is called as it stands there."""
    repo.write("a.py", "def f(x):\n    return x + 1\n")
    call(repo, "claude")
    entry = json.loads((repo.path / ".claude/settings.json").read_bytes())["hooks"]["Stop"][0][
        "hooks"
    ][0]
    said = json.dumps(
        {"cwd": str(repo.path), "stop_hook_active": False, "hook_event_name": "Stop"}
    ).encode()
    called, ending = entry["command"].split(";")  # the ending is for where this program is missing
    name, *args = called.split()
    assert ending == " exit 0"
    assert (name, args[0]) == ("reviewer", "integrate")
    code, out, err = call(repo, *args[1:], stdin=said)
    assert (code, json.loads(out)["decision"], err) == (0, "block", "")
    assert call(repo, *args[1:], stdin=said) == (0, "", "")


def test_codex_is_always_answered(repo, tmp_path):
    """An empty answer is an error to some of its versions."""
    repo.write("a.py", "def f(x):\n    return x + 1\n")
    assert call(repo, "reminder", "codex", cwd=tmp_path, stdin=b"{}") == (0, "{}\n", "")
    assert call(repo, "reminder", "codex", stdin=b"nonsense", HOME="", PATH="") == (0, "{}\n", "")
    assert json.loads(call(repo, "reminder", "codex", stdin=b"{}")[1])["decision"] == "block"
    assert call(repo, "reminder", "codex", stdin=b"{}") == (0, "{}\n", "")


@pytest.mark.parametrize(
    "wrong",
    ["agent", "no input", "no repository", "no git", "no home", "no directory", "closed output"],
)
def test_the_reminder_ends_with_0_whatever_is_wrong(repo, tmp_path, root: Path, wrong):
    """2 would keep an agent from stopping."""
    repo.write("a.py", "def f(x):\n    return x + 1\n")
    host = "nobody" if wrong == "agent" else "claude"
    stdin = b"" if wrong == "no input" else b"{}"
    env = {
        "no git": {"PATH": str(tmp_path)},
        "no home": {"HOME": "", "REVIEWER_STATE_DIR": ""},
    }.get(wrong, {})
    cwd = tmp_path if wrong == "no repository" else repo.path
    shell = {
        "closed output": f"'{sys.executable}' -m reviewer integrate reminder claude >&-",
        "no directory": f"mkdir '{tmp_path}/d' && cd '{tmp_path}/d' && rmdir '{tmp_path}/d' && "
        f"PYTHONPATH='{root}' '{sys.executable}' -m reviewer integrate reminder claude",
    }.get(wrong)
    if shell:
        done = subprocess.run(
            shell,
            shell=True,
            cwd=cwd,
            input=stdin,
            capture_output=True,
            check=False,
            env=surroundings(repo),
        )
        assert (done.returncode, done.stdout) == (0, b"")
    elif wrong == "no home":
        assert call(repo, "reminder", host, stdin=stdin, cwd=cwd, **env)[0] == 0
    else:
        assert call(repo, "reminder", host, stdin=stdin, cwd=cwd, **env) == (0, "", "")


def test_what_an_agent_is_told_is_true(repo, root: Path):
    """Commands, options, fields and codes that the skill names are those of this program."""
    import re

    from reviewer import events
    from reviewer.cli import COMMANDS

    text = (root / "prompts/integrations/body.md").read_text()
    named = set(re.findall(r"reviewer ([a-z]+)", text))
    assert {"fix", "findings", "undo"} <= named <= {*COMMANDS}
    fields = {
        name
        for kind in (events.Finding, events.Complete, events.ReviewContext, events.Patch)
        for field, info in kind.model_fields.items()
        for name in (field, info.alias or info.serialization_alias or field)
    }
    camel = {re.sub("_(.)", lambda match: match[1].upper(), name) for name in fields}
    quoted = set(re.findall(r"`([a-z]+(?:[A-Z][a-z]+)+)`", text)) | set(
        re.findall(r"`(?:complete|patch)\.(\w+)`", text)
    )
    assert {"codegenInstructions", "unreviewedFiles", "outcome", "verification"} <= quoted <= camel
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", "review", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [
        option for option in re.findall(r"`(--[a-z-]+)", text) if option not in done.stdout
    ] == []
