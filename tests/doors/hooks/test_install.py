"""Installing and removing the hook: nothing of anybody else is lost, and it comes back byte for
byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.hooking import contents
from support.repo import Repo

from reviewer.doors.hooks import place, status
from reviewer.doors.hooks.install import HookChange, install, uninstall
from reviewer.doors.hooks.place import ConfiguredHook, HooksDirectory
from reviewer.doors.hooks.script import Options, recognise, write
from reviewer.errors import ConfigError, UsageError
from reviewer.workspace import open_repository

FIRST = {
    "script": b"#!/bin/sh\nexit 0\n",
    "crlf": b"#!/bin/sh\r\nexit 0\r\n",
    "no shebang": b"exit 0",
    "binary": b"\x7fELF\x02\x01\0\xff\xfe",
    "empty": b"",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "1\n"})
    for sample in (made.path / ".git/hooks").iterdir():
        sample.unlink()
    return made


def opened(repo: Repo, below: str = "."):
    return open_repository(repo.path / below)


def hooks(repo: Repo) -> Path:
    return repo.path / ".git/hooks"


def globally(repo: Repo, monkeypatch: pytest.MonkeyPatch, *setting: str) -> None:
    repo.git("config", "--global", *setting)
    monkeypatch.setenv("HOME", str(repo.home))


def test_into_an_empty_place(repo):
    path = hooks(repo) / "pre-push"
    assert install(opened(repo), "pre-push", Options("minor")) == HookChange(
        "pre-push", path, "installed"
    )
    assert contents(hooks(repo)) == {
        "pre-push": (0o755, write("pre-push", Options("minor"), sys.executable))
    }
    assert install(opened(repo), "pre-push", Options("minor")) == HookChange(
        "pre-push", path, "unchanged"
    )
    assert install(opened(repo), "pre-push", Options()) == HookChange("pre-push", path, "updated")
    assert recognise(path.read_bytes()).arguments == ()
    assert uninstall(opened(repo), "pre-push") == HookChange("pre-push", path, "removed")
    assert contents(hooks(repo)) == {}
    assert uninstall(opened(repo), "pre-push") == HookChange("pre-push", path, "absent")


def test_without_a_hooks_directory(repo):
    hooks(repo).rmdir()
    assert install(opened(repo), "pre-commit", Options()).outcome == "installed"
    assert uninstall(opened(repo), "pre-commit").outcome == "removed"


@pytest.mark.parametrize(
    ("kind", "mode"), [*((kind, 0o755) for kind in FIRST), ("script", 0o644), ("script", 0o500)]
)
def test_the_hook_that_was_there_comes_back(repo, kind, mode):
    path, before = hooks(repo) / "pre-push", hooks(repo) / "pre-push.before-reviewer"
    path.write_bytes(FIRST[kind])
    path.chmod(mode)
    was = contents(hooks(repo))
    assert install(opened(repo), "pre-push", Options()) == HookChange(
        "pre-push", path, "installed", before
    )
    assert install(opened(repo), "pre-push", Options("info")) == HookChange(
        "pre-push", path, "updated", before
    )
    assert contents(hooks(repo))[before.name] == was["pre-push"]
    assert uninstall(opened(repo), "pre-push") == HookChange("pre-push", path, "restored")
    assert contents(hooks(repo)) == was


@pytest.mark.parametrize("target", ["../../tools/push.sh", "/no/such/file"])
def test_a_link_comes_back_as_a_link(repo, target):
    script = repo.write("tools/push.sh", "#!/bin/sh\n")
    (hooks(repo) / "pre-push").symlink_to(target)
    was = contents(hooks(repo))
    install(opened(repo), "pre-push", Options())
    assert contents(hooks(repo))["pre-push.before-reviewer"] == target
    assert uninstall(opened(repo), "pre-push").outcome == "restored"
    assert (contents(hooks(repo)), script.read_text()) == (was, "#!/bin/sh\n")


def test_each_type_by_itself(repo):
    (hooks(repo) / "pre-commit").write_text("mine\n")
    install(opened(repo), "pre-push", Options())
    install(opened(repo), "pre-commit", Options())
    assert sorted(contents(hooks(repo))) == ["pre-commit", "pre-commit.before-reviewer", "pre-push"]
    uninstall(opened(repo), "pre-commit")
    assert sorted(contents(hooks(repo))) == ["pre-commit", "pre-push"]
    assert (hooks(repo) / "pre-commit").read_text() == "mine\n"


def test_an_older_hook_of_ours_is_known_and_renewed(repo):
    path = hooks(repo) / "pre-push"
    path.write_bytes(b"#!/bin/sh\n# reviewer-hook 0 pre-push 7509e5bda0c762d2\nsomething old\n")
    path.with_name("pre-push.before-reviewer").write_bytes(b"mine\n")
    assert install(opened(repo), "pre-push", Options()).outcome == "updated"
    assert recognise(path.read_bytes()).version == 1
    assert uninstall(opened(repo), "pre-push").outcome == "restored"
    assert path.read_bytes() == b"mine\n"


@pytest.mark.parametrize(
    "do",
    [lambda repo: install(repo, "pre-push", Options()), lambda repo: uninstall(repo, "pre-push")],
)
def test_what_somebody_wrote_into_our_hook_is_kept(repo, do):
    path = hooks(repo) / "pre-push"
    for number in ("", "-2"):
        install(opened(repo), "pre-push", Options())
        edited = path.read_bytes() + b"echo mine\n"
        path.write_bytes(edited)
        kept = path.with_name(f"pre-push.edited-reviewer{number}")
        assert do(opened(repo)).kept == kept
        assert kept.read_bytes() == edited
        assert not os.access(kept, os.X_OK)


def test_a_made_up_state_is_left_to_the_user(repo):
    path = hooks(repo) / "pre-push"
    install(opened(repo), "pre-push", Options())
    path.write_text("theirs\n")
    path.with_name("pre-push.before-reviewer").write_text("from before\n")
    was = contents(hooks(repo))
    with pytest.raises(UsageError, match=r"is no longer our hook, and pre-push.before-reviewer"):
        install(opened(repo), "pre-push", Options())
    done = uninstall(opened(repo), "pre-push")
    assert done == HookChange(
        "pre-push", path, "absent", path.with_name("pre-push.before-reviewer")
    )
    assert contents(hooks(repo)) == was


def test_an_installation_that_was_cut_short_is_repaired(repo):
    """Between moving the first hook aside and writing ours."""
    before = hooks(repo) / "pre-push.before-reviewer"
    before.write_text("mine\n")
    assert uninstall(opened(repo), "pre-push").outcome == "restored"
    (hooks(repo) / "pre-push").rename(before)
    assert install(opened(repo), "pre-push", Options()) == HookChange(
        "pre-push", hooks(repo) / "pre-push", "installed", before
    )


def test_a_directory_in_its_place(repo):
    (hooks(repo) / "pre-push").mkdir()
    with pytest.raises(UsageError, match="is a directory"):
        install(opened(repo), "pre-push", Options())
    assert list((hooks(repo) / "pre-push").iterdir()) == []


def test_a_hooks_directory_that_is_a_file(repo):
    hooks(repo).rmdir()
    hooks(repo).write_text("")
    with pytest.raises(ConfigError, match=r"cannot write .*hooks/pre-push: "):
        install(opened(repo), "pre-push", Options())


def test_linked_worktrees_share_the_hook(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked", repo.home, init=False)
    assert install(opened(linked), "pre-push", Options()) == HookChange(
        "pre-push", hooks(repo) / "pre-push", "installed"
    )
    assert install(opened(repo), "pre-push", Options()).outcome == "unchanged"


def test_a_submodule_has_hooks_of_its_own(repo, tmp_path):
    Repo(tmp_path / "library", repo.home).commit({"l.py": "1\n"})
    repo.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(tmp_path / "library"),
        "lib",
    )
    done = install(opened(repo, "lib"), "pre-push", Options())
    assert done.path == repo.path / ".git/modules/lib/hooks/pre-push"
    assert contents(hooks(repo)) == {}


@pytest.mark.parametrize(
    "value", [".githooks", "./tools/../.githooks", "{root}/.githooks", ".git/my-hooks"]
)
def test_a_local_hooks_path_in_the_repository(repo, value):
    repo.git("config", "core.hooksPath", value.format(root=repo.path))
    done = install(opened(repo), "pre-push", Options())
    folder = repo.path / (".git/my-hooks" if "my-hooks" in value else ".githooks")
    assert done == HookChange("pre-push", folder / "pre-push", "installed")
    assert Path(repo.git("rev-parse", "--git-path", "hooks").strip()).name == folder.name
    warned = "  it is in your worktree and contains a path of this machine: do not commit it"
    assert (warned in status.change_lines(done, opened(repo))) == (".git/" not in value)
    assert contents(hooks(repo)) == {}
    assert uninstall(opened(repo), "pre-push") == HookChange(
        "pre-push", folder / "pre-push", "removed"
    )


def test_a_hooks_path_of_one_worktree(repo, tmp_path):
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked", repo.home, init=False)
    repo.git("config", "extensions.worktreeConfig", "true")
    linked.git("config", "--worktree", "core.hooksPath", "own")
    assert place.hooks_directory(opened(linked)) == HooksDirectory(
        linked.path / "own", "worktree", "own"
    )
    assert place.hooks_directory(opened(repo)) == HooksDirectory(hooks(repo))


@pytest.mark.parametrize(
    "value", ["{tmp}/shared", "../shared", "~/shared", "/dev/null", ".", "escape"]
)
def test_a_local_hooks_path_outside_is_left_alone(repo, tmp_path, value):
    (tmp_path / "shared").mkdir()
    (repo.path / "escape").symlink_to(tmp_path / "shared")
    repo.git("config", "core.hooksPath", value.format(tmp=tmp_path))
    with pytest.raises(
        UsageError, match=r"core.hooksPath .* points outside this repository.*reviewer hook run"
    ):
        install(opened(repo), "pre-push", Options())
    assert contents(tmp_path / "shared") == contents(hooks(repo)) == {}


def test_a_hooks_directory_that_leads_outside_is_left_alone(repo, tmp_path):
    (tmp_path / "shared").mkdir()
    hooks(repo).rmdir()
    hooks(repo).symlink_to(tmp_path / "shared")
    with pytest.raises(UsageError, match="points outside this repository"):
        install(opened(repo), "pre-push", Options())
    assert contents(tmp_path / "shared") == {}


def test_a_global_hooks_path_is_never_written(repo, tmp_path, monkeypatch):
    install(opened(repo), "pre-push", Options())
    (tmp_path / "home/all").mkdir()
    globally(repo, monkeypatch, "core.hooksPath", "~/all")
    with pytest.raises(UsageError) as caught:
        install(opened(repo), "pre-push", Options())
    assert caught.value.message == (
        "core.hooksPath is set for all your repositories (global: ~/all), so nothing is written"
        " there: call `reviewer hook run` from your own hook, or give this repository its own"
        " hooks with git config core.hooksPath .git/hooks"
    )
    assert place.hooks_directory(opened(repo)).directory == tmp_path / "home/all"
    assert contents(tmp_path / "home/all") == {}
    assert uninstall(opened(repo), "pre-push").outcome == "removed"  # ours, from before it was set
    repo.git("config", "core.hooksPath", ".git/hooks")  # what the message says helps
    assert install(opened(repo), "pre-push", Options()).path == hooks(repo) / "pre-push"


@pytest.mark.parametrize("value", [".husky", ".husky/_", "./.husky/_/"])
def test_husky(repo, value):
    repo.write(".husky/pre-push", "npm test\n")
    repo.git("config", "core.hooksPath", value)
    with pytest.raises(
        UsageError,
        match=r'husky manages .*\.husky/pre-commit: reviewer hook run pre-commit -- "\$@"',
    ):
        install(opened(repo), "pre-commit", Options())
    assert contents(repo.path / ".husky") == {"pre-push": (0o644, b"npm test\n")}
    assert place.managers(opened(repo)) == ("husky",)


MADE_BY = {
    "pre-commit": (
        "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n# ID: 138fd\n"
    ),
    "prek": "#!/bin/sh\n# File generated by prek: https://github.com/j178/prek\n",
    "lefthook": '#!/bin/sh\n\ncall_lefthook()\n{\n  lefthook "$@"\n}\n',
    "husky": "#!/bin/sh\n# husky\n# Created by Husky v4.3.8\n",
}
WHAT_TO_DO = {
    "pre-commit": "add the hook reviewer-push to .pre-commit-config.yaml",
    "prek": "add the hook reviewer-push to .pre-commit-config.yaml",
    "lefthook": "reviewer hook run pre-push -- {0}, use_stdin: true",
    "husky": 'reviewer hook run pre-push -- "$@"',
}


@pytest.mark.parametrize("manager", MADE_BY)
def test_hooks_that_a_manager_made(repo, manager):
    """They would be written again over ours: the manager is to call us."""
    (hooks(repo) / "pre-push").write_text(MADE_BY[manager])
    was = contents(hooks(repo))
    with pytest.raises(UsageError) as caught:
        install(opened(repo), "pre-push", Options())
    assert caught.value.message.startswith(
        f"{manager} manages {hooks(repo)}/pre-push and would replace our hook: "
    )
    assert WHAT_TO_DO[manager] in caught.value.message
    assert contents(hooks(repo)) == was
    assert (
        install(opened(repo), "pre-commit", Options()).outcome == "installed"
    )  # that one is nobody's
    assert uninstall(opened(repo), "pre-push").outcome == "absent"


def test_a_manager_that_was_installed_over_ours(repo):
    """pre-commit and prek keep what was there as `.legacy` and call it."""
    path = hooks(repo) / "pre-push"
    path.write_text("mine\n")
    install(opened(repo), "pre-push", Options("minor"))
    path.rename(path.with_name("pre-push.legacy"))
    path.write_text(MADE_BY["pre-commit"])
    found = place.inspect(place.hooks_directory(opened(repo)), "pre-push")
    assert (found.state, found.manager, found.path.name) == (
        "ours",
        "pre-commit",
        "pre-push.legacy",
    )
    assert (
        "pre-push     ours, called by pre-commit as pre-push.legacy, after pre-push.before-reviewer"
        in status.lines(opened(repo))
    )
    before = path.with_name("pre-push.before-reviewer")
    done = uninstall(opened(repo), "pre-push")
    assert done == HookChange("pre-push", path.with_name("pre-push.legacy"), "removed", before)
    assert contents(hooks(repo)).keys() == {"pre-push", "pre-push.before-reviewer"}


def test_hooks_in_gits_configuration(repo, monkeypatch):
    globally(repo, monkeypatch, "hook.Lint.v2.command", "make lint")
    for setting in (
        ("hook.Lint.v2.event", "pre-push"),
        ("hook.own.event", "pre-commit"),
        ("--add", "hook.own.event", "pre-push"),
        ("hook.own.command", "./own\x1b[2J"),
        ("hook.own.enabled", "false"),
        ("hook.part.event", "pre-push"),
        ("hook.none.event", "pre-push"),
        ("--add", "hook.none.event", ""),
        ("hook.none.command", "x"),
        ("hook.pre-push.enabled", "false"),
    ):
        repo.git("config", *setting)
    assert place.configured(opened(repo)) == (
        ConfiguredHook("Lint.v2", ("pre-push",), "make lint", True),
        ConfiguredHook("own", ("pre-commit", "pre-push"), "./own\x1b[2J", False),
        ConfiguredHook("none", (), "x", True),
    )
    assert (
        install(opened(repo), "pre-push", Options()).outcome == "installed"
    )  # they run beside ours
    assert status.others(opened(repo)) == [
        "also         git itself runs hook.Lint.v2 (pre-push)",
        "also         git itself runs hook.own (pre-commit, pre-push, disabled)",
        "also         git itself runs hook.none (no event)",
        "also         git's configuration disables hooks: hook.pre-push.enabled",
    ]


def test_status(repo):
    (hooks(repo) / "pre-commit").write_text("mine\n")
    install(opened(repo), "pre-push", Options("minor", "block", 20))
    repo.write("lefthook.yml", "")
    assert status.as_json(opened(repo)) == {
        "directory": str(hooks(repo)),
        "hooksPath": None,
        "problem": None,
        "hooks": [
            {
                "type": "pre-push",
                "state": "ours",
                "path": str(hooks(repo) / "pre-push"),
                "manager": None,
                "chained": None,
                "version": 1,
                "python": sys.executable,
                "edited": False,
                "options": ["--fail-on", "minor", "--on-server-down", "block", "--timeout", "20"],
            },
            {
                "type": "pre-commit",
                "state": "foreign",
                "path": str(hooks(repo) / "pre-commit"),
                "manager": None,
                "chained": None,
                "version": None,
                "python": None,
                "edited": False,
                "options": [],
            },
        ],
        "managers": ["lefthook"],
        "configured": [],
        "turnedOff": [],
    }
    assert status.lines(opened(repo)) == [
        f"directory    {hooks(repo)}",
        "pre-push     ours",
        (
            "             options: --fail-on minor --on-server-down block --timeout 20; run by"
            f" {sys.executable}"
        ),
        "pre-commit   not ours; install keeps it and runs it first",
        (
            "also         this repository uses lefthook; to run our hook from it: add to"
            " lefthook.yml under pre-push, commands, reviewer: run: reviewer hook run pre-push --"
            " {0}, use_stdin: true"
        ),
    ]


def test_a_package_that_a_hook_would_not_find(repo, root):
    """One that is only on PYTHONPATH: git does not hand that on for sure."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; from reviewer.cli import main; main(['hook',"
        " 'install'])"
    )
    packages = [path for path in sys.path if "site-packages" in path]
    done = subprocess.run(
        [Path(sys.executable).resolve(), "-S", "-c", code, root, *packages],
        cwd=repo.path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (
        2,
        (
            "reviewer: a hook cannot import this package, which is not installed for its Python:"
            " pip install it first\n"
        ),
    )
    assert contents(hooks(repo)) == {}
