"""Mutated patches, read by `reviewer --diff` and by real git.

    python tests/fuzz/patches.py [COUNT] [SEED]

What `git apply --numstat` reads is read alike (the same files, with as many added and removed
lines) or refused with one line; it is never lost. Where `git apply` puts every hunk exactly where
its header says, the line map of the patch makes the same file. Prints figures; ends with 1 and the
first patches that fail.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.repo import GIT, Repo, environment

from reviewer.errors import GitFailed
from reviewer.types import Change
from reviewer.workspace import from_patch

NUMBERED = "".join(f"line {number}\n" for number in range(60))
OLD: dict[str, str | bytes] = {
    "a.py": NUMBERED,
    "src/b.py": NUMBERED,
    "two words.txt": "one\ntwo\n",
    "café.txt": "ein\nzwei\ndrei",
    "moved.py": NUMBERED,
    "copied.py": NUMBERED.upper(),
    "gone.py": "1\n2\n3\n",
    "mode.sh": "echo\n",
    "crlf.txt": "a\r\nb\r\nc\r\n",
    "image.bin": b"\0\1\2" * 50,
    "-- dashes.sql": "-- a\n-- b\n",
}
NEW: dict[str, str | bytes] = {
    "a.py": NUMBERED.replace("line 5\n", "line five\n").replace("line 40\n", "+ 40\n@@ 41\n- 42\n"),
    "src/b.py": "first\n" + NUMBERED.replace("line 30\nline 31\n", "") + "last",
    "two words.txt": "one\nTWO\nthree\n",
    "café.txt": "ein\nzwei\ndrei\nvier\n",
    "new/moved.py": NUMBERED.replace("line 20\n", "line twenty\n"),
    "crlf.txt": "a\r\nB\r\nc\r\n",
    "image.bin": b"\0\2\3" * 50,
    "-- dashes.sql": "-- a\n-- c\n",
    "added.py": "x = 1\n\n\ny = 2\n",
    "empty.py": "",
}
FORMS = (
    ("diff", "HEAD~1", "HEAD"),
    ("diff", "-M", "--full-index", "--binary", "HEAD~1", "HEAD"),
    ("diff", "-U0", "--no-renames", "HEAD~1", "HEAD"),
    ("diff", "--src-prefix=i/", "--dst-prefix=w/", "-U1", "HEAD~1", "HEAD"),
    ("format-patch", "--stdout", "-1"),
    ("show", "--stat", "-p", "HEAD"),
)


def repository(place: Path) -> Repo:
    """One commit with OLD, and one that makes it NEW."""
    repo = Repo(place / "work", place / "home")
    repo.commit(OLD)
    repo.git("mv", "mode.sh", "mode.tmp")
    repo.git("mv", "mode.tmp", "mode.sh")
    for name in ("gone.py", "moved.py"):
        (repo.path / name).unlink()
    (repo.path / "mode.sh").chmod(0o755)
    repo.commit(NEW)
    return repo


def bases(repo: Repo) -> list[bytes]:
    """The patches to mutate: of git in several forms, and one of `diff -u`."""
    made = [repo.git(*form).encode("utf-8", "surrogateescape") for form in FORMS]
    plain = repo.git("diff", "--no-renames", "HEAD~1", "HEAD", "--", "a.py", "src", "two words.txt")
    made.append(re.sub(r"(?m)^(diff --git|index) .*\n", "", plain).encode())
    small = [repo.git("diff", "HEAD~1", "HEAD", "--", name).encode() for name in ("a.py", "src")]
    return made + small


Mutation = Callable[[random.Random, list[bytes]], list[bytes]]


def _hunk(rng: random.Random, lines: list[bytes]) -> int | None:
    found = [at for at, line in enumerate(lines) if line.startswith(b"@@ ")]
    return rng.choice(found) if found else None


def _header(rng: random.Random, lines: list[bytes]) -> int:
    marks = (b"diff ", b"--- ", b"+++ ", b"index ", b"new ", b"old ", b"rename ", b"deleted ")
    found = [at for at, line in enumerate(lines) if line.startswith(marks)]
    return rng.choice(found or [0])


def behind_a_hunk_header(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = _hunk(rng, lines)
    if at is not None:
        head = re.match(rb"@@.*?@@", lines[at])
        tail = rng.choice(
            (b"x", b"\t", b"\r", b" \r", b"  ", b"@", b"\x0b", b" \xff", b"@@ -1 +1 @@")
        )
        lines[at] = (head[0] if head else lines[at]) + tail
    return lines


def numbers(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = _hunk(rng, lines)
    if at is None:
        return lines
    spots = list(re.finditer(rb"\d+", lines[at][:30]))
    if not spots:
        return lines
    spot = rng.choice(spots)
    value = int(spot[0])
    new = rng.choice(
        (
            b"0" * rng.randint(1, 12) + spot[0],
            b"%d" % (value + 1),
            b"%d" % max(0, value - 1),
            b"%d" % (value + 40),
            b"",
            b"9" * 30,
            b"-1",
        )
    )
    lines[at] = lines[at][: spot.start()] + new + lines[at][spot.end() :]
    return lines


def counts(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = _hunk(rng, lines)
    if at is not None:
        lines[at] = re.sub(rb",\d+", b"", lines[at], count=1)
    return lines


def one_byte(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.choice((rng.randrange(len(lines)), _header(rng, lines)))
    line = lines[at]
    spot = rng.randrange(len(line) + 1)
    new = bytes([rng.choice(b' \t\r\0@+-\\/ab0,19"\xff')])
    lines[at] = line[:spot] + rng.choice((new, b"")) + line[spot + rng.randrange(2) :]
    return lines


def lose_a_line(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    del lines[rng.choice((rng.randrange(len(lines)), _header(rng, lines)))]
    return lines


def repeat_a_line(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.choice((rng.randrange(len(lines)), _header(rng, lines)))
    return [*lines[:at], lines[at], *lines[at:]]


def swap_lines(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.choice((rng.randrange(len(lines)), _header(rng, lines)))
    if at + 1 < len(lines):
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return lines


def add_a_line(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.choice((rng.randrange(len(lines) + 1), _header(rng, lines)))
    new = (
        b"",
        b"some words",
        b"-- ",
        b"@@",
        b"@@ -1 +1 @@",
        b"+x",
        b"\\ No newline at end of file",
        b"\\ Kein",
        b"Index: a.py",
        b"From 12",
        b"--- a/a.py",
        b"similarity index 90%",
        b"#",
        b"@@@",
    )
    lines.insert(at, rng.choice(new))
    return lines


def cut_short(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    data = b"\n".join(lines)
    return data[: rng.randrange(len(data))].split(b"\n")


def indent(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.choice((rng.randrange(len(lines)), _hunk(rng, lines) or 0))
    lines[at] = rng.choice((b" ", b"> ", b"\t")) + lines[at]
    return lines


def crlf(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    form = rng.randrange(3)
    for at, line in enumerate(lines):
        headed = line.startswith((b"diff ", b"--- ", b"+++ ", b"index ", b"@@ "))
        if line or at + 1 < len(lines):
            lines[at] = line + b"\r" * (
                form == 0 or (form == 1 and headed) or (form == 2 and not rng.randrange(20))
            )
    return lines


def byte_order_mark(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    lines[0] = b"\xef\xbb\xbf" + lines[0]
    return lines


def strip_blanks(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    return [line.rstrip(b" ") for line in lines]


def twice(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    starts = [at for at, line in enumerate(lines) if line.startswith(b"diff --git ")]
    return lines + lines[rng.choice(starts) if starts else 0 :]


MUTATIONS: tuple[Mutation, ...] = (
    behind_a_hunk_header, behind_a_hunk_header, numbers, numbers, counts, one_byte, one_byte,
    one_byte, lose_a_line, repeat_a_line, swap_lines, add_a_line, add_a_line, cut_short, indent,
    crlf, byte_order_mark, strip_blanks, twice,
)  # fmt: skip


def mutated(rng: random.Random, patches: list[bytes]) -> tuple[str, bytes]:
    """(names of the mutations, patch)."""
    lines = rng.choice(patches).split(b"\n")
    chosen = rng.choices(MUTATIONS, k=rng.choice((1, 1, 1, 2, 3)))
    for mutation in chosen:
        if lines:
            lines = mutation(rng, lines)
    return "+".join(mutation.__name__ for mutation in chosen), b"\n".join(lines)


Rows = list[tuple[str, int | None, int | None]]  # name, added, removed; None for binary


def git_reads(place: Path, patch: bytes) -> Rows | None:
    """What git lists; None when it refuses the patch."""
    done = _git(place, "apply", "--numstat", "-z", stdin=patch)
    if done.returncode:
        return None
    rows = (row.split(b"\t", 2) for row in done.stdout.split(b"\0") if row)
    return [
        (name.decode("utf-8", "surrogateescape"), *(None if n == b"-" else int(n) for n in both))
        for *both, name in rows
    ]  # type: ignore[misc]


def _git(place: Path, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [GIT, *args], cwd=place, env=environment(place), input=stdin, capture_output=True
    )


def we_read(change: Change) -> Rows:
    rows: Rows = []
    for file in change.files:
        kinds = Counter(line.kind for hunk in file.hunks for line in hunk.lines)
        rows.append((file.path, kinds["added"], kinds["removed"]))
    rows += [
        (item.path, *((None, None) if item.reason == "binary" else (0, 0)))
        for item in change.skipped
    ]
    return rows + [(item.path, 0, 0) for item in change.unreviewed]


def _once(rows: Rows) -> Rows:
    """The rows, those of one name as one: git lists the header before a stray line by itself."""
    total: dict[str, tuple[int | None, int | None]] = {}
    for name, *both in rows:
        before = total.get(name, (0, 0))
        total[name] = tuple(  # type: ignore[assignment]
            None if None in pair else sum(pair) for pair in zip(before, both, strict=True)
        )
    return sorted((name, *both) for name, both in total.items())


@dataclass(frozen=True)
class Outcome:
    kind: str
    detail: str = ""

    @property
    def wrong(self) -> bool:
        return self.kind in (LOST, CRASHED, WRONG_LINES)


ALIKE = "read as git reads it"
SAME_LINES = "read as git reads it, with every line where git puts it"
MORE = "read as git reads it, and a file that git drops"
NAMED = "read as git reads it, under the other name that a damaged header has"
LISTED = "listed as unreviewed, with a name that no file can have"
STRICTER = "read by git, refused with one line"
LAXER = "refused by git, read"
REFUSED = "refused by both"
LOST = "READ OTHERWISE THAN GIT"
CRASHED = "CRASHED"
WRONG_LINES = "LINES OTHERWISE THAN GIT"


def judge(place: Path, patch: bytes) -> Outcome:
    """`place`: a directory outside of any repository."""
    theirs = git_reads(place, patch)
    try:
        change = from_patch(patch, "-", place)
    except GitFailed as error:
        plain = "\n" not in error.message and len(error.message) < 400
        kind = (STRICTER if theirs is not None else REFUSED) if plain else CRASHED
        return Outcome(kind, error.message)
    except (ValueError, LookupError, TypeError, AssertionError, RecursionError) as error:
        return Outcome(CRASHED, repr(error))
    ours = we_read(change)
    if theirs is None:
        return Outcome(
            LAXER, _git(place, "apply", "--numstat", stdin=patch).stderr.decode("latin1")
        )
    read, wanted = set(_once(ours)), set(_once(theirs))
    # Of a binary patch without its data, git says that nothing changed.
    wanted -= {(name, 0, 0) for name, added, _ in read if added is None}
    missing = Counter(row[1:] for row in wanted - read)
    if missing and not missing - Counter(row[1:] for row in read - wanted):
        return Outcome(NAMED, f"only git {wanted - read}, only ours {read - wanted}")
    if 0 < missing.total() <= len(change.unreviewed):
        return Outcome(LISTED)
    if missing or len(ours) != len(read):
        return Outcome(LOST, f"only git {wanted - read}, only ours {read - wanted}")
    return Outcome(MORE if read - wanted else ALIKE, str(read - wanted))


def lines_agree(repo: Repo, patch: bytes) -> bool | None:
    """Whether the line map of the patch is right in the files that `git apply` makes; None where
    git does not apply it, or elsewhere than it says."""
    # A new one each time: git leaves its lock behind where it gives up late.
    index = {"GIT_INDEX_FILE": f"{tempfile.mkdtemp(dir=repo.path.parent)}/index"}
    repo.git("read-tree", "HEAD~1", **index)
    done = subprocess.run(
        [GIT, "apply", "--cached", "-v"],
        cwd=repo.path,
        env=environment(repo.home) | index,
        input=patch,
        capture_output=True,
    )
    if done.returncode or b"offset" in done.stderr or b"fuzz" in done.stderr:
        return None
    return all(
        lines[line.new - 1 : line.new] == [line.data]
        for file in from_patch(patch, "-", repo.path).files
        if file.status != "deleted"
        for lines in [_lines(repo.git("cat-file", "blob", f":{file.path}", **index))]
        for hunk in file.hunks
        for line in hunk.lines
        if line.new is not None
    )


def _lines(text: str) -> list[bytes]:
    return text.encode("utf-8", "surrogateescape").split(b"\n")


def outcomes(count: int, seed: int) -> Iterator[tuple[str, bytes, Outcome]]:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        repo = repository(Path(name))
        patches = bases(repo)
        outside = Path(name) / "outside"
        outside.mkdir()
        for _ in range(count):
            names, patch = mutated(rng, patches)
            outcome = judge(outside, patch)
            if outcome.kind == ALIKE and not rng.randrange(8):
                agree = lines_agree(repo, patch)
                outcome = (
                    outcome if agree is None else Outcome(SAME_LINES if agree else WRONG_LINES)
                )
            yield names, patch, outcome


def main(count: int = 6000, seed: int = 1) -> int:
    figures: Counter[str] = Counter()
    wrong = []
    for names, patch, outcome in outcomes(count, seed):
        figures[outcome.kind] += 1
        if outcome.wrong:
            wrong.append((names, patch, outcome))
    print(f"{count:,} mutated patches, seed {seed}")
    for kind, number in figures.most_common():
        print(f"{number:7,}  {kind}")
    for names, patch, outcome in wrong[:5]:
        print(f"\n{names}: {outcome.kind}: {outcome.detail[:600]}\n{patch!r}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
