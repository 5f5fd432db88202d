"""`reviewer dataset`, from a review with a scripted model to files that can be trained on."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime

import pytest
from support import pipeline
from support.repo import Repo
from support.rows import chat
from support.scripted import NOTHING, Scripted, answer, answered, finding
from support.scripted import reply as said
from support.server import Server, reply

from reviewer import __version__, cli, memory
from reviewer.memory import examples, feedback
from reviewer.secrets import Masks

BAD = "def f(a):\n    return a / 0\n\n\ndef g(b):\n    return b.missing\n"
KEY = "kX9#mQ2$vL7p"
FIRST = finding("    return a / 0", "a.py", title="Division by zero")
SECOND = finding("    return b.missing", "a.py", title="No such attribute")
READ = answer("", quote="def f(a):", note="read")
MODELS = {"object": "list", "data": [{"id": "gemma4", "owned_by": "vllm", "max_model_len": 16384}]}


@pytest.fixture
def repo(tmp_path, monkeypatch):
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "def f(a):\n    return a\n", "LICENSE": "SPDX-License-Identifier: MIT\n"})
    made.git("checkout", "-q", "-b", "work")
    monkeypatch.chdir(made.path)
    return made


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = cli._run([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def look(repo, text=None, **options):
    """(the model, {title: id}) of a review of the change in a.py."""
    model = Scripted(lambda prompt: text or said(FIRST, SECOND, checked=[READ]))
    events, _ = pipeline.run(repo, model, **options)
    return model, {each.title: each.id for each in pipeline.found(events)}


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_row_holds_what_the_model_received_byte_for_byte(repo, run, tmp_path):
    repo.write("a.py", BAD)
    model, ids = look(repo)
    run("findings", "dismiss", ids["No such attribute"], "--reason", "it has one")
    repo.write("a.py", BAD.replace("a / 0", "a / 1"))
    look(repo, said(SECOND))  # the first one was fixed by hand
    out = tmp_path / "data.jsonl"
    assert run("dataset", "export", "-o", out, "--no-redact") == (
        0,
        "",
        f"2 rows in {out}\n",
    )
    assert out.stat().st_mode & 0o777 == 0o600
    row = rows(out)[0]
    (prompt,) = model.prompts
    assert [(each["role"], each["content"].encode()) for each in row["messages"][:2]] == [
        ("system", prompt.system.encode()),
        ("user", prompt.user.encode()),
    ]
    target = answered(said(FIRST, checked=[READ]), prompt.user)
    assert row["messages"][2] == {"role": "assistant", "content": target}
    date = row["metadata"].pop("date")
    assert row["metadata"] == {
        "kind": "mixed",
        "findings": [
            {"id": each, "outcome": outcome, "category": "functional_correctness"}
            for each, outcome in sorted(
                [
                    (ids["Division by zero"], "fixed by hand"),
                    (ids["No such attribute"], "dismissed"),
                ]
            )
        ],
        "repository": "repo",
        "commit": repo.git("rev-parse", "HEAD").strip(),
        "licence": "MIT",
        "engine": "scripted",
        "model": "scripted-1",
        "toolVersion": __version__,
    }
    assert abs(time.time() - datetime.fromisoformat(date).timestamp()) < 120
    assert run("dataset", "validate", out)[:2] == (0, "2 rows, 0 of them wrong\n")


def test_secrets_are_masked_unless_told(repo, run, tmp_path, monkeypatch):
    """Such as those that no rule knew when the reply was kept."""
    repo.write("a.py", f'{BAD}\n\ntoken = "{KEY}"\n')
    with monkeypatch.context() as earlier:
        earlier.setattr(Masks, "shows", lambda masks, text: False)
        _, ids = look(repo)
    run("findings", "dismiss", ids["Division by zero"], "--reason", "x")
    out = tmp_path / "data.jsonl"
    assert run("dataset", "export", "-o", out) == (0, "", f"masked 1 secret\n1 row in {out}\n")
    assert KEY not in out.read_text()
    assert KEY in run("dataset", "export", "-o", "-", "--no-redact")[1]


@pytest.mark.fault(
    "secrets",
    "training data from a change that holds a credential",
    "what shows it was never kept; what is recognised only later is masked on export",
)
def test_what_shows_a_secret_is_no_row(repo, run):
    repo.write("a.py", f'{BAD}\n\ntoken = "{KEY}"\n')
    model, ids = look(repo)
    assert KEY in model.prompts[0].user
    run("findings", "dismiss", ids["Division by zero"], "--reason", "x")
    assert run("dataset", "export", "-o", "-", "--no-redact") == (0, "", "")


def test_preference_pairs_of_refuted_findings(repo, run):
    """What the verifier has refuted is a wrong answer without anybody's word."""
    repo.write("a.py", BAD)
    verdict = {
        "index": 1,
        "contradiction": "def f(a):",
        "contradictionFile": "a.py",
        "before": "",
        "reason": "It is meant.",
        "verdict": "refuted",
        "confidence": 5,
        "impact": "limited",
        "likelihood": "rare",
        "sameAs": "",
        "needs": [],
    }
    given = said(FIRST)
    model = Scripted(
        lambda prompt: json.dumps({"verdicts": [verdict]}) if "verdict" in prompt.user else given
    )
    events, _ = pipeline.run(repo, model, effort="medium", show_rejected=True)
    assert pipeline.found(events) == []
    code, out, _ = run("dataset", "export", "-o", "-", "--format", "preference", "--no-redact")
    rows = {row["prompt"][1]["content"]: row for row in map(json.loads, out.splitlines())}
    first, _judge = (prompt.user for prompt in model.prompts)
    assert (code, rows.keys()) == (0, {first})
    for asked, row in rows.items():
        assert (row["rejected"], row["chosen"]) == (
            [{"role": "assistant", "content": answered(given, asked)}],
            [{"role": "assistant", "content": answered(NOTHING, asked)}],
        )
        assert row["metadata"]["kind"] == "negative"
        assert row["metadata"]["findings"][0]["outcome"] == "refuted"


