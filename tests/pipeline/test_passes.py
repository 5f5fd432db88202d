"""Which passes are made, in which order, and what becomes of what several of them say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import resources
from reviewer.errors import ModelNotFound

FILE, BASELINE = "shop/a.py", "baseline.jsonl"
OLD, NEW = "def f(x):\n    return x\n", "def f(x):\n    return x + 1\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({FILE: OLD})
    made.git("checkout", "-q", "-b", "work")
    made.write(FILE, NEW)
    return made


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Switches to the memory of another user, which is empty."""
    return lambda name: monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / name))


def wrong(prompt):
    return reply(finding("    return x + 1", FILE))


def many(repo: Repo) -> None:
    """Five files of one unit each, in the order of their names; their risk is another one."""
    repo.write("a_test/tests/test_a.py", "assert f(1)\n" * 9)
    repo.write("b.md", "words\n")
    repo.write("c.py", "c = 1\n")
    repo.write("d.py", "d = 1\nd = 2\nd = 3\n")
    repo.write("login.py", "e = 1\n")
    repo.write(FILE, OLD)


RISKIEST = ["login.py", "d.py", "c.py", "a_test/tests/test_a.py", "b.md"]


def asked(model: Scripted) -> list[str]:
    return [next(name for name in RISKIEST if name in prompt.user) for prompt in model.prompts]


def test_the_riskiest_files_are_asked_about_first(repo: Repo):
    many(repo)
    model = Scripted(concurrency=1)
    stream, code = run(repo, model)
    assert (asked(model), stream[0].units, code) == (RISKIEST, 5, 0)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_the_rest_is_listed_and_the_run_is_incomplete(repo: Repo, most: int):
    many(repo)
    model = Scripted(concurrency=3)
    stream, code = run(repo, model, max_units=most)
    complete = stream[-1]
    assert (sorted(asked(model)), stream[0].units) == (sorted(RISKIEST[:most]), 5)
    assert sorted(complete.reviewed_files) == sorted(RISKIEST[:most])
    assert {item.file_name: item.reason for item in complete.unreviewed_files} == dict.fromkeys(
        RISKIEST[most:], "unit_limit"
    )
    assert (complete.outcome, code) == ("failed", 3)


def test_the_next_run_continues_where_the_limit_was(repo: Repo):
    many(repo)
    run(repo, Scripted(), max_units=3)
    model = Scripted()
    stream, code = run(repo, model, max_units=5)
    assert (sorted(asked(model)), code, stream[-1].cache.hits) == (sorted(RISKIEST[3:]), 0, 3)


def test_the_same_limit_again_and_again_gets_through(repo: Repo):
    many(repo)
    steps = []
    for _ in range(3):
        model = Scripted()
        stream, code = run(repo, model, max_units=2)
        steps.append((sorted(asked(model)), len(stream[-1].unreviewed_files), code))
    assert steps == [
        (sorted(RISKIEST[:2]), 3, 3),
        (sorted(RISKIEST[2:4]), 1, 3),
        (RISKIEST[4:], 0, 0),
    ]


@pytest.mark.parametrize("cache", ["fresh", "off"])
def test_what_is_asked_again_counts_against_the_limit(repo: Repo, cache: str):
    many(repo)
    run(repo, Scripted())
    model = Scripted()
    _, code = run(repo, model, max_units=2, cache=cache)
    assert (sorted(asked(model)), code) == (sorted(RISKIEST[:2]), 3)


