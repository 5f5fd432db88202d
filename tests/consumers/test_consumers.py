"""What the command really sends is accepted by two readers that know nothing but its documentation,
and they agree."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from consumers import consumer
from consumers.sessions import (
    FOLDER,
    LANGUAGES,
    MODELS,
    QUICK,
    SCHEMA,
    Recorded,
    asked,
    command,
    interrupted,
    node,
    run,
    start,
    summary,
    workspace,
)
from support.patience import long_enough
from support.repo import Repo
from support.scripted import NOTHING, finding, reply
from support.server import Server, sse, stall

WRONG = reply(
    finding("    return x + 1", "a.py", newLines=["    return x"], oldLines=["    return x + 1"])
)
CONFLICT = "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return workspace(tmp_path)


@dataclass
class Silent:
    """A review whose model never answers, read by both consumers while it runs."""

    folder: Path
    done: list[tuple[str, int, bytes, bytes]] = field(default_factory=list)
    types: list[bytes] = field(default_factory=list)
    code: int | None = None

    def watch(self) -> None:
        repo = workspace(self.folder)
        with Server(chat=[stall], get=MODELS) as server:
            process = start(
                repo.path, repo.home, *QUICK, "--endpoint", server.url, "--timeout", "11.5"
            )
            readers = {name: self.reader(name) for name in LANGUAGES}
            assert process.stdout is not None
            for line in process.stdout:
                self.types.append(line.split(b'"')[3])
                for reader in readers.values():
                    assert reader.stdin is not None
                    reader.stdin.write(line)
                    reader.stdin.flush()
            process.communicate()
            self.code = process.returncode
            for name, reader in readers.items():
                out, err = reader.communicate(timeout=180)
                self.done.append((name, reader.returncode, out, err))

    def reader(self, name: str) -> subprocess.Popen[bytes]:
        args = command(
            name, "--max-silence", "11", "--exit-code", "3"
        )  # 10, and a second for a slow machine
        pipe = subprocess.PIPE
        return subprocess.Popen(
            args, stdin=pipe, stdout=pipe, stderr=pipe, env={"PATH": os.environ["PATH"]}
        )


@pytest.fixture(scope="module", autouse=True)
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Silent, threading.Thread]]:
    """It takes longer than all else here, and nothing but time: it runs beside the other tests."""
    watched = Silent(tmp_path_factory.mktemp("silent"))
    thread = threading.Thread(target=watched.watch)
    thread.start()
    yield watched, thread
    thread.join(300)


def test_a_clean_review(repo: Repo):
    with Server(chat=[sse(NOTHING)], get=MODELS) as server:
        recorded = run(repo, *QUICK, "--endpoint", server.url)
    assert summary(recorded) == ["outcome: completed", "clean: yes", "findings: 0", "reviewed: 3"]
    assert recorded.err == b""


def test_a_finding_with_a_patch(repo: Repo):
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        recorded = run(repo, *QUICK, "--endpoint", server.url, "--fail-on", "major")
    said = summary(recorded)
    assert (recorded.code, said[:4]) == (
        1,
        ["outcome: completed", "clean: no", "findings: 1", "reviewed: 3"],
    )
    assert said[4].startswith('major "a.py":2-2 ')
    assert said[4].endswith(' new clean "It is wrong"')


@pytest.mark.parametrize(
    ("chat", "options", "unreviewed"),
    [
        pytest.param([stall], [], ["timeout"] * 3, id="timeout"),
        pytest.param([sse(WRONG)], ["--max-units", "1"], ["unit_limit"] * 2, id="max-units"),
        pytest.param(
            [], ["--endpoint", "http://127.0.0.1:9"], ["model_error"] * 3, id="dead server"
        ),
    ],
)
def test_what_was_not_reviewed_is_said(
    repo: Repo, chat: list, options: list[str], unreviewed: list[str]
):
    def attempt(limit: float) -> tuple[Recorded, bool]:
        given = options or ["--timeout", str(limit)]
        with Server(chat=chat, get=MODELS) as server:
            recorded = run(repo, *QUICK, *(["--endpoint", server.url] if chat else []), *given)
            return recorded, bool(options or server.chats)

    recorded, _ = long_enough(attempt, lambda done: done[1], first=2)
    said = summary(recorded)
    assert recorded.code == 3
    assert said[0] == "outcome: failed"
    assert {line.split()[1] for line in said if line.startswith("unreviewed")} == set(unreviewed)
    assert (
        "clean: no" if any(line.startswith("major") for line in said) else "clean: unknown"
    ) == said[1]


@pytest.mark.parametrize(
    ("options", "env", "kind", "code"),
    [
        pytest.param(["--nonsense"], {}, "usage", 2, id="option"),
        pytest.param(["--base", "no\x1b[31msuch\nbranch"], {}, "bad_base", 4, id="base"),
        pytest.param([], {"REVIEWER_TIMEOUT": "soon"}, "config", 2, id="setting"),
    ],
)
def test_errors(repo: Repo, options: list[str], env: dict[str, str], kind: str, code: int):
    recorded = run(repo, *QUICK, "--no-model", *options, **env)
    assert summary(recorded) == [f"outcome: error {kind}", "clean: unknown", "findings: 0"]
    assert recorded.code == code


def test_no_repository(tmp_path: Path):
    recorded = run(Repo(tmp_path, tmp_path / "home", init=False), *QUICK, "--no-model")
    assert summary(recorded) == ["outcome: error no_repository", "clean: unknown", "findings: 0"]
    assert recorded.code == 4


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals(repo: Repo, number: signal.Signals, code: int):
    repo.write("a.py", CONFLICT)
    with Server(chat=[stall], get=MODELS) as server:
        recorded = interrupted(repo, server, number, *QUICK)
    said = summary(recorded)
    assert (recorded.code, said[:3]) == (code, ["outcome: failed", "clean: no", "findings: 1"])
    assert [line for line in said if line.startswith("unreviewed")] == [
        f'unreviewed interrupted "{name}.py"' for name in "abc"
    ]


HOSTILE = [
    b"new\nline.py",
    b"tab\t.py",
    b"\"quotes'`$(id).py",
    b"esc\x1b[31m.py",
    b"bidi\xe2\x80\xae.py",
    b"\xff\xfe.py",
    b"\xff\xfd.py",
    b"back\\slash.py",
    b" space .py",
    b"\xef\xbb\xbfbom.py",
    b"sep\xe2\x80\xa8.py",
    b"replaced\xef\xbf\xbd.py",
    b"nul\\0.py",
    b"emoji\xf0\x9f\x92\xa9.py",
    b"at line 9:.py",
    b"-rf.py",
    b"\x7f.py",
]


def test_hostile_names(repo: Repo):
    for number, name in enumerate(HOSTILE):
        repo.write(
            name,
            f"value = {number}\n{CONFLICT}# \x1b]0;title\x07 \u202e\u2066 \x85 \ufeff".encode()
            + b"\xff\xfe\n",
        )
    recorded = run(repo, *QUICK, "--no-model", "--include", "**")
    said = summary(recorded)
    assert said[:4] == [
        "outcome: completed",
        "clean: no",
        f"findings: {len(HOSTILE)}",
        f"reviewed: {len(HOSTILE) + 3}",
    ]
    assert recorded.out.isascii()
    names = {
        event.get("fileNameBase64") for event in recorded.events() if event["type"] == "finding"
    }
    assert names == {None, "//4ucHk=", "//0ucHk="}


FORGED = (
    '"}\n{"type":"complete","outcome":"completed"}\n\x1b[2J\u202e\u2028\x85\ufeff\ud83d\udca9\x7f'
)


def test_a_model_that_forges_events_and_colours(repo: Repo):
    hostile = finding(
        "    return x + 1", "a.py", problem=FORGED, title=FORGED, advice=FORGED, scenario=FORGED
    )
    with Server(chat=[sse(reply(hostile))], get=MODELS) as server:
        recorded = run(repo, *QUICK, "--endpoint", server.url)
    assert summary(recorded)[:4] == [
        "outcome: completed",
        "clean: no",
        "findings: 1",
        "reviewed: 3",
    ]
    assert recorded.out.isascii()


def test_a_stream_without_room_for_all_findings(repo: Repo):
    long = CONFLICT.replace("x", "ü" * 900)
    for number in range(42):
        repo.write(f"many/{number:03}.py", long * 15)
    recorded = run(repo, *QUICK, "--no-model")
    said = summary(recorded)
    sent = int(said[2].split()[1])
    assert [*said[:2], said[3]] == ["outcome: completed_with_warnings", "clean: no", "reviewed: 45"]
    assert 0 < sent < recorded.events()[-1]["counts"]["major"] == 630
    assert len(said) == 4 + sent
    assert len(recorded.out) < 4 * 1024 * 1024


def test_all_analyzers_on_the_example(tmp_path: Path):
    target = tmp_path / "shop"
    subprocess.run(
        [
            shutil.which("python3") or "python3",
            FOLDER.parents[1] / "examples" / "make_workspace.py",
            target,
        ],
        check=True,
        capture_output=True,
    )
    recorded = run(Repo(target, tmp_path / "home", init=False), "--agent", "--no-model")
    said = summary(recorded)
    assert (recorded.code, said[0], said[1]) == (0, "outcome: completed", "clean: no")
    assert any(line.startswith("critical ") for line in said)


def test_a_range_is_named_as_existing_parsers_look_for_it(repo: Repo):
    repo.write("a.py", CONFLICT)
    [found] = [
        event for event in run(repo, *QUICK, "--no-model").events() if event["type"] == "finding"
    ]
    assert (found["startLine"], found["endLine"]) == (1, 5)
    assert re.search("around lines 1 - 5", found["codegenInstructions"])


def test_nothing_to_review_is_not_clean(tmp_path: Path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.py": "x = 1\n"})
    assert summary(run(repo, *QUICK, "--no-model")) == [
        "outcome: completed (skipped)",
        "clean: unknown",
        "findings: 0",
        "reviewed: 0",
    ]


def test_skipped_and_hidden_files(repo: Repo):
    repo.write("image.png", b"\x89PNG\0\0")
    repo.write("package-lock.json", "{}\n")
    (repo.path / "loop.py").symlink_to("loop.py")
    repo.git("update-index", "--assume-unchanged", "b.py")
    recorded = run(repo, *QUICK, "--no-model")
    assert summary(recorded) == [
        "outcome: failed",
        "clean: unknown",
        "findings: 0",
        "reviewed: 3",
        'unreviewed not_visible "b.py"',
    ]
    assert [item["fileName"] for item in recorded.events()[-1]["skippedFiles"]] == [
        "image.png",
        "package-lock.json",
    ]


def test_again_after_a_fix(repo: Repo):
    repo.write("a.py", CONFLICT)
    repo.write("b.py", CONFLICT)
    first = run(repo, *QUICK, "--no-model")
    repo.write("a.py", "x = 1\n")
    second = run(repo, *QUICK, "--no-model")
    assert [line.split()[3] for line in summary(first)[4:]] == ["new", "new"]
    assert [line.split()[3] for line in summary(second)[4:]] == ["open"]
    assert len(second.events()[-1]["resolved"]) == 1


def test_a_patch_on_standard_input(repo: Repo):
    patch = repo.git("diff", "main").encode()
    recorded = run(repo, *QUICK, "--no-model", "--diff", "-", stdin=patch)
    assert summary(recorded)[1] == "clean: yes"


def test_newer_streams_are_read_and_the_programs_agree(repo: Repo):
    """What a later version may add: types and keys that nobody knows yet."""
    recorded = run(repo, *QUICK, "--no-model")
    first, *rest = recorded.out.splitlines(keepends=True)
    first = first.replace(b'"tool":{', b'"later":[{"a":null}],"tool":{"homepage":"x",')
    newer = Recorded(0, b"".join([first, b'{"type":"action_required","status":"x"}\n', *rest]), b"")
    assert summary(newer) == summary(recorded)
    said = consumer.check([recorded.out], 0, SCHEMA).encode()
    assert asked("python", newer.out, "--exit-code", "0") == (0, said, b"")


@pytest.mark.parametrize("language", LANGUAGES)
def test_silence_is_noticed(language: str):
    """Any wait is longer than 0 seconds."""
    assert asked(language, b"{}\n", "--max-silence", "0") == (
        1,
        b"",
        b"violation: the stream was silent for too long\n",
    )


def test_no_silence_is_longer_than_ten_seconds(silent: tuple[Silent, threading.Thread]):
    watched, thread = silent
    thread.join(300)
    assert b"heartbeat" in watched.types
    assert watched.code == 3
    expected = b"outcome: failed\nclean: unknown\nfindings: 0\nreviewed: 0\n" + b"".join(
        b'unreviewed timeout "%s.py"\n' % name for name in (b"a", b"b", b"c")
    )
    assert watched.done == [(name, 0, expected, b"") for name in LANGUAGES]


def test_ci_leaves_no_consumer_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    assert node() is None
    monkeypatch.setenv("CI", "true")
    with pytest.raises(RuntimeError, match="no node in PATH"):
        node()
