"""First contact with a repository: where it is, whether it really is what it claims, and the
scratch repository in which git works from then on."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewer import disk, temporary
from reviewer.errors import GitFailed, NoRepository
from reviewer.text import one_line
from reviewer.types import Change
from reviewer.workspace import files, objects, owned, special
from reviewer.workspace.base import Base
from reviewer.workspace.invocation import (
    FIRST_CONTACT_TIMEOUT,
    Repository,
    disarm,
    environment,
    find_git,
    limited_git,
    run,
)

_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR")
# Settings that change how git sees worktree files and that cannot start a program.
_INERT = (
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.symlinks",
    "core.ignorecase",
    "core.longpaths",
    "core.precomposeunicode",
    "core.trustctime",
    "core.checkstat",
)
_INERT_OF_USER = (
    "core.excludesfile",
    "core.attributesfile",
)  # paths: only the user's own settings are followed
_ASK = (
    "--is-bare-repository",
    "--is-shallow-repository",
    "--show-object-format",
    "--show-toplevel",
    "--absolute-git-dir",
    "--path-format=absolute",
    "--git-common-dir",
)
_MAX_EXCLUDE = 1 << 20


def open_repository(
    directory: Path, *, hook: bool = False, timeout: float = 60, seconds: float = math.inf
) -> Repository:
    """The repository that contains `directory`. With `hook`, the GIT_DIR, GIT_WORK_TREE and
    GIT_INDEX_FILE that git sets for a hook apply; otherwise no GIT_* variable does, except for an
    index in the git directory itself.

    `timeout` is the limit in seconds for each later git process, `seconds` for all of them
    together, from now on. Raises NoRepository when there is
    none (or one without a worktree), GitFailed when git cannot be used on it or when it points to
    places outside itself.
    """
    if not directory.is_dir():
        raise NoRepository(
            f"no such directory: {one_line(str(directory))}; change to your project's directory"
        )
    deadline = time.monotonic() + seconds
    directory = directory.resolve()
    program = find_git()
    kept = {name: os.environ[name] for name in _HOOK_VARIABLES if hook and os.environ.get(name)}
    found = Path(kept["GIT_DIR"]) if "GIT_DIR" in kept else special.nearest_git_dir(directory)
    if found is not None:
        special.refuse(directory / found)
    limit = min(timeout, FIRST_CONTACT_TIMEOUT, seconds)
    root, git_dir, common_dir, shallow = _first_contact(program, directory, kept, limit)
    special.refuse(git_dir, common_dir)
    scopes = _configuration(program, directory, kept, limit)
    user = {
        key: value for scope, key, value in scopes if scope not in ("local", "worktree", "command")
    }
    local = {key: value for scope, key, value in scopes if scope in ("local", "worktree")}
    if not kept.keys() & {"GIT_DIR", "GIT_WORK_TREE"}:  # else git itself named the paths
        owned.check_place(directory, root, git_dir, common_dir, local.get("core.worktree"))
    owned.check_objects(root, common_dir)
    inert = {key: value for key, value in (user | local).items() if key in _INERT}
    inert |= {key: value for key, value in user.items() if key in _INERT_OF_USER}
    scratch = Path(tempfile.mkdtemp(prefix="reviewer-", dir=temporary.folder()))
    try:
        _fill(scratch, git_dir, common_dir)
        repository = Repository(
            root=root,
            git_dir=git_dir,
            common_dir=common_dir,
            index_file=_index(directory, root, git_dir, hook=hook),
            prefix=(
                ""
                if directory == root or root not in directory.parents
                else f"{directory.relative_to(root).as_posix()}/"
            ),
            shallow=shallow,
            program=program,
            timeout=timeout,
            deadline=deadline,
            scratch=scratch,
            overrides=disarm(local),
            inert=tuple(inert.items()),
            settings=user | local,
            warnings=_neutralised(local),
        )
    except BaseException:
        disk.remove(scratch)
        raise
    weakref.finalize(repository, disk.remove, scratch)
    return repository


def _first_contact(
    program: str, directory: Path, kept: Mapping[str, str], timeout: float
) -> tuple[Path, Path, Path, bool]:
    try:
        out = run(
            program, "rev-parse", *_ASK, cwd=directory, env=environment((), **kept), timeout=timeout
        )
    except GitFailed as error:
        where = one_line(str(directory))
        if "not a git repository" in error.message:
            raise NoRepository(
                f"not a git repository: {where}; change to your repository, or review a patch with"
                " --diff FILE"
            ) from None
        if "must be run in a work tree" in error.message or "bare repository" in error.message:
            raise NoRepository(
                f"no worktree at {where} (a bare repository or a git directory); change to a clone"
                " of it"
            ) from None
        raise
    parts = os.fsdecode(out).split("\n")
    if len(parts) != len(_ASK):
        raise GitFailed("the path of the repository contains a line break; move it and try again")
    bare, shallow, object_format, root, git_dir, common_dir, _ = parts
    if bare == "true":
        raise NoRepository(
            "this is a bare repository, without files to review; change to a clone of it"
        )
    if object_format != "sha1":
        raise GitFailed(
            f"repositories with {one_line(object_format)} object names are not supported yet; use"
            " --diff"
        )
    return Path(root), Path(git_dir), Path(common_dir), shallow == "true"


def _configuration(
    program: str, directory: Path, kept: Mapping[str, str], timeout: float
) -> list[tuple[str, str, str]]:
    """(scope, key, value) of every configured value, in order; listing runs no program."""
    out = run(
        program,
        "config",
        "--list",
        "-z",
        "--show-scope",
        cwd=directory,
        env=environment((), **kept),
        timeout=timeout,
    )
    parts = os.fsdecode(out).split("\0")
    pairs = zip(parts[::2], parts[1::2], strict=False)
    return [(scope, *_key_value(entry)) for scope, entry in pairs]


def configuration(repository: Repository) -> list[tuple[str, str, str]]:
    """(scope, key, value) of every value configured for this worktree, in git's order. The scope is
    system, global, local or worktree; section and variable of a key are in lower case."""
    entries = _configuration(
        repository.program, repository.root, {}, min(repository.timeout, FIRST_CONTACT_TIMEOUT)
    )
    return [entry for entry in entries if entry[0] != "command"]


def _key_value(entry: str) -> tuple[str, str]:
    key, sep, value = entry.partition("\n")
    return key, value if sep else "true"


def _index(directory: Path, root: Path, git_dir: Path, *, hook: bool) -> Path:
    """git names the index of a commit to its hooks (`git commit -a` has one of its own). In a hook
    of the user's, which calls us like any program, it counts if it lies beside the usual one."""
    usual, given = git_dir / "index", os.environ.get("GIT_INDEX_FILE")
    if given and hook:
        return directory / given
    place = root / given if given else usual
    return place if place.is_file() and owned.same(place.parent, git_dir) else usual


