"""The hook file, run by real shells, with a program in the place of Python that writes down how it
was called."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from reviewer.doors.hooks import script
from reviewer.doors.hooks.script import HookScript, Options, recognise, write

SHELLS = [path for name in ("dash", "bash", "busybox") if (path := shutil.which(name))]
REFS = (
    b"refs/heads/a "
    + b"a" * 40
    + b" refs/heads/b $(touch x) `id` \\n %s "
    + b"b" * 40
    + b"\nsecond line\n"
)
STUB = (
    '#!/bin/sh\n[ "$2" = -c ] && exit {imports}\nprintf "%s|" "$@" >> {log}\ncat >> {log}\nexit'
    " {code}\n"
)


class HookState:
    """A hook in a directory with a space, the stub `python` beside it, and what was before."""

    def __init__(
        self, tmp_path: Path, name: str = "pre-push", options: Options | None = None, **stub: int
    ) -> None:
        self.folder, self.log, self.name = tmp_path / "my hooks", tmp_path / "log", name
        self.folder.mkdir()
        self.python = self.executable(
            tmp_path / "it's python", STUB.format(log=self.log, **{"imports": 0, "code": 0, **stub})
        )
        self.path = self.folder / name
        self.path.write_bytes(write(name, options or Options(), str(self.python)))
        self.path.chmod(0o755)

    def executable(self, path: Path, text: str) -> Path:
        path.write_text(text)
        path.chmod(0o755)
        return path

    def before(self, text: str) -> Path:
        return self.executable(self.folder / f"{self.name}.{script.BEFORE}", text)

    def run(
        self,
        *args: str,
        shell: str | None = None,
        stdin: bytes = REFS,
        cwd: Path | None = None,
        **env: str,
    ):
        """(exit code, what the stub and others logged, stderr)"""
        self.log.unlink(missing_ok=True)
        sh = [] if shell is None else [shell, "sh"] if shell.endswith("busybox") else [shell]
        done = subprocess.run(
            [*sh, str(self.path), *args],
            input=stdin,
            capture_output=True,
            env=env,
            timeout=20,
            cwd=cwd or self.folder.parent,
        )
        assert not done.stdout
        logged = self.log.read_bytes() if self.log.exists() else b""
        return done.returncode, logged, done.stderr.decode()


@pytest.mark.parametrize("shell", [None, *SHELLS])
def test_called_as_git_calls_it(tmp_path, shell):
    hook = HookState(tmp_path, options=Options("critical", "block", 90.0, True), code=7)
    wanted = "-I|-m|reviewer|hook|run|pre-push|--fail-on|critical|--on-server-down|block|--timeout|90|--model|--|"  # noqa: E501
    assert hook.run("origin", "a b", shell=shell) == (
        7,
        wanted.encode() + b"origin|a b|" + REFS,
        "",
    )


@pytest.mark.parametrize("shell", [None, *SHELLS])
def test_both_hooks_get_the_arguments_and_the_input(tmp_path, shell):
    hook = HookState(tmp_path)
    hook.before(f'#!/bin/sh\nprintf "%s|" "$0" "$@" >> "{hook.log}"\ncat >> "{hook.log}"\n')
    code, logged, err = hook.run("origin", "url", shell=shell, PATH="/usr/bin:/bin")
    before = f"{hook.folder}/pre-push.before-reviewer|origin|url|".encode()
    assert (code, logged, err) == (
        0,
        before + REFS + b"-I|-m|reviewer|hook|run|pre-push|--|origin|url|" + REFS,
        "",
    )


def test_an_empty_input_stays_empty_for_the_first_hook(tmp_path):
    hook = HookState(tmp_path)
    hook.before(f'#!/bin/sh\nwc -c >> "{hook.log}"\n')
    assert hook.run(stdin=b"", PATH="/usr/bin:/bin")[1].split()[0] == b"0"


@pytest.mark.parametrize("name", ["pre-push", "pre-commit"])
def test_the_first_hook_that_fails_is_the_last_word(tmp_path, name):
    hook = HookState(tmp_path, name)
    hook.before("#!/bin/sh\nexit 9\n")
    assert hook.run(PATH="/usr/bin:/bin") == (9, b"", "")


def test_a_first_hook_that_does_not_read_a_long_input(tmp_path):
    hook = HookState(tmp_path)
    hook.before("#!/bin/sh\nexit 0\n")
    refs = b"refs/heads/a 0 refs/heads/a 0\n" * 20_000
    code, logged, err = hook.run(stdin=refs, PATH="/usr/bin:/bin")
    assert (code, logged.partition(b"--|")[2], err) == (0, refs, "")


@pytest.mark.parametrize(
    ("text", "mode", "code"),
    [
        ("touch ran\n", 0o755, 0),  # without a first line that names a shell
        ("#!/bin/sh\ntouch ran; exit 3\n", 0o755, 3),
        ("#!/bin/sh\ntouch ran; exit 3\n", 0o644, 0),  # git does not run it either
        ("#!/no/such/shell\n", 0o755, 127),
    ],
)
def test_kinds_of_first_hooks(tmp_path, text, mode, code):
    hook = HookState(tmp_path, "pre-commit")
    hook.before(text).chmod(mode)
    assert hook.run(PATH="/usr/bin:/bin")[0] in ({code} if code != 127 else {126, 127})
    assert (tmp_path / "ran").exists() == ("ran" in text and mode == 0o755)


@pytest.mark.parametrize("name", ["pre-push", "pre-commit"])
def test_skipped(tmp_path, name):
    hook = HookState(tmp_path, name)
    hook.before(f'#!/bin/sh\necho first >> "{hook.log}"\n')
    for value in ("1", "true"):
        said = "reviewer: skipped (REVIEWER_SKIP is set)\n"
        assert hook.run(REVIEWER_SKIP=value, PATH="/usr/bin:/bin") == (0, b"first\n", said)
    assert hook.run(REVIEWER_SKIP="0", PATH="/usr/bin:/bin")[1].startswith(b"first\n-I|")


def test_without_path_and_home(tmp_path):
    hook = HookState(tmp_path)
    hook.before("#!/bin/sh\ncat >/dev/null\n")
    for env in ({}, {"PATH": ""}):
        code, logged, err = hook.run("origin", **env)
        assert (code, logged.startswith(b"-I|-m|reviewer|"), err) == (0, True, "")


def test_called_by_its_bare_name(tmp_path):
    hook = HookState(tmp_path)
    hook.before("#!/bin/sh\nexit 4\n")
    done = subprocess.run(
        ["sh", "pre-push"], cwd=hook.folder, input=b"", env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 4


@pytest.mark.parametrize("policy", [None, "block", "warn", "skip"])
@pytest.mark.parametrize("gone", ["python", "package"])
def test_the_package_has_gone(tmp_path, policy, gone):
    hook = HookState(tmp_path, options=Options(on_server_down=policy), imports=1)
    if gone == "python":
        hook.python.unlink()
    said = (
        "reviewer: not found where it was installed, so nothing was reviewed; run reviewer hook"
        " install (or uninstall)\n"
    )
    assert hook.run(PATH="/usr/bin:/bin") == (1 if policy == "block" else 0, b"", said)


def test_the_package_has_moved_to_another_place_on_path(tmp_path):
    hook = HookState(tmp_path, imports=1)
    (tmp_path / "bin").mkdir()
    hook.executable(
        tmp_path / "bin" / "reviewer", f'#!/bin/sh\nprintf "%s|" "$@" > "{hook.log}"\nexit 5\n'
    )
    path = f"{tmp_path}/bin:/usr/bin:/bin"
    assert hook.run("origin", PATH=path) == (5, b"hook|run|pre-push|--|origin|", "")


def test_a_program_of_the_repository_is_never_run(tmp_path):
    """Not even where the user's PATH has the working directory in it."""
    hook = HookState(tmp_path, imports=1)
    hook.executable(tmp_path / "reviewer", "#!/bin/sh\ntouch owned\n")
    assert hook.run(PATH=".:/usr/bin:/bin")[0] == 0
    assert not (tmp_path / "owned").exists()


