"""Whatever patch is built, `git apply` takes it on the reviewed state, and `reviewer fix` gives the
same bytes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.change import change
from support.fixes import fix, git_apply
from support.repo import Repo

from reviewer import prompt
from reviewer.fixes import Built, Edit, build, scratch
from reviewer.fixes.apply import plan
from reviewer.fixes.lines import split

CODECS = ("utf-8", "utf-8-sig", "latin-1", "cp1252", "shift_jis", "euc_jp", "koi8-r", "gb18030")
WORDS = {
    "shift_jis": "名前ソ表",
    "euc_jp": "名前値",
    "koi8-r": "имязнач",
    "gb18030": "变量值",
    "cp1252": "größe€",
    "latin-1": "größeé",
    "utf-8": "ñ漢👩⚠\ufe0f\u200b",
    "utf-8-sig": "ñ漢",
}
ENDS = ("\n", "\r\n", "mixed")
PIECES = (
    "x",
    " = ",
    "    ",
    "\t",
    "f(1)",
    "<|turn>",
    "{",
    "}",
    "\x0c",
    "\r",
    "# ",
    "  ",
    "--- a/x",
    "@@ -1 +1 @@",
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    codec = draw(st.sampled_from(CODECS))
    pieces = st.one_of(st.sampled_from(PIECES), st.sampled_from(list(WORDS[codec])))
    lines = draw(st.lists(st.lists(pieces, max_size=4).map("".join), min_size=1, max_size=14))
    if draw(st.sampled_from([True, True, False])):  # else equal lines are frequent
        lines = [f"{number} {line}" for number, line in enumerate(lines)]
    end = draw(st.sampled_from(ENDS))
    ends = [draw(st.sampled_from(ENDS[:2])) if end == "mixed" else end for _ in lines]
    text = "".join(line + ending for line, ending in zip(lines, ends, strict=True))
    text = text if draw(st.booleans()) else text.removesuffix("\n")
    return text.encode(codec)


@st.composite
def edits(draw: st.DrawFn, data: bytes, path: str) -> Edit:
    """A block of the file as the model saw it, perhaps shifted, with lines kept, dropped, changed
    and added."""
    lines = [
        prompt.shown(line.removesuffix(b"\n")).rstrip()
        for line in split(data.removeprefix(b"\xef\xbb\xbf"))
    ]
    if not lines:
        return Edit(path, 1, ("x",), ("y",))
    start = draw(st.integers(0, len(lines) - 1))
    old = lines[start : start + draw(st.integers(1, 4))]
    new = []
    for line in old:
        what = draw(st.sampled_from(["keep", "drop", "change", "double"]))
        new += {"keep": [line], "drop": [], "change": [line + "!"], "double": [line, "  " + line]}[
            what
        ]
    shift = draw(st.sampled_from(["", "", "  "]))
    return Edit(
        path, start + 1, tuple(shift + line for line in old), tuple(shift + line for line in new)
    )


@pytest.fixture(scope="module")
def repo() -> Iterator[Repo]:
    top = Path(tempfile.mkdtemp())
    yield Repo(top / "repo", top / "home")
    shutil.rmtree(top)


NAMES = ("f.txt", "with space", "ü/\udcff.py")


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_git_and_we_give_the_same_bytes(repo: Repo, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(NAMES))
    old = data.draw(files())
    made = build(
        [data.draw(edits(old, path)) for _ in range(data.draw(st.integers(1, 2)))],
        change({}, {path: old}),
    )
    event(type(made).__name__)
    if not isinstance(made, Built):
        return
    repo.write(path, old)
    planned = plan(repo.path, [fix(1, made.diff)])
    assert not planned.refused
    (item,) = planned.replacements
    assert (item.path, item.old, item.new) == (path, old, made.files[0].new)
    checked = git_apply(repo, made.diff, "--check", "--whitespace=nowarn")
    assert (checked.returncode, checked.stderr) == (0, b"")
    assert git_apply(repo, made.diff, "--whitespace=nowarn").returncode == 0
    assert (repo.path / path).read_bytes() == item.new
    assert scratch.applied_by_git(made, 10) is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_is_outside_the_edit_is_never_touched(data: st.DataObject) -> None:
    old = data.draw(files())
    edit = data.draw(edits(old, "f"))
    made = build([edit], change({}, {"f": old}))
    if not isinstance(made, Built):
        return
    new, bom = made.files[0].new, b"\xef\xbb\xbf"
    assert old.startswith(bom) == new.startswith(bom)
    lines, after = split(old.removeprefix(bom)), split(new.removeprefix(bom))
    assert any(_only_differ(lines, after, at, at + len(edit.old_lines)) for at in range(len(lines)))
    blank = (
        not edit.new_lines or not edit.new_lines[-1].strip()
    )  # a last line of nothing, without its end, is no line
    assert (
        old.endswith(b"\n") == new.endswith(b"\n") or not after or len(after) < len(lines) or blank
    )


def _only_differ(old: list[bytes], new: list[bytes], start: int, end: int) -> bool:
    """Whether the two are the same before old[start] and from old[end] on."""
    rest = old[end:]
    return old[:start] == new[:start] and rest == new[len(new) - len(rest) :]
