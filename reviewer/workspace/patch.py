"""A patch without a repository (`--diff FILE`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reviewer import diff
from reviewer.errors import GitFailed
from reviewer.text import one_line
from reviewer.types import Change, Scope, SkipReason, UnreviewedReason
from reviewer.workspace import classify, encodings, files
from reviewer.workspace.collect import digest, ordered_skipped, ordered_unreviewed
from reviewer.workspace.limits import Limits
from reviewer.workspace.records import GITLINK

_DEFAULT = Limits()
_COLOUR = re.compile(rb"\x1b\[[0-9;:]*m")
_COLOURED = re.compile(rb"^(?:\x1b\[[0-9;:]*m)+(?:diff --git |--- |@@ |Submodule )", re.MULTILINE)
_ENCODED = re.compile(
    rb"^content-transfer-encoding:\s*(?:quoted-printable|base64)\s*$", re.IGNORECASE | re.MULTILINE
)
_BOM = b"\xef\xbb\xbf"


def from_patch(data: bytes, name: str, directory: Path, limits: Limits = _DEFAULT) -> Change:
    """The change in a patch; `name` is the user's name for it (`-` for standard input).

    File contents are unknown: `read` returns None, `grep` and `list_files` nothing. Raises
    GitFailed when the patch cannot be read.
    """
    if len(data) > limits.max_diff_bytes:
        raise GitFailed(
            f"the patch has more than {limits.max_diff_bytes} bytes; split it, or raise"
            " max-diff-bytes"
        )
    if _ENCODED.search(data):
        raise GitFailed(
            f"{one_line(name)} is an encoded mail; write its text to a file with: git mailinfo"
        )
    sections = diff.sections(_cleaned(data))
    if not sections and data.strip():
        raise GitFailed(
            f"{one_line(name)} is not a unified diff{_hint(data)}; make one with `git diff`"
        )
    _refuse_series(sections)
    skipped: dict[str, SkipReason] = {}
    unreviewed: dict[str, UnreviewedReason] = {}
    reviewed = []
    for section in sections:
        path = section.file.path
        skip, unread = _reason(section, limits)
        if skip is not None:
            skipped[path] = skip
        elif unread is not None:
            unreviewed[path] = unread
        else:
            reviewed.append(section.file)
    shown = encodings.of_patch(reviewed)
    return Change(
        scope=Scope("diff", rev=name),
        root=directory,
        common_dir=None,
        current_branch=None,
        base_branch=None,
        base_commit=None,
        head_commit=None,
        files=shown,
        skipped=ordered_skipped(skipped),
        unreviewed=ordered_unreviewed(unreviewed),
        warnings=(),
        digest=digest(None, shown),
        read=lambda path, side: None,
        grep=lambda words: (),
        list_files=lambda side: (),
    )


def _cleaned(data: bytes) -> bytes:
    """The patch as git wrote it: without a BOM, the colours of `color.ui=always`, and the CR that
    an editor or a shell has put behind every line. A patch of files with CRLF has headers without
    it, and stays as it is."""
    data = data.removeprefix(_BOM)
    if _COLOURED.search(data):
        data = _COLOUR.sub(b"", data)
    lines = data.count(b"\n")
    if lines and data.count(b"\r\n") == lines:
        data = data.replace(b"\r\n", b"\n").removesuffix(b"\r")
    return data


def _hint(data: bytes) -> str:
    is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return " (it is UTF-16: write it with `git diff --output=FILE`)" if is_utf16 else ""


def _refuse_series(sections: Sequence[diff.Section]) -> None:
    """Each patch of a series counts its lines in the file as the one before has left it: neither
    the lines of the first nor a line that the last one removes again would be right."""
    seen: set[str] = set()
    for file in (section.file for section in sections):
        if GITLINK in (file.old_mode, file.new_mode):
            continue  # git says twice that the files of a submodule changed, too
        again = file.old_path if file.status == "renamed" else file.path
        if not seen.isdisjoint((file.path, again)):
            raise GitFailed(
                f"the patch changes {one_line(file.path)} more than once, as a series of commits"
                " does: review the commits with --range A..B, or make one patch with `git diff A B`"
            )
        seen.add(file.path)


def _reason(
    section: diff.Section, limits: Limits
) -> tuple[SkipReason | None, UnreviewedReason | None]:
    file = section.file
    if limits.excluded(file.path):
        return "excluded", None
    if not files.is_safe(file.path):
        return None, "special_file"
    if GITLINK in (file.old_mode, file.new_mode):
        return "submodule", None
    if section.binary:
        return "binary", None
    if section.unseen:
        return None, "not_visible"
    if not file.hunks and file.status == "modified":
        return "mode_only", None
    if section.size > limits.max_file_bytes:
        return None, "too_large"
    return classify.by_name(file.path, {}), None
