from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.repo import Repo, review

from reviewer.context.moved import LEAST, SHOWN, Move, moves, without_moved
from reviewer.types import FileDiff, Hunk, Line

BODY = [f"    value = step_{n}(value)" for n in range(10)]
FUNCTION = ["def work(value):", *BODY, "    return value"]
OTHER = [f"other_{n} = {n}" for n in range(10)]


def source(*parts: list[str]) -> str:
    return "".join(f"{line}\n" for part in parts for line in part)


def files_of(
    tmp_path: Path, base: dict[str, str | bytes], head: dict[str, str | bytes | None]
) -> tuple[FileDiff, ...]:
    """The change from `base` to `head` as git gives it; None in `head` is a file that is
    deleted."""
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit(base)
    for path, data in head.items():
        if data is None:
            (repo.path / path).unlink()
        else:
            repo.write(path, data)
    return review(repo, "uncommitted").files


def changed(hunks: tuple[Hunk, ...]) -> list[tuple[str, int | None, bytes]]:
    return [
        (line.kind, line.new or line.old, line.data)
        for hunk in hunks
        for line in hunk.lines
        if line.kind != "context"
    ]


def shown(files: tuple[FileDiff, ...]) -> dict[str, list[str]]:
    """What is left of each file that moved code is in, as `+12 text`."""
    signs = {"added": "+", "removed": "-"}
    return {
        path: [f"{signs[kind]}{number} {data.decode()}" for kind, number, data in changed(hunks)]
        for path, hunks in without_moved(files).items()
    }


def test_a_function_that_goes_to_another_file(tmp_path: Path):
    base = {"a.py": source(OTHER, FUNCTION), "b.py": source(OTHER)}
    files = files_of(tmp_path, base, {"a.py": source(OTHER), "b.py": source(OTHER, FUNCTION)})
    assert moves(files) == [Move("b.py", 11, 22, "a.py", 11, False)]
    assert shown(files) == {
        "a.py": [
            "-11 def work(value):",
            "-12     value = step_0(value)",
            "-21     value = step_9(value)",
            "-22     return value",
        ],
        "b.py": [
            "+11 def work(value):",
            "+12     value = step_0(value)",
            "+21     value = step_9(value)",
            "+22     return value",
        ],
    }
    first, second = without_moved(files)["b.py"]
    assert [
        (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) for hunk in (first, second)
    ] == [
        (8, 3, 8, 5),
        (10, 0, 21, 2),
    ]
    said = b"[moved code, its inside is not shown: unchanged, lines 11-22 come from a.py 11-22]"
    assert first.section.endswith(said)
    assert second.section.endswith(said)
    said = (
        b"[moved code, its inside is not shown: unchanged, lines 11-22 before are now b.py 11-22]"
    )
    assert all(hunk.section.endswith(said) for hunk in without_moved(files)["a.py"])


def test_a_function_that_becomes_a_method(tmp_path: Path):
    method = ["class Worker:", *(f"    {line}" for line in FUNCTION)]
    files = files_of(
        tmp_path, {"a.py": source(FUNCTION, OTHER)}, {"a.py": source(OTHER), "b.py": source(method)}
    )
    assert moves(files) == [Move("b.py", 2, 13, "a.py", 1, True)]
    assert shown(files)["b.py"] == [
        "+1 class Worker:",
        "+2     def work(value):",
        "+3         value = step_0(value)",
        "+12         value = step_9(value)",
        "+13         return value",
    ]
    assert b"unchanged but for indentation, lines 2-13" in without_moved(files)["b.py"][0].section


def test_an_edited_line_in_a_moved_block_is_shown_on_both_sides(tmp_path: Path):
    long = [f"    value = step_{n}(value)" for n in range(24)]
    edited = [*long[:12], "    value = step_12(None)", *long[13:]]
    files = files_of(
        tmp_path, {"a.py": source(OTHER, long)}, {"a.py": source(OTHER), "b.py": source(edited)}
    )
    assert [(move.start, move.end, move.old_start) for move in moves(files)] == [
        (1, 12, 11),
        (14, 24, 24),
    ]
    assert "+13     value = step_12(None)" in shown(files)["b.py"]
    assert "-23     value = step_12(value)" in shown(files)["a.py"]


def test_a_second_copy_is_new_code(tmp_path: Path):
    files = files_of(
        tmp_path,
        {"a.py": source(OTHER, FUNCTION)},
        {"a.py": source(OTHER), "b.py": source(FUNCTION), "c.py": source(FUNCTION)},
    )
    assert [move.path for move in moves(files)] == ["b.py"]
    assert set(without_moved(files)) == {"a.py", "b.py"}


NOT_MOVED = {
    "too short": (
        source(OTHER, FUNCTION[: LEAST - 1]),
        source(OTHER),
        source(FUNCTION[: LEAST - 1]),
    ),
    "too short without its blank lines": (
        source(OTHER, *([line, ""] for line in BODY[:5])),
        source(OTHER),
        source(*([line, ""] for line in BODY[:5])),
    ),
    "tabs for spaces": (source(OTHER, BODY), source(OTHER), source(BODY).replace("    ", "\t")),
    "other line ends": (
        source(OTHER, FUNCTION),
        source(OTHER),
        source(FUNCTION).replace("\n", "\r\n"),
    ),
    "white space at the ends": (
        source(OTHER, FUNCTION),
        source(OTHER),
        source(FUNCTION).replace("\n", " \n"),
    ),
    "nested otherwise": (
        source(OTHER, FUNCTION),
        source(OTHER),
        source(FUNCTION[:6], [f"    {line}" for line in FUNCTION[6:]]),
    ),
    "only there": (source(OTHER), source(OTHER), source(FUNCTION)),
}


