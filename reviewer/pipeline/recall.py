"""What a run takes over from earlier runs, and what it leaves for later ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial

from reviewer import analyzers, findings, memory, secrets, verify
from reviewer.events import Finding
from reviewer.pipeline import settle
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Plan
from reviewer.types import severity_rank


def without_known_commits(plan: Plan, store: memory.Store) -> Plan:
    """The plan with the commits marked that an earlier run found to bring no credential."""
    if plan.settings.cache != "use" or not plan.change.history.commits:
        return plan
    clean = memory.known_clean(store, plan.change, *_detector(plan))
    change = replace(plan.change, history=replace(plan.change.history, clean=clean))
    return replace(plan, change=change, source=findings.Source(change))


def _order(finding: Finding) -> tuple[int, str, int]:
    """Most severe first, since they come all at once."""
    return severity_rank(finding.severity), finding.file_name, finding.start_line or 0


def _shows(plan: Plan, body: str) -> bool:
    """As `Masks.shows`, but the masks are made when they are first needed."""
    return plan.masks.shows(body)


def _detector(plan: Plan) -> tuple[object, ...]:
    return secrets.digest(), plan.settings.include, plan.settings.exclude


@dataclass(frozen=True)
class Past:
    """The memory that a run reads and writes. `key` identifies everything that determines its
    findings, None when it cannot be computed; `precedents` are the dismissals that the judge may
    see."""

    plan: Plan
    store: memory.Store
    session: memory.Session
    precedents: verify.Precedents
    key: str | None

    @classmethod
    def of(cls, plan: Plan, store: memory.Store) -> Past:
        settings, choice = plan.settings, plan.choice
        session = memory.begin(
            store,
            plan.change,
            plan.source,
            memory.ReplyCache(
                store,
                settings.cache,
                also=(settings.endpoint, settings.seed),
                shows=partial(_shows, plan),
            ),
            model=choice.model,
            baseline=plan.baseline,
            engine=choice.engine,
        )
        precedents = settle.precedents(plan, session.dismissals, session.dismissed)
        # What determines the findings besides the change and the settings.
        also = (
            choice.engine,
            choice.model,
            choice.role,
            choice.context_tokens,
            choice.problem,
            analyzers.versions(),
            secrets.digest(),
            plan.request.guidelines,
            plan.since.digest if plan.since else "",
            precedents.digest,
        )
        key = memory.run_key(plan.change, settings, *also, tree=plan.change.tree)
        return cls(plan, store, session, precedents, key)

    async def recall(self, ledger: Ledger) -> bool:
        """Publish the findings of an identical, complete earlier run, so that neither analyzers nor
        model need to run again. False if there is no such run."""
        plan = self.plan
        wanted = self.key and plan.settings.cache == "use" and not plan.request.show_rejected
        known = memory.get_run(self.store, self.key) if self.key and wanted else None
        if known is None:
            return False
        ledger.recalled = True
        for finding in sorted(known[0], key=_order):
            ledger.publish(finding, is_older=False)
            await asyncio.sleep(0)  # signals are heard: there may be thousands
        names = plan.settings.analyzers
        used = set(analyzers.ANALYZERS if names is None else names) - analyzers.missing().keys()
        ledger.sources |= {"reviewer", *(f"analyzer:{name}" for name in used)}
        ledger.sources |= {"model"} if plan.choice.role != "none" else set()
        return True

    def units_read(self) -> set[int]:
        """The ordinals of the units that an earlier run has read and this one may skip."""
        if self.plan.settings.cache != "use" or self.plan.settings.max_units is None:
            return set()
        return memory.read_before(self.store, self.plan.units, *self._reader())

    def remember(self, ledger: Ledger, clock: Clock) -> Outcome:
        """Write the run to the memory, and return its outcome."""
        settings, replies, seconds = self.plan.settings, self.session.replies, clock.elapsed
        over, writes = clock.over, settings.cache != "off"
        if self.key and writes and ledger.may_be_recalled(over=over):
            tokens = ledger.usage.prompt_tokens + ledger.usage.completion_tokens
            kept = findings.told_once(ledger.kept)
            memory.put_run(self.store, self.key, kept, tokens=tokens, seconds=seconds)
        recorded = self.session.record(
            reviewed=ledger.reviewed(),
            sources=ledger.sources,
            complete=ledger.is_complete(over=over),
            seconds=seconds,
            usage=ledger.usage,
            shown={finding.id for finding in ledger.published},
            present=ledger.withheld() | ledger.hidden.ignored,
            rejected={item.finding.id: f"{item.stage}: {item.reason}" for item in ledger.rejected},
        )
        if self.store.warning:
            ledger.warn(self.store.warning)
        if writes:
            memory.mark_read(self.store, ledger.read, *self._reader())
            memory.mark_clean(
                self.store, self.plan.change, ledger.clean_commits, *_detector(self.plan)
            )
        return ledger.outcome(
            seconds=clock.elapsed,
            resolved=recorded.resolved,
            hits=len(self.plan.units) if ledger.recalled else replies.hits,
            misses=0 if ledger.recalled else replies.misses,
        )

    def _reader(self) -> tuple[object, ...]:
        """What a unit counts as read by: another model, other effort, or one that thinks, has to
        read it again."""
        settings, choice = self.plan.settings, self.plan.choice
        named = choice.engine, choice.model, settings.endpoint, settings.effort, settings.seed
        return *named, self.plan.thought("review")
