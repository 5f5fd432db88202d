"""Where the token is from, and which files and values are not taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer.doors.mcp.tokens import VARIABLE, Token, find
from reviewer.errors import UsageError

GOOD = "0123456789abcdef0123"


def written(tmp_path: Path, content: str | bytes = GOOD, mode: int = 0o600) -> str:
    file = tmp_path / "token"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    file.chmod(mode)
    return str(file)


def refusal(file: str | None, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        find(file, environ if environ is not None else {})
    return caught.value.message


def test_made_ones_differ_and_are_long():
    first, second = find(None, {}), find(None, {VARIABLE: ""})
    assert first.value != second.value
    assert [(len(each.value), each.generated) for each in (first, second)] == [(43, True)] * 2
    assert first.value not in repr(first)


def test_from_the_environment_it_is_taken_out():
    environ = {VARIABLE: GOOD, "HOME": "/"}
    assert find(None, environ) == Token(GOOD, VARIABLE, generated=False)
    assert environ == {"HOME": "/"}


@pytest.mark.parametrize("content", [GOOD, f"{GOOD}\n", f" {GOOD} \r\n"])
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_goes_before_the_environment(tmp_path, content, mode):
    environ = {VARIABLE: "x" * 30}
    assert find(written(tmp_path, content, mode), environ) == Token(
        GOOD, "--token-file", generated=False
    )
    assert environ == {}


@pytest.mark.parametrize(
    "value",
    [
        "short",
        "x" * 19,
        "x" * 1025,
        "x" * 20 + "\n" + "y",
        "with a space in it 12345",
        "ü" * 30,
        "=" * 30,
        "",
    ],
)
def test_weak_ones(tmp_path, value):
    said = (
        "a token is 20 to 1,024 letters, digits or any of ._~+/-: make one with `openssl rand"
        " -hex 32`"
    )
    assert refusal(written(tmp_path, value)) == f"--token-file: {said}"
    if value:
        assert refusal(None, {VARIABLE: value}) == f"{VARIABLE}: {said}"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_can_read_or_change(tmp_path, mode):
    file = written(tmp_path, mode=mode)
    assert (
        refusal(file)
        == f"--token-file: {file} can be read or changed by others; run: chmod 600 {file}"
    )


def test_a_link_counts_as_what_it_leads_to(tmp_path):
    file = written(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(file)
    assert find(str(link), {}).value == GOOD
    Path(file).chmod(0o644)
    assert "chmod 600" in refusal(str(link))


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away"
)
def test_a_file_of_another_user(tmp_path):
    file = written(tmp_path)
    os.chown(file, 12345, -1)
    assert refusal(file) == f"--token-file: {file} belongs to another user: use a file of your own"


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert refusal(f"{tmp_path}/pipe") == f"--token-file: {tmp_path}/pipe is not a regular file"
    assert (
        refusal(f"{tmp_path}/none")
        == f"--token-file: cannot read {tmp_path}/none: No such file or directory"
    )
    assert refusal(str(tmp_path)) == f"--token-file: cannot read {tmp_path}: Is a directory"
    assert refusal("a\0b") == "--token-file: a\\u{0}b is not a path"