def test_nothing_is_kept_with_no_cache(repo, run):
    repo.write("a.py", BAD)
    _, ids = look(repo, cache="off")
    run("findings", "dismiss", ids["Division by zero"], "--reason", "x")
    assert run("dataset", "export", "-o", "-") == (0, "", "")
    with memory.open_store(os.environ) as store:
        assert examples.load(store, None) == []
        assert [each.kind for each in feedback.standing(store, None).values()] == ["dismissed"]


def test_what_a_smoke_model_says_is_not_learnt(repo):
    repo.write("a.py", BAD)
    model = Scripted(lambda prompt: said(FIRST), role="smoke")
    pipeline.run(repo, model)
    with memory.open_store(os.environ) as store:
        assert examples.load(store, None) == []


def test_split_since_and_all(repo, run, tmp_path, monkeypatch):
    for number in range(4):
        repo.write("a.py", f"n = {number}\n{BAD}")
        _, ids = look(repo, said(finding(f"n = {number}", "a.py", title=f"N{number}")))
        run("findings", "dismiss", ids[f"N{number}"], "--reason", "x")
    out = tmp_path / "d.jsonl"
    code, _, err = run("dataset", "export", "-o", out, "--split", "50/50")
    parts = [tmp_path / "d.train.jsonl", tmp_path / "d.test.jsonl"]
    assert (code, err) == (0, f"2 rows in {parts[0]}\n2 rows in {parts[1]}\n")
    shown = [row["messages"][1]["content"] for part in parts for row in rows(part)]
    assert [next(n for n in range(4) if f"+ n = {n}" in said_) for said_ in shown] == [0, 1, 2, 3]
    assert not out.exists()
    again = [part.read_bytes() for part in parts]
    run("dataset", "export", "-o", out, "--split", "50/50")
    assert [part.read_bytes() for part in parts] == again
    assert run("dataset", "export", "-o", "-", "--since", "2999-01-01") == (0, "", "")
    assert run("dataset", "export", "-o", "-", "--since", "1")[1].count("\n") == 4
    other = Repo(tmp_path / "other", tmp_path / "home")
    monkeypatch.chdir(other.path)
    assert run("dataset", "export", "-o", "-")[1] == ""
    assert run("dataset", "export", "-o", "-", "--all")[1].count("\n") == 4


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--split", "90/20", "-o", "x"], "--split takes two or three percentages"),
        (
            ["--split", "90/10", "-o", "-"],
            "--split writes several files, which stdout cannot take: give -o FILE",
        ),
        (
            ["--since", "yesterday", "-o", "-"],
            "--since takes a date (2026-11-24) or a number of days",
        ),
        (["--since", "9" * 30, "-o", "-"], "--since takes a date"),
        (["-o", "none/x.jsonl"], "cannot write none/x.jsonl: No such file or directory"),
        ([], "Missing option '-o'"),
    ],
)
def test_wrong_options(repo, run, options, expected):
    code, out, err = run("dataset", "export", *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"reviewer: {expected}")


