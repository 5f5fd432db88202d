from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import config, memory, resources, verdict
from reviewer.cli import options
from reviewer.cli.review import review
from reviewer.errors import ConfigError, ModelNotFound, UsageError
from reviewer.memory import listing
from reviewer.pipeline.plan import Request
from reviewer.types import Scope

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


def dismissed(repo: Repo) -> bytes:
    """The baseline file of somebody who has dismissed the finding."""
    (said,) = found(run(repo, Scripted(wrong))[0])
    with memory.open_store({}) as store:
        key = memory.repository_key(repo.path / ".git")
        memory.dismiss(store, key, said.id, "meant so")
        entries = [each.dismissal for each in listing.remembered(store, key) if each.dismissal]
    return memory.dump_baseline(entries)


def held(stream):
    complete = stream[-1]
    return len(found(stream)), complete.outcome, complete.message


def test_a_baseline_of_the_base_revision_holds_for_everybody(repo: Repo, state):
    data = dismissed(repo)
    repo.git("stash", "-q")
    repo.git("checkout", "-q", "main")
    repo.commit({BASELINE: data})
    repo.git("checkout", "-q", "-B", "work")
    repo.git("stash", "pop", "-q")
    state("another")
    assert len(found(run(repo, Scripted(wrong))[0])) == 1  # only when it is asked for
    stream, code = run(repo, Scripted(wrong), baseline=BASELINE, fail_on="major")
    assert (held(stream), code) == ((0, "completed", "Review completed"), 0)
    below = [str(repo.path / BASELINE), f"shop/../{BASELINE}"]
    assert [len(found(run(repo, Scripted(wrong), baseline=name)[0])) for name in below] == [0, 0]
    repo.write(BASELINE, b"")  # what the change makes of the file does not count
    assert found(run(repo, Scripted(wrong), baseline=BASELINE)[0]) == []


def test_a_change_cannot_dismiss_its_own_findings(repo: Repo, state):
    data = dismissed(repo)
    state("another")
    repo.write(BASELINE, data)
    repo.git("add", BASELINE)
    repo.git("commit", "-qm", "silence")
    stream, code = run(repo, Scripted(wrong), baseline=BASELINE, fail_on="major")
    assert [item.start_line for item in found(stream)] == [2]
    assert (stream[-1].outcome, code) == ("completed_with_warnings", 1)
    base = repo.head("main")[:12]
    assert (
        f"{BASELINE} is not in the base revision ({base}): it holds for changes that come after it"
        in (stream[-1].message)
    )


def test_lines_of_a_baseline_that_say_nothing_are_counted(repo: Repo, state):
    data = dismissed(repo) + b"{}\nnot json\n"
    state("another")
    repo.git("stash", "-q")
    repo.commit({BASELINE: data})
    repo.git("stash", "pop", "-q")
    repo.git("branch", "-f", "main", "work")
    stream, _ = run(repo, Scripted(wrong), baseline=BASELINE)
    assert held(stream)[:2] == (0, "completed_with_warnings")
    assert f"lines of {BASELINE} that are no dismissals: 2" in stream[-1].message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.jsonl", "--baseline: no nowhere.jsonl at the base ("),
        ("../outside.jsonl", "--baseline: ../outside.jsonl is not a file inside the repository"),
        ("/etc/passwd", "--baseline: /etc/passwd is not a file inside the repository"),
        (".", "--baseline: . is not a file inside the repository"),
    ],
)
def test_a_baseline_must_be_a_file_of_the_repository(
    repo: Repo, tmp_path: Path, name: str, said: str
):
    (tmp_path / "outside.jsonl").write_text("")
    model = Scripted(wrong)
    stream, code = run(repo, model, baseline=name)
    assert (stream[-1].error_type, code, model.prompts) == ("usage", 2, [])
    assert stream[-1].message.startswith(said)


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


@pytest.mark.parametrize("late", ["correctness", "tests"])
def test_the_lenses_of_a_unit_are_judged_in_one_order(repo: Repo, late: str):
    class Ordered(Scripted):
        async def complete(self, prompt, schema, **more):
            at = schema.name == "reply" and prompt.user.rstrip().endswith(ends[late])
            more.get("first_token", bool)()  # the others start meanwhile
            await asyncio.sleep(0.5 if at else 0)
            return await super().complete(prompt, schema, **more)

    ends = {
        name: resources.text(f"prompts/review/lenses/{name}.md").strip()
        for name in ("correctness", "tests")
    }

    def answer(prompt):
        name = next((name for name in ends if prompt.user.rstrip().endswith(ends[name])), "")
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


def aged(repo: Repo) -> str:
    """A branch with an old defect, the baseline commit, and a new one; the commit."""
    repo.git("checkout", "-q", "-f", "-B", "work", "main")
    repo.commit({"old.py": "import os\n\n\ndef old():\n    return missing_one\n", FILE: OLD})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"new.py": "def new():\n    return missing_two\n"})
    return commit


def test_what_was_there_at_the_baseline_commit_is_held_back(repo: Repo):
    commit = aged(repo)
    model = Scripted(
        lambda prompt: reply(finding("def old():", "old.py"), finding("def new():", "new.py"))
    )
    for _ in range(2):  # the second time from memory
        stream, code = run(repo, model, analyzers=None, baseline_commit=commit)
        assert {(item.file_name, item.source) for item in found(stream)} == {
            ("new.py", "analyzer:ruff"),
            ("new.py", "model"),
        }
        assert (sorted(stream[-1].reviewed_files), stream[-1].resolved, code) == (
            ["new.py", "old.py"],
            [],
            0,
        )
    assert len(found(run(repo, model, analyzers=None)[0])) == 4