def _fill(scratch: Path, git_dir: Path, common_dir: Path) -> None:
    """Our own git directory: no configuration, no hooks, no attributes; objects are borrowed,
    ignore rules copied."""
    for name in ("objects/info", "refs/heads", "info"):
        (scratch / name).mkdir(parents=True)
    (scratch / "HEAD").write_text("ref: refs/heads/none\n")
    alternate = os.fsencode(common_dir.resolve() / "objects")
    (scratch / "objects/info/alternates").write_bytes(alternate + b"\n")
    exclude = files.read_small(common_dir / "info" / "exclude", _MAX_EXCLUDE)
    if exclude is not None:
        (scratch / "info/exclude").write_bytes(exclude)
    for shared in _shared_indexes(git_dir):
        shutil.copy2(shared, scratch / shared.name)


def _shared_indexes(git_dir: Path) -> Iterator[Path]:
    """The shared part of a split index; git expects it beside HEAD."""
    return (
        path for path in git_dir.glob("sharedindex.*") if path.is_file() and not path.is_symlink()
    )


def _neutralised(local: Mapping[str, str]) -> tuple[str, ...]:
    keys = sorted({key for key, _ in disarm(local) if key in local})
    return (
        (
            "programs named by the repository's git configuration are not run:"
            f" {one_line(', '.join(keys))}"
        ),
    ) * bool(keys)


def read_here(change: Change, path: str, limit: int = 1 << 20) -> bytes | None:
    """The content of a file in the state under review, even of one that git ignores."""
    if change.scope.kind in ("all", "uncommitted") and files.is_safe(path):
        return files.read(change.root, path, limit)
    return change.read(path, "new")


def read_base(repository: Repository, base: Base, path: str, limit: int = 1 << 20) -> bytes | None:
    """The content of a file at the base; None if it is absent, not a file, or larger than `limit`
    bytes.

    For the few configuration files: one git process each, because importing GitPython costs more.
    """
    run_git = limited_git(repository, repository.timeout)
    return (
        objects.read_one(run_git, base.commit, path, limit)
        if base.commit and files.is_safe(path)
        else None
    )
