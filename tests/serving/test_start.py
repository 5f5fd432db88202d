import asyncio
import contextlib
import os
import signal
import socket
import stat
import threading
import time
from pathlib import Path

import pytest
from support import fake_vllm
from support.patience import long_enough

from reviewer import models
from reviewer.errors import EngineUnreachable, NoEngine, UsageError
from reviewer.messages import Prompt
from reviewer.models.base import Schema
from reviewer.serving import installed, launch, registry, start, vllm_launch
from reviewer.serving.processes import exact_start, group_alive

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return installed.find_vllm(fake_vllm.install(tmp_path_factory.mktemp("fake")))


@pytest.fixture
def where(tmp_path):
    return tmp_path / "state" / "servers"


@pytest.fixture
def planned(found, tmp_path):
    def make(*, port=None, uds=None, **behaviour):
        folder = fake_vllm.model(tmp_path / "model", **behaviour)
        return vllm_launch.vllm(str(folder), found, port=port or fake_vllm.free_port(), uds=uds)

    return make


@contextlib.contextmanager
def running(made, where, **options):
    started = start.start(made, where, **{"timeout": 20, **options})
    try:
        yield started
    finally:
        registry.stop(started.server, where, grace=1)
        started.process.wait()


def nothing_left(where):
    return registry.running(where, starting=True) == () and list(where.glob("*.json")) == []


def test_a_started_server_answers_and_is_registered(planned, where):
    made = planned()
    with running(made, where) as started:
        (server,) = registry.running(where)
        assert server == started.server
        assert (
            server.engine,
            server.model,
            server.endpoint,
            server.key,
            server.version,
            server.ready,
        ) == (
            "vllm",
            "model",
            made.endpoint,
            made.key,
            "0.32.0",
            True,
        )
        assert server.command == made.argv
        assert (server.pid, server.process_start) == (
            started.process.pid,
            exact_start(started.process.pid),
        )
        assert os.getpgid(server.pid) == server.pid  # Ctrl-C in our terminal is ours
        assert stat.S_IMODE(Path(server.log).stat().st_mode) == 0o600
        assert asyncio.run(_ask(server)) == "{}"
    assert nothing_left(where)
    assert not group_alive(started.process.pid)


async def _ask(server):
    model = await models.connect(
        server.endpoint, engine=server.engine, model=server.model, key=server.key
    )
    try:
        return (await model.complete(Prompt("a", "b", 16), Schema("any", {"type": "object"}))).text
    finally:
        await model.aclose()


def test_a_unix_socket(planned, where, tmp_path):
    path = tmp_path / "s"
    with running(planned(uds=str(path)), where) as started:
        assert started.server.endpoint == f"unix:{path}"
        assert registry.running(where) == (started.server,)
    assert not path.exists()


def test_a_socket_that_was_left_behind_is_replaced(planned, where, tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(path))
    with running(planned(uds=str(path)), where):
        pass


def test_it_is_not_ready_before_a_completion_has_come_back(planned, where):
    told = []
    began = time.monotonic()
    with running(
        planned(deaf=1.0, delay=0.2), where, report=lambda *said: told.append(said), every=0.3
    ):
        assert time.monotonic() - began >= 1.2
    words = [said for said, _ in told if not said.startswith("starting")]
    assert words[0].startswith("loading the weights: usually")
    assert words[-1] == "loading the weights"
    assert [seconds for _, seconds in told] == sorted(seconds for _, seconds in told)


def test_while_it_starts_it_is_registered_as_starting(planned, where):
    made = planned(delay=60)
    seen = []

    def look(stage, seconds):
        seen.append(
            (registry.running(where), [one.pid for one in registry.running(where, starting=True)])
        )
        raise KeyboardInterrupt  # as Ctrl-C would

    with pytest.raises(KeyboardInterrupt):
        start.start(made, where, timeout=20, report=look, every=0.2)
    ((ready, (pid,)),) = seen
    assert ready == ()
    assert not group_alive(pid)
    assert nothing_left(where)


def test_a_server_that_ignores_the_schema_cannot_review(planned, where):
    with pytest.raises(NoEngine, match=r"ignores the schema of the reply \('Sure! Here is"):
        start.start(planned(reply="Sure! Here is your JSON: {}"), where, timeout=20)
    assert nothing_left(where)


def test_a_crash_is_explained(planned, where):
    log = (
        "ERROR 11-24 [core.py:1510] torch.OutOfMemoryError: CUDA out of memory. Tried to allocate"
        " 1.31 GiB."
    )
    with pytest.raises(NoEngine) as caught:
        start.start(planned(log=log, exit=1), where, timeout=20)
    assert (
        caught.value.message
        == "vllm ended: this model with this context does not fit into memory. Choose a"
        " smaller model or context: `reviewer model list` shows what fits."
    )
    assert caught.value.details["cause"] == "out_of_memory"
    assert log in Path(caught.value.details["log"]).read_text()
    assert nothing_left(where)


