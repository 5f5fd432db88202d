from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.trees import filled, tree

from reviewer.doors.integrations import plan as planning
from reviewer.doors.integrations.hosts import HOSTS
from reviewer.errors import ConfigError, ReviewerError, UsageError

HOOKED = [host.name for host in HOSTS if host.reminder]
SKILLED = [host.name for host in HOSTS if host.home]
ALL = [host.name for host in HOSTS]
BY_NAME = {host.name: host for host in HOSTS}


def install(base, name, **options):
    plan = planning.install(base, BY_NAME[name], **options)
    planning.apply(base, plan)
    return [(edit.action, edit.path) for edit in plan.edits]


def remove(base, name, **options):
    plan = planning.remove(base, BY_NAME[name], **options)
    planning.apply(base, plan)
    return [(edit.action, edit.path) for edit in plan.edits]


def settings_of(name):
    return BY_NAME[name].reminder.project


def message(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return caught.value.message


@pytest.mark.parametrize("name", ALL)
def test_what_is_written_whole(tmp_path, golden, name):
    install(tmp_path, name)
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
        where = (
            path.relative_to(tmp_path).as_posix().replace("/", "--").replace(".", "_")
        )  # no agent may take it for its own
        golden(f"{name}-{where}", path.read_bytes())


@pytest.mark.parametrize("name", SKILLED)
def test_what_is_written_for_all_projects(tmp_path, name):
    host = BY_NAME[name]
    paths = [("created", host.home), *([("created", host.reminder.home)] if host.reminder else [])]
    assert install(tmp_path, name, home=True) == paths
    assert {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    } == {path for _, path in paths}
    assert install(tmp_path, name, home=True) == [("unchanged", path) for _, path in paths]
    remove(tmp_path, name, home=True)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ALL)
def test_installing_again_changes_nothing_and_removing_leaves_nothing(tmp_path, name):
    first = install(tmp_path, name)
    before = tree(tmp_path)
    assert install(tmp_path, name) == [("unchanged", path) for _, path in first]
    assert tree(tmp_path) == before
    assert sorted(remove(tmp_path, name)) == sorted(("removed", path) for _, path in first)
    assert tree(tmp_path) == {}
    assert remove(tmp_path, name) == [("absent", first[0][1])]


def test_all_agents_side_by_side(tmp_path):
    for name in ALL:
        install(tmp_path, name)
    for name in ALL:
        assert {what for what, _ in install(tmp_path, name)} == {"unchanged"}
    for name in ALL:
        remove(tmp_path, name)
    assert tree(tmp_path) == {}


OTHERS = {"type": "command", "command": "say done"}
SHAPES = [
    b"{}",
    b"{}\n",
    b"{ }",
    b"{\n}\n",
    b"{\r\n}\r\n",
    b"\xef\xbb\xbf{}\n",
    b"  {}  \n\n",
    b'{"a":1}',
    b'{"a": {"hooks": {}}}\n',
    b'{\n    "a": [1, 2],\n    "b": {"c": null}\n}',
    b'{\n\t"a": 1\n}\n',
    b'{\r\n  "a": 1\r\n}\r\n',
    b'{"hooks":{}}',
    b'{"hooks": { } }\n',
    b'{\n  "hooks": {\n  }\n}\n',
    '{"ä": "\u2028ü\\ud83d"}\n'.encode(),
    b'{\n  "model": "x",\n  "hooks": {\n    "Other": []\n  },\n  "z": 0\n}\n',
    b'{\n  "version": 1,\n  "hooks": {}\n}\n',
    b'{"version": 1}\n',
    b'{\n  "hooks": {"Other": []},\n\n\n  "version": 1\n}\n',
]


