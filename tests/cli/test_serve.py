"""`reviewer serve` as users start it: real processes, with a stand-in for vLLM that is one too."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from support import fake_vllm, forked, hub_files

from reviewer import cli
from reviewer.serving import installed, pull, registry
from reviewer.serving import start as starting
from reviewer.serving.processes import exact_start, group_alive

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


class Said(NamedTuple):
    stdout: str
    stderr: str


class Box:
    """A state directory, a fake vLLM and a free port."""

    def __init__(self, folder, python, root):
        self.folder, self.python, self.port = folder, python, fake_vllm.free_port()
        self.where = folder / "state" / "servers"
        self.environ = {
            **os.environ,
            "REVIEWER_STATE_DIR": str(folder / "state"),
            "PYTHONPATH": str(root),
        }

    def argv(self, *args):
        return [sys.executable, "-m", "reviewer", "serve", *map(str, args)]

    def run(self, *args, code=0):
        done = forked.run("serve", *map(str, args), cwd=self.folder, env=self.environ)
        assert done.returncode == code, done.stderr.decode()
        return Said(done.stdout.decode(), done.stderr.decode())

    def start(self, *more, **behaviour):
        model = fake_vllm.model(self.folder / "tiny", **behaviour)
        return ("start", "--python", self.python, "--model", model, "--port", self.port, *more)

    def background(self, *args):
        return subprocess.Popen(
            self.argv(*args), stderr=subprocess.PIPE, text=True, env=self.environ, cwd=self.folder
        )


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return fake_vllm.install(tmp_path_factory.mktemp("fake"))


@pytest.fixture
def box(tmp_path, python, root):
    made = Box(tmp_path, python, root)
    yield made
    for server in registry.running(made.where, starting=True):
        registry.stop(server, made.where, grace=0)


def last(text):
    return text.splitlines()[-1]


def until(process, words):
    """Reads stderr up to the line with `words`."""
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it never said {words!r}")


def test_a_server_is_started_found_and_stopped(box):
    said = box.run(*box.start("--detach")).stderr.splitlines()
    (server,) = registry.running(box.where)
    assert said[0].endswith(
        f'VLLM_API_KEY="$KEY" {box.python} -m vllm.entrypoints.openai.api_server --model'
        f" {box.folder}/tiny "
        f"--served-model-name tiny --host 127.0.0.1 --port {box.port} --max-model-len 16384"
        " --max-num-seqs 16 "
        "--max-num-batched-tokens 1024 --generation-config vllm --reasoning-parser gemma4 "
        """--default-chat-template-kwargs '{"enable_thinking":false}' """
        """--structured-outputs-config '{"backend":"xgrammar","disable_any_whitespace":true}' """
        "--enable-prompt-tokens-details --enable-prefix-caching"
        " --prefix-cache-retention-interval 512"
    )
    stages = [line for line in said[1:-2] if re.fullmatch(r"\w.* \(\d+ s\)", line)]
    assert said[1:] == [
        *stages,
        (f"tiny answers at http://127.0.0.1:{box.port} (process {server.pid}); log: {server.log}"),
        "It keeps running: `reviewer` finds it, `reviewer serve stop` stops it.",
    ]

    shown = box.run("status").stdout.splitlines()
    assert shown[0].startswith(
        f"http://127.0.0.1:{box.port}  answers  tiny (vllm 0.32.0), process {server.pid}, for 0:00:"
    )
    assert shown[1:] == [f"  log {server.log}"]
    (row,) = json.loads(box.run("status", "--format", "json").stdout)
    assert row == {
        "engine": "vllm",
        "model": "tiny",
        "endpoint": server.endpoint,
        "pid": server.pid,
        "started": server.started,
        "command": list(server.command),
        "log": server.log,
        "version": "0.32.0",
        "host": server.host,
        "ready": True,
        "state": "answers",
    }
    assert box.run("logs", "-n", "1").stdout.startswith("client - - [")

    assert box.run("stop").stdout == f"http://127.0.0.1:{box.port} has stopped\n"
    assert not group_alive(server.pid)
    assert box.run("stop").stdout == "No server is running.\n"
    assert (
        box.run("status", code=4).stdout
        == "No server is running: start one with `reviewer serve start --detach`.\n"
    )
    assert sorted(path.suffix for path in box.where.iterdir()) == [".lock", ".log"]


def gone(group):
    """Whether the group ends within 10 s: init has to wait for what is left of it first."""
    deadline = time.monotonic() + 10
    while group_alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not group_alive(group)


def test_in_the_foreground_it_runs_until_ctrl_c(box):
    process = box.background(*box.start())
    until(process, "Ctrl-C stops it.")
    (server,) = registry.running(box.where)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (0, "the server has stopped")
    assert gone(server.pid)
    assert registry.running(box.where) == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_terminated_in_the_foreground_it_takes_the_server_along(box, number):
    process = box.background(*box.start())
    until(process, "Ctrl-C stops it.")
    (server,) = registry.running(box.where)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, last(said)) == (
        143,
        "reviewer: terminated; the server was stopped, too",
    )
    assert gone(server.pid)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_before_it_answers_it_leaves_nothing(box, number, code):
    process = box.background(*box.start("--detach", delay=60))
    until(process, "VLLM_API_KEY")
    while not (found := registry.running(box.where, starting=True)):
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == code
    assert not group_alive(found[0].pid)
    assert registry.running(box.where, starting=True) == ()


def test_a_server_that_dies_in_the_foreground_is_explained(box):
    log = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.31 GiB."
    process = box.background(*box.start(log=log, die=1.5))
    _, said = process.communicate(timeout=30)
    assert process.returncode == 4
    assert last(said).startswith(
        "reviewer: vllm ended: this model with this context does not fit into memory. "
    )


def test_stopping_ends_the_foreground_quietly(box):
    process = box.background(*box.start(ignore_term=True))
    until(process, "Ctrl-C stops it.")
    assert box.run("stop", "--grace", "0.3").stdout == f"http://127.0.0.1:{box.port} was killed\n"
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "the server has stopped\n")


def test_one_of_several_is_stopped(box):
    box.run(*box.start("--detach"))
    other = str(box.folder / "s")
    box.run(
        "start", "--python", box.python, "--model", box.folder / "tiny", "--uds", other, "--detach"
    )
    said = box.run("stop", code=2).stderr
    assert said.startswith("reviewer: several servers are running (http://127.0.0.1:")
    assert said.endswith("): choose one with --port or --uds, or all with --all\n")
    assert box.run("stop", "--uds", other).stdout == f"unix:{other} has stopped\n"
    assert [server.endpoint for server in registry.running(box.where)] == [
        f"http://127.0.0.1:{box.port}"
    ]
    assert box.run("stop", "--port", "1").stdout == "That server is not running.\n"
    assert box.run("stop", "--all").stdout == f"http://127.0.0.1:{box.port} has stopped\n"


def test_a_server_that_hangs_is_told_from_one_that_answers(box):
    box.run(*box.start("--detach"))
    (server,) = registry.running(box.where)
    os.kill(server.pid, signal.SIGSTOP)
    try:
        assert "does not answer" in box.run("status", code=4).stdout
    finally:
        os.kill(server.pid, signal.SIGCONT)


def test_a_failed_start_is_one_line_and_its_log_can_be_read(box):
    log = "first line\nOSError: [Errno 28] No space left on device \x1b[2J"
    done = box.run(*box.start("--detach", log=log, exit=1), code=4)
    assert (
        last(done.stderr)
        == "reviewer: vllm ended: the disk is full. Free some space, then try again."
    )
    assert (
        box.run("logs").stdout
        == "first line\nOSError: [Errno 28] No space left on device \\u{1b}[2J\n"
    )
    assert box.run("logs", "-n", "1", "--port", box.port).stdout.startswith("OSError")
    assert "there is no log" in box.run("logs", "--port", "1", code=2).stderr


def test_following_a_log(box):
    box.run(*box.start("--detach", log="hello"))
    process = subprocess.Popen(
        box.argv("logs", "-f"), stdout=subprocess.PIPE, text=True, env=box.environ
    )
    with contextlib.closing(process.stdout):
        while "GET" not in process.stdout.readline():
            pass
        box.run("status")  # makes the server log a request
        while "GET" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_killed_while_detached_it_is_cleaned_up(box):
    note = box.folder / "child"
    box.run(*box.start("--detach", child=str(note)))
    (server,) = registry.running(box.where)
    os.kill(server.pid, signal.SIGKILL)
    assert box.run("status", code=4).stdout.startswith("No server is running")
    assert list(box.where.glob("*.json")) == []
    if Path("/proc/self/stat").exists():
        assert exact_start(int(note.read_text())) is None


def test_nothing_is_started_for_a_command_line(box):
    wanted = box.run(
        "command",
        *box.start()[1:],
        "--kv-dtype",
        "fp8",
        "--concurrency",
        4,
        "--",
        "--enforce-eager",
    ).stdout
    assert wanted.endswith("--kv-cache-dtype fp8 --enforce-eager\n")
    assert "--max-num-seqs 4 " in wanted
    again = box.run(
        *box.start(), "--dry-run", "--kv-dtype", "fp8", "--concurrency", 4, "--", "--enforce-eager"
    )
    assert (again.stdout, again.stderr) == (wanted, "")
    assert not box.where.exists()


def test_any_free_port(box):
    line = box.run(
        "command", "--python", box.python, "--model", fake_vllm.model(box.folder / "m"), "--port", 0
    ).stdout
    assert int(line.partition("--port ")[2].split()[0]) > 1023


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--uds", "s"], "--port and --uds exclude each other"),
        (["--lora", "x"], "--lora takes NAME=PATH"),
        (["--lora", "x=none"], "that folder has no adapter_config.json"),
        (["--kv-dtype", "turboquant_3bit_nc"], "add --experimental to try it anyway"),
        (
            ["--", "--api-key", "x"],
            (
                "--api-key cannot follow --: set the address and the model with the options of"
                " reviewer serve start; the key is generated"
            ),
        ),
        (["--", "--host=0.0.0.0"], "--host=0.0.0.0 cannot follow --: set the address"),
        (["--", "--api_key=x"], "--api_key=x cannot follow --"),
        (["--", "--ho", "0.0.0.0"], "--ho cannot follow --"),
        (["--", "x"], "x: put options for vLLM after --"),
        (["--engine", "llamacpp"], "--python: only for --engine vllm"),
        (
            ["--engine", "llama-server", "--kv-dtype", "fp8", "--tensor-parallel", "2"],
            "--python, --kv-dtype, --tensor-parallel: only for --engine vllm",
        ),
        (["--port", "70000"], "70000 is not in the range"),
        (["--timeout", "0"], "0.0 is not in the range"),
    ],
)
def test_options_that_cannot_be(box, more, said, monkeypatch, capsys):
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(box.folder / "state"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", *map(str, box.start(*more))])
    out, (line,) = (captured := capsys.readouterr()).out, captured.err.splitlines()
    assert (ended.value.code, out) == (2, "")
    assert said in line
    assert line.startswith("reviewer: ")
    assert not box.where.exists()


@pytest.mark.fault(
    "server",
    "a model that is not downloaded yet",
    "it is brought first, and the time limit of the start does not count that",
)
def test_a_model_is_brought_before_the_server_starts_without_a_network(box, capsys, monkeypatch):
    hub, brought = box.folder / "hub", []

    def bring(name, say):
        say(f"{name}: downloading")
        brought.append(name)
        return hub_files.snapshot(hub, name, {"behaviour.json": "{}"})

    monkeypatch.setattr(pull, "pull", bring)
    monkeypatch.setenv("HF_HUB_CACHE", str(hub))
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(box.folder / "state"))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    start = ["serve", *map(str, box.start("--model", "someone/tiny"))]

    with pytest.raises(SystemExit) as ended:
        cli.main([*start, "--offline"])
    assert (ended.value.code, brought) == (4, [])
    assert "--offline forbids its download" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main([*start, "--dry-run"])
    assert capsys.readouterr().out.startswith("reviewer model pull someone/tiny\n")
    assert brought == []
    monkeypatch.setattr(starting, "start", lambda *_, **__: brought.append("started") or sys.exit())
    with pytest.raises(SystemExit):
        cli.main([*start, "--detach"])
    assert brought == ["someone/tiny", "started"]
    assert capsys.readouterr().err.startswith("someone/tiny: downloading\nDO_NOT_TRACK=1 HF_HUB_")
    box.environ["HF_HUB_CACHE"] = str(hub)
    said = box.run(*start[1:], "--detach").stderr.splitlines()
    assert said[0].startswith("DO_NOT_TRACK=1 HF_HUB_OFFLINE=1 ")
    assert said[-2].startswith("tiny answers at ")


def test_without_vllm_the_line_says_how_to_get_one(box):
    if installed.find_vllm_of(sys.executable):
        pytest.skip("this Python has vLLM")
    box.environ["PATH"] = "/nonexistent"
    done = box.run("start", "--engine", "vllm", "--model", "12b", code=4)
    assert (
        done.stderr == "reviewer: vLLM is not installed, or not where it was looked for (--python"
        " names the place); run: reviewer setup\n"
    )


@pytest.mark.parametrize("command", ["start", "stop", "status", "logs", "command"])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"Usage: reviewer serve {command} [OPTIONS]")


def test_exit_codes_are_documented(capsys):
    for args in (["serve", "--help"], ["serve", "start", "--help"]):
        with pytest.raises(SystemExit):
            cli.main(args)
        assert (
            "Exit codes:\n    0    done; for `start`: the server answered"
            in capsys.readouterr().out
        )