@pytest.mark.parametrize("case", NOT_MOVED)
def test_what_is_not_moved_is_shown_whole(tmp_path: Path, case: str):
    before, after, other = NOT_MOVED[case]
    files = files_of(tmp_path, {"a.py": before, "z.py": ""}, {"a.py": after, "b.py": other})
    assert (moves(files), without_moved(files)) == ([], {})


def test_a_block_put_under_a_condition_where_it_is_was_edited(tmp_path: Path):
    under = ["if ready:", *(f"    {line}" for line in OTHER)]
    assert moves(files_of(tmp_path, {"a.py": source(OTHER)}, {"a.py": source(under)})) == []


def test_a_block_that_changes_its_place_in_a_file(tmp_path: Path):
    between = [f"between_{n} = {n}" for n in range(30)]
    files = files_of(tmp_path, {"a.py": source(OTHER, between)}, {"a.py": source(between, OTHER)})
    assert moves(files) == [Move("a.py", 31, 40, "a.py", 1, False)]
    assert len(shown(files)["a.py"]) == 4 * SHOWN


def test_a_file_that_git_takes_for_renamed(tmp_path: Path):
    long = [f"line_{n} = {n}" for n in range(60)]
    files = files_of(
        tmp_path,
        {"old.py": source(long, FUNCTION), "b.py": source(OTHER)},
        {"old.py": None, "new.py": source(long), "b.py": source(OTHER, FUNCTION)},
    )
    assert {file.path: file.old_path for file in files} == {"b.py": "b.py", "new.py": "old.py"}
    assert moves(files) == [Move("b.py", 11, 22, "old.py", 61, False)]
    assert set(without_moved(files)) == {"b.py", "new.py"}


def test_only_the_inside_of_moved_blocks_is_ever_left_out(tmp_path: Path):
    """Every line that is changed is shown, or it is the inside of a block whose lines are all on
    the other side."""
    blocks = [[f"    name_{b}_{n} = {b * n}" for n in range(b + 5)] for b in range(12)]
    base = {"a.py": source(OTHER, *blocks[:6]), "b.py": source(OTHER, *blocks[6:])}
    edited = [
        line if n % 9 else f"{line} + 1"
        for n, line in enumerate(line for block in blocks[::-1] for line in block)
    ]
    files = files_of(
        tmp_path,
        base,
        {"a.py": source(edited[:60]), "b.py": source(edited[60:]), "c.py": source(OTHER)},
    )
    found = moves(files)
    inside = {
        *(("added", m.path, n) for m in found for n in range(m.start + SHOWN, m.end - SHOWN + 1)),
        *(
            ("removed", m.old_path, n)
            for m in found
            for n in range(m.old_start + SHOWN, m.old_end - SHOWN + 1)
        ),
    }
    head = {"a.py": edited[:60], "b.py": edited[60:], "c.py": OTHER}
    for move in found:
        old = base[move.old_path].splitlines()[move.old_start - 1 : move.old_end]
        assert head[move.path][move.start - 1 : move.end] == old
        assert len(old) >= LEAST
    kept = without_moved(files)
    for file in files:
        whole, left = changed(file.hunks), changed(kept.get(file.path, file.hunks))
        gone = {
            (kind, file.path, number)
            for kind, number, _ in whole
            if (kind, number) not in {e[:2] for e in left}
        }
        assert gone == {each for each in inside if each[1] == file.path}
        assert [each for each in whole if each in left] == left
    assert found


def test_the_parts_of_a_hunk_have_right_numbers(tmp_path: Path):
    base = {"a.py": source(OTHER, FUNCTION, OTHER), "b.py": source(OTHER)}
    files = files_of(
        tmp_path, base, {"a.py": source(OTHER, OTHER), "b.py": source(OTHER, FUNCTION, ["new = 1"])}
    )
    for hunks in without_moved(files).values():
        for hunk in hunks:
            for numbers, start, count in (
                (
                    [line.old for line in hunk.lines if line.old is not None],
                    hunk.old_start,
                    hunk.old_count,
                ),
                (
                    [line.new for line in hunk.lines if line.new is not None],
                    hunk.new_start,
                    hunk.new_count,
                ),
            ):
                assert numbers == list(range(start, start + count))


@pytest.mark.parametrize("line", [b"0,", b"}", b""], ids=["data", "braces", "blank"])
def test_a_change_that_repeats_itself_takes_no_longer(line: bytes):
    def file(path: str, kind: str, count: int) -> FileDiff:
        lines = tuple(
            Line("removed", n, None, line) if kind == "removed" else Line("added", None, n, line)
            for n in range(1, count + 1)
        )
        old, new = (count, 0) if kind == "removed" else (0, count)
        return FileDiff(
            path,
            path,
            "modified",
            "100644",
            "100644",
            None,
            None,
            (Hunk(int(old > 0), old, int(new > 0), new, b"", lines),),
        )

    began = time.process_time()
    found = moves((file("a", "removed", 40_000), file("b", "added", 40_000)))
    assert [(move.start, move.end) for move in found] == ([(1, 40_000)] if line else [])
    assert time.process_time() - began < 5