def lists(event):
    """The same with something in the list that our entry goes to."""
    other = json.dumps([OTHERS])
    return [
        shape.replace("EVENT", event).encode()
        for shape in (
            '{"hooks":{"EVENT":[]}}',
            '{"hooks": {"EVENT": [ ]}}\n',
            '{\n  "hooks": {\n    "EVENT": [\n    ]\n  }\n}\n',
            f'{{"hooks": {{"EVENT": {other}}}}}',
            f'{{\n "hooks": {{\n  "EVENT": {other}\n }}\n}}\n',
            '{\n\t"hooks": {\n\t\t"EVENT": [\n\t\t\t{"a": 1},\n\t\t\t2\n\t\t]\n\t}\n}'.replace(
                "\n", "\r\n"
            ),
            '{"hooks": {"EVENT": [], "Other": [1]}, "version": 1}',
        )
    ]


@pytest.mark.parametrize("name", HOOKED)
def test_settings_of_others_come_back_byte_for_byte(tmp_path, name):
    host = BY_NAME[name]
    for number, shape in enumerate([*SHAPES, *lists(host.reminder.event)]):
        base = filled(tmp_path / str(number), {settings_of(name): shape})
        (base / settings_of(name)).chmod(0o640)
        before, old = tree(base), json.loads(shape.decode("utf-8-sig"))
        install(base, name)
        new = json.loads((base / settings_of(name)).read_bytes().decode("utf-8-sig"))
        wanted = {
            **old.get("hooks", {}),
            host.reminder.event: [
                *old.get("hooks", {}).get(host.reminder.event, []),
                dict(host.reminder.entry),
            ],
        }
        assert new == {**host.reminder.root, **old, "hooks": wanted}, shape
        assert {what for what, _ in install(base, name)} == {"unchanged"}
        remove(base, name)
        assert tree(base) == before, shape


