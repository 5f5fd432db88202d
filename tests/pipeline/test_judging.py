"""What several passes find in a file is judged once, together, whoever ends first."""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path

import pytest
from support.candidates import said, verdicts
from support.change import change
from support.patience import long_enough
from support.pipeline import found, run
from support.plans import plan_of
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import resources
from reviewer.errors import EngineUnreachable
from reviewer.pipeline.passes import make_passes

FILE = "shop/a.py"
OLD = "def f(x):\n    return x\n\n\ndef g(y):\n    return y\n\n\ndef h(z):\n    return z\n"
NEW = OLD.replace("return x", "return x / 2").replace("return y", "return y / 2")
NEW = NEW.replace("def h(z):", "def h(z, unit):")  # asked about, as something that must agree
F, G = "    return x / 2", "    return y / 2"
H = {FILE: "def h(z, unit):", "b.py": "def h(z, currency):"}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({FILE: OLD, "b.py": OLD})
    made.git("checkout", "-q", "-b", "work")
    made.write(FILE, NEW)
    return made


def lens_of(prompt) -> str:
    """The lens that a prompt ends with, `judge`, or `whole` for none."""
    if "The candidates, between the lines" in prompt.user:
        return "judge"
    names = ("contracts", "removed", "security", "tests")
    told = {name: resources.text(f"prompts/review/lenses/{name}.md").strip() for name in names}
    return next((name for name in names if told[name] in prompt.user), "whole")


def halved(quote, title="Half is lost", **fields):
    fixed = {"oldLines": [quote], "newLines": [quote.replace(" / 2", " // 2")]}
    return finding(quote, FILE, **{"title": title, **fixed, **fields})


def by_lens(**answers):
    """A model's answers by lens, `judge` among them."""
    return lambda prompt: answers.get(lens_of(prompt), NOTHING)


# Which passes


def planned(effort, *paths):
    made = change(dict.fromkeys(paths, b"x = 1\n"), dict.fromkeys(paths, b"x = 2\n"))
    passes = make_passes(plan_of(made, effort=effort), {}, {}).passes
    return [(each.unit.file.path, each.kind, each.lens, each.follows) for each in passes]


@pytest.mark.parametrize(
    ("effort", "code", "test"),
    [
        ("low", ["whole  False"], ["whole  False"]),
        ("medium", ["whole  False"], ["whole  False"]),
        (
            "high",
            [
                "whole  False",
                *(f"lens {lens} True" for lens in ("contracts", "removed", "security", "tests")),
            ],
            ["whole  False", "lens tests True"],
        ),
    ],
)
def test_the_passes_over_a_unit_follow_each_other(effort, code, test):
    expected = {
        "a.py": code,
        "conf.toml": code,
        "tests/test_a.py": test,
        "a.md": ["whole  False"],
        "dist/a.js": ["whole  False"],
    }
    assert planned(effort, *sorted(expected)) == [
        (path, *kind.split(" ")[:2], kind.endswith("True"))
        for path, kinds in expected.items()
        for kind in kinds
    ]


def test_a_pass_follows_only_one_over_its_own_unit():
    twins = planned("low", "a.py", "b.py")
    assert [follows for *_, follows in twins] == [False, False]


def test_a_pass_across_files_follows_none():
    names = b"[shipped_at_utc, dispatched_at_utc]\n"
    made = change({}, {"order.py": b"wanted = " + names, "renamed.py": b"renamed = " + names})
    *_, last = make_passes(plan_of(made, effort="medium"), {}, {}).passes
    assert (last.kind, last.unit.file.path, last.follows) == ("across", "order.py", False)


# Their order


class Noted(Scripted):
    """Notes when the passes over b.py begin, and when the first one has its first token."""

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        name = lens_of(prompt)
        about_b = "change to b.py" in prompt.user
        if about_b:
            self.events.append(name)
        if about_b and name == "whole":
            await asyncio.sleep(0.4)  # the others start meanwhile
            self.events.append("first token")
            first_token()
            async with asyncio.timeout(60):
                await self.second.wait()
        elif about_b and name == "contracts":
            self.second.set()
        return await super().complete(prompt, schema, thinking=thinking, first_token=first_token)


