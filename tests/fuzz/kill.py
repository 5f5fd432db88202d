"""Kills the program at random moments, and counts what is lost: python tests/fuzz/kill.py [COUNT
[SEED]]

Each round makes a repository of its own, starts a review, a fix, an undo or a dismissal as a
process, and ends it with SIGKILL after a random time. Then every file of the user must be as it was
or as the command would have left it, never anything else; the next commands must work; every
decision that was confirmed must still be there.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.repo import Repo

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "review": ("review", "--no-model", "--fresh", "--analyzers", "ruff"),
    "review --fix": ("review", "--fix", "--no-model", "--analyzers", "ruff"),
    "fix": ("fix", "--all", "--yes"),
    "undo": ("undo",),
    "dismiss": ("findings", "dismiss", "ID", "--reason", "it is meant so"),
}
FILES = 4
UNFINISHED = ".reviewer-"
OLD = "import sys\n\nif sys.argv[0] is 'a':\n    print(1)\n"
NEW = OLD.replace(" is ", " == ")


@dataclass(frozen=True, slots=True)
class Round:
    command: str
    killed: bool  # else it ended before
    lost: str  # what was wrong afterwards; "" if nothing


@dataclass
class Place:
    """A repository with a change that has fixable findings, and a memory of its own."""

    repo: Repo
    env: dict[str, str]
    seconds: dict[str, float]  # that a command takes when nothing kills it

    @classmethod
    def at(cls, folder: Path) -> Place:
        repo = Repo(folder / "repo", folder / "home")
        repo.commit({"README": "read me\n"})
        repo.git("checkout", "-q", "-b", "work")
        for number in range(FILES):
            repo.write(f"m{number}.py", OLD)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            **{
                f"XDG_{name}_HOME": str(folder / name.lower())
                for name in ("CONFIG", "CACHE", "STATE")
            },
        }
        return cls(repo, env, {})

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "reviewer", *args],
            cwd=self.repo.path,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, command: str) -> tuple[int, str]:
        began = time.monotonic()
        with self.start(*self.arguments(command)) as process:
            assert process.stdout
            said = process.stdout.read().decode()
        self.seconds[command] = time.monotonic() - began
        return process.returncode, said

    def arguments(self, command: str) -> tuple[str, ...]:
        if command != "dismiss":
            return COMMANDS[command]
        ((found,),) = self.rows("SELECT id FROM findings ORDER BY state = 'fixed', id LIMIT 1")
        return tuple(found if each == "ID" else each for each in COMMANDS[command])

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.memory)) as db:
            return db.execute(sql).fetchall()

    @property
    def memory(self) -> Path:
        return next(Path(self.env["XDG_STATE_HOME"]).rglob("memory.sqlite3"))

    def files(self) -> dict[str, str]:
        """Everything in the worktree."""
        return {
            path.relative_to(self.repo.path).as_posix(): path.read_text()
            for path in sorted(self.repo.path.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        }


def kill(place: Place, command: str, chance: random.Random) -> Round:
    """One round: bring the files into the state that the command needs, start it, kill it, look."""
    for number in range(FILES):
        place.repo.write(f"m{number}.py", OLD)
    place.run("review")
    if command == "undo":
        place.run("fix")
    before, decided = place.files(), set(place.rows("SELECT id FROM dismissals"))
    most = place.seconds.get(command, place.seconds["review"]) * 1.1
    process = place.start(*place.arguments(command))
    try:
        process.wait(chance.uniform(0.0, most))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    killed = process.wait() == -signal.SIGKILL
    process.stdout.close()  # type: ignore[union-attr]
    return Round(command, killed, lost(place, before, decided))


def lost(place: Place, before: Mapping[str, str], decided: set[tuple[str, ...]]) -> str:
    after = place.files()
    wrong = sorted(
        name
        for name in before.keys() | after.keys()
        if after.get(name) not in ((OLD, NEW) if name.startswith("m") else (before.get(name),))
        and not name.startswith(UNFINISHED)  # the next fix takes it away
    )
    if wrong:
        return f"files: {', '.join(wrong)}"
    if place.rows("PRAGMA integrity_check") != [("ok",)]:
        return "the memory is damaged"
    if not decided <= set(place.rows("SELECT id FROM dismissals")):
        return "a decision is gone"
    for command in ("review", "fix", "undo"):
        code, said = place.run(command)
        nothing_left = code == 2 and command == "undo" and "no fixes to undo" in said
        if (code not in (0, 1, 3) and not nothing_left) or "Traceback" in said:
            return f"then {command} ended with {code}: {said.strip()[-200:]}"
    files = place.files()
    if unfinished := [name for name in files if name.startswith(UNFINISHED)]:
        return f"left behind: {', '.join(unfinished)}"
    left = {text for name, text in files.items() if name.startswith("m")}
    return "" if len(left) == 1 else "some files have the fixes and some have not"


def rounds(count: int, seed: int) -> Iterator[Round]:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Place.at(Path(folder))
        place.run("review")
        for number in range(count):
            yield kill(place, list(COMMANDS)[number % len(COMMANDS)], chance)


def main(count: int, seed: int) -> int:
    done: Counter[str] = Counter()
    for each in rounds(count, seed):
        done[f"{each.command}: {'killed' if each.killed else 'ended before'}"] += 1
        done["lost"] += bool(each.lost)
        if each.lost:
            print(f"{each.command}: {each.lost}", flush=True)
    for name, number in sorted(done.items()):
        print(f"{number:6} {name}")
    print(f"{count:6} in all; seed {seed}")
    return int(bool(done["lost"]))


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 300,
            int(sys.argv[2]) if len(sys.argv) > 2 else 1,
        )
    )
