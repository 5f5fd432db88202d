"""The one way to run git: an absolute program, our own environment, a deadline, and a configuration
in which nothing from the repository names a program.

Commands that need only objects, an index or the worktree run in our scratch repository
(`scratch=True`), which borrows the objects of the real one and ignores its configuration, hooks and
attributes. Commands that need refs run in the real one, with every key overridden that could start
a program.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer import process, programs
from reviewer.errors import GitFailed, UsageError, limit
from reviewer.text import cut, one_line

FIRST_CONTACT_TIMEOUT = 10.0  # seconds; only a configuration is read
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_KEPT = (
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "SYSTEMROOT",
    "APPDATA",
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_ATTR_NOSYSTEM": "1",
}
_CONFIG = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.untrackedCache", "false"),
    ("core.splitIndex", "false"),
    ("core.commitGraph", "false"),  # a forged commit graph must not answer for the commits
    ("core.protectNTFS", "false"),  # names are only read, never written to a worktree
    ("core.protectHFS", "false"),
    ("core.safecrlf", "false"),
    ("core.quotePath", "true"),
    ("color.ui", "false"),
    ("log.showSignature", "false"),
    ("i18n.logOutputEncoding", "UTF-8"),  # or that of commits: object ids, too, in UTF-16
    ("safe.bareRepository", "explicit"),
    ("diff.ignoreSubmodules", "dirty"),
    ("submodule.recurse", "false"),
)
# Keys with which a repository can make git start a program, and the values that disable them.
_PROGRAMS = (
    (re.compile(r"filter\..*\.(clean|smudge|process)", re.DOTALL), ""),
    (re.compile(r"filter\..*\.required", re.DOTALL), "false"),
    (re.compile(r"diff\..*\.(command|textconv)|diff\.external", re.DOTALL), ""),
    (re.compile(r"merge\..*\.driver", re.DOTALL), ""),
    (re.compile(r"hook\..*\.enabled", re.DOTALL), "false"),
)
_HOOK = re.compile(r"(hook\..*)\.command", re.DOTALL)


@dataclass(frozen=True)
class Repository:
    """A repository that passed first contact, and everything needed to run git on it."""

    root: Path  # top of the worktree
    git_dir: Path
    common_dir: Path
    index_file: Path
    # the user's directory relative to root, with a final "/"; empty for root itself
    prefix: str
    shallow: bool
    program: str  # absolute path of git
    timeout: float  # seconds a git process may take
    deadline: float  # by time.monotonic(), for all of them together
    scratch: Path  # a git directory of ours that borrows the objects; removed with this object
    overrides: tuple[
        tuple[str, str], ...
    ] = ()  # configuration for commands in the real git directory
    inert: tuple[
        tuple[str, str], ...
    ] = ()  # the few settings that the scratch repository takes over
    settings: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # the whole configuration, last value each
    warnings: tuple[str, ...] = ()


def find_git() -> str:
    """The absolute path of git. Raises GitFailed when it is not installed."""
    found = programs.find("git")
    if found is None:
        raise GitFailed(
            "git is not installed: no `git` in an absolute directory of PATH; install it and try"
            " again"
        )
    return found


def environment(config: Sequence[tuple[str, str]], **extra: str) -> dict[str, str]:
    """The environment of a git process: only a few of the caller's variables, and only our own
    GIT_*."""
    env = {name: os.environ[name] for name in _KEPT if name in os.environ} | _ENVIRONMENT | extra
    pairs = [*_CONFIG, *config]
    env["GIT_CONFIG_COUNT"] = str(len(pairs))
    for number, (key, value) in enumerate(pairs):
        env[f"GIT_CONFIG_KEY_{number}"], env[f"GIT_CONFIG_VALUE_{number}"] = key, value
    return env


def git(
    repository: Repository,
    *args: str,
    stdin: bytes = b"",
    scratch: bool = False,
    index: Path | None = None,
    codes: Sequence[int] = (0,),
    timeout: float | None = None,
    max_bytes: int = 1 << 30,
) -> bytes:
    """Run git and return its output. `index` replaces the index file; `codes` are the accepted exit
    codes.

    Raises GitFailed with the first error line of git, when it took longer than `timeout` seconds
    (None: the repository's limit for each), when the repository's time is up, or when it printed
    more than `max_bytes`.
    """
    env = environment(
        repository.inert if scratch else repository.overrides,
        GIT_DIR=str(repository.scratch if scratch else repository.git_dir),
        GIT_WORK_TREE=str(repository.root),
        GIT_LITERAL_PATHSPECS=(
            "0" if args[0] == "check-ignore" else "1"
        ),  # the only command that refuses them
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_INDEX_FILE=str(
            index or (repository.scratch / "index" if scratch else repository.index_file)
        ),
    )
    left = repository.deadline - time.monotonic()
    seconds = min(left, repository.timeout if timeout is None else timeout)
    return run(
        repository.program,
        *args,
        cwd=repository.root,
        env=env,
        stdin=stdin,
        codes=codes,
        timeout=seconds,
        max_bytes=max_bytes,
    )


GitRunner = Callable[..., bytes]  # `git` in the scratch repository, under a shared time limit


def limited_git(repository: Repository, seconds: float) -> GitRunner:
    """`git` in the scratch repository, limited to `seconds` for all calls together."""
    deadline = time.monotonic() + seconds

    def run_git(*args: str, **options: Any) -> bytes:
        return git(repository, *args, scratch=True, timeout=deadline - time.monotonic(), **options)

    return run_git


class GitTimeout(GitFailed):
    """A git process did not finish in time."""


def run(
    program: str,
    *args: str,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    codes: Sequence[int] = (0,),
    max_bytes: int = 1 << 24,
) -> bytes:
    command = f"git {args[0]}"
    if timeout <= 0:
        raise GitTimeout(f"no time left for {command}; try a longer --timeout or a narrower scope")
    try:
        result = process.run(
            [program, "--no-pager", "--no-replace-objects", *args],
            cwd=cwd,
            env=env,
            timeout=timeout,
            stdin=stdin,
            max_bytes=max_bytes,
        )
    except process.ProcessTimeout:
        raise GitTimeout(
            f"{command} did not finish within {timeout:.0f} s; try a longer --timeout or a narrower"
            " scope"
        ) from None
    except process.OutputTooLarge:
        raise GitFailed(
            f"{command} printed more than {max_bytes >> 20} MiB; try a narrower scope"
        ) from None
    except OSError as error:
        if error.errno == errno.E2BIG:  # only paths make our arguments long
            raise UsageError(
                "too many paths for one git command; name the folder that holds them, or use"
                " --include"
            ) from None
        raise GitFailed(f"cannot start {command}: {limit(error) or one_line(str(error))}") from None
    if result.code not in codes:
        raise GitFailed(
            f"{command} failed: {complaint(result.stderr) or f'exit code {result.code}'}"
        )
    return result.stdout


def complaint(stderr: bytes) -> str:
    """The line of git's stderr that names the problem, safe for a terminal."""
    lines = [line for line in os.fsdecode(stderr).split("\n") if line.strip()]
    lines = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    return cut(one_line(lines[0]), 400) if lines else ""


def disarm(local: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Overrides for every key in the repository's own configuration that could start a program."""
    out = [(key, value) for key in local for pattern, value in _PROGRAMS if pattern.fullmatch(key)]
    out += [(f"{match[1]}.enabled", "false") for key in local if (match := _HOOK.fullmatch(key))]
    out += [
        (f"{key.rpartition('.')[0]}.required", "false")
        for key in local
        if key.startswith("filter.")
    ]
    return tuple(dict.fromkeys(out))
