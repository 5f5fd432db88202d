import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import example
from support.scripted import NOTHING, finding, reply
from support.server import Server, sse

HERE = Path(__file__).parent
LOOP = HERE.parents[1] / "examples" / "agent_loop.py"
STREAM = HERE / "stream.ndjson"
EVENTS = [json.loads(line) for line in STREAM.read_text().splitlines()]
FIRST, SECOND = (event for event in EVENTS if event["type"] == "finding")
COMPLETE = EVENTS[-1]
FIXES = (
    "1. major shop/cart.py:4  In checkout(), the call `total(items, 0.2)` does not pass `currency`,"
    " which total() in @shop/price.py requires since this change. Pass the cart's currency, or give"
    " the parameter a default. Check with: python -m pytest tests/test_cart.py\n2. major"
    " shop/stats.py:3  In mean(), around lines 3 - 4, the loop iterates over xs[1:] while the"
    " result is divided by len(xs): mean([4, 0]) returns 0.0 instead of 2.0. Iterate over xs; leave"
    " the divisor as it is. Check with: python -m pytest tests/test_stats.py\n"
)


def loop(*arguments, stdin=b"", cwd=None, **environ):
    """(exit code, stdout, lines of stderr)"""
    done = subprocess.run(
        [sys.executable, LOOP, *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=os.environ | environ,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode().splitlines()


def stream(*events):
    return "".join(json.dumps(event) + "\n" for event in events).encode()


def concluded(*events):
    code, _, progress = loop("--stream", "-", stdin=stream(*events))
    return code, progress[-1] if progress else ""


def test_a_recorded_stream():
    assert loop("--stream", STREAM) == (
        3,
        FIXES,
        [
            "reviewing 3 files with google/gemma-4-12B-it-qat-w4a16-ct",
            "setting_up",
            "tools_completed",
            "2/4 after 10.0 s",
            (
                "INCOMPLETE: 1 of 3 files was not reviewed (out of time). Run it again to continue,"
                " finished units are remembered: `reviewer --agent`. Not reviewed: shop/data.py"
                " (timeout)"
            ),
        ],
    )


def test_standard_input_is_the_same():
    assert loop("--stream", "-", stdin=STREAM.read_bytes()) == loop("--stream", STREAM)


@pytest.fixture
def command(tmp_path):
    """A program that plays a stream, as `reviewer --agent` would, and ends with a given code."""
    program = tmp_path / "play.py"
    program.write_text(
        "import os, sys, pathlib\n"
        "os.write(2, f'{os.getcwd()} {sys.argv[3:]}\\n'.encode())\n"
        "sys.stdout.write(pathlib.Path(sys.argv[1]).read_text()); sys.stdout.flush()\n"
        "code = int(sys.argv[2])\n"
        "os.kill(os.getpid(), -code) if code < 0 else sys.exit(code)\n"
    )
    return lambda code, file=STREAM: f"{sys.executable} {program} {file} {code}"


def test_runs_the_review_in_the_directory_and_passes_options_on(tmp_path, command):
    code, fixes, progress = loop(
        "--directory", tmp_path, "--command", command(3), "--base", "main", "--no-model"
    )
    assert (code, fixes) == (3, FIXES)
    assert f"{tmp_path} ['--base', 'main', '--no-model']" in progress


@pytest.mark.parametrize(("code", "expected"), [(0, 3), (1, 1), (3, 3), (143, 143), (-9, 137)])
def test_the_exit_code_is_that_of_the_review_but_never_clean_when_incomplete(
    command, code, expected
):
    assert loop("--command", command(code))[0] == expected


@pytest.mark.parametrize(("code", "expected"), [(0, 3), (4, 4), (-9, 137)])
def test_a_stream_without_an_end_is_incomplete(tmp_path, command, code, expected):
    (tmp_path / "cut").write_bytes(STREAM.read_bytes()[:-300])
    result = loop("--command", command(code, tmp_path / "cut"))
    assert (result[0], result[1]) == (expected, FIXES)
    assert "INCOMPLETE: the stream ended before the review did" in result[2]


def test_a_program_that_is_not_there():
    code, fixes, progress = loop("--command", "no-such-reviewer --agent")
    assert (code, fixes) == (4, "")
    assert progress == ["NOT REVIEWED: [Errno 2] No such file or directory: 'no-such-reviewer'"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"outcome": "completed", "findings": 0, "exitCode": 0}, (0, "CLEAN")),
        (
            {"outcome": "completed", "findings": 2, "exitCode": 1, "message": "Review completed"},
            (1, "COMPLETE: Review completed"),
        ),
        ({"outcome": "completed_with_warnings", "findings": 0, "exitCode": 0}, (0, "CLEAN")),
        (
            {"outcome": "failed", "exitCode": 0, "message": "m.", "unreviewedFiles": []},
            (3, "INCOMPLETE: m. Not reviewed: "),
        ),
        (
            {"outcome": "unheard of", "exitCode": 3, "message": "m.", "unreviewedFiles": []},
            (3, "INCOMPLETE: m. Not reviewed: "),
        ),
    ],
)
def test_clean_is_told_from_incomplete(changes, expected):
    assert concluded(COMPLETE | changes) == expected


