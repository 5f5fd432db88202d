"""Runs `reviewer` as on Windows, as far as that can be had elsewhere: `sys.platform` is win32,
POSIX's own modules cannot be imported, and its own functions and signals do not exist.

    python tests/support/windows.py '[["--version"], ["fix", "--all"]]'

imports every module, then runs one command after the other, each followed by its exit code.

What the standard library and other packages do at their import was done before, and is that of this
machine. It takes the place of no test on Windows: it shows that no branch that Windows takes needs
what is missing there.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import types

# Each asks for the platform at its import, and is imported late.
import ast_grep_py
import filelock
import git
import httpx
import jsonschema
import platformdirs
import psutil

import reviewer

LATE = (ast_grep_py, filelock.lock_descriptor, git, httpx, jsonschema, platformdirs, psutil)

POSIX_ONLY = frozenset(("reviewer.fixes.confined_child", "reviewer.watchdog.warden"))
_MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios")
_OWN: dict[types.ModuleType, str] = {
    os: "fork forkpty getuid geteuid getgid getegid getpgid getsid killpg setsid setpgid"
    " set_blocking fchmod fchown chown mkfifo mknod wait"
    " sysconf major minor getloadavg uname O_NOFOLLOW O_DIRECTORY O_ASYNC",
    signal: "SIGHUP SIGQUIT SIGSTOP SIGCONT SIGIO SIGUSR1 SIGUSR2 SIGALRM alarm pthread_sigmask",
}


def names() -> list[str]:
    found = pkgutil.walk_packages(reviewer.__path__, "reviewer.")
    return [each.name for each in found if each.name not in ("reviewer.__main__", *POSIX_ONLY)]


def pretend() -> None:
    """From here on, this process believes that it runs on Windows."""
    for name in names():  # and whatever they import
        importlib.import_module(name)
    for name in [each for each in sys.modules if each.partition(".")[0] == "reviewer"]:
        del sys.modules[name]
    sys.platform = "win32"
    setattr(signal, "SIGBREAK", signal.SIGQUIT)  # noqa: B010 - one that can be sent here
    setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # noqa: B010 - Popen refuses another one
    os.supports_dir_fd = set()
    for name in _MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for module, attributes in _OWN.items():
        for attribute in attributes.split():
            if hasattr(module, attribute):
                delattr(module, attribute)


def main() -> None:
    pretend()
    for name in names():
        importlib.import_module(name)
    from reviewer.__main__ import main as command_line

    for arguments in json.loads(sys.argv[1]):
        sys.argv = ["reviewer", *arguments]
        try:
            command_line()
        except SystemExit as ended:
            print("exit", ended.code, flush=True)


if __name__ == "__main__":
    main()