def test_what_broke_before_the_baseline_commit_on_lines_that_nobody_touched_is_held_back(
    repo: Repo,
):
    repo.git("checkout", "-q", "-f", "main")
    repo.commit(
        {"lib.py": "def helper():\n    pass\n", "old.py": "from lib import helper\n\nhelper()\n"}
    )
    repo.git("checkout", "-q", "-B", "work")
    repo.commit({"lib.py": "def renamed():\n    pass\n"})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"new.py": "def new():\n    return missing_two\n"})
    places = [
        [
            (item.file_name, item.in_diff)
            for item in found(run(repo, Scripted(), analyzers=None, **more)[0])
        ]
        for more in ({}, {"baseline_commit": commit})
    ]
    assert [sorted(each) for each in places] == [
        [("new.py", True), ("old.py", False)],
        [("new.py", True)],
    ]


def test_what_broke_since_on_old_lines_is_not_held_back(repo: Repo):
    repo.git("checkout", "-q", "-f", "main")
    repo.commit({"lib.py": "def helper():\n    pass\n"})
    repo.git("checkout", "-q", "-B", "work")
    repo.commit({"old.py": "from lib import helper\n\nhelper()\n"})
    commit = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"lib.py": "def renamed():\n    pass\n"})
    stream, _ = run(repo, Scripted(), analyzers=None, baseline_commit=commit)
    assert [(item.file_name, item.start_line, item.source) for item in found(stream)] == [
        ("old.py", 1, "analyzer:ty")
    ]


def test_a_baseline_commit_that_is_none(repo: Repo):
    stream, code = run(repo, Scripted(), baseline_commit="nowhere")
    assert (stream[-1].type, stream[-1].error_type, code) == ("error", "bad_base", 4)
    assert stream[-1].message.startswith(
        "no such commit: nowhere; name an existing branch, tag or commit with --baseline-commit"
    )
    with pytest.raises(UsageError, match="--baseline-commit and --diff exclude each other"):
        options.overrides(given("--baseline-commit", "HEAD", "--diff", "-"))


def test_moved_code_is_said_to_be_moved_and_its_file_counts_as_reviewed(repo: Repo):
    body = "".join(f"    value = step_{n}(value)\n" for n in range(40))
    repo.git("checkout", "-q", "-f", "main")
    repo.commit({"old.py": f"import os\n\n\ndef work(value):\n{body}    return value\n"})
    repo.git("checkout", "-q", "-B", "work")
    repo.write("old.py", "import os\n")
    repo.write("new.py", f"def work(value):\n{body}    return value\n\n\nlimit = 0\n")
    model = Scripted(
        lambda prompt: (
            reply(finding("limit = 0", "new.py")) if "+ limit" in prompt.user else NOTHING
        )
    )
    stream, code = run(repo, model)
    assert [(item.file_name, item.start_line, item.location) for item in found(stream)] == [
        ("new.py", 45, "exact")
    ]
    assert (sorted(stream[-1].reviewed_files), stream[-1].outcome, code) == (
        ["new.py", "old.py"],
        "completed",
        0,
    )
    (new,) = [prompt.user for prompt in model.prompts if "+ limit" in prompt.user]
    hunks = new[new.rindex("limit = 0") - 1500 :]
    assert "unchanged, lines 1-42 come from old.py 4-45" in hunks
    assert "+     value = step_20(value)" not in new


def test_a_patch_that_claims_to_move_code_is_read_whole(repo: Repo):
    """Nobody can tell whether what it removes was ever there."""
    lines = [f"    value = step_{n}(value)" for n in range(20)]
    gone = "".join(f"-{line}\n" for line in lines)
    patch = f"--- a/never.py\n+++ b/never.py\n@@ -1,21 +1,1 @@\n import os\n{gone}"
    patch += "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,20 @@\n" + "".join(
        f"+{line}\n" for line in lines
    )
    model = Scripted()
    events = []
    request = Request(
        repo.path, Scope("diff", rev="-"), {"analyzers": (), "effort": "low"}, patch=patch.encode()
    )
    code = asyncio.run(verdict.conclude(request, events.append, choose=model.choose()))
    (new,) = [prompt.user for prompt in model.prompts if "The change to new.py" in prompt.user]
    assert (code, [line for line in lines if f" + {line}" not in new]) == (0, [])


def given(*args: str):
    return review.make_context("review", list(args)).params


def test_the_options(repo: Repo):
    assert options.overrides(given("--baseline", "b.jsonl", "--max-units", "3")) == {
        "baseline": "b.jsonl",
        "max_units": 3,
    }
    with pytest.raises(UsageError, match="--baseline and --diff exclude each other"):
        options.overrides(given("--baseline", "b.jsonl", "--diff", "x.patch"))


@pytest.mark.parametrize(
    ("name", "value"), [("max_units", 0), ("max_units", -1), ("baseline", ""), ("baseline", "a\0b")]
)
def test_settings_that_make_no_sense(name: str, value):
    with pytest.raises(ConfigError, match=f"command line: {name.replace('_', '-')}: "):
        config.load({name: value}, {})


def test_a_repository_may_set_neither(repo: Repo):
    loaded = config.load({}, {}, repository=b'baseline = "b.jsonl"\nmax-units = 1\n')
    assert (loaded.settings.baseline, loaded.settings.max_units) == (None, None)
    assert loaded.warnings == (
        ".reviewer.toml: a repository may not set baseline; ignored",
        ".reviewer.toml: a repository may not set max-units; ignored",
    )
