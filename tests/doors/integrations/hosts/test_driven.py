"""The real coding agents, with what `reviewer integrate` installs for them, against a stand-in for
their model.

Skipped unless REVIEWER_HOSTS names the folder in which npm has installed them: npm install --prefix
FOLDER @anthropic-ai/claude-code @openai/codex @google/gemini-cli @github/copilot opencode-ai Each
run of an agent takes a few seconds and needs no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.model_apis import Model, serving
from support.repo import Repo, environment

from reviewer import resources

BIN = Path(os.environ.get("REVIEWER_HOSTS", "/nowhere")) / "node_modules/.bin"
REMINDER = resources.text("prompts/integrations/reminder.md").strip()
DESCRIPTION = (
    resources.text("prompts/integrations/skill.md")
    .partition("description: ")[2]
    .partition(" (a Gemma 4")[0]
)


@dataclass(frozen=True, slots=True)
class Driven:
    command: tuple[str, ...]  # one question, without a terminal
    environ: Callable[[str], dict[str, str]]  # for the model at this address
    files: Callable[
        [str, Path], dict[str, object]
    ]  # below the home directory, for the model and the repository
    tools: (
        str  # how the agent calls the tool `review` of the MCP server, in what it tells its model
    )
    for_mcp: tuple[str, ...] = ()  # so that the first question already knows of the tools
    add: tuple[str, ...] = ("mcp", "add", "reviewer", "--", "reviewer", "mcp")
    reminds: bool = True


def _codex(url: str, repo: Path) -> dict[str, object]:
    provider = (
        f'name = "mock"\nbase_url = "{url}/v1"\nwire_api = "responses"\nrequires_openai_auth ='
        " false\n"
    )
    text = 'model = "mock"\nmodel_provider = "mock"\ncheck_for_update_on_startup = false\n'
    trust = f'[projects."{repo}"]\ntrust_level = "trusted"\n'
    return {
        ".codex/config.toml": (
            f"{text}[analytics]\nenabled = false\n[model_providers.mock]\n{provider}{trust}"
        )
    }


def _opencode(url: str, repo: Path) -> dict[str, object]:
    options = {"baseURL": f"{url}/v1", "apiKey": "mock"}
    provider = {"npm": "@ai-sdk/openai-compatible", "options": options, "models": {"mock": {}}}
    config = {
        "model": "mock/mock",
        "small_model": "mock/mock",
        "autoupdate": False,
        "provider": {"mock": provider},
    }
    return {".config/opencode/opencode.json": config}


def _gemini(url: str, repo: Path) -> dict[str, object]:
    off = {"general": {"enableAutoUpdate": False}, "privacy": {"usageStatisticsEnabled": False}}
    return {
        ".gemini/settings.json": {"security": {"auth": {"selectedType": "gemini-api-key"}}, **off}
    }


DRIVEN: Mapping[str, Driven] = {
    "claude": Driven(
        ("claude", "-p", "hello"),
        lambda url: {
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": "mock",
            "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "MCP_CONNECTION_NONBLOCKING": "0",
        },
        lambda url, repo: {},
        "mcp__reviewer__review",
    ),
    "codex": Driven(
        # The user's own trust in a hook is given in a screen; this says it for one run.
        ("codex", "exec", "--dangerously-bypass-hook-trust", "hello"),
        lambda url: {},
        _codex,
        '"name": "mcp__reviewer"',
        ("-c", "mcp_servers.reviewer.required=true"),
    ),
    "gemini": Driven(
        ("gemini", "-m", "gemini-2.5-pro", "-p", "hello"),
        lambda url: {
            "GOOGLE_GEMINI_BASE_URL": url,
            "GEMINI_API_KEY": "mock",
            "GEMINI_CLI_TRUST_WORKSPACE": "true",
        },
        _gemini,
        '"mcp_reviewer_review"',
        ("-y",),  # otherwise no tool is named that would have to be allowed
        ("mcp", "add", "reviewer", "reviewer", "mcp"),
    ),
    "copilot": Driven(
        ("copilot", "-p", "hello"),
        lambda url: {
            "COPILOT_OFFLINE": "true",
            "COPILOT_PROVIDER_BASE_URL": f"{url}/v1",
            "COPILOT_MODEL": "mock",
            "COPILOT_PROVIDER_API_KEY": "mock",
        },
        lambda url, repo: {".copilot/config.json": {"trustedFolders": [str(repo)]}},
        '"reviewer-review"',
    ),
    "opencode": Driven(
        ("opencode", "run", "hello"),
        lambda url: {"OPENCODE_DISABLE_MODELS_FETCH": "1"},
        _opencode,
        '"reviewer_review"',
        reminds=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A home directory, a repository with an edited file, and one agent."""

    host: str
    driven: Driven
    repo: Repo
    model: Model

    def run(self, *command: str, reviewer: bool = True) -> str:
        others = [
            path
            for path in os.environ["PATH"].split(os.pathsep)
            if not (Path(path) / "reviewer").exists()
        ]
        ours = str(Path(sys.executable).parent) if reviewer else str(self.repo.home)
        path = os.pathsep.join([str(BIN), *others, ours])
        environ = environment(self.repo.home) | self.driven.environ(self.model.url)
        environ |= {"PATH": path, "TERM": "dumb", "TMPDIR": str(self.repo.home)}
        done = subprocess.run(
            command,
            cwd=self.repo.path,
            env=environ,
            stdin=subprocess.DEVNULL,
            timeout=120,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def asked(self, *more: str, reviewer: bool = True) -> list[bool]:
        """The agent is asked something: whether the reminder is in what its model gets, for each
        time that it does. Only what offers the skill counts: an agent may also ask its model for
        the title of the session, say."""
        self.model.requests.clear()
        said = self.run(*self.driven.command, *more, reviewer=reviewer)
        assert "All done." in said
        return [
            json.dumps(REMINDER)[1:-1] in text
            for text in self.model.requests
            if DESCRIPTION in text
        ]


@pytest.fixture(params=DRIVEN)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    host: str = request.param
    if not shutil.which(host, path=str(BIN)):
        pytest.skip(f"REVIEWER_HOSTS names no folder in which npm has installed {host}")
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.py": "def f(x):\n    return x\n"})
    repo.write("a.py", "def f(x):\n    return x + 1\n")
    with serving() as model:
        for name, data in DRIVEN[host].files(model.url, repo.path).items():
            path = repo.home / name
            path.parent.mkdir(parents=True)
            path.write_text(data if isinstance(data, str) else json.dumps(data))
        yield Place(host, DRIVEN[host], repo, model)


@pytest.mark.parametrize("where", [(), ("--global",)], ids=["project", "global"])
def test_the_skill_is_offered_and_the_reminder_comes_once(place, where):
    place.run("reviewer", "integrate", place.host, *where)
    assert place.asked() == ([False, True] if place.driven.reminds else [False])


def test_nothing_is_said_after_a_review(place):
    place.run("reviewer", "integrate", place.host)
    place.run("reviewer", "--engine", "none", "--agent")
    assert place.asked() == [False]


@pytest.mark.parametrize("other", [False, True], ids=["none", "another"])
def test_nobody_is_kept_from_working_who_has_no_reviewer(place, other):
    """They share the repository in which somebody else has installed it; or theirs is another
    program or version."""
    place.run("reviewer", "integrate", place.host)
    if other:
        (place.repo.home / "reviewer").write_text("#!/bin/sh\necho no such command >&2\nexit 2\n")
        (place.repo.home / "reviewer").chmod(0o755)
    assert place.asked(reviewer=False) == [False]


def test_the_tools_are_there_as_the_skill_says(place):
    """With the command that the skill names; nothing else is installed, so the model gets no
    description of the skill and the requests are looked at as they are."""
    command = " ".join([place.host, *place.driven.add])
    assert f"`{command}`" in resources.text(f"prompts/integrations/{place.host}.md")
    place.run(place.host, *place.driven.add)
    assert place.asked(*place.driven.for_mcp) == []
    assert any(place.driven.tools in text for text in place.model.requests)