def test_recognise():
    options = Options("minor", "skip", 2.5, False)
    data = write("pre-commit", options, "/opt/it's here/python")
    read = HookScript(
        1, "pre-commit", tuple(options.arguments()), "/opt/it's here/python", edited=False
    )
    assert recognise(data) == read
    assert data == write("pre-commit", options, "/opt/it's here/python")
    assert recognise(data.replace(b"\n", b"\r\n")) == HookScript(
        **{**vars_of(read), "edited": True}
    )
    assert recognise(data + b"# mine\n") == HookScript(**{**vars_of(read), "edited": True})
    newer = data.replace(b"# reviewer-hook 1 ", b"# reviewer-hook 27 ").replace(
        b"set -- hook run", b"exec something"
    )
    assert recognise(newer) == HookScript(
        27, "pre-commit", (), "/opt/it's here/python", edited=True
    )
    broken = data.replace(b"--fail-on", b"'--fail-on")
    assert recognise(broken).arguments == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!/bin/sh\n",
        b"\x7fELF\0\xff",
        b"#!/bin/sh\nreviewer hook run pre-push\n",
        b"#!/bin/sh\n# reviewer-hook\n",
        b"x" * 5000 + b"\n# reviewer-hook 1 pre-push 0123456789abcdef\n",
    ],
)
def test_what_is_not_ours(data):
    assert recognise(data) is None


def vars_of(ours: HookScript) -> dict[str, object]:
    return {name: getattr(ours, name) for name in HookScript.__slots__}


def test_a_windows_path_is_written_as_its_shell_reads_it():
    data = write("pre-push", Options(), r"C:\Users\A B\venv\Scripts\python.exe")
    assert b"python='C:/Users/A B/venv/Scripts/python.exe'\n" in data
    assert b"\r" not in data