def test_a_crash_leaves_no_worker_behind(planned, where, tmp_path):
    note = tmp_path / "child"
    with pytest.raises(NoEngine):
        start.start(planned(exit=1, child=str(note)), where, timeout=20)
    assert exact_start(int(note.read_text())) is None


@pytest.mark.fault(
    "server", "a server that never gets ready", "it is ended, with the stage that it hangs in"
)
def test_a_server_that_takes_too_long_is_ended(planned, where, tmp_path):
    note = tmp_path / "child"

    made = planned(delay=600, ignore_term=False, child=str(note))

    def attempt(limit):
        with pytest.raises(
            EngineUnreachable, match=rf"not ready within {limit:g} s \(.*\): raise --timeout"
        ) as caught:
            start.start(made, where, timeout=limit)
        return str(caught.value)

    last = "loading the weights"
    assert last in long_enough(attempt, lambda said: last in said and note.is_file(), first=1)
    assert exact_start(int(note.read_text())) is None
    assert nothing_left(where)


def test_stopping_a_stubborn_server_kills_it_with_its_children(planned, where, tmp_path):
    note = tmp_path / "child"
    with running(planned(ignore_term=True, child=str(note)), where) as started:
        assert registry.stop(started.server, where, grace=0.3) is True
        started.process.wait()
    assert started.process.returncode == -signal.SIGKILL
    assert exact_start(int(note.read_text())) is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_killed_server_is_cleaned_up_with_its_children(planned, where, tmp_path):
    note = tmp_path / "child"
    with running(planned(child=str(note)), where) as started:
        started.process.kill()
        started.process.wait()
        assert exact_start(int(note.read_text())) is not None
        assert registry.running(where) == ()
        assert exact_start(int(note.read_text())) is None
        assert nothing_left(where)


def test_one_server_at_an_address(planned, where):
    made = planned()
    with running(made, where) as started:
        with pytest.raises(UsageError) as caught:
            start.start(made, where, timeout=20)
        assert (
            caught.value.message == f"a server is already running at {made.endpoint} (process"
            f" {started.process.pid}, model): stop it with"
            " `reviewer serve stop`, or choose another --port"
        )
        assert registry.running(where) == (started.server,)


def test_two_starts_at_once_give_one_server(planned, where):
    made = planned(delay=1)
    refused = []

    def second(stage, seconds):
        if not refused:
            with pytest.raises(UsageError) as caught:
                start.start(made, where, timeout=20)
            refused.append(caught.value.message)

    registry.prepare(where)
    with running(made, where, report=second, every=0.2):
        assert len(registry.running(where)) == 1
    assert "a server is already running at" in refused[0]


def test_a_port_that_somebody_else_uses(planned, where):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            UsageError, match=rf"^cannot use port {port} \(.*\): choose another --port"
        ):
            start.start(planned(port=port), where, timeout=20)
    assert nothing_left(where)


def test_sockets_that_cannot_be_used(planned, where, tmp_path):
    (tmp_path / "file").write_text("")
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(tmp_path / "busy"))
        busy.listen()
        said = {}
        for name in ("file", "busy", "none/s", "x" * 120):
            with pytest.raises(UsageError) as caught:
                start.start(planned(uds=str(tmp_path / name)), where, timeout=20)
            said[name] = caught.value.message.rpartition(": ")[2]
    assert said == {
        "file": "it is a file; choose another path",
        "busy": "another server answers there; choose another path",
        "none/s": "its folder does not exist; choose another path",
        "x" * 120: "its path is longer than 103 bytes; choose another path",
    }
    assert (tmp_path / "file").exists()


def test_a_program_that_cannot_be_started(where, tmp_path):
    made = launch.Launch(
        "vllm", "m", f"http://127.0.0.1:{fake_vllm.free_port()}", (str(tmp_path),), {}, "", "k", "K"
    )
    with pytest.raises(NoEngine, match=r"cannot start .*: Permission denied"):
        start.start(made, where, timeout=5)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_it_runs_where_no_repository_can_bring_a_module(planned, where, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    with running(planned(), where) as started:
        assert Path(f"/proc/{started.process.pid}/cwd").readlink() == where


def test_a_server_that_dies_while_it_is_asked(planned, where):
    with pytest.raises(NoEngine, match="vllm ended"):
        start.start(planned(deaf=60, die=0.7), where, timeout=20)
    assert nothing_left(where)


def test_only_the_end_of_a_long_log_is_read(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"x" * 1_000_000 + b"\xffend")
    assert start.tail(log) == "x" * (256 * 1024 - 4) + "�end"
    assert start.tail(tmp_path / "none") == ""


def test_it_works_outside_the_main_thread(planned, where):
    results = []
    thread = threading.Thread(
        target=lambda: results.append(start.start(planned(), where, timeout=20))
    )
    thread.start()
    thread.join(20)
    (started,) = results
    registry.stop(started.server, where, grace=1)
    started.process.wait()
    assert nothing_left(where)
