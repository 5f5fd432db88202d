import json

import pytest
from click.testing import CliRunner
from support.doctor import answering, shown, vllm
from support.server import Server

from reviewer.cli.doctor import doctor, lines
from reviewer.serving.checks.base import Report, failed, ok, report, skipped, warning

URL = "http://127.0.0.1:8000"


def at(check):
    return check.model_copy(update={"endpoint": URL})


REPORT = report(
    [
        ok("python", "3.12.1 (/usr/bin/python3)"),
        warning(
            "git",
            "2.39.5 lacks a security release that has a long name",
            "update git, by your distribution's means",
        ),
        at(failed("schema", "ignored: it said 'A cat'", "start it with `reviewer serve start`")),
        at(skipped("speed", "")),
    ]
)


def test_the_page():
    assert (
        "\n".join(lines(REPORT, 60, color=False))
        == """\
ok       python  3.12.1 (/usr/bin/python3)
warning  git     2.39.5 lacks a security release that has a
                 long name
                 → update git, by your distribution's means

http://127.0.0.1:8000
failed   schema  ignored: it said 'A cat'
                 → start it with `reviewer serve start`
skipped  speed

1 ok, 1 warning, 1 failed, 1 skipped"""
    )


@pytest.mark.parametrize("width", [40, 60, 88, 120])
def test_nothing_is_wider_than_the_terminal(width):
    long = ok("a name of some length", "word " * 90), failed("b", "word " * 90, "fix " * 90)
    made = list(lines(report(long), width, color=False))
    assert max(map(len, made)) <= width
    assert " ".join(" ".join(made).split()).count("word") == 180


def test_addresses_stay_whole():
    url = "http://" + "x" * 90 + ".example:8000/v1"
    assert any(url in line for line in lines(report([ok("a", f"at {url}")]), 60, color=False))


def test_colour():
    made = list(lines(REPORT, 60, color=True))
    assert made[0] == "\x1b[32mok     \x1b[0m  python  3.12.1 (/usr/bin/python3)"
    assert "\x1b[1mhttp://127.0.0.1:8000\x1b[0m" in made
    assert "\x1b[31mfailed \x1b[0m  schema  ignored: it said 'A cat'" in made


def run(*arguments, **environ):
    return CliRunner().invoke(
        doctor,
        arguments,
        env={"COLUMNS": "88", "HF_HUB_OFFLINE": "1", **environ},
        standalone_mode=True,
    )


def test_json():
    with Server(chat=[answering(word="miaow")], get=vllm()) as server:
        result = run("--endpoint", server.url + "/v1", "--format", "json")
    made = Report.model_validate(json.loads(result.stdout))
    assert (result.exit_code, made.exit_code, result.stderr) == (1, 1, "")
    failures = [check for check in made.checks if check.status == "failed"]
    assert shown(failures) == [
        "failed schema: ignored: it allowed only zorfibex or quandrilo, but the answer was 'miaow'"
        " -> start it with `reviewer serve start`, or with --structured-outputs-config and the"
        " backend xgrammar"
    ]


def test_terminal():
    with Server(chat=[answering()], get=vllm(root="unknown")) as server:
        result = run(REVIEWER_ENDPOINT=server.url)
    page = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert page[0].startswith("ok       python           3.")
    at_server = page[page.index(server.url) + 1 :]
    assert [line.split()[0] for line in at_server if line and not line.startswith(" ")][:7] == [
        "ok"
    ] * 7
    assert "failed" not in page[-1]
    assert max(len(line) for line in page if "/" not in line) <= 88  # a path is not broken
    assert "\x1b" not in result.stdout


def test_a_stdout_that_knows_ascii_only():
    offline = {"HF_HUB_OFFLINE": "1"}
    result = CliRunner(charset="ascii").invoke(doctor, ["--endpoint", "ftp://x"], env=offline)
    assert result.exit_code == 1
    assert not isinstance(result.exception, UnicodeError)


def test_help():
    result = run("--help")
    assert result.exit_code == 0
    options = ("--format", "--endpoint", "--model", "--adapter", "--embedded", "--color")
    assert [name for name in options if name not in result.stdout] == []


def test_colour_is_asked_for():
    always = run("--endpoint", "ftp://x", "--color", "always", NO_COLOR="1")
    assert "\x1b[31mfailed \x1b[0m  connection" in always.stdout
    assert "\x1b" not in run("--endpoint", "ftp://x").stdout
