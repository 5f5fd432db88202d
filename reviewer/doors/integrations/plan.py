"""Action an installation or a removal changes. Everything is read and planned before the first byte
is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reviewer.doors.integrations import files, marked, settings
from reviewer.doors.integrations.hosts import NAME, Host
from reviewer.errors import ConfigError, UsageError

Action = Literal["created", "updated", "unchanged", "removed", "absent"]
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A change to one file below the base folder; None stands for no file."""

    path: str
    old: bytes | None
    new: bytes | None
    remark: str = ""

    @property
    def action(self) -> Action:
        if self.old == self.new:
            return "absent" if self.new is None else "unchanged"
        return "created" if self.old is None else "removed" if self.new is None else "updated"


@dataclass(frozen=True, slots=True)
class Plan:
    edits: tuple[FileEdit, ...]
    folders: tuple[str, ...] = ()  # folders that an installation created, removed again when empty
    notes: tuple[str, ...] = ()


class UnfitSettings(ConfigError):
    """A file of others that cannot be edited safely; `snippet` is the text to paste into it."""

    def __init__(self, message: str, snippet: str) -> None:
        super().__init__(message)
        self.snippet = snippet


def install(
    base: Path, host: Host, *, home: bool = False, reminder: bool = True, force: bool = False
) -> Plan:
    """The changes below `base` (the top of the repository; with `home`, the home directory). Raises
    UsageError for a file that is not ours or was edited, ConfigError for one that cannot be
    used."""
    if host.name == "generic":
        return Plan((_block(base, host, force=force),))
    path = host.home if home else host.project
    edits: list[FileEdit] = []
    found = files.read(base, path)
    ours = _checked(path, found, force=force)
    made = dict(ours.made) if ours else {}
    new_folders = list(files.missing_folders(base, path))
    if host.reminder and reminder:
        edit, keys = _with_entry(base, host, home=home)
        edits.append(edit)
        if edit.action != "unchanged":
            new_folders += files.missing_folders(base, edit.path)
            made |= {"keys": list(keys), "file": edit.old is None}
    known = made.get("folders", [])
    made["folders"] = [
        *known,
        *(folder for folder in dict.fromkeys(new_folders) if folder not in known),
    ]
    new = marked.skill(host, made)
    if (
        found is not None and found.replace(b"\r\n", b"\n") == new
    ):  # git may have changed the line ends
        new = found
    # The skill comes first: its marker records how to remove the rest.
    return Plan((FileEdit(path, found, new), *edits), notes=(host.note,) if host.note else ())


def remove(base: Path, host: Host, *, home: bool = False, force: bool = False) -> Plan:
    """The changes that restore the files as they were. Raises as `install` does."""
    if host.name == "generic":
        return Plan((_without_block(base, host, force=force),))
    path = host.home if home else host.project
    found = files.read(base, path)
    ours = _checked(path, found, force=force)
    made = _sane(ours.made if ours else {})
    edits = (
        [_without_entry(base, host, made if ours else None, home=home, force=force)]
        if host.reminder
        else []
    )
    edits.append(FileEdit(path, found, None))
    if host.reminder and not ours and edits[0].action == "absent":
        edits = edits[1:]
    return Plan(tuple(edits), _folders(made, host))


def apply(base: Path, plan: Plan) -> None:
    """Make the changes. Raises ConfigError; the next call picks up what was done by then."""
    for edit in plan.edits:
        if edit.old != edit.new:
            files.write(base, edit.path, edit.old, edit.new)
    files.remove_empty(base, plan.folders)


def _checked(path: str, found: bytes | None, *, force: bool) -> marked.MarkedText | None:
    if found is None:
        return None
    ours = marked.find_skill(found)
    if ours is None:
        raise UsageError(
            f"{path} is not ours (it has no {NAME} marker); left unchanged: move it away, then try"
            " again"
        )
    if ours.edited and not force:
        raise UsageError(
            f"{path} was edited since it was written: save your text elsewhere, then use --force"
        )
    return ours


