"""The interactive report as it is used: keys in, the cells of the screen and the bytes of the
worktree out."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from support.event_cases import complete, context, finding, many
from support.pipeline import found
from support.pipeline import run as run_pipeline
from support.repo import Repo
from support.screens import lines, play, rendered, scripted, session, settled, shown, staged
from support.scripted import NOTHING, Scripted, reply
from support.scripted import finding as said
from textual.events import Key

from reviewer.doors.tui.actions import Desk, remembered
from reviewer.doors.tui.detail import detail
from reviewer.errors import Exit
from reviewer.events import Heartbeat, Status
from reviewer.fixes import journal

OLD = "def f(x):\n    return x\n"
NEW = "def f(x):\n    return x + 1\n"
FIXED = "def f(x):\n    return x - 1\n"
KEYS = "a apply  u undo  d dismiss  y copy  e edit  / find  g group  ? help  q quit"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "githome")
    made.commit({"a.py": OLD, "b.py": OLD})
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", NEW)
    return made


def wrong(title="It is wrong", **fields):
    """A model that says one thing about a.py, with a replacement."""
    fix = {"oldLines": ["    return x + 1"], "newLines": ["    return x - 1"]}
    return Scripted(
        lambda prompt: reply(said("    return x + 1", "a.py", title=title, **fix, **fields))
    )


def files(repo: Repo) -> list[str]:
    return [(repo.path / name).read_text() for name in ("a.py", "b.py")]


def test_a_review_from_its_start_to_a_fix_and_back(repo: Repo):
    async def script(app, pilot):
        screen = await settled(app, pilot)
        assert screen[0].startswith("1 finding · by severity   everything on work against main (")
        assert screen[1:3] == ["major  1", "  a.py:2  It is wrong"]
        pane = screen.index("─" * 80)
        assert screen[pane + 1 : pane + 7] == [
            "MAJOR  It is wrong",
            "a.py:2  new",
            app.items[app.chosen].finding.source + " · correctness · " + app.chosen,
            "",
            " 1 │ def f(x):",
            "▸2 │     return x + 1",
        ]
        assert screen[-2:] == ["1 finding in 1 file: 1 major", KEYS]
        await pilot.press("a")
        screen = await settled(app, pilot)
        assert files(repo) == [FIXED, OLD]
        assert (screen[2], screen[-1]) == (
            "✓ a.py:2  It is wrong",
            "applied to a.py; u undoes it",
        )
        assert "fix applied (u undoes it)" in screen[screen.index("─" * 80) + 2]
        await pilot.press("u")
        screen = await settled(app, pilot)
        assert files(repo) == [NEW, OLD]
        assert (screen[2], screen[-1]) == ("  a.py:2  It is wrong", f"undone: {app.chosen}")
        await pilot.press("u")
        assert (await settled(app, pilot))[-1] == "no fixes to undo here; see: reviewer undo --list"
        await pilot.press("q")

    app = play(session(repo, start=scripted(repo, wrong(), analyzers=("ruff",))), script)
    assert (app.code, app.return_code, files(repo)) == (0, 0, [NEW, OLD])


def test_what_is_dismissed_does_not_come_back_until_it_is_opened_again(repo: Repo):
    async def script(app, pilot):
        await settled(app, pilot)
        await pilot.press("d", *"[q]", "backspace", "enter")
        screen = await settled(app, pilot)
        assert (screen[2], screen[-1]) == ("– a.py:2  It is wrong", f"dismissed {app.chosen}")
        assert "dismissed (o reopens it): [q" in screen[screen.index("─" * 80) + 2]
        assert [(each.state, each.reason) for each in remembered(app.desk)[0]] == [
            ("dismissed", "[q")
        ]
        await pilot.press("a")
        assert (await settled(app, pilot))[-1] == f"not applied: {app.chosen} is dismissed"
        await pilot.press("r")
        screen = await settled(app, pilot)
        assert screen[0].startswith("0 findings · by severity")
        assert screen[-2] == "No issues found in 1 file"
        app.items = {each.id: each for each in remembered(app.desk)[0]}
        app.draw()
        await pilot.press("o")
        assert (await settled(app, pilot))[-1].startswith("reopened: ")
        await pilot.press("r")
        assert (await settled(app, pilot))[2] == "· a.py:2  It is wrong"
        await pilot.press("d", "escape", "d", "enter")
        screen = await settled(app, pilot)
        assert screen[-1] == "give a reason of at most 2000 characters: --reason TEXT"
        assert screen[2] == "· a.py:2  It is wrong"

    play(session(repo, start=scripted(repo, wrong())), script)
    assert files(repo) == [NEW, OLD]


def test_findings_appear_while_the_review_runs(repo: Repo):
    async def go():
        start, go_on = staged(
            context(units=4),
            Status(phase="analyzing", status="reviewing"),
            finding(1, severity="minor"),
            Heartbeat(elapsed_seconds=9, units_done=2, units_total=4),
            finding(2, severity="critical", title="Second"),
            complete(findings=2, exit_code=1),
            code=1,
        )
        async with shown(session(repo, start=start)) as (app, pilot):
            seen = []
            for _ in range(5):
                go_on()
                await pilot.pause()
                screen = lines(app)
                seen.append((screen[0][:11], screen[2].strip(), screen[-2]))
            assert seen == [
                ("0 findings ", "", "reading the change · 0 findings · 0:00"),
                ("0 findings ", "", "reviewing · 0 findings · 0:00"),
                (
                    "1 finding ·",
                    "shop/cart.py:3  The loop never ends",
                    "reviewing · 1 finding · 0:00",
                ),
                (
                    "1 finding ·",
                    "shop/cart.py:3  The loop never ends",
                    "reviewing · 2 of 4 units · 1 finding · 0:00",
                ),
                (
                    "2 findings ",
                    "shop/cart.py:3  Second",
                    "reviewing · 2 of 4 units · 2 findings · 0:00",
                ),
            ]
            for key in "aduore":
                await pilot.press(key)
                assert (
                    lines(app)[-1]
                    == "not while the review is running: ^C stops it and keeps finished work"
                    or key == "o"
                )
            go_on()
            screen = await settled(app, pilot)
            assert screen[-2] == "2 findings in 2 files: 1 critical, 1 minor · exit 1"
            await pilot.press("q")
        return app

    app = asyncio.run(go())
    assert app.code == 1


def test_the_highlight_stays_at_the_top_until_a_key_is_pressed_and_then_on_its_finding(repo: Repo):
    async def go():
        late = finding(3, severity="critical", title="Latest")
        start, go_on = staged(
            finding(1, severity="minor", title="First"), finding(2, title="Next"), late
        )
        async with shown(session(repo, start=start)) as (app, pilot):
            go_on(), go_on()
            await pilot.pause()
            assert app.item().finding.title == "Next"
            await pilot.press("j")
            assert app.item().finding.title == "First"
            go_on()
            await settled(app, pilot)
            assert app.item().finding.title == "First"
            assert "MINOR  First" in rendered(app)

    asyncio.run(go())


@pytest.mark.parametrize("key", ["ctrl+c", "q"])
def test_stopping_ends_the_review_with_its_code(repo: Repo, key: str):
    """The model hangs, so only the key can end it; what the analyzers did stays on the screen after
    Ctrl-C."""
    model = Scripted(delay=3600)

    async def go():
        async with shown(session(repo, start=scripted(repo, model))) as (app, pilot):
            async with asyncio.timeout(20):
                while not model.prompts:
                    await pilot.pause()
            assert lines(app)[-2].startswith("reviewing · ")
            await pilot.press(key)
            screen = await settled(app, pilot)
            if key == "ctrl+c":
                assert app.is_running
                assert any(
                    line.startswith("INCOMPLETE: the only file was not reviewed; no findings")
                    for line in screen
                )
                assert "exit 130" in "".join(screen)
                await pilot.press("ctrl+c")
        return app

    app = asyncio.run(go())
    assert (app.code, model.cancelled, model.closed) == (Exit.INTERRUPTED, 1, True)


def test_a_second_time_leaves_at_once(repo: Repo):
    async def hang(emit, held):
        await asyncio.sleep(3600)
        return 0

    async def script(app, pilot):
        await pilot.press("ctrl+c")
        assert lines(app)[-2] == "stopping; finished work is kept · 0 findings · 0:00"
        await pilot.press("q")

    app = play(session(repo, start=hang), script)
    assert (app.code, app.live.over) == (Exit.INTERRUPTED, False)


def test_a_stop_before_the_review_has_begun_counts(repo: Repo):
    model, gate = wrong(), asyncio.Event()

    async def late(emit, held):
        await gate.wait()
        return await scripted(repo, model)(emit, held)

    async def script(app, pilot):
        await pilot.press("ctrl+c")
        gate.set()
        screen = await settled(app, pilot)
        assert screen[-2] == "error: interrupted before anything was reviewed"

    app = play(session(repo, start=late), script)
    assert (app.code, model.prompts) == (Exit.INTERRUPTED, [])


def test_what_was_not_reviewed_never_looks_clean(repo: Repo):
    async def script(app, pilot):
        screen = await settled(app, pilot)
        assert (
            "INCOMPLETE: the only file was not reviewed; no findings so far · exit 3"
            in " ".join(screen)
        )
        assert "No issues found" not in "".join(screen)
        text = "\n".join(screen)
        assert (
            "unreviewed  1 file: 1 the model's reply could not be used\n              a.py  the"
            " model's" in text
        )

    app = play(session(repo, start=scripted(repo, Scripted(lambda prompt: "not json"))), script)
    assert app.code == Exit.INCOMPLETE


def test_an_error_is_the_last_word(tmp_path: Path):
    nowhere = Repo(tmp_path / "none", tmp_path / "home", init=False)
    nowhere.path.mkdir()

    async def script(app, pilot):
        screen = await settled(app, pilot)
        assert "error: " in "".join(screen[-4:])
        assert "repository" in "".join(screen[-4:])
        await pilot.press("a", "d", "y", "e", "i", "o")
        await settled(app, pilot)

    app = play(session(nowhere, start=scripted(nowhere, wrong())), script)
    assert (app.code, app.return_code or 0) == (Exit.CANNOT_RUN, 0)


def test_a_report_that_cannot_be_written_is_no_verdict(repo: Repo):
    async def full(emit, held):
        emit(context())
        raise OSError(28, "No space left on device")

    async def script(app, pilot):
        screen = await settled(app, pilot)
        assert screen[-1] == "cannot write the report: No space left on device"
        assert "the run ended without a result" in screen[-2]

    assert play(session(repo, start=full), script).code == Exit.CANNOT_RUN


def test_the_same_findings_as_without_a_screen(repo: Repo):
    model = Scripted(lambda prompt: reply(said("    return x + 1", "a.py")))
    stream, code = run_pipeline(repo, model)

    async def script(app, pilot):
        await settled(app, pilot)
        seen = [item.finding.model_copy(update={"state": "new"}) for item in app.items.values()]
        assert seen == found(stream)

    assert play(session(repo, start=scripted(repo, model, cache="off")), script).code == code


def test_groups_filters_and_words(repo: Repo):
    findings = [
        finding(1, severity="critical", title="Tax", file_name="b.py", category="security"),
        finding(2, severity="minor", title="Loop", file_name="a.py", start_line=7),
        finding(3, severity="minor", title="Spelling", file_name="a.py", state="open"),
    ]

    async def script(app, pilot):
        async def after(*keys):
            await pilot.press(*keys)
            await pilot.pause()
            screen = lines(app)
            return [screen[0], *screen[1 : screen.index("─" * 80)]]

        def listed(screen):
            return [line.strip() for line in screen[1:] if line]

        assert listed(await after("home")) == [
            "critical  1",
            "b.py:3  Tax",
            "minor  2",
            "· a.py:3  Spelling",
            "a.py:7  Loop",
        ]
        assert listed(await after("g")) == [
            "a.py  2",
            "· minor        :3  Spelling",
            "minor        :7  Loop",
            "b.py  1",
            "critical     :3  Tax",
        ]
        assert (await after("g", "s"))[:3] == [
            "1 of 3 findings · by severity · critical only",
            "critical  1",
            "  b.py:3  Tax",
        ]
        assert (await after("s", "s", "s", "s", "f", "f"))[:3] == [
            "1 of 3 findings · by severity · open",
            "minor  1",
            "· a.py:3  Spelling",
        ]
        assert (await after("escape"))[0] == "3 findings · by severity"
        assert (await after("t", "t"))[0] == "1 of 3 findings · by severity · security"
        await after("escape", "slash", *"lo q")
        assert lines(app)[0] == "0 of 3 findings · by severity · /lo q"
        assert "No finding matches: escape shows all." in rendered(app)
        await after("backspace", "backspace", "enter")
        assert lines(app)[:3] == [
            "1 of 3 findings · by severity · /lo",
            "minor  1",
            "  a.py:7  Loop",
        ]
        assert lines(app)[-1] == KEYS
        await after("slash", "escape")
        assert lines(app)[0] == "3 findings · by severity"

    play(session(repo, *findings), script)


HOSTILE = "[red]x[/red] \x1b]52;c;ZXZpbA==\x07\x1b[2J\u202e[@click=app.quit]y[/]"


def test_nothing_that_others_wrote_is_markup_or_steers_the_terminal(repo: Repo):
    evidence = [
        {"file_name": HOSTILE, "start_line": 3, "end_line": 3, "quote": HOSTILE, "why": HOSTILE}
    ]
    bad = finding(
        1,
        title=HOSTILE,
        file_name=HOSTILE,
        comment=HOSTILE,
        failure_scenario=HOSTILE,
        evidence=evidence,
        codegen_instructions=HOSTILE,
        suggestions=[HOSTILE],
        rule=HOSTILE,
        source=HOSTILE,
    )
    start, go_on = staged(
        context(current_branch=HOSTILE, model=HOSTILE, units=1),
        bad,
        complete(findings=1, message=HOSTILE, outcome="completed_with_warnings"),
    )

    async def script(app, pilot):
        go_on(), go_on(), go_on()
        await settled(app, pilot)
        for keys in ((), ("g",), ("i",), ("a",), ("d", "enter"), ("e",)):
            await pilot.press(*keys)
            await settled(app, pilot)
            cells = rendered(app)
            assert all(char == "\n" or char.isprintable() for char in cells), keys
            assert "\u202e" not in cells
            assert (
                "[red]x[/red] \\u{1b}]52;c;ZXZpbA==\\u{7}\\u{1b}[2J\\u{202e}[@click=app.quit]y[/]"[
                    :40
                ]
                in cells
            ), keys
        assert app.is_running

    play(session(repo, start=start), script, size=(200, 60))


def test_five_hundred_findings(repo: Repo):
    events = [*many(500)]
    start, go_on = staged(*events)

    async def script(app, pilot):
        for _ in events:
            go_on()
        screen = await settled(app, pilot)
        assert screen[0].startswith("500 findings · by severity")
        assert app.listed.option_count == 505
        await pilot.press("end")
        assert app.item().finding.severity == "info"
        assert f"INFO  {app.item().finding.title}" in rendered(app)
        await pilot.press("g", "home")
        assert app.item().finding.file_name == "src/m0.py"
        await pilot.press("slash", *"m7", "enter")
        assert lines(app)[0].startswith("50 of 500 findings")
        await pilot.press("escape", "s")
        assert lines(app)[0].startswith("100 of 500 findings · by file · critical only")

    play(session(repo, start=start), script)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (24, 10), (200, 50), (119, 24), (120, 24)])
def test_every_size_shows_the_list_the_code_and_the_verdict(repo: Repo, size: tuple[int, int]):
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 3,
        "end_line": 3,
        "quote": "x = " + "y" * 150,
        "why": "",
    }

    async def script(app, pilot):
        await pilot.resize_terminal(*size)
        await pilot.pause()
        screen = lines(app)
        assert all(len(line) <= size[0] for line in screen)
        assert len(screen) == size[1]
        text = rendered(app)
        assert "shop/cart.py" in screen[2]
        assert "MAJOR" in text
        assert "the last run here" in text
        assert app.pane.max_scroll_x == 0
        told = detail(app.item(), app.pane.columns, None)
        assert app.pane.query_one("#text").size.height == len(told)  # no line is wrapped once more
        app.pane.scroll_to(
            y=next(at for at, line in enumerate(told) if "yyy" in str(line)), animate=False
        )
        await pilot.pause()
        assert any("yyy" in line for line in lines(app))
        app.pane.scroll_end(animate=False)
        await pilot.pause()
        assert "Raise it." in rendered(app)

    play(session(repo, finding(1, evidence=[quote])), script)


def test_wide_terminals_have_the_text_beside_the_list(repo: Repo):
    async def script(app, pilot):
        screen = lines(app)
        assert "major  1" in screen[1]
        assert "MAJOR  The loop never ends" in screen[1]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert lines(app)[1] == "major  1"

    play(session(repo, finding(1)), script, size=(140, 30))


def test_no_colour_where_none_is_wanted(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    def styled():
        async def script(app, pilot):
            seen.append(rendered(app, styles=True))

        seen: list[str] = []
        play(session(repo, finding(1, severity="critical"), finding(2)), script)
        return seen[0]

    import re

    codes = set(re.findall(r"\x1b\[([0-9;]*)m", styled()))
    assert codes
    assert {part for code in codes for part in code.split(";")} <= {
        "",
        "0",
        "1",
        "2",
        "4",
        "7",
        "39",
        "49",
    }
    monkeypatch.delenv("NO_COLOR")
    codes = {part for code in re.findall(r"\x1b\[([0-9;]*)m", styled()) for part in code.split(";")}
    assert "31" in codes
    assert not codes & {"38", "48"}  # only the palette of the terminal, which its user has chosen


def test_the_other_keys(repo: Repo):
    async def script(app, pilot):
        await pilot.press("y")
        assert app.clipboard == app.item().finding.codegen_instructions
        assert lines(app)[-1].startswith("copied the instructions for 000000000001")
        await pilot.press("question_mark")
        assert "u  undo the last fix" in rendered(app)
        assert len(app.screen_stack) == 2
        app.draw_status()  # what goes on behind it does not mind
        await pilot.press("x")
        assert len(app.screen_stack) == 1
        await pilot.press("r")
        assert (
            lines(app)[-1]
            == "these are findings of earlier runs; to review: reviewer --interactive"
        )
        await pilot.press("c")
        assert lines(app)[-1].startswith("copied")
        await pilot.press("e")
        assert lines(app)[-1].startswith("cannot open the editor: ")
        await pilot.press("i")
        assert "MAJOR" in rendered(app)
        await pilot.press("enter", "end")
        assert app.pane.has_focus
        await pilot.press("escape")
        assert app.listed.has_focus
        await pilot.press("q")

    app = play(session(repo, finding(1, file_name="a.py")), script)
    assert app.code == 0


def test_keys_that_are_typed_ahead_are_done_in_their_order(repo: Repo):
    """The keys behind a `d` are the reason, even where they are there before the line to write in
    is."""

    async def script(app, pilot):
        for key in "dqra":
            app.post_message(Key(key, key))
        await pilot.pause()
        assert (app.prompt.value, app.is_running, lines(app)[2]) == (
            "qra",
            True,
            "  a.py:3  The loop never ends",
        )

    play(session(repo, finding(1, file_name="a.py")), script)
    assert files(repo) == [NEW, OLD]


def test_one_thing_after_the_other(repo: Repo):
    """While a fix waits for another program that writes fixes, nothing else is begun, and it is
    done all the same."""

    async def script(app, pilot):
        await settled(app, pilot)
        with journal.locked(repo.path):
            await pilot.press("a", "u")
            assert lines(app)[-1] == "one moment: the last action is still running"
            await pilot.press("r")
            assert lines(app)[-1] == "one moment: the last action is still running"
            assert files(repo) == [NEW, OLD]
        screen = await settled(app, pilot)
        assert (files(repo), screen[-1]) == ([FIXED, OLD], "applied to a.py; u undoes it")

    play(session(repo, start=scripted(repo, wrong(), analyzers=("ruff",))), script)


def test_the_text_scrolls_from_the_list(repo: Repo):
    async def script(app, pilot):
        before = lines(app)
        assert app.pane.scroll_y == 0
        await pilot.press("space")
        assert app.pane.scroll_y == app.pane.size.height - 1
        assert lines(app)[:3] == before[:3]
        await pilot.press("b")
        assert lines(app) == before
        await pilot.press("space", "j", "k")
        assert app.pane.scroll_y == 0  # another finding is shown from its beginning

    play(session(repo, finding(1, comment="word " * 400), finding(2)), script)


def test_nothing_remembered(repo: Repo):
    async def script(app, pilot):
        assert lines(app)[-2:] == ["No findings recorded here", KEYS]
        await pilot.press("a", "d", "o", "y", "e", "i", "space", "j", "g", "s")
        await settled(app, pilot)
        assert lines(app)[-2] == "No findings recorded here"

    assert play(session(repo), script).code == 0


def test_a_run_without_changes(repo: Repo):
    repo.write("a.py", OLD)

    async def script(app, pilot):
        said = " ".join((await settled(app, pilot))[-3:-1])
        assert said == (
            "Nothing to review  No changes detected. The last commit: `reviewer --commit HEAD`."
        )

    assert (
        play(session(repo, start=scripted(repo, Scripted(lambda prompt: NOTHING))), script).code
        == 0
    )


def test_the_memory_of_a_review_is_what_findings_shows(repo: Repo):
    run_pipeline(repo, wrong(), analyzers=("ruff",))
    (item,), _ = remembered(Desk(repo.path, dict(os.environ)))

    async def script(app, pilot):
        assert lines(app)[2] == "  a.py:2  It is wrong"
        await pilot.press("a")
        await settled(app, pilot)

    play(session(repo, item.finding), script)
    assert files(repo) == [FIXED, OLD]