def test_the_second_pass_waits_for_the_first_token_of_the_first_and_no_longer(repo: Repo):
    repo.write("b.py", NEW)
    model = Noted(concurrency=8)
    model.events, model.second = [], asyncio.Event()
    _, code = run(repo, model, effort="medium")
    assert (model.events, code) == (["whole", "first token", "contracts"], 0)


class Unreachable(Scripted):
    """Fails before it has read the prompt of some pass."""

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        if lens_of(prompt) == self.fails:
            self.prompts.append(prompt)
            raise EngineUnreachable("it is gone")
        return await super().complete(prompt, schema, thinking=thinking, first_token=first_token)


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("failed", ["whole", "contracts"])
def test_a_failed_pass_keeps_nothing_from_the_other(repo: Repo, concurrency: int, failed: str):
    said_of = reply(halved(F))
    model = Unreachable(
        by_lens(whole=said_of, contracts=said_of, judge=verdicts(said(1))), concurrency=concurrency
    )
    model.fails = failed
    stream, code = run(repo, model, effort="medium", timeout=60)
    assert [lens_of(prompt) for prompt in model.prompts] == ["whole", "contracts", "judge"]
    assert [(each.title, each.confidence) for each in found(stream)] == [("Half is lost", 0.8)]
    unread = [(each.file_name, each.reason) for each in stream[-1].unreviewed_files]
    assert (unread, code) == ([(FILE, "model_error")], 3)


class Shuffled(Scripted):
    """Answers in an order that a seed decides."""

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        first_token()
        await asyncio.sleep(random.Random(f"{self.seed}{prompt.user}").random() / 20)
        return await super().complete(prompt, schema, thinking=thinking, first_token=first_token)


def many_words(prompt):
    """Both lenses say something about the same lines, and each something of its own."""
    name = lens_of(prompt)
    path = FILE if f"change to {FILE}" in prompt.user else "b.py"

    def one(quote, title, **fields):
        return finding(quote, path, title=f"{title} in {path}", **fields)

    if name == "judge":
        listed = re.findall(r"^(\d+)\. .*: (.*)", prompt.user, re.MULTILINE)
        number = {title.split(" in ")[0]: at for at, title in listed}
        of = {"Also half": number.get("Half", ""), "Another half": number.get("Also half", "")}
        return verdicts(
            *(
                said(
                    int(at),
                    sameAs=of.get(title.split(" in ")[0], ""),
                    confidence=40 + len(title),
                )
                for at, title in listed
            )
        )
    if name == "whole":
        return reply(one(F, "Half"), one(G, "Another half", severity="critical"))
    if name == "contracts":
        return reply(one(G, "A part"), one(F, "Also half"), one(H[path], "A name"))
    return NOTHING


def test_who_ends_first_decides_nothing(repo: Repo):
    repo.write("b.py", NEW.replace("h(z, unit)", "h(z, currency)"))
    expected = None
    for seed, concurrency in ((0, 1), (1, 16), (2, 16), (3, 4)):
        model = Shuffled(many_words, concurrency=concurrency)
        model.seed = seed
        stream, code = run(repo, model, effort="medium", cache="off")
        told = sorted(
            (each.model_copy(update={"state": "new"}) for each in found(stream)),
            key=lambda each: (each.file_name, each.start_line),
        )
        asked = sorted(prompt.user for prompt in model.prompts)
        expected = expected or (told, asked)
        assert (told, asked, code) == (*expected, 0)
    told, asked = expected
    assert len([prompt for prompt in model.prompts if lens_of(prompt) == "judge"]) == 2
    lines = [(each.file_name, each.start_line, len(each.places)) for each in told]
    # Line 6 has a defect of its own, too: it tells of both, and is no place of line 2.
    assert lines == [(path, *row) for path in ("b.py", FILE) for row in ((2, 0), (6, 0), (9, 0))]
    assert "\nAlso here: Half in b.py." in told[1].comment


