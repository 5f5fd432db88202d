"""What one run remembers: asked before a finding is published, told afterwards what the run has
seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from reviewer import __version__, findings, text
from reviewer.events import Finding
from reviewer.memory import dismissals, history, seen
from reviewer.memory.asking import Replies
from reviewer.memory.baseline import Baseline
from reviewer.memory.dismissals import Dismissal, Dismissals
from reviewer.memory.examples import Asked, Example
from reviewer.memory.licence import licence
from reviewer.memory.records import Judged, Known, Recorded, RunRecord, Where, where
from reviewer.memory.store import Store
from reviewer.types import Change, FileDiff, Prompt, Usage


@dataclass
class Session:
    """The memory during one run, made by `begin`."""

    store: Store
    place: Where | None
    model: str | None
    source: findings.Source
    replies: Replies
    known: Mapping[str, Known]
    dismissals: Dismissals
    stored: frozenset[str]  # ids whose dismissal is in the memory, not in a file
    judged: dict[str, Judged] = field(default_factory=dict)
    engine: str = ""
    asked: list[Asked] = field(default_factory=list)
    _inline: dict[str, dict[str, str]] = field(default_factory=dict)

    def judge(self, finding: Finding) -> tuple[Finding, str | None]:
        """The finding with its state, and why it was dismissed (None: it was not, publish it). Call
        it once for each finding that this run stands by, also for those that are then held back for
        their severity."""
        path, before, former_id, mark = self._named(finding)
        former = None if finding.id in self.known else self._former(former_id, mark)
        finding = finding.model_copy(
            update={"state": "open" if former or finding.id in self.known else "new"}
        )
        found = self.dismissals.find(finding.id, mark, former=former_id, exists=self._exists)
        kept = found if found and found.id in self.stored else None
        self.judged.setdefault(
            finding.id, Judged(finding, mark, path, self._by(finding.source), former, kept)
        )
        if found:
            return finding, found.reason
        said = self._said_inline(before or path)
        return finding, said.get(finding.id) or (said.get(former_id) if former_id else None)

    def dismissed(self, finding: Finding) -> bool:
        """Whether somebody has decided about this very finding. Nothing is noted."""
        path, before, former_id, mark = self._named(finding)
        said = self._said_inline(before or path)
        decided = self.dismissals.find(finding.id, mark, former=former_id, exists=self._exists)
        return decided is not None or finding.id in said or former_id in said

    def _named(self, finding: Finding) -> tuple[str, str | None, str | None, str]:
        """(path, the one before a rename, the id under that, fingerprint)."""
        path = findings.path_of(finding)
        file = self.source.file(path)
        before = _former_path(file) if file else None
        former_id = findings.id_under(before, finding, self.source) if before else None
        return path, before, former_id, findings.fingerprint(finding, self.source)

    def record(
        self,
        *,
        reviewed: Iterable[str],
        looked: Collection[str],
        complete: bool,
        seconds: float,
        usage: Usage,
        present: Collection[str] = (),
        shown: Collection[str] | None = None,
        rejected: Mapping[str, str] | None = None,
    ) -> Recorded:
        """Tell the memory what the run has seen, once, at its end. `reviewed` are the paths that
        were looked at in full; `looked` the sources that were asked about all of them (`model`,
        `analyzer:NAME`, `reviewer`); `present` the ids of findings that were found but that the run
        does not stand by; `shown` those that the user was told about, all if None; `rejected` why
        others did not stand, by id, as `STAGE: REASON`."""
        change = self.source.change
        named = {file.path: {file.path, _former_path(file) or file.path} for file in change.files}
        others = {item.path for item in change.skipped} | {item.path for item in change.unreviewed}
        asked = self.replies
        record = RunRecord(
            judged=tuple(self.judged.values()),
            reviewed=set().union(*(named.get(path, {path}) for path in reviewed)),
            touched=others.union(*named.values()),
            looked={self._by(source) for source in looked},
            base=change.base_commit,
            complete=complete,
            seconds=seconds,
            usage=usage,
            present=present,
            hits=asked.hits,
            misses=asked.misses,
            saved_tokens=asked.saved_tokens,
            saved_seconds=asked.saved_seconds,
            used=tuple(asked.used),
            shown=shown,
            stands=self._stands,
            examples=self._examples(rejected or {}),
        )
        if self.place is None:
            return Recorded(dict.fromkeys(self.judged, "new"), ())
        if looked:
            seen.mark_seen(self.store, change, "reviewed")
        return history.record_run(self.store, self.place, record)

    def keep(
        self, prompt: Prompt, reply: Mapping[str, Any], items: Mapping[str, Sequence[int]]
    ) -> None:
        """A question whose answer has led to findings, to learn from once somebody has decided
        about them. Nothing is kept where replies are not. `items`: the positions in the reply's
        findings, by id."""
        if items and self.replies.mode != "off":
            self.asked.append(Asked(prompt, reply, items))

    def _examples(self, rejected: Mapping[str, str]) -> list[Example]:
        if not self.asked or self.place is None:
            return []
        change = self.source.change
        under = licence(change.read)
        return [
            Example(
                system=one.prompt.system,
                user=one.prompt.user,
                reply=dict(one.reply),
                items={each: list(places) for each, places in one.items.items()},
                repository_name=text.one_line(text.scalar(change.root.name)),
                commit=change.head_commit,
                licence=under,
                engine=self.engine,
                model=self.model or "",
                tool_version=__version__,
                rejected={each: rejected[each] for each in one.items if each in rejected},
            )
            for one in self.asked
        ]

    def _stands(self, body: str) -> bool:
        """Whether the code that a finding was about is in its file as it was, wherever that is
        now."""
        try:
            finding = Finding.model_validate_json(body)
        except ValidationError:
            return False
        return findings.quoted_code_stands(finding, self.source)

    def _by(self, source: str) -> str:
        """Who found it: what one model does not find again says nothing about what another one
        found."""
        return f"model {self.model}" if source == "model" else source

    def _former(self, former_id: str | None, mark: str) -> str | None:
        if former_id in self.known:
            return former_id
        alike = (one for one in self.known.values() if one.fingerprint == mark)
        return next((one.id for one in alike if not self._exists(one.path)), None)

    def _exists(self, path: str) -> bool:
        read = self.source.change.read
        return read(path, "new") is not None or read(path, "old") is not None

    def _said_inline(self, path: str) -> Mapping[str, str]:
        """What ignore comments in the base's text of a file say. Comments that the change adds do
        not count."""
        if path not in self._inline:
            self._inline[path] = findings.inline_ignores(
                self.source.change.read(path, "old") or b""
            )
        return self._inline[path]


def _former_path(file: FileDiff) -> str | None:
    return file.old_path if file.status == "renamed" else None


def decided(
    store: Store, change: Change, baseline: Baseline | None
) -> tuple[Sequence[Dismissal], Dismissals]:
    """(the decisions in the memory about the change's repository, all that hold)."""
    place = where(change)
    stored = dismissals.load(store, place.repository) if place else ()
    return stored, Dismissals.of((*stored, *(baseline.entries if baseline else ())))


def begin(
    store: Store,
    change: Change,
    source: findings.Source,
    replies: Replies,
    *,
    model: str | None,
    baseline: Baseline | None = None,
    engine: str = "",
) -> Session:
    """Read what is known about the change's repository and scope. `model` is the name of the model
    that is asked; `baseline` what the baseline file says at the base revision."""
    place = where(change)
    stored, in_force = decided(store, change, baseline)
    return Session(
        store=store,
        place=place,
        model=model,
        engine=engine,
        source=source,
        replies=replies,
        known=history.known(store, place) if place else {},
        dismissals=in_force,
        stored=frozenset(entry.id for entry in stored),
    )
