"""Dismissed findings, with the reason. A dismissal holds for the whole repository: in every
worktree, on every branch, when lines move and when the file is renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer import findings, text
from reviewer.errors import ConfigError, UsageError
from reviewer.events import Finding
from reviewer.memory import feedback, siblings
from reviewer.memory.siblings import Sibling
from reviewer.memory.store import Execute, Store

MAX_REASON = 2000
MAX_CODE = 1000  # characters of the dismissed code
LATEST = 253402300800.0  # seconds since the epoch: the first that datetime cannot represent
_COLUMNS = "id, fingerprint, path, title, reason, at, origin, category, code"
Id = Annotated[str, Field(pattern="^[0-9a-f]{12}$")]


class Dismissal(BaseModel):
    """One dismissal. `path` is where the finding was, as file system bytes; `origin` is the id
    originally dismissed, if the dismissal has followed its file through a rename, or if this is
    another place of that finding. `category` and
    `code` (the lines in question) are "" if unknown; such a dismissal is no precedent for other
    findings."""

    model_config = ConfigDict(frozen=True)

    id: Id
    fingerprint: Id
    path: bytes
    title: str
    reason: Annotated[str, Field(max_length=MAX_REASON)]
    at: Annotated[float, Field(ge=0, lt=LATEST)] = 0.0
    origin: Id | None = None
    category: Annotated[str, Field(max_length=40)] = ""
    code: Annotated[str, Field(max_length=MAX_CODE)] = ""


@dataclass(frozen=True)
class Dismissals:
    """All dismissals in force for one run, from the memory and from a baseline file. The first one
    for an id wins."""

    by_id: Mapping[str, Dismissal] = field(default_factory=dict)
    by_fingerprint: Mapping[str, Sequence[Dismissal]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Dismissal]) -> Self:
        by_id: dict[str, Dismissal] = {}
        by_fingerprint: dict[str, list[Dismissal]] = {}
        for entry in entries:
            by_id.setdefault(entry.id, entry)
            by_fingerprint.setdefault(entry.fingerprint, []).append(entry)
        return cls(by_id, by_fingerprint)

    def find(
        self,
        finding_id: str,
        fingerprint: str,
        *,
        former: str | None,
        exists: Callable[[str], bool],
    ) -> Dismissal | None:
        """The dismissal of a finding, if any. `former` is its id under the old name of its file, if
        the change renames it. Failing that, a fingerprint matches if its file is on neither side
        of the change: the file was renamed earlier, or added and renamed within the change."""
        known = self.by_id.get(finding_id) or (self.by_id.get(former) if former else None)
        if known:
            return known
        return next(
            (
                one
                for one in self.by_fingerprint.get(fingerprint, ())
                if not exists(os.fsdecode(one.path))
            ),
            None,
        )


def load(store: Store, repository: str) -> tuple[Dismissal, ...]:
    """The dismissals of this repository, oldest first. Invalid rows are ignored."""
    found = store.rows(
        f"SELECT {_COLUMNS} FROM dismissals WHERE repository = ? ORDER BY at, id",  # noqa: S608
        repository,
    )
    return tuple(each for row in found if (each := _dismissal(row)))


def _dismissal(row: tuple[Any, ...]) -> Dismissal | None:
    try:
        return Dismissal.model_validate(dict(zip(_COLUMNS.split(", "), row, strict=True)))
    except ValidationError:
        return None


def insert(run: Execute, repository: str, entry: Dismissal) -> None:
    """Add a dismissal; it replaces one for the same id."""
    run(
        f"INSERT OR REPLACE INTO dismissals (repository, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?,"  # noqa: S608
        " ?, ?, ?)",  # noqa: RUF100, S608
        repository,
        entry.id,
        entry.fingerprint,
        entry.path,
        entry.title,
        entry.reason,
        entry.at,
        entry.origin,
        entry.category,
        entry.code,
    )


def dismiss(store: Store, repository: str, finding_id: str, reason: str) -> Dismissal:
    """Dismiss a finding of an earlier run, with the places that it has. The dismissal is on disk
    when this returns.

    Raises UsageError if the finding is unknown or there is no reason, ConfigError if the dismissal
    cannot be stored.
    """
    reason = valid_reason(reason)
    rows = store.rows(
        "SELECT fingerprint, path, body, places FROM findings WHERE repository = ? AND id = ?"
        " ORDER BY last_run DESC LIMIT 1",
        repository,
        finding_id,
    )
    entry, others = None, list[Dismissal]()
    for fingerprint, path, body, places in rows:
        title = _title(body)
        row = (
            finding_id,
            fingerprint,
            path,
            title,
            reason,
            store.clock(),
            None,
            *_subject_of(body),
        )
        if entry := _dismissal(row):
            others = at_other_places(entry, siblings.parse(places))
    if entry is None:
        _require_usable(store)
        raise UsageError(
            f"no finding {text.one_line(finding_id)} in this repository; see `reviewer findings"
            " list`"
        )
    dismissal = entry
    known = {each.id for each in load(store, repository)} if others else set()

    def work(run: Execute) -> bool:
        insert(run, repository, dismissal)
        for each in others:
            if each.id not in known:  # a decision of its own stays
                insert(run, repository, each)
        feedback.add(
            run, repository, dismissal.id, "dismissed", store.clock(), reason=dismissal.reason
        )
        return True

    if store.transaction(work, durable=True) is None:
        raise ConfigError(
            f"cannot store the dismissal: {store.warning or 'the memory cannot be written'}"
        )
    return dismissal


def valid_reason(reason: str) -> str:
    """The reason as it is stored. Raises UsageError for none, and for one that is too long."""
    clean = text.scalar(reason).strip()
    if not clean or len(clean) > MAX_REASON:
        raise UsageError(f"give a reason of at most {MAX_REASON} characters: --reason TEXT")
    return clean


def at_other_places(entry: Dismissal, places: Iterable[Sibling]) -> list[Dismissal]:
    """The dismissal under the names of the finding's other places. They are no precedents of their
    own: the lines in question are those of the first."""
    return [
        entry.model_copy(
            update={**each.model_dump(), "origin": entry.id, "category": "", "code": ""}
        )
        for each in places
        if each.id != entry.id
    ]


def reopen(store: Store, repository: str, finding_id: str) -> Dismissal:
    """Undo a dismissal, along with its copies: those for the finding's other places, and those that
    followed its file through renames.

    Raises UsageError if there is none, ConfigError if the change cannot be stored.
    """
    entry = next((each for each in load(store, repository) if each.id == finding_id), None)
    if entry is None:
        _require_usable(store)
        raise UsageError(
            f"{text.one_line(finding_id)} is not dismissed; see `reviewer findings list --all`"
        )
    root = entry.origin or entry.id

    def work(run: Execute) -> bool:
        run(
            "DELETE FROM dismissals WHERE repository = ? AND (id IN (?, ?) OR origin = ?)",
            repository,
            entry.id,
            root,
            root,
        )
        for each in dict.fromkeys((entry.id, root)):
            feedback.add(run, repository, each, "reopened", store.clock())
        return True

    if store.transaction(work, durable=True) is None:
        raise ConfigError(
            f"cannot reopen the finding: {store.warning or 'the memory cannot be written'}"
        )
    return entry


def _require_usable(store: Store) -> None:
    if not store.usable:
        raise ConfigError(store.warning or "the memory is closed")


def subject(finding: Finding) -> tuple[str, str]:
    """(category, code) for a dismissal of the finding."""
    return finding.category, text.scalar(findings.place_code(finding))[:MAX_CODE]


def _subject_of(body: str) -> tuple[str, str]:
    try:
        return subject(Finding.model_validate_json(body))
    except ValidationError:
        return "", ""


def _title(body: str) -> str:
    try:
        value = json.loads(body)["title"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return ""
    return text.cut(text.scalar(value), 300) if isinstance(value, str) else ""
