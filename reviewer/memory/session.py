"""The memory during one run: consulted before a finding is published, updated at the end."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from reviewer import __version__, findings, text
from reviewer.events import Finding
from reviewer.memory import dismissals, history, seen
from reviewer.memory.asking import ReplyCache
from reviewer.memory.baseline import Baseline
from reviewer.memory.dismissals import Dismissal, Dismissals
from reviewer.memory.examples import AnsweredPrompt, Example
from reviewer.memory.licence import licence
from reviewer.memory.records import (
    HistoryKey,
    JudgedFinding,
    KnownFinding,
    Recorded,
    RunRecord,
    history_key,
)
from reviewer.memory.siblings import NamedPlace
from reviewer.memory.store import Store
from reviewer.messages import Prompt, Usage
from reviewer.types import Change, FileDiff


@dataclass
class Session:
    """The memory during one run; create it with `begin`."""

    store: Store
    history_key: HistoryKey | None
    model: str | None
    source: findings.Source
    replies: ReplyCache
    known: Mapping[str, KnownFinding]
    dismissals: Dismissals
    stored: frozenset[str]  # ids whose dismissal is in the memory, not in a file
    judged: dict[str, JudgedFinding] = field(default_factory=dict)
    engine: str = ""
    answered: list[AnsweredPrompt] = field(default_factory=list)
    _ignores_by_path: dict[str, dict[str, str]] = field(default_factory=dict)
    # The ids of the known findings that have a place of this id, or of this fingerprint (with the
    # path of the place).
    _rows: dict[str, list[str]] = field(default_factory=dict)
    _alike: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.known.values():
            self._enter(one.id, one.id, one.fingerprint, one.path)
            for each in one.places:
                self._enter(one.id, each.id, each.fingerprint, each.name)

    def _enter(self, known: str, name: str, mark: str, path: str) -> None:
        self._rows.setdefault(name, []).append(known)
        self._alike.setdefault(mark, []).append((known, path))

    def judge(self, finding: Finding) -> tuple[Finding, str | None]:
        """The finding with its state, and the reason for its dismissal (None: not dismissed, so
        publish it). Call this once for each finding that this run stands by, including those it
        then holds back for their severity.

        Every place is decided alone: what is dismissed at one of them says nothing of another. If
        only some are, the finding that is returned has the others."""
        places = {each.id: self._named(each) for each in findings.at_each_place(finding)}
        decided = {name: self._decision(each) for name, each in places.items()}
        reasons = {name: each[0] for name, each in decided.items() if each[0] is not None}
        followed = {name: each[1] for name, each in decided.items() if each[1]}
        standing = places.keys() - reasons.keys()
        if reasons:
            hidden = findings.part(finding, reasons, self.source)
            hidden = self._judged(hidden, places, followed)
            if not standing:
                return hidden, reasons[finding.id]
        return self._judged(findings.part(finding, standing, self.source), places, followed), None

    def _judged(
        self, finding: Finding, places: Mapping[str, NamedPlace], followed: Mapping[str, Dismissal]
    ) -> Finding:
        """The finding with its state; from now on it is part of this run."""
        own, *others = (places[name] for name in findings.ids(finding))
        known = dict.fromkeys(name for each in (own, *others) for name in self._continued(each))
        finding = finding.model_copy(update={"state": "open" if known else "new"})
        for each in others:  # told before by itself, as an analyzer's
            self.judged.pop(each.id, None)
        self.judged.setdefault(
            finding.id,
            JudgedFinding(
                finding,
                own.mark,
                own.path,
                self._found_by(finding.source),
                tuple(name for name in known if name != finding.id),
                tuple(followed[each.id] for each in (own, *others) if each.id in followed),
                tuple(each.kept for each in others),
            ),
        )
        return finding

    def dismissed(self, finding: Finding) -> bool:
        """Whether this finding is dismissed, at all of its places. Records nothing."""
        places = map(self._named, findings.at_each_place(finding))
        return all(self._decision(each)[0] is not None for each in places)

    def _decision(self, place: NamedPlace) -> tuple[str | None, Dismissal | None]:
        """Why a place is dismissed (None: it is not), and the stored dismissal that covers it under
        another name, as it is under this one: so that it holds if the old name is reused."""
        found = self.dismissals.find(place.id, place.mark, former=place.former, exists=self._exists)
        if found is None:
            inline = self._inline_ignores(place.before or place.path)
            said = inline.get(place.id) or inline.get(place.former or "")
            return f"by a comment in the file: {said}" if said else None, None
        if found.id == place.id or found.id not in self.stored:
            return found.reason, None
        names = {**place.kept.model_dump(), "origin": found.origin or found.id}
        return found.reason, found.model_copy(update=names)

    def _named(self, finding: Finding) -> NamedPlace:
        path = findings.path_of(finding)
        file = self.source.file(path)
        before = _former_path(file) if file else None
        former = findings.id_under(before, finding, self.source) if before else None
        mark = findings.fingerprint(finding, self.source)
        return NamedPlace(finding.id, path, before, former, mark)

    def record(
        self,
        *,
        reviewed: Iterable[str],
        sources: Collection[str],
        complete: bool,
        seconds: float,
        usage: Usage,
        present: Collection[str] = (),
        shown: Collection[str] | None = None,
        rejected: Mapping[str, str] | None = None,
    ) -> Recorded:
        """Record the results of the run, once, at its end. `reviewed`: paths reviewed in full.
        `sources`: what examined all of them (`model`, `analyzer:NAME`, `reviewer`). `present`: ids
        that were found but that the run does not stand by. `shown`: ids reported to the user (None:
        all). `rejected`: why others were rejected, by id, as `STAGE: REASON`."""
        change = self.source.change
        named = {file.path: {file.path, _former_path(file) or file.path} for file in change.files}
        others = {item.path for item in change.skipped} | {item.path for item in change.unreviewed}
        asked = self.replies
        record = RunRecord(
            judged=tuple(self.judged.values()),
            reviewed=set().union(*(named.get(path, {path}) for path in reviewed)),
            touched=others.union(*named.values()),
            sources={self._found_by(source) for source in sources},
            base=change.base_commit,
            complete=complete,
            seconds=seconds,
            usage=usage,
            present=present,
            dropped=frozenset(rejected or ()),
            hits=asked.hits,
            misses=asked.misses,
            saved_tokens=asked.saved_tokens,
            saved_seconds=asked.saved_seconds,
            used=tuple(asked.used),
            shown=shown,
            stands=self._stands,
            examples=self._examples(rejected or {}),
            excluded=change.history.excluded,
        )
        if self.history_key is None:
            return Recorded(dict.fromkeys(self.judged, "new"), ())
        if sources:
            seen.mark_seen(self.store, change, "reviewed")
        return history.record_run(self.store, self.history_key, record)

    def keep(
        self, prompt: Prompt, reply: Mapping[str, Any], items: Mapping[str, Sequence[int]]
    ) -> None:
        """Keep a prompt whose reply led to findings, as a training example once they are decided.
        Nothing is kept if replies are not, or if it shows a credential. `items`: positions in the
        reply's findings, by id."""
        if items and self.replies.mode != "off" and not self._shows(prompt, reply):
            self.answered.append(AnsweredPrompt(prompt, reply, items))

    def _shows(self, prompt: Prompt, reply: Mapping[str, Any]) -> bool:
        said = json.dumps(reply, ensure_ascii=False)
        return any(map(self.source.masks.shows, (prompt.system, prompt.user, said)))

    def _examples(self, rejected: Mapping[str, str]) -> list[Example]:
        if not self.answered or self.history_key is None:
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
            for one in self.answered
        ]

    def _stands(self, body: str) -> bool:
        """Whether the code that a finding quotes is still in its file, wherever it has moved."""
        try:
            finding = Finding.model_validate_json(body)
        except ValidationError:
            return False
        return findings.quoted_code_stands(finding, self.source)

    def _found_by(self, source: str) -> str:
        """The source, with the model's name: a model that does not repeat another model's finding
        does not refute it."""
        return f"model {self.model}" if source == "model" else source

    def _continued(self, place: NamedPlace) -> Sequence[str]:
        """The ids of the known findings that had this place."""
        for name in (place.id, place.former):
            if name in self._rows:
                return self._rows[name]
        alike = self._alike.get(place.mark, ())
        return next(([known] for known, path in alike if not self._exists(path)), [])

    def _exists(self, path: str) -> bool:
        read = self.source.change.read
        return read(path, "new") is not None or read(path, "old") is not None

    def _inline_ignores(self, path: str) -> Mapping[str, str]:
        """Reasons in the ignore comments of a file, by finding id. They are read from the base, so
        comments that the change adds do not count."""
        if path not in self._ignores_by_path:
            self._ignores_by_path[path] = findings.inline_ignores(
                self.source.change.read(path, "old") or b""
            )
        return self._ignores_by_path[path]


def _former_path(file: FileDiff) -> str | None:
    return file.old_path if file.status == "renamed" else None


def load_dismissals(
    store: Store, change: Change, baseline: Baseline | None
) -> tuple[Sequence[Dismissal], Dismissals]:
    """(dismissals stored for the change's repository, all dismissals in force)."""
    key = history_key(change)
    stored = dismissals.load(store, key.repository) if key else ()
    return stored, Dismissals.of((*stored, *(baseline.entries if baseline else ())))


def begin(
    store: Store,
    change: Change,
    source: findings.Source,
    replies: ReplyCache,
    *,
    model: str | None,
    baseline: Baseline | None = None,
    engine: str = "",
) -> Session:
    """Load the memory of the change's repository and scope. `model` is the name of the model in
    use; `baseline` is the baseline file at the base revision."""
    key = history_key(change)
    stored, in_force = load_dismissals(store, change, baseline)
    return Session(
        store=store,
        history_key=key,
        model=model,
        engine=engine,
        source=source,
        replies=replies,
        known=history.known(store, key) if key else {},
        dismissals=in_force,
        stored=frozenset(entry.id for entry in stored),
    )
