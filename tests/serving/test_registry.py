import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.errors import ConfigError, UsageError
from reviewer.serving import registry
from reviewer.serving.processes import exact_start

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


@pytest.fixture
def where(tmp_path):
    folder = registry.folder({"REVIEWER_STATE_DIR": str(tmp_path / "state")})
    registry.prepare(folder)
    return folder


@pytest.fixture
def sleeper():
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def server(pid, port=8000, **changes):
    made = registry.new(
        engine="vllm",
        model="gemma4",
        endpoint=f"http://127.0.0.1:{port}",
        key="secret",
        pid=pid,
        command=["vllm", "serve", "x"],
        log=Path("/tmp/x.log"),
        version="0.32.0",
    )
    return replace(made, ready=True, **changes)


def files(folder, suffix=".json"):
    return sorted(path.name for path in folder.iterdir() if path.suffix == suffix)


def test_the_state_directory():
    assert registry.folder({"REVIEWER_STATE_DIR": "/x/y"}) == Path("/x/y/servers")
    default = registry.folder({})
    assert default.is_absolute()
    assert default.parts[-2:] == ("gemma-reviewer", "servers")


def test_looking_makes_nothing(tmp_path):
    assert registry.running(tmp_path / "none" / "servers") == ()
    assert list(tmp_path.iterdir()) == []


def test_only_we_can_read_it(where, sleeper):
    where.chmod(0o755)  # as an older version, or an umask, may have left it
    registry.prepare(where)
    path = registry.write(server(sleeper.pid), where)
    with registry.lock("http://127.0.0.1:8000", where):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (where, *where.iterdir())}
    assert modes == {"servers": 0o700, path.name: 0o600, path.with_suffix(".lock").name: 0o600}


def test_the_documented_keys(where, sleeper):
    made = server(sleeper.pid)
    record = json.loads(registry.write(made, where).read_text())
    assert record == {
        "engine": "vllm",
        "model": "gemma4",
        "endpoint": "http://127.0.0.1:8000",
        "key": "secret",
        "pid": sleeper.pid,
        "started": made.started,
        "command": ["vllm", "serve", "x"],
        "log": "/tmp/x.log",
        "version": "0.32.0",
        "host": socket.gethostname(),
        "processStart": exact_start(sleeper.pid),
        "ready": True,
    }
    assert list(record) == [
        line.split()[0] for line in registry.__doc__.split("\n\n")[2].splitlines()
    ]


def test_what_is_written_is_found(where, sleeper):
    made = server(sleeper.pid)
    registry.write(made, where)
    assert registry.running(where) == (made,)


def test_the_key_is_not_shown(sleeper):
    assert "secret" not in repr(server(sleeper.pid))


def test_a_server_that_has_not_answered_yet_is_only_found_on_request(where, sleeper):
    made = replace(server(sleeper.pid), ready=False)
    registry.write(made, where)
    assert registry.running(where) == ()
    assert registry.running(where, starting=True) == (made,)


def test_oldest_first(where, sleeper):
    new = server(sleeper.pid, 8000, started="2026-11-24T10:00:00+00:00")
    old = server(sleeper.pid, 9000, started="2026-11-23T10:00:00+00:00")
    for one in (new, old):
        registry.write(one, where)
    assert registry.running(where) == (old, new)


def test_a_process_that_is_gone_is_forgotten(where, sleeper):
    registry.write(server(sleeper.pid), where)
    sleeper.kill()
    sleeper.wait()
    assert registry.running(where) == ()
    assert files(where) == []


def test_another_process_with_the_same_number_is_not_the_server(where, sleeper):
    registry.write(server(sleeper.pid, process_start="earlier:1"), where)
    assert registry.running(where) == ()
    assert files(where) == []
    assert sleeper.poll() is None  # and is left alone


def test_stopping_does_not_touch_a_stranger(where, sleeper):
    assert registry.stop(server(sleeper.pid, process_start="earlier:1"), where) is False
    assert sleeper.poll() is None


def test_servers_of_other_machines_are_left_alone(where, sleeper):
    path = registry.write(server(sleeper.pid, host="elsewhere", process_start="earlier:1"), where)
    assert registry.running(where) == ()
    assert path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"engine": "vllm"}',
        "\udcff",
        json.dumps({"pid": 1}),
        "[" * 100_000,
    ],
)
def test_what_is_no_registration_is_ignored(where, sleeper, text):
    path = where / "host-8000.json"
    path.touch(0o600)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert registry.running(where) == ()
    assert path.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pid", 1),
        ("pid", -5),
        ("pid", True),
        ("pid", "7"),
        ("key", None),
        ("command", "x"),
        ("command", [1]),
        ("ready", "yes"),
        ("endpoint", 8000),
        ("processStart", 1),
    ],
)
def test_a_registration_with_a_wrong_value_is_ignored(where, sleeper, key, value):
    path = registry.write(server(sleeper.pid), where)
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    assert registry.running(where, starting=True) == ()


def test_a_registration_that_others_could_have_written_is_ignored(where, sleeper):
    path = registry.write(server(sleeper.pid), where)
    path.chmod(0o620)
    assert registry.running(where) == ()


def test_removing_leaves_the_one_that_came_after(where, sleeper):
    old, new = server(sleeper.pid, process_start="earlier:1"), server(sleeper.pid)
    registry.write(new, where)
    registry.remove(old, where)
    assert registry.running(where) == (new,)


def test_removing_takes_the_socket_and_the_key_along(where, sleeper, tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
    made = server(sleeper.pid, endpoint=f"unix:{path}")
    key = registry.write(made, where).with_suffix(".key")
    key.write_text("secret")
    registry.remove(made, where)
    assert (path.exists(), key.exists(), files(where)) == (False, False, [])


def test_stopping_ends_and_forgets(where, sleeper):
    made = server(sleeper.pid)
    registry.write(made, where)
    assert registry.stop(made, where, grace=5) is False
    assert sleeper.wait(5) == -signal.SIGTERM
    assert files(where) == []


def test_one_start_at_an_address_at_a_time(where):
    with registry.lock("http://127.0.0.1:8000", where):
        with (
            pytest.raises(UsageError, match=r"is using http://127\.0\.0\.1:8000: wait"),
            registry.lock("http://127.0.0.1:8000", where),
        ):
            pass
        with registry.lock("http://127.0.0.1:8001", where):
            pass
    with registry.lock("http://127.0.0.1:8000", where):
        pass


def test_a_stale_registration_survives_while_its_successor_starts(where, sleeper):
    path = registry.write(server(sleeper.pid, process_start="earlier:1"), where)
    with registry.lock("http://127.0.0.1:8000", where):
        assert registry.running(where) == ()
        assert path.exists()
    assert registry.running(where) == ()
    assert not path.exists()


def test_a_state_directory_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ConfigError,
        match=r"cannot use the state directory .*set REVIEWER_STATE_DIR to another one$",
    ):
        registry.prepare(tmp_path / "file" / "servers")


def test_names_of_files_hold_no_path(where):
    assert registry.stem("http://127.0.0.1:8000") == f"{socket.gethostname()}-8000"
    name = registry.stem("unix:/run/a/../b.sock")
    assert "/" not in name
    assert name != registry.stem("unix:/run/b.sock")
