"""Everything that can stop a run, and the exit code of each.

ReviewerError                what the user sees: one line that names the next step
├── UsageError         2     wrong options, or options that exclude each other
├── ConfigError        2     a configuration file or variable that cannot be used
├── NoRepository       4     not a git repository, or one that cannot be opened
├── BadBase            4     the base, commit or range cannot be resolved
├── GitFailed          4     git failed, or its output could not be used
├── EngineError        4     no model answers; subclasses say why
│   ├── NoEngine             no engine was found or its package is missing
│   ├── EngineUnreachable    nothing answers at the endpoint
│   ├── AuthFailed           the server rejects the key
│   └── ModelNotFound        the server has no such model
├── OutOfTime          4     the time limit ended the run before anything was reviewed
└── Interrupted        130   Ctrl-C before anything was reviewed (143 for SIGTERM)
"""

from __future__ import annotations

import errno
from typing import Any, ClassVar, Final, Literal

ErrorType = Literal[
    "usage",
    "config",
    "no_repository",
    "bad_base",
    "git_failed",
    "no_engine",
    "engine_unreachable",
    "auth",
    "model_not_found",
    "out_of_time",
    "interrupted",
    "internal",
]
RunExit = Literal[0, 1, 3, 4, 130, 143]  # how a run that began to review can end


_LIMITS = {  # of the system or the shell, by the errno of a call that meets it
    errno.EMFILE: "too many files are open; raise the limit: ulimit -n",
    errno.ENFILE: "too many files are open on this machine; close some programs",
    errno.EFBIG: "a file would exceed the size limit; raise it: ulimit -f",
    errno.ENOMEM: "out of memory; raise the limit: ulimit -v",
    errno.ENOSPC: "the disk is full; make room, or set TMPDIR to a folder with more of it",
    errno.EDQUOT: "the disk quota is used up; make room, or set TMPDIR to another disk",
}


def limit(error: BaseException) -> str:
    """Which limit a call met, and the way out; "" for any other error."""
    return _LIMITS.get(error.errno or 0, "") if isinstance(error, OSError) else ""


class Exit:
    """Exit codes of every command. Where several apply, the first of these wins:
    INTERRUPTED, TERMINATED > USAGE > CANNOT_RUN > FINDINGS > INCOMPLETE > OK."""

    OK: Final = 0
    FINDINGS: Final = 1
    USAGE: Final = 2
    INCOMPLETE: Final = 3
    CANNOT_RUN: Final = 4
    INTERRUPTED: Final = 130
    TERMINATED: Final = 143


class ReviewerError(Exception):
    """Shown to the user verbatim: one line without a final period that says what is wrong, then
    names the next command or option to try."""

    exit_code: int = Exit.CANNOT_RUN
    error_type: ClassVar[ErrorType] = "internal"
    recoverable: ClassVar[bool] = False

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class UsageError(ReviewerError):
    exit_code = Exit.USAGE
    error_type = "usage"


class ConfigError(ReviewerError):
    exit_code = Exit.USAGE
    error_type = "config"


class NoRepository(ReviewerError):
    error_type = "no_repository"


class BadBase(ReviewerError):
    error_type = "bad_base"


class GitFailed(ReviewerError):
    error_type = "git_failed"


class EngineError(ReviewerError):
    error_type: ClassVar[ErrorType] = "no_engine"
    recoverable = True


class NoEngine(EngineError):
    error_type = "no_engine"


class EngineUnreachable(EngineError):
    error_type = "engine_unreachable"


class AuthFailed(EngineError):
    error_type = "auth"


class ModelNotFound(EngineError):
    error_type = "model_not_found"


class OutOfTime(ReviewerError):
    error_type = "out_of_time"
    recoverable = True


class Interrupted(ReviewerError):
    exit_code = Exit.INTERRUPTED
    error_type = "interrupted"
    recoverable = True

    def __init__(self, message: str, *, terminated: bool = False) -> None:
        super().__init__(message)
        self.exit_code = Exit.TERMINATED if terminated else Exit.INTERRUPTED