def test_files_with_hits_of_analyzers_come_first_but_not_before_code(repo: Repo):
    many(repo)
    repo.write("c.py", "c = 1\nprint(undefined_name)\n")
    repo.write("b.md", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    model = Scripted(concurrency=1)
    run(repo, model, analyzers=None)
    assert asked(model) == ["c.py", "login.py", "d.py", "a_test/tests/test_a.py", "b.md"]


def test_what_the_limit_leaves_out_keeps_its_reason_when_the_engine_fails(repo: Repo):
    many(repo)
    stream, code = run(
        repo, Scripted(lambda prompt: ModelNotFound("there is no such model")), max_units=2
    )
    assert {item.file_name: item.reason for item in stream[-1].unreviewed_files} == {
        **dict.fromkeys(RISKIEST[:2], "model_error"),
        **dict.fromkeys(RISKIEST[2:], "unit_limit"),
    }
    assert code == 3


def test_a_file_that_the_limit_cuts_is_not_reviewed(repo: Repo):
    repo.write(FILE, "".join(f"value_{n} = compute({n})  # {'x' * 60}\n" for n in range(200)))
    whole = Scripted()
    assert run(repo, whole, cache="off")[1] == 0
    cut = Scripted()
    stream, code = run(repo, cut, max_units=len(whole.prompts) - 1, cache="off")
    assert len(cut.prompts) == len(whole.prompts) - 1
    assert [(item.file_name, item.reason) for item in stream[-1].unreviewed_files] == [
        (FILE, "unit_limit")
    ]
    assert (stream[-1].reviewed_files, code) == ([], 3)


def test_a_limit_that_is_not_reached_changes_nothing(repo: Repo):
    assert run(repo, Scripted(wrong), max_units=1)[1] == 0
    stream, code = run(repo, Scripted(wrong), max_units=7, cache="off")
    assert (len(found(stream)), stream[-1].outcome, code) == (1, "completed", 0)


def test_without_a_model_the_limit_says_nothing(repo: Repo):
    many(repo)
    stream, code = run(repo, Scripted(), analyzers=None, engine="none", max_units=1)
    assert (stream[0].units, stream[-1].unreviewed_files, code) == (0, [], 0)


COLUMN = "ALTER TABLE orders RENAME COLUMN shipped_at TO dispatched_at_utc;\n"
ORDER = "class Order:\n    shipped_at = dispatched_at_utc = None\n"


def across(prompt):
    """Finds the old column only where the migration is in sight."""
    both = (
        "both say" in prompt.user
        and "look only at how this change and the other changed lines" in prompt.user
    )
    quote = {"fileName": "db/2.sql", "quote": COLUMN.strip(), "line": 1, "why": "renames it"}
    return reply(finding(ORDER.split("\n")[1], "order.py", evidence=[quote])) if both else NOTHING


def test_what_only_two_files_together_show(repo: Repo):
    repo.write("db/2.sql", COLUMN)
    repo.write("order.py", ORDER)
    repo.write(FILE, OLD)
    model = Scripted(across)
    stream, code = run(repo, model, effort="medium")
    (said,) = found(stream)
    assert (said.file_name, said.start_line, said.evidence[1].file_name, code) == (
        "order.py",
        2,
        "db/2.sql",
        0,
    )
    again = Scripted(across)
    assert (run(repo, again, effort="medium", show_rejected=True)[1], again.prompts) == (0, [])
    low = Scripted(across)
    assert (found(run(repo, low, effort="low", cache="off")[0]), len(low.prompts)) == ([], 2)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("late", [0, 1])
def test_on_lines_that_two_units_show_the_first_one_speaks(repo: Repo, concurrency: int, late: int):
    body = [f"value_{n} = compute({n})  # {'x' * 60}" for n in range(200)]
    repo.write(FILE, "\n".join(body) + "\n")
    plain = Scripted()
    run(repo, plain, cache="off")
    shown = [[line for line in body if f"+ {line}" in prompt.user] for prompt in plain.prompts]
    (line, *_) = [line for line in shown[0] if line in shown[1]]

    class Late(Scripted):
        async def complete(self, prompt, schema, **more):
            number = next(
                (at for at, lines in enumerate(shown) if f"+ {lines[-1]}" in prompt.user), 0
            )
            await asyncio.sleep(0.1 if number == late else 0)
            self.answer = lambda prompt: (
                reply(finding(line, FILE, problem=f"part {number} says so"))
                if number < 2
                else NOTHING
            )
            return await super().complete(prompt, schema, **more)

    stream, _ = run(repo, Late(concurrency=concurrency), cache="off")
    assert [item.comment for item in found(stream)] == ["part 0 says so"]


def test_what_only_the_second_unit_says_of_a_shared_line_is_said(repo: Repo):
    body = [f"value_{n} = compute({n})  # {'x' * 60}" for n in range(200)]
    repo.write(FILE, "\n".join(body) + "\n")
    plain = Scripted()
    run(repo, plain, cache="off")
    shown = [[line for line in body if f"+ {line}" in prompt.user] for prompt in plain.prompts]
    (line, *_) = [line for line in shown[0] if line in shown[1]]
    second = Scripted(
        lambda prompt: reply(finding(line, FILE)) if f"+ {shown[1][-1]}" in prompt.user else NOTHING
    )
    assert [item.start_line for item in found(run(repo, second, cache="off")[0])] == [
        body.index(line) + 1
    ]


@pytest.mark.parametrize("concurrency", [1, 16])
@pytest.mark.parametrize("across_first", [False, True])
def test_what_waits_is_said_in_one_order(repo: Repo, concurrency: int, across_first: bool):
    """The second unit and its look across files both speak about a line that the first unit shows,
    but does not mind; the first word is that of the plain look, whoever is answered first."""
    body = [f"value_{n} = compute({n})  # {'x' * 60}" for n in range(60)]
    body[50] = "dispatched_at_utc = shipped_at_utc = 1"
    repo.write("order.py", "\n".join(body) + "\n")
    repo.write("renamed.py", "renamed = ['shipped_at_utc', 'dispatched_at_utc']\n")
    repo.write(FILE, OLD)
    plain = Scripted()
    run(repo, plain, cache="off", effort="medium")
    shown = [[line for line in body if f"+ {line}" in prompt.user] for prompt in plain.prompts]
    first, last = (next(lines for lines in shown if body[at] in lines) for at in (0, 50))
    (line, *_) = [line for line in first if line in last]

    class Ordered(Scripted):
        async def complete(self, prompt, schema, **more):
            beside = "look only at how" in prompt.user
            more.get("first_token", bool)()  # the others start meanwhile
            await asyncio.sleep(
                0.5 if f"+ {body[50]}" in prompt.user and beside != across_first else 0
            )
            return await super().complete(prompt, schema, **more)

    def answer(prompt):
        said = f"{'across' if 'look only at how' in prompt.user else 'plain'} says so"
        mine = f"+ {body[50]}" in prompt.user and f"+ {line}" in prompt.user
        return reply(finding(line, "order.py", problem=said)) if mine else NOTHING

    model = Ordered(answer, concurrency=concurrency)
    stream, _ = run(repo, model, cache="off", effort="medium")
    assert any("look only at how" in prompt.user for prompt in model.prompts)
    assert [item.comment for item in found(stream)] == ["plain says so"]


@pytest.mark.parametrize("late", ["contracts", "tests"])
def test_the_lenses_of_a_unit_are_judged_in_one_order(repo: Repo, late: str):
    class Ordered(Scripted):
        async def complete(self, prompt, schema, **more):
            at = schema.name == "reply" and ends[late] in prompt.user
            more.get("first_token", bool)()  # the others start meanwhile
            await asyncio.sleep(0.5 if at else 0)
            return await super().complete(prompt, schema, **more)

    ends = {
        name: resources.text(f"prompts/review/lenses/{name}.md").strip()
        for name in ("contracts", "tests")
    }

    def answer(prompt):
        name = next((name for name in ends if ends[name] in prompt.user), "")
        if not name:
            return NOTHING
        lines = ["    return x + 2" if name == "tests" else "    return x + 3"]
        return reply(
            finding("    return x + 1", FILE, oldLines=["    return x + 1"], newLines=lines)
        )

    stream, _ = run(repo, Ordered(answer, concurrency=8), cache="off", effort="high")
    assert ["+    return x + 3" in item.patch.diff for item in found(stream)] == [True]


@pytest.mark.parametrize("remembered", [False, True])
def test_what_an_analyzer_says_is_not_said_again_however_quick_the_model_is(
    repo: Repo, remembered: bool
):
    repo.write(FILE, "def f(x):\n    return x + undefined_name\n")
    model = Scripted(
        lambda prompt: reply(
            finding("    return x + undefined_name", FILE, problem="It is undefined.")
        )
    )
    for _ in range(2 if remembered else 1):
        stream, _ = run(repo, model, analyzers=("ruff",), show_rejected=True)
    assert [item.source for item in found(stream)] == ["analyzer:ruff"]


def test_old_code_that_something_else_has_broken_since_is_not_held_back(repo: Repo):
    repo.git("checkout", "-q", "-f", "-B", "work", "main")
    repo.commit({"order.py": ORDER, FILE: OLD})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"db/2.sql": COLUMN})
    stream, _ = run(repo, Scripted(across), effort="medium", baseline_commit=commit)
    assert [(item.file_name, item.start_line) for item in found(stream)] == [("order.py", 2)]