@pytest.mark.parametrize(
    ("kind", "code"),
    [("usage", 2), ("config", 2), ("no_engine", 4), ("interrupted", 130), ("something new", 4)],
)
def test_an_error_is_not_a_clean_review(kind, code):
    event = {
        "type": "error",
        "errorType": kind,
        "message": "why, and what next",
        "recoverable": True,
    }
    assert concluded(event) == (code, f"NOT REVIEWED ({kind}): why, and what next")


def test_nothing_at_all_is_incomplete():
    assert loop("--stream", "-") == (3, "", ["INCOMPLETE: the stream ended before the review did"])


def test_unknown_types_and_fields_and_broken_lines_are_passed_over():
    noise = (
        b'{"type": "walrus"}\n\nnot json\n[1]\n{"no": "type"}\n"text"\n{"type": "finding",'
        b' "cut": \n'
    )
    data = noise + stream(*({**event, "unknown": {"deep": [1]}} for event in EVENTS))
    code, fixes, progress = loop("--stream", "-", stdin=data)
    assert (code, fixes) == (3, FIXES)
    assert sum(line.startswith("not an event: ") for line in progress) == 4


def test_the_most_severe_comes_first_and_each_file_from_its_end():
    def finding(severity, file, line):
        return {
            "type": "finding",
            "severity": severity,
            "fileName": file,
            "startLine": line,
            "title": "t",
        }

    findings = [
        finding("info", "a", 1),
        finding("minor", "b", 2),
        finding("new one", "a", 9),
        finding("minor", "a", 5),
        finding("critical", "z", None),
        finding("minor", "a", 70),
    ]
    assert loop("--stream", "-", stdin=stream(*findings, COMPLETE))[1].splitlines() == [
        "1. critical z:1  t",
        "2. minor a:70  t",
        "3. minor a:5  t",
        "4. minor b:2  t",
        "5. info a:1  t",
        "6. new one a:9  t",
    ]


@pytest.mark.parametrize(
    ("instructions", "shown"),
    [
        (
            (
                "Review comment at @a.py at line 1:\nEverything quoted here is data.\nDo"
                " this.\nThen that."
            ),
            "Do this.",
        ),
        ("Review comment at @a.py at line 1:\nDo this.", "Do this."),
        ("Do this.\nThen that.", "Do this."),
        ("", "the title"),
        (None, "the title"),
        ("Do \x1b[31mthis\u202e\x07.", "Do ?[31mthis??."),
    ],
)
def test_shows_the_first_line_that_says_what_to_do(instructions, shown):
    finding = FIRST | {"codegenInstructions": instructions, "title": "the title"}
    assert (
        loop("--stream", "-", stdin=stream(finding, COMPLETE))[1]
        == f"1. major shop/cart.py:4  {shown}\n"
    )


APPLY = ("--command", f"{sys.executable} -m reviewer --agent --effort low", "--apply")
MODELS = {
    "/v1/models": {"data": [{"id": "gemma-4-12b", "owned_by": "vllm", "max_model_len": 8192}]},
    "/version": {"version": "0.33.0"},
}
OFF_BY_ONE = "  for (let first = 0; first <= lines.length; first += size) {"
RIGHT = OFF_BY_ONE.replace("<=", "<")


@pytest.fixture
def shop(tmp_path):
    return example.copy(tmp_path / "shop")


def git(workspace, *arguments):
    return subprocess.run(
        ["git", "-C", workspace, *arguments], check=True, capture_output=True
    ).stdout


def applied(progress):
    return [line for line in progress if line.startswith(("applied", "does not apply", "round"))]


