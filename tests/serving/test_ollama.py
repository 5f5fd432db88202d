import contextlib
import os
import subprocess
import time

import pytest
from support import fake_engines, fake_vllm

from reviewer.errors import EngineError, EngineUnreachable, NoEngine
from reviewer.serving import ollama, registry, start
from reviewer.serving.ollama import Ollama

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")

TAG = "gemma4:12b-it-qat"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs an Ollama that behaves as told, alone on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    return lambda **behaviour: fake_engines.ollama(tmp_path / "bin", **behaviour)


@contextlib.contextmanager
def serving(program):
    port = fake_vllm.free_port()
    environ = {**os.environ, "OLLAMA_HOST": f"127.0.0.1:{port}"}
    process = subprocess.Popen([program], env=environ, stdout=subprocess.DEVNULL)
    try:
        while ollama.running(f"http://127.0.0.1:{port}") is None:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def test_it_is_found_with_its_version(installed):
    program = installed()
    assert ollama.find() == Ollama(str(program), "0.31.0")


def test_without_one(installed):
    with pytest.raises(NoEngine, match=r"^Ollama is not installed; .*, run: reviewer setup$"):
        ollama.find()


@pytest.mark.fault("server", "an Ollama from before Gemma 4", "refused, with the version it takes")
def test_one_that_is_too_old():
    with pytest.raises(NoEngine) as caught:
        ollama.launch(Ollama("/bin/ollama", "0.30.2"), TAG, port=1, context=4096)
    assert caught.value.message == (
        f"Ollama 0.30.2 is too old for {TAG}: update it to 0.30.5 or newer"
    )
    for version, tag in (("0.30.5", TAG), ("", TAG), ("0.1.0", "some:tag")):
        ollama.check(version, tag)


def test_what_is_started():
    made = ollama.launch(Ollama("/bin/ollama", "0.31.0"), TAG, port=11434, context=16384)
    assert made.line() == (
        "OLLAMA_CONTEXT_LENGTH=16384 OLLAMA_FLASH_ATTENTION=1 OLLAMA_HOST=127.0.0.1:11434"
        " OLLAMA_KEEP_ALIVE=30m OLLAMA_NUM_PARALLEL=1 /bin/ollama serve"
    )
    assert (made.engine, made.model, made.endpoint) == ("ollama", TAG, "http://127.0.0.1:11434")


def test_a_download_says_how_far_it_is_and_is_done_once(installed, tmp_path):
    said = []
    with serving(installed()) as endpoint:
        for _ in range(2):
            ollama.pull(endpoint, TAG, lambda *step: said.append(step))
    assert said == [
        ("pulling manifest", 0, 0),
        ("pulling aa", 500_000_000, 2_000_000_000),
        ("pulling aa", 1_000_000_000, 2_000_000_000),
        ("pulling aa", 2_000_000_000, 2_000_000_000),
        ("success", 2_000_000_000, 2_000_000_000),
    ]
    assert (tmp_path / "bin" / "asked.log").read_text().count("/api/pull") == 1


@pytest.mark.parametrize(
    ("behaviour", "error", "said"),
    [
        (
            {"fails": "pull model manifest: file does not exist\x1b[2J"},
            EngineError,
            f"Ollama cannot download {TAG}: pull model manifest: file does not exist\\u{{1b}}[2J;"
            " run the same command again, it goes on where it stopped",
        ),
        (
            {"cut": True},
            EngineUnreachable,
            f"Ollama stopped answering while it downloaded {TAG}: run the same command again, it"
            " goes on where it stopped",
        ),
    ],
)
@pytest.mark.fault(
    "server",
    "a download of Ollama's that fails or breaks off",
    "an error, never a model that is cut",
)
def test_a_download_that_fails(installed, behaviour, error, said):
    with serving(installed(**behaviour)) as endpoint, pytest.raises(error) as caught:
        ollama.pull(endpoint, TAG, lambda *step: None)
    assert (type(caught.value), caught.value.message) == (error, said)


def test_one_that_ends_at_once(installed):
    installed(dies=True)
    launch = ollama.launch(ollama.find(), TAG, port=1, context=4096)
    with pytest.raises(NoEngine, match="ends as soon as it is started"), ollama.briefly(launch):
        pytest.fail("it runs")


def test_from_nothing_to_an_answer_through_the_registry(installed, tmp_path):
    """The model is downloaded by one that runs for that alone; then it is started to stay."""
    installed()
    launch = ollama.launch(ollama.find(), TAG, port=fake_vllm.free_port(), context=4096)
    with ollama.briefly(launch) as endpoint:
        assert endpoint != launch.endpoint
        ollama.pull(endpoint, TAG, lambda *step: None)
    assert ollama.running(endpoint) is None
    where = tmp_path / "servers"
    started = start.start(launch, where, timeout=30)
    try:
        (server,) = registry.running(where)
        assert (server.engine, server.model, server.ready) == ("ollama", TAG, True)
    finally:
        registry.stop(started.server, where)
        started.process.wait()
    assert ollama.running(launch.endpoint) is None
