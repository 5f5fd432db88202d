"""`reviewer completion`, and what the shells offer."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.memory import PLACE, judged, record
from support.repo import Repo

from reviewer import cli, memory
from reviewer.cli import complete, completion
from reviewer.memory import history
from reviewer.memory.records import HistoryKey


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ZDOTDIR", raising=False)
    return Path(os.environ["HOME"])


@pytest.fixture
def run(capsys):
    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["completion", *args])
        return ended.value.code, *capsys.readouterr()

    return call


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = Repo(tmp_path / "work", tmp_path / "home")
    made.commit({"a.py": "a = 1\n"})
    monkeypatch.chdir(made.path)
    return made


def files(home: Path) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): path.read_text(encoding="utf-8")
        for path in home.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("shell", "script", "start_up"),
    [
        ("bash", ".local/share/bash-completion/completions/reviewer", ".bashrc"),
        ("zsh", ".local/share/zsh/site-functions/_reviewer", ".zshrc"),
        ("fish", "config/fish/completions/reviewer.fish", None),
    ],
)
def test_install_and_uninstall(shell: str, script: str, start_up: str | None, home: Path, run):
    before = {".bashrc": "alias ll=ls\n", ".zshrc": "# mine\n"}
    for name, text in before.items():
        (home / name).write_text(text, encoding="utf-8")
    named = [str(home / name) for name in (script, start_up) if name]
    dry = run("install", shell, "--dry-run")
    assert [line for line in dry[1].splitlines() if line.startswith("would")] == [
        f"would write {name}" for name in named
    ]
    assert files(home) == before
    done = run("install", shell)
    written = "".join(f"wrote {name}\n" for name in named)
    again = f"Start a new {shell} (`exec {shell}`), then try: reviewer fi<Tab>\n"
    assert done == (0, written + again, "")
    after = files(home)
    assert after[script] == completion.script(shell)
    if start_up:
        assert after[start_up].startswith(before[start_up] + f"\n{completion.BEGIN}\n")
        assert str(home / script) in after[start_up]
    assert run("install", shell) == (
        0,
        f"{shell} completes `reviewer` already: nothing to do\n",
        "",
    )
    assert files(home) == after
    assert run("uninstall", shell) == (0, written.replace("wrote", "removed", 1), "")
    assert files(home) == before
    assert run("uninstall", shell) == (0, f"nothing of ours is installed for {shell}\n", "")


@pytest.mark.parametrize(
    ("text", "with_lines"),
    [
        ("", "{}"),
        ("a\n", "a\n\n{}"),
        ("a", "a\n\n{}"),
        ("a\n\n", "a\n\n{}"),
        ("a\n# >>> reviewer completion >>>\nold\n# <<< reviewer completion <<<\nb\n", "a\n{}b\n"),
        ("# >>> reviewer completion >>>\ncut", "# >>> reviewer completion >>>\ncut\n\n{}"),
    ],
)
def test_the_block_in_a_start_up_file(text: str, with_lines: str):
    block = f"{completion.BEGIN}\nnew\n{completion.END}\n"
    assert completion.with_block(text, "new") == with_lines.format(block)


def test_a_start_up_file_that_is_a_link_stays_one(home: Path, run):
    real = home / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_bytes(b"caf\xe9\n")
    real.chmod(0o600)
    (home / ".bashrc").symlink_to(real)
    assert run("install", "bash")[0] == 0
    assert (home / ".bashrc").is_symlink()
    assert real.read_bytes().startswith(b"caf\xe9\n\n# >>> ")
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.fault("files", "a start-up file that cannot be written", "exit 2, and what to do")
def test_a_file_that_cannot_be_written(home: Path, run):
    (home / ".local").write_text("", encoding="utf-8")
    code, _, err = run("install", "bash")
    assert (code, err.count("\n")) == (2, 1)
    assert err.endswith("; `reviewer completion show` prints the script, for you to place\n")


@pytest.mark.parametrize(
    ("parent", "login", "shell"),
    [("zsh", "/bin/bash", "zsh"), ("-bash", "", "bash"), ("make", "/usr/bin/fish", "fish")],
)
def test_the_shell_in_use(parent: str, login: str, shell: str):
    assert completion.detect({"SHELL": login}, parent) == shell


def test_a_shell_that_we_do_not_know(run, monkeypatch):
    monkeypatch.setattr(completion, "_parent", lambda: "make")
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    said = "name it, as in `reviewer completion install bash`"
    assert run("install") == (2, "", f"reviewer: cannot tell which shell you use: {said}\n")


def test_a_mac_reads_the_profile():
    assert completion.place("bash", {"HOME": "/h"}, "darwin").start_up == Path("/h/.bash_profile")


def offered(what: complete.Complete, typed: str = "") -> list[str]:
    context = click.Context(click.Command("example"))
    return [each.value for each in what(context, click.Argument(["it"]), typed)]


@pytest.mark.fault(
    "git",
    "a branch whose name a shell would run when a completion inserts it",
    "it is not offered",
)
def test_revisions(repo: Repo):
    for name in ("feature/x", "v.1-a", "x;touch${IFS}evil", "`id`", "a&b", "a'b", "gr\u00fcn"):
        repo.git("branch", name)
    repo.git("tag", "v1.0")
    assert sorted(offered(complete.revisions)) == [
        *("HEAD", "feature/x", "gr\u00fcn", "main", "v.1-a", "v1.0")
    ]
    assert offered(complete.revisions, "fea") == ["feature/x"]


def test_there_is_nothing_to_offer_without_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = (complete.revisions, complete.findings, complete.dismissed)
    assert [offered(each) for each in values] == [[], [], []]


def test_findings(repo: Repo):
    key = HistoryKey(memory.repository_key(repo.path / ".git"), PLACE.scope)
    with memory.open_store(os.environ) as store:
        history.record_run(store, key, record(judged(10), judged(11, title="Odd\n\x1b[31m title")))
    assert sorted(offered(complete.findings)) == ["00000000000a", "00000000000b"]
    (item,) = complete.findings(
        click.Context(click.Command("x")), click.Argument(["it"]), "00000000000b"
    )
    assert item.help is not None
    assert item.help.isprintable()
    with memory.open_store(os.environ) as store:
        memory.dismiss(store, key.repository, "00000000000a", "not here")
    assert offered(complete.dismissed) == ["00000000000a"]


def test_other_values():
    assert {"terminal", "json"} < set(offered(complete.formats))
    assert {"12b", "google/gemma-4-12B-it"} < set(offered(complete.models))
    assert {"ruff", "ty"} < set(offered(complete.analyzers))
    assert offered(complete.models, "12") == ["12b"]


LINES = {
    "reviewer fi": ["findings", "fix"],
    "reviewer --fail": ["--fail-on"],
    "reviewer --engine ol": ["ollama"],
    "reviewer --base ma": ["main"],
    "reviewer review --base ma": ["main"],
    "reviewer findings dis": ["dismiss"],
    "reviewer review --format github-": ["github-summary"],
}
JOINED = {
    "reviewer --base=ma": "main",
    "reviewer review --base=ma": "main",
    "reviewer --agent --format=github-": "github-summary",
    "reviewer --engine=": "auto",
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("line", LINES)
def test_bash(line: str, repo: Repo, tmp_path: Path):
    words = " ".join(map(shlex.quote, line.split(" ")))
    code = (
        f"source {tmp_path}/script; COMP_WORDS=({words}); COMP_CWORD={line.count(' ')}\n"
        '_reviewer_completion reviewer; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert _in_shell(["bash", "--norc", "-c", code], "bash", repo, tmp_path) == LINES[line]


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize("line", LINES)
def test_fish(line: str, repo: Repo, tmp_path: Path):
    code = f"source {tmp_path}/script; complete -C {shlex.quote(line)}"
    said = _in_shell(["fish", "--no-config", "-c", code], "fish", repo, tmp_path)
    assert [each.partition("\t")[0] for each in said] == LINES[line]


def _in_shell(command: list[str], shell: str, repo: Repo, tmp_path: Path) -> list[str]:
    (tmp_path / "script").write_text(completion.script(shell), encoding="utf-8")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "reviewer"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -m reviewer\n", encoding="utf-8")
    program.chmod(0o755)
    done = subprocess.run(
        command,
        cwd=repo.path,
        env=os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.fault(
    "screen",
    "Tab after --option=, with and without the command `review`",
    "the values of the option are offered, as each shell inserts them",
)
@pytest.mark.parametrize("line", JOINED)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_value_joined_to_its_option(
    shell: str, line: str, repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.chdir(repo.path)
    option, _, typed = line.rpartition("=")
    words = line
    if shell == "bash":  # breaks words at =
        words = f"{option} = {typed}".rstrip()
    last = words.split(" ")[-1]
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", last if shell == "fish" else str(words.count(" ")))
    monkeypatch.setenv("_REVIEWER_COMPLETE", f"{shell}_complete")
    with pytest.raises(SystemExit):
        cli.main([])
    offered = f"{'' if shell == 'bash' else option.split(' ')[-1] + '='}{JOINED[line]}"
    said = capsys.readouterr().out.splitlines()
    values = said[1::3] if shell == "zsh" else [each.partition("\t")[0] for each in said]
    assert values[0].removeprefix("plain,") == offered
