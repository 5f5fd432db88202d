"""Git: collects the change once and safely. The only package that runs git, and the only one that
imports GitPython."""

from reviewer.workspace.base import Base, commit_of, measured_from, resolve
from reviewer.workspace.collect import collect, digest
from reviewer.workspace.instead import instead
from reviewer.workspace.invocation import EMPTY_TREE, Repository, git
from reviewer.workspace.limits import Limits
from reviewer.workspace.patch import from_patch
from reviewer.workspace.repository import configuration, open_repository, read_base, read_here

__all__ = [
    "EMPTY_TREE",
    "Base",
    "Limits",
    "Repository",
    "collect",
    "commit_of",
    "configuration",
    "digest",
    "from_patch",
    "git",
    "instead",
    "measured_from",
    "open_repository",
    "read_base",
    "read_here",
    "resolve",
]
