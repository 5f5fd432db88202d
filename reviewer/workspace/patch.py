"""A patch without a repository (`--diff FILE`)."""

from __future__ import annotations

from pathlib import Path

from reviewer import diff
from reviewer.errors import GitFailed
from reviewer.text import one_line
from reviewer.types import Change, Scope, SkipReason, UnreviewedReason
from reviewer.workspace import classify, files
from reviewer.workspace.collect import digest, ordered_skipped, ordered_unreviewed
from reviewer.workspace.limits import Limits
from reviewer.workspace.records import GITLINK

_DEFAULT = Limits()


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
    sections = diff.sections(data)
    if not sections and data.strip():
        hint = (
            " (it is UTF-16: write it with `git diff --output=FILE`)"
            if data[:2] in (b"\xff\xfe", b"\xfe\xff")
            else ""
        )
        raise GitFailed(f"{one_line(name)} is not a unified diff{hint}; make one with `git diff`")
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
    return Change(
        scope=Scope("diff", rev=name),
        root=directory,
        common_dir=None,
        current_branch=None,
        base_branch=None,
        base_commit=None,
        head_commit=None,
        files=tuple(reviewed),
        skipped=ordered_skipped(skipped),
        unreviewed=ordered_unreviewed(unreviewed),
        warnings=(),
        digest=digest(None, reviewed),
        read=lambda path, side: None,
        grep=lambda words: (),
        list_files=lambda side: (),
    )


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
    if not file.hunks and file.status == "modified":
        return "mode_only", None
    if section.size > limits.max_file_bytes:
        return None, "too_large"
    return classify.by_name(file.path, {}), None
