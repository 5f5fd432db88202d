"""The hook file: how it is written, recognised and read back."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.doors.hooks import HookType, OnServerDown
from reviewer.errors import Exit

VERSION = 1
BEFORE = "before-reviewer"  # NAME.before-reviewer is the earlier hook
_MARK = re.compile(rb"^# reviewer-hook (\d+) ([a-z-]+) ([0-9a-f]{16})\r?$", re.MULTILINE)
_HEAD = 4096  # the marker is in the second line; more is not searched
_CALL = re.compile(r"^set -- hook run (.*) -- \"\$@\"\r?$", re.MULTILINE)
_PYTHON = re.compile(r"^python=(.*?)\r?$", re.MULTILINE)

# POSIX sh. -I and the check for an absolute path keep the repository, in which the hook runs, from
# supplying its own `reviewer`. Standard input is read only where two hooks need it.
_SCRIPT = """\
# Written by "reviewer hook install"; "reviewer hook uninstall" removes it and restores the earlier hook.
# To skip it once: {going} --no-verify, or REVIEWER_SKIP=1 {going}

PATH=${{PATH:-/usr/local/bin:/usr/bin:/bin}}
here=${{0%/*}}
[ "$here" != "$0" ] || here=.
before=$here/{name}.{before}
if [ -f "$before" ] && [ -x "$before" ]; then
{chain}
fi
case ${{REVIEWER_SKIP:-}} in
  1 | true) echo 'reviewer: skipped (REVIEWER_SKIP is set)' >&2; exit 0 ;;
esac

set -- hook run {arguments} -- "$@"
python={python}
if [ -x "$python" ] && "$python" {isolated} -c 'import reviewer' </dev/null >/dev/null 2>&1; then
  exec "$python" {isolated} -m reviewer "$@"
fi
found=$(command -v reviewer) || found=
case $found in
  /*) exec "$found" "$@" ;;
esac
echo 'reviewer: not found where it was installed, so nothing was reviewed; run reviewer hook install (or uninstall)' >&2
exit {missing}
"""  # noqa: E501
_CHAIN = {
    "pre-push": (
        """\
  refs=$(cat)
  printf '%s' "${refs:+$refs
}" 2>/dev/null | "$before" "$@" || exit
  exec <<REFS
$refs
REFS"""
    ),
    "pre-commit": '  "$before" "$@" || exit',
}
_GOING = {"pre-push": "git push", "pre-commit": "git commit"}


@dataclass(frozen=True, slots=True)
class Options:
    """Options of `hook install`; None is not written into the hook, so that later defaults
    apply."""

    fail_on: str | None = None
    on_server_down: OnServerDown | None = None
    timeout: float | None = None
    model: bool = False

    def arguments(self) -> list[str]:
        return [
            *(["--fail-on", self.fail_on] if self.fail_on else []),
            *(["--on-server-down", self.on_server_down] if self.on_server_down else []),
            *(["--timeout", f"{self.timeout:g}"] if self.timeout else []),
            *(["--model"] if self.model else []),
        ]


@dataclass(frozen=True, slots=True)
class HookScript:
    """What one of our hook files records. `edited`: it was changed after it was written."""

    version: int
    type: str
    arguments: tuple[str, ...]
    python: str
    edited: bool


def write(
    hook: HookType, options: Options, python: str, isolated: Sequence[str] = ("-I",)
) -> bytes:
    """The hook file. `python`: the absolute path of the interpreter that has the package ("" for
    none); `isolated`: the options that keep the working directory off its path."""
    body = _SCRIPT.format(
        name=hook,
        going=_GOING[hook],
        before=BEFORE,
        chain=_CHAIN[hook],
        arguments=shlex.join([hook, *options.arguments()]),
        python=shlex.quote(python.replace("\\", "/") if python[1:3] == ":\\" else python),
        isolated=shlex.join(isolated),
        missing=Exit.FINDINGS if options.on_server_down == "block" else Exit.OK,
    ).encode("utf-8", "surrogateescape")
    return b"#!/bin/sh\n# reviewer-hook %d %s %s\n" % (VERSION, hook.encode(), _digest(body)) + body


def recognise(data: bytes) -> HookScript | None:
    """What the file records if it is ours, in any version; None when it is not ours."""
    mark = _MARK.search(data[:_HEAD])
    if mark is None:
        return None
    body = data[mark.end() :].partition(b"\n")[2]
    text = body.decode("utf-8", "surrogateescape")
    call, python = _CALL.search(text), _PYTHON.search(text)
    return HookScript(
        version=int(mark[1]),
        type=mark[2].decode(),
        arguments=tuple(_split(call[1])[1:]) if call else (),
        python=next(iter(_split(python[1])), "") if python else "",
        edited=_digest(body) != mark[3],
    )


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # edited by hand
        return []


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()
