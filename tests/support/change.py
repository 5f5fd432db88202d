"""Builds a Change from two trees in memory, with hunks like git's, for tests that need no
repository."""

import difflib
import re
from pathlib import Path

from reviewer.types import Change, FileDiff, Hunk, Line, Scope


def change(base, head, *, renames=None, context=3):
    """`base` and `head` are {path: bytes}; `renames` is {new path: old path}."""
    renames = renames or {}
    files = []
    for path in sorted({*base, *head} - set(renames.values())):
        old_path = renames.get(path, path)
        old, new = base.get(old_path), head.get(path)
        if old == new and path == old_path:
            continue
        status = (
            "added"
            if old is None
            else "deleted"
            if new is None
            else "renamed"
            if path != old_path
            else "modified"
        )
        files.append(
            FileDiff(
                path=path,
                old_path=None if old is None else old_path,
                status=status,
                old_mode=None if old is None else "100644",
                new_mode=None if new is None else "100644",
                old_id=None,
                new_id=None,
                hunks=hunks(old or b"", new or b"", context),
            )
        )

    def read(path, side):
        return (head if side == "new" else base).get(path)

    def grep(words):
        pattern = re.compile(
            rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(word.encode()) for word in words)
        )
        return tuple(path for path in sorted(head) if words and pattern.search(head[path]))

    return Change(
        scope=Scope(),
        root=Path("/nonexistent"),
        common_dir=None,
        current_branch=None,
        base_branch=None,
        base_commit=None,
        head_commit=None,
        files=tuple(files),
        skipped=(),
        unreviewed=(),
        warnings=(),
        digest="sha256:0",
        read=read,
        grep=grep,
        list_files=lambda side: tuple(sorted(head if side == "new" else base)),
    )


def tree(folder):
    """{path: bytes} of the files below `folder`; `.txt` is dropped from names that end in `.py.txt`
    and the like."""
    return {
        path.relative_to(folder).as_posix().removesuffix(".txt")
        if path.name.count(".") > 1
        else path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lines(data):
    parts = data.split(b"\n")
    return [(part, True) for part in parts[:-1]] + ([(parts[-1], False)] if parts[-1] else [])


def hunks(old, new, context=3):
    before, after = lines(old), lines(new)
    found = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(
        context
    ):
        out = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                out += [Line("context", i + 1, j1 + i - i1 + 1, *before[i]) for i in range(i1, i2)]
            else:
                out += [Line("removed", i + 1, None, *before[i]) for i in range(i1, i2)]
                out += [Line("added", None, j + 1, *after[j]) for j in range(j1, j2)]
        i1, i2, j1, j2 = group[0][1], group[-1][2], group[0][3], group[-1][4]
        found.append(Hunk(i1 + (i2 > i1), i2 - i1, j1 + (j2 > j1), j2 - j1, b"", tuple(out)))
    return tuple(found)