KEYS = st.sampled_from(["a", "hooks", "Stop", "stop", "version", "x y", "é"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
LAYOUTS = st.tuples(
    st.sampled_from([None, 0, 1, 2, 4, "\t"]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\n\n", " "]),
    st.booleans(),
    st.booleans(),
)


def laid_out(value, layout):
    indent, ascii_only, newline, end, mark, wide = layout
    separators = (" , ", " : ") if wide and indent is None else None
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, separators=separators).replace(
        "\n", newline
    )
    return ("\ufeff" * mark + text + end).encode("utf-8", "surrogatepass")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    value=st.dictionaries(KEYS, VALUES, max_size=4),
    layout=LAYOUTS,
    name=st.sampled_from(["claude", "cursor"]),
)
def test_any_json_comes_back_byte_for_byte(tmp_path_factory, value, layout, name):
    data = laid_out(value, layout)
    base = filled(tmp_path_factory.mktemp("any"), {settings_of(name): data})
    before = tree(base)
    try:
        install(base, name)
    except ConfigError:  # something else than an object or a list where the entry belongs
        hooks = value["hooks"]
        assert not isinstance(hooks, dict) or not isinstance(
            hooks[BY_NAME[name].reminder.event], list
        )
    else:
        assert tree(base) != before
        remove(base, name)
    assert tree(base) == before


TEXTS = [
    b"",
    b"\n",
    b"\xff\xfe not utf-8 \n",
    b"x",
    b"x\n",
    b"x\r\n",
    b"a\r\nb",
    b"\xef\xbb\xbf# Title\n",
    b"\n\n\nx\n\n\n",
    b"a\nb\r\n",
    "# Ä\n".encode(),
]


@pytest.mark.parametrize("data", TEXTS)
def test_the_block_comes_and_goes_without_a_trace(tmp_path, data):
    base = filled(tmp_path, {"AGENTS.md": data})
    before = tree(base)
    assert install(base, "generic") == [("updated", "AGENTS.md")]
    written = (base / "AGENTS.md").read_bytes()
    assert written.startswith(data)
    assert install(base, "generic") == [("unchanged", "AGENTS.md")]
    (base / "AGENTS.md").write_bytes(written + b"and more\n")
    assert install(base, "generic") == [("unchanged", "AGENTS.md")]
    remove(base, "generic")
    assert (base / "AGENTS.md").read_bytes() == data + b"and more\n"
    (base / "AGENTS.md").write_bytes(written)
    remove(base, "generic")
    assert tree(base) == before


def test_a_file_that_grew_after_us_stays(tmp_path):
    install(tmp_path, "generic")
    path = tmp_path / "AGENTS.md"
    path.write_bytes(path.read_bytes() + b"mine\n")
    assert remove(tmp_path, "generic") == [("updated", "AGENTS.md")]
    assert path.read_bytes() == b"mine\n"


def test_an_older_block_is_replaced_in_its_place(tmp_path):
    """As after an upgrade: the marker fits the text, and the text is not that of today."""
    from reviewer.doors.integrations import marked

    old = (
        marked._marker("old text\n", {"lead": 1, "file": False})
        + "old text\n<!-- /gemma-reviewer -->\n"
    )
    base = filled(tmp_path, {"AGENTS.md": f"before\n\n{old}after\n".encode()})
    assert install(base, "generic") == [("updated", "AGENTS.md")]
    text = (base / "AGENTS.md").read_text()
    assert text.startswith("before\n\n<!-- gemma-reviewer 1 ")
    assert text.endswith("<!-- /gemma-reviewer -->\nafter\n")
    assert "old text" not in text
    remove(base, "generic")
    assert (base / "AGENTS.md").read_bytes() == b"before\nafter\n"


def test_edited_and_foreign_files_are_left_alone(tmp_path):
    skill = tmp_path / BY_NAME["claude"].project
    install(tmp_path, "claude")
    ours = skill.read_bytes()
    skill.write_bytes(ours.replace(b"three rounds", b"nine rounds"))
    edited = (
        f"{BY_NAME['claude'].project} was edited since it was written: save your text"
        " elsewhere, then use --force"
    )
    before = tree(tmp_path)
    assert message(UsageError, lambda: install(tmp_path, "claude")) == edited
    assert message(UsageError, lambda: remove(tmp_path, "claude")) == edited
    assert tree(tmp_path) == before
    install(tmp_path, "claude", force=True)
    assert skill.read_bytes() == ours
    skill.write_bytes(b"---\nname: gemma-reviewer\n---\nmine\n")
    foreign = (
        f"{BY_NAME['claude'].project} is not ours (it has no gemma-reviewer marker); left"
        " unchanged: move it away, then try again"
    )
    before = tree(tmp_path)
    for force in (False, True):
        assert (
            message(UsageError, lambda force=force: install(tmp_path, "claude", force=force))
            == foreign
        )
        assert (
            message(UsageError, lambda force=force: remove(tmp_path, "claude", force=force))
            == foreign
        )
    assert tree(tmp_path) == before


def test_other_line_ends_are_no_edit(tmp_path):
    """git may write them so."""
    install(tmp_path, "opencode")
    skill = tmp_path / BY_NAME["opencode"].project
    skill.write_bytes(skill.read_bytes().replace(b"\n", b"\r\n"))
    assert install(tmp_path, "opencode") == [("unchanged", BY_NAME["opencode"].project)]
    remove(tmp_path, "opencode")
    assert tree(tmp_path) == {}


def test_an_edited_block_is_left_alone(tmp_path):
    base = filled(tmp_path, {"AGENTS.md": b"x\n"})
    install(base, "generic")
    path = base / "AGENTS.md"
    path.write_bytes(path.read_bytes().replace(b"three rounds", b"nine rounds"))
    start = "AGENTS.md: our block was edited since it was written: save your text elsewhere, then "
    assert message(UsageError, lambda: remove(base, "generic")) == start + "use --force"
    remove(base, "generic", force=True)
    assert path.read_bytes() == b"x\n"
    install(base, "generic")
    path.write_bytes(path.read_bytes().replace(b"<!-- /gemma", b"<!-- gone"))
    assert (
        message(UsageError, lambda: remove(base, "generic", force=True))
        == start + "remove the block by hand"
    )


def test_an_entry_that_was_changed(tmp_path):
    install(tmp_path, "claude")
    path = tmp_path / ".claude/settings.json"
    path.write_bytes(path.read_bytes().replace(b"30", b"99"))
    assert {what for what, _ in install(tmp_path, "claude")} == {
        "unchanged"
    }  # it reminds, and that is enough
    assert (
        message(ConfigError, lambda: remove(tmp_path, "claude"))
        == ".claude/settings.json has an edited copy of our entry in hooks.Stop (--force removes it"
        " anyway): remove the entry with `reviewer integrate reminder claude` by hand, then"
        " try again"
    )
    remove(tmp_path, "claude", force=True)
    assert tree(tmp_path) == {}


def test_a_hook_of_somebody_else_in_our_group_survives(tmp_path):
    install(tmp_path, "claude")
    path = tmp_path / ".claude/settings.json"
    made = json.loads(path.read_bytes())
    made["hooks"]["Stop"][0]["hooks"].append(OTHERS)
    path.write_text(json.dumps(made))
    before = tree(tmp_path)
    assert (
        message(ConfigError, lambda: remove(tmp_path, "claude", force=True))
        == ".claude/settings.json has an edited copy of our entry in hooks.Stop: remove the entry"
        " with `reviewer integrate reminder claude` by hand, then try again"
    )
    assert tree(tmp_path) == before


def test_settings_that_grew_after_us_stay(tmp_path):
    install(tmp_path, "cursor")
    path = tmp_path / ".cursor/hooks.json"
    made = json.loads(path.read_bytes())
    made["hooks"]["afterFileEdit"] = [{"command": "x"}]
    path.write_text(json.dumps(made, indent=2) + "\n")
    remove(tmp_path, "cursor")
    assert json.loads(path.read_bytes()) == {
        "version": 1,
        "hooks": {"afterFileEdit": [{"command": "x"}]},
    }


def test_the_skill_was_lost(tmp_path):
    """Nobody knows any more what was made: the entry goes, and what is empty without it."""
    base = filled(tmp_path, {".claude/settings.json": b'{\n  "a": 1\n}\n'})
    install(base, "claude")
    (base / BY_NAME["claude"].project).unlink()
    assert remove(base, "claude") == [
        ("updated", ".claude/settings.json"),
        ("absent", BY_NAME["claude"].project),
    ]
    assert (base / ".claude/settings.json").read_bytes() == b'{\n  "a": 1\n}\n'


def test_the_reminder_can_come_later(tmp_path):
    assert install(tmp_path, "codex", reminder=False) == [("created", BY_NAME["codex"].project)]
    assert install(tmp_path, "codex") == [
        ("updated", BY_NAME["codex"].project),
        ("created", ".codex/hooks.json"),
    ]
    remove(tmp_path, "codex")
    assert tree(tmp_path) == {}


PASTE = (
    ", so nothing was written: paste the lines above into it yourself, then run"
    " reviewer integrate claude --no-reminder"
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not plain JSON (comments are not allowed)"),
        (b'{\n  // mine\n  "a": 1\n}\n', "is not plain JSON (comments are not allowed)"),
        (b'{"a": 1,}', "is not plain JSON (comments are not allowed)"),
        (b"[" * 100_000, "is not plain JSON (comments are not allowed)"),
        (b"[]", "does not hold a JSON object"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        (b'{"a": 1, "a": 2}', "has a duplicate key"),
        (b'{"hooks": []}', "has a `hooks` that is not an object"),
        (b'{"hooks": {"Stop": {}}}', "has a `hooks.Stop` that is not a list"),
    ],
)
def test_settings_that_cannot_be_edited(tmp_path, data, why):
    base = filled(tmp_path, {".claude/settings.json": data})
    before = tree(base)
    with pytest.raises(planning.UnfitSettings) as caught:
        install(base, "claude")
    assert (caught.value.message, caught.value.exit_code) == (
        f".claude/settings.json {why}{PASTE}",
        2,
    )
    entry = {
        "hooks": [
            {
                "type": "command",
                "command": "reviewer integrate reminder claude; exit 0",
                "timeout": 30,
            }
        ]
    }
    assert json.loads(caught.value.snippet) == {"hooks": {"Stop": [entry]}}
    assert tree(base) == before
    assert remove(base, "claude") == [
        ("unchanged", ".claude/settings.json"),
        ("absent", BY_NAME["claude"].project),
    ]


def test_links_that_lead_out_are_not_followed(tmp_path):
    outside = filled(tmp_path / "outside", {"settings.json": b"{}\n"})
    base = filled(tmp_path / "base", {})
    (base / ".claude").symlink_to(outside)
    said = f"leads outside {base}, to {outside}"
    assert message(ConfigError, lambda: install(base, "claude")).startswith(
        f"{BY_NAME['claude'].project} {said}/skills"
    )
    (base / ".claude").unlink()
    (base / ".claude").mkdir()
    (base / ".claude/settings.json").symlink_to(outside / "settings.json")
    assert (
        message(ConfigError, lambda: install(base, "claude"))
        == f".claude/settings.json {said}/settings.json; left unchanged: remove the link, then"
        " try again"
    )
    (base / ".git").mkdir()
    (base / ".agents").symlink_to(".git")
    with pytest.raises(ConfigError, match="leads outside"):
        install(base, "codex")
    assert tree(outside) == {"settings.json": (0o644, b"{}\n")}
    assert tree(base / ".git") == {}


def test_links_inside_are_followed(tmp_path):
    base = filled(tmp_path, {"CLAUDE.md": b"# Rules\n"})
    (base / "AGENTS.md").symlink_to("CLAUDE.md")
    before = tree(base)
    install(base, "generic")
    assert (base / "CLAUDE.md").read_bytes().startswith(b"# Rules\n\n<!-- gemma-reviewer")
    assert (base / "AGENTS.md").is_symlink()
    remove(base, "generic")
    assert tree(base) == before


@pytest.mark.parametrize(
    "kind", ["directory", "fifo", "loop", "parent is a file", "hard link", "utf-16"]
)
def test_files_that_cannot_be_used(tmp_path, kind):
    path = tmp_path / "AGENTS.md"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to("AGENTS.md")
    elif kind == "hard link":
        path.write_bytes(b"x\n")
        os.link(path, tmp_path / "other")
    elif kind == "utf-16":
        path.write_bytes("x\n".encode("utf-16"))
    else:
        (tmp_path / ".claude").write_bytes(b"")
    name = "claude" if kind == "parent is a file" else "generic"
    with pytest.raises(ReviewerError) as caught:
        install(tmp_path, name)
    assert (caught.value.exit_code, "\n" in caught.value.message) == (2, False)
    assert {item.name for item in tmp_path.iterdir()} <= {"AGENTS.md", ".claude", "other"}


def test_a_marker_of_somebody_else_cannot_lead_us(tmp_path):
    """Whoever wrote the repository can write any marker: what it says is removed only where it can
    be ours."""
    from reviewer.doors.integrations import marked

    host = BY_NAME["opencode"]
    made = {"folders": ["src", "../x", "/", ".opencode", 3], "keys": 7, "file": True, "lead": -1}
    base = filled(tmp_path / "base", {host.project: marked.skill(host, made), "src": None})
    filled(tmp_path / "x", {})
    remove(base, "opencode")
    assert tree(base) == {
        ".opencode": None,
        ".opencode/skills": None,
        ".opencode/skills/gemma-reviewer": None,
        "src": None,
    }
    text = marked._marker("t\n", {"lead": 10**9}).encode() + b"t\n<!-- /gemma-reviewer -->\n"
    (base / "AGENTS.md").write_bytes(b"a\n\n\n\n" + text)
    remove(base, "generic")
    assert (base / "AGENTS.md").read_bytes() == b"a\n\n"


def test_a_change_meanwhile_is_noticed(tmp_path):
    base = filled(tmp_path, {"AGENTS.md": b"x\n"})
    plan = planning.install(base, BY_NAME["generic"])
    (base / "AGENTS.md").write_bytes(b"y\n")
    assert (
        message(ConfigError, lambda: planning.apply(base, plan))
        == "AGENTS.md changed in the meantime: try again"
    )
    assert (base / "AGENTS.md").read_bytes() == b"y\n"