@pytest.mark.parametrize(
    ("mark", "told"), [("K1", []), ("K2", ["It is wrong"]), ("", ["It is wrong"])]
)
def test_what_the_judge_says_an_analyzer_has_said_is_not_said_again(repo: Repo, mark: str, told):
    repo.write(FILE, NEW.replace("x / 2", "x / undefined_name"))
    quote = "    return x / undefined_name"
    answer = by_lens(whole=reply(finding(quote, FILE)), judge=verdicts(said(1, sameAs=mark)))
    stream, _ = run(repo, Scripted(answer), effort="medium", analyzers=("ruff",))
    assert [each.title for each in found(stream) if each.source == "model"] == told
    assert [each.source for each in found(stream) if each.source != "model"] == ["analyzer:ruff"]


def test_what_says_more_than_an_analyzer_takes_its_place_in_the_end(repo: Repo):
    """In the stream the analyzer's finding comes first; counted and remembered is only the other
    one, and an identical run tells only that."""
    repo.write(FILE, NEW.replace("x / 2", "x / undefined_name"))
    quote = "    return x / undefined_name"
    mended = {"oldLines": [quote], "newLines": ["    return x / 2"]}
    answer = by_lens(
        whole=reply(finding(quote, FILE, **mended)), judge=verdicts(said(1, sameAs="K1"))
    )
    for told in (["analyzer:ruff", "model"], ["model"]):
        stream, _ = run(repo, Scripted(answer), effort="medium", analyzers=("ruff",))
        last = found(stream)[-1]
        assert [each.source for each in found(stream)] == told
        assert (len(last.places), last.patch is not None, stream[-1].findings) == (1, True, 1)
    repo.write(FILE, NEW)
    stream, _ = run(repo, Scripted(), effort="medium", analyzers=("ruff",))
    assert (found(stream), stream[-1].resolved) == ([], [last.id])


def test_what_was_there_before_is_told_as_such_unless_the_user_wants_little(repo: Repo):
    answer = by_lens(
        whole=reply(halved(F), halved(G)), judge=verdicts(said(1, before="    return x"), said(2))
    )
    for profile, told in (("balanced", [True, False]), ("chill", [False])):
        stream, _ = run(repo, Scripted(answer), effort="medium", profile=profile, cache="off")
        lines = sorted((each.start_line, each.preexisting) for each in found(stream))
        assert [preexisting for _, preexisting in lines] == told


# Patches


def patched(repo: Repo, whole, contracts, *judged):
    answer = by_lens(whole=reply(*whole), contracts=reply(*contracts), judge=verdicts(*judged))
    model = Scripted(answer)
    stream, _ = run(repo, model, effort="medium", cache="off")
    assert len(model.prompts) == 3  # nobody is asked for another replacement
    return [
        (
            each.title,
            [place.start_line for place in each.places],
            re.findall(r"^\+ .*", each.patch.diff, re.MULTILINE) if each.patch else [],
        )
        for each in found(stream)
    ]


FIXED_F, FIXED_G = "+    return x // 2", "+    return y // 2"


@pytest.mark.fault("patches", "one cause in two places", "one patch mends both, in one finding")
def test_one_patch_mends_all_the_places_of_a_cause(repo: Repo):
    twin = halved(G, "The same in g")
    assert patched(repo, [halved(F)], [twin], said(1), said(2, sameAs="1")) == [
        ("Half is lost", [6], [FIXED_F, FIXED_G])
    ]
    bare = {**twin, "oldLines": [], "newLines": []}
    assert patched(repo, [halved(F)], [bare], said(1), said(2, sameAs="1")) == [
        ("Half is lost", [6], [FIXED_F])
    ]
    none = {**halved(F), "oldLines": [], "newLines": []}
    assert patched(repo, [none], [twin], said(1), said(2, sameAs="1")) == [
        ("Half is lost", [6], [])
    ]