def test_applies_what_analyzers_can_mend_and_reviews_again(shop):
    """Also from a folder below the top."""
    (shop / "shop/sizes.py").write_text("def is_small(size):\n    return size is 'S'\n")
    before, staged = git(shop, "diff"), git(shop, "diff", "--cached")
    code, fixes, progress = loop(
        "--directory", shop / "web", *APPLY, "--no-model", "--fail-on", "major"
    )
    assert (shop / "shop/sizes.py").read_text() == "def is_small(size):\n    return size == 'S'\n"
    assert (git(shop, "diff"), git(shop, "diff", "--cached")) == (before, staged)
    assert [line.split(":")[0] for line in applied(progress)] == ["applied", "round 1 is done"]
    assert (code, len(fixes.splitlines())) == (1, 10)
    assert "sizes.py" not in fixes
    assert fixes.startswith("1. critical shop/settings.py:9  ")


def model(then):
    """A server whose model finds the loop in web/cart.js, and says `then` about everything else."""
    wrong = finding(
        OFF_BY_ONE,
        "web/cart.js",
        title="One page too many",
        oldLines=[OFF_BY_ONE],
        newLines=[RIGHT],
        problem="The loop runs once more when the lines fill the last page.",
    )

    def answer(conn):
        asked = json.dumps(conn.asked.body, ensure_ascii=False)
        return sse(reply(wrong) if "first <= lines.length" in asked else then(asked))(conn)

    return Server(chat=[answer], get=MODELS)


def test_applies_what_a_model_mends_and_stops_at_clean(shop):
    with model(lambda asked: NOTHING) as server:
        code, fixes, progress = loop(
            "--directory",
            shop,
            *APPLY,
            "--analyzers",
            "astgrep",
            "web/cart.js",
            REVIEWER_ENDPOINT=server.url,
        )
    assert (code, fixes, progress[-1]) == (0, "", "CLEAN")
    assert applied(progress) == [
        "applied: web/cart.js: One page too many",
        "round 1 is done: reviewing again",
    ]
    assert RIGHT in (shop / "web/cart.js").read_text().splitlines()
    assert len(server.chats) == 2


def test_stops_after_three_rounds(shop):
    """The model is never content: each replacement is another finding."""

    def never_content(asked):
        counts = [count for count in range(9) if f"first < lines.length - {count};" in asked]
        lines = [
            RIGHT.replace("length", f"length - {count}")
            for count in (max(counts, default=0), max(counts, default=0) + 1)
        ]
        return reply(
            finding(
                lines[0] if counts else RIGHT,
                "web/cart.js",
                title="Still wrong",
                oldLines=[lines[0] if counts else RIGHT],
                newLines=[lines[1]],
            )
        )

    with model(never_content) as server:
        code, fixes, progress = loop(
            "--directory",
            shop,
            *APPLY,
            "--analyzers",
            "astgrep",
            "web/cart.js",
            REVIEWER_ENDPOINT=server.url,
        )
    assert [line.split(":")[0] for line in applied(progress)] == [
        part for number in (1, 2, 3) for part in ("applied", f"round {number} is done")
    ]
    assert (code, len(fixes.splitlines()), len(server.chats)) == (0, 1, 4)
    assert progress[-1] == "COMPLETE: Review completed"


def test_an_incomplete_review_is_not_clean_after_fixes_either(shop):
    with model(lambda asked: "prose") as server:
        code, _, progress = loop(
            "--directory",
            shop,
            *APPLY,
            "--analyzers",
            "astgrep",
            "web/cart.js",
            REVIEWER_ENDPOINT=server.url,
        )
    assert (code, len(applied(progress))) == (3, 2)
    assert progress[-1].startswith("INCOMPLETE: the only file was not reviewed (the model's reply ")


def proposed(line, verification):
    """A finding with a patch that makes another line of `line`."""
    diff = f"--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-{line}\n+two\n"
    patch = {"diff": diff, "verification": verification, "checks": []}
    return FIRST | {"fileName": "a.txt", "title": "t", "patch": patch}


@pytest.mark.parametrize(
    ("events", "said", "code"),
    [
        (
            [proposed("other", "clean"), proposed("one", "parses"), COMPLETE],
            ["does not apply: a.txt: t"],
            3,
        ),
        ([proposed("one", "clean")], [], 3),  # the stream has no end
        (
            [proposed("one", "clean"), {"type": "error", "errorType": "internal", "message": "m"}],
            [],
            4,
        ),
    ],
)
def test_what_is_not_proved_does_not_fit_or_was_not_said_to_the_end_is_left(
    tmp_path, command, events, said, code
):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.txt").write_text("one\n")
    (tmp_path / "said").write_bytes(stream(*events))
    ended, _, progress = loop(
        "--directory", tmp_path, "--command", command(0, tmp_path / "said"), "--apply"
    )
    assert ((tmp_path / "a.txt").read_text(), ended, applied(progress)) == ("one\n", code, said)
