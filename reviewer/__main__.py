"""`reviewer` and `python -m reviewer`.

Until the module path is clean, nothing is imported but what Python has loaded at its own start.
"""

import os
import sys


def main() -> None:
    """Run the command line in UTF-8, with a module path on which the reviewed repository does not
    stand."""
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        _start_again_in_utf_8()
    _leave_out_the_worktree()
    import signal

    if sys.platform != "win32":  # a signal waits until the imports are done, for who can answer
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    from reviewer.cli import main as command_line

    command_line()


def _start_again_in_utf_8() -> None:
    """In a locale like en_US.ISO-8859-1, Python would read git's file names as Latin-1. The streams
    keep the encoding of the terminal."""
    os.environ.setdefault("PYTHONIOENCODING", getattr(sys.stdout, "encoding", None) or "utf-8")
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def _leave_out_the_worktree() -> None:
    """PYTHONPATH often names the working directory, also by an empty entry. A `types.py` of the
    reviewed repository must not run in our place, nor an `mcp` in that of an extra that is missing.
    What is left of PYTHONPATH is what the programs that we start get."""
    try:
        here = os.getcwd()  # noqa: PTH109 - pathlib is not loaded yet
    except OSError:  # the directory has gone, and the command line says so
        return
    top = _worktree(here)
    sys.path[:] = [entry for entry in sys.path if _is_kept(entry, here, top)]
    if given := os.environ.get("PYTHONPATH"):
        kept = [entry for entry in given.split(os.pathsep) if _is_kept(entry, here, top)]
        os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, kept))


def _worktree(directory: str) -> str | None:
    """The top of the worktree around `directory`."""
    while not os.path.lexists(os.path.join(directory, ".git")):  # noqa: PTH118
        above = os.path.dirname(directory)  # noqa: PTH120
        if above == directory:
            return None
        directory = above
    return directory


def _is_kept(entry: str, here: str, top: str | None) -> bool:
    place = os.path.realpath(entry)
    if place != here and not (top is not None and _within(place, top)):
        return True
    package = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120
    if place == os.path.dirname(package):  # noqa: PTH120
        return True
    # A virtual environment often stands in the worktree. One that holds the worktree does not
    # count: /usr is such a prefix for /usr/src/app.
    prefixes = [os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)]
    return any(_within(each, top or here) and _within(place, each) for each in prefixes)


def _within(path: str, directory: str) -> bool:
    return os.path.commonpath((path, directory)) == directory


if __name__ == "__main__":
    main()