def test_stats(run, tmp_path):
    file = tmp_path / "d.jsonl"
    file.write_text(
        "".join(f"{json.dumps(row)}\n" for row in (chat(), chat(user="another change")))
    )
    assert run("dataset", "stats", file) == (
        0,
        """rows           2
formats        chat 2
roles          assistant 2, system 2, user 2
kinds          positive 2
outcomes       applied 2
categories     security 2
repositories   repo 2
licences       MIT 2
models         m 2
dates          2026-11-24T00:00:00Z to 2026-11-24T00:00:00Z
prompt tokens  least 8, median 8, p95 9, most 9, sum 17
target tokens  least 11, median 11, p95 11, most 11, sum 22
row tokens     least 19, median 19, p95 20, most 20, sum 39
counted by     estimate
""",
        "",
    )


def test_stats_by_the_tokenizer_of_a_server(run, tmp_path):
    file = tmp_path / "d.jsonl"
    file.write_text(json.dumps(chat()) + "\n")
    with Server(get={"/v1/models": reply(MODELS), "/tokenize": reply({"count": 40})}) as server:
        code, out, _ = run("dataset", "stats", file, "--endpoint", server.url, "--format", "json")
    tokens = json.loads(out)["tokens"]
    assert (code, tokens["countedBy"], tokens["prompt"]["sum"]) == (
        0,
        f"gemma4 at {server.url}",
        40,
    )


def test_validate(run, tmp_path):
    file = tmp_path / "d.jsonl"
    file.write_text(
        "".join(
            f"{json.dumps(row)}\n" for row in [chat(), *[chat("x", user=f"{n}") for n in range(25)]]
        )
    )
    code, out, _ = run("dataset", "validate", file)
    assert (code, out.splitlines()[0], out.splitlines()[20:]) == (
        1,
        "line 2: messages: the target is not JSON",
        ["… and 5 more", "26 rows, 25 of them wrong"],
    )
    file.write_text(json.dumps(chat()) + "\n")
    assert run("dataset", "validate", file, "--max-tokens", 5, "--format", "json")[:2] == (
        1,
        json.dumps(
            {"rows": 1, "problems": [{"line": 1, "problem": "about 19 tokens, more than 5"}]},
            indent=2,
        )
        + "\n",
    )
    file.write_text("")
    assert run("dataset", "validate", file)[:2] == (1, "no rows\n")
    assert run("dataset", "validate", tmp_path / "none") == (
        2,
        "",
        f"reviewer: cannot read {tmp_path / 'none'}: No such file or directory\n",
    )