@pytest.mark.parametrize("new", ["    return y /", "    return (x // 2)"])
def test_where_all_places_together_have_no_patch_the_first_one_has_its_own(repo: Repo, new: str):
    """The other replacement does not parse, or is about the same lines."""
    twin = halved(G, "The same in g", newLines=[new])
    if "x" in new:
        twin |= {"oldLines": [F]}
    assert patched(repo, [halved(F)], [twin], said(1), said(2, sameAs="1")) == [
        ("Half is lost", [6], [FIXED_F])
    ]


@pytest.mark.fault(
    "patches", "the model takes back one of two defects of a line", "its replacement is not offered"
)
def test_a_candidate_that_does_not_stand_gives_no_patch(repo: Repo):
    gone = halved(F, "It is a float", newLines=["    return int(x / 2)"])
    refuted = said(1, "refuted", contradiction="def f(x):")
    assert patched(repo, [gone], [halved(F)], refuted, said(2)) == [("Half is lost", [], [FIXED_F])]
    bare = {**halved(F), "oldLines": [], "newLines": []}
    assert patched(repo, [gone], [bare], refuted, said(2)) == [("Half is lost", [], [])]


def test_the_one_who_speaks_gives_the_patch_of_its_line(repo: Repo):
    first = halved(F, "It is a float", severity="minor", newLines=["    return int(x / 2)"])
    low = said(1, impact="limited")
    told = patched(repo, [first], [halved(F)], low, said(2, sameAs="1"))
    assert told == [("Half is lost", [], [FIXED_F])]
    bare = {**halved(F), "oldLines": [], "newLines": []}
    told = patched(repo, [first], [bare], low, said(2, sameAs="1"))
    assert told == [("Half is lost", [], ["+    return int(x / 2)"])]


# Too little time


class Stuck(Scripted):
    """Does not get beyond some question."""

    async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
        if self.stops(prompt):
            self.reached = True
            first_token()
            await asyncio.sleep(600)
        return await super().complete(prompt, schema, thinking=thinking, first_token=first_token)


def cut_short(repo: Repo, answer, stops):
    """What is published when the time is up while the model is at the question."""

    def attempt(limit):
        model = Stuck(answer)
        model.stops, model.reached = stops, False
        return *run(repo, model, effort="medium", timeout=limit, cache="off"), model

    stream, code, _ = long_enough(attempt, lambda done: done[2].reached)
    assert code == 3
    told = found(stream)
    unjudged = f"there was no time to judge or prove {len(told)} findings, published as found"
    assert unjudged in stream[-1].message
    return told


@pytest.mark.parametrize("at", ["contracts", "judge"])
def test_what_was_not_judged_in_time_is_told_as_it_was_found(repo: Repo, at: str):
    whole = reply(halved(F), halved(F, "Another defect", severity="minor"), halved(G))
    told = cut_short(repo, by_lens(whole=whole), lambda prompt: lens_of(prompt) == at)
    assert [(each.start_line, each.title, each.confidence) for each in told] == [
        (2, "Half is lost", None),
        (6, "Half is lost", None),
    ]
    assert "Also here: Another defect" in told[0].comment


def test_when_the_second_batch_is_not_judged_in_time_the_first_one_is_told_too(repo: Repo):
    body = [f"first_{n}, second_{n} = compute({n})" for n in range(10)]
    repo.write(FILE, "\n".join([*body, "def h(z, unit):", "    pass", "    return z"]) + "\n")
    faults = [finding(line, FILE, title=f"Fault {n}") for n, line in enumerate(body)]
    gone = verdicts(*(said(at, "refuted", contradiction=body[9]) for at in range(1, 9)))
    told = cut_short(
        repo,
        by_lens(whole=reply(*faults[:5]), contracts=reply(*faults[5:]), judge=gone),
        lambda prompt: lens_of(prompt) == "judge" and "Fault 9" in prompt.user,
    )
    assert [each.title for each in told] == [f"Fault {n}" for n in range(10)]
