"""Repositories that try to run programs: traps, and the ways in which git springs them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from support.repo import Repo


class Trap:
    """A repository with changes in every state, and a program that leaves a marker when it runs."""

    def __init__(self, repo: Repo, tmp_path: Path) -> None:
        self.repo, self.marker = repo, tmp_path / "marker"
        self.program = tmp_path / "trap.sh"
        self.program.write_text(
            f"#!/bin/sh\ntouch {shlex.quote(str(self.marker))}\ncat 2>/dev/null\nexit 0\n"
        )
        self.program.chmod(0o755)
        repo.commit(
            {".gitattributes": "*.txt filter=evil diff=evil merge=evil\n"}
            | {f"{n}.txt": "1\n" for n in "abd"}
        )
        repo.git("checkout", "-q", "-b", "feature")
        repo.commit({"d.txt": "2\n"})
        repo.write("b.txt", "2\n")
        repo.git("add", "-A")
        repo.write("a.txt", "2\n")
        repo.write("c.txt", "2\n")

    def config(self, key: str, value: str | None = None) -> None:
        self.repo.git("config", key, value or str(self.program))

    def springs(self, *commands: str) -> bool:
        """Whether plain git runs the program."""
        for command in commands:
            self.repo.git(*shlex.split(command), check=False)
        return self.marker.exists()


def content(directory: Path) -> dict[str, bytes | str]:
    return {
        str(path.relative_to(directory)): (
            str(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in sorted(directory.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


VECTORS: dict[str, tuple[Callable[[Trap], object], tuple[str, ...]]] = {
    "fsmonitor": (lambda trap: trap.config("core.fsmonitor"), ("status",)),
    "diff.external": (lambda trap: trap.config("diff.external"), ("diff",)),
    "diff driver": (lambda trap: trap.config("diff.evil.command"), ("diff",)),
    "textconv": (lambda trap: trap.config("diff.evil.textconv"), ("diff",)),
    "clean": (lambda trap: trap.config("filter.evil.clean"), ("diff",)),
    "required clean": (
        lambda trap: (
            trap.config("filter.evil.clean"),
            trap.config("filter.evil.required", "true"),
        ),
        ("diff",),
    ),
    "process": (lambda trap: trap.config("filter.evil.process"), ("diff",)),
    "smudge": (lambda trap: trap.config("filter.evil.smudge"), ("checkout -f -- a.txt",)),
    "filter of info/attributes": (
        lambda trap: (
            trap.config("filter.a b=c.d.clean"),
            trap.repo.write(".git/info/attributes", "*.txt filter=evil\n"),
            trap.config("filter.evil.clean"),
        ),
        ("diff",),
    ),
    "merge driver": (lambda trap: trap.config("merge.evil.driver"), ()),
    "hooksPath": (
        lambda trap: (
            hooks(trap, trap.repo.path / "hooks"),
            trap.config("core.hooksPath", str(trap.repo.path / "hooks")),
        ),
        ("add a.txt",),
    ),
    "hooks": (lambda trap: hooks(trap, trap.repo.path / ".git/hooks"), ("add a.txt",)),
    "configured hook": (
        lambda trap: (
            trap.config("hook.x.command"),
            trap.config("hook.x.event", "post-index-change"),
        ),
        (),
    ),
    "gpg.program": (
        lambda trap: (
            trap.config("gpg.program"),
            trap.config("log.showSignature", "true"),
            sign(trap),
        ),
        ("log -1",),
    ),
    "include.path": (
        lambda trap: (
            trap.repo.git("config", "-f", "extra", "filter.evil.clean", str(trap.program)),
            trap.config("include.path", str(trap.repo.path / "extra")),
        ),
        ("diff",),
    ),
    "includeIf": (
        lambda trap: (
            trap.repo.git("config", "-f", "extra", "core.fsmonitor", str(trap.program)),
            trap.config("includeIf.gitdir:**/.git.path", str(trap.repo.path / "extra")),
        ),
        ("status",),
    ),
    "worktree config": (
        lambda trap: (
            trap.config("extensions.worktreeConfig", "true"),
            trap.repo.git("config", "--worktree", "filter.evil.clean", str(trap.program)),
        ),
        ("diff",),
    ),
    "others": (lambda trap: [trap.config(key) for key in OTHERS], ("commit --amend",)),
}
OTHERS = (
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.sshCommand",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "gc.recentObjectsHook",
    "trailer.x.command",
    "sequence.editor",
    "pager.diff",
    "interactive.diffFilter",
    "uploadpack.packObjectsHook",
    "diff.guitool",
    "difftool.x.cmd",
    "browser.x.cmd",
    "alias.rev-parse",
    "alias.diff-files",
    "core.fsmonitorHookVersion",
    "receive.procReceiveRefs",
)


def hooks(trap: Trap, directory: Path) -> None:
    directory.mkdir(exist_ok=True)
    for name in (
        "post-index-change",
        "reference-transaction",
        "pre-commit",
        "post-checkout",
        "fsmonitor-watchman",
    ):
        (directory / name).write_bytes(trap.program.read_bytes())
        (directory / name).chmod(0o755)


def sign(trap: Trap) -> None:
    """Make the newest commit look signed."""
    body = trap.repo.git("cat-file", "commit", "HEAD")
    head, _, message = body.partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = trap.repo.git(
        "hash-object",
        "-t",
        "commit",
        "-w",
        "--stdin",
        stdin=f"{head}\n{signature}\n\n{message}".encode(),
    )
    trap.repo.git("reset", "-q", "--soft", signed.strip())
