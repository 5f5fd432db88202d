from __future__ import annotations

import json

import pytest
from support.memory import PLACE, dismissal, judged, mark, opened, record

from reviewer.errors import ConfigError, UsageError
from reviewer.memory import dump_baseline, history, parse_baseline
from reviewer.memory.baseline import Baseline
from reviewer.memory.dismissals import Dismissals, dismiss, load, reopen

REPOSITORY = PLACE.repository
ONE = f"{1:012x}"


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path) as made:
        history.record_run(made, PLACE, record(judged(1), judged(2)))
        yield made


def test_dismiss_and_reopen(store):
    made = dismiss(store, REPOSITORY, ONE, "  checked elsewhere \n")
    assert made == dismissal(1, category="security")  # the finding quotes no code
    assert load(store, REPOSITORY) == (made,)
    assert load(store, "another repository") == ()
    assert dismiss(store, REPOSITORY, ONE, "better reason").reason == "better reason"
    assert [each.reason for each in load(store, REPOSITORY)] == ["better reason"]
    assert reopen(store, REPOSITORY, ONE).reason == "better reason"
    assert load(store, REPOSITORY) == ()


def test_what_it_was_about_is_kept_with_a_decision(store):
    """For precedents: the category and the lines of the finding, without those around them."""
    quote = {"file_name": "a.py", "start_line": 2, "end_line": 4, "why": "the place"}
    quote["quote"] = "x = 1\n    run(command)\ny"
    history.record_run(store, PLACE, record(judged(7, evidence=[quote], category="stability")))
    made = dismiss(store, REPOSITORY, f"{7:012x}", "fine")
    assert (made.category, made.code) == ("stability", "    run(command)")
    assert load(store, REPOSITORY) == (made,)
    read = parse_baseline(dump_baseline([made, dismissal(1)]))
    assert [(each.category, each.code) for each in read.entries] == [
        ("", ""),
        ("stability", "    run(command)"),
    ]
    long = json.dumps(json.loads(dump_baseline([made])) | {"code": "x" * 1001}).encode()
    assert (parse_baseline(long).ignored, parse_baseline(long).entries) == (1, ())
    quote["quote"] = "x\n" + "y" * 3000 + "\nz"
    history.record_run(store, PLACE, record(judged(8, evidence=[quote])))
    assert dismiss(store, REPOSITORY, f"{8:012x}", "fine").code == "y" * 1000


def test_a_reason_is_needed(store):
    for reason in ("", "  \n", "x" * 2001):
        with pytest.raises(UsageError, match="give a reason of at most 2000 characters"):
            dismiss(store, REPOSITORY, ONE, reason)
    assert dismiss(store, REPOSITORY, ONE, "bad \udcff byte").reason == "bad \ufffd byte"


def test_what_is_not_known_cannot_be_dismissed(store):
    for repository, name in (
        (REPOSITORY, f"{9:012x}"),
        ("other", ONE),
        (REPOSITORY, "' OR 1 = 1 --"),
    ):
        with pytest.raises(UsageError, match="in this repository; see `reviewer findings list`"):
            dismiss(store, repository, name, "fine")
    with pytest.raises(UsageError, match="is not dismissed"):
        reopen(store, REPOSITORY, ONE)


def test_a_decision_that_cannot_be_stored_is_an_error(tmp_path):
    (tmp_path / "memory").write_text("in the way")
    with opened(tmp_path) as store:
        for act in (
            lambda: dismiss(store, REPOSITORY, ONE, "fine"),
            lambda: reopen(store, REPOSITORY, ONE),
        ):
            with pytest.raises(ConfigError, match="the memory is not used: "):
                act()


def test_a_decision_while_the_memory_is_locked(store, tmp_path):
    with opened(tmp_path, busy=0.02) as other:

        def hold(run):
            run("DELETE FROM cache")
            with pytest.raises(
                ConfigError, match=r"cannot store the dismissal: .*database is locked"
            ):
                dismiss(other, REPOSITORY, ONE, "fine")

        store.transaction(hold)
    assert load(store, REPOSITORY) == ()


def find(entries, number, print_of, *, former=None, existing=()):
    found = Dismissals.of(entries).find(
        f"{number:012x}",
        mark(print_of),
        former=former and f"{former:012x}",
        exists=lambda path: path in existing,
    )
    return found and found.reason


def test_what_a_decision_holds_for():
    entries = [
        dismissal(1, "a.py", "one"),
        dismissal(2, "b.py", "two"),
        dismissal(1, "a.py", "from a file"),
    ]
    both = ("a.py", "b.py")
    assert find(entries, 1, 1, existing=both) == "one"
    assert find(entries, 1, 99, existing=both) == "one"  # edits that change the print do not matter
    assert find(entries, 7, 7, existing=both) is None
    assert find(entries, 7, 7, former=2, existing=both) == "two"  # renamed in this change
    assert (
        find(entries, 7, 2, existing=both) is None
    )  # the same code in another file is another decision
    assert find(entries, 7, 2, existing=("a.py",)) == "two"  # its file has been renamed before
    assert find([], 1, 1) is None


def test_the_baseline_is_the_same_file_for_the_same_decisions():
    entries = [dismissal(2, "b\udcff.py", "größer"), dismissal(1)]
    data = dump_baseline(entries)
    assert data.splitlines() == [
        (
            b'{"id": "000000000001", "fingerprint": "000000f00001", "path": "a.py", "title":'
            b' "Problem 1", "reason": "checked elsewhere"}'
        ),
        (
            b'{"id": "000000000002", "fingerprint": "000000f00002", "path": "b\\ufffd.py",'
            b' "pathBase64": "Yv8ucHk=", "title": "Problem 2", "reason": "gr\\u00f6\\u00dfer"}'
        ),
    ]
    assert dump_baseline(reversed(entries)) == data
    read = parse_baseline(data)
    assert [(each.id, each.path, each.reason) for each in read.entries] == [
        (ONE, b"a.py", "checked elsewhere"),
        (f"{2:012x}", b"b\xff.py", "größer"),
    ]
    assert (read.ignored, dump_baseline(read.entries)) == (0, data)


GOOD = json.loads(dump_baseline([dismissal(1)]))


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "7",
        "null",
        '"id"',
        "{}",
        "[" * 5000,
        '{"id": NaN}',
        json.dumps(GOOD | {"id": "*"}),
        json.dumps(GOOD | {"id": ONE.upper() + "A"}),
        json.dumps(GOOD | {"path": 7}),
        json.dumps(GOOD | {"pathBase64": "\u00ff"}),
        json.dumps(GOOD | {"reason": "x" * 3000}),
        json.dumps(GOOD | {"reason": None}),
        json.dumps(GOOD | {"fingerprint": ""}),
        '{"id":"\\ud800"}',
        "\x00",
    ],
)
def test_lines_that_say_nothing_are_counted(line):
    data = b"\n" + line.encode() + b"\r\n" + dump_baseline([dismissal(3)])
    read = parse_baseline(data)
    assert ([each.id for each in read.entries], read.ignored) == ([f"{3:012x}"], 1)


def test_a_baseline_without_end_is_not_read():
    assert parse_baseline(b"{}\n" * (6 << 20)) == Baseline((), 6 << 20)
    assert parse_baseline(b"") == Baseline()
    assert parse_baseline(b"\xef\xbb\xbf" + dump_baseline([dismissal(1)])).ignored == 0