def _with_entry(base: Path, host: Host, *, home: bool) -> tuple[FileEdit, tuple[str, ...]]:
    assert host.reminder is not None, "the caller checks this"
    path = host.reminder.home if home else host.reminder.project
    found = files.read(base, path)
    remark = f"hook {host.reminder.event}: a reminder when edited code was not reviewed"
    try:
        mark, text = _decoded(found if found is not None else b"{}\n")
        new, keys = settings.add(text, host.reminder)
    except settings.Unfit as exc:
        raise _unfit(path, exc, host) from None
    return FileEdit(path, found, found if new == text else (mark + new).encode(), remark), keys


def _without_entry(
    base: Path, host: Host, made: Mapping[str, Any] | None, *, home: bool, force: bool
) -> FileEdit:
    assert host.reminder is not None, "the caller checks this"
    path = host.reminder.home if home else host.reminder.project
    found = files.read(base, path)
    if found is None:
        return FileEdit(path, None, None)
    keys: Sequence[str] | None = made.get("keys", ()) if made is not None else None
    try:
        mark, text = _decoded(found) if host.reminder.command.encode() in found else ("", "")
        new = settings.remove(text, host.reminder, keys, force=force)
    except settings.Unfit as exc:
        raise ConfigError(
            f"{path} {exc}: remove the entry with `{host.reminder.command}` by hand, then try again"
        ) from None
    if new is None:
        return FileEdit(path, found, found)
    empty = made is not None and made.get("file") is True and new.strip() == "{}"
    return FileEdit(path, found, None if empty else (mark + new).encode())


def _decoded(data: bytes) -> tuple[str, str]:
    """(byte order mark or "", the text). Raises Unfit."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise settings.Unfit("is not UTF-8") from None
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _unfit(path: str, exc: settings.Unfit, host: Host) -> UnfitSettings:
    assert host.reminder is not None, "the caller checks this"
    return UnfitSettings(
        f"{path} {exc}, so nothing was written: paste the lines above into it yourself, then run"
        f" reviewer integrate {host.name} --no-reminder",
        settings.snippet(host.reminder),
    )


def _block(base: Path, host: Host, *, force: bool) -> FileEdit:
    found = files.read(base, host.project)
    if found and b"\0" in found:
        raise ConfigError(
            f"{host.project} is not UTF-8 text; left unchanged: save it as UTF-8, then try again"
        )
    ours = _unedited(host, found, force=force)
    new = marked.with_block(found, host)
    same = ours and found and found.replace(b"\r\n", b"\n") == new.replace(b"\r\n", b"\n")
    return FileEdit(host.project, found, found if same else new)


def _without_block(base: Path, host: Host, *, force: bool) -> FileEdit:
    found = files.read(base, host.project)
    ours = _unedited(host, found, force=force)
    if found is None or ours is None:
        return FileEdit(host.project, found, found)
    left = found[: ours.start] + found[ours.end :]
    return FileEdit(
        host.project, found, None if not left and ours.made.get("file") is True else left
    )


def _unedited(host: Host, found: bytes | None, *, force: bool) -> marked.MarkedText | None:
    ours = marked.find_block(found) if found else None
    if ours and ours.edited and not (force and ours.made):
        raise UsageError(
            f"{host.project}: our block was edited since it was written: save your text elsewhere,"
            " then " + ("use --force" if ours.made else "remove the block by hand")
        )
    return ours


def _sane(made: Mapping[str, Any]) -> dict[str, Any]:
    """The plausible part of what a marker records: others may have written the file."""
    keys = made.get("keys", [])
    return {
        **made,
        "keys": [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else [],
    }


def _folders(made: Mapping[str, Any], host: Host) -> tuple[str, ...]:
    """The folders that we created, limited to those that lead to our files."""
    paths = [
        host.project,
        host.home,
        *([host.reminder.project, host.reminder.home] if host.reminder else []),
    ]
    possible = {str(parent) for path in paths for parent in Path(path).parents if parent != Path()}
    named = made.get("folders", [])
    return (
        tuple(folder for folder in named if folder in possible) if isinstance(named, list) else ()
    )
